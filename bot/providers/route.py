"""One entry of the route: a provider with its breaker, its gate and what was learned about its speed."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bot.domain.images import ImageTask
from bot.domain.money import MicroUSD
from bot.domain.requests import Background, Quality
from bot.ports import ImageProvider
from bot.providers.circuit import Circuit

_MEMORY: Final = 0.2
"""Weight of the newest measurement in the running mean of seconds."""
_UNMEASURED: Final = 1e6


@dataclass
class Route:
    """A provider in its place of the order.

    Attributes:
        gate: Requests under way at the same time.
        not_before: Until then the provider has asked to be left alone (epoch seconds).
    """

    provider: ImageProvider
    circuit: Circuit
    gate: asyncio.Semaphore
    not_before: float = 0.0
    _seconds: dict[Quality, float] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.provider.name}:{self.provider.model}"

    def measured(self, quality: Quality, seconds: float) -> None:
        known = self._seconds.get(quality)
        self._seconds[quality] = seconds if known is None else known + _MEMORY * (seconds - known)

    def usual_seconds(self, quality: Quality) -> float:
        """Running mean at that quality; unmeasured ones come last."""
        return self._seconds.get(quality, _UNMEASURED)

    def price(self, task: ImageTask) -> MicroUSD | None:
        """Micro-dollars for the whole task; None if unknown."""
        return self.provider.profile.price_of(
            task.quality, pixels=task.width * task.height, references=len(task.references), count=task.count
        )


def can_serve(
    provider: ImageProvider, task: ImageTask, *, model: str | None, filtered_hosts_only: bool
) -> bool:
    """Whether a model has what the task needs."""
    profile = provider.profile
    if model is not None and model not in {provider.model, f"{provider.name}:{provider.model}"}:
        return False
    if filtered_hosts_only and profile.own_check:
        return False
    if task.background is Background.TRANSPARENT and not profile.transparency:
        return False
    if len(task.references) > profile.max_references:
        return False
    return {item.role for item in task.references} <= profile.roles
