"""Slack: both checks of words are down, people want to hear when they work again, and each is told once, alone."""

import asyncio
from pathlib import Path

import pytest

from tests.support.slack_stage import ART, Stage, open_stage
from tests.twins import http_twin
from tests.twins.slack_twin import Message, Person

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("slack-return")]

BUTTON = "Tell me when it works again"
NOTED = "I'll tell you here"
WORDS = "it should work again now"
SHUT = "C000SHUT0"


def both_down(stage: Stage, *, down: bool) -> None:
    mode = http_twin.ServerError(503) if down else http_twin.Normal()
    stage.openai.sanitizer.always(mode)
    stage.openai.moderation.always(mode)


def told(person: Person, words: str, *channels: str) -> list[Message]:
    return [m for channel in channels for m in person.sees(channel) if words in m.all_text]


async def patiently(stage: Stage, person: Person, *channels: str) -> Message:
    """A look comes every 15 s, and an open breaker keeps shut for 30."""
    async with asyncio.timeout(90):
        while not (found := told(person, WORDS, *channels)):
            await asyncio.sleep(0.1)
    return found[0]


async def test_told_where_the_button_was_also_after_a_kill_and_the_button_draws(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        ada, bob = stage.slack.person("U000ADA00"), stage.slack.person("U000BOB00")
        both_down(stage, down=True)
        await ada.slash("a brass owl")
        message = await stage.seen(ada, BUTTON)
        await ada.click(message, BUTTON)
        await stage.seen(ada, NOTED)
        assert BUTTON in (await stage.seen(ada, BUTTON)).all_text, "the message with the button stays"
        await ada.click(message, BUTTON)
        thread = "1700000001.000100"
        await bob.mention("a red fox", thread=thread)
        await bob.click(await stage.seen(bob, BUTTON), BUTTON)
        await stage.seen(bob, NOTED)
        await stage.bot.kill()
        both_down(stage, down=False)
        await stage.bot.start()
        await stage.slack.until_connected()

        mine, his = await patiently(stage, ada, ART), await patiently(stage, bob, ART)
        assert (mine.only_for, his.only_for) == (ada.id, bob.id)
        assert len(told(ada, WORDS, ART)) == len(told(bob, WORDS, ART)) == 1
        await ada.click(mine, "Again")
        await stage.picture(ada)


async def test_where_the_bot_is_no_member_and_the_door_is_dead_a_direct_message_comes(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        ada = stage.slack.person("U000ADA10")
        both_down(stage, down=True)
        await ada.slash("a brass owl", SHUT)
        await ada.click(await stage.seen(ada, BUTTON, SHUT), BUTTON)
        await stage.seen(ada, NOTED, SHUT)
        stage.slack.doors_dead = True
        both_down(stage, down=False)

        await patiently(stage, ada, "D000ADA10")
