"""The chat adapters of a process: made from what is installed, each started by itself, closed together."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from bot.adapter_api import AdapterContext, AdapterFactory, find_adapters
from bot.domain.errors import ConfigurationError
from bot.ports import ChatAdapter, Telemetry

log = structlog.get_logger(__name__)

_PAUSE: Final = 8.0
_CLOSE_SECONDS: Final = 10


@dataclass
class Chats:
    """Adapters by platform name, and the tasks that start them.

    Attributes:
        taking: Requests are taken in; not so from the beginning of a stop.
    """

    adapters: Mapping[str, ChatAdapter]
    telemetry: Telemetry
    taking: bool = True
    _starting: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        """Each in a task of its own, so that one platform's outage keeps nobody else waiting."""
        self._starting += [
            asyncio.create_task(self._keep_starting(adapter), name=f"start {name}")
            for name, adapter in self.adapters.items()
        ]

    async def _keep_starting(self, adapter: ChatAdapter) -> None:
        while True:
            try:
                await adapter.start()
                return
            except ConfigurationError as fault:
                self.telemetry.alert("adapter", f"{adapter.name}: {fault}")
                return
            except Exception:
                log.exception("adapter_start_failed", adapter=adapter.name)
            await asyncio.sleep(_PAUSE)

    async def stop_intake(self) -> None:
        """No chat takes requests any more; what was taken can still be answered."""
        self.taking = False
        for adapter in self.adapters.values():
            with contextlib.suppress(Exception):
                await adapter.stop_intake()

    async def aclose(self) -> None:
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for adapter in self.adapters.values():
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await adapter.aclose()
            except Exception:
                log.exception("adapter_close_failed", adapter=adapter.name)


def make_adapters(
    context: AdapterContext, given: Mapping[str, AdapterFactory] | None
) -> dict[str, ChatAdapter]:
    """Those of the factories `given`, else of the installed ones, that have what they need; none is started."""
    factories = given if given is not None else {name: entry.load() for name, entry in find_adapters()}
    made = {name: factory(context) for name, factory in factories.items()}
    enabled = {name: adapter for name, adapter in made.items() if adapter is not None}
    log.info("adapters", enabled=list(enabled))
    return enabled
