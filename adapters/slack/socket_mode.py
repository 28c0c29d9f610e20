"""Socket Mode that knows which events it still owes an acknowledgement: a leaving process pays them before it hangs up."""

import asyncio
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler


class Socket(AsyncSocketModeHandler):
    """The library's own handler, which forgets what it is at."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._owed: set[asyncio.Task[Any]] = set()
        super().__init__(*args, **options)

    async def handle(self, client: Any, req: Any) -> None:
        """The library gives each event a task of its own."""
        if (task := asyncio.current_task()) is not None:
            self._owed.add(task)
            task.add_done_callback(self._owed.discard)
        await super().handle(client, req)

    async def settle(self, seconds: float) -> None:
        """Wait so long for the acknowledgements of what has come in."""
        if self._owed:
            await asyncio.wait(set(self._owed), timeout=seconds)
