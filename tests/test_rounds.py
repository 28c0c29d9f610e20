"""Work that comes again and again: nothing that breaks in a round keeps the next one away."""

import asyncio
from collections.abc import Callable

import pytest

from bot.domain.errors import StorageError
from bot.rounds import Rounds
from tests.support.fakes import FakeClock


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not done():
            await asyncio.sleep(0)


@pytest.mark.parametrize("fault", [StorageError("away"), OSError("disk"), KeyError("of a library")])
async def test_a_round_that_breaks_is_followed_by_the_next_one(fault: Exception) -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise fault

    clock = FakeClock()
    rounds = Rounds("test", work, clock, every=15.0, first=4.0)
    rounds.start()
    await until(lambda: len(done) >= 2)
    await rounds.stop()

    assert clock.slept[:2] == [4.0, 15.0]


async def test_a_round_without_an_end_is_given_up() -> None:
    begun: list[int] = []

    async def work() -> None:
        begun.append(len(begun))
        await asyncio.Event().wait()

    rounds = Rounds("test", work, FakeClock(), every=1.0, longest=0.01)
    rounds.start()
    async with asyncio.timeout(10):
        while len(begun) < 2:
            await asyncio.sleep(0.005)
    await rounds.stop()


async def test_stopped_before_it_has_begun_it_does_nothing() -> None:
    await Rounds("test", asyncio.Event().wait, FakeClock(), every=1.0).stop()
