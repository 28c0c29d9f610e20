"""Discord: both checks of words are down, members want to hear when they work again, and each is told once."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.discord_stage import Stage, ended, open_stage
from tests.twins import http_twin
from tests.twins.discord_twin import Message, Person
from tests.twins.discord_twin.interactions import Interaction
from tests.twins.discord_twin.permissions import Permission

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("discord-return")]

BUTTON = "Tell me when it works again"
WORDS = "it should work again now"
Value = TypeVar("Value")


def both_down(stage: Stage, *, down: bool) -> None:
    mode = http_twin.ServerError(503) if down else http_twin.Normal()
    stage.openai.sanitizer.always(mode)
    stage.openai.moderation.always(mode)


async def failed(stage: Stage, person: Person, **where: object) -> Message:
    asked = await ended(await stage.asked("a brass owl", by=person, **where))  # type: ignore[arg-type]
    assert asked.original is not None
    assert BUTTON in asked.original.labels
    return asked.original


async def presses(person: Person, message: Message) -> Interaction:
    pressed = await person.click(message, BUTTON)
    await pressed.until(lambda one: "I'll tell you here" in one.text)
    return pressed


async def patiently(stage: Stage, look: Callable[[], Value | None]) -> Value:
    """A look comes every 15 s, and an open breaker keeps shut for 30."""
    return await stage.discord.hub.pulse.until(look, 90.0, lambda: "nobody was told")


async def test_the_member_alone_is_pinged_once_and_the_button_draws(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        zoe = stage.discord.member("zoe")
        both_down(stage, down=True)
        message = await failed(stage, zoe)
        await presses(zoe, message)
        await presses(zoe, message)
        await stage.bot.kill()
        both_down(stage, down=False)
        await stage.plugged_in()
        stage.wished_pings.append(f"user:{zoe.id}")

        told = await patiently(
            stage, lambda: next((one for one in stage.discord.messages if WORDS in one.text), None)
        )
        assert told.channel is stage.discord.channel
        assert zoe.mention in told.text
        assert told.only_for is None
        picture = await (await zoe.click(told, "Again")).picture()
        assert "brass owl" in picture.text
        assert sum(WORDS in one.text for one in stage.discord.messages) == 1


async def test_what_must_not_stand_in_a_channel_is_told_alone(tmp_path: Path) -> None:
    """Another member's request; a channel in which the bot may not write; the same with a token that is dead."""
    async with open_stage(tmp_path) as stage:
        zoe, bob, cleo = (stage.discord.member(name) for name in ("zoe", "bob", "cleo"))
        closed = stage.discord.add_channel("closed")
        await stage.discord.announce(closed, "CHANNEL_CREATE")
        await stage.discord.deny_bot(closed, Permission.SEND_MESSAGES)
        both_down(stage, down=True)
        await presses(bob, await failed(stage, zoe))
        await presses(zoe, await failed(stage, zoe, at=closed))
        (await presses(cleo, await failed(stage, cleo, at=closed))).kill_token()
        both_down(stage, down=False)

        def heard(person: Person) -> Message | None:
            mine = [*stage.discord.messages, *person.received]
            return next((one for one in mine if WORDS in one.text and person.sees(one)), None)

        for person in (zoe, bob, cleo):
            await patiently(stage, lambda person=person: heard(person))  # type: ignore[misc]
        assert all(
            one.only_for or one in cleo.received for one in stage.discord.messages if WORDS in one.text
        )
        assert len(cleo.received) == 1
