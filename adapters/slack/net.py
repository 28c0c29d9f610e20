"""The net below every listener: nothing leaves it, and the person is told.

An exception behind `ack()` would destroy the acknowledgement inside bolt, so listeners are wrapped one by one.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

import structlog

from adapters.slack.workspaces import NotInstalled

log = structlog.get_logger(__name__)

Work = Callable[[dict[str, Any]], Awaitable[None]]


class ToldByTheLedger(Exception):
    """Something failed behind a job that is in the ledger: the job tells its own end, so nobody else says a word."""


class Apologizer(Protocol):
    """Tells a person, by whatever door their event opened, that something went wrong on our side."""

    async def apologize(self, body: dict[str, Any]) -> None: ...


def safe(
    apologizer: Apologizer, work: Work, name: str
) -> Callable[[dict[str, Any]], Coroutine[Any, Any, None]]:
    """The work with everything it raises caught, logged and apologised for, once."""

    async def wrapped(body: dict[str, Any]) -> None:
        try:
            await work(body)
        except NotInstalled:
            log.info("workspace_has_left", listener=name)
        except ToldByTheLedger:
            log.exception("listener_failed", listener=name, told_by="job")
        except Exception:
            log.exception("listener_failed", listener=name)
            try:
                await apologizer.apologize(body)
            except Exception:
                log.exception("apology_failed", listener=name)

    return wrapped
