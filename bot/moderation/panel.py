"""The moderators' panel: from an act to the next page. The same for every chat; adapters only draw."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.domain.moderators import Ruling
from bot.domain.requests import Requester
from bot.guardrails.rule_texts import MAX_TERM
from bot.guardrails.rulebook import BY_KEY, Place
from bot.guardrails.text import MAX_GRAPHEMES
from bot.messages.desk import DeskSay, DeskTexts, desk_texts
from bot.moderation import panel_pages as pages
from bot.moderation.answers import No, Problem
from bot.moderation.cases import CaseView
from bot.moderation.console import LINK_SECONDS
from bot.moderation.desk import Desk
from bot.moderation.pages import Form, Page, Shown
from bot.moderation.rules import Edit, RulesView, with_preset

_DRAFT: Final = "draft"
_VERIFIED: Final = 300
"""Characters of a request's number, a link or a SHA-256."""
_HOURS: Final = {"hour": 1.0, "day": 24.0, "ever": None}

Handler = Callable[["Panel", Requester, DeskTexts, str, str], Awaitable[Shown]]


@dataclass(frozen=True, slots=True)
class Panel:
    """`act` never raises for what a person may do wrong: the answer is a page that says so."""

    desk: Desk
    _handlers: dict[str, Handler] = field(default_factory=lambda: dict(_HANDLERS))

    async def act(self, actor: Requester, act: str, text: str = "") -> Shown:
        """The page or form that follows an act. `text` is a form's answer, or what was typed behind a command."""
        texts = desk_texts(actor.locale)
        if not await self.desk.may_moderate(actor):
            return Page(texts.no("not_a_moderator"))
        verb, _, rest = act.partition(":")
        handler = self._handlers.get(verb)
        if handler is None:
            return pages.help_page(texts)
        return await handler(self, actor, texts, rest, text)

    async def propose(self, actor: Requester, edits: Sequence[Edit], notes: Sequence[str]) -> Shown:
        """A draft that an adapter has put together, with notes about it; a button saves it."""
        texts = desk_texts(actor.locale)
        if not await self.desk.may_moderate(actor):
            return Page(texts.no("not_a_moderator"))
        return await _preview(self, actor, texts, edits, notes=notes)

    async def verified(self, actor: Requester, data: bytes) -> Shown:
        """What is known about a file that a moderator brings."""
        texts = desk_texts(actor.locale)
        found = await self.desk.verify_file(actor, data)
        return pages.problem(found, texts) if isinstance(found, Problem) else pages.verified([found], texts)

    async def command(self, actor: Requester, line: str) -> Shown:
        """What was typed behind `/guardrails`: "", "test a cat", "set limits.budget_day 5", "ban U1 24"."""
        word, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        match word.lower():
            case "" | "show" | "panel":
                return await self.act(actor, f"area:{rest}" if rest else "home")
            case "set":
                key, _, value = rest.partition(" ")
                return await self.act(actor, f"set:{key}", value)
            case "test":
                return await self.act(actor, "test" if rest else "ask", rest)
            case "preset":
                return await self.act(actor, f"preset:{rest}")
            case "undo":
                return await self.act(actor, f"undo:{rest}")
            case "user":
                return await self.act(actor, f"user:{_person(rest)}")
            case "ban":
                who, _, hours = rest.partition(" ")
                return await self.act(actor, f"ban:{_person(who)}", hours)
            case "unban":
                return await self.act(actor, f"lift:{_person(rest)}")
            case "verify":
                return await self.act(actor, "verify", rest)
            case "history" | "queue" | "decisions" | "budget" | "export" | "console" as verb:
                return await self.act(actor, verb)
            case _:
                return await self.act(actor, "help")


