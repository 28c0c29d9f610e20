"""Bytes in memory are bounded."""

import asyncio

from bot.images.budget import ByteBudget


async def test_bytes_on_their_way_are_bounded() -> None:
    budget = ByteBudget(10)
    inside, most = 0, 0

    async def carry(size: int) -> None:
        nonlocal inside, most
        async with budget.take(size):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.005)
            inside -= 1

    await asyncio.gather(*(carry(5) for _ in range(6)), carry(99))
    assert most == 2


def test_a_picture_takes_no_more_than_what_of_it_is_in_memory() -> None:
    assert ByteBudget(100).of_pictures(40, 3) == 120
    assert ByteBudget(100, largest=30).of_pictures(40, 3) == 90
    assert ByteBudget(100, largest=30).of_pictures(20, 3) == 60


async def test_what_is_there_unforeseen_makes_the_next_ones_wait() -> None:
    budget, order = ByteBudget(10), []

    async def later() -> None:
        async with budget.take(5):
            order.append("later")

    async with budget.take(8):
        async with budget.overdraw(20):
            waiting = asyncio.create_task(later())
            await asyncio.sleep(0)
        order.append("given back")
    await waiting
    assert order == ["given back", "later"]
