"""Strikes with decay, suspensions by a ladder, bans by hand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.moderators import EVERYWHERE, Strike, Suspension
from bot.domain.policy import Policy, Rung
from bot.domain.requests import Requester
from bot.moderation.answers import No, Problem, may_moderate
from bot.moderation.ports import DeskStore, Rules
from bot.ports import Clock, Identities

_HOUR: Final = 3600.0
LADDER: Final = "ladder"


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands: strikes that still count, and a suspension if there is one."""

    user_id: str
    strikes: tuple[Strike, ...]
    suspension: Suspension | None


@dataclass(frozen=True, slots=True)
class StandingDesk:
    """Suspensions hold in one community; those after a provider's safety notice hold everywhere."""

    store: DeskStore
    rules: Rules
    clock: Clock
    identities: Identities

    async def of(self, actor: Requester, user_id: str) -> Standing | Problem:
        policy = await self.rules.policy(actor.tenant)
        if not may_moderate(actor, policy):
            return Problem(No.NOT_A_MODERATOR)
        return await self._standing(actor, user_id, policy)

    async def suspended(self, person: Requester) -> Suspension | None:
        """What holds for a person right now, in this community or everywhere."""
        ids = [person.user_id, self.identities.safety_identifier(person)]
        return await self.store.suspension(person.tenant, person.platform, ids, self.clock.now())

    async def list(self, actor: Requester) -> Sequence[Suspension] | Problem:
        if not may_moderate(actor, await self.rules.policy(actor.tenant)):
            return Problem(No.NOT_A_MODERATOR)
        return await self.store.suspensions(actor.tenant, self.clock.now())

    async def suspend(
        self, actor: Requester, user_id: str, hours: float | None, reason: str = ""
    ) -> Standing | Problem:
        """`hours` None is for good: a ban."""
        policy = await self.rules.policy(actor.tenant)
        if not may_moderate(actor, policy):
            return Problem(No.NOT_A_MODERATOR)
        now = self.clock.now()
        until = None if hours is None else now + hours * _HOUR
        line = " ".join(reason.split())[:200]
        await self.store.suspend(
            Suspension(actor.tenant, actor.platform, user_id, until, line, actor.user_id, now)
        )
        await self._audit(actor, user_id, "suspended", {"hours": hours})
        return await self._standing(actor, user_id, policy)

    async def lift(self, actor: Requester, user_id: str) -> Standing | Problem:
        """End a suspension of this community and forgive the strikes; one that holds everywhere is not theirs to end."""
        policy = await self.rules.policy(actor.tenant)
        if not may_moderate(actor, policy):
            return Problem(No.NOT_A_MODERATOR)
        other = Requester(platform=actor.platform, tenant=actor.tenant, user_id=user_id)
        ids = [user_id, self.identities.safety_identifier(other)]
        if not await self.store.lift(actor.tenant, actor.platform, ids):
            return Problem(No.NOT_SUSPENDED)
        await self._audit(actor, user_id, "suspension_lifted", {})
        return await self._standing(actor, user_id, policy)

    async def strike(self, person: Requester, strike: Strike, policy: Policy) -> Rung | None:
        """Write a strike down and climb the ladder; returns the rung that was reached.

        None if none was, or if the person is suspended for longer already: a ladder shortens nobody's ban.
        """
        await self.store.strike(person.tenant, person.platform, person.user_id, strike)
        now = self.clock.now()
        since = now - policy.strikes.memory_hours * _HOUR
        strikes = await self.store.strikes(person.tenant, person.user_id, since)
        rung = reached(policy.strikes.ladder, [one.at for one in strikes], now)
        if rung is not None and rung.suspend_hours:
            until = now + rung.suspend_hours * _HOUR
            if await self._suspended_until(person, now) >= until:
                rung = None
            else:
                await self.store.suspend(
                    Suspension(person.tenant, person.platform, person.user_id, until, "strikes", LADDER, now)
                )
        data = {
            "who": self.identities.safety_identifier(person),
            "reason": strike.reason,
            "strikes": len(strikes),
        }
        await self.rules.audit(person.tenant, "strike", data)
        return rung

    async def _suspended_until(self, person: Requester, now: float) -> float:
        """When this community's suspension of a person ends; 0 if there is none."""
        found = await self.store.suspension(person.tenant, person.platform, [person.user_id], now)
        if found is None:
            return 0.0
        return math.inf if found.until is None else found.until

    async def suspend_everywhere(self, safety_identifier: str, reason: str) -> None:
        """A provider has blocked this person of ours, whom it knows by our keyed hash only."""
        now = self.clock.now()
        await self.store.suspend(
            Suspension(EVERYWHERE, EVERYWHERE, safety_identifier, None, reason, "provider", now)
        )
        await self.rules.audit(
            EVERYWHERE, "suspended_by_provider", {"who": safety_identifier, "reason": reason}
        )

    async def _standing(self, actor: Requester, user_id: str, policy: Policy) -> Standing:
        now = self.clock.now()
        since = now - max(policy.strikes.memory_hours, 1) * _HOUR
        strikes = await self.store.strikes(actor.tenant, user_id, since)
        other = Requester(platform=actor.platform, tenant=actor.tenant, user_id=user_id)
        return Standing(user_id, tuple(strikes), await self.suspended(other))

    async def _audit(self, actor: Requester, user_id: str, event: str, data: dict[str, float | None]) -> None:
        other = Requester(platform=actor.platform, tenant=actor.tenant, user_id=user_id)
        who = self.identities.safety_identifier(other)
        by = self.identities.safety_identifier(actor)
        await self.rules.audit(actor.tenant, event, {"who": who, "by": by, **data})


def reached(ladder: Sequence[Rung], strikes: Sequence[float], now: float) -> Rung | None:
    """The highest rung whose number of strikes lies within its window."""
    on = [
        rung
        for rung in ladder
        if sum(now - at <= rung.within_hours * _HOUR for at in strikes) >= rung.strikes
    ]
    return max(on, key=lambda rung: rung.strikes, default=None)
