"""The least that bolt's documentation leads to for many workspaces: acknowledges `/imagine` and does nothing else.

Environment as the Slack twin's for OAuth, with PORT and the workspace's TOKEN and TEAM.
"""

import os
import sys

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.web.async_client import AsyncWebClient


class OneInstallation(AsyncInstallationStore):
    """From memory, so that no database is to blame."""

    async def async_find_bot(self, **_: object) -> Bot:
        return Bot(
            app_id="A000TWIN0",
            team_id=os.environ["TEAM"],
            bot_token=os.environ["TOKEN"],
            bot_id="B000BOT00",
            bot_user_id="U000BOT00",
            installed_at=0.0,
        )


def make_app() -> web.Application:
    client = AsyncWebClient(base_url=os.environ["SLACK_API_BASE_URL"])
    bolt = AsyncApp(
        client=client,
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        installation_store=OneInstallation(),
        installation_store_bot_only=True,
    )

    @bolt.command("/imagine")
    async def imagine(ack: object) -> None:
        await ack()  # type: ignore[operator]

    async def events(request: web.Request) -> web.Response:
        answer = await bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    app = web.Application()
    app.router.add_post("/slack/events", events)
    return app


if __name__ == "__main__":
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN"):
        os.environ.pop(name, None)
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]), print=None)
