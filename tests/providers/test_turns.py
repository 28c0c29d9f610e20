"""Answers are read a few at a time, and a slow one holds nobody up."""

import asyncio

from bot.providers.turns import Turns


async def test_no_more_than_the_places_are_read_at_once() -> None:
    turns, inside, most = Turns(places=2, seconds=60), 0, 0

    async def read() -> None:
        nonlocal inside, most
        async with turns.take():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(read() for _ in range(7)))
    assert most == 2


async def test_a_slow_answer_gives_its_place_up_and_goes_on() -> None:
    turns, end = Turns(places=1, seconds=0.01), asyncio.Event()

    async def slow() -> None:
        async with turns.take():
            await end.wait()

    task = asyncio.create_task(slow())
    async with asyncio.timeout(5):
        for _ in range(3):  # also the place that was given up comes back only once
            async with turns.take():
                assert not task.done()
    end.set()
    await task
    async with turns.take():
        waiting = asyncio.create_task(turns.take().__aenter__())
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()


async def test_a_failed_answer_leaves_its_place() -> None:
    turns = Turns(places=1, seconds=60)
    for _ in range(2):
        try:
            async with asyncio.timeout(5), turns.take():
                raise ValueError
        except ValueError:
            continue
