"""Somebody who uses the bot: types, mentions, presses, fills in."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from tests.twins.slack_twin.delivery import Delivery
from tests.twins.slack_twin.records import ACK_SECONDS, APP, BOT_ID, BOT_USER, TEAM, Handle, Message


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody who uses the bot."""

    twin: Delivery
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
        payload = self.payload(event)
        handle = Handle(time.monotonic())
        for retry in range(times):
            await self.twin.send("events_api", payload, handle, retry=retry)
        return handle

    def payload(self, event: dict[str, Any]) -> dict[str, Any]:
        """What Slack sends about an event, once more for each redelivery."""
        return {
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

    async def stop(self, thread: str, channel: str | None = None) -> Handle:
        """The native Stop button of a session, which is there only while the session is at work."""
        channel = channel or f"D{self.id[1:]}"
        assert self.twin.sessions[channel, thread][-1] == "processing", "no Stop button is shown"
        event = {
            "type": "agent_session_stopped",
            "channel": channel,
            "thread_ts": thread,
            "user": self.id,
            "event_ts": f"{time.time():.6f}",
            "streaming_message_ts": [],
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
            elif element["type"] == "checkboxes":
                given = {"type": "checkboxes", "selected_options": element["options"] if value else []}
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
