"""Work that comes again and again, in a task of its own, for as long as the process lives."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from bot.domain.errors import BotError
from bot.ports import Clock

log = structlog.get_logger(__name__)


@dataclass
class Rounds:
    """Whatever breaks a round is logged, and the next one comes all the same.

    Attributes:
        every: Seconds from the end of a round to the next one.
        first: Seconds before the first one.
        longest: Seconds after which a round is given up; None for never.
    """

    name: str
    work: Callable[[], Awaitable[object]]
    clock: Clock
    every: float
    first: float = 0.0
    longest: float | None = None
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    def start(self) -> None:
        self._task = asyncio.create_task(self._go(), name=self.name)

    async def stop(self) -> None:
        """Ends at once, in the middle of a round as well."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go(self) -> None:
        if self.first:
            await self.clock.sleep(self.first)
        while True:
            try:
                async with asyncio.timeout(self.longest):
                    await self.work()
            except (BotError, TimeoutError, OSError) as fault:
                log.warning("round_unfinished", of=self.name, fault=type(fault).__name__, detail=str(fault))
            except Exception:
                log.exception("round_crashed", of=self.name)
            await self.clock.sleep(self.every)
