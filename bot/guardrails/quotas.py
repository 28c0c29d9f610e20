"""From a community's limits to the rows that a request has to reserve."""

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.domain.limits import Limit, LimitKind, LimitReached, Rate
from bot.domain.money import MicroUSD
from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import Limits
from bot.domain.requests import Requester

_REASONS = {
    LimitKind.QUOTA: RefusalReason.QUOTA,
    LimitKind.BUDGET: RefusalReason.BUDGET,
    LimitKind.CONCURRENCY: RefusalReason.CONCURRENCY,
    LimitKind.COOLDOWN: RefusalReason.COOLDOWN,
}
_OWN = {LimitKind.BUDGET: RefusalReason.OWN_BUDGET}
_SHARED = {LimitKind.QUOTA: RefusalReason.QUOTA_HERE, LimitKind.CONCURRENCY: RefusalReason.BUSY_HERE}


_PERSON: Final = "/user:"
"""In the scope of everything that is counted for one person."""
_CHANNEL: Final = "/channel:"
CHANNEL: Final = "channel"


def user_scope(requester: Requester) -> str:
    """Scope of one person within a community; the store's privacy functions know its shape."""
    return f"{requester.tenant}/user:{requester.user_id}"


def limits_for(
    requester: Requester, limits: Limits, *, pictures: int, price: MicroUSD | None, now: float
) -> tuple[Limit, ...]:
    """All caps that apply to a request for so many pictures at that price (micro-dollars, None if unknown)."""
    day, month = _day(now), _month(now)
    user, tenant = user_scope(requester), requester.tenant
    cost = price or 0
    rows = [
        _hourly(user, pictures, limits.per_user_hour, now),
        Limit(LimitKind.QUOTA, user, day[0], pictures, _daily_cap(requester, limits), day[1]),
        Limit(LimitKind.QUOTA, f"{tenant}/all", day[0], pictures, limits.per_tenant_day, day[1]),
        Limit(LimitKind.CONCURRENCY, f"{user}/running", "", 1, limits.concurrent_per_user),
        Limit(LimitKind.CONCURRENCY, f"{tenant}/running", "", 1, limits.concurrent_per_tenant),
        Limit(LimitKind.BUDGET, f"{user}/money", day[0], cost, limits.budget_user_day, day[1]),
        Limit(LimitKind.BUDGET, f"{tenant}/money", day[0], cost, limits.budget_day, day[1]),
        Limit(LimitKind.BUDGET, f"{tenant}/money", month[0], cost, limits.budget_month, month[1]),
    ]
    if requester.channel_id and not requester.direct:
        channel = f"{tenant}{_CHANNEL}{requester.channel_id}"
        rows += [
            Limit(LimitKind.QUOTA, channel, day[0], pictures, limits.per_channel_day, day[1]),
            Limit(LimitKind.CONCURRENCY, f"{channel}/running", "", 1, limits.concurrent_per_channel),
            Limit(LimitKind.BUDGET, f"{channel}/money", day[0], cost, limits.budget_channel_day, day[1]),
        ]
    return tuple(row for row in rows if row.cap > 0)


def rates_for(requester: Requester, limits: Limits) -> tuple[Rate, ...]:
    """The person's cooldown, if the community has one."""
    if limits.cooldown_seconds <= 0:
        return ()
    return (Rate(f"{user_scope(requester)}/cooldown", limits.cooldown_seconds),)


def refusal_for(reached: LimitReached) -> Refused:
    """The friendly no for a full limit, with the wait; it tells a person's own limits from those of all together.

    A channel's budget has the param `CHANNEL`, since the community's may be far from full.
    """
    if reached.kind is LimitKind.QUOTA and reached.wait is None and reached.used < reached.cap:
        # Nothing is used up: so many pictures at once are more than the quota ever holds.
        params = (("option", "count"), ("limit", str(reached.cap)))
        return Refused(RefusalReason.OPTION_NOT_ALLOWED, DecidedBy.LIMITS, params=params)
    own = _PERSON in reached.scope
    reason = (_OWN if own else _SHARED).get(reached.kind, _REASONS[reached.kind])
    where = ((CHANNEL, ""),) if reached.kind is LimitKind.BUDGET and _CHANNEL in reached.scope else ()
    limit = ("limit", str(reached.cap))
    return Refused(reason, DecidedBy.LIMITS, wait=reached.wait, params=(limit, *where))


def _daily_cap(requester: Requester, limits: Limits) -> int:
    """The most generous of the person's roles, else the cap for everybody. 0 means none."""
    caps = [cap for role, cap in limits.per_role_day if role in requester.roles]
    if 0 in caps:
        return 0
    return max(caps, default=limits.per_user_day)


def _hourly(scope: str, pictures: int, cap: int, now: float) -> Limit:
    start = datetime.fromtimestamp(now, UTC).replace(minute=0, second=0, microsecond=0)
    end = (start + timedelta(hours=1)).timestamp()
    return Limit(LimitKind.QUOTA, scope, start.strftime("%Y-%m-%dT%H"), pictures, cap, end)


def _day(now: float) -> tuple[str, float]:
    start = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return start.strftime("%Y-%m-%d"), (start + timedelta(days=1)).timestamp()


def _month(now: float) -> tuple[str, float]:
    start = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (start + timedelta(days=32)).replace(day=1)
    return start.strftime("%Y-%m"), following.timestamp()
