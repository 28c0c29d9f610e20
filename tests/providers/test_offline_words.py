"""What offline previews claim to have understood, who sits in what, and the places of the far north."""

import io
from random import Random

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.providers.offline.describe import describe
from bot.providers.offline.layout import arrange, figure
from bot.providers.offline.palette import COLOURS, MATERIALS
from bot.providers.offline.render import render
from bot.providers.offline.scene import Place, Relation, Style, Subject
from bot.providers.offline.understand import understand


def seen(prompt: str) -> Image.Image:
    return Image.open(io.BytesIO(render(prompt, width=96, height=96, seed=1).png)).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.mark.parametrize(
    ("prompt", "understood"),
    [
        ("three red foxes", ("three", "red", "fox")),
        ("a croissant on a wooden table", ("croissant", "on the table")),
        ("pricing with three golden plans", ()),
        ("a penguin on the ice", ("penguin", "polar ice")),
        ("the owl is blue", ("owl", "blue")),
        ("a red xyzzy and a cat", ("red", "cat")),
    ],
)
def test_a_modifier_is_understood_only_where_something_has_it(
    prompt: str, understood: tuple[str, ...]
) -> None:
    assert understand(prompt).understood == understood


def test_the_words_before_a_place_do_not_colour_what_stands_there() -> None:
    assert understand("a penguin on the ice").subjects == (Subject("penguin"),)
    assert understand("an owl on a big round wooden table").subjects == (Subject("owl"),)
    assert understand("a cat in a golden field").subjects == (Subject("cat"),)
    assert understand("an ice penguin").subjects[0].colour == MATERIALS["ice"][0]
    assert understand("a blue owl in a red desert").subjects[0].colour == COLOURS["blue"]


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("a cat in a box", "a cat in a box"),
        ("two puppies in a basket", "two dogs in a basket"),
        ("roses in a glass vase", "three roses in a glass vase"),
        ("a cat in a tree", "a cat and a tree"),
        ("a dog in a car", "a dog and a car"),
        ("a cat in a hat", "a cat with a hat"),
    ],
)
def test_only_what_is_hollow_holds_another(prompt: str, told: str) -> None:
    assert describe(understand(prompt)) == f"Offline preview, not an AI model: {told}."


def test_what_is_held_is_behind_its_holder_and_sunk_into_it() -> None:
    cats, box = figure(Subject("cat", 2, relation=Relation.IN)), figure(Subject("box"))
    spots = arrange([cats, box], 100, 88, Place.STUDIO, Random(1))

    assert [s.figure.thing.name for s in spots] == ["cat", "cat", "box"]
    rim = spots[2].foot - spots[2].height * box.thing.seat
    assert all(rim < s.foot < spots[2].foot and s.foot - s.height < rim for s in spots[:2])
    assert abs(spots[0].x - spots[1].x) < spots[0].width


def test_the_far_north() -> None:
    assert understand("a polar bear in the arctic").place is Place.POLAR
    assert understand("a polar bear").place is None
    assert difference(seen("antarctica"), seen("a beach")) > 10
    assert difference(seen("antarctica at night"), seen("antarctica")) > 10


def test_an_autumn_forest_is_not_of_firs() -> None:
    assert difference(seen("autumn forest"), seen("forest")) > 10


def test_bats_bring_the_night_and_fires_are_not_dimmed_by_it() -> None:
    assert difference(seen("a bat"), seen("a bat by day")) > 10
    dusk = seen("a campfire in the forest")
    brightest = max(colour for _, colour in dusk.crop((30, 20, 66, 80)).getcolors(4000) or ())
    assert brightest > (240, 150, 0)  # type: ignore[operator]


@pytest.mark.parametrize("prompt", ["a man in pain", "a brief encounter", "a guided tour"])
def test_words_that_mean_something_else_in_english_are_not_taken_from_other_languages(prompt: str) -> None:
    assert not {"bread", "envelope", "tower"} & {s.thing for s in understand(prompt).subjects}


def test_pastel_is_a_style() -> None:
    assert understand("a pastel landscape").styles == (Style.PASTEL,)
