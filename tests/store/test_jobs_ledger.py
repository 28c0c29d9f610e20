import asyncio
import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.domain.errors import LostJob
from bot.domain.jobs import Job, JobState, SafeWords, Stage, Steps
from bot.domain.limits import Limit, LimitKind, LimitReached, Rate
from bot.domain.money import MicroUSD
from bot.domain.outcomes import Delivered, Failed, FailureClass
from bot.domain.purchases import Purchase
from bot.domain.requests import Action, JobId, Lineage
from bot.ports import Accepted
from bot.store import Store, open_store
from tests.support.ledger import OpenAnother, get
from tests.support.make import hosted, paid, request, requester

PLATFORMS = ("discord",)


def quota(cap: int, amount: int = 1) -> Limit:
    return Limit(LimitKind.QUOTA, "discord:4711/user:42", "2026-11-25", amount, cap, time.time() + 100)


async def running(store: Store, key: str = "discord:1", **changes: Any) -> Job:
    wanted = request(key=key, created_at=time.time(), **changes)
    accepted = await store.jobs.accept(wanted, [quota(100)], [], 1)
    assert isinstance(accepted, Accepted)
    assert await store.jobs.begin(wanted.job_id, {"token": "t0k3n"}, {"message_id": "5"}, time.time() + 600)
    job = await store.jobs.claim(PLATFORMS)
    assert job is not None
    return job


async def test_a_redelivered_interaction_is_the_same_job(store: Store) -> None:
    results = await asyncio.gather(*(store.jobs.accept(request(), [quota(1)], [], 1) for _ in range(4)))

    assert sorted(type(result).__name__ for result in results) == [
        "Accepted",
        "Duplicate",
        "Duplicate",
        "Duplicate",
    ]
    assert [usage.held for usage in await store.jobs.usage(["discord:4711/user:42"])] == [1]


async def test_a_burst_does_not_pass_the_quota(store: Store) -> None:
    asks = [store.jobs.accept(request(key=f"discord:{n}"), [quota(2)], [], 1) for n in range(8)]
    results = await asyncio.gather(*asks)

    assert sum(isinstance(result, Accepted) for result in results) == 2
    refused = [result for result in results if isinstance(result, LimitReached)]
    assert len(refused) == 6
    assert all(result.wait is not None and 0 < result.wait <= 100 for result in refused)


async def test_requests_of_one_moment_count_each_other_and_only_each_other(store: Store) -> None:
    """Four deliveries of one interaction, a rate of two, and a neighbour, all in one run of the writer."""
    rate = [Rate("a", 60.0, burst=2)]
    same = [store.jobs.accept(request(key="same"), [], rate, 1) for _ in range(4)]
    others = [store.jobs.accept(request(key=f"{n}"), [], rate, 1) for n in range(3)]
    neighbour = store.jobs.accept(request(key="n"), [], [Rate("b", 60.0)], 1)
    answers = await asyncio.gather(*same, *others, neighbour)

    kinds = [type(answer).__name__ for answer in answers]
    assert kinds == ["Accepted", *["Duplicate"] * 3, "Accepted", "LimitReached", "LimitReached", "Accepted"]


async def test_many_claims_at_once_get_the_fairest_jobs_each_once(store: Store) -> None:
    for number in range(5):
        wanted = request(key=f"{number}")
        await store.jobs.accept(wanted, [], [], 1)
        await store.jobs.begin(wanted.job_id, {"token": "t"}, {}, 9e9)
    first = await store.jobs.claim(["discord"])
    claimed = await asyncio.gather(*(store.jobs.claim(["discord", "slack"]) for _ in range(6)))
    keys = [job.request.key for job in (first, *claimed) if job]

    assert keys == [f"{number}" for number in range(5)]
    assert [job for job in claimed if job is None] == [None, None]
    assert all(job.fence == 1 and job.attempts == 1 for job in claimed if job)


async def test_all_limits_are_reserved_or_none(store: Store) -> None:
    full = Limit(LimitKind.BUDGET, "discord:4711/money", "2026-11", 10, 5)

    assert isinstance(await store.jobs.accept(request(), [quota(5), full], [], 1), LimitReached)
    assert await store.jobs.usage(["discord:4711/user:42"]) == []


