"""Every fitted size obeys the rule and keeps the aspect ratio."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.profile import SizeRule
from bot.providers.sizes import fit_size

FIXED = SizeRule(fixed=((1024, 1024), (1536, 1024), (1024, 1536)))


@pytest.mark.parametrize(
    ("wish", "size"),
    [((1000, 1000), (1024, 1024)), ((1920, 1080), (1536, 1024)), ((900, 1600), (1024, 1536))],
)
def test_the_nearest_fixed_size_has_the_nearest_aspect(wish: tuple[int, int], size: tuple[int, int]) -> None:
    assert fit_size(*wish, FIXED) == size


@pytest.mark.parametrize(
    ("wish", "size"),
    [
        ((1024, 1024), (1024, 1024)),
        ((1820, 1024), (1824, 1024)),
        ((100, 100), (816, 816)),
        ((4096, 4096), (2048, 2048)),
        ((6000, 2000), (3536, 1184)),
        ((1000, 100), (1424, 480)),
    ],
)
def test_free_sizes(wish: tuple[int, int], size: tuple[int, int]) -> None:
    assert fit_size(*wish, SizeRule()) == size


@given(
    width=st.integers(16, 8000),
    ratio=st.floats(1 / 3, 3),
    multiple=st.sampled_from([1, 8, 16, 32, 64]),
)
def test_free_sizes_obey_the_rule(width: int, ratio: float, multiple: int) -> None:
    rule = SizeRule(multiple=multiple)
    height = max(1, round(width / ratio))

    wide, high = fit_size(width, height, rule)

    assert wide % multiple == high % multiple == 0
    assert rule.min_pixels <= wide * high <= rule.max_pixels
    assert max(wide, high) <= rule.max_side
    assert max(wide, high) <= rule.max_ratio * min(wide, high)
    assert abs(math.log(wide / high) - math.log(width / height)) < 0.1 + multiple / 300


def test_a_rule_that_contradicts_itself_keeps_its_maximum() -> None:
    assert fit_size(100, 100, SizeRule(min_pixels=10_000_000, max_pixels=1_000_000, max_side=500)) == (
        496,
        496,
    )
