"""What makes pictures: one model at one host, and the door before all of them."""

from collections.abc import AsyncGenerator
from typing import Protocol

from bot.domain.awaiting import Outlook
from bot.domain.clock import Deadline
from bot.domain.images import ImageTask, Partial, Produced, ProviderRefusal
from bot.domain.lora import LoraChoice
from bot.domain.money import MicroUSD
from bot.domain.policy import Recovery, RouteOrder
from bot.domain.profile import ModelProfile
from bot.domain.requests import JobId
from bot.ports.health import Health


class ImageProvider(Protocol):
    """One model at one host."""

    @property
    def name(self) -> str:
        """The host, e.g. "openai" or "bfl"."""
        ...

    @property
    def model(self) -> str: ...

    @property
    def profile(self) -> ModelProfile: ...

    def generate(
        self, task: ImageTask, deadline: Deadline
    ) -> AsyncGenerator[Partial | Produced | ProviderRefusal, None]:
        """Make pictures: any number of Partial, then exactly one Produced or ProviderRefusal.

        One call is at most one paid request; nothing paid is repeated inside. Closing the iterator cancels the
        request where the host can.

        Raises:
            ProviderError: with `maybe_billed` telling whether money may have been spent.
        """
        ...

    async def probe(self) -> Health:
        """Whether a request has a chance, without paying. Hosts that cannot tell answer ok."""
        ...

    async def aclose(self) -> None: ...


class ImageRouter(Protocol):
    """All providers behind one door: order, fallback, breakers, ledger."""

    def generate(
        self,
        job_id: JobId,
        task: ImageTask,
        deadline: Deadline,
        recovery: Recovery,
        *,
        model: str | None = None,
        filtered_hosts_only: bool = False,
        besides: str | None = None,
    ) -> AsyncGenerator[Partial | Produced | ProviderRefusal, None]:
        """As `ImageProvider.generate`, over every route that can serve the task.

        `besides` leaves a host out that has refused already; `model` narrows the routes to one that a person chose; `filtered_hosts_only` leaves out hosts whose profile
        says `own_check`.

        Raises:
            ProviderError: the most telling one when no route is left.
        """
        ...

    def profile(self, provider: str, model: str) -> ModelProfile | None:
        """Facts about a model that served before; None when it is configured no more."""
        ...

    def estimate(
        self, task: ImageTask, *, model: str | None = None, order: RouteOrder = RouteOrder.FIXED
    ) -> MicroUSD | None:
        """What the first route that can serve the task would cost, None if unknown."""
        ...

    def takes_lora(self, lora: LoraChoice) -> bool:
        """Whether any model of the route takes it; such models come first for tasks that have one."""
        ...

    async def outlook(self, model: str | None = None) -> Outlook:
        """Whether a request has a chance now, found out without paying; that of the best route."""
        ...
