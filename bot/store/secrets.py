"""Encrypted items by kind and id, e.g. the tokens of workspaces, with compare-and-set."""

from typing import Any, Final

from bot.ports import Clock
from bot.store.database import Database, Transaction
from bot.store.vault import Vault

_MARK: Final = ("vault", "mark")
"""An item that says nothing: whoever can open it has the secret that everything else was sealed with."""


class SecretItems:
    """Values are JSON objects; at rest they are sealed."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def check_secret(self) -> None:
        """Raises StorageError, not retryable, where the database was first used with another secret."""
        if await self.get(*_MARK) is None and not await self.put(*_MARK, {}, seen=0):
            await self.get(*_MARK)  # another process was first

    async def get(self, kind: str, item_id: str) -> tuple[dict[str, Any], int] | None:
        """The value and its version, None if there is none."""
        rows = await self._database.read(
            "SELECT value, version FROM secret_item WHERE kind = :kind AND id = :id", kind=kind, id=item_id
        )
        return (self._vault.unseal(rows[0]["value"]), int(rows[0]["version"])) if rows else None

    async def put(self, kind: str, item_id: str, value: dict[str, Any], *, seen: int | None = None) -> bool:
        """Write a value; with `seen` only if that is still the version (0: only if there is none)."""
        sealed, now = self._vault.seal(value), self._clock.now()

        async def unit(tx: Transaction) -> bool:
            rows = await tx.rows(
                "SELECT version FROM secret_item WHERE kind = :kind AND id = :id", kind=kind, id=item_id
            )
            version = int(rows[0]["version"]) if rows else 0
            if seen is not None and seen != version:
                return False
            await tx.run(
                "INSERT INTO secret_item(kind, id, value, version, updated_at) "
                "VALUES (:kind, :id, :value, :version, :now) ON CONFLICT(kind, id) DO UPDATE "
                "SET value = excluded.value, version = excluded.version, updated_at = excluded.updated_at",
                kind=kind,
                id=item_id,
                value=sealed,
                version=version + 1,
                now=now,
            )
            return True

        return await self._database.write(unit)

    async def ids(self, kind: str) -> list[str]:
        rows = await self._database.read("SELECT id FROM secret_item WHERE kind = :kind", kind=kind)
        return [row["id"] for row in rows]

    async def delete(self, kind: str, item_id: str) -> None:
        async def unit(tx: Transaction) -> None:
            await tx.run("DELETE FROM secret_item WHERE kind = :kind AND id = :id", kind=kind, id=item_id)

        await self._database.write(unit)

    async def delete_older(self, kind: str, before: float) -> None:
        """Delete the items of a kind that nobody has written since `before` (epoch seconds)."""

        async def unit(tx: Transaction) -> None:
            await tx.run(
                "DELETE FROM secret_item WHERE kind = :kind AND updated_at < :before",
                kind=kind,
                before=before,
            )

        await self._database.write(unit)
