"""Faults of every server around the bot, and kills, all by one random number generator that a seed repeats."""

import asyncio
import random
import time
from dataclasses import dataclass, field

from tests.soak.counters import Counters
from tests.soak.pausing import stops_within
from tests.soak.town import ELDER, Town, start
from tests.twins import flux_modes
from tests.twins.http_twin import (
    CutBody,
    Fault,
    Normal,
    ResetBeforeHeaders,
    ResetMidBody,
    Script,
    ServerError,
    Slow,
)
from tests.twins.openai_modes import (
    EmptyData,
    Fields,
    Garbage,
    RateLimit,
    Refuse,
    TruncatedPng,
    UnsafePicture,
)
from tests.twins.s3_server import InternalError

VIOLENT = Fields(
    (("decision", "reject"), ("category", "violence"), ("reason_code", "violence"), ("risk", "medium"))
)

Shares = list[tuple[float, Fault]]

PICTURES: Shares = [
    (60, Normal()),
    (25, Slow(0.5)),
    (4, Slow(3.0)),
    (3, ServerError(500)),
    (2, RateLimit(1.0)),
    (2, Refuse()),
    (1, UnsafePicture("violence/graphic")),
    (1, ResetBeforeHeaders(work_done=True)),
    (1, ResetBeforeHeaders()),
    (1, ResetMidBody()),
    (1, CutBody()),
    (1, EmptyData()),
    (1, TruncatedPng()),
]
FLUX: Shares = [
    (80, Normal()),
    (8, flux_modes.Queued(3)),
    (4, flux_modes.ModeratedOutput()),
    (4, flux_modes.Failed()),
    (4, flux_modes.Overloaded()),
]
WORDS: Shares = [(94, Normal()), (2, ServerError(503)), (1, Garbage()), (2, Slow(1.0)), (1, VIOLENT)]
SCORES: Shares = [(97, Normal()), (2, ServerError(503)), (1, Slow(0.5))]
OBJECTS: Shares = [(985, Normal()), (10, InternalError(500)), (5, Slow(0.3))]


@dataclass
class Trouble:
    """What was done, for the report."""

    town: Town
    random: random.Random
    counters: Counters
    kills: int = 0
    ended_at: list[float] = field(default_factory=list)
    terminations: int = 0
    discord_faults: int = 0
    _forgotten: dict[int, int] = field(default_factory=dict)
    logs: dict[int, list[str]] = field(default_factory=dict)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def _fill(self, script: Script[Fault], shares: Shares) -> None:
        weights, faults = zip(*shares, strict=True)
        while script.pending < 20:
            script.queue(self.random.choices(faults, weights)[0])

    def _scripts(self) -> list[tuple[Script[Fault], Shares]]:
        return [
            pair
            for models in self.town.models
            for pair in (
                (models.openai.images, PICTURES),
                (models.openai.sanitizer, WORDS),
                (models.openai.moderation, SCORES),
                (models.bfl.script, FLUX),
                (models.objects.script, OBJECTS),
            )
        ]

    async def make_faults(self) -> None:
        """Keeps a short queue of modes in front of every server; Slack rolls its own dice."""
        while not self.stop.is_set():
            for script, shares in self._scripts():
                self._fill(script, shares)
            self._forget_bodies()
            if self.random.random() < 0.05:
                self._discord_fault()
            await asyncio.sleep(0.2)
        for script, _ in self._scripts():
            script.reset()
        self.town.discord.faults.clear()
        self.town.slack.quiet = True

    def _forget_bodies(self) -> None:
        """Pictures that were sent to be scored or stored: nobody looks at them again, and half an hour has thousands."""
        for models in self.town.models:
            for twin in (models.openai, models.objects):
                first = self._forgotten.get(id(twin), 0)
                for seen in twin.requests[first:]:
                    if seen.ended is None:
                        break
                    first += 1
                    if "/images/" not in seen.path:
                        seen.body = b""
                self._forgotten[id(twin)] = first

    def _discord_fault(self) -> None:
        faults, self.discord_faults = self.town.discord.faults, self.discord_faults + 1
        match self.random.randrange(4):
            case 0:
                faults.server_error("webhook.edit", 502)
            case 1:
                faults.lose_answer("webhook.edit")
            case 2:
                faults.throttle("webhook.edit", 0.5)
            case _:
                faults.reset("callback")

    async def kill(self, every: float) -> None:
        """SIGKILL or SIGTERM to one of the younger replicas, which then starts again."""
        while not await stops_within(self.stop, every * self.random.uniform(0.5, 1.5)):
            place = self.random.choice([one for one in range(len(self.town.bots)) if one != ELDER])
            bot = self.town.bots[place]
            await self.counters.read(place, bot)
            self.town.down.add(place)
            self.ended_at.append(round(time.monotonic(), 1))
            if self.random.random() < 0.7:
                self.kills += 1
                await bot.kill()
            else:
                self.terminations += 1
                reading = asyncio.create_task(self.counters.read_to_the_end(place, bot))
                await bot.stop()
                await reading
            self.counters.ended(place)
            self.logs.setdefault(place, []).extend(bot.log)
            bot.log.clear()
            await start(bot)
            self.counters.started(place)
            self.town.down.discard(place)
