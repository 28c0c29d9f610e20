"""Limits under pressure: the longest wait is told, money is never forgotten, nothing deadlocks or leaks."""

import asyncio
import time

import pytest

from bot.domain.limits import Limit, LimitKind, LimitReached, Rate
from bot.domain.money import MicroUSD
from bot.domain.outcomes import Failed, FailureClass
from bot.domain.purchases import Purchase
from bot.domain.requests import Quality, Reference, ReferenceRole
from bot.ports import Accepted
from bot.store import Store
from tests.support.ledger import OpenAnother, SetClock, running
from tests.support.make import NOW, request

DAY = 86_400.0


def quota(scope: str, amount: int, cap: int, ends_in: float = 60.0) -> Limit:
    return Limit(LimitKind.QUOTA, scope, "w", amount, cap, NOW + ends_in)


async def test_of_several_full_limits_the_longest_wait_is_told(timed: Store) -> None:
    limits = (quota("hour", 1, 1, 600.0), quota("day", 1, 1, 7200.0))
    assert isinstance(await timed.jobs.accept(request(key="1"), limits, [Rate("c", 60.0)], 1), Accepted)

    reached = await timed.jobs.accept(request(key="2"), limits, [Rate("c", 60.0)], 1)

    assert reached == LimitReached(LimitKind.QUOTA, "day", 1, 1, 7200.0)


async def test_waiting_does_not_help_when_the_request_is_larger_than_the_cap(timed: Store) -> None:
    reached = await timed.jobs.accept(request(), [quota("day", 4, 2)], [], 1)

    assert reached == LimitReached(LimitKind.QUOTA, "day", 2, 0, None)


async def test_a_place_is_free_again_when_a_job_ends_however_it_ends(store: Store) -> None:
    one = Limit(LimitKind.CONCURRENCY, "user/running", "", 1, 1)
    job = await running(store, "1", limits=(one,))
    reached = await store.jobs.accept(request(key="2"), [one], [], 1)
    assert reached == LimitReached(LimitKind.CONCURRENCY, "user/running", 1, 1, None)

    await store.jobs.finish(job, Failed(FailureClass.BUSY))

    assert isinstance(await store.jobs.accept(request(key="3"), [one], [], 1), Accepted)


@pytest.mark.parametrize(
    ("price", "billed", "cost", "booked"),
    [
        (53_000, True, 41_000, 41_000),
        (53_000, True, None, 53_000),
        (53_000, None, None, 53_000),
        (53_000, False, None, 0),
        (None, None, None, 60_000),
        (None, True, 41_000, 41_000),
    ],
)
async def test_money_is_booked_as_it_was_or_may_have_been_spent(
    store: Store, price: int | None, billed: bool | None, cost: int | None, booked: int
) -> None:
    held = Limit(LimitKind.BUDGET, "money", "2026-11", 60_000, 1_000_000)
    job = await running(store, limits=(held, Limit(LimitKind.QUOTA, "user", "w", 1, 5)))
    attempt = await store.jobs.open_attempt(
        job.job_id, Purchase("bfl", "flux-2-pro", None if price is None else MicroUSD(price))
    )
    await store.jobs.close_attempt(
        attempt,
        billed=billed,
        cost=None if cost is None else MicroUSD(cost),
        request_id=None,
        result="x",
        seconds=1.0,
    )

    await store.jobs.finish(job, Failed(FailureClass.STORAGE))

    usages = {usage.scope: (usage.used, usage.held) for usage in await store.jobs.usage(["money", "user"])}
    assert usages == {"money": (booked, 0), "user": (0, 0)}


