"""What a thread shows while a picture is made: the line "is painting …", and in the agent's messages a Stop button.

Both are extras of the workspace: where they are missing or not allowed, the bot's own message and its Stop button
stand alone and nothing is lost.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.desk import LIFETIME, Desk
from adapters.slack.handle import Handle
from adapters.slack.web_api import LOST, Refusal, api
from adapters.slack.workspaces import NotInstalled
from bot.domain.errors import StorageError
from bot.domain.jobs import Job

log = structlog.get_logger(__name__)

_LINE: Final = "assistant.threads.setStatus"
_SESSION: Final = "agents.sessions.setStatus"
_PLACE: Final = frozenset(
    {
        "channel_not_found",
        "invalid_thread_ts",
        "is_archived",
        "not_authorized",
        "not_in_channel",
        "thread_not_found",
        "user_not_found",
    }
)
"""Refusals that are about one place only; but for these and passing ones, a refusal closes the method."""


@dataclass(frozen=True, slots=True)
class _Line:
    """What was shown last for a job, and since when (epoch seconds) it is at work."""

    place: str
    status: str
    since: float


class Status:
    """Follows jobs from their first stage to their end. Never raises: a message that stands must not be posted again for its sake."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._closed: set[tuple[str, str]] = set()
        self._lines: dict[str, _Line] = {}

    async def show(self, handle: Handle, job: Job, status: str) -> None:
        """At most once for each status of a job."""
        known = self._lines.get(job.job_id)
        if not _has_one(handle) or (known is not None and known.status == status):
            return
        now = self._desk.context.clock.now()
        self._lines[job.job_id] = _Line(str(handle.place), status, known.since if known else now)
        if known is None:
            self._forget_lost(now)
            await self._session(handle, "processing", title=job.request.words[:200])
        await self._line(handle, status)

    async def ended(self, handle: Handle, job: Job) -> None:
        """The line goes, and once nothing is at work any more in the thread, its session waits for new words."""
        if not _has_one(handle):
            return
        shown = self._lines.pop(job.job_id, None)
        if any(line.place == handle.place for line in self._lines.values()):
            return
        if shown is not None:
            await self._line(handle, "")
        await self.idle(handle)

    def _forget_lost(self, now: float) -> None:
        """Jobs that another process has taken over: their end is not seen here."""
        for job_id in [name for name, line in self._lines.items() if now - line.since > LIFETIME]:
            del self._lines[job_id]

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
