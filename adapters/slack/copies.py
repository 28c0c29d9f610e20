"""Further messages that show a job, and files that Slack holds for it: deleting a picture has to find them all.

They are noted one by one, so that they are found from another process as well.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog

from adapters.slack.installations import Items
from bot.domain.requests import JobId
from bot.ports import JobStore

log = structlog.get_logger(__name__)

_KIND: Final = "slack-copy"
"""Known to the store: see `bot.store.traces.copies_in`."""


class Copies:
    """Notes by job and place, in the database, encrypted."""

    def __init__(self, items: Items, jobs: JobStore) -> None:
        self._items = items
        self._jobs = jobs

    async def add(self, job_ids: Sequence[JobId], stands: Mapping[str, Any]) -> None:
        """These jobs are shown there as well. If one of them was deleted meanwhile, it is taken back later on."""
        note = {name: stands[name] for name in ("channel", "ts", "files", "card") if stands.get(name)}
        if not note.keys() & {"ts", "files"}:
            return
        place = _place(note)
        for job_id in job_ids:
            await self._items.put(_kind(job_id), place, note)
            if await self._jobs.leave_shown(job_id, note):
                log.info("shown_after_deletion", job_id=job_id)

    async def of(self, job_id: JobId) -> Sequence[Mapping[str, Any]]:
        """Each with "files", or with "channel" and "ts", or both."""
        found = [
            await self._items.get(_kind(job_id), place) for place in await self._items.ids(_kind(job_id))
        ]
        return [item[0] for item in found if item is not None]

    async def forget(self, job_id: JobId, notes: Sequence[Mapping[str, Any]]) -> None:
        """These are gone."""
        for note in notes:
            await self._items.delete(_kind(job_id), _place(note))


def _place(note: Mapping[str, Any]) -> str:
    return f"{note.get('channel', '')}/{note.get('ts') or note['files'][0]}"


def _kind(job_id: JobId) -> str:
    return f"{_KIND}:{job_id}"
