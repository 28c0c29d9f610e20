"""The installation's pages, whatever comes back from the browser and whatever the database does meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request

from adapters.slack.installations import Installations
from adapters.slack.oauth import Installing
from adapters.slack.workspaces import ManyWorkspaces
from tests.support.fakes import FakeClock
from tests.support.rig import Rig
from tests.support.slack_room import Plant


@pytest_asyncio.fixture
async def installing(tmp_path: Path) -> AsyncIterator[tuple[Installing, Plant]]:
    async with Rig(tmp_path) as rig:
        plant, client, clock = Plant(), AsyncWebClient(), FakeClock()
        many = ManyWorkspaces(Installations(rig.store.secrets, clock), Any, Any, Any)  # type: ignore[arg-type]
        jobs = plant.around(rig.parts.jobs)
        yield Installing(client, "1.2", "shh", many, jobs, clock, "https://bot.example", "https://x/y"), plant


def came_back(state: str, cookie: str) -> Request:
    query = urlencode({"state": state, "code": "x"})
    headers = [(b"cookie", f"imagine_slack_state={cookie}".encode("latin-1"))]
    return Request({"type": "http", "method": "GET", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(("state", "cookie"), [("é.1.é", "x"), ("x", "é"), ("", "")])
async def test_a_state_that_is_none_of_ours_is_said_to_be_so(
    installing: tuple[Installing, Plant], state: str, cookie: str
) -> None:
    answer = await installing[0].redirect(came_back(state, cookie))

    assert answer.status_code == 400


async def test_a_cookie_of_other_signs_is_none_of_ours(installing: tuple[Installing, Plant]) -> None:
    answer = await installing[0].redirect(came_back(await sent(installing[0]), "é"))

    assert answer.status_code == 400


async def test_while_the_database_is_away_it_can_be_tried_again(
    installing: tuple[Installing, Plant],
) -> None:
    made, plant = installing
    state = await sent(made)
    plant.away = True

    answer = await made.redirect(came_back(state, state))

    assert answer.status_code == 502
    assert b"/slack/install" in answer.body


async def sent(installing: Installing) -> str:
    """The state with which a browser is sent to Slack."""
    away = await installing.install(Request({"type": "http", "method": "GET", "headers": []}))
    return parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
