"""The messages that show a job already, its own and the further ones: taken away, or shown anew."""

from collections.abc import Awaitable, Callable

import discord
import structlog

from adapters.discord.calls import LOST, brief
from adapters.discord.copies import Copies
from adapters.discord.doors import Doors
from adapters.discord.pictures import Pictures
from bot.domain.errors import DeliveryError
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered

log = structlog.get_logger(__name__)


class Standing:
    """By the bot's own token: the interactions are long over."""

    def __init__(self, doors: Doors, pictures: Pictures, copies: Copies) -> None:
        self._doors = doors
        self._pictures = pictures
        self._copies = copies

    async def retract(self, job: Job) -> None:
        """Delete every message that shows the job; what is gone already is no error.

        Raises:
            DeliveryError: Discord could not be asked about one of them; the next try may reach it.
        """
        unreached = await self._each(job, self._doors.delete_by_bot, "message_not_deleted", cards=True)
        if unreached:
            raise DeliveryError(f"{unreached} messages could not be deleted", retryable=True)
        await self._copies.forget(job.job_id)

    async def show_anew(self, job: Job) -> None:
        """Edit what shows a delivered job; a message that is gone, or closed to the bot, is left as it is.

        Raises:
            DeliveryError: Discord could not be asked about one of them; the next try may reach it.
        """
        outcome = job.outcome
        if not isinstance(outcome, Delivered):
            return

        async def edit(channel_id: int, message_id: int) -> None:
            content = await self._pictures.content(job, outcome)
            await self._doors.edit_by_bot(channel_id, message_id, content)

        unreached = await self._each(job, edit, "message_not_edited", cards=False)
        if unreached:
            raise DeliveryError(f"{unreached} messages could not be edited", retryable=True)

    async def _each(
        self, job: Job, change: Callable[[int, int], Awaitable[None]], not_done: str, *, cards: bool
    ) -> int:
        """Change every message, with or without the moderators' cards; a failure is logged as `not_done`.

        Returns how many Discord could not be asked about.
        """
        own = (int(job.message.get("channel_id", 0)), int(job.message.get("message_id", 0)))
        unreached = 0
        for channel_id, message_id in [own, *await self._copies.of(job.job_id, cards=cards)]:
            if not message_id or not channel_id:
                continue
            try:
                await change(channel_id, message_id)
            except discord.HTTPException as error:
                log.info(not_done, job_id=job.job_id, fault=brief(error))
                unreached += error.status >= 500 or error.status == 429
            except LOST as fault:
                log.info(not_done, job_id=job.job_id, fault=brief(fault))
                unreached += 1
        return unreached
