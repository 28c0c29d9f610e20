"""The offline renderer behind the `ImageProvider` port: honest, labelled, free, and never a silent fallback."""

import asyncio
import random
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from bot.domain.clock import Deadline
from bot.domain.errors import UnknownOutcome
from bot.domain.images import GeneratedImage, ImageTask, MediaType, Partial, Produced, ProviderRefusal
from bot.domain.money import ZERO
from bot.domain.profile import ModelProfile
from bot.ports import Clock, Health
from bot.providers.profiles import OFFLINE
from bot.providers.sizes import fit_size

NAME: Final = "offline"
MODEL: Final = "preview"
BACKUP_MODEL: Final = "backup"


@dataclass(frozen=True, slots=True)
class OfflineProvider:
    """Draws by rules; the same words and seed give the same bytes."""

    clock: Clock
    name: str = NAME
    model: str = MODEL
    profile: ModelProfile = OFFLINE

    async def generate(
        self, task: ImageTask, deadline: Deadline
    ) -> AsyncGenerator[Partial | Produced | ProviderRefusal, None]:
        """Draw each picture in a thread."""
        width, height = fit_size(task.width, task.height, self.profile.sizes)
        seed = task.seed if task.seed is not None else random.randrange(2**32)
        try:
            async with asyncio.timeout(deadline.remaining(self.clock.now())):
                drawings = await asyncio.gather(
                    *(
                        asyncio.to_thread(_draw, task.prompt, width, height, seed, variant)
                        for variant in range(task.count)
                    )
                )
        except TimeoutError:
            raise UnknownOutcome(self.name, self.model, "deadline") from None
        images = tuple(GeneratedImage(png, MediaType.PNG) for png in drawings)
        yield Produced(images, self.name, self.model, cost=ZERO, seed=seed)

    async def probe(self) -> Health:
        return Health(ok=True, detail="draws by rules")

    async def aclose(self) -> None:
        """Nothing to close."""


def _draw(prompt: str, width: int, height: int, seed: int, variant: int) -> bytes:
    from bot.providers.offline.render import render

    return render(prompt, width=width, height=height, seed=seed, variant=variant).png
