"""Messages: the Web API's chat methods, response_urls, and what Slack checks before it shows anything."""

import asyncio
import json
import time
from typing import Any

import aiohttp
from aiohttp import web

from tests.twins import slack_blocks
from tests.twins.http_twin import Recorded
from tests.twins.slack_twin.records import BOT_ID, BOT_USER, Message, ResponseUrl, error, invalid, loaded
from tests.twins.slack_twin.state import State


class MessagesApi(State):
    """Post, edit, delete; five uses of a response_url; pictures that Slack fetches itself."""

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
            return error("message_not_found")
        if len(arguments.get("text", "")) > 4000:
            return error("msg_too_long")
        if refusal := await self._check(arguments):
            return refusal
        files = [name for name in str(arguments.get("file_ids") or "").split(",") if name]
        if any(name not in self.files or self.files[name].ready_at == float("inf") for name in files):
            return error("file_not_found")
        if files and "files:write" not in self.scopes:
            return error("missing_scope")
        self._write(message, arguments)
        message.edits += 1
        message.files = files
        return {"ok": True, "channel": message.channel, "ts": message.ts, "text": message.text}

    async def _chat_delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        message = self._find(arguments["channel"], arguments["ts"])
        if message is None or message.only_for:
            return error("message_not_found")
        message.deleted = True
        return {"ok": True, "channel": message.channel, "ts": message.ts}

    async def _conversations_replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A thread from its root on. Which history scope it takes depends on the kind of conversation."""
        channel, root = arguments["channel"], arguments["ts"]
        needed = "im:history" if channel.startswith("D") else "channels:history"
        if needed not in self.scopes:
            return {**error("missing_scope"), "needed": needed}
        if channel not in self.members:
            return error("not_in_channel")
        after = float(arguments.get("oldest") or 0)
        replies = [
            message
            for message in self.messages
            if (message.channel, message.thread) == (channel, root)
            and not (message.deleted or message.only_for)
            and float(message.ts) > after
        ]
        found: list[dict[str, Any]] = [{"type": "message", "ts": root, "thread_ts": root, "text": "..."}]
        found += [
            {
                "type": "message",
                "user": BOT_USER,
                "bot_id": BOT_ID,
                "ts": message.ts,
                "thread_ts": root,
                "text": message.text,
                "blocks": message.blocks,
            }
            for message in replies
        ]
        limit = int(arguments.get("limit") or 1000)
        return {"ok": True, "messages": found[:limit], "has_more": len(found) > limit}

    async def _conversations_open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        users = arguments["users"]
        user = users if isinstance(users, str) else users[0]
        channel = f"D{user[1:]}"
        self.members.add(channel)
        return {"ok": True, "channel": {"id": channel}}

    async def _respond(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        """A response_url: five uses, 30 minutes, and no details about what is wrong."""
        door = self._responses.get(request.match_info["id"])
        body = json.loads(seen.body)
        if door is None or door.uses >= 5 or (time.monotonic() - door.born) * self.clock_rate > 1800:
            self.violations.append("response_url: used up or expired")
            return web.json_response(error("used_url"), status=404)
        if self.breaks():
            return web.Response(status=503)
        if proxy := self.proxied.get("response_url"):
            return web.Response(status=503, content_type=proxy[0], text=proxy[1])
        if self.doors_dead:
            return web.json_response(error("expired_url"), status=404)
        if self.refuse_writes > 0 and not body.get("delete_original"):
            self.refuse_writes -= 1
            return web.Response(status=500)
        if self.refuse_deletes > 0 and body.get("delete_original"):
            self.refuse_deletes -= 1
            return web.Response(status=503)
        door.uses += 1
        if body.get("delete_original"):
            if door.message is not None:
                door.message.deleted = True
        elif await self._check(body):
            return web.json_response(error("invalid_blocks"), status=404)
        else:
            self._answer(door, body)
        self._changed.set()
        if self.lose_writes > 0:
            self.lose_writes -= 1
            assert request.transport is not None
            request.transport.abort()
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
        blocks = loaded(body.get("blocks") or [])
        if blocks and not body.get("text"):
            self.violations.append("blocks without top-level text")
        if not blocks and not body.get("text"):
            return error("no_text")
        if found := slack_blocks.problems(blocks):
            self.violations.append(f"blocks: {found}")
            return invalid([f"{what} [json-pointer:{pointer}]" for pointer, what in found])
        for pointer, image in slack_blocks.images(blocks):
            if not await self._gets(image):
                kind = "image_url" if "image_url" in image else "slack_file"
                what = "downloading image failed" if kind == "image_url" else "invalid slack file"
                return invalid([f"{what} [json-pointer:{pointer}/{kind}]"])
        return None

    async def _gets(self, image: dict[str, Any]) -> bool:
        """Whether Slack can show a picture: PNG, JPEG or GIF behind a public address, or a file that is ready."""
        if "slack_file" in image:
            file = self.files.get(image["slack_file"].get("id", ""))
            return self.shows_files and file is not None and time.monotonic() >= file.ready_at
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
            return error("is_archived")
        return None if channel in self.members else error("not_in_channel")

    def _post(
        self, channel: str, body: dict[str, Any], *, thread: str | None = None, only_for: str | None = None
    ) -> Message:
        message = Message(channel, f"{time.time():.6f}", "", [], only_for, thread)
        self._write(message, body)
        self.messages.append(message)
        return message

    def _write(self, message: Message, body: dict[str, Any]) -> None:
        message.text = body.get("text", "")
        message.blocks = loaded(body.get("blocks") or [])
        self.texts.append(message.all_text)

    def _find(self, channel: str, ts: str) -> Message | None:
        known = (message for message in self.messages if (message.channel, message.ts) == (channel, ts))
        return next((message for message in known if not message.deleted), None)
