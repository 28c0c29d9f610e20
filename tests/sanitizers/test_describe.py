"""Words for a picture, with the real SDK against a strict OpenAI of our own: on both routes, and for whom."""

import json
import time
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict
from bot.domain.images import MediaType
from bot.providers.openai_client import open_client
from bot.sanitizers.describe import OpenAIDescriber
from tests.support.make import picture
from tests.twins import http_twin
from tests.twins.openai_twin import API_KEY, OpenAITwin

WHO = "cd" * 32


@pytest.fixture
async def openai() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as twin:
        yield twin


@pytest.mark.parametrize(
    ("chat_only", "path"), [(False, "/v1/responses"), (True, "/v1/chat/completions")], ids=str
)
async def test_each_route_says_for_whom_it_is(openai: OpenAITwin, chat_only: bool, path: str) -> None:
    client = await open_client(SecretStr(API_KEY), openai.base_url)
    describer = OpenAIDescriber(client, ("gpt-4o-mini",), SystemClock(), chat_only)
    soon = Deadline(time.time() + 10)

    caption = await describer.describe(picture(), MediaType.PNG, "en", soon, WHO)

    assert "brass owl" in caption
    assert [one.path for one in openai.requests] == [path]
    assert json.loads(openai.requests[0].body)["safety_identifier"] == WHO
    assert openai.refused == []
    openai.sanitizer.always(http_twin.ServerError(500))
    with pytest.raises(NoVerdict):
        await describer.describe(picture(), MediaType.PNG, "en", soon, WHO)
    await client.close()
