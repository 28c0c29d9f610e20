"""From a job's end to Slack blocks: pure functions, no network.

Every message also has its words as top-level text, for notifications and screen readers. People's words are shown
as plain text, so that nothing in them can ping anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered, Failed, Refused
from bot.domain.requests import Action
from bot.guardrails.intake import form_field
from bot.messages.catalogue import Texts, reference, texts_for
from bot.messages.job_view import failed_actions
from bot.messages.keys import Say

Block = dict[str, Any]

ACTION_PREFIX: Final = "imagine_"
_ALT: Final = 2000
_TITLE: Final = 150
_TEXT: Final = 2900
_FALLBACK: Final = 4000

_LABELS: Final[dict[Action, Say]] = {
    Action.SHARE: Say.BUTTON_SHARE,
    Action.REROLL: Say.BUTTON_REROLL,
    Action.VARY: Say.BUTTON_VARY,
    Action.EDIT: Say.BUTTON_EDIT,
    Action.REWORD: Say.BUTTON_REWORD,
    Action.UPSCALE: Say.BUTTON_UPSCALE,
    Action.DELETE: Say.BUTTON_DELETE,
    Action.REPORT: Say.BUTTON_REPORT,
    Action.APPEAL: Say.BUTTON_APPEAL,
    Action.CANCEL: Say.BUTTON_CANCEL,
    Action.NOTIFY: Say.BUTTON_NOTIFY,
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where Slack gets a picture from: a public address, an uploaded file, or neither (a link is shown).

    One that is `attached` to the message already needs nothing in it.
    """

    url: str = ""
    file_id: str = ""
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message ready to be sent: text for those who see no blocks, and the blocks."""

    text: str
    blocks: list[Block]

    @property
    def fallback(self) -> str:
        """The text as Slack is given it: it would read mentions and links in it, and an edit takes so much only."""
        return escape(self.text)[:_FALLBACK]


def texts_of(job: Job) -> Texts:
    return texts_for(job.request.requester.locale)


def picture_message(
    job: Job,
    outcome: Delivered,
    sources: Sequence[Source],
    *,
    private: bool,
    cost: bool = False,
    version: tuple[int, int] = (0, 0),
    linked: bool = True,
) -> Message:
    """The finished pictures with everything that can be done with them.

    `version` is the number within the conversation and that of the version it came from (0: none); without
    `linked` no public address is given away.
    """
    texts = texts_of(job)
    blocks: list[Block] = []
    for image, source in zip(outcome.images, sources, strict=True):
        alt = image.alt_text[:_ALT] or texts.say(Say.READY)
        if source.file_id:
            blocks.append({"type": "image", "slack_file": {"id": source.file_id}, "alt_text": alt})
        elif source.url:
            blocks.append({"type": "image", "image_url": source.url, "alt_text": alt})
        elif source.attached:
            continue
        elif linked and image.url.startswith("https://"):
            blocks.append(section(f"<{image.url}|{escape(texts.say(Say.BUTTON_OPEN))}>"))
        else:
            blocks.append(section(texts.say(Say.NOT_SHOWN, job=job.job_id)))
    caption = _caption(job, outcome, texts, private=private, cost=cost)
    if version[0]:
        caption.insert(0, version_line(texts, *version))
    blocks.append(_context(caption))
    if outcome.notices:
        blocks.append(_context([texts.notice(note) for note in outcome.notices]))
    blocks.append(_buttons(job, _picture_actions(private=private), texts))
    if version[0] > 1:
        blocks[-1]["elements"].append(button("compare", job.job_id, texts.say(Say.BUTTON_COMPARE)))
    return Message(outcome.images[0].alt_text[:300] or texts.say(Say.READY), blocks)


def refusal_message(job: Job, refused: Refused) -> Message:
    texts = texts_of(job)
    text = texts.refusal(refused, job.job_id)
    actions = [Action.REWORD, *([Action.APPEAL] if refused.appealable else [])]
    return Message(text, [section(escape(text)), _buttons(job, actions, texts)])


def turned_away_message(refused: Refused, appeal: str, texts: Texts) -> Message:
    """A no to a request that never became a job, with the way to a moderator."""
    text = texts.refusal(refused)
    element: Block = {
        "type": "button",
        "action_id": f"{ACTION_PREFIX}{Action.APPEAL}",
        "value": f"{Action.APPEAL}:{appeal}",
        "text": plain(texts.say(_LABELS[Action.APPEAL]), 75),
    }
    row: Block = {"type": "actions", "block_id": row_id(appeal), "elements": [element]}
    return Message(text, [section(escape(text)), row])


def failure_message(job: Job, failed: Failed) -> Message:
    texts = texts_of(job)
    text = texts.failure(failed, job.job_id)
    return Message(text, [section(escape(text)), _buttons(job, failed_actions(failed), texts)])


def returned_message(job: Job | None, texts: Texts) -> Message:
    """What made a request fail works again; a button runs it once more if its words are kept."""
    text = texts.say(Say.WORKS_AGAIN if job else Say.WORKS_AGAIN_ANEW)
    buttons = [_buttons(job, [Action.REROLL], texts)] if job else []
    return Message(text, [section(escape(text)), *buttons])


def starting_message(job: Job, texts: Texts) -> Message:
    """What stands until the end, with a button to stop it."""
    text = texts.say(Say.STARTING)
    return Message(text, [section(escape(text)), _buttons(job, [Action.CANCEL], texts)])


def version_line(texts: Texts, number: int, parent: int) -> str:
    if parent and parent != number - 1:
        return texts.say(Say.VERSION_FROM, number=number, parent=parent)
    return texts.say(Say.VERSION, number=number)


def versions_message(
    shown: Sequence[tuple[Job, Delivered, int, int]], current: int, sources: Sequence[Source], texts: Texts
) -> Message:
    """Versions of a conversation one below the other, each with a button to go back to it."""
    blocks: list[Block] = [section(escape(texts.say(Say.COMPARED)))]
    for (job, outcome, number, parent), source in zip(shown, sources, strict=True):
        alt = outcome.images[0].alt_text[:_ALT] or texts.say(Say.READY)
        if source.file_id:
            blocks.append({"type": "image", "slack_file": {"id": source.file_id}, "alt_text": alt})
        elif source.url:
            blocks.append({"type": "image", "image_url": source.url, "alt_text": alt})
        line = version_line(texts, number, parent)
        blocks.append(_context([f"{line} ✓" if number == current else line, reference(job.job_id)]))
        if number != current:
            use = button("use", job.job_id, texts.say(Say.BUTTON_USE, number=number))
            blocks.append({"type": "actions", "block_id": f"imagine_use_{number}", "elements": [use]})
    return Message(texts.say(Say.COMPARED), blocks)


def button(name: str, job_id: str, label: str) -> Block:
    return {
        "type": "button",
        "action_id": f"{ACTION_PREFIX}{name}",
        "value": f"{name}:{job_id}",
        "text": plain(label, 75),
    }


def text_message(text: str) -> Message:
    """A sentence of the catalogue. Its bold has two asterisks, as Discord writes it; Slack's has one."""
    words = text.replace("**", "*")
    return Message(words, [section(escape(words))])


