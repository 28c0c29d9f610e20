"""A Slack on bad days: it answers with 5xx and 429, forgets addresses, loses answers; and it remembers all it was told."""

import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.twins.http_twin import Recorded
from tests.twins.slack_twin import Message, SlackTwin

STARTING = "On it …"


@dataclass(frozen=True)
class Written:
    """One state of a message, as it was written."""

    at: float
    message: Message
    text: str
    buttons: tuple[str, ...]
    images: tuple[str, ...]
    job_id: str = ""

    @property
    def starting(self) -> bool:
        return self.text.startswith(STARTING)

    @property
    def delivered(self) -> bool:
        """Pictures, or at least the way to them: nothing else can be varied."""
        return "Vary" in self.buttons


@dataclass(eq=False)
class TroubledSlack(SlackTwin):
    """Attributes: the shares of calls that go wrong, and everything that was written, by its only reader or thread."""

    dice: random.Random = field(default_factory=random.Random)
    quiet: bool = False
    errors: float = 0.02
    throttled: float = 0.01
    forgotten: float = 0.01
    lost: float = 0.01
    undownloadable: float = 0.01
    acknowledged: list[float] = field(default_factory=list)
    written: defaultdict[str, list[Written]] = field(default_factory=lambda: defaultdict(list))
    faults: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    unanswered: set[int] = field(default_factory=set)
    _dead: set[str] = field(default_factory=set)

    async def _api(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        writes = request.match_info["method"].startswith("chat.")
        self.break_call = self._happens("api 503", self.errors)
        self.throttle = self._happens("api 429", self.throttled)
        if writes:
            self.reset_posts = self._happens("answer lost", self.lost)
            self.fail_images = self._happens("picture not fetched", self.undownloadable)
        lost, known = bool(writes and self.reset_posts), len(self.messages)
        try:
            return await super()._api(request, seen)
        finally:
            if lost and request.match_info["method"].startswith("chat.post"):
                self.unanswered |= {id(message) for message in self.messages[known:]}

    async def _respond(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        self.break_call = self._happens("response_url 503", self.errors)
        self.doors_dead = request.match_info["id"] in self._dead
        return await super()._respond(request, seen)

    def open_door(self, channel: str, user: str, message: Message | None = None) -> str:
        url = super().open_door(channel, user, message)
        if self._happens("expired response_url", self.forgotten):
            self._dead.add(url.rpartition("/")[2])
        return url

    def _happens(self, name: str, share: float) -> int:
        happens = not self.quiet and self.dice.random() < share
        self.faults[name] += happens
        return int(happens)

    def _acked(self, handle: Any, status: int, payload: Any) -> None:
        super()._acked(handle, status, payload)
        if status == 200:
            self.acknowledged.append(time.monotonic())

    def _write(self, message: Message, body: dict[str, Any]) -> None:
        super()._write(message, body)
        labels = tuple(str(button["text"]["text"]) for button in message.buttons)
        images = tuple(str(image.get("image_url", "")) for image in message.pictures)
        values = [str(button.get("value", "")).partition(":")[2] for button in message.buttons]
        job_id = next(iter(values), "")
        state = Written(time.monotonic(), message, message.all_text, labels, images, job_id)
        self.written[message.only_for or message.thread or message.channel].append(state)
