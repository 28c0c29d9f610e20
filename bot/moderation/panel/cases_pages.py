"""How the queue of cases and a case read. Pure: views in, pages out."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain.moderators import CaseKind, CaseState, Ruling
from bot.messages.catalogue import reference
from bot.messages.desk import DeskSay, DeskTexts, marked
from bot.moderation.cases import CaseView, Ruled
from bot.moderation.pages import Button, Menu, Page
from bot.moderation.panel.frame import LINE, cut, home

_PICTURES: Final = frozenset({CaseKind.HELD, CaseKind.REPORT})
"""Cases about a picture rather than about words."""


def queue(cases: Sequence[CaseView], texts: DeskTexts) -> Page:
    if not cases:
        return Page(texts.say(DeskSay.QUEUE_NONE), buttons=(home(texts),))
    lines = [_queue_line(view, texts) for view in cases]
    options = tuple(
        (f"{texts.word('case', view.case.kind)} {_ref(view)}"[:75], view.case.case_id) for view in cases[:25]
    )
    menu = Menu(texts.say(DeskSay.MENU_CASE), "case", options)
    return Page(texts.say(DeskSay.QUEUE_TITLE, number=len(cases)), tuple(lines), (home(texts),), (menu,))


def _queue_line(view: CaseView, texts: DeskTexts) -> str:
    found = view.case
    key = DeskSay.QUEUE_LINE if found.reason and found.reason != found.kind else DeskSay.QUEUE_PLAIN
    kind, reason = texts.word("case", found.kind), texts.word("reason", found.reason)
    line = texts.say(key, kind=kind, reference=_ref(view), reason=reason)
    if found.state is not CaseState.CLAIMED:
        return line
    return texts.say(DeskSay.QUEUE_TAKEN, line=line, who=marked("person", found.claimed_by))


def case(view: CaseView, texts: DeskTexts, *, words: bool = False) -> Page:
    """One case, claimed; the words only behind a button."""
    say, found = texts.say, view.case
    lines = [say(DeskSay.CASE_CLAIMED)] if found.state is CaseState.CLAIMED else []
    if found.user_id:
        lines.append(
            say(DeskSay.CASE_WHO, who=marked("person", found.user_id), strikes=view.strikes, cases=view.cases)
        )
    if found.reason:
        by = texts.word("layer", found.decided_by or "moderator")
        lines.append(say(DeskSay.CASE_REASON, reason=texts.word("reason", found.reason), layer=by))
    if found.text:
        lines.append(say(DeskSay.CASE_TEXT, text=cut(found.text, LINE)))
    if words:
        shown = (
            say(DeskSay.CASE_WORDS, words=cut(view.words, 1000))
            if view.words
            else say(DeskSay.CASE_FORGOTTEN)
        )
        lines.append(shown)
    if not found.approvable and found.kind not in _PICTURES:
        lines.append(say(DeskSay.CASE_NOT_APPROVABLE))
    buttons = [] if words else [Button(say(DeskSay.BUTTON_WORDS), f"words:{found.case_id}")]
    title = say(DeskSay.CASE_TITLE, kind=texts.word("case", found.kind), reference=_ref(view))
    if found.kind in _PICTURES:
        drawn = _held_buttons if found.kind is CaseKind.HELD else _reported_buttons
        return Page(title, tuple(lines), (*buttons, *drawn(view, texts)))
    if found.approvable:
        act = f"rule:approve_once:{found.case_id}"
        buttons.append(Button(say(DeskSay.BUTTON_APPROVE), act, primary=True))
        buttons.append(Button(say(DeskSay.BUTTON_ALLOW), f"allow:{found.case_id}"))
    buttons.append(Button(say(DeskSay.BUTTON_UPHOLD), f"rule:uphold:{found.case_id}"))
    buttons.append(Button(say(DeskSay.BUTTON_STRIKE), f"rule:strike:{found.case_id}", danger=True))
    return Page(title, tuple(lines), tuple(buttons))


def _held_buttons(view: CaseView, texts: DeskTexts) -> Iterator[Button]:
    case_id, say = view.case.case_id, texts.say
    if view.pictures:
        yield Button(say(DeskSay.BUTTON_PICTURE), f"pictures:{case_id}")
        yield Button(say(DeskSay.BUTTON_RELEASE), f"rule:release:{case_id}", primary=True)
    yield Button(say(DeskSay.BUTTON_THROW), f"rule:discard:{case_id}")
    yield Button(say(DeskSay.BUTTON_STRIKE), f"rule:strike:{case_id}", danger=True)


def _reported_buttons(view: CaseView, texts: DeskTexts) -> Iterator[Button]:
    case_id, say = view.case.case_id, texts.say
    yield Button(say(DeskSay.BUTTON_LEAVE), f"rule:dismiss:{case_id}")
    if view.pictures:
        yield Button(say(DeskSay.BUTTON_PICTURE), f"pictures:{case_id}")
        yield Button(say(DeskSay.BUTTON_TAKE_DOWN), f"rule:discard:{case_id}", danger=True)
    yield Button(say(DeskSay.BUTTON_STRIKE), f"rule:strike:{case_id}", danger=True)


def ruled(result: Ruled, texts: DeskTexts) -> Page:
    ruling = texts.word("ruling", result.case.ruling or Ruling.UPHOLD)
    title = texts.say(DeskSay.CASE_CLOSED, ruling=ruling, told="").strip()
    return Page(title, buttons=(Button(texts.say(DeskSay.BUTTON_QUEUE), "queue"), home(texts)))


def _ref(view: CaseView) -> str:
    return reference(view.case.job_id) if view.case.job_id else view.case.case_id[:6].upper()