async def test_an_attempt_that_was_never_closed_stays_booked(store: Store, another: OpenAnother) -> None:
    held = Limit(LimitKind.BUDGET, "money", "2026-11", 60_000, 1_000_000)
    job = await running(store, limits=(held,))
    await store.jobs.open_attempt(job.job_id, Purchase("bfl", "flux-2-pro", MicroUSD(30_000)))
    await store.aclose()
    survivor = await another()
    (taken,) = await survivor.jobs.take_over()

    await survivor.jobs.finish(taken, Failed(FailureClass.UNKNOWN_OUTCOME, maybe_billed=True))

    assert [(usage.used, usage.held) for usage in await survivor.jobs.usage(["money"])] == [(30_000, 0)]


async def test_what_was_booked_for_a_lost_request_is_settled_after_a_day(
    timed: Store, clock: SetClock
) -> None:
    held = Limit(LimitKind.BUDGET, "money", "2026-11", 60_000, 1_000_000, NOW + 400 * DAY)
    jobs = []
    for number in range(2):
        job = await running(timed, f"discord:{number}", limits=(held,), created_at=clock.at)
        await timed.jobs.open_attempt(job.job_id, Purchase("bfl", "flux-2-pro", MicroUSD(30_000)))
        await timed.jobs.finish(job, Failed(FailureClass.UNKNOWN_OUTCOME, maybe_billed=True))
        jobs.append(job)
        clock.at += 0.6 * DAY

    closed = [await timed.jobs.close_lost() for _ in range(2)]
    await timed.jobs.prune()

    assert closed == [1, 0]
    holds = await timed.database.read("SELECT job_id FROM hold")
    assert [hold["job_id"] for hold in holds] == [jobs[1].job_id], "the younger one may still come back"
    assert [(usage.used, usage.held) for usage in await timed.jobs.usage(["money"])] == [(60_000, 0)]


