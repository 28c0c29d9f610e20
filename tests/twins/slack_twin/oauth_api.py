"""Installations: codes, tokens, and refresh tokens that work once."""

from typing import Any

from tests.twins.slack_twin.records import APP, BOT_USER, CLIENT_ID, CLIENT_SECRET, TEAM, error
from tests.twins.slack_twin.state import State


class OAuthApi(State):
    """`oauth.v2.access` and what it gives."""

    def code(
        self, team: str | None = TEAM, enterprise: str | None = None, installer: str = "U000BOSS0"
    ) -> str:
        """What Slack sends an admin back with; without a team the whole organisation installs the app."""
        code = f"code{next(self._numbers)}"
        self.codes[code] = {"team": team, "enterprise": enterprise, "installer": installer}
        return code

    async def _oauth_v2_access(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A code works once, and so does a refresh token."""
        if (arguments.get("client_id"), arguments.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return error("bad_client_secret")
        if arguments.get("grant_type") == "refresh_token":
            owner = self.refresh_tokens.pop(arguments["refresh_token"], None)
            return self._grant(*owner) if owner else error("invalid_refresh_token")
        given = self.codes.pop(arguments.get("code", ""), None)
        if given is None:
            return error("invalid_code")
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
