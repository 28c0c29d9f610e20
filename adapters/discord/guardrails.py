"""`/guardrails` on Discord: the core's panel, drawn with Discord's own parts. Everything is private to the moderator.

A button's custom id is `guard:<act>`, a menu's `guardmenu:<act>`, a dialog's `guardask:<act>:<8 random digits>`; the
acts are the panel's, so all of it works after restarts and on any replica.
"""

import io
import re
import secrets
from dataclasses import replace
from typing import Any, Final, Self

import discord
import structlog
from discord import app_commands

from adapters.discord.acknowledge import defer, receive
from adapters.discord.automod import FOLLOW
from adapters.discord.calls import call
from adapters.discord.commands import told_desk
from adapters.discord.connection import Connection
from adapters.discord.guardrails_import import proposed, told_of_changes
from adapters.discord.requester import requester_of
from bot.guardrails.presets import PRESETS
from bot.guardrails.rulebook import SETTINGS
from bot.guardrails.text import MAX_GRAPHEMES
from bot.images.inspect import MAX_UPLOAD
from bot.messages.desk import MARK, DeskSay, desk_texts, without_marks
from bot.moderation.pages import Form, Page, Shown
from bot.moderation.panel import Panel

log = structlog.get_logger(__name__)

_COLOUR: Final = discord.Colour(0x3B82F6)
_ASK: Final = re.compile(r"guardask:(?P<act>.+):[0-9a-f]{8}", re.DOTALL)
_LIFE: Final = 900
_TEXT: Final = 3500
_LONGEST: Final = 4000
_OPENS_FORM: Final = frozenset({"edit", "ask", "allow", "import", "verify"})
_CHANGES: Final = frozenset({"save", "undo", "import"})
"""Acts after which AutoMod may be followed, or no longer."""
_FIELD: Final = "text"
_ID: Final = re.compile(r"[0-9]{15,21}")


class GuardButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"guard:(?P<act>.+)"):
    """Any button of the panel and of the cards in review channels."""

    def __init__(self, act: str, label: str = "…", style: discord.ButtonStyle | None = None) -> None:
        self.act = act
        look = style or discord.ButtonStyle.secondary
        super().__init__(discord.ui.Button(label=label[:80], style=look, custom_id=f"guard:{act}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        return cls(match["act"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await _pressed(interaction, self.act)


class GuardMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"guardmenu:(?P<act>.+)"):
    """Any menu of the panel; what was chosen goes behind the act."""

    def __init__(
        self, act: str, label: str = "…", options: tuple[tuple[str, str], ...] = (("…", "…"),)
    ) -> None:
        self.act = act
        super().__init__(
            discord.ui.Select(
                custom_id=f"guardmenu:{act}",
                placeholder=label[:150],
                options=[
                    discord.SelectOption(label=name[:100], value=value[:100]) for name, value in options[:25]
                ],
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        return cls(match["act"])

    async def callback(self, interaction: discord.Interaction) -> None:
        data: dict[str, Any] = dict(interaction.data or {})
        values = data.get("values") or [""]
        await _pressed(interaction, f"{self.act}:{values[0]}")


async def submitted(client: Connection, interaction: discord.Interaction) -> bool:
    """A dialog of the panel was sent; False if the dialog is none of ours."""
    data: dict[str, Any] = dict(interaction.data or {})
    match = _ASK.fullmatch(str(data.get("custom_id", "")))
    if match is None:
        return False
    text = ""
    for item in data.get("components", []):
        inner = [item["component"]] if "component" in item else item.get("components", [])
        text = next((str(part.get("value", "")) for part in inner if part.get("custom_id") == _FIELD), text)
    await answer(client, interaction, match["act"], text)
    return True


async def answer(
    client: Connection,
    interaction: discord.Interaction,
    act: str,
    text: str = "",
    *,
    command: bool = False,
) -> None:
    """The page or dialog that follows an act: in place where the panel is, else as a new private message."""
    desk = client.context.desk
    if desk is None:
        return
    panel, actor = Panel(desk), requester_of(interaction)
    verb = act.partition(":")[0]
    if not command and verb in _OPENS_FORM and not text:
        shown = await panel.act(actor, act, text)
        if isinstance(shown, Form):
            await interaction.response.send_modal(dialog(shown))
            return
        if _on_the_panel(interaction):
            await interaction.response.edit_message(view=drawn(shown))
        else:
            await interaction.response.send_message(view=drawn(shown), ephemeral=True)
        return
    if not await _acknowledged(interaction):
        return
    shown = await (panel.command(actor, act) if command else panel.act(actor, act, text))
    if FOLLOW in act and not client.hears and isinstance(shown, Page):
        unheard = told_of_changes(client, desk_texts(actor.locale))
        shown = replace(shown, lines=(*shown.lines, unheard))
    await _show(client, interaction, shown)
    if re.split(r"[: ]", act, maxsplit=1)[0] in _CHANGES and interaction.guild is not None:
        client.automod_changed(interaction.guild)


async def import_rules(client: Connection, interaction: discord.Interaction) -> None:
    """The server's AutoMod rules, as a draft."""
    desk, guild = client.context.desk, interaction.guild
    if desk is None or guild is None or not await _acknowledged(interaction):
        return
    await _show(client, interaction, await proposed(client, desk, requester_of(interaction), guild))


async def verify_file(
    client: Connection, interaction: discord.Interaction, picture: discord.Attachment
) -> None:
    """Whether an attached file is a picture of ours."""
    desk, actor = client.context.desk, requester_of(interaction)
    if desk is None or not await _acknowledged(interaction):
        return
    data = b""
    if picture.size <= MAX_UPLOAD and await desk.may_moderate(actor):
        data = await call(picture.read, client.context.clock, tries=2)
    await _show(client, interaction, await Panel(desk).verified(actor, data))


async def _acknowledged(interaction: discord.Interaction) -> bool:
    """In place on the panel's own message; on a card that others see too, by a private message of its own."""
    if _on_the_panel(interaction):
        return await receive(interaction)
    return await defer(interaction, ephemeral=True) is not None


def _on_the_panel(interaction: discord.Interaction) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral


async def _show(client: Connection, interaction: discord.Interaction, shown: Shown) -> None:
    if isinstance(
        shown, Form
    ):  # a command may not ask back once it is acknowledged: offer the dialog's button
        texts = desk_texts(str(interaction.locale))
        shown = Page(shown.title, (texts.say(DeskSay.HELP),))
    page = shown

    async def edit() -> Any:
        files = [discord.File(io.BytesIO(page.file.text.encode()), page.file.name)] if page.file else []
        files += [
            discord.File(io.BytesIO(data), _held_name(place)) for place, data in enumerate(page.pictures)
        ]
        return await interaction.edit_original_response(view=drawn(page), attachments=files)

    await call(edit, client.context.clock)


async def _pressed(interaction: discord.Interaction, act: str) -> None:
    client: Connection = interaction.client  # type: ignore[assignment]
    try:
        await answer(client, interaction, act)
    except Exception as fault:  # noqa: BLE001 - the library would only log it
        await client.on_fault(interaction, fault)


def drawn(page: Page) -> discord.ui.LayoutView:
    """A page as one container: title, lines, menus, buttons in rows of five."""
    parts: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay(f"### {_plain(page.title)}")]
    text = "\n".join(_plain(line) for line in page.lines)
    if page.link:
        text += f"\n{page.link}"
    if text:
        parts.append(discord.ui.TextDisplay(text if len(text) <= _TEXT else text[: _TEXT - 1] + "…"))
    if page.file is not None:
        parts.append(discord.ui.File(f"attachment://{page.file.name}"))
    if page.pictures:
        veiled = [
            discord.MediaGalleryItem(
                f"attachment://{_held_name(place)}", description=without_marks(page.title), spoiler=True
            )
            for place in range(len(page.pictures))
        ]
        parts.append(discord.ui.MediaGallery(*veiled))
    parts += [discord.ui.ActionRow(GuardMenu(menu.act, menu.label, menu.options)) for menu in page.menus]
    for start in range(0, len(page.buttons), 5):
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        for button in page.buttons[start : start + 5]:
            style = discord.ButtonStyle.secondary
            if button.primary:
                style = discord.ButtonStyle.primary
            elif button.danger:
                style = discord.ButtonStyle.danger
            row.add_item(GuardButton(button.act, button.label, style))
        parts.append(row)
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*parts, accent_colour=_COLOUR))
    return view