async def test_opposite_orders_of_limits_do_not_block_each_other(another: OpenAnother) -> None:
    stores = [await another() for _ in range(3)]
    scopes = [f"s{number}" for number in range(6)]

    def limits(turn: int) -> list[Limit]:
        return [quota(scope, 1, 40) for scope in (scopes if turn % 2 else scopes[::-1])]

    results = await asyncio.gather(
        *(stores[n % 3].jobs.accept(request(key=f"{n}"), limits(n // 3), [], 1) for n in range(120))
    )

    assert sum(isinstance(result, Accepted) for result in results) == 40
    assert [usage.held for usage in await stores[0].jobs.usage(scopes)] == [40] * 6


async def test_a_rate_holds_over_several_processes(another: OpenAnother) -> None:
    stores = [await another() for _ in range(2)]
    rate = Rate("guild", interval=0.1, burst=5)
    began = time.time()
    admitted = 0
    for batch in range(10):
        asks = [stores[n % 2].jobs.accept(request(key=f"{batch}:{n}"), [], [rate], 1) for n in range(8)]
        admitted += sum(isinstance(result, Accepted) for result in await asyncio.gather(*asks))
        await asyncio.sleep(0.02)

    assert 5 <= admitted <= 5 + (time.time() - began) / 0.1 + 1


async def test_a_cooldown_ends_at_the_told_time(timed: Store, clock: SetClock) -> None:
    rate = Rate("user/cooldown", interval=10.0, burst=2)
    for number in range(2):
        assert isinstance(await timed.jobs.accept(request(key=f"{number}"), [], [rate], 1), Accepted)
    reached = await timed.jobs.accept(request(key="2"), [], [rate], 1)
    assert reached == LimitReached(LimitKind.COOLDOWN, "user/cooldown", 2, 2, 10.0)

    clock.at += 9.9
    assert isinstance(await timed.jobs.accept(request(key="3"), [], [rate], 1), LimitReached)
    clock.at += 0.2
    assert isinstance(await timed.jobs.accept(request(key="4"), [], [rate], 1), Accepted)


async def test_a_rate_counts_all_that_come_at_once_whatever_else_they_bring(timed: Store) -> None:
    rate = Rate("guild", interval=10.0, burst=3)
    with_picture = request(key="2", references=(Reference("i/aa/picture.png", ReferenceRole.EDIT),))
    asks = (request(key="1"), with_picture, request(key="3"))
    results = await asyncio.gather(*(timed.jobs.accept(ask, [], [rate], 1) for ask in asks))
    assert all(isinstance(result, Accepted) for result in results)

    reached = await timed.jobs.accept(request(key="4"), [], [rate], 1)

    assert reached == LimitReached(LimitKind.COOLDOWN, "guild", 3, 3, 10.0)


async def test_recent_speeds_are_told_by_model_and_quality(timed: Store, clock: SetClock) -> None:
    job = await running(timed, created_at=clock.at)
    for quality, seconds, result in (
        (Quality.LOW, 4.0, "ok"),
        (Quality.LOW, 8.0, "ok"),
        (Quality.HIGH, 50.0, "ok"),
        (Quality.HIGH, 0.1, "failed"),
    ):
        bought = Purchase("bfl", "flux-2-pro", MicroUSD(1), quality)
        attempt = await timed.jobs.open_attempt(job.job_id, bought)
        await timed.jobs.close_attempt(
            attempt, billed=True, cost=None, request_id=None, result=result, seconds=seconds
        )

    speeds = {(speed.model, speed.quality): speed.seconds for speed in await timed.jobs.speeds()}
    assert speeds == {("flux-2-pro", Quality.LOW): 6.0, ("flux-2-pro", Quality.HIGH): 50.0}
    clock.at += 8 * 86_400
    assert list(await timed.jobs.speeds()) == []


async def test_costs_are_summed_by_month_and_community(timed: Store, clock: SetClock) -> None:
    for month in range(3):
        job = await running(timed, f"discord:{month}", created_at=clock.at)
        for cost in (40_000, 2_000):
            attempt = await timed.jobs.open_attempt(job.job_id, Purchase("bfl", "flux-2-pro", MicroUSD(1)))
            await timed.jobs.close_attempt(
                attempt, billed=True, cost=MicroUSD(cost), request_id=None, result="ok", seconds=1.0
            )
        await timed.jobs.finish(job, Failed(FailureClass.BUSY))
        clock.at += 40 * 86_400

    rows = await timed.jobs.costs(0, 1e12)
    assert [(row["month"], row["attempts"], row["micros"]) for row in rows] == [
        ("2026-11", 2, 42_000),
        ("2027-01", 2, 42_000),
        ("2027-02", 2, 42_000),
    ]
    assert len(await timed.jobs.costs(0, NOW + 1, "discord:4711")) == 1
    assert list(await timed.jobs.costs(0, 1e12, "slack:T1")) == []


@pytest.mark.parametrize(
    ("billed", "cost", "booked"),
    [(True, 41_000, 41_000), (False, None, 0), (None, None, 53_000), (True, None, 53_000)],
    ids=["billed for less", "not billed", "nobody knows", "billed, no cost told"],
)
async def test_a_request_that_ends_after_its_job_corrects_the_budgets(
    store: Store, billed: bool | None, cost: int | None, booked: int
) -> None:
    """A job that ran out of time is settled by what its last request may cost; then the answer comes."""
    money = [Limit(LimitKind.BUDGET, "money", window, 60_000, 1_000_000) for window in ("day", "month")]
    job = await running(store, limits=tuple(money))
    attempt = await store.jobs.open_attempt(job.job_id, Purchase("bfl", "flux-2-pro", MicroUSD(53_000)))
    await store.jobs.finish(job, Failed(FailureClass.TIMED_OUT, maybe_billed=True))
    assert [usage.used for usage in await store.jobs.usage(["money"])] == [53_000, 53_000]

    told = None if cost is None else MicroUSD(cost)
    for _ in range(2):
        await store.jobs.close_attempt(
            attempt, billed=billed, cost=told, request_id=None, result="x", seconds=1.0
        )

    assert [(usage.used, usage.held) for usage in await store.jobs.usage(["money"])] == [(booked, 0)] * 2
