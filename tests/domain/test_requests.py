import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.requests import Action, Aspect, Reference, ReferenceRole, job_id_for
from tests.support.make import request


@pytest.mark.parametrize(
    ("text", "aspect"),
    [("16:9", Aspect(16, 9)), (" 1920x1080 ", Aspect(16, 9)), ("2/1", Aspect(2, 1)), ("3×2", Aspect(3, 2))],
)
def test_aspect_ratios_are_read_and_reduced(text: str, aspect: Aspect) -> None:
    assert Aspect.parse(text) == aspect


@pytest.mark.parametrize("text", ["", "16", "16:0", "0:0", "4:1", "1:4", "a:b", "16:9:1", "-1:2"])
def test_other_texts_are_no_aspect_ratio(text: str) -> None:
    with pytest.raises(ValueError, match="aspect ratio"):
        Aspect.parse(text)


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_every_ratio_reads_back(width: int, height: int) -> None:
    try:
        aspect = Aspect.parse(f"{width}:{height}")
    except ValueError:
        assert not 1 / 3 <= width / height <= 3
    else:
        assert Aspect.parse(str(aspect)) == aspect


def test_a_job_id_is_short_stable_and_fit_for_a_button() -> None:
    job_id = job_id_for("discord:1234")

    assert job_id == request(key="discord:1234").job_id
    assert len(job_id) == 16
    assert set(job_id) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert job_id != job_id_for("discord:1235")


def test_actions_know_what_they_cost() -> None:
    assert Action.REROLL.makes_a_picture
    assert not Action.DELETE.makes_a_picture
    assert Action.UPSCALE.once_only
    assert not Action.REROLL.once_only


def test_a_reference_knows_where_it_lies() -> None:
    assert Reference("attachment:https://x", ReferenceRole.STYLE).external
    assert not Reference("held/ab/x.png", ReferenceRole.STYLE).external
