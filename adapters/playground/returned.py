"""How the page hears that a part works again: the job's events stay open while its person waits for that."""

import dataclasses
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, Final

from bot.domain.awaiting import is_kept
from bot.domain.jobs import Job, JobState, Stage
from bot.domain.outcomes import Refused
from bot.domain.requests import Action, JobId, Requester
from bot.messages.catalogue import Texts
from bot.messages.job_view import actions_for
from bot.messages.keys import Say
from bot.pipeline.awaiting import wish_to_hear
from bot.pipeline.run import Parts
from bot.ports import Progress

_TOLD: Final = "works_again"
"""The key in a job's `message` that says: its person was told."""
_LOOK_SECONDS: Final = 15.0
"""How often the store is asked: another process may have told it, or the note is gone. Nobody is told more often."""


async def wish(parts: Parts, job_id: JobId, person: Requester) -> Job | Refused:
    """The button was pressed: a note. What was told before it counts no more. Raises StorageError.

    Each job is a place of its own, as a thread is in a chat: its entry on the page tells it, and says nothing of others.
    """
    noted = await wish_to_hear(parts, job_id, dataclasses.replace(person, thread_id=job_id), {})
    if not isinstance(noted, Refused) and noted.message.get(_TOLD):
        await parts.jobs.amend_message(job_id, {_TOLD: False})
    return noted


async def told(parts: Parts, job_id: JobId) -> None:
    """Whoever shows the job tells it from now on; pages that wait for it here hear it at once. Raises StorageError."""
    await parts.jobs.amend_message(job_id, {_TOLD: True})
    parts.progress.publish(Progress(job_id, Stage.DONE))


async def waiting_json(parts: Parts, job: Job, texts: Texts) -> Mapping[str, Any]:
    """What a job's JSON has besides: whether its person waits, what they are told, and the buttons that make sense."""
    if job.state is not JobState.FAILED:
        return {"awaiting": False, _TOLD: None}
    kept, works = is_kept(job), bool(job.message.get(_TOLD))
    actions = [action.value for action in actions_for(job) if kept or action is not Action.REROLL]
    said = texts.say(Say.WORKS_AGAIN if kept else Say.WORKS_AGAIN_ANEW) if works else None
    awaiting = not works and await parts.jobs.is_awaited(job.job_id)
    return {"awaiting": awaiting, _TOLD: said, "actions": actions}


async def until_told(parts: Parts, job_id: JobId, every: float = _LOOK_SECONDS) -> AsyncIterator[Job]:
    """A failed job once more when its person was told, or waits no longer; nothing if they do not wait."""
    waited = False
    async with aclosing(parts.progress.watch(job_id, every=every, at_once=True)) as looks:
        async for _ in looks:
            job = await parts.jobs.get(job_id)
            if job is None or job.message.get(_TOLD) or not await parts.jobs.is_awaited(job_id):
                break
            waited = True
    if waited and job is not None:
        yield job
