"""The connection to Discord and what happens on each event. Everything a member does ends in an answer."""

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord import app_commands

from adapters.discord.acknowledge import UNKNOWN_INTERACTION, answer, defer, receive, take_back, too_old
from adapters.discord.calls import call
from adapters.discord.choices import MOST, asks_for_show, command_words, matching
from adapters.discord.commands import CatalogueTranslator, add_commands
from adapters.discord.components import DrawButton, PictureButton
from adapters.discord.copies import Copies
from adapters.discord.delivery import Delivery
from adapters.discord.favourites import star
from adapters.discord.follow import Follower
from adapters.discord.guardrails import GuardButton, GuardMenu, guardrails_group, submitted
from adapters.discord.handle import handle_of
from adapters.discord.menus import PictureMenus
from adapters.discord.modals import RemixSubmit, Submit, question
from adapters.discord.privacy import MineButton, Wish, grant, privacy_layout
from adapters.discord.progress import ProgressEdits
from adapters.discord.promises import Promises
from adapters.discord.references import reference_of
from adapters.discord.render import info_text, turned_away_layout
from adapters.discord.requester import requester_of
from adapters.discord.sync import sync_commands
from adapters.discord.welcome import advise, welcome
from bot.adapter_api import AdapterContext
from bot.domain.errors import StorageError
from bot.domain.jobs import Job
from bot.domain.outcomes import DecidedBy, Delivered, Failed, FailureClass, RefusalReason, Refused
from bot.domain.requests import Action, JobId, Reference, ReferenceRole
from bot.guardrails.places import rules_for
from bot.guardrails.subcommands import Help, Privacy, Show, read_subcommand
from bot.messages.catalogue import Texts, texts_for
from bot.messages.desk import DeskSay, desk_texts
from bot.messages.keys import Say
from bot.observe import about_job
from bot.pipeline.children import Press
from bot.pipeline.studio import Ask, may_manage
from bot.ports import Accepted, Duplicate

log = structlog.get_logger(__name__)

NOBODY: Final = discord.AllowedMentions.none()
LIFETIME: Final = 14 * 60.0
"""Seconds a job may take: the interaction's token lives 15 minutes."""
_LOOK_UP_SECONDS: Final = 1.5
_WHISPER_SECONDS: Final = 20.0
_UNKNOWN_JOB: Final = Refused(RefusalReason.UNKNOWN_JOB, DecidedBy.GUARD)


