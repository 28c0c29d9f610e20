"""The offline preview renderer: deterministic, labelled, faithful to the words it knows, unmoved by the rest."""

import io
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from bot.providers.offline import lexicon
from bot.providers.offline.catalogue import CATALOGUE
from bot.providers.offline.describe import describe
from bot.providers.offline.label import LABEL, stamp
from bot.providers.offline.layout import arrange, figure
from bot.providers.offline.lettering import has_glyph, is_writable, writable
from bot.providers.offline.palette import COLOURS, MATERIALS, Finish
from bot.providers.offline.render import Drawing, render
from bot.providers.offline.scene import (
    Extra,
    Mockup,
    Place,
    Relation,
    Scene,
    Season,
    Style,
    Subject,
    Time,
    Weather,
)
from bot.providers.offline.scenery import SCENERY
from bot.providers.offline.styles import FILTERS
from bot.providers.offline.things import sprite
from bot.providers.offline.understand import understand


def draw(prompt: str, width: int = 96, height: int = 96, seed: int = 1, variant: int = 0) -> Drawing:
    return render(prompt, width=width, height=height, seed=seed, variant=variant)


def picture(drawing: Drawing) -> Image.Image:
    image = Image.open(io.BytesIO(drawing.png))
    image.load()
    return image


def difference(one: Drawing, other: Drawing) -> float:
    """Mean difference of two pictures, in levels."""
    return sum(ImageStat.Stat(ImageChops.difference(picture(one), picture(other))).mean) / 3


PROMPTS = (
    "a brass owl",
    "three red foxes in a snowy forest at night",
    "dashboard for a coffee shop",
    "xyzzy plugh",
    "猫と桜",
    "a lighthouse at sunset, watercolor",
    "two cats and a dog in the rain",
)


@pytest.mark.long
@pytest.mark.parametrize("prompt", PROMPTS)
def test_same_arguments_same_bytes(prompt: str) -> None:
    assert draw(prompt) == draw(prompt)


@pytest.mark.long
@pytest.mark.parametrize("prompt", ["a brass owl", "three foxes in a forest", "xyzzy plugh", "dashboard"])
def test_another_seed_or_variant_is_another_composition(prompt: str) -> None:
    first = draw(prompt)

    assert difference(first, draw(prompt, seed=3)) > 2
    assert difference(first, draw(prompt, variant=3)) > 2


@pytest.mark.parametrize(
    ("width", "height"),
    [(64, 64), (64, 192), (192, 64), (300, 100), (133, 217)],
)
@pytest.mark.parametrize("prompt", ["two brass owls on a stack of books", "login page", "Ξεσκεπάζω ψυχή"])
def test_every_size_and_aspect_has_the_pixels_asked_for(prompt: str, width: int, height: int) -> None:
    image = picture(draw(prompt, width, height))

    assert image.size == (width, height)
    assert image.mode == "RGB"


@pytest.mark.parametrize(("width", "height"), [(0, 64), (64, 15), (5000, 64)])
def test_an_impossible_size_is_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="pixels"):
        draw("owl", width, height)


def test_a_large_picture_is_drawn_too() -> None:
    assert picture(draw("xyzzy", 2048, 1280)).size == (2048, 1280)


@pytest.mark.parametrize("size", [(64, 64), (64, 192), (512, 512), (1024, 400)])
def test_the_label_is_in_the_pixels(size: tuple[int, int]) -> None:
    blank = Image.new("RGB", size, (255, 255, 255))
    marked = stamp(blank)
    box = ImageChops.difference(blank, marked).getbbox()

    assert box is not None
    assert box[2] - box[0] > size[0] * 0.3
    brightness: Any = marked.crop(box).convert("L").getextrema()
    darkest, brightest = brightness
    assert darkest < 90
    assert brightest > 230


@pytest.mark.parametrize("prompt", PROMPTS)
def test_every_picture_carries_the_label(prompt: str) -> None:
    drawing = draw(prompt, 512, 512)
    image = picture(drawing)

    plate: Any = image.crop((156, 475, 356, 500)).convert("L")
    assert ImageStat.Stat(plate).median[0] < 90
    assert plate.getextrema()[1] > 200
    assert image.text["Title"] == LABEL == "OFFLINE PREVIEW · NOT AN AI MODEL"  # type: ignore[attr-defined]
    assert drawing.alt_text.startswith("Offline preview, not an AI model")


