"""What is offered while somebody types an option of a command."""

import asyncio
from collections.abc import Sequence
from typing import Final

import discord
from discord import app_commands

from adapters.discord.choices import ASPECTS, MOST, asks_for_show, command_words, matching
from adapters.discord.requester import requester_of
from bot.domain.errors import StorageError
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered
from bot.domain.styles import STYLES
from bot.pipeline.studio import Studio

_LOOK_UP_SECONDS: Final = 1.5
_LONGEST: Final = 100
"""Characters of a choice; Discord refuses longer ones."""

Choices = list[app_commands.Choice[str]]


async def aspects(_interaction: discord.Interaction, current: str) -> Choices:
    """From memory, and whatever was typed."""
    typed = [current] if current and current not in ASPECTS else []
    return offered([*matching(ASPECTS, current), *typed])


async def styles(_interaction: discord.Interaction, current: str) -> Choices:
    return offered(matching(tuple(STYLES), current))


async def prompts(studio: Studio, interaction: discord.Interaction, current: str) -> Choices:
    """Nothing for a prompt; `help` and the like while they are typed; own pictures behind `show`."""
    found = offered(command_words(current))
    if not asks_for_show(current):
        return found
    try:
        async with asyncio.timeout(_LOOK_UP_SECONDS):
            jobs = await studio.history(requester_of(interaction), limit=MOST)
    except (StorageError, TimeoutError):
        return found
    return [*found, *(_recalled(job) for job in jobs if isinstance(job.outcome, Delivered))][:MOST]


def offered(values: Sequence[str]) -> Choices:
    """Values that are shown as they are."""
    return [app_commands.Choice(name=value[:_LONGEST], value=value[:_LONGEST]) for value in values[:MOST]]


def _recalled(job: Job) -> app_commands.Choice[str]:
    """One of a person's own pictures."""
    words = job.steps.words
    caption = " ".join((words.alt_text or words.prompt if words else "").split())
    name = f"show {job.job_id} · {caption}"
    return app_commands.Choice(name=name[:_LONGEST], value=f"show {job.job_id}")
