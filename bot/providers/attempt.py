"""One request at one route: its place at the gate, and its row in the ledger."""

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderError, StorageError, Throttled, UnknownOutcome
from bot.domain.images import ImageTask, Partial, Produced, ProviderRefusal
from bot.domain.money import MicroUSD
from bot.domain.purchases import Purchase
from bot.domain.requests import JobId
from bot.observe import attempt_span
from bot.ports import AttemptLog
from bot.providers.decisions import decide
from bot.providers.route import Route
from bot.providers.standing import Standing

log = structlog.get_logger(__name__)

Event = Partial | Produced | ProviderRefusal


@dataclass(frozen=True, slots=True)
class Errand:
    """What the attempts of one job have in common.

    Attributes:
        deadline: The job's.
    """

    job_id: JobId
    deadline: Deadline
    attempts: AttemptLog
    standing: Standing


class Attempt:
    """One paid request with its row in the ledger, written before it leaves and closed whatever happens.

    Attributes:
        route, task: Who is asked, and for what.
        under_way: It has its place at the gate; `since` then tells from when (epoch seconds).
        outrun: Another request for the same was quicker; the ledger says so when this one is cancelled.
    """

    def __init__(
        self,
        errand: Errand,
        route: Route,
        task: ImageTask,
        *,
        fell_back: bool,
        says_nothing: Callable[[], None] = lambda: None,
        patient: bool = True,
    ) -> None:
        """`says_nothing` is told of an end that says nothing about the provider's health; one that is not `patient`
        does not wait for a place at the gate.
        """
        self._errand = errand
        self._clock = errand.standing.clock
        self._fell_back = fell_back
        self._says_nothing = says_nothing
        self._patient = patient
        self.route = route
        self.task = task
        self.under_way = asyncio.Event()
        self.since = 0.0
        self.outrun = False

    async def events(self) -> AsyncGenerator[Event, None]:
        """Wait for a place, then ask. Raises ProviderError, LostJob, StorageError."""
        async with self._gate() as deadline, contextlib.aclosing(self._paid(deadline)) as events:
            async for event in events:
                yield event

    async def end(self) -> Produced | ProviderRefusal:
        """The last event; raises as `events`."""
        async with contextlib.aclosing(self.events()) as events:
            async for event in events:
                if not isinstance(event, Partial):
                    return event
        provider = self.route.provider
        billed = not provider.profile.fixed_cost
        raise UnknownOutcome(provider.name, provider.model, "no end", maybe_billed=billed)

    @contextlib.asynccontextmanager
    async def _gate(self) -> AsyncIterator[Deadline]:
        """A place among the requests under way, and the time the request then has; waiting takes none of that."""
        provider, left = self.route.provider, self._deadline().remaining(self._clock.now())
        if left <= 0:
            # The provider would say that nothing was sent, which counts against one that is down.
            raise Throttled(provider.name, provider.model, "no time left")
        full = Throttled(provider.name, provider.model, "no free place in time")
        if self.route.gate.locked() and not self._patient:
            raise full
        try:
            async with asyncio.timeout(left):
                await self.route.gate.acquire()
        except TimeoutError:
            raise full from None
        self.since = self._clock.now()
        self.under_way.set()
        try:
            yield self._deadline()
        finally:
            self.route.gate.release()

    def _deadline(self) -> Deadline:
        """Of what begins now: the model's usual time, and never more than the job has left."""
        tier = self.route.provider.profile.tier(self.task.quality, edit=bool(self.task.references))
        return self._errand.deadline.within(self._clock.now(), tier.deadline)

    async def _paid(self, deadline: Deadline) -> AsyncGenerator[Event, None]:
        provider = self.route.provider
        close = await self._opened()
        begun = False
        with attempt_span(provider.name, provider.model) as close.told:
            try:
                async with contextlib.aclosing(provider.generate(self.task, deadline)) as events:
                    async for event in events:
                        begun = begun or isinstance(event, Partial)
                        yield await self._noted(event, close, begun=begun)
            except ProviderError as fault:
                told = self._after_a_preview(fault) if begun else fault
                billed = None if told.maybe_billed else False
                await close(decide(told).result, billed=billed, request_id=told.request_id)
                raise told from None
            finally:
                if not close.done:
                    self._says_nothing()
                    # A server of our own costs the same whether it works or not.
                    unpaid = False if provider.profile.fixed_cost else None
                    await asyncio.shield(close("outrun" if self.outrun else "cancelled", billed=unpaid))

    def _after_a_preview(self, fault: ProviderError) -> ProviderError:
        """The provider was at work: whatever the fault says, the picture may be billed."""
        provider = self.route.provider
        billed = not provider.profile.fixed_cost
        return UnknownOutcome(provider.name, provider.model, fault.detail, billed, fault.request_id)

    async def _noted(self, event: Event, close: "_Closing", *, begun: bool) -> Event:
        """The event, once the ledger knows about it if it is the last one."""
        if isinstance(event, Produced):
            event = dataclasses.replace(event, fell_back=self._fell_back)
            await close("ok", billed=True, cost=event.cost, request_id=event.request_id)
            self.route.measured(self.task.quality, close.seconds)
            self._errand.standing.worked(self.route)
        elif isinstance(event, ProviderRefusal):
            billed = None if event.maybe_billed or begun else False
            await close("refused", billed=billed, request_id=event.request_id)
            self._says_nothing()
        return event

    async def _opened(self) -> "_Closing":
        """A row in the ledger."""
        provider, task = self.route.provider, self.task
        purchase = Purchase(
            provider.name,
            provider.model,
            self.route.price(task),
            task.quality,
            task.count,
            pixels=task.width * task.height,
            references=len(task.references),
        )
        attempt_id = await self._errand.attempts.open_attempt(self._errand.job_id, purchase)
        return _Closing(self._errand, self.route, attempt_id)


class _Closing:
    """Closes one ledger row, once.

    Attributes:
        seconds: Between opening and closing.
        told: Is told the result too.
    """

    def __init__(self, errand: Errand, route: Route, attempt_id: str) -> None:
        self._errand = errand
        self._provider = route.provider
        self._attempt_id = attempt_id
        self._started = time.monotonic()
        self.seconds = 0.0
        self.done = False
        self.told: Callable[[str], None] = lambda _result: None

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
        self.told(result)
        self.seconds = time.monotonic() - self._started
        name, model = self._provider.name, self._provider.model
        self._errand.standing.telemetry.attempt_ended(name, model, result, self.seconds, cost)
        try:
            await self._errand.attempts.close_attempt(
                self._attempt_id,
                billed=billed,
                cost=cost,
                request_id=request_id,
                result=result,
                seconds=self.seconds,
            )
        except StorageError as fault:
            # The open row counts as paid. What was answered must not be lost because of it.
            log.warning("attempt_not_closed", problem=fault.problem)
