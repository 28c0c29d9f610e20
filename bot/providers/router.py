"""All providers behind one door. It loses nothing and pays for nothing twice.

For each route that can serve the task, in order: a row in the ledger, the request, and then what `decisions` says
about its end. A refusal ends the search; what follows it is the community's rule, not the router's.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from bot.domain.awaiting import Outlook
from bot.domain.clock import Deadline
from bot.domain.errors import ProviderError, Unsupported
from bot.domain.images import ImageTask
from bot.domain.lora import LoraChoice
from bot.domain.money import MicroUSD
from bot.domain.policy import Recovery, RouteOrder
from bot.domain.profile import ModelProfile
from bot.domain.purchases import Speed
from bot.domain.requests import JobId
from bot.ports import AttemptLog, Clock, Health, Telemetry
from bot.providers.attempt import Errand, Event
from bot.providers.decisions import Onward, decide, most_telling
from bot.providers.hedge import Hedging
from bot.providers.order import in_order
from bot.providers.route import Route, can_serve, is_called
from bot.providers.route_run import RouteRun
from bot.providers.standing import Standing


class Router:
    """Implements the `ImageRouter` port."""

    def __init__(
        self,
        routes: Sequence[Route],
        attempts: AttemptLog,
        clock: Clock,
        telemetry: Telemetry,
        hedging: Hedging | None = None,
    ) -> None:
        self._routes = list(routes)
        self._hedging = hedging
        self._attempts = attempts
        self._clock = clock
        self._standing = Standing(self._routes, clock, telemetry)
        self._closing = contextlib.AsyncExitStack()

    @property
    def offline(self) -> bool:
        """Only the offline renderer serves."""
        return all(route.provider.profile.drawn for route in self._routes)

    @property
    def routes(self) -> Sequence[Route]:
        return tuple(self._routes)

    @property
    def models(self) -> Sequence[str]:
        return list(dict.fromkeys(route.provider.model for route in self._routes))

    def profile(self, provider: str, model: str) -> ModelProfile | None:
        for route in self._routes:
            if (route.provider.name, route.provider.model) == (provider, model):
                return route.provider.profile
        return None

    def estimate(
        self, task: ImageTask, *, model: str | None = None, order: RouteOrder = RouteOrder.FIXED
    ) -> MicroUSD | None:
        able = self._able(task, model=model, filtered_hosts_only=False)
        for route in in_order(able, order, task, self._clock.now()):
            return route.price(task)
        return None

    def takes_lora(self, lora: LoraChoice) -> bool:
        return any(route.provider.profile.takes(lora) for route in self._routes)

    async def outlook(self, model: str | None = None) -> Outlook:
        """See the port. A host that cannot be asked is hoped for once its breaker lets a request through."""
        now = self._clock.now()
        serving = [
            route
            for route in self._routes
            if (
                is_called(route.provider, model)
                if model is not None
                else self.offline or not route.provider.profile.drawn
            )
        ]
        free = [route for route in serving if route.circuit.may_try and route.not_before <= now]
        probes = await asyncio.gather(*(route.provider.probe() for route in free), return_exceptions=True)
        found = [probe for probe in probes if isinstance(probe, Health) and probe.ok]
        if not found:
            return Outlook.DOWN
        return Outlook.WELL if any(probe.asked for probe in found) else Outlook.HOPE

    def status(self) -> Mapping[str, Mapping[str, Any]]:
        """State of each route by "provider:model", for `/readyz`.

        A breaker whose pause is over is degraded: were it down, a process that gets its requests from a load balancer
        would get none any more, and it takes one to close the breaker.
        """
        now = self._clock.now()
        return {
            route.label: {
                "state": "down"
                if route.circuit.resting
                else "degraded"
                if route.circuit.is_open or route.not_before > now
                else "up",
                "circuit": "open" if route.circuit.is_open else "closed",
                "throttled_seconds": round(max(0.0, route.not_before - now), 1),
            }
            for route in self._routes
        }

    def learn(self, speeds: Sequence[Speed]) -> None:
        """Begin with what earlier requests took, also those of other processes."""
        for route in self._routes:
            for speed in speeds:
                if (speed.provider, speed.model) == (route.provider.name, route.provider.model):
                    route.measured(speed.quality, speed.seconds)
                    route.asked(speed.quality, self._clock.now())

    def owns(self, stack: contextlib.AsyncExitStack) -> None:
        """What has to be closed with the router."""
        self._closing = stack

    async def aclose(self) -> None:
        for route in self._routes:
            await route.provider.aclose()
        await self._closing.aclose()

    async def generate(
        self,
        job_id: JobId,
        task: ImageTask,
        deadline: Deadline,
        recovery: Recovery,
        *,
        model: str | None = None,
        filtered_hosts_only: bool = False,
        besides: str | None = None,
    ) -> AsyncGenerator[Event, None]:
        """See the port. Raises ProviderError, LostJob, StorageError."""
        able = [
            route
            for route in self._able(task, model=model, filtered_hosts_only=filtered_hosts_only)
            if route.provider.name != besides
        ]
        if not able:
            raise Unsupported("router", model or "", "no route has what the task needs")
        faults: list[ProviderError] = []
        errand = Errand(job_id, deadline, self._attempts, self._standing)
        ordered = in_order(able, recovery.route_order, task, self._clock.now())
        for place, route in enumerate(ordered, start=1):
            if closed := self._standing.closed(route):
                faults.append(closed)
                continue
            route.asked(task.quality, self._clock.now())
            others = ordered[place:] if recovery.outage_fallback else ()
            run = RouteRun(errand, route, task, fell_back=bool(faults), others=others, hedging=self._hedging)
            async with contextlib.aclosing(run.events()) as events:
                async for event in events:
                    yield event
            if run.ended:
                return
            faults += run.faults
            if not _onward(run, recovery):
                break
        raise _reported(faults)

    def _able(self, task: ImageTask, *, model: str | None, filtered_hosts_only: bool) -> Sequence[Route]:
        """Routes that have what the task needs. Drawings by rules never stand in for a model unasked."""
        drawn_too = model is not None or self.offline
        return [
            route
            for route in self._routes
            if (drawn_too or not route.provider.profile.drawn)
            and can_serve(route.provider, task, model=model, filtered_hosts_only=filtered_hosts_only)
        ]


def _onward(run: RouteRun, recovery: Recovery) -> bool:
    """Whether another provider may be asked after these faults."""
    if not recovery.outage_fallback:
        return False
    return all(_may_follow(fault, recovery) for fault in run.faults)


def _may_follow(fault: ProviderError, recovery: Recovery) -> bool:
    match decide(fault).onward:
        case Onward.YES:
            return True
        case Onward.NO:
            return False
        case Onward.IF_PAYING_TWICE:
            return recovery.pay_twice or not fault.maybe_billed


def _reported(faults: list[ProviderError]) -> ProviderError:
    """The most telling fault, honest about money that any of the attempts may have cost."""
    fault = most_telling(faults)
    fault.maybe_billed = any(one.maybe_billed for one in faults)
    return fault
