"""What the twin knows of messages, doors and files, and the shapes of Slack's answers."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.twins import slack_blocks
from tests.twins.http_twin import Recorded

MANIFEST = Path(__file__).resolve().parents[3] / "deploy" / "slack" / "manifest.json"
BOT_TOKEN = "xoxb-000000000000-twin"
APP_TOKEN = "xapp-1-A000TWIN-1"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM, BOT_USER, BOT_ID, APP = "T000TWIN0", "U000BOT00", "B000BOT00", "A000TWIN0"
ACK_SECONDS = 3.0
CLIENT_ID, CLIENT_SECRET = "111.222", "0123456789abcdef0123456789abcdef"


@dataclass(eq=False)
class Message:
    """A message as one channel has it; `only_for` is the reader of an ephemeral one."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    only_for: str | None = None
    thread: str | None = None
    deleted: bool = False
    edits: int = 0
    files: list[str] = field(default_factory=list)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        rows = [block["elements"] for block in self.blocks if block["type"] == "actions"]
        return [item for row in rows for item in row if item["type"] == "button"]

    @property
    def menus(self) -> list[dict[str, Any]]:
        rows = [block["elements"] for block in self.blocks if block["type"] == "actions"]
        return [item for row in rows for item in row if item["type"] == "static_select"]

    @property
    def pictures(self) -> list[dict[str, Any]]:
        return [block for block in self.blocks if block["type"] == "image"]

    @property
    def all_text(self) -> str:
        return "\n".join([self.text, *slack_blocks.texts(self.blocks)])


@dataclass(eq=False)
class ResponseUrl:
    """Five uses within 30 minutes of the twin's clock. `message` is what a replacement replaces."""

    channel: str
    user: str
    born: float
    message: Message | None = None
    uses: int = 0


@dataclass(eq=False)
class Handle:
    """One use of the bot: how it was acknowledged."""

    sent_at: float
    acked: asyncio.Event = field(default_factory=asyncio.Event)
    latency: float = -1.0
    status: int = 0
    payload: Any = None
    door: "ResponseUrl | None" = None


@dataclass(eq=False)
class UploadedFile:
    id: str
    name: str
    length: int
    data: bytes = b""
    ready_at: float = float("inf")


def arguments_of(seen: Recorded) -> dict[str, Any]:
    content = seen.headers.get("Content-Type", "")
    if content.startswith("application/json"):
        loaded: dict[str, Any] = json.loads(seen.body or b"{}")
        return loaded
    form = {key: values[0] for key, values in parse_qs(seen.body.decode(), keep_blank_values=True).items()}
    return {**seen.query, **form}


def loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def error(code: str) -> dict[str, Any]:
    return {"ok": False, "error": code}


def invalid(errors: list[str]) -> dict[str, Any]:
    messages = [f"[ERROR] {error}" for error in errors]
    return {**error("invalid_blocks"), "errors": errors, "response_metadata": {"messages": messages}}
