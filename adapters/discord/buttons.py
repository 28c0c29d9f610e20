"""What the buttons of a picture do: ask back, tell, delete, or make a child. Who may do it the core knows."""

from typing import Final

import discord

from adapters.discord.acknowledge import receive
from adapters.discord.calls import call
from adapters.discord.connection import Connection
from adapters.discord.favourites import star
from adapters.discord.intake import may_take, take_press
from adapters.discord.modals import Submit, question
from adapters.discord.render import info_text
from adapters.discord.requester import requester_of, texts_of
from adapters.discord.returned import wish
from adapters.discord.whisper import whisper
from bot.domain.jobs import Job
from bot.domain.outcomes import DecidedBy, Delivered, RefusalReason, Refused
from bot.domain.requests import Action, JobId
from bot.guardrails.places import rules_for
from bot.messages.desk import DeskSay, desk_texts
from bot.messages.keys import Say
from bot.pipeline.studio import may_manage

UNKNOWN_JOB: Final = Refused(RefusalReason.UNKNOWN_JOB, DecidedBy.GUARD)


async def pressed(
    client: Connection, interaction: discord.Interaction, action: Action, job_id: JobId, index: int
) -> None:
    """A button of the picture with this index."""
    texts, requester = texts_of(interaction), requester_of(interaction)
    find = client.studio.find_refused if action is Action.APPEAL else client.studio.find
    job = await find(job_id, requester)
    if isinstance(job, Refused):
        await _of_nothing(client, interaction, action, job)
    elif action in {Action.EDIT, Action.REWORD, Action.APPEAL}:
        own = job.request.requester.user_id == requester.user_id
        await interaction.response.send_modal(question(action, job, index, texts, own=own))
    elif action is Action.INFO and isinstance(job.outcome, Delivered):
        await _tell_about(client, interaction, job, job.outcome)
    elif action is Action.FAVOURITE and isinstance(job.outcome, Delivered):
        await star(client, interaction, job, job.outcome)
    elif action is Action.CANCEL:
        await _cancel(client, interaction, job_id)
    elif action is Action.DELETE:
        await _delete(client, interaction, job_id)
    elif action is Action.REPORT:
        await _report(client, interaction, job_id, "")
    elif action is Action.NOTIFY:
        await wish(client, interaction, job_id)
    elif action.makes_a_picture:
        if may_take(client, interaction):
            await take_press(client, interaction, action, job_id, index)
    else:
        await whisper(interaction, texts.refusal(UNKNOWN_JOB))


async def answered(client: Connection, interaction: discord.Interaction, submit: Submit) -> None:
    """What a button had asked for."""
    if submit.action is Action.APPEAL:
        await _report(client, interaction, submit.job_id, submit.text)
    elif may_take(client, interaction):
        await take_press(
            client,
            interaction,
            submit.action,
            submit.job_id,
            submit.index,
            submit.text,
            submit.references,
        )


async def _of_nothing(
    client: Connection, interaction: discord.Interaction, action: Action, refused: Refused
) -> None:
    """A button of a picture that is gone. "Delete" removes what was left standing, for who may do that."""
    message = interaction.message
    made = message.interaction_metadata if message else None
    own = made is not None and made.user.id == interaction.user.id
    if action is Action.DELETE and message and (own or interaction.permissions.manage_messages):
        if await receive(interaction):
            await call(interaction.delete_original_response, client.context.clock)
        return
    await whisper(interaction, texts_of(interaction).refusal(refused))


async def _tell_about(
    client: Connection, interaction: discord.Interaction, job: Job, outcome: Delivered
) -> None:
    """How the picture was made; its words only to those who may see them."""
    requester = requester_of(interaction)
    policy = rules_for(await client.context.policies.policy(requester.tenant), requester)
    words = policy.presentation.show_prompt or may_manage(requester, job)
    await whisper(interaction, info_text(job, outcome, words=words))


async def _cancel(client: Connection, interaction: discord.Interaction, job_id: JobId) -> None:
    """The job's own message says how it ended; this is only heard by whoever pressed."""
    texts = texts_of(interaction)
    result = await client.studio.cancel(job_id, requester_of(interaction))
    if isinstance(result, Refused):
        await whisper(interaction, texts.refusal(result))
    else:
        await whisper(interaction, texts.say(Say.TOO_LATE if result.state.final else Say.CANCELLING))


async def _delete(client: Connection, interaction: discord.Interaction, job_id: JobId) -> None:
    if not await receive(interaction):
        return
    texts = texts_of(interaction)

    async def told() -> None:
        await whisper(interaction, texts.say(Say.DELETED))

    result = await client.studio.delete(job_id, requester_of(interaction), told)
    if isinstance(result, Refused):
        await whisper(interaction, texts.refusal(result))


async def _report(client: Connection, interaction: discord.Interaction, job_id: JobId, text: str) -> None:
    texts = texts_of(interaction)
    result = await client.studio.report(job_id, requester_of(interaction), text)
    if isinstance(result, Refused):
        said = texts.refusal(result)
    elif result.granted:
        said = desk_texts(str(interaction.locale)).say(DeskSay.APPEAL_GRANTED)
    else:
        said = texts.say(Say.REPORTED)
    await whisper(interaction, said)
