"""What a person leaves beside their jobs: counters, rules they have made, cases, strikes, passes, what adapters keep.

Units for `PrivacyLedger`; a person who must not come back stays suspended, under a keyed hash that names nobody.
"""

import json
from collections.abc import Collection
from typing import Any, Final

from bot.domain.errors import StorageError
from bot.domain.moderators import EVERYWHERE
from bot.domain.requests import Requester
from bot.store.database import Row, Transaction, Unit
from bot.store.forgetting import to_be_shown_anew
from bot.store.vault import Vault

_BY_MACHINES: Final = frozenset({"guardrails", "ladder", "provider"})
"""Who suspends without a moderator; their reasons are codes of ours."""


def forget_counters(tenants: Collection[str], user_id: str) -> Unit[None]:
    """Scopes of a person are "<community>/user:<id>" and below (see `guardrails.quotas`)."""

    async def unit(tx: Transaction) -> None:
        for tenant in tenants:
            scope = f"{tenant}/user:{user_id}"
            for table, column in (("budget", "scope"), ("bucket", "key"), ("hold", "scope")):
                await tx.run(
                    f"DELETE FROM {table} WHERE {column} = :scope OR substr({column}, 1, :length) = :below",
                    scope=scope,
                    below=f"{scope}/",
                    length=len(scope) + 1,
                )

    return unit


def forget_rules(platform: str, user_id: str, private: str) -> Unit[None]:
    """Who changed a community's rules and why, and all about the private conversation, whose name holds the id.

    As a moderator whom the rules name the person is struck out, in old versions as well.
    """

    async def unit(tx: Transaction) -> None:
        place = {"platform": f"{platform}:", "length": len(platform) + 1}
        here = "substr(tenant, 1, :length) = :platform"
        await tx.run(
            f"UPDATE policy SET actor = '', reason = '' WHERE actor = :user_id AND {here}",
            user_id=user_id,
            **place,
        )
        # Most rules name nobody: the database tells which may.
        may_name = f"SELECT tenant, version, document FROM policy WHERE {here} AND replace(document, :id, '') <> document"
        for row in await tx.rows(may_name, id=user_id, **place):
            document = json.loads(row["document"])
            named = document["access"]["moderators"]
            if user_id in named:
                document["access"]["moderators"] = [one for one in named if one != user_id]
                await tx.run(
                    "UPDATE policy SET document = :document WHERE tenant = :tenant AND version = :version",
                    tenant=row["tenant"],
                    version=row["version"],
                    document=json.dumps(document),
                )
        for table in ("turn", "policy", "audit", "audit_chain", "expiry", "pass"):
            await tx.run(f"DELETE FROM {table} WHERE tenant = :private", private=private)
        for table in ("budget", "hold"):
            await tx.run(
                f"DELETE FROM {table} WHERE substr(scope, 1, :length) = :below",
                below=f"{private}/",
                length=len(private) + 1,
            )

    return unit


def forget_moderation(platform: str, user_id: str, stand_in: str) -> Unit[None]:
    """Decisions and strikes go; of cases a bare line stays, of suspensions what keeps others safe.

    `stand_in` is the keyed hash that a suspension holds by from now on, and that reports are kept under.
    """

    async def unit(tx: Transaction) -> None:
        person: dict[str, Any] = {"platform": platform, "user_id": user_id}
        where = "platform = :platform AND user_id = :user_id"
        await tx.run(f"DELETE FROM judged WHERE {where}", **person)
        await tx.run(f"DELETE FROM strike WHERE {where}", **person)
        await tx.run(f"UPDATE moderation_case SET user_id = '', words = '' WHERE {where}", **person)
        await _leave_private_chat(tx, platform, user_id)
        await tx.run(
            "UPDATE moderation_case SET reporter = '', words = '' WHERE reporter = :stand_in",
            stand_in=stand_in,
        )
        await tx.run(
            "UPDATE moderation_case SET claimed_by = '', claimed_at = 0, "
            "state = CASE state WHEN 'claimed' THEN 'open' ELSE state END "
            "WHERE claimed_by = :user_id AND platform = :platform",
            **person,
        )
        await tx.run("UPDATE strike SET actor = '' WHERE actor = :user_id AND platform = :platform", **person)
        await tx.run(
            "UPDATE suspension SET actor = '', reason = '' WHERE actor = :user_id AND platform = :platform",
            **person,
        )
        await _hide_suspended(tx, platform, user_id, stand_in)

    return unit


def forget_late(job_id: str, person: Requester, stand_in: str) -> Unit[None]:
    """What was written about a job after everything about its person had gone."""
    platform, user_id, private = (
        person.platform,
        person.user_id,
        private_chat(person.platform, person.user_id),
    )

    async def unit(tx: Transaction) -> None:
        for table in ("judged", "strike"):
            await tx.run(f"DELETE FROM {table} WHERE job_id = :job_id", job_id=job_id)
        await tx.run(
            "UPDATE moderation_case SET user_id = '', words = '', reporter = '' WHERE job_id = :job_id",
            job_id=job_id,
        )
        await _hide_suspended(tx, platform, user_id, stand_in)
        await _leave_private_chat(tx, platform, user_id)
        if person.tenant == private:
            for table in ("turn", "audit", "audit_chain"):
                await tx.run(f"DELETE FROM {table} WHERE tenant = :private", private=private)

    return unit


