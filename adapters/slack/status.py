"""What a thread shows while a picture is made: the line "is painting …", and in the agent's messages a Stop button.

Both are extras of the workspace: where they are missing or not allowed, the bot's own message and its Stop button
stand alone and nothing is lost.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.desk import Desk
from adapters.slack.handle import Handle
from adapters.slack.web_api import LOST, Refusal, api
from adapters.slack.workspaces import NotInstalled
from bot.domain.errors import StorageError
from bot.domain.jobs import Job

log = structlog.get_logger(__name__)

_LINE: Final = "assistant.threads.setStatus"
_SESSION: Final = "agents.sessions.setStatus"
_PLACE: Final = frozenset({"channel_not_found", "not_in_channel", "not_authorized", "thread_not_found"})
"""Refusals that are about one place only; but for these and passing ones, a refusal closes the method."""


class Status:
    """Follows jobs from their first stage to their end. Never raises: a message that stands must not be posted again for its sake."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._closed: set[tuple[str, str]] = set()
        self._last: dict[str, str] = {}
        self._at_work: defaultdict[str, set[str]] = defaultdict(set)

    async def show(self, handle: Handle, job: Job, status: str) -> None:
        """At most once for each status of a job."""
        if not _has_one(handle) or self._last.get(job.job_id) == status:
            return
        first = job.job_id not in self._last
        self._last[job.job_id] = status
        if first:
            self._at_work[str(handle.place)].add(job.job_id)
            await self._session(handle, "processing", title=job.request.words[:200])
        await self._line(handle, status)

    async def ended(self, handle: Handle, job: Job) -> None:
        """The line goes, and once nothing is at work any more in the thread, its session waits for new words."""
        if not _has_one(handle):
            return
        place = str(handle.place)
        shown = self._last.pop(job.job_id, "")
        at_work = self._at_work[place]
        at_work.discard(job.job_id)
        if at_work:
            return
        del self._at_work[place]
        if shown:
            await self._line(handle, "")
        await self.idle(handle)

    async def idle(self, handle: Handle) -> None:
        """Nobody is at work in the thread."""
        if _has_one(handle):
            await self._session(handle, "active")

    async def _line(self, handle: Handle, status: str) -> None:
        await self._call(
            handle,
            _LINE,
            lambda client: client.assistant_threads_setStatus(
                channel_id=handle.channel, thread_ts=str(handle.thread), status=status[:50]
            ),
        )

    async def _session(self, handle: Handle, status: str, title: str = "") -> None:
        """Only in direct messages: a session in a channel would list everybody's thread as one with the agent."""
        if not handle.channel.startswith("D"):
            return
        told = {"channel_id": handle.channel, "thread_ts": str(handle.thread), "status": status}
        told |= {"title": title} if title else {}
        await self._call(handle, _SESSION, lambda client: client.agents_sessions_setStatus(**told))

    async def _call(
        self, handle: Handle, method: str, request: Callable[[AsyncWebClient], Awaitable[Any]]
    ) -> None:
        if (handle.team, method) in self._closed:
            return
        try:
            await api(request(await self._desk.delivery.client_for(handle.team)))
        except Refusal as refusal:
            if not (refusal.passing or refusal.code in _PLACE):
                log.info("status_not_offered", method=method, code=refusal.code)
                self._closed.add((handle.team, method))
        except (NotInstalled, StorageError, SlackApiError, *LOST) as fault:
            log.info("status_not_shown", method=method, fault=type(fault).__name__)


def _has_one(handle: Handle) -> bool:
    return bool(handle.thread and handle.channel) and not handle.private and not handle.execution
