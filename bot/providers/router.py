"""All providers behind one door. It loses nothing and pays for nothing twice.

For each route that can serve the task, in order: a row in the ledger, the request, and then what `decisions` says
about its end. A refusal ends the search; what follows it is the community's rule, not the router's.
"""

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import Any, Final

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import (
    ProviderError,
    StorageError,
    Throttled,
    UnknownOutcome,
    Unreachable,
    Unsupported,
)
from bot.domain.images import ImageTask, Partial, Produced, ProviderRefusal
from bot.domain.lora import LoraChoice
from bot.domain.money import MicroUSD
from bot.domain.policy import Recovery, RouteOrder
from bot.domain.profile import ModelProfile
from bot.domain.purchases import Purchase, Speed
from bot.domain.requests import JobId
from bot.observe import attempt_span
from bot.ports import AttemptLog, Clock, Telemetry
from bot.providers.decisions import (
    SHORT_WAIT,
    Again,
    Breaker,
    Decision,
    Onward,
    decide,
    most_binding,
    most_telling,
)
from bot.providers.order import in_order
from bot.providers.route import Route, can_serve

log = structlog.get_logger(__name__)

Event = Partial | Produced | ProviderRefusal

_ALERTS: Final = {"exhausted", "misconfigured", "rejected"}


