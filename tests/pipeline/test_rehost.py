"""What is published: the pictures that passed, with a text for those who do not see them."""

import asyncio
from pathlib import Path
from typing import ClassVar

import pytest

from bot.domain.errors import StorageError
from bot.domain.images import GeneratedImage, KeptImage, MediaType, Produced, SafePrompt
from bot.domain.jobs import SafeWords, Steps
from bot.domain.outcomes import Delivered
from bot.domain.policy import Content, OnUnsafePicture, Policy
from bot.hosting.local import LocalStore
from bot.pipeline.inspect import Inspected
from bot.pipeline.looks import Verdict
from bot.pipeline.rehost import rehost
from bot.pipeline.run import Run
from tests.support.fakes import ScriptedProvider
from tests.support.make import job, paid, picture
from tests.support.rig import FakeModerator, Rig

UNSAFE, DOUBTFUL, FINE = {"sexual": 0.95}, {"sexual": 0.4}, {"sexual": 0.01}


def made(count: int) -> ScriptedProvider:
    images = tuple(GeneratedImage(picture(colour=(shade, 9, 9)), MediaType.PNG) for shade in range(count))
    return ScriptedProvider("openai", [[Produced(images, "openai", "model")]])


@pytest.mark.parametrize(
    ("scores", "numbers", "veiled"),
    [
        ([FINE], [""], [False]),
        ([FINE, DOUBTFUL, FINE], [" (1/3)", " (2/3)", " (3/3)"], [False, True, False]),
        ([FINE, UNSAFE, DOUBTFUL], [" (1/2)", " (2/2)"], [False, True]),
        ([UNSAFE, FINE], [""], [False]),
    ],
)
async def test_only_pictures_that_are_shown_are_counted_in_their_texts(
    tmp_path: Path, scores: list[dict[str, float]], numbers: list[str], veiled: list[bool]
) -> None:
    moderator = FakeModerator(image_scores=scores)
    async with Rig(tmp_path, [made(len(scores))], moderator=moderator) as rig:
        rig.with_policy(content=Content(on_unsafe_picture=OnUnsafePicture.SPOILER))
        outcome = (await rig.finished(typed={"count": len(scores)})).outcome

    assert isinstance(outcome, Delivered)
    assert [image.alt_text for image in outcome.images] == [f"Picture: a brass owl{text}" for text in numbers]
    assert [image.spoiler for image in outcome.images] == veiled


@pytest.mark.parametrize(
    ("words", "count", "text"),
    [
        (None, 1, ""),
        (SafeWords(SafePrompt("an owl"), ""), 1, "an owl"),
        (SafeWords(SafePrompt("an owl"), "A bird."), 1, "A bird."),
        (SafeWords(SafePrompt("an owl"), "x" * 1200), 1, "x" * 1000),
        (SafeWords(SafePrompt("an owl"), "x" * 1200), 2, "x" * 994 + " (1/2)"),
    ],
    ids=["none", "of the prompt", "its own", "cut", "cut before its number"],
)
async def test_the_text_is_the_models_or_the_prompt_and_is_cut_where_chats_would(
    tmp_path: Path, words: SafeWords | None, count: int, text: str
) -> None:
    async with Rig(tmp_path) as rig:
        kept = await rig.parts.images.keep(picture(), MediaType.PNG, width=64, height=48)
        now = rig.parts.clock.now()
        run = Run(rig.parts, job(steps=Steps(words=words, paying="openai"), deadline=now + 60), Policy())
        shown = await rehost(run, paid(images=(kept,) * count), Inspected((Verdict.SHOW,) * count))

    assert shown[0].alt_text == text
    assert run.written.count(shown[0].key) == run.written.count(shown[0].preview_key) == count


class Torn(LocalStore):
    """A store that refuses the first picture; what is being done for another needs a moment to be left off."""

    at_hand: ClassVar[list[str]] = []

    async def publish(self, kept: KeptImage) -> str:
        self.at_hand.append(kept.key)
        if len(self.at_hand) == 1:
            while len(self.at_hand) < 2:
                await asyncio.sleep(0.01)
            raise StorageError("403 AccessDenied", retryable=False)
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            self.at_hand.clear()
        raise AssertionError("nobody sets it")


async def test_when_one_picture_cannot_be_published_nothing_is_under_way_any_more(tmp_path: Path) -> None:
    store = Torn(tmp_path / "images", "https://cdn.example", public=True)
    Torn.at_hand.clear()
    async with Rig(tmp_path, images=store) as rig:
        kept = await rig.parts.images.keep(picture(), MediaType.PNG, width=64, height=48)
        run = Run(rig.parts, job(deadline=rig.parts.clock.now() + 60), Policy())

        with pytest.raises(StorageError):
            await rehost(run, paid(images=(kept, kept)), Inspected((Verdict.SHOW, Verdict.SHOW)))
        assert store.at_hand == []
        assert rig.observed.alerts == ["storage"]
