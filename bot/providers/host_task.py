"""A task that a host has taken: polled until it ends, its result fetched, taken back when nobody waits for it.

Every call in here is free and may be repeated within the deadline.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import httpx

from bot.domain.clock import Deadline
from bot.domain.errors import ColdStart, NotFetched, ProviderError, ProviderFailed, QueueFull, UnknownOutcome
from bot.domain.images import GeneratedImage, Produced, ProviderRefusal, RefusalStage
from bot.domain.money import MicroUSD, micros
from bot.domain.profile import ModelProfile
from bot.ports import Clock
from bot.providers.host_faults import (
    Answer,
    http_fault,
    poll_fault,
    refusal_in,
    retry_after,
    task_fault,
    told_refusal,
)
from bot.providers.host_pictures import HostPictures, results_in
from bot.providers.host_spec import WAITING, HostSpec, Order, Refusal, State, text_at
from bot.providers.host_wire import ForeignAddress, HostWire
from bot.providers.words_instead import words_instead

_CANCEL_SECONDS: Final = 3.0
_LONGEST_PAUSE: Final = 8.0


@dataclass(frozen=True, slots=True)
class Host:
    """A model at a host, and how to reach it."""

    spec: HostSpec
    model: str
    profile: ModelProfile
    wire: HostWire
    pictures: HostPictures
    clock: Clock

    def fault(
        self, kind: type[ProviderError], detail: str, *, billed: bool = False, task_id: str | None = None
    ) -> ProviderError:
        return kind(self.spec.name, self.model, detail, billed, task_id)

    def refusal(self, refusal: Refusal, task_id: str | None = None) -> ProviderRefusal:
        """With a task the host was at work: a refusal of its picture may be billed."""
        return ProviderRefusal(
            provider=self.spec.name,
            model=self.model,
            stage=refusal.stage,
            categories=tuple(category.lower() for category in refusal.categories),
            request_id=task_id,
            maybe_billed=task_id is not None and refusal.stage is not RefusalStage.INPUT,
        )


class HostTask:
    """One task.

    Attributes:
        over: There is nothing left to cancel.
        unheard: The newest free call for its state or its result failed.
    """

    def __init__(self, host: Host, order: Order, first: Answer, deadline: Deadline) -> None:
        """`first` is the answer of the paid call. Raises ProviderFailed: it names no task."""
        self._host = host
        self._spec = host.spec
        self._order = order
        self._first = first
        self._deadline = deadline
        self._state = State.QUEUED
        self._seen_running = False
        self.over = False
        self.unheard = False
        self.id = text_at(first.body, host.spec.task_id)
        if not self.id:
            raise host.fault(ProviderFailed, "an answer without a task", billed=True)

    async def end(self) -> Produced | ProviderRefusal:
        """Wait for it. Whatever stops us from that cancels the task. Raises ProviderError."""
        try:
            async with asyncio.timeout(self._deadline.remaining(self._host.clock.now())):
                return await self._follow()
        except TimeoutError:
            raise await self._too_late() from None
        except BaseException:
            await self._cancel()
            raise

    async def _follow(self) -> Produced | ProviderRefusal:
        answer = self._first
        url = self._address(self._spec.poll)
        if text_at(answer.body, self._spec.status):
            self._state = self._state_in(answer)
        while self._state in WAITING:
            self._seen_running = self._seen_running or self._state is State.RUNNING
            await self._sleep(self._spec.poll_seconds)
            answer = await self._read(url)
            self._state = self._state_in(answer)
        self.over = True
        return await self._ended(answer)

    async def _read(self, url: httpx.URL, *, result: bool = False) -> Answer:
        """One GET, repeated while the trouble may pass. Server errors in JSON are a result's own end."""
        pause = self._spec.poll_seconds
        while True:
            wait: float | None = None
            try:
                answer = await self._host.wire.ask("GET", url)
            except (httpx.HTTPError, TimeoutError):
                pass
            else:
                final = answer.status < 500 or (result and answer.body is not None)
                heard = answer.ok and answer.body is not None
                if heard or (not answer.ok and final and answer.status not in {408, 425, 429}):
                    self.unheard = False
                    return answer
                wait = retry_after(answer)
            self.unheard = True
            pause = min(pause * 2, _LONGEST_PAUSE)
            await self._sleep(max(pause, wait or 0.0))

    def _state_in(self, answer: Answer) -> State:
        """Raises ProviderError: the poll was rejected, or the status is not known."""
        state = self._spec.states.get(text_at(answer.body, self._spec.status))
        if state is not None:
            return state
        if not answer.ok:
            self.over = answer.status in {404, 410}
            raise self._with_id(poll_fault(self._spec, self._host.model, answer))
        raise self._fault(ProviderFailed, "an unknown status", billed=True)

    async def _ended(self, answer: Answer) -> Produced | ProviderRefusal:
        if self._state is State.READY:
            return await self._ready(answer)
        refusal = told_refusal(self._spec, self._state, answer)
        if refusal is not None:
            return self._host.refusal(refusal, self.id)
        expired = self._state is State.EXPIRED and not self._seen_running
        if self._state is State.ABORTED or expired:
            raise self._fault(ColdStart, "given up before it started")
        if self._state is State.FAILED:
            raise self._with_id(task_fault(self._spec, self._host.model, answer))
        raise self._fault(ProviderFailed, f"ended as {self._state}", billed=True)

    async def _ready(self, answer: Answer) -> Produced | ProviderRefusal:
        if self._spec.result:
            answer = await self._read(self._address(self._spec.result), result=True)
        refusal = (
            refusal_in(self._spec, answer, RefusalStage.UNKNOWN)
            if not answer.ok
            else self._spec.refused(answer.body)
        )
        if refusal is not None:
            return self._host.refusal(refusal, self.id)
        if not answer.ok:
            billed = answer.status not in self._spec.unpaid_results
            raise self._with_id(http_fault(self._spec, self._host.model, answer, maybe_billed=billed))
        images = [await self._picture(value) for value in results_in(self._spec, answer)]
        if not images and words_instead(answer.body):
            return self._host.refusal(Refusal(RefusalStage.INPUT), self.id)
        if not images:
            raise self._fault(ProviderFailed, "no picture in the result", billed=True)
        seed = text_at(answer.body, self._spec.seed)
        return Produced(
            images=tuple(images),
            provider=self._spec.name,
            model=self._host.model,
            cost=self._cost(len(images)),
            request_id=self.id,
            seed=int(seed) if seed.isdecimal() else None,
        )

    async def _picture(self, value: str) -> GeneratedImage:
        try:
            return await self._host.pictures.fetch(value, self._deadline)
        except ProviderError as fault:
            raise self._with_id(fault) from None

    def _cost(self, count: int) -> MicroUSD | None:
        told = text_at(self._first.body, self._spec.cost_cents)
        if told:
            try:
                return micros(float(told) / 100)
            except ValueError:
                return None
        order = self._order
        return self._host.profile.price_of(
            order.task.quality,
            pixels=order.width * order.height,
            references=len(order.task.references),
            count=count,
        )

    async def _too_late(self) -> ProviderError:
        """The fault of a deadline that passed: certainly unpaid only if the host took back what had not begun."""
        if self.over:
            return self._fault(NotFetched, "made, but not fetched in time", billed=True)
        cancelled = await self._cancel()
        if self.unheard and not cancelled:
            return self._fault(NotFetched, "no word of it in time", billed=True)
        if self._seen_running or self._state is State.RUNNING or not self._spec.cancel:
            return self._fault(UnknownOutcome, "not ready in time", billed=True)
        kind = ColdStart if self._state is State.STARTING else QueueFull
        return self._fault(kind, "not begun in time", billed=not cancelled)

    async def _cancel(self) -> bool:
        """Whether the host has taken the task back."""
        if self.over or not self._spec.cancel:
            return False
        self.over = True
        try:
            url = self._address(self._spec.cancel)
            answer = await self._host.wire.ask(self._spec.cancel_method, url, _CANCEL_SECONDS)
        except (httpx.HTTPError, TimeoutError, ProviderError):
            return False
        return answer.ok

    def _address(self, address: str) -> httpx.URL:
        """Raises ProviderFailed when the host's answer leads to somebody else."""
        try:
            return self._host.wire.address(address, self.id, self._first.body)
        except ForeignAddress:
            raise self._fault(ProviderFailed, "an address at a foreign host", billed=True) from None

    async def _sleep(self, seconds: float) -> None:
        """Raises TimeoutError when the deadline has come."""
        remaining = self._deadline.remaining(self._host.clock.now())
        if remaining <= 0:
            raise TimeoutError
        await self._host.clock.sleep(min(seconds, remaining))

    def _fault(self, kind: type[ProviderError], detail: str, *, billed: bool = False) -> ProviderError:
        return self._host.fault(kind, detail, billed=billed, task_id=self.id)

    def _with_id(self, fault: ProviderError) -> ProviderError:
        fault.request_id = self.id
        return fault
