"""Previews: only what passes, only the newest, never after the picture, never in its way."""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.clock import Deadline
from bot.domain.images import MediaType, Partial
from bot.domain.jobs import JobState
from bot.domain.moderation import ModerationScores
from bot.domain.policy import Policy
from bot.pipeline.previews import showing_previews
from bot.pipeline.run import Run
from tests.support.fakes import ScriptedProvider, Step, produced
from tests.support.make import job, picture
from tests.support.rig import FakeModerator, Rig

FINE = {"sexual": 0.01}
UNSAFE = {"sexual": 0.99}


@dataclass
class SlowModerator(FakeModerator):
    """Tells when it has judged a preview; `hangs` lets it judge none. The picture itself passes at once."""

    previews: int = 2
    hangs: bool = False
    asked: list[asyncio.Event] = field(default_factory=lambda: [asyncio.Event() for _ in range(4)])
    _calls: int = 0

    async def score_image(self, data: bytes, media_type: MediaType, deadline: Deadline) -> ModerationScores:
        self._calls += 1
        call = self._calls
        self.asked[call - 1].set()
        if self.hangs and call == 1:
            await asyncio.Event().wait()
        scores = self.image_scores[min(call, len(self.image_scores)) - 1]
        return ModerationScores(scores)


def preview(index: int) -> Partial:
    return Partial(picture(colour=(index, 1, 1)), MediaType.PNG, index)


async def shown(tmp_path: Path, moderator: SlowModerator, script: Sequence[Step]) -> list[int]:
    provider = ScriptedProvider("openai", [script])
    async with Rig(tmp_path, providers=(provider,), moderator=moderator) as rig:
        rig.parts = dataclasses.replace(rig.parts, partials=2)
        made = await rig.finished()
        assert made.state is JobState.DELIVERED
        return [progress.preview.index for progress in rig.chat.shown if progress.preview]


async def test_previews_are_shown_only_if_they_pass(tmp_path: Path) -> None:
    moderator = SlowModerator(image_scores=[UNSAFE, FINE, FINE])
    first, second = moderator.asked[:2]

    indexes = await shown(
        tmp_path, moderator, [preview(0), first, preview(1), second, 0.2, produced("openai")]
    )

    assert indexes == [1]


async def test_a_check_that_hangs_delays_nothing_and_shows_nothing_later(tmp_path: Path) -> None:
    moderator = SlowModerator(image_scores=[FINE], hangs=True)

    indexes = await shown(
        tmp_path, moderator, [preview(0), moderator.asked[0], preview(1), produced("openai")]
    )

    assert indexes == []


@dataclass
class GatedModerator(FakeModerator):
    """Judges when told to, remembers what it has seen, and needs a moment to let go when it is stopped."""

    seen: list[bytes] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    at_work: int = 0

    async def score_image(self, data: bytes, media_type: MediaType, deadline: Deadline) -> ModerationScores:
        del media_type, deadline
        self.seen.append(data)
        self.at_work += 1
        try:
            await self.gate.wait()
        finally:
            await asyncio.sleep(0)
            self.at_work -= 1
        return ModerationScores(FINE)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.001)


async def test_of_those_that_come_during_a_check_only_the_newest_is_looked_at(tmp_path: Path) -> None:
    moderator = GatedModerator()
    async with Rig(tmp_path, moderator=moderator) as rig:
        run = Run(rig.parts, job(), Policy())
        signs = rig.parts.progress.watch(run.job.job_id, every=10.0)
        first = asyncio.ensure_future(anext(signs))
        await asyncio.sleep(0)
        async with showing_previews(run) as offer:
            offer(preview(0))
            await until(lambda: len(moderator.seen) == 1)
            for index in (1, 2, 3):
                offer(preview(index))
            moderator.gate.set()
            shown = [await first, await anext(signs)]
        await signs.aclose()

    assert [sign.preview.index for sign in shown if sign and sign.preview] == [0, 3]
    assert len(moderator.seen) == 2


async def test_no_check_of_a_preview_outlives_the_picture(tmp_path: Path) -> None:
    moderator = GatedModerator()
    async with Rig(tmp_path, moderator=moderator) as rig:
        async with showing_previews(Run(rig.parts, job(), Policy())) as offer:
            offer(preview(0))
            await until(lambda: moderator.at_work == 1)
        assert moderator.at_work == 0
