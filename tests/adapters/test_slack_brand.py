"""Pictures of a workspace's brand: judged when they are saved, as everything that goes to a provider."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from adapters.slack.brand import SUFFIX_LENGTH, Brand, palette_of
from adapters.slack.brand_form import brand_view
from bot.messages.catalogue import texts_for
from bot.messages.keys import Say
from tests.support.make import picture
from tests.support.rig import FakeModerator
from tests.support.slack_room import TENANT, Room, open_room
from tests.twins.slack_blocks import view_problems
from tests.twins.slack_twin import Person

UNSAFE = {"sexual": 0.99}
ENGLISH = texts_for("en")


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        opened.rig.parts.adapters["slack"] = opened.adapter  # type: ignore[index]
        yield opened
        assert opened.slack.violations == []


def judging(room: Room, moderator: FakeModerator) -> None:
    assert room.rig.moderator is not None
    for field in dataclasses.fields(moderator):
        setattr(room.rig.moderator, field.name, getattr(moderator, field.name))


async def save(room: Room, boss: Person, *pictures: bytes, words: str = "in our house style") -> str:
    """Fill the window; returns what the admin is told."""
    room.slack.admins.add(boss.id)
    await boss.open_home()
    await room.quiet()
    known = len(room.slack.views)
    await boss.press_home("Brand style")
    await room.quiet()
    files = [room.slack.file_of(data) for data in pictures]
    await boss.fill(room.slack.views[known], words=words, files=files)
    await room.quiet()
    return boss.sees(f"D{boss.id[1:]}")[-1].text


async def test_a_picture_that_passes_goes_along(room: Room) -> None:
    assert await save(room, room.slack.person(), picture()) == ENGLISH.say(Say.SAVED)

    brand = await room.adapter._desk.brands.get(TENANT)
    assert (len(brand.pictures), brand.words) == (1, "in our house style")


async def test_one_that_fails_its_check_is_not_kept_and_neither_is_the_rest(room: Room) -> None:
    boss = room.slack.person()
    await save(room, boss, picture(colour=(1, 2, 3)), words="before")
    judging(room, FakeModerator(image_scores=[{}, UNSAFE]))

    assert await save(room, boss, picture(), picture(colour=(9, 9, 9))) == ENGLISH.say(
        Say.BRAND_PICTURE_UNFIT
    )

    brand = await room.adapter._desk.brands.get(TENANT)
    assert (len(brand.pictures), brand.words) == (1, "before")


async def test_none_is_kept_unchecked(room: Room) -> None:
    judging(room, FakeModerator(image_down=1))

    told = await save(room, room.slack.person(), picture())

    assert told == ENGLISH.say(Say.BRAND_PICTURE_UNCHECKED)
    assert (await room.adapter._desk.brands.get(TENANT)).pictures == ()


async def test_a_file_that_is_no_picture_is_told(room: Room) -> None:
    told = await save(room, room.slack.person(), b"no picture")

    assert "I couldn't read this" in told
    assert (await room.adapter._desk.brands.get(TENANT)).words == ""


async def test_to_remove_pictures_takes_no_check(room: Room) -> None:
    boss = room.slack.person()
    await save(room, boss, picture())
    judging(room, FakeModerator(image_down=9))
    await boss.open_home()
    await room.quiet()
    known = len(room.slack.views)
    await boss.press_home("Brand style")
    await room.quiet()

    await boss.fill(room.slack.views[known], clear=True)
    await room.quiet()

    assert (await room.adapter._desk.brands.get(TENANT)).pictures == ()


async def test_a_brand_that_does_not_pass_any_more_blames_nobody(room: Room) -> None:
    """The rules may have become stricter since: the picture stays away, and the person's request goes on."""
    boss, ada = room.slack.person(), room.slack.person("U000ADA77")
    await save(room, boss, picture())
    judging(room, FakeModerator(image_scores=[UNSAFE, {}]))

    await ada.write("a brass owl")
    await room.slack.until(lambda: next((one for one in ada.sees("D000ADA77") if one.pictures), None))

    assert [task.references for task in room.rig.providers[0].tasks] == [()]
    assert await room.rig.store.moderation.strikes(TENANT, ada.id, 0.0) == []


async def test_the_window_has_what_the_rules_say_when_they_were_changed_since(room: Room) -> None:
    """By `/guardrails set`, the console, or an undo: saving the window once more must not take that back."""
    boss = room.slack.person()
    await save(room, boss, picture(), words="before")
    policies = room.rig.store.policies
    rules = await policies.policy(TENANT)
    later = dataclasses.replace(rules.presentation, style_suffix="as in an old print")
    await policies.save(TENANT, dataclasses.replace(rules, presentation=later), actor="U1", reason="x")

    brand = await room.adapter._desk.brands.get(TENANT)

    assert (brand.words, brand.palette, len(brand.pictures)) == ("as in an old print", (), 1)


def test_the_window_has_every_colour_that_a_brand_may_have() -> None:
    colours = tuple(f"#1234{place:02x}" for place in range(20))
    brand = Brand("", colours)
    assert len(brand.suffix) <= SUFFIX_LENGTH

    view = brand_view(brand, ENGLISH, uploads=False)

    field = next(block["element"] for block in view["blocks"] if block["block_id"] == "palette")
    assert palette_of(field["initial_value"]) == colours
    assert view_problems(view) == []