def _held_name(place: int) -> str:
    return f"held-{place + 1}.jpg"


def dialog(form: Form) -> discord.ui.Modal:
    custom_id = f"guardask:{form.act}:{secrets.token_hex(4)}"
    modal = discord.ui.Modal(title=form.title[:45], custom_id=custom_id, timeout=_LIFE)
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_FIELD,
        style=discord.TextStyle.paragraph if form.long or len(form.value) > 100 else discord.TextStyle.short,
        default=form.value or None,
        required=form.required,
        max_length=form.most or _LONGEST,
    )
    modal.add_item(discord.ui.Label(text=form.label[:45], component=field))
    return modal


def guardrails_group(client: Connection) -> app_commands.Group:
    """`/guardrails show | test | set | preset | history | undo | queue | budget | user | ban | unban | console | export |
    automod | verify`.

    Discord shows it to those who may manage the server; others whom moderators have named can be let in by the
    server's own command permissions.
    """
    group = app_commands.Group(
        name="guardrails",
        description=told_desk(DeskSay.COMMAND),
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
    )
    _add_rules(group, client)
    _add_people(group, client)
    return group


def _add_rules(group: app_commands.Group, client: Connection) -> None:
    say = DeskSay

    async def run(interaction: discord.Interaction, line: str) -> None:
        await answer(client, interaction, line, command=True)

    for name, said in {
        "show": say.COMMAND_SHOW,
        "history": say.COMMAND_HISTORY,
        "queue": say.COMMAND_QUEUE,
        "budget": say.COMMAND_BUDGET,
        "console": say.COMMAND_CONSOLE,
        "export": say.COMMAND_EXPORT,
        "decisions": say.BUTTON_DECISIONS,
    }.items():
        group.add_command(_plain_command(name, said, run))

    @group.command(name="automod", description=told_desk(say.COMMAND_AUTOMOD))
    async def automod(interaction: discord.Interaction) -> None:
        await import_rules(client, interaction)

    sends = client.context.desk is not None and client.context.desk.sends_files
    said = say.COMMAND_VERIFY_SENDS if sends else say.COMMAND_VERIFY

    @group.command(name="verify", description=told_desk(said))
    @app_commands.describe(picture=told_desk(say.OPTION_PICTURE), made=told_desk(say.OPTION_MADE))
    async def verify(
        interaction: discord.Interaction,
        picture: discord.Attachment | None = None,
        made: app_commands.Range[str, 1, 300] | None = None,
    ) -> None:
        if picture is not None:
            await verify_file(client, interaction, picture)
        elif made is not None:
            await run(interaction, f"verify {made}")
        else:
            await answer(client, interaction, "verify")

    @group.command(name="test", description=told_desk(say.COMMAND_TEST))
    @app_commands.describe(prompt=told_desk(say.OPTION_PROMPT))
    async def test(
        interaction: discord.Interaction, prompt: app_commands.Range[str, 1, MAX_GRAPHEMES]
    ) -> None:
        await run(interaction, f"test {prompt}")

    @group.command(name="preset", description=told_desk(say.COMMAND_PRESET))
    @app_commands.describe(preset=told_desk(say.OPTION_PRESET))
    @app_commands.choices(preset=[app_commands.Choice(name=key, value=key) for key in PRESETS])
    async def preset(interaction: discord.Interaction, preset: str) -> None:
        await run(interaction, f"preset {preset}")

    @group.command(name="undo", description=told_desk(say.COMMAND_UNDO))
    @app_commands.describe(version=told_desk(say.OPTION_VERSION))
    async def undo(
        interaction: discord.Interaction, version: app_commands.Range[int, 0, 1_000_000] | None = None
    ) -> None:
        await run(interaction, "undo" if version is None else f"undo {version}")

    @group.command(name="set", description=told_desk(say.COMMAND_SET))
    @app_commands.describe(
        setting=told_desk(say.OPTION_SETTING),
        value=told_desk(say.OPTION_VALUE),
        in_channel=told_desk(say.OPTION_CHANNEL),
        for_role=told_desk(say.OPTION_ROLE),
    )
    @app_commands.autocomplete(setting=_settings)
    async def set_one(
        interaction: discord.Interaction,
        setting: str,
        value: str,
        in_channel: discord.TextChannel | None = None,
        for_role: discord.Role | None = None,
    ) -> None:
        place = f"@role/{for_role.id}" if for_role else ""
        place = f"@channel/{in_channel.id}" if in_channel else place
        await run(interaction, f"set {setting}{place} {value}")


