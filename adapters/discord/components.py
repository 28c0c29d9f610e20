"""Buttons of a picture. Their custom id is `action:job_id` and nothing else; the row has the rest.

All are dynamic items, so that the library keeps no view in memory and a button works after any restart.
"""

import re
from typing import Any, Final, Protocol, Self

import discord

from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered
from bot.domain.requests import Action, JobId
from bot.messages.catalogue import Texts
from bot.messages.keys import Say

_TEMPLATE: Final = r"(?P<action>[a-z]+)(?:\.(?P<index>\d))?:(?P<job>[a-z2-7]{16})"

_LOOKS: Final[dict[Action, tuple[Say, str, discord.ButtonStyle]]] = {
    Action.VARY: (Say.BUTTON_VARY, "🪄", discord.ButtonStyle.secondary),
    Action.REROLL: (Say.BUTTON_REROLL, "🎲", discord.ButtonStyle.primary),
    Action.REWORD: (Say.BUTTON_REWORD, "✏️", discord.ButtonStyle.secondary),
    Action.EDIT: (Say.BUTTON_EDIT, "🖌️", discord.ButtonStyle.secondary),
    Action.UPSCALE: (Say.BUTTON_UPSCALE, "🔍", discord.ButtonStyle.secondary),
    Action.DELETE: (Say.BUTTON_DELETE, "🗑️", discord.ButtonStyle.danger),
    Action.FAVOURITE: (Say.BUTTON_FAVOURITE, "⭐", discord.ButtonStyle.secondary),
    Action.CANCEL: (Say.BUTTON_CANCEL, "✖️", discord.ButtonStyle.secondary),
    Action.INFO: (Say.BUTTON_INFO, "ℹ️", discord.ButtonStyle.secondary),
    Action.REPORT: (Say.BUTTON_REPORT, "🚩", discord.ButtonStyle.secondary),
    Action.APPEAL: (Say.BUTTON_APPEAL, "🙋", discord.ButtonStyle.secondary),
    Action.NOTIFY: (Say.BUTTON_NOTIFY, "🔔", discord.ButtonStyle.secondary),
}


class PressHandler(Protocol):
    """What a client offers to its buttons."""

    async def on_press(
        self, interaction: discord.Interaction, action: Action, job_id: JobId, index: int
    ) -> None: ...

    async def on_draw(self, interaction: discord.Interaction) -> None: ...

    async def on_fault(self, interaction: discord.Interaction, fault: Exception) -> None: ...


class PictureButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=_TEMPLATE):
    """One class for all actions; an action unknown to this version is answered politely."""

    def __init__(
        self, action: str, job_id: str, index: int, label: str = "", emoji: str | None = None
    ) -> None:
        self.action = action
        self.job_id = JobId(job_id)
        self.index = index
        style = _LOOKS[Action(action)][2] if action in _LOOKS else discord.ButtonStyle.secondary
        custom_id = f"{action}.{index}:{job_id}" if index else f"{action}:{job_id}"
        super().__init__(
            discord.ui.Button(label=label or None, emoji=emoji, style=style, custom_id=custom_id)
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        return cls(match["action"], match["job"], int(match["index"] or 0), label="…")

    async def callback(self, interaction: discord.Interaction) -> None:
        handler: PressHandler = interaction.client  # type: ignore[assignment]
        try:
            await handler.on_press(interaction, Action(self.action), self.job_id, self.index)
        except Exception as fault:  # noqa: BLE001 - the library would only log it
            await handler.on_fault(interaction, fault)


class DrawButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template="draw:caption"):
    """Draws the caption that stands in the same message, so that it needs no memory either."""

    CAPTION: Final = 7
    """The id of the text with the caption, among the message's components."""

    def __init__(self, label: str = "…") -> None:
        super().__init__(
            discord.ui.Button(
                label=label, emoji="🎨", style=discord.ButtonStyle.primary, custom_id="draw:caption"
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        return cls()

    @classmethod
    def caption_of(cls, message: discord.Message | None) -> str:
        """The words of the message's caption, "" if it has none."""
        parts = list(message.components) if message else []
        while parts:
            part = parts.pop()
            if isinstance(part, discord.TextDisplay) and part.id == cls.CAPTION:
                return part.content.strip("`\n ")
            parts += getattr(part, "children", ())
        return ""

    async def callback(self, interaction: discord.Interaction) -> None:
        handler: PressHandler = interaction.client  # type: ignore[assignment]
        try:
            await handler.on_draw(interaction)
        except Exception as fault:  # noqa: BLE001 - the library would only log it
            await handler.on_fault(interaction, fault)


def button(
    action: Action, job: Job, texts: Texts, index: int = 0, *, numbered: bool = False
) -> PictureButton:
    """A button with its words and emoji; numbered when a message shows several pictures."""
    say, emoji, _ = _LOOKS[action]
    label = texts.say(say) + (f" {index + 1}" if numbered else "")
    return PictureButton(action.value, job.job_id, index, label, emoji)


def appeal_button(job_id: JobId, texts: Texts) -> PictureButton:
    """For a request that never became a job."""
    say, emoji, _ = _LOOKS[Action.APPEAL]
    return PictureButton(Action.APPEAL.value, job_id, 0, texts.say(say), emoji)


def picture_rows(
    job: Job, outcome: Delivered, texts: Texts, *, link: bool = True
) -> list[discord.ui.ActionRow[Any]]:
    """Rows of at most five: per picture the ones that take a picture, then those for the whole job."""
    rows: list[discord.ui.ActionRow[Any]] = []
    several = len(outcome.images) > 1
    if several:
        for action in (Action.VARY, Action.UPSCALE, Action.EDIT):
            items = [button(action, job, texts, i, numbered=True) for i in range(len(outcome.images))]
            rows.append(discord.ui.ActionRow(*items))
        rows.append(
            discord.ui.ActionRow(button(Action.REROLL, job, texts), button(Action.REWORD, job, texts))
        )
    else:
        first = (Action.REROLL, Action.VARY, Action.EDIT, Action.REWORD, Action.UPSCALE)
        rows.append(discord.ui.ActionRow(*(button(action, job, texts) for action in first)))
    rows.append(_last_row(job, outcome, texts, link=link))
    return rows


def _last_row(job: Job, outcome: Delivered, texts: Texts, *, link: bool) -> discord.ui.ActionRow[Any]:
    """What can be undone first; what cannot stands at the end, where a phone gives it a line of its own."""
    last: discord.ui.ActionRow[Any] = discord.ui.ActionRow(
        button(Action.FAVOURITE, job, texts), button(Action.INFO, job, texts)
    )
    url = outcome.images[0].url
    if link and url.startswith("https://"):
        last.add_item(discord.ui.Button(label=texts.say(Say.BUTTON_OPEN), url=url))
    return last.add_item(button(Action.REPORT, job, texts)).add_item(button(Action.DELETE, job, texts))
