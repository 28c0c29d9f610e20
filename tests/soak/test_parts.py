"""The soak's own arithmetic: what counts as which end, sums over restarts, and what a kill may cost."""

import time
import tomllib
from collections.abc import Iterator
from importlib import resources

import httpx2
import pytest
from aiohttp import web

from bot.domain.outcomes import DecidedBy, Failed, FailureClass, RefusalReason, Refused
from bot.domain.requests import JobId
from bot.messages.catalogue import texts_for
from tests.soak.asked import End, read
from tests.soak.compare import Row
from tests.soak.counters import TOLD_BEFORE, Counters, Window
from tests.soak.page import page
from tests.soak.report import Report
from tests.support.process import BotProcess
from tests.twins.http_twin import HttpTwin, Recorded, Route


@pytest.mark.parametrize("reason", list(RefusalReason))
def test_each_refusal_is_read_as_what_it_is(reason: RefusalReason) -> None:
    refused = Refused(reason, DecidedBy.GUARD, wait=30.0, params=(("limit", "3"), ("option", "x")))

    assert read(texts_for("en").refusal(refused, JobId("a" * 16)), 1.0) == End("refused", reason.value, 1.0)


@pytest.mark.parametrize("failure", list(FailureClass))
def test_each_failure_is_read_as_what_it_is(failure: FailureClass) -> None:
    text = texts_for("en").failure(Failed(failure), JobId("a" * 16))

    assert read(text, 1.0) == End("failed", failure.value, 1.0)


def test_words_that_are_no_end_are_none() -> None:
    assert read("⏳ Painting", 1.0) is None
    say = tomllib.loads((resources.files("bot.messages") / "locales" / "en.toml").read_text("utf-8"))["say"]
    assert read(say["already_running"], 1.0) == End("pointed", "already_running", 1.0)


class Exposed(HttpTwin):
    """A process' `/metrics`, which grow with each reading."""

    def routes(self) -> Iterator[Route]:
        yield Route("GET", "/metrics", self._tell)

    async def _tell(self, _request: web.Request, _seen: Recorded) -> web.StreamResponse:
        count = len(self.requests)
        return web.Response(
            text=f'imagine_requests_total{{platform="slack",outcome="delivered"}} {count}.0\n'
        )


async def test_what_ended_processes_counted_stays_in_the_sum() -> None:
    async with Exposed() as exposed, httpx2.AsyncClient() as http:
        counters, bot = Counters(http), BotProcess({}, None)  # type: ignore[arg-type]
        bot.address = exposed.origin
        for _ in range(2):
            counters.started(1)
            assert await counters.read(1, bot)
            counters.ended(1)
        counters.started(1)

        assert counters.sums("imagine_requests_total", "platform") == {("slack",): 3.0}
        assert counters.now("imagine_requests_total") == 0
        assert len(counters.windows) == 2
        bot.address = "http://127.0.0.1:1"
        assert not await counters.read(1, bot)


def test_a_kill_may_cost_what_ended_around_it_and_nothing_else() -> None:
    counters = Counters(None, [Window(1, 100.0, 101.0)])  # type: ignore[arg-type]
    before = 100.0 - TOLD_BEFORE

    assert counters.lost([before - 0.1, before, 100.5, 101.1, None]) == 3
    assert counters.lost([100.5], place=2) == 0


@pytest.mark.parametrize(("ours", "holds"), [(6, False), (7, True), (10, True), (11, True), (12, False)])
def test_a_row_bounds_each_direction_for_itself(ours: int, holds: bool) -> None:
    assert Row("m", "a", ours, 10, less=3, more=1, why="a kill").holds is holds


def test_the_page_has_the_verdict_and_every_row() -> None:
    row = {"metric": "m", "labels": "a, b", "ours": 3, "twins": 4, "less": 1, "more": 0, "why": "a kill"}
    figures = {"minutes": 1.0, "asked": 9, "killed": 1, "terminated": 0, "seconds_of_lost_counting": 0.3}
    report = Report({**figures, "compared": [row]}, ["something"])

    text = page(report)

    assert "Verdict: 1 finding**" in text
    assert "- something" in text
    assert "| `m` | a, b | 3 | 4 | -1 | -1 to +0 | a kill |" in text
    assert time.strftime("%Y") in text
