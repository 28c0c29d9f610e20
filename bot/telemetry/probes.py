"""Asking a part whether it is up."""

import asyncio
from collections.abc import Awaitable

from bot.ports import Health


async def probed(probe: Awaitable[Health], seconds: float = 3.0) -> Health:
    """A probe's answer in time, whatever it does. Who gives none in time may well do so later."""
    try:
        async with asyncio.timeout(seconds):
            return await probe
    except TimeoutError:
        return Health(ok=False, detail="TimeoutError", passing=True)
    except Exception as fault:  # noqa: BLE001 - a probe that breaks means that the part is down
        return Health(ok=False, detail=type(fault).__name__)
