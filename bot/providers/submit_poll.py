"""Any host where a picture is a task: one paid POST, then polling, then a download.

What differs between hosts is in their `HostSpec`. GETs are free and repeated within the deadline; the POST never is.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

import httpx
from pydantic import SecretStr

from bot.domain.clock import Deadline
from bot.domain.errors import (
    ColdStart,
    NotFetched,
    ProviderError,
    ProviderFailed,
    QueueFull,
    UnknownOutcome,
    Unreachable,
)
from bot.domain.images import GeneratedImage, ImageTask, Partial, Produced, ProviderRefusal, RefusalStage
from bot.domain.money import MicroUSD, micros
from bot.domain.profile import ModelProfile
from bot.http import HttpClient
from bot.images.download import Downloader
from bot.ports import Clock, Health
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
from bot.providers.loras import NO_LORAS, Loras
from bot.providers.sizes import fit_size
from bot.providers.words_instead import words_instead

_SUBMIT_SECONDS: Final = 60.0
_CANCEL_SECONDS: Final = 3.0
_PROBE_SECONDS: Final = 5.0
_LONGEST_PAUSE: Final = 8.0
_NOTHING_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


@dataclass(slots=True)
class _Running:
    """A task that the host has taken.

    Attributes:
        over: There is nothing left to cancel.
        unheard: The newest free call for its state or its result failed.
    """

    id: str
    first: Answer
    order: Order
    deadline: Deadline
    state: State = State.QUEUED
    seen_running: bool = False
    over: bool = False
    unheard: bool = False


class SubmitPoll:
    """Implements the `ImageProvider` port for one model at one host.

    Args:
        base_url: Scheme and host. Plain http is taken on loopback only, and makes loopback legal for downloads.
        http: Not closed here; it has to follow no redirects.
        endpoint: What stands in the address where that is not the model's name.

    Raises:
        ConfigurationError: the base URL is not usable.
    """

    def __init__(
        self,
        spec: HostSpec,
        *,
        model: str,
        profile: ModelProfile,
        key: SecretStr,
        base_url: str,
        http: HttpClient,
        clock: Clock,
        endpoint: str | None = None,
        loras: Loras = NO_LORAS,
        downloader: Downloader | None = None,
    ) -> None:
        self._spec = spec
        self._model = model
        self._profile = profile
        self._endpoint = endpoint or model
        self._loras = loras
        self._wire = HostWire(spec, self._endpoint, key, base_url, http)
        self._clock = clock
        loopback = self._wire.on_loopback
        self._pictures = HostPictures(spec, model, downloader or Downloader(http), clock, loopback)

    @property
    def name(self) -> str:
        return self._spec.name

    @property
    def model(self) -> str:
        return self._model

    @property
    def profile(self) -> ModelProfile:
        return self._profile

    async def generate(
        self, task: ImageTask, deadline: Deadline
    ) -> AsyncGenerator[Partial | Produced | ProviderRefusal, None]:
        """See `ImageProvider`. These hosts give no previews. A task left behind is cancelled where the host can."""
        order = self._order(task, deadline)
        answer = await self._submit(order)
        if not answer.ok:
            refusal = refusal_in(self._spec, answer, RefusalStage.INPUT)
            if refusal is None:
                unclear = answer.status >= 500 or answer.status in {408, 409}
                billed = unclear and answer.status not in self._spec.unpaid
                raise http_fault(self._spec, self._model, answer, maybe_billed=billed)
            yield self._refusal(refusal, None)
            return
        yield await self._see_through(self._taken(order, answer, deadline))

    async def probe(self) -> Health:
        if not self._spec.probe:
            return Health(ok=True)
        try:
            answer = await self._wire.ask("GET", self._wire.own(self._spec.probe), _PROBE_SECONDS)
        except (httpx.HTTPError, TimeoutError) as error:
            return Health(ok=False, detail=type(error).__name__)
        return Health(ok=answer.ok, detail="" if answer.ok else f"status {answer.status}")

    async def aclose(self) -> None:
        """Nothing to close: the client belongs to whoever made it."""

    def _order(self, task: ImageTask, deadline: Deadline) -> Order:
        width, height = fit_size(task.width, task.height, self._profile.sizes)
        seconds = deadline.remaining(self._clock.now())
        lora = self._loras.chosen(task, self._profile)
        return Order(task, self._profile, self._endpoint, width, height, seconds, lora)

    async def _submit(self, order: Order) -> Answer:
        if order.seconds <= 0:
            raise self._fault(Unreachable, "no time left")
        body = await asyncio.to_thread(lambda: json.dumps(self._spec.body(order)).encode())
        url = self._wire.own(self._spec.submit(order))
        limits = self._spec.limits(order.seconds)
        try:
            return await self._wire.ask("POST", url, min(order.seconds, _SUBMIT_SECONDS), body, limits)
        except _NOTHING_SENT as error:
            raise self._fault(Unreachable, type(error).__name__) from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise self._fault(UnknownOutcome, type(error).__name__, billed=True) from None

    def _taken(self, order: Order, answer: Answer, deadline: Deadline) -> _Running:
        task_id = text_at(answer.body, self._spec.task_id)
        if not task_id:
            raise self._fault(ProviderFailed, "an answer without a task", billed=True)
        return _Running(task_id, answer, order, deadline)

    async def _see_through(self, running: _Running) -> Produced | ProviderRefusal:
        """The end of a task. Whatever stops us from waiting for it cancels it."""
        try:
            async with asyncio.timeout(running.deadline.remaining(self._clock.now())):
                return await self._follow(running)
        except TimeoutError:
            raise await self._too_late(running) from None
        except BaseException:
            await self._cancel(running)
            raise

    async def _follow(self, running: _Running) -> Produced | ProviderRefusal:
        answer = running.first
        url = self._address(running, self._spec.poll)
        if text_at(answer.body, self._spec.status):
            running.state = self._state(running, answer)
        while running.state in WAITING:
            running.seen_running = running.seen_running or running.state is State.RUNNING
            await self._sleep(running, self._spec.poll_seconds)
            answer = await self._read(running, url)
            running.state = self._state(running, answer)
        running.over = True
        return await self._end(running, answer)

    async def _read(self, running: _Running, url: httpx.URL, *, result: bool = False) -> Answer:
        """One GET, repeated while the trouble may pass. Server errors in JSON are a result's own end."""
        pause = self._spec.poll_seconds
        while True:
            wait: float | None = None
            try:
                answer = await self._wire.ask("GET", url)
            except (httpx.HTTPError, TimeoutError):
                pass
            else:
                final = answer.status < 500 or (result and answer.body is not None)
                heard = answer.ok and answer.body is not None
                if heard or (not answer.ok and final and answer.status not in {408, 425, 429}):
                    running.unheard = False
                    return answer
                wait = retry_after(answer)
            running.unheard = True
            pause = min(pause * 2, _LONGEST_PAUSE)
            await self._sleep(running, max(pause, wait or 0.0))

    def _state(self, running: _Running, answer: Answer) -> State:
        """The task's state.

        Raises:
            ProviderError: the poll was rejected, or the status is not known.
        """
        word = text_at(answer.body, self._spec.status)
        state = self._spec.states.get(word)
        if state is not None:
            return state
        if not answer.ok:
            running.over = answer.status in {404, 410}
            raise self._with_id(running, poll_fault(self._spec, self._model, answer))
        raise self._fault(ProviderFailed, "an unknown status", billed=True, task=running)

    async def _end(self, running: _Running, answer: Answer) -> Produced | ProviderRefusal:
        if running.state is State.READY:
            return await self._ready(running, answer)
        refusal = told_refusal(self._spec, running.state, answer)
        if refusal is not None:
            return self._refusal(refusal, running)
        never_ran = running.state is State.ABORTED or (
            running.state is State.EXPIRED and not running.seen_running
        )
        if never_ran:
            raise self._fault(ColdStart, "given up before it started", task=running)
        if running.state is State.FAILED:
            raise self._with_id(running, task_fault(self._spec, self._model, answer))
        raise self._fault(ProviderFailed, f"ended as {running.state}", billed=True, task=running)

    async def _ready(self, running: _Running, answer: Answer) -> Produced | ProviderRefusal:
        if self._spec.result:
            url = self._address(running, self._spec.result)
            answer = await self._read(running, url, result=True)
        refusal = (
            refusal_in(self._spec, answer, RefusalStage.UNKNOWN)
            if not answer.ok
            else self._spec.refused(answer.body)
        )
        if refusal is not None:
            return self._refusal(refusal, running)
        if not answer.ok:
            billed = answer.status not in self._spec.unpaid_results
            raise self._with_id(running, http_fault(self._spec, self._model, answer, maybe_billed=billed))
        images = [await self._picture(running, value) for value in self._results(answer)]
        if not images and words_instead(answer.body):
            return self._refusal(Refusal(RefusalStage.INPUT), running)
        if not images:
            raise self._fault(ProviderFailed, "no picture in the result", billed=True, task=running)
        seed = text_at(answer.body, self._spec.seed)
        return Produced(
            images=tuple(images),
            provider=self.name,
            model=self.model,
            cost=self._cost(running, len(images)),
            request_id=running.id,
            seed=int(seed) if seed.isdecimal() else None,
        )

    def _results(self, answer: Answer) -> list[str]:
        return results_in(self._spec, answer)

    async def _picture(self, running: _Running, value: str) -> GeneratedImage:
        try:
            return await self._pictures.fetch(value, running.deadline)
        except ProviderError as fault:
            raise self._with_id(running, fault) from None

    def _cost(self, running: _Running, count: int) -> MicroUSD | None:
        told = text_at(running.first.body, self._spec.cost_cents)
        if told:
            try:
                return micros(float(told) / 100)
            except ValueError:
                return None
        order = running.order
        return self._profile.price_of(
            order.task.quality,
            pixels=order.width * order.height,
            references=len(order.task.references),
            count=count,
        )

    async def _too_late(self, running: _Running) -> ProviderError:
        """The fault of a deadline that passed: certainly unpaid only if the host took back what had not begun."""
        if running.over:
            return self._fault(NotFetched, "made, but not fetched in time", billed=True, task=running)
        cancelled = await self._cancel(running)
        if running.unheard and not cancelled:
            return self._fault(NotFetched, "no word of it in time", billed=True, task=running)
        if running.seen_running or running.state is State.RUNNING or not self._spec.cancel:
            return self._fault(UnknownOutcome, "not ready in time", billed=True, task=running)
        kind = ColdStart if running.state is State.STARTING else QueueFull
        return self._fault(kind, "not begun in time", billed=not cancelled, task=running)

    async def _cancel(self, running: _Running) -> bool:
        """Whether the host has taken the task back."""
        if running.over or not self._spec.cancel:
            return False
        running.over = True
        try:
            url = self._address(running, self._spec.cancel)
            answer = await self._wire.ask(self._spec.cancel_method, url, _CANCEL_SECONDS)
        except (httpx.HTTPError, TimeoutError, ProviderError):
            return False
        return answer.ok

    def _address(self, running: _Running, address: str) -> httpx.URL:
        """Raises ProviderFailed when the host's answer leads to somebody else."""
        try:
            return self._wire.address(address, running.id, running.first.body)
        except ForeignAddress:
            raise self._fault(
                ProviderFailed, "an address at a foreign host", billed=True, task=running
            ) from None

    async def _sleep(self, running: _Running, seconds: float) -> None:
        """Raises TimeoutError when the deadline has come."""
        remaining = running.deadline.remaining(self._clock.now())
        if remaining <= 0:
            raise TimeoutError
        await self._clock.sleep(min(seconds, remaining))

    def _refusal(self, refusal: Refusal, running: _Running | None) -> ProviderRefusal:
        return ProviderRefusal(
            provider=self.name,
            model=self.model,
            stage=refusal.stage,
            categories=tuple(category.lower() for category in refusal.categories),
            request_id=running.id if running else None,
            maybe_billed=running is not None and refusal.stage is not RefusalStage.INPUT,
        )

    def _fault(
        self, kind: type[ProviderError], detail: str, *, billed: bool = False, task: _Running | None = None
    ) -> ProviderError:
        return kind(self.name, self.model, detail, billed, task.id if task else None)

    @staticmethod
    def _with_id(running: _Running, fault: ProviderError) -> ProviderError:
        fault.request_id = running.id
        return fault
