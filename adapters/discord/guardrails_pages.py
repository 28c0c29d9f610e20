"""The panel's pages and dialogs as Discord's own parts.

A button's custom id is `guard:<act>`, a menu's `guardmenu:<act>`, a dialog's `guardask:<act>:<8 random digits>`; the
acts are the panel's, so all of it works after restarts and on any replica.
"""

import io
import re
import secrets
from typing import Any, Final, Protocol, Self

import discord

from bot.messages.desk import MARK, without_marks
from bot.moderation.pages import File, Form, Page

_COLOUR: Final = discord.Colour(0x3B82F6)
_ASK: Final = re.compile(r"guardask:(?P<act>.+):[0-9a-f]{8}", re.DOTALL)
_LIFE: Final = 900
_TEXT: Final = 3500
_WHOLE: Final = "page.txt"
_LONGEST: Final = 4000
_FIELD: Final = "text"
_ID: Final = re.compile(r"[0-9]{15,21}")


class ActHandler(Protocol):
    """What a client offers to these parts."""

    async def on_act(self, interaction: discord.Interaction, act: str) -> None: ...

    async def on_fault(self, interaction: discord.Interaction, fault: Exception) -> None: ...


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
        await _act(interaction, self.act)


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
        await _act(interaction, f"{self.act}:{values[0]}")


async def _act(interaction: discord.Interaction, act: str) -> None:
    handler: ActHandler = interaction.client  # type: ignore[assignment]
    try:
        await handler.on_act(interaction, act)
    except Exception as fault:  # noqa: BLE001 - the library would only log it
        await handler.on_fault(interaction, fault)


def submit_of(interaction: discord.Interaction) -> tuple[str, str] | None:
    """Act and text of a dialog of the panel that was sent; None if the dialog is none of these."""
    data: dict[str, Any] = dict(interaction.data or {})
    match = _ASK.fullmatch(str(data.get("custom_id", "")))
    if match is None:
        return None
    text = ""
    for item in data.get("components", []):
        inner = [item["component"]] if "component" in item else item.get("components", [])
        text = next((str(part.get("value", "")) for part in inner if part.get("custom_id") == _FIELD), text)
    return match["act"], text


def drawn(page: Page) -> discord.ui.LayoutView:
    """A page as one container: title, lines, menus, buttons in rows of five. It shows what `files_of` attaches."""
    parts: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay(f"### {_plain(page.title)}")]
    text = _text_of(page)
    if len(text) > _TEXT:
        text = text[: text.rfind("\n", 0, _TEXT - 1) if "\n" in text[: _TEXT - 1] else _TEXT - 2] + "\n…"
    if text:
        parts.append(discord.ui.TextDisplay(text))
    if page.link:
        parts.append(discord.ui.TextDisplay(page.link))
    parts += [discord.ui.File(f"attachment://{file.name}") for file in _texts_of(page)]
    if page.pictures:
        veiled = [
            discord.MediaGalleryItem(
                f"attachment://{held_name(place)}", description=without_marks(page.title), spoiler=True
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


def files_of(page: Page) -> list[discord.File]:
    """What goes up with a page, made anew for each try: its file, all of it if it is too long, its pictures."""
    files = [discord.File(io.BytesIO(file.text.encode()), file.name) for file in _texts_of(page)]
    return files + [
        discord.File(io.BytesIO(data), held_name(place)) for place, data in enumerate(page.pictures)
    ]


def _text_of(page: Page) -> str:
    return "\n".join(_plain(line) for line in page.lines)


def _texts_of(page: Page) -> list[File]:
    files = [] if page.file is None else [page.file]
    if len(_text_of(page)) > _TEXT:
        files.append(File(_WHOLE, "\n".join(map(without_marks, page.lines))))
    return files


def held_name(place: int) -> str:
    """The file of a held picture, at this place of its page."""
    return f"held-{place + 1}.jpg"


def dialog(form: Form) -> discord.ui.Modal:
    custom_id = f"guardask:{form.act}:{secrets.token_hex(4)}"
    modal = discord.ui.Modal(title=form.title[:45], custom_id=custom_id, timeout=_LIFE)
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_FIELD,
        style=discord.TextStyle.paragraph if form.long or len(form.value) > 100 else discord.TextStyle.short,
        default=form.value or None,
        # Without a field for a picture the words are all there is to ask with.
        required=form.required or bool(form.picture),
        max_length=form.most or _LONGEST,
    )
    modal.add_item(discord.ui.Label(text=form.label[:45], component=field))
    return modal


def _plain(line: str) -> str:
    """Nothing in a line formats, links or pings; marked ids become names, which ping nobody here."""
    escaped = discord.utils.escape_markdown(line, ignore_links=False)
    return MARK.sub(_name, discord.utils.escape_mentions(escaped).replace("://", ":\u200b//"))


def _name(mark: re.Match[str]) -> str:
    """How Discord writes a channel, a role or a person."""
    sign = {"channel": "#", "role": "@&", "person": "@"}[mark[1]]
    return f"<{sign}{mark[2]}>" if _ID.fullmatch(mark[2]) else mark[2]
