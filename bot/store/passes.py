"""Passes, such as a link to the console, its session or a draft: kept only as keyed hashes of their secrets."""

import hmac
from collections.abc import Mapping
from typing import Any

from bot.ports import Clock
from bot.store.database import Database, Transaction
from bot.store.desk import DeskLedger
from bot.store.vault import Vault


class PassLedger(DeskLedger):
    """The parts of `DeskStore` about passes."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        super().__init__(database, vault, clock)
        self._key = bytes.fromhex(vault.identity_key.get_secret_value())

    async def issue(
        self, kind: str, secret: str, tenant: str, document: Mapping[str, Any], expires_at: float
    ) -> None:
        now = self._clock.now()
        values = {
            "digest": self._digest(kind, secret),
            "kind": kind,
            "tenant": tenant,
            "document": self._vault.seal(document),
            "expires_at": expires_at,
        }

        async def unit(tx: Transaction) -> None:
            await tx.run("DELETE FROM pass WHERE expires_at < :now", now=now)
            await tx.run(
                "INSERT INTO pass(digest, kind, tenant, document, expires_at) VALUES (:digest, :kind, :tenant, "
                ":document, :expires_at) ON CONFLICT(digest, kind) DO UPDATE SET document = excluded.document, "
                "expires_at = excluded.expires_at",
                **values,
            )

        await self._database.write(unit)

    async def redeem(self, kind: str, secret: str, now: float) -> Mapping[str, Any] | None:
        place = {"digest": self._digest(kind, secret), "kind": kind}

        async def unit(tx: Transaction) -> str | None:
            rows = await tx.rows(
                "SELECT document, expires_at FROM pass WHERE digest = :digest AND kind = :kind", **place
            )
            await tx.run("DELETE FROM pass WHERE digest = :digest AND kind = :kind", **place)
            return rows[0]["document"] if rows and float(rows[0]["expires_at"]) > now else None

        sealed = await self._database.write(unit)
        return None if sealed is None else self._vault.readable(sealed)

    async def look(self, kind: str, secret: str, now: float) -> Mapping[str, Any] | None:
        rows = await self._database.read(
            "SELECT document FROM pass WHERE digest = :digest AND kind = :kind AND expires_at > :now",
            digest=self._digest(kind, secret),
            kind=kind,
            now=now,
        )
        return self._vault.readable(rows[0]["document"]) if rows else None

    async def revoke(self, kind: str, secret: str) -> None:
        await self._run(
            "DELETE FROM pass WHERE digest = :digest AND kind = :kind",
            digest=self._digest(kind, secret),
            kind=kind,
        )

    def _digest(self, kind: str, secret: str) -> str:
        return hmac.new(self._key, f"{kind}\n{secret}".encode(), "sha256").hexdigest()