async def test_a_cooldown_lets_the_burst_through_and_tells_the_wait(store: Store) -> None:
    rate = Rate("discord:4711/user:42/cooldown", interval=10.0, burst=2)
    results = [await store.jobs.accept(request(key=f"discord:{n}"), [], [rate], 1) for n in range(3)]

    assert isinstance(results[1], Accepted)
    assert isinstance(results[2], LimitReached)
    assert results[2].kind is LimitKind.COOLDOWN
    assert results[2].wait is not None
    assert 8 < results[2].wait <= 10


async def test_a_job_is_claimed_only_after_its_acknowledgement(store: Store) -> None:
    await store.jobs.accept(request(), [], [], 1)
    assert await store.jobs.claim(PLATFORMS) is None

    assert await store.jobs.begin(request().job_id, {}, {}, time.time() + 60)
    assert not await store.jobs.begin(request().job_id, {}, {}, time.time() + 60)
    assert await store.jobs.queue_place(request().job_id) == 0
    assert await store.jobs.claim(("slack",)) is None

    job = await store.jobs.claim(PLATFORMS)
    assert job is not None
    assert job.state is JobState.RUNNING
    assert await store.jobs.queue_place(job.job_id) is None
    assert await store.jobs.claim(PLATFORMS) is None


async def test_steps_survive_and_come_back_typed(store: Store) -> None:
    job = await running(store)
    steps = Steps(words=SafeWords("an owl", "An owl."), paying="openai", pictures=paid())  # type: ignore[arg-type]

    await store.jobs.checkpoint(job, Stage.GENERATE, steps)

    found = await store.jobs.get(job.job_id)
    assert found is not None
    assert found.steps == steps
    assert found.handle == {"token": "t0k3n"}
    assert found.stage is Stage.GENERATE


async def test_a_stale_fence_writes_nothing(store: Store) -> None:
    job = await running(store)
    stale = dataclasses.replace(job, fence=job.fence - 1)

    with pytest.raises(LostJob):
        await store.jobs.checkpoint(stale, Stage.GENERATE, Steps())
    with pytest.raises(LostJob):
        await store.jobs.finish(stale, Failed(FailureClass.BUSY))


async def test_delivery_uses_the_quota_and_a_fault_gives_it_back(store: Store) -> None:
    delivered = await running(store, "discord:1")
    outcome = Delivered((hosted(),))
    await store.jobs.finish(dataclasses.replace(delivered, steps=Steps(outcome=outcome)), outcome)
    failed = await running(store, "discord:2")
    await store.jobs.finish(failed, Failed(FailureClass.BUSY))

    usage = (await store.jobs.usage(["discord:4711/user:42"]))[0]
    assert (usage.used, usage.held) == (1, 0)
    done = await store.jobs.get(delivered.job_id)
    assert done is not None
    assert done.state is JobState.DELIVERED
    assert done.handle == {}
    assert done.message == {"message_id": "5"}
    assert done.outcome == outcome


async def test_money_that_may_have_been_spent_stays_booked(store: Store) -> None:
    wanted = request(created_at=time.time())
    budget = Limit(LimitKind.BUDGET, "discord:4711/money", "2026-11", 90_000, 1_000_000)
    await store.jobs.accept(wanted, [budget], [], 1)
    await store.jobs.begin(wanted.job_id, {}, {}, time.time() + 60)
    job = await store.jobs.claim(PLATFORMS)
    assert job is not None
    first = await store.jobs.open_attempt(job.job_id, Purchase("openai", "gpt-image-2", MicroUSD(53_000)))
    second = await store.jobs.open_attempt(job.job_id, Purchase("bfl", "flux-2-pro", MicroUSD(30_000)))
    await store.jobs.close_attempt(
        first, billed=False, cost=None, request_id=None, result="failed", seconds=1.0
    )
    await store.jobs.close_attempt(
        second, billed=True, cost=MicroUSD(31_000), request_id="r", result="ok", seconds=1.0
    )

    await store.jobs.finish(job, Failed(FailureClass.STORAGE))

    usage = (await store.jobs.usage(["discord:4711/money"]))[0]
    assert (usage.used, usage.held) == (31_000, 0)
    assert [(row["provider"], row["micros"]) for row in await store.jobs.costs(0, 1e12)] == [("bfl", 31_000)]