@pytest.mark.parametrize(
    ("prompt", "subjects"),
    [
        ("a brass owl", [Subject("owl", 1, MATERIALS["brass"][0], Finish.METAL)]),
        ("three red foxes", [Subject("fox", 3, COLOURS["red"])]),
        ("two cats and a dog", [Subject("cat", 2), Subject("dog")]),
        ("12 penguins", [Subject("penguin", 12)]),
        ("99 balloons", [Subject("balloon", 24)]),
        ("wolves", [Subject("wolf", 3)]),
        ("strawberries, some geese", [Subject("strawberry", 3), Subject("goose", 3)]),
        ("a stack of books", [Subject("stack of books")]),
        ("drei rote Füchse", [Subject("fox", 3, COLOURS["red"])]),
        ("宇宙の猫", [Subject("cat")]),
        ("an orange cat", [Subject("cat", 1, COLOURS["orange"])]),
        ("an orange and a lemon", [Subject("orange"), Subject("lemon")]),
        ("the cat is orange", [Subject("cat", 1, COLOURS["orange"])]),
        ("un gato negro", [Subject("cat", 1, COLOURS["black"])]),
        ("deux chats", [Subject("cat", 2)]),
        ("астронавт на луне", [Subject("astronaut")]),
        ("猫と桜", [Subject("cat"), Subject("cherry tree")]),
        ("two cups of coffee", [Subject("coffee", 2)]),
        ("glasses of wine", [Subject("wine", 3)]),
        ("a cup of xyzzy", [Subject("coffee")]),
        ("a hot-air balloon", [Subject("hot air balloon")]),
        ("an orange", [Subject("orange")]),
        ("0 owls in 2024", [Subject("owl", 3)]),
    ],
)
def test_nouns_counts_colours_and_materials(prompt: str, subjects: list[Subject]) -> None:
    assert list(understand(prompt).subjects) == subjects


@pytest.mark.parametrize(
    ("prompt", "relation"),
    [
        ("an owl on a book", Relation.ON),
        ("a dragon over a castle", Relation.OVER),
        ("a cat and a dog", Relation.BESIDE),
        ("a cat beside a dog", Relation.BESIDE),
    ],
)
def test_relations(prompt: str, relation: Relation) -> None:
    assert understand(prompt).subjects[0].relation is relation


def test_setting_time_weather_season_style() -> None:
    scene = understand("A fox in a snowy forest at midnight, in the style of a watercolour")

    assert scene.place is Place.FOREST
    assert scene.time is Time.NIGHT
    assert scene.weather is Weather.SNOW
    assert scene.season is Season.WINTER
    assert scene.styles == (Style.WATERCOLOR,)
    assert scene.understood == ("fox", "winter", "snow", "forest", "night", "watercolor")


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("sushi on a wooden table", Place.TABLE),
        ("a cat on the moon", Place.MOON),
        ("the moon", None),
        ("a landscape", Place.MEADOW),
        ("Café déjà vu", None),
        ("an owl in a café", Place.ROOM),
    ],
)
def test_ambiguous_words_are_places_only_after_a_preposition(prompt: str, place: Place | None) -> None:
    assert understand(prompt).place is place


@pytest.mark.parametrize(
    ("prompt", "mockup"),
    [
        ("dashboard for a coffee shop", Mockup.DASHBOARD),
        ("a login page", Mockup.LOGIN),
        ("landing page", Mockup.LANDING),
        ("mobile app for dog walkers", Mockup.MOBILE),
        ("pie chart", Mockup.CHART),
        ("line chart", Mockup.CHART),
        ("bar chart", Mockup.CHART),
        ("a slide about foxes", Mockup.SLIDE),
        ("a slide about growth", Mockup.SLIDE),
        ("logo for a bakery", Mockup.LOGO),
        ("logo for 猫", Mockup.LOGO),
        ("an icon with a blue owl", Mockup.ICON),
        ("an icon", Mockup.ICON),
        ("dark dashboard by night", Mockup.DASHBOARD),
        ("a button", Mockup.LANDING),
    ],
)
@pytest.mark.parametrize("size", [(64, 128), (128, 64)])
def test_mockups(prompt: str, mockup: Mockup, size: tuple[int, int]) -> None:
    assert understand(prompt).mockup is mockup
    assert "mock-up" in draw(prompt, *size).alt_text


def test_a_mockup_obeys_the_colour_of_its_button() -> None:
    blue, green = COLOURS["blue"], COLOURS["green"]

    assert understand("login page mockup with a blue button").accent == blue
    assert understand("login page; make the button green").accent == green
    pixels: Any = (
        picture(draw("login page; make the button green", 400, 300)).resize((400, 300)).getcolors(120_000)
    )
    assert pixels is not None
    near = sum(n for n, rgb in pixels if sum(abs(a - b) for a, b in zip(rgb, green, strict=True)) < 40)
    assert near > 400


