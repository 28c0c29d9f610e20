"""What is left of a community that leaves, whose past the retention finds, and a secret that was changed."""

import dataclasses
import time
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.errors import StorageError
from bot.domain.jobs import JobState, Steps
from bot.domain.moderators import Case, CaseKind, CaseState, Judged
from bot.domain.outcomes import Delivered, Failed, FailureClass
from bot.domain.requests import JobId
from bot.store import Store, open_store
from bot.store.database import Transaction
from tests.store.test_privacy_ledger import PERSON, everything
from tests.support.ledger import finished, get, queued
from tests.support.make import hosted, kept, paid, requester

TENANT = "discord:4711"
MODERATOR = "moderator-9"


def case(number: int, tenant: str = TENANT) -> Case:
    return Case(
        case_id=f"{number:016x}",
        tenant=tenant,
        kind=CaseKind.APPEAL,
        state=CaseState.OPEN,
        platform="discord",
        user_id=PERSON,
        job_id=JobId(f"job{number}"),
        created_at=time.time(),
        text="it is a zebra",
        reporter="",
        reason="sexual",
        decided_by="guard",
        approvable=True,
    )


def judged(words: str = "a zebra", tenant: str = TENANT) -> Judged:
    return Judged(
        person=requester(tenant=tenant, user_id=PERSON),
        at=time.time(),
        words=words,
        decision="reject",
        decided_by="guard",
        reason="sexual",
        job_id="job1",
    )


async def test_a_community_that_leaves_takes_everybodys_id_along(store: Store) -> None:
    """Also from what was deleted before, and of the moderators who had a case in hand."""
    ada = requester(user_id=PERSON)
    await finished(store, Failed(FailureClass.BUSY), "discord:1", requester=ada)
    deleted = await queued(store, "discord:2", requester=ada)
    await store.jobs.mark_deleted(deleted.job_id)
    for number in (1, 2):
        await store.moderation.open_case(case(number))
    assert await store.moderation.claim(TENANT, case(1).case_id, MODERATOR, 0.0)
    assert PERSON in await everything(store)

    erased = await store.jobs.erase_tenant(TENANT)

    text = await everything(store)
    assert [trace for trace in (PERSON, MODERATOR, "zebra") if trace in text] == []
    assert deleted.job_id not in {job.job_id for job in erased}, "its end was told before"
    assert await store.jobs.erase_tenant(TENANT) == []


async def test_a_case_from_a_private_chat_names_nobody_after_the_erasure(store: Store) -> None:
    private = f"discord:user:{PERSON}"
    await store.moderation.open_case(case(1, private))

    await store.jobs.erase_user("discord", PERSON)

    assert PERSON not in await everything(store)


async def test_the_retention_finds_every_community_that_left_something(store: Store) -> None:
    """Words that were refused before they became a job, and the trail of a community that has left."""
    await store.moderation.note(judged(tenant="discord:1"))
    await store.policies.audit("discord:2", "rules_changed", {})
    await queued(store, "discord:3", requester=requester(tenant="discord:3"))
    await store.jobs.erase_tenant("discord:2")

    assert await store.jobs.tenants() == ["discord:1", "discord:2", "discord:3"]


