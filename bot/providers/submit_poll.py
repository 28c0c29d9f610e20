"""Any host where a picture is a task: one paid POST, which is never repeated, then what `HostTask` does.

What differs between hosts is in their `HostSpec`.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Final

import httpx
from pydantic import SecretStr

from bot.domain.clock import Deadline
from bot.domain.errors import UnknownOutcome, Unreachable
from bot.domain.images import ImageTask, Partial, Produced, ProviderRefusal, RefusalStage
from bot.domain.profile import ModelProfile
from bot.http import HttpClient
from bot.images.download import Downloader
from bot.ports import Clock, Health
from bot.providers.host_faults import Answer, http_fault, refusal_in
from bot.providers.host_pictures import HostPictures
from bot.providers.host_spec import HostSpec, Order
from bot.providers.host_task import Host, HostTask
from bot.providers.host_wire import HostWire
from bot.providers.loras import NO_LORAS, Loras
from bot.providers.sizes import fit_size

_SUBMIT_SECONDS: Final = 60.0
_PROBE_SECONDS: Final = 5.0
_NOTHING_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


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
        self._endpoint = endpoint or model
        self._loras = loras
        self._wire = wire = HostWire(spec, self._endpoint, key, base_url, http)
        pictures = HostPictures(spec, model, downloader or Downloader(http), clock, wire.on_loopback)
        self._host = Host(spec, model, profile, wire, pictures, clock)

    @property
    def name(self) -> str:
        return self._spec.name

    @property
    def model(self) -> str:
        return self._host.model

    @property
    def profile(self) -> ModelProfile:
        return self._host.profile

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
                raise http_fault(self._spec, self.model, answer, maybe_billed=billed)
            yield self._host.refusal(refusal)
            return
        yield await HostTask(self._host, order, answer, deadline).end()

    async def probe(self) -> Health:
        """Whether the key works, where the host tells; that says little about pictures."""
        if not self._spec.probe:
            return Health(ok=True, asked=False)
        try:
            answer = await self._wire.ask("GET", self._wire.own(self._spec.probe), _PROBE_SECONDS)
        except (httpx.HTTPError, TimeoutError) as error:
            return Health(ok=False, detail=type(error).__name__)
        return Health(ok=answer.ok, detail="" if answer.ok else f"status {answer.status}", asked=False)

    async def aclose(self) -> None:
        """Nothing to close: the client belongs to whoever made it."""

    def _order(self, task: ImageTask, deadline: Deadline) -> Order:
        width, height = fit_size(task.width, task.height, self.profile.sizes)
        seconds = deadline.remaining(self._host.clock.now())
        lora = self._loras.chosen(task, self.profile)
        return Order(task, self.profile, self._endpoint, width, height, seconds, lora)

    async def _submit(self, order: Order) -> Answer:
        if order.seconds <= 0:
            raise self._host.fault(Unreachable, "no time left")
        body = await asyncio.to_thread(lambda: json.dumps(self._spec.body(order)).encode())
        url = self._wire.own(self._spec.submit(order))
        limits = self._spec.limits(order.seconds)
        try:
            return await self._wire.ask("POST", url, min(order.seconds, _SUBMIT_SECONDS), body, limits)
        except _NOTHING_SENT as error:
            raise self._host.fault(Unreachable, type(error).__name__) from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise self._host.fault(UnknownOutcome, type(error).__name__, billed=True) from None
