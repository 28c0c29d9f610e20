"""The router's table, row by row: who is asked after each end of an attempt, and what it does to the breaker.

A row is played through the router as often as it takes to see its effect on the breaker.
"""

import contextlib
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.domain import errors as e
from bot.domain.images import MediaType, Partial, ProviderRefusal, RefusalStage
from bot.domain.policy import Recovery
from bot.providers.circuit import IN_A_ROW
from bot.providers.decisions import TABLE, decide
from bot.providers.profiles import FLUX_SELF_HOSTED, GPT_IMAGE_2
from tests.support.routing import TASK, Setup, two

PREVIEW = Partial(b"x", MediaType.PNG, 0)
REFUSED = ProviderRefusal("first", "model", RefusalStage.INPUT)
PAY_TWICE = Recovery(pay_twice=True)

NOTHING, COUNTS, LONG = "nothing", "counts", "opens long"


@dataclass(frozen=True)
class Row:
    """An end, and how often the first and the second provider are asked for one picture.

    `twice`: the same where the community allows to pay twice.
    """

    name: str
    asked: tuple[int, int]
    twice: tuple[int, int]
    breaker: str
    script: tuple[Any, ...]

    def __str__(self) -> str:
        return self.name


# fmt: off
ROWS = (
    #   outcome                      asked   if twice  breaker   what the first provider does
    Row("refused",                   (1, 0), (1, 0),   NOTHING,  (REFUSED,)),
    Row("throttled shortly",         (2, 1), (2, 1),   NOTHING,  (e.Throttled("first", retry_after=0.5),)),
    Row("throttled for long",        (1, 1), (1, 1),   NOTHING,  (e.Throttled("first", retry_after=20.0),)),
    Row("throttled, no wait told",   (1, 1), (1, 1),   NOTHING,  (e.Throttled("first"),)),
    Row("exhausted",                 (1, 1), (1, 1),   LONG,     (e.Exhausted("first"),)),
    Row("misconfigured",             (1, 1), (1, 1),   LONG,     (e.Misconfigured("first"),)),
    Row("request not taken",         (1, 1), (1, 1),   NOTHING,  (e.Rejected("first"),)),
    Row("nothing sent",              (2, 1), (2, 1),   COUNTS,   (e.Unreachable("first"),)),
    Row("5xx or bad answer",         (1, 1), (1, 1),   COUNTS,   (e.ProviderFailed("first", maybe_billed=True),)),
    Row("queue full",                (1, 1), (1, 1),   COUNTS,   (e.QueueFull("first"),)),
    Row("GPU memory full",           (1, 1), (1, 1),   COUNTS,   (e.OutOfMemory("first"),)),
    Row("warming up",                (1, 1), (1, 1),   NOTHING,  (e.WarmingUp("first", ready_in=60.0),)),
    Row("cold start",                (1, 1), (1, 1),   NOTHING,  (e.ColdStart("first"),)),
    Row("unknown outcome",           (1, 0), (1, 1),   COUNTS,   (e.UnknownOutcome("first", maybe_billed=True),)),
    Row("error after a preview",     (1, 0), (1, 1),   COUNTS,   (PREVIEW, e.ProviderFailed("first"))),
    Row("paid, not fetched",         (1, 0), (1, 0),   NOTHING,  (e.NotFetched("first", maybe_billed=True),)),
)
# fmt: on


async def ask(setup: Setup, recovery: Recovery) -> list[int]:
    """How often each provider was asked for one more picture."""
    before = setup.calls
    with contextlib.suppress(e.ProviderError):
        await setup.run(recovery=recovery)
    return [now - then for now, then in zip(setup.calls, before, strict=True)]


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_who_is_asked(row: Row) -> None:
    assert await ask(two(row.script), Recovery()) == list(row.asked)
    assert await ask(two(row.script), PAY_TWICE) == list(row.twice)


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_what_it_means_for_the_breaker(row: Row) -> None:
    setup = two(row.script)
    breaker = setup.router.routes[0].circuit

    await ask(setup, Recovery())
    assert breaker.is_open is (row.breaker == LONG)

    for _ in range(IN_A_ROW):
        setup.clock.time += 30.0
        await ask(setup, Recovery())
    assert breaker.is_open is (row.breaker != NOTHING)

    setup.clock.time += 61.0
    assert breaker.admit() is (row.breaker != LONG)


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_nobody_else_is_asked_where_fallback_is_off(row: Row) -> None:
    assert await ask(two(row.script), Recovery(outage_fallback=False)) == [row.asked[0], 0]


async def test_a_server_of_our_own_is_not_paid_twice() -> None:
    """Its costs are fixed, so an answer that got lost keeps nobody from asking the next one."""
    setup = two([e.UnknownOutcome("first")], profile=FLUX_SELF_HOSTED)

    assert await ask(setup, Recovery()) == [1, 1]


def test_a_row_stands_before_that_of_its_base() -> None:
    kinds = list(TABLE)

    for place, kind in enumerate(kinds):
        assert not [base for base in kinds[:place] if issubclass(kind, base)], kind
        assert decide(kind("first")) is TABLE[kind]


async def test_of_several_pictures_at_once_a_paid_one_forbids_the_next_provider() -> None:
    one_each = replace(GPT_IMAGE_2, max_count=1)
    setup = two([e.NotFetched("first", maybe_billed=True)], profile=one_each)

    with pytest.raises(e.NotFetched):
        await setup.run(replace(TASK, count=2), PAY_TWICE)
    assert setup.calls == [2, 0]
