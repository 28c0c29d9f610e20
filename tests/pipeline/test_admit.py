"""Who is turned away before there is a job, what is counted and kept of it, and what a job may use up."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from bot.domain.limits import LimitKind, LimitReached
from bot.domain.lora import LoraChoice
from bot.domain.moderators import Judged, Suspension
from bot.domain.money import MicroUSD
from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import BlockedTerm, Content, Limits, Policy, Presentation, Recovery, RouteOrder
from bot.domain.requests import Options, Quality, Reference, ReferenceRole, Requester
from bot.pipeline.admit import admit
from bot.pipeline.run import Parts
from bot.pipeline.unwatched import Unwatched
from bot.ports import Accepted, Admission, Duplicate
from tests.support.fakes import FakeClock, Observed
from tests.support.make import NOW, job, request, requester
from tests.support.rig import Rig


@dataclasses.dataclass
class Watching(Unwatched):
    """Admits as it is told, and remembers what it was asked and told."""

    says: Admission = dataclasses.field(default_factory=Admission)
    used: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    notes: list[Judged] = dataclasses.field(default_factory=list)
    away: list[Refused] = dataclasses.field(default_factory=list)

    async def admission(self, person: Requester, words: str) -> Admission:
        return self.says

    async def use_approval(self, person: Requester, words: str) -> bool:
        self.used.append((person.user_id, words))
        return True

    async def judged(self, judged: Judged) -> None:
        self.notes.append(judged)

    async def turned_away(self, person: Requester, refused: Refused) -> None:
        self.away.append(refused)


@dataclasses.dataclass
class Ledger:
    """Accepts, or answers as it is told, and remembers what was to be reserved."""

    answer: Duplicate | LimitReached | None = None
    asked: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    async def get(self, job_id: str) -> None:
        """Nothing was let in before."""

    async def accept(
        self, request: Any, limits: Any, rates: Any, weight: int, handle: Any = None
    ) -> Accepted | Duplicate | LimitReached:
        self.asked.append({"request": request, "limits": limits, "weight": weight, "handle": handle})
        return self.answer or Accepted(job(request=request))


@dataclasses.dataclass
class Prices:
    """A router that knows prices alone, and remembers what it was asked for."""

    asked: list[tuple[Any, str | None, RouteOrder]] = dataclasses.field(default_factory=list)

    def estimate(
        self, task: Any, *, model: str | None = None, order: RouteOrder = RouteOrder.FIXED
    ) -> MicroUSD | None:
        self.asked.append((task, model, order))
        return MicroUSD(7_000)


@dataclasses.dataclass
class Door:
    """`admit` and everything behind it, without a database."""

    parts: Parts
    watch: Watching
    ledger: Ledger
    prices: Prices
    observed: Observed

    async def asks(self, words: str = "a brass owl", **changes: Any) -> Accepted | Duplicate | Refused:
        return await admit(self.parts, request(words, **changes), None, 0.3)


class Rules:
    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def policy(self, tenant: str) -> Policy:
        del tenant
        return self._policy


def door(
    rig: Rig, says: Admission | None = None, answer: Duplicate | LimitReached | None = None, **policy: Any
) -> Door:
    watch, ledger, prices, observed = Watching(says or Admission()), Ledger(answer), Prices(), Observed()
    changed: dict[str, Any] = {
        "watch": watch,
        "jobs": ledger,
        "router": prices,
        "telemetry": observed,
        "policies": Rules(Policy(**policy)),
        "clock": FakeClock(NOW),
    }
    return Door(dataclasses.replace(rig.parts, **changed), watch, ledger, prices, observed)


@pytest.mark.parametrize(("until", "wait"), [(NOW + 90.0, 90.0), (NOW - 5.0, 0.0), (None, None)])
async def test_who_is_suspended_is_told_for_how_long_and_asks_nothing_of_anybody(
    tmp_path: Path, until: float | None, wait: float | None
) -> None:
    suspension = Suspension("discord:4711", "discord", "42", until, "strikes", "ladder", NOW - 10)
    async with Rig(tmp_path) as rig:
        it = door(rig, Admission(suspension))
        told = await it.asks()

    assert told == Refused(RefusalReason.SUSPENDED, DecidedBy.MODERATOR, wait=wait)
    assert it.watch.away == [told]
    assert it.observed.refusals == [("moderator", "suspended")]
    assert it.observed.ended == [("discord", "refused")]
    assert it.ledger.asked == []


LISTED = Content(blocked_terms=(BlockedTerm("quagga"),))


@pytest.mark.parametrize(
    ("words", "appeals", "reason", "appeal", "noted"),
    [
        ("a quagga", True, RefusalReason.BLOCKED_TERM, True, True),
        ("a quagga", False, RefusalReason.BLOCKED_TERM, False, True),
        ("", True, RefusalReason.EMPTY, False, False),
    ],
)
async def test_words_that_are_stopped_at_the_door_are_counted_and_kept_and_may_be_appealed(
    tmp_path: Path, words: str, reason: RefusalReason, *, appeals: bool, appeal: bool, noted: bool
) -> None:
    async with Rig(tmp_path) as rig:
        it = door(rig, content=LISTED, recovery=Recovery(appeals=appeals))
        told = await it.asks(words)

    assert isinstance(told, Refused)
    assert told.reason is reason
    assert (told.appeal == request(words).job_id) is appeal
    assert (told.appeal is None) is not appeal
    assert it.watch.away == [told]
    assert it.observed.refusals == [(told.decided_by, told.reason)]
    assert it.observed.ended == [("discord", "refused")]
    assert [(note.words, note.decision, note.reason) for note in it.watch.notes] == (
        [(words, "reject", reason.value)] if noted else []
    )
    assert it.ledger.asked == []


async def test_a_full_limit_is_told_and_counted_like_every_refusal(tmp_path: Path) -> None:
    full = LimitReached(LimitKind.QUOTA, "discord:4711/user:42", 3, 3, wait=60.0)
    async with Rig(tmp_path) as rig:
        it = door(rig, Admission(approved="case-1"), full)
        told = await it.asks()

    assert told == Refused(RefusalReason.QUOTA, DecidedBy.LIMITS, wait=60.0, params=(("limit", "3"),))
    assert it.watch.away == [told]
    assert it.observed.ended == [("discord", "refused")]
    assert it.watch.used == [], "the approval is there for the next try"


async def test_an_approval_lets_listed_words_in_and_is_used_up_by_a_new_job_alone(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        approved = Admission(approved="case-1")
        new = door(rig, approved, content=LISTED)
        again = door(rig, approved, Duplicate(job()), content=LISTED)
        plain = door(rig)
        ends = [await new.asks("a quagga"), await again.asks("a quagga"), await plain.asks()]

    assert [type(end) for end in ends] == [Accepted, Duplicate, Accepted]
    assert new.ledger.asked[0]["request"].metadata["approved"] == "case-1"
    assert "approved" not in plain.ledger.asked[0]["request"].metadata
    assert new.watch.used == [("42", "a quagga")]
    assert again.watch.used == plain.watch.used == []


async def test_a_job_reserves_what_its_pictures_count_and_cost(tmp_path: Path) -> None:
    attached = Reference("held/ab/cd.png", ReferenceRole.STYLE)
    options = Options(count=3, quality=Quality.HIGH, model="gpt-image-2")
    async with Rig(tmp_path) as rig:
        it = door(
            rig,
            limits=Limits(per_user_day=10, budget_day=MicroUSD(1_000_000)),
            presentation=Presentation(lora="brand"),
            recovery=Recovery(route_order=RouteOrder.CHEAPEST),
        )
        await it.asks(options=options, references=(attached,), requester=requester())

    ((task, model, order),) = it.prices.asked
    assert (task.count, task.quality, model, order) == (3, Quality.HIGH, "gpt-image-2", RouteOrder.CHEAPEST)
    assert [one.role for one in task.references] == [ReferenceRole.STYLE]
    assert task.lora == LoraChoice("brand", tenant="discord:4711")
    (asked,) = it.ledger.asked
    assert asked["weight"] == 3
    kinds = {(limit.kind, limit.amount) for limit in asked["limits"]}
    assert {(LimitKind.QUOTA, 3), (LimitKind.BUDGET, 7_000)} <= kinds