def _add_people(group: app_commands.Group, client: Connection) -> None:
    say = DeskSay

    async def run(interaction: discord.Interaction, line: str) -> None:
        await answer(client, interaction, line, command=True)

    @group.command(name="user", description=told_desk(say.COMMAND_USER))
    @app_commands.describe(member=told_desk(say.OPTION_USER))
    async def user(interaction: discord.Interaction, member: discord.User | None = None) -> None:
        await run(interaction, f"user {member.id}" if member else "user")

    @group.command(name="ban", description=told_desk(say.COMMAND_BAN))
    @app_commands.describe(
        member=told_desk(say.OPTION_USER),
        hours=told_desk(say.OPTION_HOURS),
        reason=told_desk(say.OPTION_REASON),
    )
    async def ban(
        interaction: discord.Interaction,
        member: discord.User,
        hours: app_commands.Range[int, 1, 87_600] | None = None,
        reason: app_commands.Range[str, 0, 150] | None = None,
    ) -> None:
        await run(interaction, f"ban {member.id} {hours or ''} {reason or ''}".strip())

    @group.command(name="unban", description=told_desk(say.COMMAND_UNBAN))
    @app_commands.describe(member=told_desk(say.OPTION_USER))
    async def unban(interaction: discord.Interaction, member: discord.User) -> None:
        await run(interaction, f"unban {member.id}")


def _plain_command(name: str, said: DeskSay, run: Any) -> app_commands.Command[Any, Any, Any]:
    async def plain(interaction: discord.Interaction) -> None:
        await run(interaction, name)

    return app_commands.Command(name=name, description=told_desk(said), callback=plain)


async def _settings(_interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    texts = desk_texts(str(_interaction.locale))
    found = [
        (f"{texts.word('area', setting.area)}: {texts.word('setting', setting.key)}"[:100], setting.key)
        for setting in SETTINGS
    ]
    typed = current.lower()
    matching = [(name, key) for name, key in found if typed in name.lower() or typed in key]
    return [app_commands.Choice(name=name, value=key) for name, key in matching[:25]]


def _plain(line: str) -> str:
    """Nothing in a line formats, links or pings; marked ids become names, which ping nobody here."""
    escaped = discord.utils.escape_markdown(line, ignore_links=False)
    return MARK.sub(_name, discord.utils.escape_mentions(escaped).replace("://", ":\u200b//"))


def _name(mark: re.Match[str]) -> str:
    """How Discord writes a channel, a role or a person."""
    sign = {"channel": "#", "role": "@&", "person": "@"}[mark[1]]
    return f"<{sign}{mark[2]}>" if _ID.fullmatch(mark[2]) else mark[2]
