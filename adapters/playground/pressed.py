"""A press that is sent again, since its answer was lost, is answered with the child that it has made already.

Within a few seconds the core does that for every button; a page that was without a network for longer names its press by
an id, which the child's `message` keeps.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.jobs import Job
from bot.domain.requests import Action, JobId
from bot.ports import JobStore

_PRESSED: Final = "pressed"


def noted(press_id: str | None) -> Mapping[str, Any]:
    """For the `message` of the child."""
    return {_PRESSED: press_id} if press_id else {}


def still_noted(job: Job) -> Mapping[str, Any]:
    """The same, of a child that is there."""
    return noted(job.message.get(_PRESSED))


async def child_of_press(
    jobs: JobStore, job_id: JobId, action: Action, index: int, press_id: str | None
) -> Job | None:
    """The child that this press has made; None for a press that is new, or has no id. Raises StorageError."""
    if not press_id:
        return None
    children = await jobs.find_child(job_id, action, index)
    return next((child for child in children if child.message.get(_PRESSED) == press_id), None)
