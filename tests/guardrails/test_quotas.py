import pytest

from bot.domain.limits import LimitKind, LimitReached
from bot.domain.money import micros
from bot.domain.outcomes import RefusalReason
from bot.domain.policy import Limits
from bot.guardrails.quotas import limits_for, rates_for, refusal_for
from tests.support.make import NOW, requester

NONE = Limits(0, 0, (), 0, 0, 0, 0.0, 0, 0)
MONEY = 1_000_000


def test_no_limits_reserve_nothing() -> None:
    assert limits_for(requester(), NONE, pictures=1, price=micros(0.05), now=NOW) == ()
    assert rates_for(requester(), NONE) == ()


def test_every_cap_becomes_a_row_with_its_window() -> None:
    limits = Limits(
        per_user_day=5, per_user_hour=2, per_channel_day=9, per_tenant_day=100, concurrent_per_user=1
    )

    rows = limits_for(requester(), limits, pictures=2, price=micros(0.1), now=NOW)

    by_scope = {(row.scope, row.kind, row.window): row for row in rows}
    assert {kind for _, kind, _ in by_scope} == {LimitKind.QUOTA, LimitKind.CONCURRENCY, LimitKind.BUDGET}
    day = next(row for row in rows if row.scope == "discord:4711/user:42" and len(row.window) == 10)
    assert (day.cap, day.amount) == (5, 2)
    assert day.resets_at is not None
    assert day.resets_at > NOW
    money = [row for row in rows if row.kind is LimitKind.BUDGET]
    assert {row.amount for row in money} == {100_000}
    assert {len(row.window) for row in money} == {7, 10}
    assert any(row.scope == "discord:4711/channel:7" for row in rows)


def test_the_most_generous_role_counts() -> None:
    limits = Limits(per_user_day=5, per_user_hour=0, per_role_day=(("gold", 50), ("staff", 20)))
    person = requester(roles=frozenset({"gold", "staff"}))

    rows = limits_for(person, limits, pictures=1, price=None, now=NOW)

    assert next(row.cap for row in rows if row.scope.endswith("user:42")) == 50


def test_a_role_without_a_cap_lifts_it() -> None:
    limits = Limits(per_user_day=5, per_user_hour=0, per_role_day=(("staff", 0),))
    rows = limits_for(requester(roles=frozenset({"staff"})), limits, pictures=1, price=None, now=NOW)

    assert not [row for row in rows if row.scope.endswith("user:42")]


def test_a_cooldown_is_a_rate_of_the_person() -> None:
    rates = rates_for(requester(), Limits(cooldown_seconds=20))

    assert [(rate.scope, rate.interval) for rate in rates] == [("discord:4711/user:42/cooldown", 20)]


def test_a_full_limit_tells_the_wait() -> None:
    refused = refusal_for(LimitReached(LimitKind.COOLDOWN, "s", 1, 1, wait=12.5))

    assert refused.reason is RefusalReason.COOLDOWN
    assert refused.wait == 12.5


def test_more_pictures_at_once_than_a_quota_holds_is_no_used_up_quota() -> None:
    refused = refusal_for(LimitReached(LimitKind.QUOTA, "discord:4711/user:42", 3, 1, wait=None))

    assert refused.reason is RefusalReason.OPTION_NOT_ALLOWED
    assert dict(refused.params) == {"option": "count", "limit": "3"}


@pytest.mark.parametrize(
    ("limits", "scope", "reason"),
    [
        (Limits(budget_user_day=MONEY), "discord:4711/user:42/money", RefusalReason.OWN_BUDGET),
        (Limits(budget_channel_day=MONEY), "discord:4711/channel:7/money", RefusalReason.BUDGET),
        (Limits(budget_day=MONEY), "discord:4711/money", RefusalReason.BUDGET),
        (Limits(per_user_day=9, per_user_hour=0), "discord:4711/user:42", RefusalReason.QUOTA),
        (Limits(per_channel_day=9), "discord:4711/channel:7", RefusalReason.QUOTA_HERE),
        (Limits(per_tenant_day=9), "discord:4711/all", RefusalReason.QUOTA_HERE),
        (Limits(concurrent_per_user=2), "discord:4711/user:42/running", RefusalReason.CONCURRENCY),
        (Limits(concurrent_per_channel=2), "discord:4711/channel:7/running", RefusalReason.BUSY_HERE),
        (Limits(concurrent_per_tenant=2), "discord:4711/running", RefusalReason.BUSY_HERE),
    ],
)
def test_money_and_running_jobs_are_capped_for_people_channels_and_all(
    limits: Limits, scope: str, reason: RefusalReason
) -> None:
    rows = limits_for(requester(), limits, pictures=1, price=micros(0.1), now=NOW)

    (row,) = [row for row in rows if row.scope == scope and len(row.window) != 7]
    assert row.amount in {1, 100_000}
    assert refusal_for(LimitReached(row.kind, row.scope, row.cap, row.cap)).reason is reason
    without_channel = limits_for(requester(channel_id=""), limits, pictures=1, price=None, now=NOW)
    assert not [row for row in without_channel if "/channel:" in row.scope]
