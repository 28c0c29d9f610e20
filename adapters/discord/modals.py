"""Questions to a person. A modal's whole state is in its custom id, so a submit works after any restart.

The library drops submits of modals it does not remember; the client therefore reads every submit itself.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any, Final, Self

import discord

from bot.domain.jobs import Job
from bot.domain.requests import Action, JobId
from bot.messages.catalogue import Texts
from bot.messages.keys import Say

_CUSTOM_ID: Final = re.compile(r"ask:(?P<action>[a-z]+)\.(?P<index>\d):(?P<job>[a-z2-7]{16}):[0-9a-f]{8}")
_TEXT: Final = "text"
_FILES: Final = "files"
_LIFE: Final = 900
_MAX_TEXT: Final = 2000
MAX_FILES: Final = 3


@dataclass(frozen=True, slots=True)
class Submit:
    """A submitted question: which button asked it, and what was answered."""

    action: Action
    job_id: JobId
    index: int
    text: str
    attachments: tuple[dict[str, Any], ...]

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self | None:
        """From an interaction's data; None if the modal is none of ours."""
        match = _CUSTOM_ID.fullmatch(data.get("custom_id", ""))
        if match is None:
            return None
        fields = {item["custom_id"]: item for item in _components(data.get("components", []))}
        files = data.get("resolved", {}).get("attachments", {})
        chosen = fields.get(_FILES, {}).get("values", [])
        return cls(
            action=Action(match["action"]),
            job_id=JobId(match["job"]),
            index=int(match["index"]),
            text=str(fields.get(_TEXT, {}).get("value", "")).strip(),
            attachments=tuple(files[file_id] for file_id in chosen if file_id in files),
        )


def question(action: Action, job: Job, index: int, texts: Texts) -> discord.ui.Modal:
    """New words for "reword", an instruction and optional pictures for "edit", a reason for an appeal."""
    if action is Action.EDIT:
        modal = _modal(texts.say(Say.EDIT_TITLE), action, job, index)
        modal.add_item(_text(texts.say(Say.EDIT_LABEL), ""))
        upload: discord.ui.FileUpload[Any] = discord.ui.FileUpload(
            custom_id=_FILES, required=False, min_values=0, max_values=MAX_FILES
        )
        modal.add_item(discord.ui.Label(text=texts.say(Say.EDIT_FILES), component=upload))
        return modal
    if action is Action.REWORD:
        modal = _modal(texts.say(Say.REWORD_TITLE), action, job, index)
        modal.add_item(_text(texts.say(Say.REWORD_LABEL), job.request.words[:_MAX_TEXT]))
        return modal
    modal = _modal(texts.say(Say.APPEAL_TITLE), action, job, index)
    modal.add_item(_text(texts.say(Say.APPEAL_LABEL), "", required=False))
    return modal


def _modal(title: str, action: Action, job: Job, index: int) -> discord.ui.Modal:
    custom_id = f"ask:{action}.{index}:{job.job_id}:{secrets.token_hex(4)}"
    return discord.ui.Modal(title=title[:45], custom_id=custom_id, timeout=_LIFE)


def _text(label: str, default: str, *, required: bool = True) -> discord.ui.Label[Any]:
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_TEXT,
        style=discord.TextStyle.paragraph,
        default=default or None,
        required=required,
        max_length=_MAX_TEXT,
    )
    return discord.ui.Label(text=label[:45], component=field)


def _components(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All inputs, whether they lie in a label or in an old-style row."""
    found: list[dict[str, Any]] = []
    for item in items:
        inner = item.get("components") or ([item["component"]] if "component" in item else [])
        found += inner or ([item] if "custom_id" in item else [])
    return found
