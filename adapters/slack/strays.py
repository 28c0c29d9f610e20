"""Messages of a job that stand in a thread although nobody has noted where: Slack's answer to the post was lost, or the
process died before it came.

They are known by the job's own row of buttons. Looking for them takes a history scope: the manifest asks for that of
direct messages alone, so in channels they are found only by an app to which its operator has given more. Elsewhere a
press on the stray's own button takes it away, see `buttons`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from adapters.slack.render import row_id
from adapters.slack.web_api import LOST, Refusal, api
from adapters.slack.workspaces import NotInstalled, Workspaces
from bot.domain.requests import JobId

log = structlog.get_logger(__name__)

_OF_DIRECT: Final = frozenset({"im:history"})
_OF_CHANNELS: Final = frozenset({"channels:history", "groups:history", "mpim:history"})
_MOST: Final = 100
_CLOCKS_APART: Final = 300.0
"""Seconds that our clock may be ahead of Slack's."""
_SECONDS: Final = 5.0
"""Some apps may look once a minute only: nobody waits for their turn."""


class NotLooked(Exception):
    """Slack could not be asked now; later it may be."""


@dataclass(frozen=True, slots=True)
class Strays:
    """Looks for them, where that is allowed."""

    workspaces: Workspaces

    async def of(self, job_id: JobId, tenant: str, channel: str, thread: str, since: float) -> Sequence[str]:
        """Timestamps of the job's messages in a thread since `since` (epoch seconds), the oldest first.

        Empty where nobody may look, or the thread is no more. Raises NotLooked.
        """
        needed = _OF_DIRECT if channel.startswith("D") else _OF_CHANNELS
        try:
            if not needed & await self.workspaces.granted(tenant):
                return ()
            client = await self.workspaces.client(tenant)
            async with asyncio.timeout(_SECONDS):
                answer = await api(
                    client.conversations_replies(
                        channel=channel, ts=thread, oldest=f"{since - _CLOCKS_APART:.6f}", limit=_MOST
                    )
                )
        except Refusal as refusal:
            log.info("strays_not_looked_for", code=refusal.code)
            if refusal.passing:
                raise NotLooked from None
            return ()
        except NotInstalled:
            return ()
        except LOST as fault:
            log.info("strays_not_looked_for", code=type(fault).__name__)
            raise NotLooked from None
        found = [str(message["ts"]) for message in answer["messages"] if _shows(message, job_id)]
        if found:
            log.info("strays_found", job_id=job_id, count=len(found))
        return found


def _shows(message: dict[str, Any], job_id: JobId) -> bool:
    row = row_id(job_id)
    return any(block.get("block_id") == row for block in message.get("blocks") or ())
