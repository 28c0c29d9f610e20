"""The playground as a chat adapter. Its page reads jobs from the store, so delivery has nothing to send."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from adapters.playground.api import STATIC, PlaygroundApi
from adapters.playground.pressed import still_noted
from adapters.playground.returned import told
from adapters.playground.security import Gate
from bot.adapter_api import AdapterContext
from bot.domain.awaiting import Awaited
from bot.domain.errors import InvalidImage
from bot.domain.jobs import Job
from bot.domain.outcomes import Outcome
from bot.domain.requests import Reference
from bot.ports import Check, Health, Progress


class PlaygroundAdapter:
    """Implements the `ChatAdapter` port."""

    name = "playground"

    def __init__(self, context: AdapterContext) -> None:
        self._gate = Gate(context.base_url, context.playground_token, loopback=context.loopback)
        self._api = PlaygroundApi(context)
        self._parts = context.studio.parts

    async def start(self) -> None:
        """The HTTP plane carries it."""

    async def stop_intake(self) -> None:
        self._api.draining = True

    async def aclose(self) -> None:
        """Whoever still follows a job is let go, or the HTTP plane would wait for them."""
        self._api.leaving.set()
        await self._api.previews.aclose()

    async def progress(self, job: Job, progress: Progress) -> None:
        """The page follows the job's events."""

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        return {"shown": "playground", **still_noted(job)}

    async def fetch(self, reference: Reference) -> bytes:
        raise InvalidImage("the playground takes no attachments")

    async def retract(self, job: Job) -> None:
        """The page shows what the store says."""

    async def tell_of_return(self, note: Awaited, job: Job | None) -> None:
        """The page hears it in the job's events, or reads it when it is opened again."""
        del job
        await told(self._parts, note.job_id)

    async def health(self) -> Health:
        return Health(ok=not self._api.draining)

    async def examine(self) -> Sequence[Check]:
        return ()

    def routes(self) -> Sequence[BaseRoute]:
        static = Mount("/static", self._gate.protect(StaticFiles(directory=STATIC)))
        return [*self._api.routes(self._gate), static]