class Router:
    """Implements the `ImageRouter` port."""

    def __init__(
        self, routes: Sequence[Route], attempts: AttemptLog, clock: Clock, telemetry: Telemetry
    ) -> None:
        self._routes = list(routes)
        self._attempts = attempts
        self._clock = clock
        self._telemetry = telemetry
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
        return [route.provider.model for route in self._routes]

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

    def status(self) -> Mapping[str, Mapping[str, Any]]:
        """State of each route by "provider:model", for `/readyz`."""
        now = self._clock.now()
        return {
            route.label: {
                "state": "down" if route.circuit.is_open else "degraded" if route.not_before > now else "up",
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
        for route in in_order(able, recovery.route_order, task, self._clock.now()):
            if closed := self._closed(route):
                faults.append(closed)
                continue
            route.asked(task.quality, self._clock.now())
            run = _Run(self, job_id, route, task, deadline, fell_back=bool(faults))
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

    def _closed(self, route: Route) -> ProviderError | None:
        """Why a route is not tried now, None if it is."""
        wait = route.not_before - self._clock.now()
        name, model = route.provider.name, route.provider.model
        if wait > SHORT_WAIT:
            return Throttled(name, model, "asked to wait", retry_after=wait)
        if not route.circuit.admit():
            return Unreachable(name, model, "set aside")
        return None

    def note(self, route: Route, decision: Decision, fault: ProviderError) -> None:
        """What an attempt's end means for the provider's standing."""
        match decision.breaker:
            case Breaker.COUNTS:
                route.circuit.failed()
            case Breaker.OPENS_LONG:
                route.circuit.fault_of_ours()
            case Breaker.NOTHING:
                pass
        if isinstance(fault, Throttled) and fault.retry_after:
            route.not_before = self._clock.now() + fault.retry_after
        self.show_circuit(route)
        if decision.result in _ALERTS:
            self._telemetry.alert(f"provider_{decision.result}", f"{route.label}: {fault.detail}")

    def show_circuit(self, route: Route) -> None:
        """One sign for all models of a host: open while any of them is set aside."""
        name = route.provider.name
        is_open = any(one.circuit.is_open for one in self._routes if one.provider.name == name)
        self._telemetry.circuit(name, is_open=is_open)

    @property
    def attempts(self) -> AttemptLog:
        return self._attempts

    @property
    def clock(self) -> Clock:
        return self._clock

    @property
    def telemetry(self) -> Telemetry:
        return self._telemetry


class _Run:
    """All attempts of one job at one route.

    Attributes:
        ended: A picture or a refusal was passed on: nothing more is to be asked.
        faults: What went wrong instead, in order.
        partial_seen: A preview was passed on, so the provider was at work and may bill.
    """

    def __init__(
        self,
        router: Router,
        job_id: JobId,
        route: Route,
        task: ImageTask,
        deadline: Deadline,
        *,
        fell_back: bool,
    ) -> None:
        self._router = router
        self._job_id = job_id
        self._route = route
        self._task = task
        self._tier = route.provider.profile.tier(task.quality, edit=bool(task.references))
        self._job_deadline = deadline
        self._fell_back = fell_back
        self._is_probe = route.circuit.is_open
        self.ended = False
        self.partial_seen = False
        self.faults: list[ProviderError] = []

    async def events(self) -> AsyncGenerator[Event, None]:
        for attempt in (1, 2):
            try:
                async with contextlib.aclosing(self._attempt()) as events:
                    async for event in events:
                        if isinstance(event, Partial):
                            self.partial_seen = True
                        else:
                            self.ended = True
                        yield event
                return
            except ProviderError as fault:
                told = self._as_seen(fault)
            except BaseException:
                self._says_nothing()
                raise
            self.faults.append(told)
            decision = decide(told)
            self._router.note(self._route, decision, told)
            if decision.breaker is Breaker.NOTHING:
                self._says_nothing()
            if attempt == 2 or not await self._again(decision, told):
                return

    @contextlib.asynccontextmanager
    async def _gate(self) -> AsyncIterator[Deadline]:
        """A place among the requests under way, and the time the request then has; waiting takes none of that."""
        try:
            async with asyncio.timeout(self._deadline().remaining(self._router.clock.now())):
                await self._route.gate.acquire()
        except TimeoutError:
            name, model = self._route.provider.name, self._route.provider.model
            raise Throttled(name, model, "no free place in time") from None
        try:
            yield self._deadline()
        finally:
            self._route.gate.release()

    def _deadline(self) -> Deadline:
        """Of what begins now: the model's usual time, and never more than the job has left."""
        return self._job_deadline.within(self._router.clock.now(), self._tier.deadline)

    def _says_nothing(self) -> None:
        """This end tells nothing about the provider's health; if it was the one probe, another may go."""
        if self._is_probe:
            self._route.circuit.undecided()

    def _as_seen(self, fault: ProviderError) -> ProviderError:
        """After a preview the provider was at work: whatever the fault says, the picture may be billed."""
        if not self.partial_seen:
            return fault
        provider = self._route.provider
        billed = not provider.profile.fixed_cost
        return UnknownOutcome(provider.name, provider.model, fault.detail, maybe_billed=billed)

    async def _again(self, decision: Decision, fault: ProviderError) -> bool:
        match decision.again:
            case Again.ONCE:
                return self._route.circuit.admit()
            case Again.AFTER_SHORT_WAIT:
                wait = getattr(fault, "retry_after", None)
                if (
                    wait is None
                    or wait > SHORT_WAIT
                    or wait >= self._job_deadline.remaining(self._router.clock.now())
                ):
                    return False
                await self._router.clock.sleep(wait)
                return self._route.circuit.admit()
            case Again.NEVER:
                return False

    async def _attempt(self) -> AsyncGenerator[Event, None]:
        """One request, or several at once where the host makes fewer pictures a request than were asked for."""
        most = self._route.provider.profile.max_count
        if self._task.count <= most:
            async with contextlib.aclosing(self._request(self._task)) as events:
                async for event in events:
                    yield event
            return
        shares = _shares(self._task, most)
        ends = await asyncio.gather(*(self._last(share) for share in shares), return_exceptions=True)
        produced = [end for end in ends if isinstance(end, Produced)]
        if produced:
            if len(produced) < len(ends):
                log.warning("fewer_pictures", route=self._route.label, asked=len(ends), made=len(produced))
            yield _together(produced)
            return
        for end in ends:
            if isinstance(end, ProviderRefusal):
                yield end
                return
        faults = [end for end in ends if isinstance(end, ProviderError)]
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, ProviderError):
                raise end
        binding = most_binding(faults)
        binding.maybe_billed = any(fault.maybe_billed for fault in faults)
        raise binding

    async def _last(self, task: ImageTask) -> Produced | ProviderRefusal:
        async with contextlib.aclosing(self._request(task)) as events:
            async for event in events:
                if not isinstance(event, Partial):
                    return event
        raise UnknownOutcome(
            self._route.provider.name, self._route.provider.model, "no end", maybe_billed=True
        )

    async def _request(self, task: ImageTask) -> AsyncGenerator[Event, None]:
        """One request when its turn has come."""
        async with self._gate() as deadline, contextlib.aclosing(self._paid(task, deadline)) as events:
            async for event in events:
                yield event

    async def _paid(self, task: ImageTask, deadline: Deadline) -> AsyncGenerator[Event, None]:
        """One paid request with its row in the ledger, written before it leaves and closed whatever happens."""
        provider, attempts = self._route.provider, self._router.attempts
        price = self._route.price(task)
        purchase = Purchase(
            provider.name,
            provider.model,
            price,
            self._task.quality,
            task.count,
            pixels=task.width * task.height,
            references=len(task.references),
        )
        attempt_id = await attempts.open_attempt(self._job_id, purchase)
        started = time.monotonic()
        close = _Closing(self._router, provider.name, provider.model, attempt_id, started)
        try:
            with attempt_span(provider.name, provider.model):
                async with contextlib.aclosing(provider.generate(task, deadline)) as events:
                    async for event in events:
                        if isinstance(event, Produced):
                            event = dataclasses.replace(event, fell_back=self._fell_back)
                            await close("ok", billed=True, cost=event.cost, request_id=event.request_id)
                            self._route.measured(task.quality, time.monotonic() - started)
                            self._route.circuit.succeeded()
                            self._router.show_circuit(self._route)
                        elif isinstance(event, ProviderRefusal):
                            billed = None if event.maybe_billed else False
                            await close("refused", billed=billed, request_id=event.request_id)
                            self._says_nothing()
                        yield event
        except ProviderError as fault:
            billed = None if fault.maybe_billed else False
            await close(decide(fault).result, billed=billed, request_id=fault.request_id)
            raise
        finally:
            if not close.done:
                self._says_nothing()
                await asyncio.shield(close("cancelled", billed=None))


class _Closing:
    """Closes one ledger row, once."""

    def __init__(self, router: Router, provider: str, model: str, attempt_id: str, started: float) -> None:
        self._router = router
        self._provider = provider
        self._model = model
        self._attempt_id = attempt_id
        self._started = started
        self.done = False

    async def __call__(
        self,
        result: str,
        *,
        billed: bool | None,
        cost: MicroUSD | None = None,
        request_id: str | None = None,
    ) -> None:
        if self.done:
            return
        self.done = True
        seconds = time.monotonic() - self._started
        self._router.telemetry.attempt_ended(self._provider, self._model, result, seconds, cost)
        try:
            await self._router.attempts.close_attempt(
                self._attempt_id,
                billed=billed,
                cost=cost,
                request_id=request_id,
                result=result,
                seconds=seconds,
            )
        except StorageError as fault:
            # The open row counts as paid. What was answered must not be lost because of it.
            log.warning("attempt_not_closed", problem=fault.problem)


def _onward(run: _Run, recovery: Recovery) -> bool:
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


def _shares(task: ImageTask, most: int) -> list[ImageTask]:
    """A task for more pictures than a request gives, as several; fixed seeds go up by one."""
    shares: list[ImageTask] = []
    left = task.count
    while left > 0:
        count = min(left, most)
        seed = None if task.seed is None else task.seed + task.count - left
        shares.append(dataclasses.replace(task, count=count, seed=seed, partials=0))
        left -= count
    return shares


def _together(produced: Sequence[Produced]) -> Produced:
    costs = [one.cost for one in produced]
    known = [cost for cost in costs if cost is not None]
    return dataclasses.replace(
        produced[0],
        images=tuple(image for one in produced for image in one.images),
        cost=MicroUSD(sum(known)) if len(known) == len(costs) else None,
    )
