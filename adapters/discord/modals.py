"""Questions to a person. A modal's whole state is in its custom id, so a submit works after any restart.

The library drops submits of modals it does not remember; the client therefore reads every submit itself.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any, Final, Self

import discord

from adapters.discord.references import references_of
from bot.domain.jobs import Job
from bot.domain.outcomes import Refused
from bot.domain.requests import Action, JobId, Reference, ReferenceRole
from bot.guardrails.intake import form_field
from bot.messages.catalogue import Texts
from bot.messages.keys import Say

_CUSTOM_ID: Final = re.compile(r"ask:(?P<action>[a-z]+)\.(?P<index>\d):(?P<job>[a-z2-7]{16}):[0-9a-f]{8}")
_REMIX_ID: Final = re.compile(r"remix:(?P<token>[0-9a-f]{24})")
_TEXT: Final = "text"
_FILES: Final = "files"
_MASK: Final = "mask"
_LIFE: Final = 900
MAX_FILES: Final = 3


@dataclass(frozen=True, slots=True)
class Submit:
    """A submitted question: which button asked it, and what was answered."""

    action: Action
    job_id: JobId
    index: int
    text: str
    references: tuple[Reference, ...]

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self | None:
        """From an interaction's data; None if the question is none of these."""
        match = _CUSTOM_ID.fullmatch(data.get("custom_id", ""))
        if match is None:
            return None
        mask = references_of(_uploaded(data, _MASK), ReferenceRole.MASK)
        return cls(
            action=Action(match["action"]),
            job_id=JobId(match["job"]),
            index=int(match["index"]),
            text=_answer(data),
            references=references_of(_uploaded(data, _FILES), ReferenceRole.STYLE) + mask,
        )


@dataclass(frozen=True, slots=True)
class RemixSubmit:
    """The answer to "Remix image"; `token` names the picture that was meant."""

    token: str
    text: str
    references: tuple[Reference, ...]

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self | None:
        match = _REMIX_ID.fullmatch(data.get("custom_id", ""))
        if match is None:
            return None
        return cls(match["token"], _answer(data), references_of(_uploaded(data, _FILES), ReferenceRole.STYLE))


def question(action: Action, job: Job, index: int, texts: Texts, *, own: bool = True) -> discord.ui.Modal:
    """New words for "reword", an instruction and optional pictures for "edit", a reason for an appeal.

    `own`: whoever pressed is the one who asked; nobody else gets to see the words as they were typed.
    """
    if action is Action.EDIT:
        modal = _modal(texts.say(Say.EDIT_TITLE), action, job, index)
        modal.add_item(_text(texts.say(Say.EDIT_LABEL), ""))
        modal.add_item(_files(texts))
        modal.add_item(_upload(_MASK, texts.say(Say.EDIT_MASK), texts.say(Say.EDIT_MASK_HINT), 1))
        return modal
    if action is Action.REWORD:
        modal = _modal(texts.say(Say.REWORD_TITLE), action, job, index)
        modal.add_item(_text(texts.say(Say.REWORD_LABEL), _first_words(job, own=own)))
        return modal
    modal = _modal(texts.say(Say.APPEAL_TITLE), action, job, index)
    modal.add_item(_text(texts.say(Say.APPEAL_LABEL), "", required=False))
    return modal


def _first_words(job: Job, *, own: bool) -> str:
    """What stands in the field: the wording that was suggested, else the words that the job was made of."""
    if own and isinstance(job.outcome, Refused) and job.outcome.suggestion:
        return job.outcome.suggestion
    if own:
        return job.request.words
    return job.steps.words.prompt if job.steps.words else ""


def remix_question(token: str, texts: Texts) -> discord.ui.Modal:
    """What should change in a picture of whoever's message; `token` is 24 hex digits."""
    modal = discord.ui.Modal(title=texts.say(Say.REMIX_TITLE)[:45], custom_id=f"remix:{token}", timeout=_LIFE)
    modal.add_item(_text(texts.say(Say.EDIT_LABEL), ""))
    modal.add_item(_files(texts))
    return modal


def _files(texts: Texts) -> discord.ui.Label[Any]:
    return _upload(_FILES, texts.say(Say.EDIT_FILES), texts.say(Say.EDIT_HINT, count=MAX_FILES), MAX_FILES)


def _upload(custom_id: str, label: str, hint: str, most: int) -> discord.ui.Label[Any]:
    upload: discord.ui.FileUpload[Any] = discord.ui.FileUpload(
        custom_id=custom_id, required=False, min_values=0, max_values=most
    )
    return discord.ui.Label(text=label[:45], description=hint[:100], component=upload)


def _modal(title: str, action: Action, job: Job, index: int) -> discord.ui.Modal:
    custom_id = f"ask:{action}.{index}:{job.job_id}:{secrets.token_hex(4)}"
    return discord.ui.Modal(title=title[:45], custom_id=custom_id, timeout=_LIFE)


def _text(label: str, default: str, *, required: bool = True) -> discord.ui.Label[Any]:
    words, most = form_field(default)
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_TEXT,
        style=discord.TextStyle.paragraph,
        default=words or None,
        required=required,
        max_length=most,
    )
    return discord.ui.Label(text=label[:45], component=field)


def _answer(data: dict[str, Any]) -> str:
    return str(_fields(data).get(_TEXT, {}).get("value", "")).strip()


def _uploaded(data: dict[str, Any], custom_id: str) -> list[dict[str, Any]]:
    files = data.get("resolved", {}).get("attachments", {})
    chosen = _fields(data).get(custom_id, {}).get("values", [])
    return [files[file_id] for file_id in chosen if file_id in files]


def _fields(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    parts = _components(data.get("components", []))
    return {item["custom_id"]: item for item in parts if "custom_id" in item}


def _components(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All inputs, whether they lie in a label or in an old-style row."""
    found: list[dict[str, Any]] = []
    for item in items:
        inner = item.get("components") or ([item["component"]] if "component" in item else [])
        found += inner or ([item] if "custom_id" in item else [])
    return found
