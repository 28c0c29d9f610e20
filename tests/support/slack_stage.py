"""One bot process between a Slack and an OpenAI of our own, shared by the tests of a file."""

import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.support.leaks import leaks
from tests.support.process import BotProcess
from tests.twins.flux_twins import FalTwin
from tests.twins.openai_twin import OpenAITwin
from tests.twins.self_hosted_twins import VllmOmniTwin
from tests.twins.slack_twin import Message, Person, SlackTwin

Value = TypeVar("Value")
ART = "C000ART00"


@dataclass(frozen=True)
class Stage:
    slack: SlackTwin
    openai: OpenAITwin
    bot: BotProcess
    folder: Path
    fal: FalTwin | None = None
    own: VllmOmniTwin | None = None

    @property
    def address(self) -> str:
        """Where the HTTP plane really listens."""
        found = next(
            re.search(r"listening on (\S+:\d+)", line) for line in self.bot.log if "listening on" in line
        )
        assert found is not None
        return f"http://{found[1]}"

    async def until(self, look: Callable[[], Value | None], what: str = "it did not come to that") -> Value:
        try:
            found: Value = await self.slack.until(look, what)
        except TimeoutError:
            shown = [(m.channel, m.thread, m.only_for, m.all_text) for m in self.slack.messages[-6:]]
            raise AssertionError(f"{what}: {shown}") from None
        return found

    async def seen(self, person: Person, words: str, channel: str = ART) -> Message:
        """The newest message that the person can read with these words in it."""
        return await self.until(
            lambda: next((m for m in reversed(person.sees(channel)) if words in m.all_text), None), words
        )

    async def picture(self, person: Person, channel: str = ART, *, after: int = 0) -> Message:
        """The newest message with a picture among those after the first `after`."""
        return await self.until(
            lambda: next((m for m in reversed(person.sees(channel)[after:]) if m.pictures), None), "a picture"
        )

    async def version(self, person: Person, number: int, thread: str, channel: str = ART) -> Message:
        """A version of a thread, finished."""
        return await self.until(
            lambda: next(
                (
                    m
                    for m in person.sees(channel)
                    if m.thread == thread
                    and m.pictures
                    and f"v{number}\n" in f"{m.all_text}\n".replace(",", "\n")
                ),
                None,
            ),
            f"v{number}",
        )

    async def settled(self) -> None:
        """Every job's books are closed, which comes a moment after its picture."""

        def done() -> bool:
            with sqlite3.connect(self.folder / "data" / "imagine.db") as database:
                rows = database.execute(
                    "SELECT 1 FROM job WHERE state IN ('accepted', 'queued', 'running') LIMIT 1"
                )
                return not list(rows)

        await self.until(done, "jobs are still open")

    async def view(self, after: int) -> dict[str, Any]:
        """The next window that opens when `after` have been opened so far."""
        return await self.until(lambda: self.slack.views[after] if len(self.slack.views) > after else None)


@asynccontextmanager
async def open_stage(
    folder: Path, *, http: bool = False, oauth: bool = False, **environment: str
) -> AsyncIterator[Stage]:
    """Everything started and connected; held against all rules once more at the end."""
    async with SlackTwin() as slack, OpenAITwin() as openai:
        given = {
            **(slack.oauth_environment if oauth else slack.environment),
            **openai.environment,
            "IMAGE_ROUTE": "openai:gpt-image-2",
            **environment,
        }
        if http:
            given.pop("SLACK_APP_TOKEN", None)
        async with BotProcess(given, folder) as bot:
            stage = Stage(slack, openai, bot, folder)
            slack.bot_url = stage.address
            if not http:
                await slack.until_connected()
            yield stage
        assert slack.violations == []
        assert leaks(slack.transcript()) == []
