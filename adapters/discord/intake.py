"""A request on its way in: submitted, acknowledged, and begun once the acknowledgement is known to have arrived."""

import time
from collections.abc import Awaitable, Mapping
from typing import Any, Final

import discord
import structlog

from adapters.discord.acknowledge import answer, defer, take_back, too_old
from adapters.discord.connection import Connection
from adapters.discord.handle import handle_of
from adapters.discord.render import turned_away_layout
from adapters.discord.requester import requester_of, texts_of
from adapters.discord.welcome import advise
from adapters.discord.whisper import whisper
from bot.domain.jobs import Job
from bot.domain.outcomes import Refused
from bot.domain.requests import Action, JobId, Reference
from bot.messages.keys import Say
from bot.observe import about_job
from bot.pipeline.children import Press
from bot.pipeline.studio import Ask
from bot.ports import Accepted, Duplicate

log = structlog.get_logger(__name__)

LIFETIME: Final = 14 * 60.0
"""Seconds a job may take: the interaction's token lives 15 minutes."""


def may_take(client: Connection, interaction: discord.Interaction) -> bool:
    """Whether a request that costs money may still be taken."""
    return client.taking and not too_old(interaction)


async def take_request(
    client: Connection,
    interaction: discord.Interaction,
    text: str,
    references: tuple[Reference, ...] = (),
    typed: Mapping[str, Any] | None = None,
) -> None:
    """Take a request in a person's own words, unless it is too late for it."""
    if not may_take(client, interaction):
        return
    ask = Ask(
        key=_key(interaction),
        requester=requester_of(interaction),
        text=text,
        typed=typed or {},
        references=references,
        lifetime=LIFETIME,
        handle=handle_of(interaction, ephemeral=False).to_json(),
    )
    await _take(client, interaction, client.studio.submit(ask))


async def take_press(
    client: Connection,
    interaction: discord.Interaction,
    action: Action,
    job_id: JobId,
    index: int,
    text: str = "",
    references: tuple[Reference, ...] = (),
) -> None:
    """Take what a button asks for: a picture made of another one. Whether it `may_take` it, the caller has seen."""
    press = Press(
        key=_key(interaction),
        requester=requester_of(interaction),
        job_id=job_id,
        action=action,
        index=index,
        text=text,
        references=references,
        lifetime=LIFETIME,
        handle=handle_of(interaction, ephemeral=False).to_json(),
    )
    await _take(client, interaction, client.studio.press(press))


async def _take(
    client: Connection,
    interaction: discord.Interaction,
    submitting: Awaitable[Accepted | Duplicate | Refused],
) -> None:
    with client.context.rush.answering():
        accepted = await _answer(client, interaction, await submitting)
    if accepted is not None:
        await _begin(client, interaction, *accepted)


async def _answer(
    client: Connection, interaction: discord.Interaction, result: Accepted | Duplicate | Refused
) -> tuple[Job, int] | None:
    """Refusals privately; an accepted job is acknowledged. Returns it with its message if that has arrived."""
    match result:
        case Refused() as refused if refused.appeal and not interaction.response.is_done():
            layout = turned_away_layout(refused, JobId(refused.appeal), texts_of(interaction))
            await answer(interaction, layout)
        case Refused() as refused:
            await whisper(interaction, texts_of(interaction).refusal(refused))
        case Duplicate(job=job):
            await _point_to(interaction, job)
        case Accepted(job=job):
            with about_job(job.job_id, "discord"):
                message_id = await defer(interaction)
            seconds = time.time() - interaction.created_at.timestamp()
            client.context.telemetry.acknowledged("discord", max(0.0, seconds))
            if message_id is not None:
                return job, message_id
            log.info("not_acknowledged", job_id=job.job_id)
    return None


async def _begin(client: Connection, interaction: discord.Interaction, job: Job, message_id: int) -> None:
    """Begin a job whose acknowledgement is known to have arrived, once nobody waits for theirs."""
    await client.context.rush.over()
    message = {"message_id": str(message_id), "channel_id": str(interaction.channel_id or 0)}
    handle = handle_of(interaction, ephemeral=False)
    with about_job(job.job_id, "discord"):
        if await client.studio.begin(job.job_id, handle.to_json(), message):
            client.progress.begun(job.job_id)
        elif await client.studio.is_gone(job.job_id):
            await take_back(interaction)
            return
        await advise(client, interaction)


async def _point_to(interaction: discord.Interaction, job: Job) -> None:
    """A redelivered command belongs to another process; a second press is told about the first one's child."""
    if job.request.key == _key(interaction):
        return
    texts = texts_of(interaction)
    there = texts.say(Say.SEE_ALSO, job=job.job_id) if job.state.final else texts.say(Say.ALREADY_RUNNING)
    await whisper(interaction, there)


def _key(interaction: discord.Interaction) -> str:
    """The platform's own id of what was asked: a second delivery is the same request."""
    return f"discord:{interaction.id}"
