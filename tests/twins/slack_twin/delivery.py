"""What the bot receives: Socket Mode or signed HTTP, response_urls and triggers that come along."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.twins.http_twin import Recorded
from tests.twins.slack_twin.messages_api import MessagesApi
from tests.twins.slack_twin.records import APP, SIGNING_SECRET, Handle, Message, ResponseUrl


class Delivery(MessagesApi):
    """Events on their way to the bot, and how it acknowledged them."""

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

    async def send(
        self, kind: str, payload: dict[str, Any], handle: Handle | None = None, *, retry: int = 0
    ) -> Handle:
        """Deliver by Socket Mode if the bot is connected, else by signed HTTP; `retry` counts redeliveries."""
        handle = handle or Handle(time.monotonic())
        if self._sockets:
            envelope_id = f"e{next(self._numbers)}"
            self._waiting[envelope_id] = handle
            envelope = {
                "envelope_id": envelope_id,
                "type": kind,
                "payload": payload,
                "accepts_response_payload": True,
                **({"retry_attempt": retry, "retry_reason": "timeout"} if kind == "events_api" else {}),
            }
            await self._sockets[-1].send_json(envelope)
        else:
            await self._send_http(kind, payload, handle, retry)
        return handle

    async def _send_http(self, kind: str, payload: dict[str, Any], handle: Handle, retry: int) -> None:
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
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
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
