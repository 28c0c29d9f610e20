"""Files of the workspace: all of their bytes, within a limit, and the bot's token for Slack's own hosts alone."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.errors import InvalidImage
from bot.domain.requests import Reference, ReferenceRole
from bot.images.inspect import MAX_UPLOAD
from tests.support.slack_room import TENANT, Room, open_room


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


def reference(url: str) -> Reference:
    return Reference(f"attachment:{TENANT}|{url}", ReferenceRole.EDIT)


async def test_a_file_comes_whole(room: Room) -> None:
    """A file of several megabytes arrives in many pieces."""
    data = random.Random(1).randbytes(5_000_000)

    assert await room.adapter.fetch(reference(room.slack.file_of(data)["url_private"])) == data


async def test_one_that_is_too_large_is_not_read_to_its_end(room: Room) -> None:
    url = room.slack.file_of(bytes(MAX_UPLOAD + 1))["url_private"]

    with pytest.raises(InvalidImage, match="too large"):
        await room.adapter.fetch(reference(url))


async def test_one_that_slack_keeps_back_is_no_picture(room: Room) -> None:
    url = room.slack.file_of(b"x")["url_private"]
    room.slack.declined.add("files:read")

    with pytest.raises(InvalidImage, match="does not give"):
        await room.adapter.fetch(reference(url))


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/a.png", "https://files.slack.com.evil.example/a", "http://files.slack.com/a", ""],
)
async def test_the_token_goes_to_slack_alone(room: Room, url: str) -> None:
    with pytest.raises(InvalidImage, match="not a file of Slack"):
        await room.adapter.fetch(reference(url))
