"""Load, faults and kills, all by one random number generator that a seed repeats."""

import asyncio
import random
from dataclasses import dataclass, field

import httpx2

from tests.soak.town import ELDER, Town, start
from tests.twins.http_twin import CutBody, Fault, Normal, ResetBeforeHeaders, ResetMidBody, ServerError, Slow
from tests.twins.openai_modes import EmptyData, Garbage, RateLimit, Refuse, TruncatedPng

PICTURES: list[tuple[int, Fault]] = [
    (60, Normal()),
    (25, Slow(0.5)),
    (5, Slow(3.0)),
    (3, ServerError(500)),
    (2, RateLimit(1.0)),
    (2, Refuse()),
    (1, ResetBeforeHeaders(work_done=True)),
    (1, ResetBeforeHeaders()),
    (1, ResetMidBody()),
    (1, CutBody()),
    (1, EmptyData()),
    (1, TruncatedPng()),
]
WORDS: list[tuple[int, Fault]] = [
    (95, Normal()),
    (2, ServerError(503)),
    (1, Garbage()),
    (2, Slow(1.0)),
]


@dataclass
class Trouble:
    """What was done, for the report."""

    town: Town
    random: random.Random
    asked: int = 0
    not_taken: int = 0
    kills: int = 0
    terminations: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def _pick(self, choices: list[tuple[int, Fault]]) -> Fault:
        weights, faults = zip(*choices, strict=True)
        fault: Fault = self.random.choices(faults, weights)[0]
        return fault

    async def make_faults(self) -> None:
        """Keeps a short queue of modes in front of both OpenAI servers."""
        while not self.stop.is_set():
            for openai in (self.town.shared, self.town.elders):
                while openai.images.pending < 20:
                    openai.images.queue(self._pick(PICTURES))
                while openai.sanitizer.pending < 20:
                    openai.sanitizer.queue(self._pick(WORDS))
            await asyncio.sleep(0.2)
        for openai in (self.town.shared, self.town.elders):
            for script in (openai.images, openai.sanitizer):
                script.reset()

    async def kill(self, every: float) -> None:
        """SIGKILL or SIGTERM to one of the younger replicas, which then starts again."""
        while not await self._stops_within(every * self.random.uniform(0.5, 1.5)):
            place = self.random.choice([one for one in range(len(self.town.bots)) if one != ELDER])
            bot = self.town.bots[place]
            self.town.down.add(place)
            if self.random.random() < 0.7:
                self.kills += 1
                await bot.kill()
            else:
                self.terminations += 1
                await bot.stop()
            bot.log.clear()
            await start(bot)
            self.town.down.discard(place)

    async def ask_in_discord(self, pause: float) -> None:
        """A person who asks again and again, and answers some pictures with a button."""
        person = self.town.discord.member(f"person{self.random.randrange(10**9)}")
        while not await self._stops_within(self.random.uniform(0, 2 * pause)):
            self.asked += 1
            await person.slash(
                "imagine", self.town.discord.channel, prompt=f"a brass owl number {self.asked}"
            )

    async def ask_in_playground(self, pause: float) -> None:
        while not await self._stops_within(self.random.uniform(0, 2 * pause)):
            bot = self.random.choice(self.town.serving)
            self.asked += 1
            body = {"prompt": f"a red fox number {self.asked}", "user": f"user{self.random.randrange(20)}"}
            try:
                answer = await self.town.http.post(f"{bot.address}/api/imagine", json=body)
                self.not_taken += answer.status_code != 202
            except httpx2.HTTPError:
                self.not_taken += 1

    async def _stops_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self.stop.wait()
        except TimeoutError:
            return False
        return True
