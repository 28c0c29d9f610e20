"""One job at one route: the request, and another one where that is free of danger."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncGenerator, Sequence

import structlog

from bot.domain.errors import ProviderError, UnknownOutcome
from bot.domain.images import ImageTask, Partial, Produced, ProviderRefusal
from bot.providers.attempt import Attempt, Errand, Event
from bot.providers.decisions import SHORT_WAIT, Again, Breaker, Decision, decide
from bot.providers.hedge import Hedged, Hedging
from bot.providers.route import Route
from bot.providers.shares import end_of, shares_of

log = structlog.get_logger(__name__)


class RouteRun:
    """All attempts of one job at one route.

    Attributes:
        ended: A picture or a refusal was passed on: nothing more is to be asked.
        faults: What went wrong instead, in order.
    """

    def __init__(
        self,
        errand: Errand,
        route: Route,
        task: ImageTask,
        *,
        fell_back: bool,
        others: Sequence[Route] = (),
        hedging: Hedging | None = None,
    ) -> None:
        """`others`: routes that would be asked after this one, in order."""
        self._errand = errand
        self._standing = errand.standing
        self._clock = errand.standing.clock
        self._route = route
        self._task = task
        self._fell_back = fell_back
        self._others = others
        self._hedging = hedging
        self._is_probe = route.circuit.is_open
        self.ended = False
        self.faults: list[ProviderError] = []

    async def events(self) -> AsyncGenerator[Event, None]:
        for attempt in (1, 2):
            try:
                async with contextlib.aclosing(self._attempt()) as events:
                    async for event in events:
                        self.ended = not isinstance(event, Partial)
                        yield event
                return
            except ProviderError as fault:
                told = fault
            except BaseException:
                self._says_nothing()
                raise
            self.faults.append(told)
            decision = decide(told)
            self._standing.note(self._route, decision, told)
            if decision.breaker is Breaker.NOTHING:
                self._says_nothing()
            if attempt == 2 or not await self._again(decision, told):
                return

    def _says_nothing(self) -> None:
        """This end tells nothing about the provider's health; if it was the one probe, another may go."""
        if self._is_probe:
            self._route.circuit.undecided()

    async def _again(self, decision: Decision, fault: ProviderError) -> bool:
        match decision.again:
            case Again.ONCE:
                return self._admitted()
            case Again.AFTER_SHORT_WAIT:
                wait = getattr(fault, "retry_after", None)
                if (
                    wait is None
                    or wait > SHORT_WAIT
                    or wait >= self._errand.deadline.remaining(self._clock.now())
                ):
                    return False
                await self._clock.sleep(wait)
                return self._admitted()
            case Again.NEVER:
                return False

    def _admitted(self) -> bool:
        """Whether it may be asked again. Others may have had it set aside meanwhile; then this is the one probe."""
        admitted = self._route.circuit.admit()
        if admitted:
            self._is_probe = self._route.circuit.is_open
        return admitted

    async def _attempt(self) -> AsyncGenerator[Event, None]:
        """One request, or several at once where the host makes fewer pictures a request than were asked for."""
        most = self._route.provider.profile.max_count
        if self._task.count <= most:
            async with contextlib.aclosing(self._request(self._task)) as events:
                async for event in events:
                    yield event
            return
        shares = shares_of(self._task, most)
        # A probe is one request: the others follow if it makes its picture.
        begun = 1 if self._is_probe else len(shares)
        ends = await self._ends(shares[:begun])
        if isinstance(ends[0], Produced):
            ends += await self._ends(shares[begun:])
        made = sum(isinstance(end, Produced) for end in ends)
        if 0 < made < len(shares):
            log.warning("fewer_pictures", route=self._route.label, asked=len(shares), made=made)
        yield end_of(ends)

    async def _ends(self, shares: Sequence[ImageTask]) -> list[Produced | ProviderRefusal | BaseException]:
        return await asyncio.gather(*(self._last(share) for share in shares), return_exceptions=True)

    async def _last(self, task: ImageTask) -> Produced | ProviderRefusal:
        async with contextlib.aclosing(self._request(task)) as events:
            async for event in events:
                if not isinstance(event, Partial):
                    return event
        raise UnknownOutcome(
            self._route.provider.name, self._route.provider.model, "no end", maybe_billed=True
        )

    async def _request(self, task: ImageTask) -> AsyncGenerator[Event, None]:
        """One request when its turn has come, and a second one beside it where that is free and it is late."""
        first = self._attempt_at(self._route, task)
        if self._hedging is not None and not self._is_probe and self._hedging.covers(self._route, task):
            again = functools.partial(self._attempt_at, task=task, patient=False)
            yield await Hedged(self._hedging, self._errand.standing, first, self._others, again).end()
            return
        async with contextlib.aclosing(first.events()) as events:
            async for event in events:
                yield event

    def _attempt_at(self, route: Route, task: ImageTask, *, patient: bool = True) -> Attempt:
        says_nothing = self._says_nothing if route is self._route else _nothing
        return Attempt(
            self._errand, route, task, fell_back=self._fell_back, says_nothing=says_nothing, patient=patient
        )


def _nothing() -> None:
    """A second request is no probe."""
