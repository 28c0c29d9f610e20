"""A wrong token is told with its remedy, at start and by the doctor; nothing is asked for ever."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import open_application
from bot.domain.errors import ConfigurationError
from bot.ports import ChatAdapter
from bot.settings import load_settings
from tests.twins.slack_twin import SlackTwin


@asynccontextmanager
async def adapter(slack: SlackTwin, folder: Path, **tokens: str) -> AsyncIterator[ChatAdapter]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**slack.environment, **tokens, "DATA_DIR": str(folder)}.items():
            patch.setenv(name, value)
        async with open_application(load_settings()) as application:
            yield application.adapters["slack"]
            await application.close_adapters()


async def test_the_right_tokens_connect(tmp_path: Path) -> None:
    async with SlackTwin() as slack, adapter(slack, tmp_path) as chat:
        await chat.start()
        await slack.until_connected()

        assert {check.name: check.grade for check in await chat.examine()} == {
            "slack token": "ok",
            "slack scopes": "ok",
            "slack app token": "ok",
        }
        assert (await chat.health()).ok
        await chat.stop_intake()


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_wrong_token_is_named_with_its_remedy(tmp_path: Path, name: str) -> None:
    wrong = "xapp-1-wrong" if name == "SLACK_APP_TOKEN" else "xoxb-wrong"
    async with SlackTwin() as slack, adapter(slack, tmp_path, **{name: wrong}) as chat:
        failures = [check for check in await chat.examine() if check.grade == "failure"]
        assert len(failures) == 1
        assert "app's settings" in failures[0].remedy
        assert wrong not in f"{failures[0].detail}{failures[0].remedy}"

        with pytest.raises(ConfigurationError, match=name):
            await chat.start()


async def test_a_bad_moment_at_the_socket_is_waited_for(tmp_path: Path) -> None:
    async with SlackTwin() as slack, adapter(slack, tmp_path) as chat:
        slack.break_call = 2

        await chat.start()

        await slack.until_connected()
        await chat.stop_intake()
