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
