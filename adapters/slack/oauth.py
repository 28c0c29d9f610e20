"""Installing the app: `GET /slack/install` sends people to Slack, `/slack/oauth_redirect` takes them back.

The state that goes there and back is signed, ends after ten minutes, belongs to one browser by a cookie, and works
once: its mark lies in the database, so that no other replica takes it a second time.
"""

import hashlib
import hmac
import html
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from adapters.slack.installations import Installation
from adapters.slack.manifest import scopes
from adapters.slack.rotation import token_for, with_tokens
from adapters.slack.web_api import code_of
from adapters.slack.workspaces import ManyWorkspaces
from bot.domain.errors import StorageError
from bot.messages.catalogue import Texts, texts_for
from bot.messages.keys import Say
from bot.ports import Clock, JobStore

log = structlog.get_logger(__name__)

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
_STATE_SECONDS: Final = 600.0
_COOKIE: Final = "imagine_slack_state"


@dataclass(frozen=True, slots=True)
class Installing:
    """Attributes: `authorize_url` is Slack's page; `base_url` is where people open our HTTP plane."""

    client: AsyncWebClient
    client_id: str
    client_secret: str
    workspaces: ManyWorkspaces
    jobs: JobStore
    clock: Clock
    base_url: str
    authorize_url: str

    async def install(self, _request: Request) -> Response:
        """Off to Slack, with every scope of the manifest; admins may decline the optional ones there."""
        state = self._new_state()
        query = {
            "client_id": self.client_id,
            "scope": ",".join(sorted(scopes().all)),
            "user_scope": "",
            "state": state,
            "redirect_uri": self._redirect_uri,
        }
        answer = RedirectResponse(f"{self.authorize_url}?{urlencode(query)}", status_code=302)
        answer.set_cookie(
            _COOKIE,
            state,
            max_age=int(_STATE_SECONDS),
            path=REDIRECT,
            httponly=True,
            samesite="lax",
            secure=self.base_url.startswith("https://"),
        )
        return answer

    async def redirect(self, request: Request) -> Response:
        """Back from Slack: a code that is worth a token once, or a refusal."""
        texts = texts_for(request.headers.get("accept-language", "en").split(",")[0])
        query = request.query_params
        try:
            if not await self._is_ours(query.get("state", ""), request.cookies.get(_COOKIE, "")):
                return _page(texts, Say.INSTALL_STATE, 400)
            if "code" not in query:
                log.info("installation_declined")
                return _page(texts, Say.INSTALL_DECLINED, 400)
            answer = await token_for(
                self.client,
                client_id=self.client_id,
                client_secret=self.client_secret,
                code=query["code"],
                redirect_uri=self._redirect_uri,
            )
            await self.workspaces.added(installation_of(answer, self.clock.now()))
        except SlackApiError as error:
            log.warning("installation_failed", code=code_of(error))
            return _page(texts, Say.INSTALL_FAILED, 502)
        except (aiohttp.ClientError, OSError, TimeoutError, StorageError, KeyError) as fault:
            log.warning("installation_failed", fault=type(fault).__name__)
            return _page(texts, Say.INSTALL_FAILED, 502)
        log.info("installed", team=(answer.get("team") or {}).get("id"))
        return _page(texts, Say.INSTALLED, 200)

    @property
    def _redirect_uri(self) -> str:
        return f"{self.base_url}{REDIRECT}"

    def _new_state(self) -> str:
        nonce = f"{secrets.token_urlsafe(16)}.{int(self.clock.now() + _STATE_SECONDS)}"
        return f"{nonce}.{self._signature(nonce)}"

    def _signature(self, nonce: str) -> str:
        return hmac.new(self.client_secret.encode(), f"state {nonce}".encode(), hashlib.sha256).hexdigest()

    async def _is_ours(self, state: str, cookie: str) -> bool:
        nonce, _, signature = state.rpartition(".")
        ends = nonce.rpartition(".")[2]
        if not _same(signature, self._signature(nonce)) or not ends.isdigit():
            return False
        if not _same(state, cookie) or int(ends) < self.clock.now():
            return False
        return await self.jobs.mark_once(f"slack-state:{nonce}", _STATE_SECONDS)


def _same(given: str, wanted: str) -> bool:
    """As bytes: the function takes no others for text than ASCII's signs, and a browser may send any."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def installation_of(answer: Any, now: float) -> Installation:
    """From an `oauth.v2.access` answer. An org-wide installation has `team: null`. Raises KeyError."""
    team: Mapping[str, Any] = answer.get("team") or {}
    enterprise: Mapping[str, Any] = answer.get("enterprise") or {}
    whole = bool(answer.get("is_enterprise_install"))
    bare = Installation(
        team_id="" if whole else str(team.get("id", "")),
        enterprise_id=str(enterprise.get("id", "")),
        bot_token=str(answer["access_token"]),
        bot_user_id=str(answer.get("bot_user_id") or ""),
        installer=str((answer.get("authed_user") or {}).get("id", "")),
        team_name=str((enterprise if whole else team).get("name", "")),
        scopes=tuple(sorted(str(answer.get("scope") or "").split(","))),
    )
    return with_tokens(bare, answer, now)


def _page(texts: Texts, key: Say, status: int) -> Response:
    words = html.escape(texts.say(key))
    again = (
        "" if status == 200 else f'<p><a href="{INSTALL}">{html.escape(texts.say(Say.INSTALL_AGAIN))}</a></p>'
    )
    page = (
        f'<!doctype html><html lang="{texts.language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>imagine-bot</title>'
        '<body style="font:1.1rem system-ui;max-width:34rem;margin:4rem auto;padding:0 1rem">'
        f"<h1>imagine-bot</h1><p>{words}</p>{again}</body></html>"
    )
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HTMLResponse(page, status_code=status, headers=headers)