def test_a_topic_becomes_the_heading() -> None:
    assert understand("dashboard for a coffee shop").topic == "Coffee Shop"
    assert understand("slide about ACME robots with charts").topic == "ACME robots"
    assert understand(f"slide about {'very ' * 20}").topic == "Very Very Very Very Very"
    assert understand("dashboard").topic == ""


@pytest.mark.parametrize(
    ("prompt", "subject"),
    [
        ("a brass owl; make it blue", Subject("owl", 1, COLOURS["blue"])),
        ("an owl; make the owl golden", Subject("owl", 1, COLOURS["golden"])),
        ("the owl is red", Subject("owl", 1, COLOURS["red"])),
        ("an owl; add a hat", Subject("owl", extras=(Extra.HAT,))),
        ("an owl with glasses and a scarf", Subject("owl", extras=(Extra.GLASSES, Extra.SCARF))),
        ("a cat wearing a crown", Subject("cat", extras=(Extra.CROWN,))),
    ],
)
def test_edits(prompt: str, subject: Subject) -> None:
    found = understand(prompt).subjects

    assert len(found) == 1
    assert (found[0].thing, found[0].colour, found[0].extras) == (
        subject.thing,
        subject.colour,
        subject.extras,
    )


@pytest.mark.long
@pytest.mark.parametrize("extra", Extra)
def test_what_is_worn_is_seen(extra: Extra) -> None:
    assert difference(draw("an owl", 96, 96), draw(f"an owl with a {extra}", 96, 96)) > 0.5
    assert "owl with" in draw(f"an owl with a {extra}", 96, 96).alt_text


def test_more_edits() -> None:
    assert understand("a brass owl; make it night").time is Time.NIGHT
    assert [s.thing for s in understand("a cat and a dog; remove the dog").subjects] == ["cat"]
    assert [s.thing for s in understand("add a hat").subjects] == ["hat"]
    assert [s.thing for s in understand("an apple with a hat").subjects] == ["apple", "hat"]
    assert [s.thing for s in understand("an owl; remove the dog").subjects] == ["owl", "dog"]
    assert difference(draw("an owl"), draw("an owl; add a hat")) > 1


def test_colour_and_count_are_seen() -> None:
    assert difference(draw("a red owl"), draw("a blue owl")) > 3
    assert difference(draw("a cat"), draw("five cats")) > 3
    for count in (1, 3, 8, 24):
        figures = [figure(Subject("cat", count))]
        for wide in (40, 100, 280):
            for place in (Place.MEADOW, Place.SKY):
                spots = arrange(figures, wide, 88, place, _random())
                assert len(spots) == count
                assert all(-5 < s.x < wide + 5 and s.height > 2 for s in spots)


def test_riders_stand_on_what_carries_them() -> None:
    rider, base = figure(Subject("owl", relation=Relation.ON)), figure(Subject("stack of books"))
    under, on = arrange([rider, base], 100, 88, Place.STUDIO, _random())

    assert under.figure is base
    assert on.foot == pytest.approx(under.foot - under.height, abs=2)


def _random() -> Random:
    return Random(4)


@pytest.mark.long
@pytest.mark.parametrize("place", SCENERY)
def test_every_place_can_be_drawn_in_any_light(place: Place) -> None:
    for time, weather, season in zip(
        Time, (Weather.STORM, Weather.SNOW, Weather.FOG, Weather.WIND), Season, strict=True
    ):
        prompt = f"{'on the ' if place in (Place.MOON, Place.TABLE) else ''}{place} {time} {weather} {season}"
        scene = understand(prompt.replace("table", "picnic"))
        assert (scene.time, scene.weather, scene.season) == (time, weather, season)
        assert draw(prompt, 64, 64).understood
    assert draw(f"{place} by day in fine spring", 64, 64).understood


@pytest.mark.parametrize("style", FILTERS)
def test_every_style_changes_the_picture(style: Style) -> None:
    plain, styled = draw("a fox in a meadow"), draw(f"a fox in a meadow, {_WORDS.get(style, style)}")

    assert style.value in styled.understood
    assert difference(plain, styled) > 4


_WORDS = {Style.PASTEL: "pastels"}


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_thing_is_drawn_within_reach_of_its_square(name: str) -> None:
    thing = CATALOGUE[name]
    drawn = sprite(thing.draw, thing.coat(), 60)

    assert max(drawn.image.size) < 260
    colours = drawn.image.getcolors(1 << 16)
    assert colours is not None
    assert len(colours) > 10
    scene = understand(name)
    assert [s.thing for s in scene.subjects] == [name] or name in lexicon.PLACES
    dyed = figure(Subject(name, colour=COLOURS["blue"]))
    assert sprite(dyed.draw, dyed.coat, 60).image.tobytes() != drawn.image.tobytes() or name in _UNDYED