@pytest.mark.parametrize(
    ("price", "billed", "cost", "maybe_paid"),
    [
        (MicroUSD(53_000), "open", None, True),
        (None, "open", None, True),
        (MicroUSD(0), "open", None, False),
        (MicroUSD(53_000), None, None, True),
        (MicroUSD(0), None, None, False),
        (MicroUSD(53_000), False, None, False),
        (None, False, None, False),
        (MicroUSD(53_000), True, None, True),
        (MicroUSD(0), True, MicroUSD(0), False),
        (None, True, MicroUSD(0), False),
        (MicroUSD(0), True, MicroUSD(4), True),
    ],
)
async def test_the_attempts_tell_whether_a_job_may_have_cost_something(
    store: Store, price: MicroUSD | None, billed: bool | str | None, cost: MicroUSD | None, maybe_paid: bool
) -> None:
    job, other = await running(store), await running(store, "discord:2")
    assert not await store.jobs.may_have_paid(job.job_id), "nothing was asked for"

    unbilled = await store.jobs.open_attempt(job.job_id, Purchase("bfl", "flux-2-pro", MicroUSD(30_000)))
    end = {"request_id": None, "result": "ended", "seconds": 1.0}
    await store.jobs.close_attempt(unbilled, billed=False, cost=None, **end)  # type: ignore[arg-type]
    await store.jobs.open_attempt(other.job_id, Purchase("bfl", "flux-2-pro", MicroUSD(30_000)))
    attempt = await store.jobs.open_attempt(job.job_id, Purchase("openai", "gpt-image-2", price))
    if not isinstance(billed, str):
        await store.jobs.close_attempt(attempt, billed=billed, cost=cost, **end)  # type: ignore[arg-type]

    assert await store.jobs.may_have_paid(job.job_id) is maybe_paid


async def test_nothing_is_paid_for_a_job_of_another_owner(store: Store) -> None:
    job = await running(store)
    await store.jobs.release(job)

    with pytest.raises(LostJob):
        await store.jobs.open_attempt(job.job_id, Purchase("openai", "gpt-image-2"))


async def test_a_dead_owners_jobs_are_taken_over_by_one(database_url: str, tmp_path: Path) -> None:
    first = await open_store(database_url, data_dir=tmp_path, clock=SystemClock())
    job = await running(first)
    others = [await open_store(database_url, data_dir=tmp_path, clock=SystemClock()) for _ in range(3)]
    assert [len(await other.jobs.take_over()) for other in others] == [0, 0, 0]
    await first.aclose()

    taken = await asyncio.gather(*(other.jobs.take_over() for other in others))

    jobs = [job for batch in taken for job in batch]
    assert [(taken_job.job_id, taken_job.fence) for taken_job in jobs] == [(job.job_id, job.fence + 1)]
    for other in others:
        await other.aclose()


async def test_a_never_acknowledged_job_is_closed_and_refunded(store: Store) -> None:
    await store.jobs.accept(request(created_at=time.time() - 100), [quota(1)], [], 1)

    assert await store.jobs.abandon(time.time() - 60) == [request().job_id]
    assert await store.jobs.abandon(time.time() - 60) == ()
    assert [usage.held for usage in await store.jobs.usage(["discord:4711/user:42"])] == [0]
    found = await store.jobs.get(request().job_id)
    assert found is not None
    assert found.state is JobState.FAILED


async def test_small_tenants_do_not_wait_behind_a_whale(store: Store) -> None:
    for n in range(6):
        await queue(store, f"whale:{n}", "discord:whale")
    for n in range(2):
        await queue(store, f"a:{n}", "discord:a")
        await queue(store, f"b:{n}", "discord:b")

    order = []
    while (job := await store.jobs.claim(PLATFORMS)) is not None:
        order.append(job.request.requester.tenant.removeprefix("discord:"))

    assert order[:3] == ["whale", "a", "b"] or sorted(order[:3]) == ["a", "b", "whale"]
    assert sorted(order[3:6]) == ["a", "b", "whale"]
    assert order[6:] == ["whale"] * 4


async def queue(store: Store, key: str, tenant: str) -> None:
    wanted = request(key=key, requester=requester(tenant=tenant), created_at=time.time())
    await store.jobs.accept(wanted, [], [], 1)
    await store.jobs.begin(wanted.job_id, {}, {}, time.time() + 60)


