import asyncio
import dataclasses
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.errors import StorageError
from bot.domain.policy import Access, BlockedTerm, Content, Policy, Strictness
from bot.store import Store, open_store
from bot.store.database import Transaction
from bot.store.vault import Vault
from tests.support.ledger import SetClock

TENANT = "discord:4711"


async def test_rules_are_versioned_and_come_back_typed(store: Store) -> None:
    assert await store.policies.policy(TENANT) == Policy()
    content = Content(
        strictness=Strictness.STRICT,
        blocked_terms=(BlockedTerm("ugly"),),
        categories=(("hate", Strictness.RELAXED),),
    )

    first = await store.policies.save(TENANT, Policy(content=content), actor="ada", reason="school")
    second = await store.policies.save(
        TENANT, dataclasses.replace(first, access=Access(enabled=False)), actor="bob", reason="night"
    )

    assert (first.version, second.version) == (1, 2)
    store.policies._known.clear()
    assert await store.policies.policy(TENANT) == second
    assert sorted(await store.policies.authors(TENANT)) == ["ada", "bob"]
    assert list(await store.policies.authors("discord:elsewhere")) == []
    history = await store.policies.history(TENANT)
    assert [(change.policy.version, change.actor, change.reason) for change in history] == [
        (2, "bob", "night"),
        (1, "ada", "school"),
    ]


async def test_of_two_moderators_at_once_one_is_told(store: Store) -> None:
    saves = [store.policies.save(TENANT, Policy(), actor=name, reason="") for name in ("ada", "bob")]
    results = await asyncio.gather(*saves, return_exceptions=True)

    assert sum(isinstance(result, StorageError) for result in results) == 1


async def test_a_moderator_who_is_erased_moderates_no_more_also_where_the_rules_are_known(
    timed: Store, clock: SetClock
) -> None:
    ids = ("ada_1", "b%1", "ada-1")
    for tenant in (TENANT, "discord:other"):
        await timed.policies.save(
            tenant, Policy(access=Access(moderators=frozenset(ids))), actor="eve", reason=""
        )

    for user_id in ids[:2]:
        await timed.jobs.erase_user("discord", user_id)
        clock.at += 6.0

    for tenant in (TENANT, "discord:other"):
        assert (await timed.policies.policy(tenant)).access.moderators == {"ada-1"}


async def test_a_tampered_audit_is_noticed(store: Store) -> None:
    for number in range(3):
        await store.policies.audit(TENANT, "job_deleted", {"job": str(number)})
    assert await store.policies.chain_is_whole()
    assert len(await store.policies.audited(TENANT)) == 3
    assert list(await store.policies.audited("discord:other")) == []

    async def tamper(tx: Transaction) -> int:
        return await tx.run("UPDATE audit SET data = '{}' WHERE number = 2")

    await store.database.write(tamper)
    assert not await store.policies.chain_is_whole()


async def test_a_removed_audit_entry_is_noticed(store: Store) -> None:
    for number in range(3):
        await store.policies.audit(TENANT, "job_deleted", {"job": str(number)})

    async def tamper(tx: Transaction) -> int:
        return await tx.run("DELETE FROM audit WHERE number = 2")

    await store.database.write(tamper)
    assert not await store.policies.chain_is_whole()


async def test_secret_items_are_sealed_and_swapped_by_version(store: Store) -> None:
    assert await store.secrets.get("slack", "T1") is None
    assert await store.secrets.put("slack", "T1", {"token": "xoxb-1"}, seen=0)
    assert not await store.secrets.put("slack", "T1", {"token": "xoxb-2"}, seen=0)
    assert await store.secrets.put("slack", "T1", {"token": "xoxb-3"}, seen=1)
    assert await store.secrets.put("slack", "T2", {"token": "xoxb-4"})

    assert await store.secrets.get("slack", "T1") == ({"token": "xoxb-3"}, 2)
    assert sorted(await store.secrets.ids("slack")) == ["T1", "T2"]
    assert "xoxb" not in str(await store.database.read("SELECT * FROM secret_item"))
    await store.secrets.delete("slack", "T1")
    assert await store.secrets.get("slack", "T1") is None


async def test_another_secret_opens_nothing(tmp_path: Path) -> None:
    sealed = Vault(SecretStr("one")).seal({"a": 1})

    assert Vault(SecretStr("one")).unseal(sealed) == {"a": 1}
    with pytest.raises(StorageError, match="SECRET_KEY"):
        Vault(SecretStr("two")).unseal(sealed)


async def test_the_own_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    vaults = await asyncio.gather(*(Vault.open(None, tmp_path / "data") for _ in range(8)))

    assert len({vault.identity_key.get_secret_value() for vault in vaults}) == 1
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600


async def test_an_empty_secret_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()

    with pytest.raises(StorageError, match="empty"):
        await Vault.open(None, tmp_path)


async def test_an_unknown_kind_of_database_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        await open_store("mysql://x/y", data_dir=tmp_path, clock=SystemClock())
