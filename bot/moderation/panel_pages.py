"""How each page of the panel reads. Pure: views in, pages out."""

import time
from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain.moderators import CaseKind, CaseState, Judged, Ruling, Suspension
from bot.domain.provenance import Signature
from bot.guardrails.presets import PRESETS
from bot.guardrails.rulebook import AREAS, Kind, Place
from bot.messages.catalogue import reference
from bot.messages.desk import DeskSay, DeskTexts, marked, without_marks
from bot.messages.rule_words import change_line, choice_words, place_words, value_words
from bot.moderation.answers import Problem
from bot.moderation.budget import Budget
from bot.moderation.cases import CaseView, Ruled
from bot.moderation.pages import LONGEST_FORM, Button, File, Form, Menu, Page
from bot.moderation.provenance import Verified
from bot.moderation.replay import Replay
from bot.moderation.rules import Changed, RulesView, SettingView, VersionView
from bot.moderation.standing import Standing
from bot.pipeline.dry_run import DryRun

__all__ = ["File"]

_SHORT: Final = 90
_LINE: Final = 300
_CHANGES: Final = 20
_PICTURES: Final = frozenset({CaseKind.HELD, CaseKind.REPORT})
"""Cases about a picture rather than about words."""


def home(texts: DeskTexts) -> Button:
    return Button(texts.say(DeskSay.BUTTON_HOME), "home")


def help_page(texts: DeskTexts) -> Page:
    return Page(texts.say(DeskSay.PANEL_TITLE), (texts.say(DeskSay.HELP),), (home(texts),))


def problem(found: Problem, texts: DeskTexts) -> Page:
    params = {name: marked("person", text) if name == "who" else text for name, text in found.params}
    return Page(texts.no(found.no, **params), buttons=(home(texts),))


def no(texts: DeskTexts, kind: str, **params: object) -> Page:
    return Page(texts.no(kind, **params), buttons=(home(texts),))


def overview(view: RulesView, budgets: Sequence[Budget], cases: int, texts: DeskTexts) -> Page:
    """The first page: where things stand, and the ways from here."""
    own = DeskSay.PANEL_OWN_RULES if view.version else DeskSay.PANEL_DEFAULTS
    preset = texts.word("preset", view.preset) if view.preset else texts.say(own)
    lines = [
        texts.say(
            DeskSay.PANEL_STATE if view.version else DeskSay.PANEL_STATE_NEW,
            preset=preset,
            version=view.version,
        ),
        *(_budget_line(budget, texts) for budget in budgets),
        texts.say(DeskSay.QUEUE_TITLE, number=cases) if cases else texts.say(DeskSay.QUEUE_NONE),
    ]
    say = texts.say
    return Page(
        say(DeskSay.PANEL_TITLE),
        tuple(lines),
        (
            Button(say(DeskSay.BUTTON_TEST), "ask", primary=True),
            Button(say(DeskSay.BUTTON_QUEUE), "queue"),
            Button(say(DeskSay.BUTTON_DECISIONS), "decisions"),
            Button(say(DeskSay.BUTTON_HISTORY), "history"),
            Button(say(DeskSay.BUTTON_PEOPLE), "user"),
            Button(say(DeskSay.BUTTON_BUDGET), "budget"),
            Button(say(DeskSay.BUTTON_CONSOLE), "console"),
            Button(say(DeskSay.BUTTON_EXPORT), "export"),
            Button(say(DeskSay.BUTTON_IMPORT), "import"),
        ),
        (
            Menu(
                say(DeskSay.MENU_PRESET), "preset", tuple((texts.word("preset", key), key) for key in PRESETS)
            ),
            Menu(say(DeskSay.MENU_AREA), "area", tuple((texts.word("area", key), key) for key in AREAS)),
        ),
    )


def area(view: RulesView, name: str, texts: DeskTexts) -> Page:
    """The settings of an area, each with its value, and a menu to change one."""
    settings = [setting for setting in view.settings if setting.area == name]
    if not settings:
        return no(texts, "unknown_setting", setting=name[:60])
    lines: list[str] = []
    for setting in settings:
        lines.append(
            f"{texts.word('setting', setting.key)}: {value_words(setting.key, setting.value, texts)}"
        )
        for place, value in setting.places:
            lines.append(f"  {place_words(place, texts)}: {value_words(setting.key, value, texts)}")
    menu = Menu(
        texts.say(DeskSay.MENU_SETTING),
        "edit",
        tuple((texts.word("setting", setting.key)[:75], setting.key) for setting in settings[:25]),
    )
    return Page(texts.word("area", name), tuple(lines), (home(texts),), (menu,))


