"""What happens on each event that Discord tells of. Everything a member does ends in an answer."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from adapters.discord import autocomplete
from adapters.discord.buttons import answered, pressed
from adapters.discord.choices import matching
from adapters.discord.commands import CatalogueTranslator, add_commands
from adapters.discord.components import DrawButton, PictureButton
from adapters.discord.connection import Connection
from adapters.discord.follow import Follower
from adapters.discord.guardrails import answer, submitted
from adapters.discord.guardrails_commands import guardrails_group
from adapters.discord.guardrails_pages import GuardButton, GuardMenu
from adapters.discord.intake import take_request
from adapters.discord.menus import PictureMenus
from adapters.discord.modals import RemixSubmit, Submit
from adapters.discord.privacy import MineButton, Wish, grant
from adapters.discord.progress import ProgressEdits
from adapters.discord.references import reference_of
from adapters.discord.subcommands import subcommand
from adapters.discord.sync import sync_commands
from adapters.discord.welcome import welcome
from bot.adapter_api import AdapterContext
from bot.domain.requests import Action, JobId, ReferenceRole


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


class ImagineClient(Connection):
    """A connection whose events are handled."""

    def __init__(
        self,
        context: AdapterContext,
        progress: ProgressEdits,
        follower: Follower | None,
        *,
        hears: bool,
        **options: Any,
    ) -> None:
        super().__init__(context, progress, follower, hears=hears, **options)
        self.menus = PictureMenus(self)
        self.tree: app_commands.CommandTree[Any] = app_commands.CommandTree(self)
        self.tree.on_error = self.on_fault  # type: ignore[method-assign]
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

    @handler
    async def on_imagine(
        self,
        interaction: discord.Interaction,
        prompt: str,
        typed: Mapping[str, Any],
        files: Sequence[tuple[discord.Attachment, str | None]],
    ) -> None:
        """`/imagine`: a subcommand in the text, or a request."""
        if await subcommand(self, interaction, prompt.strip()):
            return
        references = tuple(reference_of(file.url, role or ReferenceRole.STYLE) for file, role in files)
        await take_request(self, interaction, prompt, references, typed)

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

    @handler
    async def on_press(
        self, interaction: discord.Interaction, action: Action, job_id: JobId, index: int
    ) -> None:
        await pressed(self, interaction, action, job_id, index)

    @handler
    async def on_act(self, interaction: discord.Interaction, act: str) -> None:
        """A button or a menu of the moderators' panel."""
        await answer(self, interaction, act)

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
            elif not await submitted(self, interaction) and submit is not None:
                await answered(self, interaction, submit)
        except Exception as fault:  # noqa: BLE001 - every event ends in an answer
            await self.on_fault(interaction, fault)

    async def complete_model(
        self, _interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        """Configured models, from memory."""
        return autocomplete.offered(matching(self.context.models, current))

    async def complete_prompt(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await autocomplete.prompts(self.studio, interaction, current)
