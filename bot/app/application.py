"""What runs in one process, put together by `assembly`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.app.chats import Chats
from bot.app.readiness import readiness_of
from bot.moderation.desk import Desk
from bot.pipeline.janitor import Janitor
from bot.pipeline.recovered import Recoveries
from bot.pipeline.run import Parts
from bot.pipeline.studio import Studio
from bot.pipeline.workers import Workers
from bot.ports import ChatAdapter, ImageStore
from bot.providers.router import Router
from bot.rush import Rush
from bot.settings import Settings
from bot.store import Store
from bot.telemetry.metrics import Metrics
from bot.web.safety import SafetyWebhook


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that runs in one process.

    Attributes:
        images: The store as it is; `parts` has it with notes and measures around it.
        webhooks: Routes that a provider's safety notices come in by.
    """

    settings: Settings
    metrics: Metrics
    store: Store
    images: ImageStore
    router: Router
    parts: Parts
    studio: Studio
    workers: Workers
    janitor: Janitor
    recoveries: Recoveries
    chats: Chats
    desk: Desk
    rush: Rush
    webhooks: tuple[SafetyWebhook, ...] = ()

    @property
    def adapters(self) -> Mapping[str, ChatAdapter]:
        return self.chats.adapters

    async def readiness(self) -> Mapping[str, Any]:
        """State of every part, for `/readyz`. Ready means: requests can be taken and finished."""
        parts = await readiness_of(self.store, self.images, self.adapters, self.router)
        ready = parts["ready"] and self.chats.taking
        return {
            **parts,
            "ready": ready,
            "stopping": not self.chats.taking,
            "jobs_in_flight": self.workers.in_flight,
        }

    async def drain(self) -> None:
        """Stop intake, let running jobs end within the grace period, hand the rest over."""
        await self.chats.stop_intake()
        await self.workers.stop(self.settings.workers.shutdown_grace_seconds)

    async def close_adapters(self) -> None:
        await self.chats.aclose()
