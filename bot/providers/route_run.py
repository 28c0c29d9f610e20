"""One job at one route: the request, its row in the ledger, and a second one where that is free of danger."""

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderError, StorageError, Throttled, UnknownOutcome
from bot.domain.images import ImageTask, Partial, Produced, ProviderRefusal
from bot.domain.money import MicroUSD
from bot.domain.purchases import Purchase
from bot.domain.requests import JobId
from bot.observe import attempt_span
from bot.ports import AttemptLog, Telemetry
from bot.providers.decisions import SHORT_WAIT, Again, Breaker, Decision, decide
from bot.providers.route import Route
from bot.providers.shares import end_of, shares_of
from bot.providers.standing import Standing

log = structlog.get_logger(__name__)

Event = Partial | Produced | ProviderRefusal


class RouteRun:
    """All attempts of one job at one route.

    Attributes:
        ended: A picture or a refusal was passed on: nothing more is to be asked.
        faults: What went wrong instead, in order.
        partial_seen: A preview was passed on, so the provider was at work and may bill.
    """

    def __init__(
        self,
        standing: Standing,
        attempts: AttemptLog,
        job_id: JobId,
        route: Route,
        task: ImageTask,
        deadline: Deadline,
        *,
        fell_back: bool,
    ) -> None:
        self._standing = standing
        self._clock = standing.clock
        self._attempts = attempts
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
            self._standing.note(self._route, decision, told)
            if decision.breaker is Breaker.NOTHING:
                self._says_nothing()
            if attempt == 2 or not await self._again(decision, told):
                return

    @contextlib.asynccontextmanager
    async def _gate(self) -> AsyncIterator[Deadline]:
        """A place among the requests under way, and the time the request then has; waiting takes none of that."""
        try:
            async with asyncio.timeout(self._deadline().remaining(self._clock.now())):
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
        return self._job_deadline.within(self._clock.now(), self._tier.deadline)

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
                    or wait >= self._job_deadline.remaining(self._clock.now())
                ):
                    return False
                await self._clock.sleep(wait)
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
        """One request when its turn has come."""
        async with self._gate() as deadline, contextlib.aclosing(self._paid(task, deadline)) as events:
            async for event in events:
                yield event

    async def _paid(self, task: ImageTask, deadline: Deadline) -> AsyncGenerator[Event, None]:
        """One paid request with its row in the ledger, written before it leaves and closed whatever happens."""
        provider = self._route.provider
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
        attempt_id = await self._attempts.open_attempt(self._job_id, purchase)
        started = time.monotonic()
        close = _Closing(
            self._attempts, self._standing.telemetry, provider.name, provider.model, attempt_id, started
        )
        try:
            with attempt_span(provider.name, provider.model):
                async with contextlib.aclosing(provider.generate(task, deadline)) as events:
                    async for event in events:
                        if isinstance(event, Produced):
                            event = dataclasses.replace(event, fell_back=self._fell_back)
                            await close("ok", billed=True, cost=event.cost, request_id=event.request_id)
                            self._route.measured(task.quality, time.monotonic() - started)
                            self._standing.worked(self._route)
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

    def __init__(
        self,
        attempts: AttemptLog,
        telemetry: Telemetry,
        provider: str,
        model: str,
        attempt_id: str,
        started: float,
    ) -> None:
        self._attempts = attempts
        self._telemetry = telemetry
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
        self._telemetry.attempt_ended(self._provider, self._model, result, seconds, cost)
        try:
            await self._attempts.close_attempt(
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
