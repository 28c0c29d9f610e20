"""One entry of the route: a provider with its breaker, its gate and what was learned about its speed."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from bot.domain.images import ImageTask
from bot.domain.money import MicroUSD
from bot.domain.requests import Background, Quality
from bot.ports import ImageProvider
from bot.providers.circuit import Circuit
from bot.providers.sizes import fit_size

_MEMORY: Final = 0.2
"""Weight of the newest measurement in the running mean of seconds."""
_UNMEASURED: Final = 1e6
_LONG_AGO: Final = 1800.0
"""Seconds after which a measurement says little about a provider that nobody has asked since."""


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
    _asked: dict[Quality, float] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.provider.name}:{self.provider.model}"

    def asked(self, quality: Quality, now: float) -> None:
        """A request goes there now (epoch seconds)."""
        self._asked[self._kind(quality)] = now

    def measured(self, quality: Quality, seconds: float) -> None:
        kind = self._kind(quality)
        known = self._seconds.get(kind)
        self._seconds[kind] = seconds if known is None else known + _MEMORY * (seconds - known)

    def usual_seconds(self, quality: Quality) -> float:
        """Running mean at that quality; unmeasured ones come last."""
        return self._seconds.get(self._kind(quality), _UNMEASURED)

    def unheard_of(self, quality: Quality, now: float) -> bool:
        """Nothing was asked of it at that quality of late, so nothing is known about its speed."""
        return now - self._asked.get(self._kind(quality), -_LONG_AGO) >= _LONG_AGO

    def alike(self, task: ImageTask) -> Hashable:
        """The same for tasks that take about as long here."""
        return self.label, self._kind(task.quality), task.count

    def _kind(self, quality: Quality) -> Quality:
        """Qualities that are one and the same to the model share their measurements."""
        tiers = self.provider.profile.qualities
        return next((one for one, tier in tiers.items() if tier == tiers.get(quality)), quality)

    def price(self, task: ImageTask) -> MicroUSD | None:
        """Micro-dollars for the whole task, in the size that the model would give it; None if unknown."""
        profile = self.provider.profile
        width, height = fit_size(task.width, task.height, profile.sizes)
        return profile.price_of(
            task.quality, pixels=width * height, references=len(task.references), count=task.count
        )


def is_called(provider: ImageProvider, model: str) -> bool:
    """Whether somebody who names a model means this one: people may name its host too."""
    return model in {provider.model, f"{provider.name}:{provider.model}"}


def can_serve(
    provider: ImageProvider, task: ImageTask, *, model: str | None, filtered_hosts_only: bool
) -> bool:
    """Whether a model has what the task needs."""
    profile = provider.profile
    if model is not None and not is_called(provider, model):
        return False
    if filtered_hosts_only and profile.own_check:
        return False
    if task.background is Background.TRANSPARENT and not profile.transparency:
        return False
    if len(task.references) > profile.max_references:
        return False
    return {item.role for item in task.references} <= profile.roles
