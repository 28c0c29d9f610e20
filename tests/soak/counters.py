"""The replicas' own counters, added up over restarts.

A process counts from zero, so each one is read right before it is ended. What it counted between that reading and its
death is lost: that time is kept as a window, and whatever a twin saw end within one may be missing from the sum.
"""

import asyncio
import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from tests.soak.town import Town, lives
from tests.support.process import BotProcess

Labels = tuple[tuple[str, str], ...]
Values = Mapping[tuple[str, Labels], float]

TOLD_BEFORE = 2.0
"""Seconds that may lie between what a twin saw and the counter that tells it: settling the books comes between."""


@dataclass(frozen=True)
class Window:
    """Seconds by `time.monotonic()` for which a process' counters are lost."""

    place: int
    since: float
    until: float

    def holds(self, at: float | None) -> bool:
        """Whether what ended then, or never, may not have been counted."""
        return at is None or self.since - TOLD_BEFORE <= at <= self.until


@dataclass
class Counters:
    """Reads `/metrics` of the replicas."""

    http: httpx2.AsyncClient
    windows: list[Window] = field(default_factory=list)
    readings: int = 0
    _ended: dict[int, dict[tuple[str, Labels], float]] = field(default_factory=dict)
    _live: dict[int, tuple[float, Values]] = field(default_factory=dict)

    def started(self, place: int) -> None:
        self._live[place] = (time.monotonic(), {})

    async def read(self, place: int, bot: BotProcess) -> bool:
        """Whether the process answered; else its last reading stands."""
        at = time.monotonic()
        try:
            answer = await self.http.get(f"{bot.address}/metrics")
        except httpx2.HTTPError:
            return False
        if answer.status_code != 200:
            return False
        self._live[place] = (at, _values(answer.text))
        self.readings += 1
        return True

    async def read_to_the_end(self, place: int, bot: BotProcess) -> None:
        """Again and again while a process that was asked to end still answers."""
        while lives(bot) and await self.read(place, bot):
            await asyncio.sleep(0.1)

    def ended(self, place: int) -> None:
        """The process is gone: its last reading is all there is of it."""
        at, values = self._live.pop(place)
        total = self._ended.setdefault(place, defaultdict(float))
        for key, value in values.items():
            total[key] += value
        self.windows.append(Window(place, at, time.monotonic()))

    async def rounds(self, town: Town, stop: asyncio.Event, every: float = 5.0) -> None:
        while not stop.is_set():
            for place, bot in enumerate(town.bots):
                if place not in town.down and bot.address:
                    await self.read(place, bot)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(every):
                    await stop.wait()

    def sums(self, name: str, *labels: str, place: int | None = None) -> Counter[tuple[str, ...]]:
        """A counter's value by these labels, of one replica's processes or of all."""
        found: defaultdict[tuple[str, ...], float] = defaultdict(float)
        for values in self._of(place):
            for (metric, pairs), value in values.items():
                if metric == name:
                    given = dict(pairs)
                    found[tuple(given[label] for label in labels)] += value
        return Counter({key: value for key, value in found.items() if value})

    def now(self, name: str) -> float:
        """A gauge over the processes that live."""
        return sum(
            value for _, values in self._live.values() for key, value in values.items() if key[0] == name
        )

    def lost(self, ends: list[float | None], place: int | None = None) -> int:
        """How many of these moments lie in a window, so that they may not have been counted."""
        windows = [window for window in self.windows if place in (None, window.place)]
        return sum(any(window.holds(at) for window in windows) for at in ends)

    def _of(self, place: int | None) -> list[Values]:
        ended: list[Values] = [values for one, values in self._ended.items() if place in (None, one)]
        return ended + [values for one, (_, values) in self._live.items() if place in (None, one)]


def _values(text: str) -> Values:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith(("_bucket", "_created"))
    }
