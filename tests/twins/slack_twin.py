"""A Slack on loopback for an unmodified bolt process: Web API, Socket Mode, signed HTTP, response_url, uploads, people.

It enforces what facts about the real Slack say: block rules, scopes of the manifest, pictures that Slack downloads
itself while posting, files that are ready only a moment after their upload, membership, ephemeral messages, five
uses of a response_url within 30 minutes of its own clock, three seconds to acknowledge, redelivery of events.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import aiohttp
from aiohttp import web

from tests.twins import slack_blocks
from tests.twins.http_twin import ApiError, HttpTwin, Recorded, Route
from tests.twins.slack_contract import call_problems, scopes_of

MANIFEST = Path(__file__).resolve().parents[2] / "deploy" / "slack" / "manifest.json"
BOT_TOKEN = "xoxb-000000000000-twin"
APP_TOKEN = "xapp-1-A000TWIN-1"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM, BOT_USER, BOT_ID, APP = "T000TWIN0", "U000BOT00", "B000BOT00", "A000TWIN0"
ACK_SECONDS = 3.0
CLIENT_ID, CLIENT_SECRET = "111.222", "0123456789abcdef0123456789abcdef"
_ANY = {"auth.test", "apps.connections.open", "views.open", "views.publish"}
_BY_RUN = {"functions.completeSuccess", "functions.completeError"}


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
    deliveries: int = 1
    door: "ResponseUrl | None" = None


@dataclass(eq=False)
class UploadedFile:
    id: str
    name: str
    length: int
    data: bytes = b""
    ready_at: float = float("inf")


@dataclass(slots=True, eq=False)
class SlackTwin(HttpTwin):
    """Open it with `async with`; `environment` tells the bot's process about it.

    Attributes:
        hosts: Public host names to loopback origins, for pictures that Slack downloads.
        clock_rate: How much faster than real time a response_url ages.
        file_seconds: Time until an uploaded file can be shown.
        members: Channels that the bot is in; "C000ART00" and every DM from the start.
        uploads_allowed: The workspace's policy.
        declined: Optional scopes that the admin declined.
        admins: Ids of members who are admins of the workspace.
        fail_images: So many image downloads fail, whatever is behind the address.
        reset_posts: So many posts are taken, but the connection dies before the answer.
        throttle: So many calls get 429 with Retry-After 1.
        auth_delay: Seconds that auth.test takes.
        agents: The workspace has threads with a status line.
        token_seconds: Life of tokens that rotate; None if they do not.
        break_call: The so-manieth call from now gets no answer.
    """

    bot_url: str = ""
    hosts: dict[str, str] = field(default_factory=dict)
    clock_rate: float = 1.0
    file_seconds: float = 0.2
    members: set[str] = field(default_factory=lambda: {"C000ART00"})
    archived: set[str] = field(default_factory=set)
    uploads_allowed: bool = True
    declined: set[str] = field(default_factory=set)
    admins: set[str] = field(default_factory=set)
    fail_images: int = 0
    reset_posts: int = 0
    throttle: int = 0
    auth_delay: float = 0.0
    agents: bool = True
    token_seconds: int | None = None
    break_call: int = 0
    tokens: dict[str, tuple[str | None, str | None]] = field(
        default_factory=lambda: {BOT_TOKEN: (None, TEAM)}
    )
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    refresh_tokens: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: list[str] = field(default_factory=list)
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
    def environment(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_BASE_URL": f"{self.origin}/api/",
        }

    def routes(self) -> Iterable[Route]:
        return (
            Route("POST", "/api/{method}", self._api),
            Route("GET", "/api/{method}", self._api),
            Route("GET", "/socket", self._socket),
            Route("POST", "/respond/{id}", self._respond),
            Route("POST", "/upload/{id}", self._upload),
            Route("GET", "/files/{id}", self._download),
        )

    @property
    def oauth_environment(self) -> dict[str, str]:
        """As an app of many workspaces over HTTP."""
        return {
            "SLACK_CLIENT_ID": CLIENT_ID,
            "SLACK_CLIENT_SECRET": CLIENT_SECRET,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_BASE_URL": f"{self.origin}/api/",
        }

    def person(
        self, name: str = "U000ADA00", team: str | None = TEAM, enterprise: str | None = None
    ) -> "Person":
        return Person(self, name, team, enterprise)

    def code(
        self, team: str | None = TEAM, enterprise: str | None = None, installer: str = "U000BOSS0"
    ) -> str:
        """What Slack sends an admin back with; without a team the whole organisation installs the app."""
        code = f"code{next(self._numbers)}"
        self.codes[code] = {"team": team, "enterprise": enterprise, "installer": installer}
        return code

    def file_of(self, data: bytes, mimetype: str = "image/png") -> dict[str, Any]:
        """A file that a person has uploaded, as it appears in messages and forms."""
        file = UploadedFile(f"F{next(self._numbers):09d}", "x.png", len(data), data, 0.0)
        self.files[file.id] = file
        return {"id": file.id, "mimetype": mimetype, "url_private": f"{self.origin}/files/{file.id}"}

    def transcript(self) -> list[str]:
        """Every text that anybody could ever read."""
        return self.texts

    async def until(
        self, condition: Any, what: str = "it did not come to that", seconds: float = 15.0
    ) -> Any:
        """Wait for a truthy condition."""
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

    # what the bot calls

    async def _api(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        name = request.match_info["method"]
        arguments = _arguments(seen)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.violations += call_problems(name, arguments)
        if self.throttle > 0 and name != "apps.connections.open":
            self.throttle -= 1
            raise ApiError(
                429, {"ok": False, "error": "ratelimited"}, code="ratelimited", headers={"Retry-After": "1"}
            )
        if self.break_call > 0:
            self.break_call -= 1
            if self.break_call == 0:
                raise ApiError(503, {"ok": False, "error": "service_unavailable"}, code="service_unavailable")
        answer = self._refusal(name, token) or await getattr(self, f"_{name.replace('.', '_')}")(arguments)
        self.calls.append((name, arguments, answer.get("error", "ok")))
        self._changed.set()
        if name.startswith("chat.post") and answer["ok"] and self.reset_posts > 0:
            self.reset_posts -= 1
            assert request.transport is not None
            request.transport.abort()
        granted = ",".join(sorted(self.scopes))
        return web.json_response(answer, headers={"x-oauth-scopes": granted})

    @property
    def scopes(self) -> set[str]:
        scopes = json.loads(MANIFEST.read_text())["oauth_config"]["scopes"]
        return (set(scopes["bot"]) | set(scopes.get("bot_optional", []))) - self.declined

    def _refusal(self, name: str, token: str) -> dict[str, Any] | None:
        if name == "oauth.v2.access":
            return None
        if name in _BY_RUN and token.startswith("xwfp-"):
            return None
        if token != APP_TOKEN if name == "apps.connections.open" else token not in self.tokens:
            return _error("invalid_auth")
        needed = scopes_of(name)
        if name not in _ANY and needed and not needed & self.scopes:
            return {**_error("missing_scope"), "needed": min(needed)}
        return None

    async def _auth_test(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        await self.pause(self.auth_delay)
        return {
            "ok": True,
            "url": "https://twin.slack.com/",
            "team": "Twin",
            "team_id": TEAM,
            "user": "imagine-bot",
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
        }

    async def _apps_connections_open(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/socket"}

    async def _chat_postMessage(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        channel = arguments["channel"]
        if refusal := self._closed(channel) or await self._check(arguments):
            return refusal
        message = self._post(channel, arguments, thread=arguments.get("thread_ts"))
        return {"ok": True, "channel": channel, "ts": message.ts, "message": {"text": message.text}}

    async def _chat_postEphemeral(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if refusal := self._closed(arguments["channel"]) or await self._check(arguments):
            return refusal
        message = self._post(
            arguments["channel"], arguments, thread=arguments.get("thread_ts"), only_for=arguments["user"]
        )
        return {"ok": True, "message_ts": message.ts}

    async def _chat_update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        message = self._find(arguments["channel"], arguments["ts"])
        if message is None or message.only_for:
            return _error("message_not_found")
        if len(arguments.get("text", "")) > 4000:
            return _error("msg_too_long")
        if refusal := await self._check(arguments):
            return refusal
        self._write(message, arguments)
        message.edits += 1
        return {"ok": True, "channel": message.channel, "ts": message.ts, "text": message.text}

    async def _chat_delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        message = self._find(arguments["channel"], arguments["ts"])
        if message is None or message.only_for:
            return _error("message_not_found")
        message.deleted = True
        return {"ok": True, "channel": message.channel, "ts": message.ts}

    async def _conversations_open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        users = arguments["users"]
        user = users if isinstance(users, str) else users[0]
        channel = f"D{user[1:]}"
        self.members.add(channel)
        return {"ok": True, "channel": {"id": channel}}

    async def _users_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        user = arguments["user"]
        return {"ok": True, "user": {"id": user, "is_admin": user in self.admins, "deleted": False}}

    async def _views_open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        born = self._triggers.pop(arguments.get("trigger_id", ""), None)
        if born is None:
            return _error("exchanged_trigger_id")
        if time.monotonic() - born > ACK_SECONDS:
            return _error("expired_trigger_id")
        view = _loaded(arguments["view"])
        if found := slack_blocks.view_problems(view):
            self.violations.append(f"views.open: {found}")
            return {**_error("invalid_arguments"), "response_metadata": {"messages": [str(found)]}}
        shown = {**view, "id": f"V{next(self._numbers):08d}"}
        self.views.append(shown)
        self.texts += [view["title"]["text"], *slack_blocks.texts(view["blocks"])]
        return {"ok": True, "view": shown}

    async def _views_publish(self, arguments: dict[str, Any]) -> dict[str, Any]:
        view = _loaded(arguments["view"])
        if found := slack_blocks.view_problems(view):
            self.violations.append(f"views.publish: {found}")
            return {**_error("invalid_arguments"), "response_metadata": {"messages": [str(found)]}}
        self.homes[arguments["user_id"]] = view
        self.texts += slack_blocks.texts(view["blocks"])
        return {"ok": True, "view": view}

    async def _assistant_threads_setStatus(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if not self.agents:
            return _error("feature_disabled")
        self.statuses.append(arguments["status"])
        return {"ok": True}

    async def _functions_completeSuccess(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.runs[arguments["function_execution_id"]] = {"outputs": _loaded(arguments["outputs"])}
        return {"ok": True}

    async def _functions_completeError(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.runs[arguments["function_execution_id"]] = {"error": arguments["error"]}
        self.texts.append(arguments["error"])
        return {"ok": True}

    async def _oauth_v2_access(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A code works once, and so does a refresh token."""
        if (arguments.get("client_id"), arguments.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _error("bad_client_secret")
        if arguments.get("grant_type") == "refresh_token":
            owner = self.refresh_tokens.pop(arguments["refresh_token"], None)
            return self._grant(*owner) if owner else _error("invalid_refresh_token")
        given = self.codes.pop(arguments.get("code", ""), None)
        if given is None:
            return _error("invalid_code")
        granted = self._grant(given["enterprise"], given["team"])
        return {**granted, "authed_user": {"id": given["installer"]}}

    def _grant(self, enterprise: str | None, team: str | None) -> dict[str, Any]:
        token = f"xoxb-{next(self._numbers)}-granted"
        self.tokens[token] = (enterprise, team)
        granted = {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": ",".join(sorted(self.scopes)),
            "bot_user_id": BOT_USER,
            "app_id": APP,
            "team": {"id": team, "name": "Twin"} if team else None,
            "enterprise": {"id": enterprise, "name": "Org"} if enterprise else None,
            "is_enterprise_install": team is None,
        }
        if self.token_seconds is not None:
            fresh = f"xoxe-{next(self._numbers)}"
            self.refresh_tokens[fresh] = (enterprise, team)
            granted |= {"refresh_token": fresh, "expires_in": self.token_seconds}
        return granted

    async def _files_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        file = self.files.get(arguments["file"])
        if file is None:
            return _error("file_not_found")
        ready = time.monotonic() >= file.ready_at
        return {"ok": True, "file": {"id": file.id, "mimetype": "image/png" if ready else ""}}

    async def _download(self, request: web.Request, _seen: Recorded) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        file = self.files.get(request.match_info["id"])
        if token not in self.tokens or "files:read" not in self.scopes or file is None:
            return web.Response(status=403)
        return web.Response(body=file.data, content_type="image/png")

    async def _files_getUploadURLExternal(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if not self.uploads_allowed:
            return _error("file_uploads_disabled")
        if len(arguments.get("alt_txt", "")) > 1000 or int(arguments["length"]) < 1:
            return _error("invalid_arguments")
        file = UploadedFile(f"F{next(self._numbers):09d}", arguments["filename"], int(arguments["length"]))
        self.files[file.id] = file
        return {"ok": True, "file_id": file.id, "upload_url": f"{self.origin}/upload/{file.id}"}

    async def _files_completeUploadExternal(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        files = _loaded(arguments["files"])
        for item in files:
            file = self.files.get(item["id"])
            if file is None or len(file.data) != file.length:
                return _error("file_not_found")
            file.ready_at = time.monotonic() + self.file_seconds
        return {"ok": True, "files": [{"id": item["id"]} for item in files]}

    async def _upload(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        file = self.files[request.match_info["id"]]
        file.data = seen.parts[0].data if seen.parts else seen.body
        return web.Response(text=f"OK - {len(file.data)}")

    async def _respond(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        """A response_url: five uses, 30 minutes, and no details about what is wrong."""
        door = self._responses.get(request.match_info["id"])
        body = json.loads(seen.body)
        if door is None or door.uses >= 5 or (time.monotonic() - door.born) * self.clock_rate > 1800:
            self.violations.append("response_url: used up or expired")
            return web.json_response(_error("used_url"), status=404)
        door.uses += 1
        if body.get("delete_original"):
            if door.message is not None:
                door.message.deleted = True
        elif await self._check(body):
            return web.json_response(_error("invalid_blocks"), status=404)
        else:
            self._answer(door, body)
        self._changed.set()
        return web.Response(text="ok")

    def _answer(self, door: ResponseUrl, body: dict[str, Any]) -> None:
        replaces = body.get("replace_original") and door.message is not None and not door.message.deleted
        if replaces and door.message is not None:
            self._write(door.message, body)
            door.message.edits += 1
            return
        only_for = None if body.get("response_type") == "in_channel" else door.user
        thread = door.message.thread if door.message else None
        message = self._post(door.channel, body, only_for=only_for, thread=thread)
        if door.message is None:
            door.message = message

    async def _check(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """Block rules, text beside blocks, and pictures that Slack has to get."""
        blocks = _loaded(body.get("blocks") or [])
        if blocks and not body.get("text"):
            self.violations.append("blocks without top-level text")
        if not blocks and not body.get("text"):
            return _error("no_text")
        if found := slack_blocks.problems(blocks):
            self.violations.append(f"blocks: {found}")
            return _invalid([f"{what} [json-pointer:{pointer}]" for pointer, what in found])
        for pointer, image in slack_blocks.images(blocks):
            if not await self._gets(image):
                kind = "image_url" if "image_url" in image else "slack_file"
                what = "downloading image failed" if kind == "image_url" else "invalid slack file"
                return _invalid([f"{what} [json-pointer:{pointer}/{kind}]"])
        return None

    async def _gets(self, image: dict[str, Any]) -> bool:
        """Whether Slack can show a picture: PNG, JPEG or GIF behind a public address, or a file that is ready."""
        if "slack_file" in image:
            file = self.files.get(image["slack_file"].get("id", ""))
            return file is not None and time.monotonic() >= file.ready_at
        if self.fail_images > 0:
            self.fail_images -= 1
            return False
        url = image["image_url"]
        host = url.split("/")[2]
        if host not in self.hosts:
            return False
        try:
            address = self.hosts[host] + url.split(host, 1)[1]
            async with asyncio.timeout(3), aiohttp.ClientSession() as session, session.get(address) as answer:
                start = await answer.content.read(16)
                kind = start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"))
                return answer.status == 200 and kind
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    def _closed(self, channel: str) -> dict[str, Any] | None:
        if channel in self.archived:
            return _error("is_archived")
        return None if channel in self.members else _error("not_in_channel")

    def _post(
        self, channel: str, body: dict[str, Any], *, thread: str | None = None, only_for: str | None = None
    ) -> Message:
        message = Message(channel, f"{time.time():.6f}", "", [], only_for, thread)
        self._write(message, body)
        self.messages.append(message)
        return message

    def _write(self, message: Message, body: dict[str, Any]) -> None:
        message.text = body.get("text", "")
        message.blocks = _loaded(body.get("blocks") or [])
        self.texts.append(message.all_text)

    def _find(self, channel: str, ts: str) -> Message | None:
        known = (message for message in self.messages if (message.channel, message.ts) == (channel, ts))
        return next((message for message in known if not message.deleted), None)

    # what the bot receives

    async def _socket(self, request: web.Request, _seen: Recorded) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
        self._sockets.append(socket)
        self._changed.set()
        try:
            async for frame in socket:
                if frame.type is aiohttp.WSMsgType.TEXT and frame.data.startswith("{"):
                    self._acknowledge(json.loads(frame.data))
        finally:
            self._sockets.remove(socket)
        return socket

    def _acknowledge(self, envelope: dict[str, Any]) -> None:
        handle = self._waiting.pop(envelope.get("envelope_id", ""), None)
        if handle is not None:
            self._acked(handle, 200, envelope.get("payload"))

    def _acked(self, handle: Handle, status: int, payload: Any) -> None:
        handle.latency = time.monotonic() - handle.sent_at
        handle.status, handle.payload = status, payload
        if handle.door is not None and payload and (payload.get("text") or payload.get("blocks")):
            handle.door.message = self._post(handle.door.channel, payload, only_for=handle.door.user)
        handle.acked.set()
        self._changed.set()

    async def send(self, kind: str, payload: dict[str, Any], handle: Handle | None = None) -> Handle:
        """Deliver by Socket Mode if the bot is connected, else by signed HTTP."""
        handle = handle or Handle(time.monotonic())
        if self._sockets:
            envelope_id = f"e{next(self._numbers)}"
            self._waiting[envelope_id] = handle
            envelope = {
                "envelope_id": envelope_id,
                "type": kind,
                "payload": payload,
                "accepts_response_payload": True,
            }
            await self._sockets[-1].send_json(envelope)
        else:
            await self._send_http(kind, payload, handle)
        return handle

    async def _send_http(self, kind: str, payload: dict[str, Any], handle: Handle) -> None:
        if kind == "events_api":
            body, content = json.dumps(payload), "application/json"
        else:
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, content = urlencode(form), "application/x-www-form-urlencoded"
        stamp = str(int(time.time()))
        digest = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "Content-Type": content,
        }
        url = f"{self.bot_url}/slack/events"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body, headers=headers) as answer,
        ):
            text = await answer.text()
            loaded = json.loads(text) if text.startswith("{") else {"text": text} if text else None
            self._acked(handle, answer.status, loaded)

    def open_door(self, channel: str, user: str, message: Message | None = None) -> str:
        number = str(next(self._numbers))
        self._responses[number] = ResponseUrl(channel, user, time.monotonic(), message)
        return f"{self.origin}/respond/{number}"

    def door(self, url: str) -> ResponseUrl:
        return self._responses[url.rpartition("/")[2]]

    def trigger(self) -> str:
        trigger_id = f"{next(self._numbers)}.{time.time():.3f}"
        self._triggers[trigger_id] = time.monotonic()
        return trigger_id


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody who uses the bot."""

    twin: SlackTwin
    id: str
    team: str | None = TEAM
    enterprise: str | None = None

    def sees(self, channel: str = "C000ART00") -> list[Message]:
        """Messages of a channel that this person can read now."""
        return [
            message
            for message in self.twin.messages
            if message.channel == channel and not message.deleted and message.only_for in (None, self.id)
        ]

    async def slash(self, text: str, channel: str = "C000ART00", *, command: str = "/imagine") -> Handle:
        """Type a command; the acknowledgement's text becomes an ephemeral message."""
        url = self.twin.open_door(channel, self.id)
        payload = {
            **self._common(),
            "command": command,
            "text": text,
            "channel_id": channel,
            "channel_name": "art",
            "user_id": self.id,
            "user_name": "ada",
            "team_domain": "twin",
            "response_url": url,
            "trigger_id": self.twin.trigger(),
        }
        return await self._used("slash_commands", payload, url)

    async def _used(self, kind: str, payload: dict[str, Any], url: str) -> Handle:
        handle = await self.twin.send(kind, payload, Handle(time.monotonic(), door=self.twin.door(url)))
        async with asyncio.timeout(ACK_SECONDS):
            await handle.acked.wait()
        return handle

    async def mention(
        self, text: str, channel: str = "C000ART00", thread: str | None = None, *, times: int = 1
    ) -> Handle:
        """Name the bot in a message; `times` is how often Slack delivers the event."""
        event = {
            "type": "app_mention",
            "user": self.id,
            "text": f"<@{BOT_USER}> {text}",
            "ts": f"{time.time():.6f}",
            "channel": channel,
            **({"thread_ts": thread} if thread else {}),
        }
        return await self.event(event, times=times)

    async def event(self, event: dict[str, Any], *, times: int = 1) -> Handle:
        """Any event, delivered so many times."""
        payload = {
            **self._common(),
            "type": "event_callback",
            "event_id": f"Ev{next(self.twin._numbers):08d}",
            "event_time": int(time.time()),
            "event": event,
            "authorizations": [
                {
                    "team_id": self.team,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "enterprise_id": self.enterprise,
                    "is_enterprise_install": False,
                }
            ],
        }
        handle = Handle(time.monotonic(), deliveries=times)
        for _ in range(times):
            await self.twin.send("events_api", payload, handle)
        return handle

    async def write(self, text: str, thread: str | None = None) -> Handle:
        """A message to the bot alone."""
        channel = f"D{self.id[1:]}"
        self.twin.members.add(channel)
        event = {
            "type": "message",
            "channel_type": "im",
            "user": self.id,
            "text": text,
            "ts": f"{time.time():.6f}",
            "channel": channel,
            **({"thread_ts": thread} if thread else {}),
        }
        return await self.event(event)

    async def open_home(self) -> Handle:
        return await self.event({"type": "app_home_opened", "user": self.id, "tab": "home", "channel": ""})

    async def workflow(self, **inputs: Any) -> str:
        """A run of the step; returns its id."""
        execution = f"Fx{next(self.twin._numbers):08d}"
        function = {"id": "Fn1", "callback_id": "generate_image", "app_id": APP}
        await self.event(
            {
                "type": "function_executed",
                "function": function,
                "inputs": {"user_id": self.id, **inputs},
                "function_execution_id": execution,
                "bot_access_token": f"xwfp-{execution}",
            }
        )
        return execution

    async def shortcut(self, *, message: dict[str, Any] | None = None, channel: str = "C000ART00") -> Handle:
        """The global shortcut, or that of a message."""
        payload = {
            **self._interactive(),
            "type": "message_action" if message is not None else "shortcut",
            "callback_id": "imagine_message" if message is not None else "imagine_global",
            "trigger_id": self.twin.trigger(),
        }
        if message is None:
            handle = await self.twin.send("interactive", payload)
            async with asyncio.timeout(ACK_SECONDS):
                await handle.acked.wait()
            return handle
        url = self.twin.open_door(channel, self.id)
        payload |= {
            "message": {"type": "message", "user": self.id, "ts": "1700000000.000200", **message},
            "message_ts": "1700000000.000200",
            "channel": {"id": channel, "name": "art"},
            "response_url": url,
        }
        return await self._used("interactive", payload, url)

    async def press_home(self, label: str) -> Handle:
        """A button of the App Home, by its words."""
        view = self.twin.homes[self.id]
        buttons = [item for block in view["blocks"] for item in block.get("elements", [])]
        buttons += [block["accessory"] for block in view["blocks"] if "accessory" in block]
        button = next(item for item in buttons if label in item.get("text", {}).get("text", ""))
        return await self._act_home(button)

    async def choose_home(self, menu: str, value: str) -> Handle:
        """Choose in a menu of the App Home, named by its placeholder."""
        elements = [
            item for block in self.twin.homes[self.id]["blocks"] for item in block.get("elements", [])
        ]
        select = next(item for item in elements if menu in item.get("placeholder", {}).get("text", ""))
        chosen = next(option for option in select["options"] if option["value"] == value)
        return await self._act_home({**select, "selected_option": chosen})

    async def _act_home(self, element: dict[str, Any]) -> Handle:
        """An event without a channel and without a response_url."""
        payload = {
            **self._interactive(),
            "type": "block_actions",
            "container": {"type": "view", "view_id": "V1"},
            "view": {**self.twin.homes[self.id], "id": "V1"},
            "trigger_id": self.twin.trigger(),
            "actions": [{**element, "action_ts": f"{time.time():.6f}"}],
        }
        handle = await self.twin.send("interactive", payload)
        async with asyncio.timeout(ACK_SECONDS):
            await handle.acked.wait()
        return handle

    async def fill(self, view: dict[str, Any], *, where: str | None = None, **values: Any) -> Handle:
        """Send a form with these fields; a text, a choice, or a list of files each."""
        state: dict[str, Any] = {}
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            given: dict[str, Any] = {"type": element["type"], "value": element.get("initial_value")}
            value = values.get(block["block_id"])
            if element["type"] == "static_select":
                initial = element.get("initial_option")
                given = {"type": "static_select", "selected_option": {"value": value} if value else initial}
            elif element["type"] == "file_input":
                given = {"type": "file_input", "files": value or []}
            elif value is not None:
                given["value"] = value
            state[block["block_id"]] = {element["action_id"]: given}
        urls = []
        if where is not None:
            urls = [{"channel_id": where, "response_url": self.twin.open_door(where, self.id)}]
        return await self._submit(view, state, urls)

    async def click(self, message: Message, label: str) -> Handle:
        """Press a button by its words."""
        button = next(item for item in message.buttons if label in item["text"]["text"])
        return await self._act(message, button)

    async def choose(self, message: Message, menu: str, value: str) -> Handle:
        """Choose in a menu, named by its placeholder."""
        select = next(item for item in message.menus if menu in item["placeholder"]["text"])
        chosen = next(option for option in select["options"] if option["value"] == value)
        return await self._act(message, {**select, "selected_option": chosen})

    async def _act(self, message: Message, button: dict[str, Any]) -> Handle:
        url = self.twin.open_door(message.channel, self.id, message)
        payload = {
            **self._interactive(),
            "type": "block_actions",
            "channel": {"id": message.channel, "name": "art"},
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": message.channel,
                "is_ephemeral": message.only_for is not None,
                **({"thread_ts": message.thread} if message.thread else {}),
            },
            "message": {"ts": message.ts, "blocks": [_echoed(block) for block in message.blocks]},
            "response_url": url,
            "trigger_id": self.twin.trigger(),
            "actions": [{**button, "action_ts": f"{time.time():.6f}"}],
        }
        return await self._used("interactive", payload, url)

    async def submit(self, view: dict[str, Any], text: str) -> Handle:
        """Fill in the only field of a modal and send it."""
        block = next(block for block in view["blocks"] if block["type"] == "input")
        value = {
            block["block_id"]: {block["element"]["action_id"]: {"type": "plain_text_input", "value": text}}
        }
        return await self._submit(view, value, [])

    async def _submit(
        self, view: dict[str, Any], values: dict[str, Any], response_urls: list[dict[str, Any]]
    ) -> Handle:
        payload = {
            **self._interactive(),
            "type": "view_submission",
            "trigger_id": self.twin.trigger(),
            "view": {
                **view,
                "state": {"values": values},
                "team_id": self.team,
                "app_id": APP,
                "bot_id": BOT_ID,
            },
            "response_urls": response_urls,
        }
        handle = await self.twin.send("interactive", payload)
        async with asyncio.timeout(ACK_SECONDS):
            await handle.acked.wait()
        return handle

    def _interactive(self) -> dict[str, Any]:
        return {
            **self._common(),
            "user": {"id": self.id, "username": "ada", "team_id": self.team},
            "team": {"id": self.team, "domain": "twin"} if self.team else None,
            "enterprise": {"id": self.enterprise, "name": "Org"} if self.enterprise else None,
        }

    def _common(self) -> dict[str, Any]:
        common = {
            "token": "verification",
            "team_id": self.team,
            "api_app_id": APP,
            "is_enterprise_install": False,
        }
        return common | ({"enterprise_id": self.enterprise} if self.enterprise else {})


def _echoed(block: dict[str, Any]) -> dict[str, Any]:
    """Slack adds keys to image blocks that it would refuse if they came back."""
    if block["type"] != "image":
        return block
    return {
        **block,
        "image_width": 1024,
        "image_height": 1024,
        "image_bytes": 1,
        "is_animated": False,
        "fallback": "x",
    }


def _arguments(seen: Recorded) -> dict[str, Any]:
    content = seen.headers.get("Content-Type", "")
    if content.startswith("application/json"):
        loaded: dict[str, Any] = json.loads(seen.body or b"{}")
        return loaded
    form = {key: values[0] for key, values in parse_qs(seen.body.decode(), keep_blank_values=True).items()}
    return {**seen.query, **form}


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _error(code: str) -> dict[str, Any]:
    return {"ok": False, "error": code}


def _invalid(errors: list[str]) -> dict[str, Any]:
    messages = [f"[ERROR] {error}" for error in errors]
    return {**_error("invalid_blocks"), "errors": errors, "response_metadata": {"messages": messages}}