_UNDYED = {"earth", "rainbow"}


def test_the_lexicon_leads_only_to_things_there_are() -> None:
    assert set(lexicon.SYNONYMS.values()) <= set(CATALOGUE)
    assert set(lexicon.TRADES.values()) <= set(CATALOGUE)
    assert len(CATALOGUE) > 150


@pytest.mark.parametrize(
    "text", ["Café déjà vu", "Żółć gęślą jaźń", "Съешь ещё этих булок", "Ξεσκεπάζω ψυχή"]
)
def test_latin_cyrillic_and_greek_are_written(text: str) -> None:
    assert is_writable(text)
    assert writable(text) == text
    assert difference(draw(text, 300, 300), draw("", 300, 300)) > 0.5


@pytest.mark.parametrize(
    "text", ["日本語テスト", "العربية", "🦉🦉", "ไทย", "हिन्दी", "", " ", "\x00\x01", "!!!"]
)
def test_what_the_typeface_lacks_never_becomes_a_box(text: str) -> None:
    assert not is_writable(text)
    assert all(has_glyph(c) for c in writable(text))
    assert not understand(text).known
    assert draw(text, 96, 96).png


def test_a_mixed_prompt_keeps_what_can_be_written() -> None:
    assert writable("Hello 🦉  wörld\n日") == "Hello wörld"
    assert is_writable("Hello 🦉")
    assert not is_writable("ab 日本語テスト")


def test_a_long_prompt_is_cut_on_the_poster() -> None:
    assert draw("lorem ipsum dolor " * 300, 200, 120).png
    assert draw("x" * 600, 120, 200).png


@pytest.mark.parametrize(
    ("scene", "text"),
    [
        (Scene("x", (Subject("owl", 2, COLOURS["red"]),), Place.SPACE), "two red owls in space"),
        (Scene("x", (Subject("mouse", 3), Subject("fox", 12))), "three mice and 12 foxes"),
        (Scene("x", (Subject("coffee", 2), Subject("bread"))), "two coffees and bread"),
        (Scene("x", (Subject("cherry", 2), Subject("sheep", 2))), "two cherries and two sheep"),
        (Scene("x", (Subject("cat", extras=(Extra.HAT,)),), time=Time.SUNSET), "a cat with a hat at sunset"),
        (Scene("x", place=Place.BEACH, styles=(Style.NOIR,)), "a landscape on a beach, noir"),
        (Scene("x", season=Season.AUTUMN, weather=Weather.FOG), "a landscape in autumn in fog"),
        (Scene("x", mockup=Mockup.LOGIN, topic="Acme"), "a drawn mock-up of a login page for Acme"),
        (Scene("hallo"), "a poster with the words “hallo”"),
        (Scene("a poster that says “Open late”"), "a poster with the words “Open late”"),
        (Scene('it says "Closed" today'), "a poster with the words “Closed”"),
        (Scene("it says „Offen“ heute"), "a poster with the words “Offen”"),
        (Scene("“ ” hallo"), "a poster with the words ““ ” hallo”"),
        (Scene(""), "an abstract poster"),
    ],
)
def test_the_alternative_text_tells_what_is_seen(scene: Scene, text: str) -> None:
    assert describe(scene) == f"Offline preview, not an AI model: {text}."


def test_a_crowd_of_kinds_is_bounded() -> None:
    prompt = " ".join(sorted(CATALOGUE))
    assert len(understand(prompt).subjects) == 6
    assert draw(prompt, 96, 96).png


@pytest.mark.parametrize(
    "prompt",
    [
        "an owl on a bicycle beside a castle",
        "a butterfly over a flower in a meadow",
        "a knight and a castle and a dragon",
        "two sailing ships and a whale",
        "three cats on a sofa",
        "a robot on",
        "a dragon in the mountains",
        "nine ufos",
        "a glass vase",
        "a blue cup of coffee",
        "a red apple by night",
        "crystal swan",
        "moon over the sea in the rain",
        "a tree in autumn",
        "a yellow tree in autumn",
    ],
)
def test_compositions(prompt: str) -> None:
    for size in ((64, 128), (128, 64)):
        assert picture(draw(prompt, *size)).size == size


def test_naughty_strings_do_no_harm(shared: Path) -> None:
    strings = json.loads((shared / "data" / "guardrails" / "blns.json").read_text("utf-8"))
    assert len(strings) > 400
    for text in strings:
        describe(understand(text))
    for text in strings[::25]:
        assert draw(text, 64, 64).png


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_text_is_drawn(text: str) -> None:
    assert draw(text, 64, 64).png
