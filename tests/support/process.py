"""`imagine-bot run` as a process of its own: started, read, terminated, killed."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.support.tables import sqlite_with_tables

_CLEAN = (
    "PATH",
    "HOME",
    "LANG",
    "COVERAGE_PROCESS_START",
    "COVERAGE_PROCESS_CONFIG",
    "COVERAGE_CORE",
    "PYTHONPATH",
)


@dataclass
class BotProcess:
    """A bot with its own data folder; `environment` is all it gets besides PATH and the like.

    Attributes:
        from_nothing: It makes the tables itself, as at the first start of all; else they are there, which is quicker.
    """

    environment: Mapping[str, str]
    folder: Path
    arguments: tuple[str, ...] = ("run",)
    start_seconds: float = 60.0
    from_nothing: bool = False
    log: list[str] = field(default_factory=list)
    address: str = ""
    _process: asyncio.subprocess.Process | None = None
    _reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.stop()
        print(*self.log, sep="\n")  # shown by pytest when the test fails

    async def start(self) -> None:
        """Returns when the HTTP plane answers."""
        environment = {name: os.environ[name] for name in _CLEAN if name in os.environ}
        environment |= {"DATA_DIR": str(self.folder / "data"), "HTTP_PORT": "0", **self.environment}
        if not self.from_nothing and "DATABASE_URL" not in environment:
            await sqlite_with_tables(Path(environment["DATA_DIR"]) / "imagine.db")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *self.arguments,
            cwd=self.folder,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self.address = ""
        self._reader = asyncio.create_task(self._read())
        async with asyncio.timeout(self.start_seconds):
            while not self.address:
                if self._process.returncode is not None:
                    raise AssertionError("the bot ended at once:\n" + "\n".join(self.log))
                await asyncio.sleep(0.02)

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            text = line.decode(errors="replace").rstrip()
            self.log.append(text)
            if found := re.search(r"imagine-bot is running: (\S+)", text):
                self.address = found[1]

    async def until_logged(self, text: str, seconds: float = 30.0) -> None:
        """Wait for a line with these words."""
        async with asyncio.timeout(seconds):
            while not any(text in line for line in self.log):
                await asyncio.sleep(0.02)

    async def stop(self, seconds: float = 40.0) -> int:
        """SIGTERM, and the exit code."""
        return await self._end(signal.SIGTERM, seconds)

    async def kill(self) -> int:
        """SIGKILL: the plug is pulled."""
        return await self._end(signal.SIGKILL, 10.0)

    async def _end(self, name: signal.Signals, seconds: float) -> int:
        assert self._process is not None
        self._process.send_signal(name)
        async with asyncio.timeout(seconds):
            code = await self._process.wait()
        if self._reader is not None:
            await self._reader
        return code
