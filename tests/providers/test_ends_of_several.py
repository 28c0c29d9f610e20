"""Several requests at once: which of their ends counts, and what is told where no route is left."""

import dataclasses
from typing import Any

import pytest

from bot.domain import errors as e
from bot.domain.images import (
    GeneratedImage,
    ImageTask,
    MediaType,
    Produced,
    ProviderRefusal,
    RefusalStage,
    SafePrompt,
)
from bot.domain.money import MicroUSD
from bot.providers.decisions import most_binding, most_telling
from bot.providers.shares import end_of, shares_of

REFUSED = ProviderRefusal("host", "model", RefusalStage.INPUT)


def made(name: bytes, cost: int | None = 10) -> Produced:
    image = GeneratedImage(name, MediaType.PNG)
    return Produced((image,), "host", "model", None if cost is None else MicroUSD(cost))


@pytest.mark.parametrize(
    ("strict", "lax"),
    [
        (e.NotFetched, e.UnknownOutcome),
        (e.UnknownOutcome, e.Exhausted),
        (e.Exhausted, e.ProviderFailed),
        (e.Misconfigured, e.QueueFull),
        (e.ProviderFailed, e.Unreachable),
        (e.ProviderFailed, e.Throttled),
    ],
)
def test_the_fault_that_forbids_most_binds(strict: type[Any], lax: type[Any]) -> None:
    binding, other = strict("host"), lax("host")

    assert most_binding([binding, other]) is binding
    assert most_binding([other, binding]) is binding


def test_of_throttles_the_one_that_ends_first_is_told() -> None:
    unknown, long, short = (
        e.Throttled("a"),
        e.Throttled("b", retry_after=9.0),
        e.Throttled("c", retry_after=2.0),
    )

    assert most_telling([e.Exhausted("d"), unknown, long, short]) is short
    assert most_telling([unknown, long]) is long


def test_where_no_fault_tells_more_the_first_is_told() -> None:
    first, second = e.Unsupported("a"), e.Unsupported("b")

    assert most_telling([first, second]) is first
    assert most_telling([first, e.Unreachable("c")]).provider == "c"


@pytest.mark.parametrize(
    ("count", "most", "counts", "seeds"),
    [
        (4, 1, [1, 1, 1, 1], [7, 8, 9, 10]),
        (5, 2, [2, 2, 1], [7, 9, 11]),
        (2, 4, [2], [7]),
    ],
)
def test_shares_are_full_but_the_last_and_their_seeds_go_up(
    count: int, most: int, counts: list[int], seeds: list[int]
) -> None:
    task = ImageTask(SafePrompt("an owl"), 256, 256, count, seed=7, partials=2)
    shares = shares_of(task, most)

    assert [share.count for share in shares] == counts
    assert [share.seed for share in shares] == seeds
    assert {share.partials for share in shares} == {0}
    assert {share.seed for share in shares_of(dataclasses.replace(task, seed=None), most)} == {None}


def test_pictures_count_for_more_than_a_refusal_and_a_refusal_for_more_than_faults() -> None:
    one, two = made(b"1"), made(b"2")

    assert end_of([e.Exhausted("host"), one, REFUSED, two]) == dataclasses.replace(
        one, images=one.images + two.images, cost=MicroUSD(20)
    )
    assert end_of([one, made(b"3", cost=None)]).cost is None  # type: ignore[union-attr]
    assert end_of([e.Exhausted("host"), one]) == one
    assert end_of([e.Exhausted("host"), REFUSED]) is REFUSED


def test_the_fault_that_binds_knows_whether_any_may_be_billed() -> None:
    binding = e.Exhausted("host")
    with pytest.raises(e.Exhausted) as told:
        end_of([e.ProviderFailed("host", maybe_billed=True), binding])
    assert told.value is binding
    assert binding.maybe_billed

    with pytest.raises(e.Exhausted) as told:
        end_of([e.ProviderFailed("host"), e.Exhausted("host")])
    assert not told.value.maybe_billed


def test_what_is_no_fault_of_the_providers_is_raised_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        end_of([e.Exhausted("host"), ZeroDivisionError()])
