"""Hedging, for servers of our own only: what is late is asked for once more, and the first picture counts.

| rule | why |
|---|---|
| only at routes without a price a picture, the first request and the second one | elsewhere it buys two pictures |
| never in place of a probe, nor at a route that is set aside, wants to be left alone or has no free place | it needs rest |
| never for a request that shows previews | a person has already seen that picture begin |
| a small share of all requests | a server with too much to do must not be given twice that |
| a refusal of either is the end | a refusal does not shop for another answer |
| a fault of one is not the end | the other may still bring the picture |
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bot.domain.errors import ProviderError
from bot.domain.images import ImageTask, Produced, ProviderRefusal
from bot.hedge import Allowance, Lateness, race
from bot.providers.attempt import Attempt
from bot.providers.decisions import decide
from bot.providers.route import Route
from bot.providers.standing import Standing

log = structlog.get_logger(__name__)

End = Produced | ProviderRefusal


@dataclass(frozen=True, slots=True)
class Hedging:
    """When a router sends a request to a server of our own a second time, and how often at most."""

    lateness: Lateness
    allowance: Allowance

    def covers(self, route: Route, task: ImageTask) -> bool:
        """Whether a request may ever have a second one beside it."""
        profile = route.provider.profile
        return profile.fixed_cost and not (task.partials and profile.partials)


@dataclass
class Hedged:
    """One request, and the second one beside it if it is late.

    Attributes:
        others: Routes that would be asked after the first one's, in order. Its own comes last.
        again: Makes the second request.
    """

    hedging: Hedging
    standing: Standing
    first: Attempt
    others: Sequence[Route]
    again: Callable[[Route], Attempt]
    _second: Attempt | None = None
    _fault: ProviderError | None = None

    async def end(self) -> End:
        """How the first one ends, or the second one.

        Raises:
            ProviderError, LostJob, StorageError: the first one's, when the second one brought no end either. A fault
                that was not the end is held against its route here.
        """
        self.hedging.allowance.earn()
        end = await race(self._lead(), self._late(), self._follow)
        if self._fault is not None:
            self.standing.note(self.first.route, decide(self._fault), self._fault)
        return end

    async def _late(self) -> None:
        """Returns when the first one has been with the server for too long, and a second one may be sent.

        Its wait for a place does not count.
        """
        await self.first.under_way.wait()
        await self.hedging.lateness.passed(self.first.route.alike(self.first.task), self.first.since)
        await self.hedging.allowance.take()

    async def _lead(self) -> End:
        try:
            end = await self.first.end()
        except ProviderError as fault:
            self._fault = fault
            raise
        if self._second is not None:
            self._second.outrun = True
        self._measure(self.first, end)
        return end

    def _follow(self) -> Coroutine[Any, Any, End] | None:
        routes = (*self.others, self.first.route)
        route = next((route for route in routes if self._may_ask(route)), None)
        if route is None:
            self.hedging.allowance.give_back()
            return None
        log.info("hedged", route=self.first.route.label, second=route.label)
        self._second = self.again(route)
        return self._trail(self._second)

    async def _trail(self, second: Attempt) -> End:
        try:
            end = await second.end()
        except ProviderError as fault:
            self.standing.note(second.route, decide(fault), fault)
            raise
        self.first.outrun = True
        # What was given up took at least as long: without it the slow ones would be missing from what is usual.
        self._measure(self.first, end)
        self._measure(second, end)
        return end

    def _measure(self, attempt: Attempt, end: End) -> None:
        if isinstance(end, Produced):
            seconds = self.standing.clock.now() - attempt.since
            self.hedging.lateness.took(attempt.route.alike(attempt.task), seconds)

    def _may_ask(self, route: Route) -> bool:
        ours, theirs = self.first.route.provider.profile, route.provider.profile
        task = self.first.task
        same_look = task.lora is None or theirs.takes(task.lora) or not ours.takes(task.lora)
        able = same_look and task.count <= theirs.max_count
        return able and self.hedging.covers(route, task) and self.standing.at_ease(route)
