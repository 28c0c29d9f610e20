"""While a process leaves it drops nobody's request in silence: Slack itself tells the person, or asks another process."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from tests.support.slack_stage import open_stage
from tests.twins import http_twin

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("slack_restart")]


async def test_a_leaving_process_turns_slack_away_and_finishes_what_it_has(tmp_path: Path) -> None:
    async with open_stage(tmp_path, http=True) as stage:
        ada, bob = stage.slack.person("U000STAY1"), stage.slack.person("U000STAY2")
        await stage.until(lambda: any(name == "auth.test" for name, _, _ in stage.slack.calls))
        stage.openai.images.queue(http_twin.Slow(4.0))
        await ada.slash("a brass owl")
        await stage.until(lambda: stage.openai.image_requests)
        stopping = asyncio.create_task(stage.bot.stop())
        turned_away = 0
        while not turned_away:
            handle = await bob.slash("help")
            turned_away = handle.status if handle.status != 200 else 0
        await stage.until(lambda: next((m for m in ada.sees() if m.pictures), None))

        assert turned_away == 503
        assert await stopping == 0


async def test_what_was_acknowledged_is_in_the_ledger(tmp_path: Path) -> None:
    """So a process that is killed at any moment leaves either Slack's own error or a job that another one finishes."""
    async with open_stage(tmp_path, http=True) as stage:
        ada = stage.slack.person()
        stage.openai.images.always(http_twin.Slow(30.0))
        for number, ask in enumerate((ada.slash("a brass owl"), ada.mention("a tin fox")), 1):
            handle = await ask
            with contextlib.closing(sqlite3.connect(tmp_path / "data" / "imagine.db")) as database:
                (known,) = database.execute("SELECT count(*) FROM job").fetchone()
            assert (handle.status, known) == (200, number)
        await stage.bot.kill()
