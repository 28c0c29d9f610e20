"""`/imagine help`, `/imagine privacy` and `/imagine show <id>`: words that are no prompt."""

import discord

from adapters.discord.acknowledge import answer
from adapters.discord.buttons import UNKNOWN_JOB
from adapters.discord.connection import Connection
from adapters.discord.handle import handle_of
from adapters.discord.privacy import privacy_layout
from adapters.discord.requester import requester_of, texts_of
from adapters.discord.whisper import whisper
from bot.domain.outcomes import Delivered, Refused
from bot.domain.requests import JobId
from bot.guardrails.subcommands import Help, Privacy, Show, read_subcommand
from bot.messages.keys import Say


async def subcommand(client: Connection, interaction: discord.Interaction, prompt: str) -> bool:
    """Answer it; False if it is a prompt after all."""
    match read_subcommand(prompt):
        case Help():
            await whisper(interaction, texts_of(interaction).say(Say.HELP))
        case Privacy():
            await answer(interaction, privacy_layout(texts_of(interaction)))
        case Show(job_id):
            await _show(client, interaction, job_id)
        case None:
            return False
    return True


async def _show(client: Connection, interaction: discord.Interaction, job_id: JobId) -> None:
    """A finished job with live buttons, wherever it is asked for; what was made for adults only to who asks, elsewhere."""
    job = await client.studio.find(job_id, requester_of(interaction))
    if isinstance(job, Refused) or not isinstance(job.outcome, Delivered):
        refused = job if isinstance(job, Refused) else UNKNOWN_JOB
        await whisper(interaction, texts_of(interaction).refusal(refused))
        return
    alone = job.request.requester.age_restricted and not requester_of(interaction).age_restricted
    async with client.promises.promised(interaction, ephemeral=alone) as message_id:
        if message_id is not None:
            handle = handle_of(interaction, ephemeral=alone)
            await client.delivery.show_again(job, job.outcome, handle, message_id)
