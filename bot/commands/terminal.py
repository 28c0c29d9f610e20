"""The terminal as a chat adapter: it shows nothing on its own, the command prints the finished job."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapter_api import AdapterContext
from bot.domain.errors import InvalidImage
from bot.domain.jobs import Job
from bot.domain.outcomes import Outcome
from bot.domain.requests import Reference
from bot.ports import Check, Health, Progress


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


def create_terminal(_context: AdapterContext) -> TerminalAdapter:
    return TerminalAdapter()
