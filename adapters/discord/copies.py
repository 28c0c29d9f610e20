"""Further messages that show a job: its gallery entry, and where somebody had it shown again.

They are noted one by one, so that deleting a picture finds them all, also from another process.
"""

from collections.abc import Sequence
from typing import Any, Final

import structlog

from bot.domain.requests import JobId
from bot.ports import JobStore

log = structlog.get_logger(__name__)

_GALLERY: Final = "discord-gallery"
_NAMED: Final = "discord-named"
"""Both known to the store: see `bot.store.traces`."""
_HANGING_SECONDS: Final = 60.0


class Copies:
    """`secrets` holds the notes: `bot.store.secrets.SecretItems`."""

    def __init__(self, secrets: Any, jobs: JobStore) -> None:
        self._secrets = secrets
        self._jobs = jobs

    async def add(self, job_id: JobId, channel_id: int, message_id: int, *, card: bool = False) -> None:
        """The job is shown there as well, or a card there is about it.

        If it was deleted meanwhile, that is taken back later on.
        """
        await self._secrets.put(_kind(job_id), str(message_id), {"channel": channel_id, "card": card})
        shown = {"channel_id": str(channel_id), "message_id": str(message_id)}
        if await self._jobs.leave_shown(job_id, shown):
            log.info("shown_after_deletion", job_id=job_id)

    async def names(self, job_id: JobId, user_id: int) -> None:
        """A message of the job names this person: erased, they are taken out of it."""
        await self._secrets.put(_NAMED, f"{job_id}/{user_id}", {})

    async def of(self, job_id: JobId, *, cards: bool = True) -> Sequence[tuple[int, int]]:
        """Channel and message of each, with or without the moderators' cards."""
        found: list[tuple[int, int]] = []
        for message_id in await self._secrets.ids(_kind(job_id)):
            kept = await self._secrets.get(_kind(job_id), message_id)
            if kept is not None and (cards or not kept[0].get("card")):
                found.append((int(kept[0]["channel"]), int(message_id)))
        return found

    async def forget(self, job_id: JobId) -> None:
        for message_id in await self._secrets.ids(_kind(job_id)):
            await self._secrets.delete(_kind(job_id), message_id)
        await self.open_gallery(job_id)

    async def claim_gallery(self, job_id: JobId, now: float) -> bool:
        """True for the one who may put the job up; False once it hangs, or while another is at it.

        Whoever has not put it up after a minute was stopped half way.
        """
        kept = await self._secrets.get(_GALLERY, job_id)
        if kept is not None and (kept[0]["up"] or now - kept[0]["at"] < _HANGING_SECONDS):
            return False
        claim = {"up": False, "at": now}
        return bool(await self._secrets.put(_GALLERY, job_id, claim, seen=kept[1] if kept else 0))

    async def hangs(self, job_id: JobId) -> None:
        """It was put up."""
        await self._secrets.put(_GALLERY, job_id, {"up": True})

    async def open_gallery(self, job_id: JobId) -> None:
        """It does not hang after all."""
        await self._secrets.delete(_GALLERY, job_id)


def _kind(job_id: JobId) -> str:
    return f"discord-copy:{job_id}"
