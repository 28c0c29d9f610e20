"""A database that is away in the middle of a moderator's work: 503 with what to do, and the same step works later."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bot.domain.errors import StorageError
from bot.domain.moderators import CaseState
from bot.messages.catalogue import texts_for
from bot.messages.keys import Say
from bot.moderation.answers import Problem
from bot.moderation.desk import Desk
from bot.moderation.held import HeldPictures
from bot.telemetry.metrics import Metrics
from bot.web.console.api import console_routes
from bot.web.plane import Plane
from tests.moderation.test_people_and_cases import appealed
from tests.support.rig import MODERATOR, Rig
from tests.web.test_console_http import BASE, enter, link_for, token


class Store:
    """A moderators' store behind a line that can be cut, also just after what was sent has arrived."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.gone = False
        self.unheard: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        async def call(*given: Any, **named: Any) -> Any:
            if self.gone:
                raise StorageError("postgres: ConnectionRefusedError")
            done = await getattr(self.real, name)(*given, **named)
            if name in self.unheard:
                self.unheard.remove(name)
                raise StorageError("postgres: ConnectionDoesNotExistError")
            return done

        return call


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as running:
        yield running


def desk_on(rig: Rig, store: Any) -> Desk:
    people = dataclasses.replace(rig.desk.people, store=store)
    cases = dataclasses.replace(
        rig.desk.case_desk, store=store, standing=people, held=HeldPictures(rig.parts)
    )
    door = dataclasses.replace(rig.desk.door, store=store)
    return dataclasses.replace(rig.desk, store=store, people=people, case_desk=cases, door=door)


@asynccontextmanager
async def browser(desk: Desk, language: str = "en") -> AsyncIterator[httpx2.AsyncClient]:
    async def ready() -> dict[str, Any]:
        return {"ready": True}

    app = Plane(Metrics(), ready, None, console_routes(desk, BASE)).app()
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url=BASE, headers={"accept-language": language}
    ) as client:
        yield client


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "ja"])
async def test_a_ruling_meets_a_database_that_is_away_and_is_made_again(rig: Rig, language: str) -> None:
    _, view = await appealed(rig)
    store = Store(rig.store.moderation)
    desk = desk_on(rig, store)
    path = f"/console/api/cases/{view.case.case_id}/rule"
    async with browser(desk, language) as client:
        await enter(client, await link_for(desk))
        headers = await token(client)
        store.gone = True
        failed = await client.post(path, json={"ruling": "strike"}, headers=headers)
        store.gone = False
        ruled = await client.post(path, json={"ruling": "strike"}, headers=headers)

    told = texts_for(language).say(Say.AWAY_TEXT)
    assert failed.status_code == 503
    assert failed.json() == {"error": {"code": "storage_away", "message": told}}
    assert failed.headers["retry-after"].isdigit()
    assert failed.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in failed.headers["content-security-policy"]
    assert "postgres" not in failed.text
    assert ruled.status_code == 200
    assert await standing(desk) == 1


async def standing(desk: Desk) -> int:
    found = await desk.standing(MODERATOR, "42")
    assert not isinstance(found, Problem)
    return len(found.strikes)


async def test_of_a_ruling_whose_last_answer_was_lost_nothing_is_lost(rig: Rig) -> None:
    """The case is closed, and nobody heard it: the strike and the entry in the trail have to stand all the same."""
    _, view = await appealed(rig)
    store = Store(rig.store.moderation)
    desk = desk_on(rig, store)
    path = f"/console/api/cases/{view.case.case_id}/rule"
    async with browser(desk) as client:
        await enter(client, await link_for(desk))
        headers = await token(client)
        store.unheard.add("close")
        failed = await client.post(path, json={"ruling": "strike"}, headers=headers)

    assert failed.status_code == 503
    case = await rig.store.moderation.case(MODERATOR.tenant, view.case.case_id)
    assert case is not None
    assert case.state is CaseState.CLOSED
    assert await standing(desk) == 1
    trail = [row["event"] for row in await rig.store.policies.audited(MODERATOR.tenant)]
    assert trail.count("case_ruled") == trail.count("strike") == 1


async def test_a_door_that_the_database_does_not_open_says_so_and_opens_later(rig: Rig) -> None:
    store = Store(rig.store.moderation)
    desk = desk_on(rig, store)
    secret = await link_for(desk)
    async with browser(desk) as client:
        client.headers["accept"] = "text/html,application/xhtml+xml"
        store.gone = True
        failed = await enter(client, secret)
        store.gone = False
        entered = await enter(client, secret)

    assert failed.status_code == 503
    assert texts_for("en").say(Say.AWAY_TITLE) in failed.text
    assert failed.headers["content-type"].startswith("text/html")
    assert entered.status_code == 303
