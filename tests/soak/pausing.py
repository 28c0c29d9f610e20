"""Waiting as everybody in the soak waits: until it is time, or until all is over."""

import asyncio


async def stops_within(stop: asyncio.Event, seconds: float) -> bool:
    """Whether all is over before so many seconds have passed."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