async def _leave_private_chat(tx: Transaction, platform: str, user_id: str) -> None:
    """The name of a private conversation holds the id of its person."""
    await tx.run(
        "UPDATE moderation_case SET tenant = :nobodys WHERE tenant = :private",
        nobodys=private_chat(platform, ""),
        private=private_chat(platform, user_id),
    )


async def _hide_suspended(tx: Transaction, platform: str, user_id: str, stand_in: str) -> None:
    person = {"platform": platform, "user_id": user_id}
    where = "platform = :platform AND user_id = :user_id"
    for row in await tx.rows(f"SELECT * FROM suspension WHERE {where}", **person):
        await tx.run(
            f"DELETE FROM suspension WHERE {where} AND tenant = :tenant", tenant=row["tenant"], **person
        )
        await _suspend_stand_in(tx, row, stand_in)


async def _suspend_stand_in(tx: Transaction, row: Row, stand_in: str) -> None:
    """Of two the longer one holds, as for somebody who is erased a second time."""
    tenant = private_chat(row["platform"], stand_in) if _is_private(row) else row["tenant"]
    place = {"tenant": tenant, "platform": row["platform"], "user_id": stand_in}
    where = "tenant = :tenant AND platform = :platform AND user_id = :user_id"
    for known in await tx.rows(f"SELECT until FROM suspension WHERE {where}", **place):
        if known["until"] is None or (row["until"] is not None and known["until"] >= row["until"]):
            return
        await tx.run(f"DELETE FROM suspension WHERE {where}", **place)
    await tx.run(
        "INSERT INTO suspension(tenant, platform, user_id, until, reason, actor, at) "
        "VALUES (:tenant, :platform, :user_id, :until, :reason, :actor, :at)",
        **place,
        until=row["until"],
        reason=row["reason"] if row["actor"] in _BY_MACHINES else "",
        actor=row["actor"],
        at=row["at"],
    )


def private_chat(platform: str, user_id: str) -> str:
    """Tenant of somebody's private conversation with the bot."""
    return f"{platform}:user:{user_id}"


def communities_of(tenant: str, platform: str, user_ids: Collection[str]) -> list[str]:
    """Where a suspension has to stand to hold in a community: there, everywhere, or in the same private chat."""
    private = [private_chat(platform, user_id) for user_id in user_ids]
    return list(dict.fromkeys([tenant, EVERYWHERE, *(private if tenant in private else ())]))


def forget_passes(vault: Vault, platform: str, user_id: str) -> Unit[None]:
    """Sessions, links and drafts in which the person is named; there are few, and they live for hours at most."""

    async def unit(tx: Transaction) -> None:
        mine = [
            row
            for row in await tx.rows(
                "SELECT digest, kind, document FROM pass WHERE substr(tenant, 1, :length) = :platform",
                platform=f"{platform}:",
                length=len(platform) + 1,
            )
            if _may_name(vault, row["document"], user_id)
        ]
        for row in mine:
            await tx.run(
                "DELETE FROM pass WHERE digest = :digest AND kind = :kind",
                digest=row["digest"],
                kind=row["kind"],
            )

    return unit


def _may_name(vault: Vault, sealed: str, user_id: str) -> bool:
    """True as well for what was sealed under another secret: of no use to anybody any more."""
    try:
        return json.dumps(user_id) in json.dumps(vault.unseal(sealed))
    except StorageError:
        return True


def forget_items(platform: str, user_id: str, now: float) -> Unit[None]:
    """What adapters keep of single people: items of their platform whose id ends with "/<person>".

    Of the kind `named_in` the rest of the id is a job whose messages name the person: they are to be shown anew.
    """
    suffix = f"/{user_id}"
    mine = "substr(kind, 1, :length) = :platform AND substr(id, length(id) - :tail) = :suffix"
    values = {"platform": platform, "length": len(platform), "suffix": suffix, "tail": len(user_id)}

    async def unit(tx: Transaction) -> None:
        for row in await tx.rows(f"SELECT kind, id FROM secret_item WHERE {mine}", **values):
            if row["kind"] == named_in(platform):
                await to_be_shown_anew(tx, row["id"].removesuffix(suffix), now)
        await tx.run(f"DELETE FROM secret_item WHERE {mine}", **values)

    return unit


def named_in(platform: str) -> str:
    """Kind of the items by which an adapter notes that messages of "<job>" name a "<person>" beside its own."""
    return f"{platform}-named"


def copies_in(platform: str) -> str:
    """Kind, but for the job's id behind it, of the items by which an adapter notes where else a job is shown."""
    return f"{platform}-copy:"


def gallery_in(platform: str) -> str:
    """Kind of the items by which an adapter notes that a job hangs in its community's gallery; the id is the job's."""
    return f"{platform}-gallery"


def _is_private(row: Row) -> bool:
    return bool(row["tenant"] == private_chat(row["platform"], row["user_id"]))