def handler(method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """An event's handler that a stop waits for."""

    @functools.wraps(method)
    async def tracked(self: "ImagineClient", *arguments: Any) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self.busy.add(task)
        try:
            await method(self, *arguments)
        finally:
            self.busy.discard(task)

    return tracked


class ImagineClient(discord.AutoShardedClient):
    """One connection's life. A new one is made after each loss that the library does not survive."""

    def __init__(self, context: AdapterContext, **options: Any) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        intents.auto_moderation_configuration = True
        super().__init__(intents=intents, allowed_mentions=NOBODY, **options)
        self.context = context
        self.studio = context.studio
        self.tree: app_commands.CommandTree[Any] = app_commands.CommandTree(self)
        self.tree.on_error = self._on_command_error  # type: ignore[method-assign]
        self.taking = True
        self.delivery: Delivery
        self.progress: ProgressEdits
        self.follower: Follower | None = None
        self.hears = True
        self.copies = Copies(context.secrets, context.studio.parts.jobs)
        self.promises = Promises(context.secrets, context.clock)
        self.busy: set[asyncio.Task[Any]] = set()
        self.menus = PictureMenus(self)
        add_commands(self.tree, self)
        if context.desk is not None:
            self.tree.add_command(guardrails_group(self))

    async def setup_hook(self) -> None:
        self.add_dynamic_items(PictureButton, DrawButton, MineButton, GuardButton, GuardMenu)
        await self.tree.set_translator(CatalogueTranslator())
        await sync_commands(self.tree, self.context.data_dir, self.application_id or 0)

    @handler
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The library tells joins from servers that only come back after an outage."""
        await welcome(self, guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        if self.follower is not None:
            await self.follower.forget(guild.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Of every server after a connection began afresh, and of one that comes back after an outage."""
        if self.follower is not None:
            self.follower.look_through([guild.id])

    async def on_automod_rule_create(self, rule: discord.AutoModRule) -> None:
        self.automod_changed(rule.guild)

    async def on_automod_rule_update(self, rule: discord.AutoModRule) -> None:
        self.automod_changed(rule.guild)

    async def on_automod_rule_delete(self, rule: discord.AutoModRule) -> None:
        self.automod_changed(rule.guild)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions.manage_guild != after.permissions.manage_guild:
            self.automod_changed(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        if role.permissions.manage_guild:
            self.automod_changed(role.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Only ever heard of the bot itself: of others it would need a privileged intent."""
        if before.roles != after.roles:
            self.automod_changed(after.guild)

    def automod_changed(self, guild: discord.Guild) -> None:
        """The server's rules may differ from what was taken over, or may be read again, or no more."""
        if self.follower is not None:
            self.follower.stir(guild.id)

    @handler
    async def on_imagine(
        self,
        interaction: discord.Interaction,
        prompt: str,
        typed: Mapping[str, Any],
        files: Sequence[tuple[discord.Attachment, str | None]],
    ) -> None:
        """`/imagine`: a subcommand in the text, or a request."""
        if await self._subcommand(interaction, prompt.strip()):
            return
        references = tuple(reference_of(file.url, role or ReferenceRole.STYLE) for file, role in files)
        await self.request(interaction, self.ask_of(interaction, prompt, references, typed))

    @handler
    async def on_remix(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await self.menus.remix(interaction, message)

    @handler
    async def on_describe(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await self.menus.describe(interaction, message)

    @handler
    async def on_draw(self, interaction: discord.Interaction) -> None:
        await self.menus.draw(interaction)

    @handler
    async def on_wish(self, interaction: discord.Interaction, wish: Wish) -> None:
        """A person's rights over what is kept about them."""
        await grant(self, interaction, wish)

    def ask_of(
        self,
        interaction: discord.Interaction,
        text: str,
        references: tuple[Reference, ...],
        typed: Mapping[str, Any] | None = None,
    ) -> Ask:
        """A request in the core's words."""
        return Ask(
            key=f"discord:{interaction.id}",
            requester=requester_of(interaction),
            text=text,
            typed=typed or {},
            references=references,
            lifetime=LIFETIME,
            handle=handle_of(interaction, ephemeral=False).to_json(),
        )

    async def request(self, interaction: discord.Interaction, ask: Ask) -> None:
        """Take a request, unless it is too late for it."""
        if self._open(interaction):
            with self.context.rush.answering():
                accepted = await self._answer(interaction, await self.studio.submit(ask))
            await self._start(interaction, accepted)

    @handler
    async def on_press(
        self, interaction: discord.Interaction, action: Action, job_id: JobId, index: int
    ) -> None:
        """A button: ask back, tell, delete, or make a child."""
        texts, requester = texts_of(interaction), requester_of(interaction)
        find = self.studio.find_refused if action is Action.APPEAL else self.studio.find
        job = await find(job_id, requester)
        if isinstance(job, Refused):
            await self._of_nothing(interaction, action, job)
        elif action in {Action.EDIT, Action.REWORD, Action.APPEAL}:
            own = job.request.requester.user_id == requester.user_id
            await interaction.response.send_modal(question(action, job, index, texts, own=own))
        elif action is Action.INFO and isinstance(job.outcome, Delivered):
            policy = rules_for(await self.context.policies.policy(requester.tenant), requester)
            words = policy.presentation.show_prompt or may_manage(requester, job)
            await self.whisper(interaction, info_text(job, job.outcome, words=words))
        elif action is Action.FAVOURITE and isinstance(job.outcome, Delivered):
            await star(self, interaction, job, job.outcome)
        elif action is Action.CANCEL:
            await self._cancel(interaction, job_id, texts)
        elif action is Action.DELETE:
            await self._delete(interaction, job_id, texts)
        elif action is Action.REPORT:
            await self._report(interaction, job_id, "", texts)
        elif action.makes_a_picture and self._open(interaction):
            await self._press(interaction, action, job_id, index, "", ())
        else:
            await self.whisper(interaction, texts.refusal(_UNKNOWN_JOB))

    @handler
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Submits of questions, also of those that another process has asked."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        data: dict[str, Any] = dict(interaction.data or {})
        submit, remix = Submit.read(data), RemixSubmit.read(data)
        try:
            if remix is not None:
                await self.menus.remixed(interaction, remix)
            elif await submitted(self, interaction) or submit is None:
                return
            elif submit.action is Action.APPEAL:
                await self._report(interaction, submit.job_id, submit.text, texts_of(interaction))
            elif self._open(interaction):
                await self._press(
                    interaction, submit.action, submit.job_id, submit.index, submit.text, submit.references
                )
        except Exception as fault:  # noqa: BLE001 - every event ends in an answer
            await self.on_fault(interaction, fault)

    async def on_fault(self, interaction: discord.Interaction, fault: Exception) -> None:
        """The net below every handler: log, and tell the person something friendly."""
        original = getattr(fault, "original", fault)
        if isinstance(original, discord.HTTPException) and original.code == UNKNOWN_INTERACTION:
            log.info("interaction_gone")
            return
        log.error("handler_failed", exc_info=original)
        texts = texts_of(interaction)
        text = texts.failure(Failed(FailureClass.INTERNAL), JobId(str(interaction.id)))
        await self.whisper(interaction, text)

    async def complete_model(
        self, _interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        """Configured models, from memory."""
        names = matching(self.context.models, current)
        return [app_commands.Choice(name=name[:100], value=name[:100]) for name in names]

    async def complete_prompt(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        """Nothing for a prompt; `help` and the like while they are typed; own pictures behind `show`."""
        found = [app_commands.Choice(name=word, value=word) for word in command_words(current)]
        if not asks_for_show(current):
            return found
        try:
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                jobs = await self.studio.history(requester_of(interaction), limit=MOST)
        except (StorageError, TimeoutError):
            return found
        return [*found, *(recalled(job) for job in jobs if isinstance(job.outcome, Delivered))][:MOST]

    async def _on_command_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        await self.on_fault(interaction, error)

    def _open(self, interaction: discord.Interaction) -> bool:
        """Whether a request that costs money may still be taken."""
        return self.taking and not too_old(interaction)

    async def _subcommand(self, interaction: discord.Interaction, prompt: str) -> bool:
        texts = texts_of(interaction)
        match read_subcommand(prompt):
            case Help():
                await self.whisper(interaction, texts.say(Say.HELP))
            case Privacy():
                await answer(interaction, privacy_layout(texts))
            case Show(job_id):
                await self._show(interaction, job_id, texts)
            case None:
                return False
        return True

    async def _show(self, interaction: discord.Interaction, job_id: JobId, texts: Texts) -> None:
        """A finished job with live buttons, wherever it is asked for."""
        job = await self.studio.find(job_id, requester_of(interaction))
        if isinstance(job, Refused) or not isinstance(job.outcome, Delivered):
            await self.whisper(interaction, texts.refusal(job if isinstance(job, Refused) else _UNKNOWN_JOB))
            return
        message_id = await defer(interaction)
        if message_id is None:
            return
        async with self.promises.promised(interaction, message_id):
            handle = handle_of(interaction, ephemeral=False)
            await self.delivery.show_again(job, job.outcome, handle, message_id)

    async def _press(
        self,
        interaction: discord.Interaction,
        action: Action,
        job_id: JobId,
        index: int,
        text: str,
        references: tuple[Reference, ...],
    ) -> None:
        press = Press(
            key=f"discord:{interaction.id}",
            requester=requester_of(interaction),
            job_id=job_id,
            action=action,
            index=index,
            text=text,
            references=references,
            lifetime=LIFETIME,
            handle=handle_of(interaction, ephemeral=False).to_json(),
        )
        with self.context.rush.answering():
            accepted = await self._answer(interaction, await self.studio.press(press))
        await self._start(interaction, accepted)

    async def _answer(
        self, interaction: discord.Interaction, result: Accepted | Duplicate | Refused
    ) -> tuple[Job, int] | None:
        """Refusals privately; an accepted job is acknowledged. Returns it with its message if that has arrived."""
        texts = texts_of(interaction)
        match result:
            case Refused() as refused if refused.appeal and not interaction.response.is_done():
                await answer(interaction, turned_away_layout(refused, JobId(refused.appeal), texts))
            case Refused() as refused:
                await self.whisper(interaction, texts.refusal(refused))
            case Duplicate(job=job):
                await self._point_to(interaction, job, texts)
            case Accepted(job=job):
                with about_job(job.job_id, "discord"):
                    message_id = await defer(interaction)
                seconds = time.time() - interaction.created_at.timestamp()
                self.context.telemetry.acknowledged("discord", max(0.0, seconds))
                if message_id is not None:
                    return job, message_id
                log.info("not_acknowledged", job_id=job.job_id)
        return None

    async def _start(self, interaction: discord.Interaction, accepted: tuple[Job, int] | None) -> None:
        """Begin a job whose acknowledgement is known to have arrived, once nobody waits for theirs."""
        if accepted is None:
            return
        job, message_id = accepted
        await self.context.rush.over()
        message = {"message_id": str(message_id), "channel_id": str(interaction.channel_id or 0)}
        handle = handle_of(interaction, ephemeral=False)
        with about_job(job.job_id, "discord"):
            if await self.studio.begin(job.job_id, handle.to_json(), message):
                self.progress.begun(job.job_id)
            elif await self.studio.is_gone(job.job_id):
                await take_back(interaction)
                return
            await advise(self, interaction)

    async def _point_to(self, interaction: discord.Interaction, job: Job, texts: Texts) -> None:
        """A redelivered command belongs to another process; a second press is told about the first one's child."""
        if job.request.key == f"discord:{interaction.id}":
            return
        await self.whisper(
            interaction,
            texts.say(Say.SEE_ALSO, job=job.job_id) if job.state.final else texts.say(Say.ALREADY_RUNNING),
        )

    async def _delete(self, interaction: discord.Interaction, job_id: JobId, texts: Texts) -> None:
        if not await receive(interaction):
            return

        async def told() -> None:
            await self.whisper(interaction, texts.say(Say.DELETED))

        result = await self.studio.delete(job_id, requester_of(interaction), told)
        if isinstance(result, Refused):
            await self.whisper(interaction, texts.refusal(result))

    async def _of_nothing(self, interaction: discord.Interaction, action: Action, refused: Refused) -> None:
        """A button of a picture that is gone. "Delete" removes what was left standing, for who may do that."""
        message = interaction.message
        made = message.interaction_metadata if message else None
        own = made is not None and made.user.id == interaction.user.id
        if action is Action.DELETE and message and (own or interaction.permissions.manage_messages):
            if await receive(interaction):
                await call(interaction.delete_original_response, self.context.clock)
            return
        await self.whisper(interaction, texts_of(interaction).refusal(refused))

    async def _cancel(self, interaction: discord.Interaction, job_id: JobId, texts: Texts) -> None:
        """The job's own message says how it ended; this is only heard by whoever pressed."""
        result = await self.studio.cancel(job_id, requester_of(interaction))
        if isinstance(result, Refused):
            await self.whisper(interaction, texts.refusal(result))
        else:
            await self.whisper(interaction, texts.say(Say.TOO_LATE if result.state.final else Say.CANCELLING))

    async def _report(self, interaction: discord.Interaction, job_id: JobId, text: str, texts: Texts) -> None:
        result = await self.studio.report(job_id, requester_of(interaction), text)
        if isinstance(result, Refused):
            answer = texts.refusal(result)
        elif result.granted:
            answer = desk_texts(str(interaction.locale)).say(DeskSay.APPEAL_GRANTED)
        else:
            answer = texts.say(Say.REPORTED)
        await self.whisper(interaction, answer)

    async def whisper(self, interaction: discord.Interaction, text: str) -> None:
        """A private answer, as the first response or behind it; failing to give it is only logged."""
        if not interaction.response.is_done():
            await answer(interaction, text)
            return
        try:
            async with asyncio.timeout(_WHISPER_SECONDS):
                await interaction.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)
        except discord.HTTPException as error:
            log.info("whisper_failed", status=error.status, code=error.code)
        except (aiohttp.ClientError, OSError, TimeoutError, RuntimeError) as fault:
            log.info("whisper_failed", fault=type(fault).__name__)


def recalled(job: Job) -> app_commands.Choice[str]:
    """One of a person's own pictures, as a choice."""
    words = job.steps.words
    caption = " ".join((words.alt_text or words.prompt if words else "").split())
    return app_commands.Choice(name=f"show {job.job_id} · {caption}"[:100], value=f"show {job.job_id}")


def texts_of(interaction: discord.Interaction) -> Texts:
    return texts_for(str(interaction.locale))
