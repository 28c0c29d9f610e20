"""The state of a workspace, and the switches that a test may turn."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

from tests.twins.http_twin import HttpTwin
from tests.twins.slack_twin.records import (
    BOT_TOKEN,
    MANIFEST,
    TEAM,
    Handle,
    Message,
    ResponseUrl,
    UploadedFile,
)

Value = TypeVar("Value")


@dataclass(slots=True, eq=False)
class State(HttpTwin):
    """Everything that the parts of the twin share.

    Attributes:
        hosts: Public host names to loopback origins, for pictures that Slack downloads.
        clock_rate: How much faster than real time a response_url ages.
        file_seconds: Time until an uploaded file can be shown.
        members: Channels that the bot is in; "C000ART00" and every DM from the start.
        uploads_allowed: The workspace's policy.
        doors_dead: Slack has forgotten all response_urls.
        upload_limit: Bytes that a file may have.
        shows_files: Pictures in messages may be uploaded files; otherwise none is ever ready.
        declined: Optional scopes that the admin declined.
        added: Scopes beyond the manifest, which an operator has given to an app of their own.
        admins: Ids of members who are admins of the workspace.
        locales: Languages that members have set; others have "en-US".
        fail_images: So many image downloads fail, whatever is behind the address.
        reset_posts: So many posts are taken, but the connection dies before the answer.
        silent_after: Methods of which the next call is carried out, but the connection dies before its answer.
        break_connection: So many posts are not taken, since the connection dies before Slack has read them.
        refuse_writes: So many messages by response_url meet a 500; deletions pass.
        refuse_deletes: So many times a response_url that is to delete its message has a bad moment.
        lose_writes: So many messages by response_url are taken, but the connection dies before the answer.
        throttle: So many calls get 429 with Retry-After 1.
        auth_delay: Seconds that auth.test takes.
        agents: The workspace has threads with a status line, and sessions with an agent.
        answers: Methods that are refused, with the error.
        proxied: Methods that do not get through to Slack: a 503 of something before it, with its media type and words.
            "response_url" stands for those.
        token_seconds: Life of tokens that rotate; None if they do not.
        break_call: The so-manieth call from now gets no answer.
        meanwhile: What happens elsewhere once a method is carried out, before its answer arrives.
    """

    bot_url: str = ""
    hosts: dict[str, str] = field(default_factory=dict)
    clock_rate: float = 1.0
    file_seconds: float = 0.2
    members: set[str] = field(default_factory=lambda: {"C000ART00"})
    archived: set[str] = field(default_factory=set)
    uploads_allowed: bool = True
    doors_dead: bool = False
    upload_limit: int = 1 << 30
    shows_files: bool = True
    declined: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    admins: set[str] = field(default_factory=set)
    locales: dict[str, str] = field(default_factory=dict)
    fail_images: int = 0
    reset_posts: int = 0
    silent_after: set[str] = field(default_factory=set)
    break_connection: int = 0
    refuse_writes: int = 0
    refuse_deletes: int = 0
    lose_writes: int = 0
    throttle: int = 0
    auth_delay: float = 0.0
    agents: bool = True
    answers: dict[str, str] = field(default_factory=dict)
    proxied: dict[str, tuple[str, str]] = field(default_factory=dict)
    token_seconds: int | None = None
    break_call: int = 0
    meanwhile: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    tokens: dict[str, tuple[str | None, str | None]] = field(
        default_factory=lambda: {BOT_TOKEN: (None, TEAM)}
    )
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    refresh_tokens: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: list[str] = field(default_factory=list)
    sessions: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, UploadedFile] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _waiting: dict[str, Handle] = field(default_factory=dict)
    _responses: dict[str, ResponseUrl] = field(default_factory=dict)
    _triggers: dict[str, float] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def scopes(self) -> set[str]:
        scopes = json.loads(MANIFEST.read_text())["oauth_config"]["scopes"]
        return (set(scopes["bot"]) | set(scopes.get("bot_optional", [])) | self.added) - self.declined

    def breaks(self) -> bool:
        """Whether this call is the one that gets no answer."""
        counted, self.break_call = self.break_call, max(0, self.break_call - 1)
        return counted == 1

    def transcript(self) -> list[str]:
        """Every text that anybody could ever read."""
        return self.texts

    async def until(
        self,
        condition: Callable[[], Value | None],
        what: str = "it did not come to that",
        seconds: float = 30.0,
    ) -> Value:
        """Wait for a truthy condition, and give it."""
        async with asyncio.timeout(seconds):
            while not (found := condition()):
                self._changed.clear()
                try:
                    await asyncio.wait_for(self._changed.wait(), 0.2)
                except TimeoutError:
                    continue
        assert found, what
        return found

    async def until_connected(self) -> None:
        await self.until(lambda: self._sockets, "the bot did not connect")
