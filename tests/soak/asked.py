"""What people asked, and how it ended as they saw it: the twins' side of every counter about requests."""

import re
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from tests.soak.slack_side import TroubledSlack, Written
from tests.twins.discord_twin import Interaction
from tests.twins.discord_twin.messages import Message

WORKING = "⏳"


@dataclass(frozen=True)
class End:
    """`kind` is delivered, refused, failed, pointed (to another request), apologised (for a fault before it became a
    request), silent (the platform said that the app did not answer), erased or unanswered.

    Attributes:
        code: Why it was refused or has failed.
        at: When the end was to be read, by `time.monotonic()`.
    """

    kind: str
    code: str = ""
    at: float = 0.0

    @property
    def counts(self) -> bool:
        return self.kind in {"delivered", "refused", "failed"}


def _sentences() -> Iterator[tuple[re.Pattern[str], str, str]]:
    folder = resources.files("bot.messages") / "locales"
    tables = tomllib.loads((folder / "en.toml").read_text("utf-8"))
    for table, kind in (("refusal", "refused"), ("failure", "failed")):
        for code, sentence in tables[table].items():
            parts = re.split(r"\{\w+\}", sentence.strip())
            yield re.compile(".*?".join(re.escape(part) for part in parts), re.DOTALL), kind, code
    say = tables["say"]
    yield re.compile(re.escape(say["busy_for"])), "failed", "busy"
    for key in ("already_running", "see_also", "deleted", "deleted_message", "too_late"):
        yield re.compile(re.escape(say[key].split("{")[0].strip())), "pointed", key


SENTENCES = tuple(sorted(_sentences(), key=lambda entry: -len(entry[0].pattern)))
"""Longest first: some begin with another one."""


def read(text: str, at: float) -> End | None:
    """What a sentence of ours says about a request's end; None if it is no end."""
    for pattern, kind, code in SENTENCES:
        if pattern.search(text):
            return End(kind, code, at)
    return None


@dataclass
class DiscordAsk:
    """One use of `/imagine` or of a button that makes a picture."""

    chat: str = field(default="discord", init=False)
    where: str
    mark: str
    interaction: Interaction
    erased: bool = False
    pressed: bool = False

    @property
    def messages(self) -> list[Message]:
        one = self.interaction
        return [message for message in (one.original, *one.followups) if message is not None]

    def end(self) -> End:
        states = [
            (revision.at, revision)
            for message in self.messages
            if message is not self.interaction.source
            for revision in message.history
        ]
        for at, revision in sorted(states, key=lambda pair: pair[0]):
            if revision.attachments and not revision.thinking:
                return End("delivered", at=at)
            text = "\n".join(revision.texts)
            found = None if text.startswith(WORKING) else read(text, at)
            if found is not None:
                return found
        if self.interaction.ack is None:
            return End("silent")
        return End("erased" if self.erased else "unanswered")

    @property
    def stuck(self) -> bool:
        return any(
            not message.deleted and (message.thinking or message.text.startswith(WORKING))
            for message in self.messages
        )


@dataclass
class SlackAsk:
    """One command, mention or press; what is written to the person or into the thread afterwards is its answer.

    Attributes:
        since: How much had been written at each of those places before.
        refused: Slack itself told the person that the app did not answer.
        label: The button that was pressed.
        begun, closed: On the clock of `Written.at`.
    """

    chat: str = field(default="slack", init=False)
    where: str = field(default="slack", init=False)
    mark: str
    slack: TroubledSlack
    since: dict[str, int]
    until: dict[str, int] = field(default_factory=dict)
    words: str = ""
    refused: bool = False
    erased: bool = False
    label: str = ""
    begun: float = field(default_factory=time.monotonic)
    closed: float = 0.0

    @classmethod
    def begin(cls, slack: TroubledSlack, mark: str, *places: str, label: str = "") -> "SlackAsk":
        return cls(mark, slack, {place: len(slack.written[place]) for place in places}, label=label)

    def close(self) -> None:
        """The next thing that is written there belongs to another request."""
        self.until = {place: len(self.slack.written[place]) for place in self.since}
        self.closed = time.monotonic()

    @property
    def answers(self) -> list[Written]:
        return [
            written
            for place, since in self.since.items()
            for written in self.slack.written[place][since : self.until.get(place)]
            if not written.starting
        ]

    def end(self) -> End:
        for written in sorted(self.answers, key=lambda one: one.at):
            if written.delivered:
                return End("delivered", at=written.at)
            found = read(written.text, written.at)
            if found is not None and found.code == "internal" and not written.job_id:
                return End("apologised", at=written.at)
            if found is not None:
                return found
        if self.refused:
            return End("silent")
        return End("erased" if self.erased else "unanswered")


@dataclass
class PlaygroundAsk:
    """A request over the playground's API. `told` is its end, read from the API in the end or from the first answer."""

    chat: str = field(default="playground", init=False)
    where: str = field(default="playground", init=False)
    mark: str
    job_id: str = ""
    told: End | None = None
    view: dict[str, Any] = field(default_factory=dict)
    pressed: bool = False
    erased: bool = False

    def end(self) -> End:
        return self.told or End("silent")


Ask = DiscordAsk | SlackAsk | PlaygroundAsk
