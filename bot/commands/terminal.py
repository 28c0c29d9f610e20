"""The terminal as the only chat of a command: it shows nothing on its own, the command prints the finished job."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bot.adapter_api import AdapterContext
from bot.app import Application, open_application
from bot.domain.errors import InvalidImage
from bot.domain.jobs import Job
from bot.domain.outcomes import Outcome
from bot.domain.requests import Reference
from bot.ports import Check, Health, Progress
from bot.settings import load_settings
from bot.telemetry.logs import set_up_logs


class TerminalAdapter:
    """Implements the `ChatAdapter` port for one command."""

    name = "cli"

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop_intake(self) -> None:
        """There is one request, and it is running."""

    async def aclose(self) -> None:
        """Nothing to close."""

    async def progress(self, job: Job, progress: Progress) -> None:
        """The command waits for the end."""

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        return {"shown": "terminal"}

    async def fetch(self, reference: Reference) -> bytes:
        raise InvalidImage("the terminal takes no attachments")

    async def retract(self, job: Job) -> None:
        """Nothing to take back."""

    async def health(self) -> Health:
        return Health(ok=True)

    async def examine(self) -> Sequence[Check]:
        return ()

    def routes(self) -> Sequence[Any]:
        return ()


@asynccontextmanager
async def at_the_terminal(log_level: str = "ERROR") -> AsyncIterator[Application]:
    """The application as the settings say, without any other chat; nothing of it has been started.

    Raises:
        ConfigurationError: settings that cannot work.
    """
    settings = load_settings()
    set_up_logs(settings.logs.log_format, log_level)
    async with open_application(settings, lambda: {TerminalAdapter.name: _create}, tries=1) as app:
        yield app


def _create(_context: AdapterContext) -> TerminalAdapter:
    return TerminalAdapter()
