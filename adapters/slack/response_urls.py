"""Uses of response_urls, counted: a sixth one is never tried, and none after 30 minutes.

The count lies in the database as marks, so that it also holds when another process goes on with a job. While the
database is away, what this process has used is what counts: nobody could be told otherwise that it is.
"""

import hashlib
from typing import Final

import structlog

from adapters.slack.handle import RESPONSE_URL_LIFE, RESPONSE_URL_USES, Handle
from bot.domain.errors import StorageError
from bot.ports import Clock, JobStore

log = structlog.get_logger(__name__)

_REMEMBERED: Final = 2000


class ResponseUses:
    """One counter for each response_url."""

    def __init__(self, jobs: JobStore, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock
        self._known: dict[str, int] = {}

    async def take(self, handle: Handle, *, keep: int = 0) -> bool:
        """Count one use, and leave at least `keep` for later; False when there is none to be had."""
        if not handle.can_respond(self._clock.now()):
            return False
        name = hashlib.sha256(handle.response_url.encode()).hexdigest()[:32]
        for number in range(self._known.get(name, 0), RESPONSE_URL_USES - keep):
            self._remember(name, number + 1)
            if await self._is_ours(f"slack-use:{name}:{number}"):
                return True
        return False

    async def _is_ours(self, mark: str) -> bool:
        try:
            return await self._jobs.mark_once(mark, RESPONSE_URL_LIFE)
        except StorageError as fault:
            log.warning("use_not_noted", problem=fault.problem)
            return True

    def _remember(self, name: str, used: int) -> None:
        self._known.pop(name, None)
        self._known[name] = used
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