def escape(text: str) -> str:
    """Slack's own three escapes; with them no mention and no link can form."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def question(action: Action, job: Job, texts: Texts, private_metadata: str) -> dict[str, Any]:
    """A modal for new words, an instruction or a reason; its state is in `private_metadata`."""
    title, label, value = {
        Action.EDIT: (Say.EDIT_TITLE, Say.EDIT_LABEL, ""),
        Action.REWORD: (Say.REWORD_TITLE, Say.REWORD_LABEL, job.request.words),
    }.get(action, (Say.APPEAL_TITLE, Say.APPEAL_LABEL, ""))
    words, most = form_field(value)
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": True,
        "max_length": most,
    }
    if words:
        element["initial_value"] = words
    return {
        "type": "modal",
        "callback_id": "imagine_question",
        "private_metadata": private_metadata,
        "title": plain(texts.say(title), 24),
        "submit": plain(texts.say(Say.SEND), 24),
        "close": plain(texts.say(Say.CLOSE), 24),
        "blocks": [
            {
                "type": "input",
                "block_id": "question",
                "optional": action is Action.APPEAL,
                "label": plain(texts.say(label), 2000),
                "element": element,
            }
        ],
    }


def _picture_actions(*, private: bool) -> list[Action]:
    if private:
        return [Action.SHARE, Action.REROLL, Action.VARY, Action.EDIT, Action.DELETE]
    return [Action.REROLL, Action.VARY, Action.EDIT, Action.UPSCALE, Action.DELETE]


def _caption(job: Job, outcome: Delivered, texts: Texts, *, private: bool, cost: bool) -> list[str]:
    image = outcome.images[0]
    facts = [reference(job.job_id), image.model, f"{image.width}×{image.height}"]
    if cost and outcome.cost:
        facts.append(f"${outcome.cost / 1_000_000:.3f}")
    words = job.steps.words
    said = [words.alt_text or words.prompt] if words and not private else []
    return [*(text[:_TITLE] for text in said), " · ".join(facts)]


def _buttons(job: Job, actions: Sequence[Action], texts: Texts) -> Block:
    elements: list[Block] = []
    for action in actions:
        discard = action is Action.DELETE
        element: Block = {
            "type": "button",
            "action_id": f"{ACTION_PREFIX}{action}",
            "value": f"{action}:{job.job_id}",
            "text": plain(
                texts.say(Say.BUTTON_DISCARD if discard and actions[0] is Action.SHARE else _LABELS[action]),
                75,
            ),
        }
        if action is Action.SHARE:
            element["style"] = "primary"
        elif discard:
            element["style"] = "danger"
        elements.append(element)
    return {"type": "actions", "block_id": row_id(job.job_id), "elements": elements}


def row_id(job_id: str) -> str:
    """Id of the block with a job's buttons, by which its messages can be told from others."""
    return f"imagine_{job_id}"


def section(mrkdwn: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn[:_TEXT]}}


def _context(lines: Sequence[str]) -> Block:
    return {"type": "context", "elements": [plain(line, _TEXT) for line in lines if line][:10]}


def plain(text: str, limit: int) -> dict[str, Any]:
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return {"type": "plain_text", "text": shown, "emoji": True}


def pictures_input(most: int) -> Block:
    """The field of a window that takes pictures; it needs the scope files:read."""
    return {
        "type": "file_input",
        "action_id": "value",
        "filetypes": ["png", "jpg", "jpeg", "webp"],
        "max_files": most,
    }