async def _home(panel: Panel, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    view, budgets, queue = (
        await panel.desk.show(actor),
        await panel.desk.budget(actor),
        await panel.desk.queue(actor),
    )
    if isinstance(view, Problem):
        return pages.problem(view, texts)
    budget = () if isinstance(budgets, Problem) else tuple(budgets)
    return pages.overview(view, budget, 0 if isinstance(queue, Problem) else len(queue), texts)


async def _area(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    view = await panel.desk.show(actor)
    return pages.problem(view, texts) if isinstance(view, Problem) else pages.area(view, rest, texts)


async def _edit(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    key, place = _place(rest)
    view = await panel.desk.show(actor)
    if isinstance(view, Problem):
        return pages.problem(view, texts)
    if key not in BY_KEY:
        return pages.no(texts, "unknown_setting", setting=key[:60])
    setting = view.setting(key)
    return (pages.choices if setting.choices else pages.setting_form)(setting, place, texts)


async def _set(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, text: str) -> Shown:
    key, place = _place(rest)
    return await _preview(panel, actor, texts, [Edit(key, text, place)])


async def _pick(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    """A button of `pages.choices`: the value stands behind the key and its place."""
    key, _, value = rest.rpartition(":")
    return await _set(panel, actor, texts, key, value)


async def _preset(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    name = rest.strip().lower().replace(" ", "_")
    if name not in panel.desk.presets():
        return pages.no(texts, "unknown_preset", allowed=", ".join(panel.desk.presets()))
    view = await panel.desk.show(actor)
    if isinstance(view, Problem):
        return pages.problem(view, texts)
    draft = with_preset(view.policy, name)
    edits = [
        Edit(setting.key, setting.write(setting.of(draft)))
        for setting in BY_KEY.values()
        if setting.of(draft) != setting.of(view.policy)
    ]
    return await _preview(panel, actor, texts, edits, preset=name, view=view)


async def _preview(
    panel: Panel,
    actor: Requester,
    texts: DeskTexts,
    edits: Sequence[Edit],
    *,
    preset: str = "",
    view: RulesView | None = None,
    notes: Sequence[str] = (),
) -> Shown:
    """What a change means for the last decisions, with a button that saves it."""
    seen = view or await panel.desk.show(actor)
    if isinstance(seen, Problem):
        return pages.problem(seen, texts)
    replayed = await panel.desk.what_would_change(actor, edits)
    if isinstance(replayed, Problem):
        return pages.problem(replayed, texts)
    if not replayed.changes:
        return replace(pages.no(texts, No.NOTHING_CHANGED), lines=tuple(notes))
    token = secrets.token_hex(8)
    document = {
        "user": actor.user_id,
        "seen": seen.version,
        "preset": preset,
        "edits": [
            [
                edit.key,
                edit.text,
                edit.place.kind if edit.place else "",
                edit.place.place_id if edit.place else "",
            ]
            for edit in edits
        ],
    }
    expires_at = panel.desk.parts.clock.now() + LINK_SECONDS * 3
    await panel.desk.store.issue(_DRAFT, f"{actor.tenant}\n{token}", actor.tenant, document, expires_at)
    return pages.preview(replayed, token, texts, notes)


async def _save(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    now = panel.desk.parts.clock.now()
    draft = await panel.desk.store.redeem(_DRAFT, f"{actor.tenant}\n{rest}", now)
    if draft is None or draft["user"] != actor.user_id:
        return pages.no(texts, "changed_meanwhile")
    if draft["preset"]:
        changed = await panel.desk.choose_preset(actor, str(draft["preset"]))
    else:
        edits = [
            Edit(key, text, Place(kind, place) if kind else None) for key, text, kind, place in draft["edits"]
        ]
        changed = await panel.desk.change(actor, edits, seen=int(draft["seen"]))
    return pages.problem(changed, texts) if isinstance(changed, Problem) else pages.saved(changed, texts)


async def _undo(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    changed = await panel.desk.undo(actor, int(rest) if rest.isdecimal() and len(rest) < 10 else None)
    return pages.problem(changed, texts) if isinstance(changed, Problem) else pages.saved(changed, texts)


async def _history(panel: Panel, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    versions = await panel.desk.history(actor, 10)
    return pages.problem(versions, texts) if isinstance(versions, Problem) else pages.history(versions, texts)


async def _ask(_panel: Panel, _actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    title = texts.say(DeskSay.BUTTON_TEST)
    return Form(title, "test", texts.say(DeskSay.FORM_TEST), long=True, required=True, most=MAX_GRAPHEMES)


async def _test(panel: Panel, actor: Requester, texts: DeskTexts, _rest: str, text: str) -> Shown:
    result = await panel.desk.test(actor, text)
    return pages.problem(result, texts) if isinstance(result, Problem) else pages.dry_run(result, texts)


async def _verify(panel: Panel, actor: Requester, texts: DeskTexts, _rest: str, text: str) -> Shown:
    if not text:
        title = texts.say(DeskSay.VERIFY_TITLE)
        picture = texts.say(DeskSay.OPTION_PICTURE)
        return Form(title, "verify", texts.say(DeskSay.FORM_VERIFY), picture=picture, most=_VERIFIED)
    found = await panel.desk.verify(actor, text)
    return pages.problem(found, texts) if isinstance(found, Problem) else pages.verified(found, texts)


async def _queue(panel: Panel, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    cases = await panel.desk.queue(actor)
    return pages.problem(cases, texts) if isinstance(cases, Problem) else pages.queue(cases, texts)


async def _case(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    view = await panel.desk.claim(actor, rest)
    return pages.problem(view, texts) if isinstance(view, Problem) else pages.case(view, texts)


async def _words(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    view = await panel.desk.claim(actor, rest)
    return pages.problem(view, texts) if isinstance(view, Problem) else pages.case(view, texts, words=True)


async def _pictures(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    view = await panel.desk.claim(actor, rest)
    if isinstance(view, Problem):
        return pages.problem(view, texts)
    copies = await panel.desk.held_pictures(actor, rest)
    if isinstance(copies, Problem):
        return pages.problem(copies, texts)
    return replace(pages.case(view, texts), pictures=tuple(copies))


async def _allow(_panel: Panel, _actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    title = texts.say(DeskSay.BUTTON_ALLOW)
    return Form(
        title, f"rule:allow_phrase:{rest}", texts.say(DeskSay.FORM_PHRASE), required=True, most=MAX_TERM
    )


async def _rule(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, text: str) -> Shown:
    name, _, case_id = rest.partition(":")
    if name not in list(Ruling):
        return pages.no(texts, "unknown_case")
    ruled = await panel.desk.rule(actor, case_id, Ruling(name), text)
    return pages.problem(ruled, texts) if isinstance(ruled, Problem) else pages.ruled(ruled, texts)


async def _user(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    now = panel.desk.parts.clock.now()
    if not rest:
        found = await panel.desk.suspensions(actor)
        return (
            pages.problem(found, texts) if isinstance(found, Problem) else pages.suspended(found, now, texts)
        )
    standing = await panel.desk.standing(actor, rest)
    return (
        pages.problem(standing, texts)
        if isinstance(standing, Problem)
        else pages.standing(standing, now, texts)
    )


async def _ban(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, text: str) -> Shown:
    """`rest` is "<hour|day|ever>:<user>" from a button, or the user alone with hours in the text."""
    name, _, user_id = rest.rpartition(":")
    word, _, reason = text.strip().partition(" ")
    hours = _HOURS.get(name)
    if not name and word:
        try:
            hours = min(max(float(word), 0.1), 24.0 * 3650)
        except ValueError:
            reason = text.strip()
    if not user_id:
        return pages.help_page(texts)
    standing = await panel.desk.suspend(actor, user_id, hours, reason)
    now = panel.desk.parts.clock.now()
    return (
        pages.problem(standing, texts)
        if isinstance(standing, Problem)
        else pages.standing(standing, now, texts)
    )


async def _lift(panel: Panel, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    standing = await panel.desk.lift(actor, rest)
    now = panel.desk.parts.clock.now()
    return (
        pages.problem(standing, texts)
        if isinstance(standing, Problem)
        else pages.standing(standing, now, texts)
    )


async def _budget(panel: Panel, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    budgets = await panel.desk.budget(actor)
    return pages.problem(budgets, texts) if isinstance(budgets, Problem) else pages.budget(budgets, texts)


async def _decisions(panel: Panel, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    decisions = await panel.desk.decisions(actor, 10)
    return (
        pages.problem(decisions, texts)
        if isinstance(decisions, Problem)
        else pages.decisions(decisions, texts)
    )


async def _console(panel: Panel, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    link = await panel.desk.link(actor)
    if isinstance(link, Problem):
        return pages.problem(link, texts)
    return Page(texts.say(DeskSay.BUTTON_CONSOLE), (texts.say(DeskSay.CONSOLE_LINK, url=""),), link=link.url)


async def _export(panel: Panel, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    text = await panel.desk.export_file(actor)
    if isinstance(text, Problem):
        return pages.problem(text, texts)
    file = pages.File("guardrails.toml", text)
    return Page(
        texts.say(DeskSay.BUTTON_EXPORT), (texts.say(DeskSay.EXPORTED),), (pages.home(texts),), file=file
    )


async def _import(panel: Panel, actor: Requester, texts: DeskTexts, _rest: str, text: str) -> Shown:
    if not text.strip():
        title = texts.say(DeskSay.BUTTON_IMPORT)
        return Form(title, "import", texts.say(DeskSay.FORM_IMPORT), long=True, required=True)
    changed = await panel.desk.import_file(actor, text)
    return pages.problem(changed, texts) if isinstance(changed, Problem) else pages.saved(changed, texts)


def _place(rest: str) -> tuple[str, Place | None]:
    """A key such as "limits.per_user_day", with "@channel/7" or "@role/9" behind it for a place."""
    key, at, where = rest.partition("@")
    kind, _, place_id = where.partition("/")
    return key, (Place(kind, place_id) if at else None)


def _person(text: str) -> str:
    """An id, from a mention or as it is."""
    return text.strip().strip("<>@!").split("|")[0][:40]


_HANDLERS: Final[dict[str, Any]] = {
    "home": _home,
    "area": _area,
    "edit": _edit,
    "set": _set,
    "pick": _pick,
    "preset": _preset,
    "save": _save,
    "undo": _undo,
    "history": _history,
    "ask": _ask,
    "test": _test,
    "verify": _verify,
    "queue": _queue,
    "case": _case,
    "words": _words,
    "pictures": _pictures,
    "allow": _allow,
    "rule": _rule,
    "user": _user,
    "ban": _ban,
    "lift": _lift,
    "budget": _budget,
    "decisions": _decisions,
    "console": _console,
    "export": _export,
    "import": _import,
}

__all__ = ["CaseView", "Panel"]