async def test_children_have_the_next_version(store: Store) -> None:
    parent = await running(store)
    lineage = Lineage(parent.job_id, Action.VARY, 1)
    child = await running(store, "child", lineage=lineage)

    assert child.version == 2
    assert [job.job_id for job in await store.jobs.find_child(parent.job_id, Action.VARY, 1)] == [
        child.job_id
    ]
    assert await store.jobs.find_child(parent.job_id, Action.VARY, 0) == []


async def test_history_is_newest_first_and_ones_own(store: Store) -> None:
    now = time.time()
    for n in range(3):
        await store.jobs.accept(request(key=f"discord:{n}", created_at=now + n), [], [], 1)
    await store.jobs.accept(request(key="x", requester=requester(user_id="9"), created_at=now + 9), [], [], 1)

    mine = await store.jobs.history("discord:4711", "42", limit=2)
    assert [job.created_at for job in mine] == [now + 2, now + 1]
    assert len(await store.jobs.history("discord:4711", None, limit=10)) == 4
    assert len(await store.jobs.history("discord:4711", "42", limit=10, before=now + 1)) == 1


async def test_a_marker_is_given_out_once(store: Store) -> None:
    assert await store.jobs.mark_once("event:1", 60)
    assert not await store.jobs.mark_once("event:1", 60)
    assert await store.jobs.mark_once("event:2", -1)
    assert await store.jobs.mark_once("event:2", 60)


async def test_what_many_add_to_a_message_at_once_is_all_there(store: Store, another: OpenAnother) -> None:
    job = await running(store)
    stores = (store, await another())

    added = await asyncio.gather(
        *(stores[n % 2].jobs.amend_message(job.job_id, {f"press {n}": n}) for n in range(20))
    )

    assert all(added)
    assert (await get(store, job.job_id)).message == {"message_id": "5"} | {
        f"press {n}": n for n in range(20)
    }


async def test_nothing_is_added_to_the_message_of_a_deleted_job(store: Store) -> None:
    job = await running(store)
    await store.jobs.mark_deleted(job.job_id)

    assert not await store.jobs.amend_message(job.job_id, {"shared": True})
    assert not await store.jobs.amend_message(JobId("nobody's"), {"shared": True})
    assert (await get(store, job.job_id)).message == {"message_id": "5"}


async def test_delete_leaves_a_bare_line(store: Store, tmp_path: Path) -> None:
    job = await running(store)
    outcome = Delivered((hosted(),))
    steps = Steps(words=SafeWords("a secret owl", "secret"), outcome=outcome, pictures=paid())  # type: ignore[arg-type]
    await store.jobs.finish(dataclasses.replace(job, steps=steps), outcome)
    other = await running(store, "discord:2")
    await store.jobs.finish(dataclasses.replace(other, steps=steps), outcome)

    await store.jobs.mark_deleted(job.job_id)
    assert hosted().key not in await store.jobs.doomed()
    await store.jobs.mark_deleted(other.job_id)
    assert hosted().key in await store.jobs.doomed()

    found = await store.jobs.get(job.job_id)
    assert found is not None
    assert (found.state, found.request.words, found.steps) == (JobState.DELETED, "", Steps())


async def test_erasing_a_person_leaves_nothing_of_them(store: Store, database_url: str) -> None:
    person = requester(user_id="person-7731", display_name="Zephyrine")
    job = await running(store, "discord:zephyr", words="a zebra in zurich", requester=person)
    await store.jobs.finish(job, Failed(FailureClass.BUSY))
    exported = await store.jobs.export_user("discord", "person-7731")
    assert exported["jobs"][0]["words"] == "a zebra in zurich"

    gone = await store.jobs.erase_user("discord", "person-7731")

    assert [found.job_id for found in gone] == [job.job_id]
    for table in ("job", "budget", "bucket", "hold", "attempt", "image_use", "marker", "policy", "audit"):
        text = str(await store.database.read(f"SELECT * FROM {table}"))
        for trace in ("person-7731", "Zephyrine", "zebra", "discord:zephyr"):
            assert trace not in text, (table, trace)


async def test_credentials_are_encrypted_at_rest(store: Store) -> None:
    await running(store)

    assert "t0k3n" not in str(await store.database.read("SELECT * FROM job"))