@pytest.fixture
async def later(store: Store, database_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    """The same database after its secret was lost."""
    other = SecretStr("another secret, of the same length as usual")
    opened = await open_store(database_url, data_dir=tmp_path, clock=SystemClock(), secret=other)
    yield opened
    await opened.aclose()


async def test_a_lost_secret_shuts_nobody_out(store: Store, later: Store) -> None:
    """What was sealed cannot be read any more; cases, decisions, sessions and exports stand without it."""
    until = time.time() + 100
    await store.moderation.open_case(
        dataclasses.replace(case(1), reporter=store.jobs._stand_in("discord", PERSON))
    )
    await store.moderation.note(judged())
    await store.moderation.issue("console_session", "cookie", TENANT, {"user_id": MODERATOR}, until)
    await later.moderation.note(judged("a quagga"))
    reporter = later.jobs._stand_in("discord", PERSON)
    await later.moderation.open_case(dataclasses.replace(case(2), reporter=reporter))

    async def found_again(tx: Transaction) -> int:
        """As if the hash by which an old report is found had survived."""
        return await tx.run("UPDATE moderation_case SET reporter = :who", who=reporter)

    await later.database.write(found_again)

    queue = await later.moderation.cases(TENANT, [CaseState.OPEN])
    assert [one.text for one in queue] == ["", "it is a zebra"]
    assert [one.words for one in await later.moderation.decisions(TENANT)] == ["a quagga"]
    assert await later.moderation.look("console_session", "cookie", time.time()) is None
    told = (await later.jobs.export_user("discord", PERSON))["moderation"]["reported"]
    assert sorted(one["text"] for one in told) == ["", "it is a zebra"]


@pytest.mark.parametrize("by", ["person", "community", "job"])
async def test_what_this_version_cannot_read_is_forgotten_all_the_same(store: Store, by: str) -> None:
    """Written by a newer one, before the operator went back."""
    ada = requester(user_id=PERSON)
    steps = Steps(pictures=paid())
    job = await finished(
        store, Delivered((hosted(),)), "discord:1", words="a zebra", requester=ada, steps=steps
    )

    async def newer(tx: Transaction) -> int:
        return await tx.run(
            "UPDATE job SET steps = :steps, request = :request", steps='{"verdicts": 7}', request="{}"
        )

    await store.database.write(newer)
    match by:
        case "person":
            (gone,) = await store.jobs.erase_user("discord", PERSON)
            assert gone.message == {"message_id": "5"}, "it can be taken back"
        case "community":
            await store.jobs.erase_tenant(TENANT)
        case _:
            await store.jobs.mark_deleted(job.job_id)

    assert "zebra" not in await everything(store)
    assert (PERSON in await everything(store)) is (by == "job")
    assert set(await store.jobs.doomed()) == {hosted().key, hosted().preview_key, kept().key}
    assert (await get(store, job.job_id)).state is JobState.DELETED


async def test_what_cannot_be_read_is_not_told_to_the_log(store: Store) -> None:
    job = await finished(store, Delivered((hosted(),)), "discord:1", words="a zebra", requester=requester())

    async def newer(tx: Transaction) -> int:
        return await tx.run("UPDATE job SET request = replace(request, '\"a zebra\"', '[\"a zebra\"]')")

    await store.database.write(newer)
    with pytest.raises(ValueError, match="words") as raised:
        await store.jobs.get(job.job_id)

    told = "".join(traceback.format_exception(raised.value))
    assert "zebra" not in told


async def test_what_this_version_cannot_read_hides_nothing_else(store: Store) -> None:
    ada = requester(user_id=PERSON)
    deleted = await finished(store, Delivered((hosted(),)), "discord:1", words="a zebra", requester=ada)
    await finished(store, Delivered((hosted(),)), "discord:2", words="a quagga", requester=ada)
    await finished(store, Delivered((hosted(),)), "discord:3", words="a zorse", requester=ada)
    await store.jobs.mark_deleted(deleted.job_id)

    async def newer(tx: Transaction) -> int:
        return await tx.run("UPDATE job SET request = '{}' WHERE job_id <> :last", last=last)

    last = (await store.jobs.history(TENANT, PERSON, limit=9))[0].job_id
    await store.database.write(newer)

    seen = await store.jobs.history(TENANT, PERSON, limit=9)
    assert [job.request.words for job in seen] == ["a zorse"]
    assert [job.message for job in await store.jobs.unretracted(["discord"])] == [deleted.message]
    assert len((await store.jobs.export_user("discord", PERSON))["jobs"]) == 3


async def test_a_secret_that_cannot_be_read_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "secret.key").mkdir()

    with pytest.raises(StorageError) as caught:
        await open_store(f"sqlite:///{tmp_path / 'x.db'}", data_dir=tmp_path, clock=SystemClock())

    assert not caught.value.retryable
    assert "secret.key" in caught.value.problem
