"""Cases, strikes, suspensions, decisions and passes on both databases."""

import asyncio

import pytest

from bot.domain.moderators import EVERYWHERE, Case, CaseKind, CaseState, Judged, Ruling, Strike, Suspension
from bot.domain.money import MicroUSD
from bot.domain.purchases import Purchase
from bot.domain.requests import JobId
from bot.store import Store
from tests.support.ledger import SetClock, running
from tests.support.make import NOW, requester

TENANT = "discord:4711"


def case(number: int, **changes: object) -> Case:
    values: dict[str, object] = {
        "case_id": f"{number:016x}",
        "tenant": TENANT,
        "kind": CaseKind.APPEAL,
        "state": CaseState.OPEN,
        "platform": "discord",
        "user_id": "42",
        "job_id": JobId(f"job{number}"),
        "created_at": NOW + number,
        "text": "please",
    }
    return Case(**{**values, **changes})  # type: ignore[arg-type]


async def test_a_case_is_opened_claimed_and_closed_once(store: Store) -> None:
    ledger = store.moderation
    assert await ledger.open_case(case(1))
    assert not await ledger.open_case(case(1, case_id="f" * 16))  # the same job lies there already
    assert await ledger.open_case(case(2))

    claims = await asyncio.gather(*(ledger.claim(TENANT, case(1).case_id, who, 0.0) for who in "ab"))
    winner = next(found.claimed_by for found in claims if found)

    assert sum(found is not None for found in claims) == 1
    loser = "b" if winner == "a" else "a"
    assert await ledger.close(TENANT, case(1).case_id, loser, Ruling.UPHOLD) is None
    closed = await ledger.close(TENANT, case(1).case_id, winner, Ruling.UPHOLD)
    assert closed is not None
    assert (closed.ruling, closed.text) == (Ruling.UPHOLD, "please")
    assert [one.case_id for one in await ledger.cases(TENANT, [CaseState.OPEN])] == [case(2).case_id]
    assert await ledger.appeals_since(TENANT, "42", NOW) == 2
    assert "please" not in str(await store.database.read("SELECT * FROM moderation_case"))


async def test_strikes_and_suspensions_come_back(store: Store) -> None:
    ledger = store.moderation
    for at in (NOW, NOW + 1):
        await ledger.strike(TENANT, "discord", "42", Strike(at, "violence", "guardrails", f"job{at}"))
    await ledger.strike(
        TENANT, "discord", "42", Strike(NOW + 5, "violence", "guardrails", f"job{NOW}")
    )  # told twice
    assert [strike.at for strike in await ledger.strikes(TENANT, "42", NOW - 1)] == [NOW + 1, NOW]

    await ledger.suspend(Suspension(TENANT, "discord", "42", NOW + 60, "strikes", "ladder", NOW))
    await ledger.suspend(Suspension(EVERYWHERE, EVERYWHERE, "hash", None, "blocked", "provider", NOW))
    mine = await ledger.suspension(TENANT, "discord", ["42", "other"], NOW)
    everywhere = await ledger.suspension("slack:T1", "slack", ["7", "hash"], NOW)
    assert mine is not None
    assert mine.until == NOW + 60
    assert everywhere is not None
    assert everywhere.until is None
    assert await ledger.suspension(TENANT, "discord", ["42", "other"], NOW + 61) is None
    assert await ledger.lift(TENANT, "discord", ["42", "other"])
    assert not await ledger.lift(TENANT, "discord", ["42", "other"])
    assert list(await ledger.strikes(TENANT, "42", 0.0)) == []


async def test_decisions_are_sealed_counted_and_read(store: Store) -> None:
    for number, decision in enumerate(("allow", "reject", "reject")):
        judged = Judged(
            requester(), "a brass owl", NOW + number, decision, job_id=f"job{number}", reason="violence"
        )
        await store.moderation.note(judged)

    found = await store.moderation.decisions(TENANT, 2)
    tally = await store.moderation.tally(TENANT, NOW)

    assert [(one.words, one.at) for one in found] == [("a brass owl", NOW + 2), ("a brass owl", NOW + 1)]
    assert sorted((row["decision"], int(row["number"]), int(row["day"])) for row in tally) == [
        ("allow", 1, int(NOW // 86_400)),
        ("reject", 2, int(NOW // 86_400)),
    ]
    assert list(await store.moderation.spent(TENANT, NOW)) == []
    assert "brass owl" not in str(await store.database.read("SELECT * FROM judged"))


async def test_a_pass_is_used_up_by_one_of_many(store: Store) -> None:
    ledger = store.moderation
    late = 4_000_000_000.0
    await ledger.issue("console_link", "secret", TENANT, {"user": "42"}, late)

    assert await ledger.look("console_link", "secret", NOW) == {"user": "42"}
    tries = await asyncio.gather(*(ledger.redeem("console_link", "secret", NOW) for _ in range(5)))
    assert [found for found in tries if found is not None] == [{"user": "42"}]
    await ledger.issue("console_link", "old", TENANT, {}, late)
    assert await ledger.redeem("console_link", "old", late) is None
    assert await ledger.look("other", "secret", NOW) is None


@pytest.mark.parametrize(("second", "day"), [(86_399.6, 20_000), (86_399.5, 20_000), (86_400.0, 20_001)])
async def test_a_day_ends_with_its_last_second(
    timed: Store, clock: SetClock, second: float, day: int
) -> None:
    clock.at = 20_000 * 86_400 + second
    await timed.moderation.note(Judged(requester(), "an owl", clock.at, "allow"))
    job = await running(timed)
    await timed.jobs.open_attempt(job.job_id, Purchase("openai", "gpt-image-2", MicroUSD(53_000)))

    (judged,) = await timed.moderation.tally(TENANT, 0.0)
    (spent,) = await timed.moderation.spent(TENANT, 0.0)

    assert (int(judged["day"]), int(spent["day"]), int(spent["cost"])) == (day, day, 53_000)
