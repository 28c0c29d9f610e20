"""Providers that fail on request: a decorator around the real one, through the same port, so that the router, the
breaker, the ledger and the messages see what they would see in earnest.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.clock import Deadline
from bot.domain.errors import Unreachable
from bot.domain.images import ImageTask, Partial, Produced, ProviderRefusal, RefusalStage
from bot.domain.practice import Fault, Switchboard
from bot.domain.profile import ModelProfile
from bot.ports import Clock, Health, ImageProvider

SLOW_SECONDS: Final = 8.0
FIRST: Final[Mapping[str, Fault]] = {
    "down": Fault.PROVIDER_DOWN,
    "slow": Fault.PROVIDER_SLOW,
    "refuses": Fault.PROVIDER_REFUSES,
}
BACKUP: Final[Mapping[str, Fault]] = {"down": Fault.BACKUP_DOWN}


@dataclass(frozen=True, slots=True)
class PractisingProvider:
    """Implements `ImageProvider`. Nothing is sent, and so nothing is paid, while it is down or refuses.

    Attributes:
        faults: Which switch makes it down, slow or refuse; a missing one cannot be switched.
    """

    provider: ImageProvider
    switches: Switchboard
    faults: Mapping[str, Fault]
    clock: Clock

    @property
    def name(self) -> str:
        return self.provider.name

    @property
    def model(self) -> str:
        return self.provider.model

    @property
    def profile(self) -> ModelProfile:
        return self.provider.profile

    async def generate(
        self, task: ImageTask, deadline: Deadline
    ) -> AsyncGenerator[Partial | Produced | ProviderRefusal, None]:
        """See the port."""
        if self._is("down"):
            raise Unreachable(self.name, self.model, "switched off for practice")
        if self._is("slow"):
            await self.clock.sleep(min(SLOW_SECONDS, deadline.remaining(self.clock.now())))
        if self._is("refuses"):
            yield ProviderRefusal(self.name, self.model, RefusalStage.INPUT)
            return
        events = self.provider.generate(task, deadline)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()

    async def probe(self) -> Health:
        return Health(ok=False, detail="practice") if self._is("down") else await self.provider.probe()

    async def aclose(self) -> None:
        await self.provider.aclose()

    def _is(self, state: str) -> bool:
        fault = self.faults.get(state)
        return fault is not None and self.switches.is_on(fault)
