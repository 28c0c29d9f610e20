"""A Slack on loopback for an unmodified bolt process."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from tests.twins.http_twin import ApiError, Recorded, Route
from tests.twins.slack_contract import call_problems, scopes_of
from tests.twins.slack_twin.delivery import Delivery
from tests.twins.slack_twin.files_api import FilesApi
from tests.twins.slack_twin.oauth_api import OAuthApi
from tests.twins.slack_twin.people import Person
from tests.twins.slack_twin.records import (
    APP_TOKEN,
    BOT_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    SIGNING_SECRET,
    TEAM,
    arguments_of,
    error,
)
from tests.twins.slack_twin.workspace_api import WorkspaceApi

_ANY = {"auth.test", "apps.connections.open", "views.open", "views.publish"}
_BY_RUN = {"functions.completeSuccess", "functions.completeError"}


class SlackTwin(Delivery, FilesApi, OAuthApi, WorkspaceApi):
    """Open it with `async with`; `environment` tells the bot's process about it. Switches: see `State`."""

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_BASE_URL": f"{self.origin}/api/",
        }

    @property
    def oauth_environment(self) -> dict[str, str]:
        """As an app of many workspaces over HTTP."""
        return {
            "SLACK_CLIENT_ID": CLIENT_ID,
            "SLACK_CLIENT_SECRET": CLIENT_SECRET,
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

    def person(
        self, name: str = "U000ADA00", team: str | None = TEAM, enterprise: str | None = None
    ) -> "Person":
        return Person(self, name, team, enterprise)

    async def _api(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        name = request.match_info["method"]
        arguments = arguments_of(seen)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.violations += call_problems(name, arguments)
        if self.throttle > 0 and name != "apps.connections.open":
            self.throttle -= 1
            raise ApiError(
                429, {"ok": False, "error": "ratelimited"}, code="ratelimited", headers={"Retry-After": "1"}
            )
        if self.breaks():
            raise ApiError(503, {"ok": False, "error": "service_unavailable"}, code="service_unavailable")
        if name in self.proxied:
            media, words = self.proxied[name]
            self.calls.append((name, arguments, "503"))
            if happens := self.meanwhile.get(name):
                await happens()
            return web.Response(status=503, content_type=media, text=words)
        if name.startswith("chat.post") and self.break_connection > 0:
            self.break_connection -= 1
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        answer = self._refusal(name, token) or await getattr(self, f"_{name.replace('.', '_')}")(arguments)
        self.calls.append((name, arguments, answer.get("error", "ok")))
        self._changed.set()
        if happens := self.meanwhile.get(name):
            await happens()
        if name.startswith("chat.post") and answer["ok"] and self.reset_posts > 0:
            self.reset_posts -= 1
            assert request.transport is not None
            request.transport.abort()
        if name in self.silent_after:
            self.silent_after.remove(name)
            assert request.transport is not None
            request.transport.abort()
        granted = ",".join(sorted(self.scopes))
        return web.json_response(answer, headers={"x-oauth-scopes": granted})

    def _refusal(self, name: str, token: str) -> dict[str, Any] | None:
        if name == "oauth.v2.access":
            return None
        if name in self.answers:
            return error(self.answers[name])
        if name in _BY_RUN and token.startswith("xwfp-"):
            return None
        if token != APP_TOKEN if name == "apps.connections.open" else token not in self.tokens:
            return error("invalid_auth")
        needed = scopes_of(name)
        if name not in _ANY and needed and not needed & self.scopes:
            return {**error("missing_scope"), "needed": min(needed)}
        return None
