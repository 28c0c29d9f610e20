"""Work that can wait begins after the last acknowledgement, and is not held back for ever."""

import asyncio

from bot.images.encoding import encoding, giving_way_to
from bot.rush import MANY, Rush


async def test_work_begins_after_the_last_acknowledgement() -> None:
    rush = Rush()
    order: list[str] = []

    async def work() -> None:
        await rush.over()
        order.append("work")

    with rush.answering():
        task = asyncio.create_task(work())
        with rush.answering():
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        order.append("acknowledged")
    await task

    assert order == ["acknowledged", "work"]


async def test_without_anybody_waiting_nothing_is_held_back() -> None:
    rush = Rush()
    with rush.answering():
        pass

    over = rush.over()
    try:
        over.send(None)
        raise AssertionError("it waits")
    except StopIteration:
        pass


async def test_many_at_once_hold_work_back_although_each_is_answered() -> None:
    rush = Rush()
    for _ in range(MANY):
        with rush.answering():
            pass

    task = asyncio.create_task(rush.over())
    await asyncio.sleep(0)
    assert not task.done()
    await task


async def test_nothing_is_held_back_for_ever() -> None:
    rush = Rush()
    with rush.answering():
        await rush.over()


async def test_encoding_gives_way_to_the_rush_that_it_was_handed_and_to_no_other() -> None:
    rush = Rush()
    order: list[str] = []

    async def encode(name: str) -> None:
        await encoding(order.append, name)

    with rush.answering():
        with giving_way_to(rush):
            held = asyncio.create_task(encode("held"))
        await encode("of another application")
        order.append("acknowledged")
    await held

    assert order == ["of another application", "acknowledged", "held"]
