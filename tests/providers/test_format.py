"""Which kind of file a picture is asked to be, and that it comes as that."""

import dataclasses
from pathlib import Path

import pytest

from bot.app import open_application
from bot.domain.images import ImageTask, MediaType, Produced, SafePrompt
from bot.domain.requests import Background, Quality
from bot.images.media_types import media_type_of
from bot.settings import load_settings
from tests.support.rig import Rig
from tests.support.stands import open_stand

TASK = ImageTask(SafePrompt("an owl"), 512, 512, quality=Quality.LOW, safety_identifier="x")
JPEG = dataclasses.replace(TASK, media_type=MediaType.JPEG)
WEBP = dataclasses.replace(TASK, media_type=MediaType.WEBP)
SEE_THROUGH = dataclasses.replace(JPEG, background=Background.TRANSPARENT)


@pytest.mark.parametrize(
    ("name", "task", "kind"),
    [
        ("openai", TASK, MediaType.PNG),
        ("openai", JPEG, MediaType.JPEG),
        ("openai", WEBP, MediaType.WEBP),
        ("openai", SEE_THROUGH, MediaType.PNG),
        ("azure", JPEG, MediaType.JPEG),
        ("bfl", JPEG, MediaType.JPEG),
        ("bfl", WEBP, MediaType.PNG),
        ("replicate", JPEG, MediaType.JPEG),
        ("fal", JPEG, MediaType.JPEG),
        ("fal", TASK, MediaType.PNG),
    ],
    ids=lambda value: getattr(value, "name", None) or (value if isinstance(value, str) else ""),
)
async def test_pictures_come_as_what_was_wished_where_that_can_be_told(
    name: str, task: ImageTask, kind: MediaType
) -> None:
    async with open_stand(name) as stand:
        end = (await stand.run(task))[-1]

        assert isinstance(end, Produced)
        assert isinstance(end.images[0].data, bytes)
        assert media_type_of(end.images[0].data) is end.images[0].media_type is kind


async def test_a_job_wishes_for_it(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.workers.parts = dataclasses.replace(rig.parts, media_type=MediaType.WEBP)
        await rig.finished()

        assert rig.providers[0].tasks[0].media_type is MediaType.WEBP


@pytest.mark.parametrize(("told", "kind"), [("", MediaType.PNG), ("webp", MediaType.WEBP)])
async def test_operators_choose_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: str, kind: MediaType
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    if told:
        monkeypatch.setenv("IMAGE_FORMAT", told)
    async with open_application(load_settings(), dict) as app:
        assert app.parts.media_type is kind
