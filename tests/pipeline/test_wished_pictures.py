"""What is asked of a model for a wish: sides of the wished shape, and a quality for those who named none."""

from pathlib import Path
from typing import Any

import pytest

from bot.domain.policy import Access
from bot.domain.requests import Action, Aspect, ImagineRequest, Lineage, Quality
from bot.pipeline.sizes import size_for, wished_size
from tests.support.make import request
from tests.support.rig import Rig

PIXELS = 1024 * 1024


@pytest.mark.parametrize(
    ("aspect", "megapixels", "sides"),
    [
        ("1:1", 1.0, (1024, 1024)),
        ("16:9", 1.0, (1360, 768)),
        ("9:16", 1.0, (768, 1360)),
        ("3:2", 4.0, (2512, 1680)),
        ("1:1", 0.0001, (16, 16)),
    ],
)
def test_sides_have_the_shape_and_the_area(aspect: str, megapixels: float, sides: tuple[int, int]) -> None:
    assert size_for(Aspect.parse(aspect), megapixels) == sides


def upscaled(**changes: Any) -> ImagineRequest:
    return request(lineage=Lineage(request(key="x").job_id, Action.UPSCALE, 0), **changes)


@pytest.mark.parametrize(
    ("asked", "most", "sides"),
    [
        (request(), 4.0, (1024, 1024)),
        (request(), 0.25, (512, 512)),
        (upscaled(), 4.0, (2048, 2048)),
        (upscaled(), 2.25, (1536, 1536)),
    ],
    ids=["usual", "usual where less is allowed", "HD", "HD where less is allowed"],
)
def test_a_community_bounds_the_size(asked: ImagineRequest, most: float, sides: tuple[int, int]) -> None:
    assert wished_size(asked, Access(max_megapixels=most)) == sides


@pytest.mark.parametrize(
    ("most", "wished", "asked"),
    [
        ("low", "auto", Quality.LOW),
        ("high", "auto", Quality.MEDIUM),
        ("medium", "auto", Quality.MEDIUM),
        ("high", "high", Quality.HIGH),
    ],
)
async def test_who_names_no_quality_gets_a_middling_one_at_most(
    tmp_path: Path, most: str, wished: str, asked: Quality
) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(access=Access(max_quality=most))
        await rig.finished(typed={"quality": wished})

        (task,) = rig.providers[0].tasks
        assert task.quality is asked