def choices(setting: SettingView, place: Place | None, texts: DeskTexts) -> Page:
    """A button for each value that there is, in words."""
    own = dict(setting.places).get(place, "") if place else setting.value
    name = texts.word("setting", setting.key)
    where = f"@{place.kind}/{place.place_id}" if place else ""
    buttons = tuple(
        Button(
            choice_words(setting.key, choice, texts),
            f"pick:{setting.key}{where}:{choice}",
            primary=choice == own,
        )
        for choice in setting.choices
    )
    lines = (place_words(place, texts),) if place else ()
    return Page(name, lines, (*buttons, Button(texts.word("area", setting.area), f"area:{setting.area}")))


def setting_form(setting: SettingView, place: Place | None, texts: DeskTexts) -> Form | Page:
    """A dialog with the value as it is; a page, where a dialog could hold only a part of it and the rest would be lost."""
    own = dict(setting.places).get(place, "") if place else setting.value
    if len(own.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_FORM:
        console = Button(texts.say(DeskSay.BUTTON_CONSOLE), "console", primary=True)
        area = Button(texts.word("area", setting.area), f"area:{setting.area}")
        return Page(texts.word("setting", setting.key), (texts.say(DeskSay.TOO_LONG_HERE),), (console, area))
    expected = f"{setting.least:g} - {setting.most:g}"
    hinted = setting.kind in {Kind.NUMBER, Kind.DECIMAL, Kind.MONEY}
    where = f"@{place.kind}/{place.place_id}" if place else ""
    return Form(
        texts.word("setting", setting.key),
        f"set:{setting.key}{where}",
        texts.say(DeskSay.TAKES, expected=expected) if hinted else texts.word("setting", setting.key),
        value=own,
        long=setting.kind in {Kind.TERMS, Kind.PHRASES, Kind.PATTERNS},
        most=int(setting.most) if setting.kind is Kind.TEXT else 0,
    )


def preview(replayed: Replay, token: str, texts: DeskTexts, notes: Sequence[str] = ()) -> Page:
    """Before and after, and what the last decisions would have been; `notes` are said first."""
    say = texts.say
    lines = [*notes, *(change_line(diff, texts) for diff in replayed.changes[:_CHANGES])]
    if replayed.replayed:
        lines.append(
            say(
                DeskSay.REPLAY_LINE,
                replayed=replayed.replayed,
                refused=len(replayed.now_refused),
                allowed=len(replayed.now_allowed),
            )
        )
        lines += [say(DeskSay.REPLAY_REFUSED, words=_cut(turn.words)) for turn in replayed.now_refused[:5]]
        lines += [say(DeskSay.REPLAY_ALLOWED, words=_cut(turn.words)) for turn in replayed.now_allowed[:5]]
        if replayed.uncertain:
            lines.append(say(DeskSay.REPLAY_UNCERTAIN, number=replayed.uncertain))
    else:
        lines.append(say(DeskSay.REPLAY_NONE))
    buttons = (
        Button(say(DeskSay.BUTTON_SAVE), f"save:{token}", primary=True),
        Button(say(DeskSay.BUTTON_DISCARD), "home"),
    )
    return Page(say(DeskSay.PREVIEW_TITLE), tuple(lines), buttons)


def saved(changed: Changed, texts: DeskTexts) -> Page:
    lines = tuple(change_line(diff, texts) for diff in changed.diffs[:_CHANGES])
    buttons = (Button(texts.say(DeskSay.BUTTON_UNDO), f"undo:{changed.version - 1}"), home(texts))
    return Page(texts.say(DeskSay.SAVED, version=changed.version), lines, buttons)


def history(versions: Sequence[VersionView], texts: DeskTexts) -> Page:
    lines = [
        texts.say(
            DeskSay.HISTORY_LINE,
            version=version.version,
            actor=marked("person", version.actor) if version.actor else "?",
            changes=_changes(version, texts),
        )
        for version in versions
    ]
    options = tuple(
        (_cut(f"{version.version}: {without_marks(_changes(version, texts))}", 75), f"{version.version}")
        for version in versions[1:25]
    )
    menus = (Menu(texts.say(DeskSay.MENU_VERSION), "undo", options),) if options else ()
    undo = (Button(texts.say(DeskSay.BUTTON_UNDO), "undo"),) if versions else ()
    title = texts.say(DeskSay.HISTORY_TITLE)
    return Page(title, tuple(lines) or (texts.say(DeskSay.HISTORY_NONE),), (*undo, home(texts)), menus)


def _changes(version: VersionView, texts: DeskTexts) -> str:
    """A preset by its name, else the first differences."""
    kind, _, name = version.reason.partition(":")
    if kind == "preset":
        return texts.word("preset", name)
    return "; ".join(change_line(diff, texts) for diff in version.diffs[:3]) or version.reason


def dry_run(result: DryRun, texts: DeskTexts) -> Page:
    """Every layer's word about a prompt."""
    say = texts.say
    lines = [say(DeskSay.TEST_DECISION, decision=texts.word("decision", result.decision))]
    if result.decided_by:
        reason = texts.word("reason", result.reason_code or "")
        lines.append(
            say(DeskSay.TEST_DECIDED_BY, layer=texts.word("layer", result.decided_by), reason=reason)
        )
    for layer in result.layers:
        said = say(
            DeskSay.TEST_LAYER, layer=texts.word("layer", layer.name), says=texts.word("says", layer.says)
        )
        top = max(layer.scores.items(), key=lambda item: item[1], default=None)
        lines.append(f"{said} ({top[0]} {top[1]:.2f})" if top else said)
    lines += [say(DeskSay.TEST_HIT, term=hit.term, match=str(hit.match)) for hit in result.hits[:10]]
    if result.safe_prompt:
        lines.append(say(DeskSay.TEST_WOULD_DRAW, prompt=_cut(result.safe_prompt, _LINE)))
    if result.suggestion:
        lines.append(say(DeskSay.TEST_SUGGESTS, prompt=result.suggestion))
    if result.picture_checks and result.safe_prompt:
        checks = ", ".join(texts.word("layer", check) for check in result.picture_checks)
        lines.append(say(DeskSay.TEST_PICTURES, checks=checks))
    lines.append(say(DeskSay.TEST_NOTHING_MADE))
    return Page(say(DeskSay.TEST_TITLE), tuple(lines), (Button(say(DeskSay.BUTTON_TEST), "ask"), home(texts)))


def verified(found: Sequence[Verified], texts: DeskTexts) -> Page:
    """Whose each file is, and what it says; with what was not checked."""
    say, lines = texts.say, list[str]()
    for one in found:
        lines.append(f"SHA-256 {one.sha256}")
        lines += [
            say(
                DeskSay.VERIFY_PREVIEW if made.preview else DeskSay.VERIFY_OURS,
                model=made.model,
                provider=made.provider,
                at=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(made.at)),
                reference=made.job_id,
            )
            for made in one.made
        ]
        if not one.made:
            lines.append(say(DeskSay.VERIFY_NOT_OURS))
        lines += [_credentials(one, texts), *_marks(one, texts)]
    return Page(say(DeskSay.VERIFY_TITLE), tuple(lines), (home(texts),))


