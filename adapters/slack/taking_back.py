"""Messages of forgotten jobs are deleted, and those that say more than their rows are edited.

Whatever Slack could not be asked about is tried again later, so everything here may be done twice.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.desk import Desk
from adapters.slack.handle import Handle
from adapters.slack.render import texts_of
from adapters.slack.strays import NotLooked
from adapters.slack.web_api import LOST, Refusal, api
from adapters.slack.workspaces import NotInstalled
from bot.domain.errors import DeliveryError
from bot.domain.jobs import Job, JobState
from bot.domain.outcomes import Delivered
from bot.domain.requests import JobId
from bot.messages.keys import Say

log = structlog.get_logger(__name__)


class TakingBack:
    """The adapter's `retract` and `show_anew`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def retract(self, job: Job) -> None:
        """Delete the job's public messages and files, and the first sign of one that had not ended, also where only the
        asker saw it; a private answer is removed by the button's own.

        Raises:
            DeliveryError: Slack could not be asked about one of them; the next try may reach it.
        """
        desk = self._desk
        unsaid = await desk.delivery.unsay(Handle.from_json(job.handle)) if job.handle else True
        copies = desk.delivery.copies
        noted = await copies.of(job.job_id)
        try:
            client = await desk.workspaces.client(job.request.requester.tenant)
        except NotInstalled:
            log.info("message_not_deleted", job_id=job.job_id, fault="not installed")
            await copies.forget(job.job_id, noted)  # nobody will ever be let in there again
            return
        reached = [unsaid, *[await self._delete(client, job, shown) for shown in (job.message, *noted)]]
        reached.append(await self._delete_strays(client, job))
        reached.append(await self._untitled(client, job))
        if not all(reached):
            raise DeliveryError("a message could not be deleted", retryable=True)
        await copies.forget(job.job_id, noted)
        if place := _place_of(job):
            await desk.threads.forget_if_over(place, self._exists)

    async def show_anew(self, job: Job) -> None:
        """Edit the job's public message; copies of it elsewhere go, they can be asked for again.

        Raises:
            DeliveryError: Slack could not be asked about one of them; the next try may reach it.
        """
        try:
            client = await self._desk.workspaces.client(job.request.requester.tenant)
        except NotInstalled:
            return
        copies = self._desk.delivery.copies
        shown = [copy for copy in await copies.of(job.job_id) if not copy.get("card")]
        reached = [await self._delete(client, job, copy) for copy in shown]
        reached.append(await self._edited(job))
        if not all(reached):
            raise DeliveryError("a message could not be edited", retryable=True)
        await copies.forget(job.job_id, shown)

    async def _edited(self, job: Job) -> bool:
        """False when Slack could not be asked."""
        if "ts" not in job.message or not isinstance(job.outcome, Delivered):
            return True
        version = (await self._desk.threads.get(_place_of(job) or "")).of(job.job_id)
        numbers = (version.number, version.parent) if version else (0, 0)
        try:
            await self._desk.delivery.show_anew(job, job.outcome, numbers)
        except Refusal as refusal:
            log.info("message_not_edited", job_id=job.job_id, fault=refusal.code)
            return not refusal.passing
        except (NotInstalled, *LOST) as fault:
            log.info("message_not_edited", job_id=job.job_id, fault=type(fault).__name__)
            return False
        return True

    async def _exists(self, job_id: JobId) -> bool:
        job = await self._desk.studio.parts.jobs.get(job_id)
        return job is not None and job.state is not JobState.DELETED

    async def _delete(self, client: AsyncWebClient, job: Job, shown: Mapping[str, Any]) -> bool:
        """One message and the files in it. False when Slack could not be asked."""
        reached = await self._desk.delivery.ladder.uploads.discard(client, shown.get("files", ()))
        if "ts" not in shown:
            return reached
        try:
            await api(client.chat_delete(channel=shown["channel"], ts=shown["ts"]))
        except Refusal as refusal:
            log.info("message_not_deleted", job_id=job.job_id, fault=refusal.code)
            return reached and not refusal.passing
        except LOST as fault:
            log.info("message_not_deleted", job_id=job.job_id, fault=type(fault).__name__)
            return False
        return reached

    async def _delete_strays(self, client: AsyncWebClient, job: Job) -> bool:
        """What stands although its answer was lost. False when Slack could not be asked."""
        if (place := _thread_of(job)) is None or "ts" in job.message:
            return True
        tenant, since = job.request.requester.tenant, job.request.created_at
        try:
            found = await self._desk.strays.of(job.job_id, tenant, *place, since)
        except NotLooked:
            return False
        return all([await self._delete(client, job, {"channel": place[0], "ts": ts}) for ts in found])

    async def _untitled(self, client: AsyncWebClient, job: Job) -> bool:
        """In the agent's messages a session is named by words of its thread. False when Slack could not be asked.

        Whose words these are is not noted, and another title can be given by this method only.
        """
        if (place := _thread_of(job)) is None or not place[0].startswith("D"):
            return True
        title = texts_of(job).say(Say.COMPOSE_TITLE)
        try:
            await api(client.agents_sessions_rename(channel_id=place[0], thread_ts=place[1], title=title))
        except Refusal as refusal:
            log.info("session_not_renamed", job_id=job.job_id, fault=refusal.code)
            return not refusal.passing
        except LOST as fault:
            log.info("session_not_renamed", job_id=job.job_id, fault=type(fault).__name__)
            return False
        return True


def _thread_of(job: Job) -> tuple[str, str] | None:
    """Channel and root of the thread in which others can see the job, also while it is not shown yet."""
    shown, handle = job.message, Handle.from_json(job.handle) if job.handle else None
    thread = shown.get("thread") or (handle.thread if handle else job.request.requester.thread_id)
    if not thread or shown.get("private") or (handle is not None and handle.private):
        return None
    return str(shown.get("channel") or job.request.requester.channel_id), str(thread)


def _place_of(job: Job) -> str | None:
    """The conversation that shows a job; its first message may be its root."""
    person = job.request.requester
    channel = job.message.get("channel") or person.channel_id
    thread = person.thread_id or job.message.get("thread") or job.message.get("ts")
    return Handle(person.tenant, "", channel, thread).place
