"""Previews: only what passes, only the newest, never after the picture, never in its way."""

import asyncio
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.clock import Deadline
from bot.domain.images import MediaType, Partial
from bot.domain.jobs import JobState
from bot.domain.moderation import ModerationScores
from tests.support.fakes import ScriptedProvider, Step, produced
from tests.support.make import picture
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
        job = await rig.finished()
        assert job.state is JobState.DELIVERED
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