def _credentials(one: Verified, texts: DeskTexts) -> str:
    if one.credentials is None:
        return texts.say(DeskSay.VERIFY_GONE)
    if not one.credentials:
        return texts.say(DeskSay.VERIFY_NONE)
    if one.marks is None or one.marks.signature is Signature.ABSENT:
        return texts.say(DeskSay.VERIFY_CREDENTIALS)
    return texts.say(DeskSay.VERIFY_SIGNATURE, state=texts.word("signature", one.marks.signature))


def _marks(one: Verified, texts: DeskTexts) -> Sequence[str]:
    """What the maker's own check said, and that the file was sent there for it."""
    if not one.sent:
        return ()
    sent = texts.say(DeskSay.VERIFY_SENT)
    if one.marks is None:
        return (texts.say(DeskSay.VERIFY_UNANSWERED), sent)
    if not one.marks.detected:
        return (texts.say(DeskSay.VERIFY_NO_MARKS), sent)
    names = [(texts.word("mark", mark), model) for mark, model in one.marks.detected]
    marks = ", ".join(f"{name} ({model})" if model else name for name, model in names)
    return (texts.say(DeskSay.VERIFY_MARKS, marks=marks), sent)


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
        lines.append(say(DeskSay.CASE_TEXT, text=_cut(found.text, _LINE)))
    if words:
        shown = (
            say(DeskSay.CASE_WORDS, words=_cut(view.words, 1000))
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


def standing(found: Standing, now: float, texts: DeskTexts) -> Page:
    """Strikes and suspension of a member, and what can be done."""
    say, lines, suspension = texts.say, [], found.suspension
    if found.strikes:
        reason = texts.word("reason", found.strikes[0].reason)
        lines.append(say(DeskSay.STANDING_STRIKES, number=len(found.strikes), reason=reason))
    if suspension is not None:
        lines.append(_suspended(suspension, now, texts))
    if not lines:
        lines.append(say(DeskSay.STANDING_GOOD))
    who = found.user_id
    buttons = (
        (Button(say(DeskSay.BUTTON_UNBAN), f"lift:{who}", primary=True),)
        if suspension
        else (
            Button(say(DeskSay.BUTTON_HOUR), f"ban:hour:{who}"),
            Button(say(DeskSay.BUTTON_DAY), f"ban:day:{who}"),
            Button(say(DeskSay.BUTTON_BAN), f"ban:ever:{who}", danger=True),
            *((Button(say(DeskSay.BUTTON_FORGIVE), f"lift:{who}"),) if found.strikes else ()),
        )
    )
    return Page(say(DeskSay.STANDING_TITLE, who=marked("person", who)), tuple(lines), (*buttons, home(texts)))


def suspended(found: Sequence[Suspension], now: float, texts: DeskTexts) -> Page:
    """Everybody who may not ask for pictures, and why."""
    if not found:
        return Page(texts.say(DeskSay.PEOPLE_NONE), buttons=(home(texts),))
    lines = tuple(
        texts.say(
            DeskSay.PERSON_LINE, who=marked("person", one.user_id), standing=_suspended(one, now, texts)
        )
        for one in found[:25]
    )
    options = tuple((f"{one.user_id} – {_reason(one, texts)}"[:75], one.user_id) for one in found[:25])
    menu = Menu(texts.say(DeskSay.MENU_PERSON), "user", options)
    return Page(texts.say(DeskSay.PEOPLE_TITLE, number=len(found)), lines, (home(texts),), (menu,))


def _suspended(suspension: Suspension, now: float, texts: DeskTexts) -> str:
    reason = _reason(suspension, texts)
    if suspension.until is None:
        return texts.say(DeskSay.STANDING_BANNED, reason=reason)
    hours = max(1, round((suspension.until - now) / 3600))
    return texts.say(DeskSay.STANDING_UNTIL, hours=hours, reason=reason)


def _reason(suspension: Suspension, texts: DeskTexts) -> str:
    return texts.word("reason", suspension.reason) if suspension.reason else texts.say(DeskSay.EMPTY)


def budget(budgets: Sequence[Budget], texts: DeskTexts) -> Page:
    lines = tuple(_budget_line(one, texts) for one in budgets)
    menu = Menu(
        texts.say(DeskSay.MENU_SETTING),
        "edit",
        tuple((texts.word("setting", key), key) for key in ("limits.budget_day", "limits.budget_month")),
    )
    return Page(texts.say(DeskSay.BUDGET_TITLE), lines, (home(texts),), (menu,))


def decisions(found: Sequence[Judged], texts: DeskTexts) -> Page:
    """The last decisions with their reasons: the answer to "why was that refused?"."""
    lines = [_decision(judged, texts) for judged in found]
    title = texts.say(DeskSay.DECISIONS_TITLE)
    return Page(title, tuple(lines) or (texts.say(DeskSay.DECISIONS_NONE),), (home(texts),))


def _decision(judged: Judged, texts: DeskTexts) -> str:
    passed = judged.decision in {"allow", "rewrite"}
    return texts.say(
        DeskSay.DECISION_ALLOWED if passed else DeskSay.DECISION_LINE,
        decision=texts.word("decision", judged.decision),
        reason=texts.word("reason", judged.reason),
        layer=texts.word("layer", judged.decided_by) if judged.decided_by else "-",
        who=judged.person.display_name or marked("person", judged.person.user_id),
        words=_cut(judged.words),
    )


def _budget_line(one: Budget, texts: DeskTexts) -> str:
    period = texts.say(DeskSay.BUDGET_TODAY if one.period == "day" else DeskSay.BUDGET_THIS_MONTH)
    used = f"${(one.used + one.held) / 1_000_000:.2f}"
    if not one.cap:
        return texts.say(DeskSay.BUDGET_NO_CAP, period=period, used=used)
    cap = f"${one.cap / 1_000_000:.2f}"
    return texts.say(DeskSay.BUDGET_LINE, period=period, used=used, cap=cap, percent=one.percent)


def _ref(view: CaseView) -> str:
    return reference(view.case.job_id) if view.case.job_id else view.case.case_id[:6].upper()


def _cut(text: str, length: int = _SHORT) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
