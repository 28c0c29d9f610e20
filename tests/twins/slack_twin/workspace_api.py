"""Who the bot and the people are, windows and App Home, status lines, workflow runs."""

import time
from typing import Any

from tests.twins import slack_blocks
from tests.twins.slack_twin.records import ACK_SECONDS, BOT_ID, BOT_USER, TEAM, error, loaded
from tests.twins.slack_twin.state import State


class WorkspaceApi(State):
    """Everything that is no message and no file."""

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

    async def _users_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        user = arguments["user"]
        about = {"id": user, "is_admin": user in self.admins, "deleted": False}
        if str(arguments.get("include_locale", "")).lower() in {"1", "true"}:
            about["locale"] = self.locales.get(user, "en-US")
        return {"ok": True, "user": about}

    async def _views_open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        born = self._triggers.pop(arguments.get("trigger_id", ""), None)
        if born is None:
            return error("exchanged_trigger_id")
        if time.monotonic() - born > ACK_SECONDS:
            return error("expired_trigger_id")
        view = loaded(arguments["view"])
        if found := slack_blocks.view_problems(view):
            self.violations.append(f"views.open: {found}")
            return {**error("invalid_arguments"), "response_metadata": {"messages": [str(found)]}}
        shown = {**view, "id": f"V{next(self._numbers):08d}"}
        self.views.append(shown)
        self.texts += [view["title"]["text"], *slack_blocks.texts(view["blocks"])]
        return {"ok": True, "view": shown}

    async def _views_publish(self, arguments: dict[str, Any]) -> dict[str, Any]:
        view = loaded(arguments["view"])
        if found := slack_blocks.view_problems(view):
            self.violations.append(f"views.publish: {found}")
            return {**error("invalid_arguments"), "response_metadata": {"messages": [str(found)]}}
        self.homes[arguments["user_id"]] = view
        self.texts += slack_blocks.texts(view["blocks"])
        return {"ok": True, "view": view}

    async def _assistant_threads_setStatus(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if not self.agents:
            return error("feature_disabled")
        self.statuses.append(arguments["status"])
        return {"ok": True}

    async def _agents_sessions_setStatus(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Sessions of threads: while one is "processing", the person has a Stop button."""
        if not self.agents:
            return error("feature_disabled")
        channel, thread = arguments["channel_id"], arguments.get("thread_ts")
        if not thread:
            return error("thread_ts_required")
        if arguments["status"] not in {"active", "processing", "suspended", "closed"}:
            return error("invalid_status")
        if len(arguments.get("title", "")) > 200:
            return error("invalid_arguments")
        if channel not in self.members:
            return error("not_authorized")
        place = (channel, thread)
        if place not in self.sessions:
            self.titles[place] = arguments.get("title", "")
        self.sessions.setdefault(place, []).append(arguments["status"])
        return {"ok": True, "status": arguments["status"], "title": self.titles[place]}

    async def _agents_sessions_rename(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The only way to another title: setStatus reads it for a new session alone."""
        if not self.agents:
            return error("feature_disabled")
        place = (arguments["channel_id"], arguments.get("thread_ts", ""))
        if not place[1]:
            return error("thread_ts_required")
        if not 1 <= len(arguments["title"]) <= 200:
            return error("invalid_name")
        if place not in self.titles:
            return error("session_not_found")
        self.titles[place] = arguments["title"]
        return {"ok": True, "title": arguments["title"]}

    async def _functions_completeSuccess(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._end(arguments, {"outputs": loaded(arguments["outputs"])})

    async def _functions_completeError(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.texts.append(arguments["error"])
        return self._end(arguments, {"error": arguments["error"]})

    def _end(self, arguments: dict[str, Any], end: dict[str, Any]) -> dict[str, Any]:
        """A run ends once."""
        if arguments["function_execution_id"] in self.runs:
            return error("execution_not_in_running_state")
        self.runs[arguments["function_execution_id"]] = end
        return {"ok": True}
