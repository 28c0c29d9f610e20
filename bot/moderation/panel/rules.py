"""Acts of the panel: the rules seen, changed after a look at what that means, and undone."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.domain.requests import Requester
from bot.guardrails.rulebook import BY_KEY, Place
from bot.messages.desk import DeskSay, DeskTexts
from bot.moderation.answers import No, Problem
from bot.moderation.console import LINK_SECONDS
from bot.moderation.desk import Desk
from bot.moderation.pages import Form, Shown
from bot.moderation.panel import rules_pages as pages
from bot.moderation.panel.frame import no, problem, shown
from bot.moderation.rules import Edit, RulesView, with_preset

_DRAFT: Final = "draft"


async def area(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    view = await desk.show(actor)
    return shown(view, texts, lambda view, texts: pages.area(view, rest, texts))


async def edit(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    key, place = _place(rest)
    view = await desk.show(actor)
    if isinstance(view, Problem):
        return problem(view, texts)
    if key not in BY_KEY:
        return no(texts, "unknown_setting", setting=key[:60])
    setting = view.setting(key)
    return (pages.choices if setting.choices else pages.setting_form)(setting, place, texts)


async def set_value(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, text: str) -> Shown:
    key, place = _place(rest)
    return await preview(desk, actor, texts, [Edit(key, text, place)])


async def pick(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    """A button of `pages.choices`: the value stands behind the key and its place."""
    key, _, value = rest.rpartition(":")
    return await set_value(desk, actor, texts, key, value)


async def preset(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    name = rest.strip().lower().replace(" ", "_")
    if name not in desk.presets():
        return no(texts, "unknown_preset", allowed=", ".join(desk.presets()))
    view = await desk.show(actor)
    if isinstance(view, Problem):
        return problem(view, texts)
    draft = with_preset(view.policy, name)
    edits = [
        Edit(setting.key, setting.write(setting.of(draft)))
        for setting in BY_KEY.values()
        if setting.of(draft) != setting.of(view.policy)
    ]
    return await preview(desk, actor, texts, edits, preset=name, view=view)


async def preview(
    desk: Desk,
    actor: Requester,
    texts: DeskTexts,
    edits: Sequence[Edit],
    *,
    preset: str = "",
    view: RulesView | None = None,
    notes: Sequence[str] = (),
) -> Shown:
    """What a change means for the last decisions, with a button that saves it."""
    seen = view or await desk.show(actor)
    if isinstance(seen, Problem):
        return problem(seen, texts)
    replayed = await desk.what_would_change(actor, edits)
    if isinstance(replayed, Problem):
        return problem(replayed, texts)
    if not replayed.changes:
        return replace(no(texts, No.NOTHING_CHANGED), lines=tuple(notes))
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
    expires_at = desk.parts.clock.now() + LINK_SECONDS * 3
    await desk.store.issue(_DRAFT, f"{actor.tenant}\n{token}", actor.tenant, document, expires_at)
    return pages.preview(replayed, token, texts, notes)


async def save(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    now = desk.parts.clock.now()
    draft = await desk.store.redeem(_DRAFT, f"{actor.tenant}\n{rest}", now)
    if draft is None or draft["user"] != actor.user_id:
        return no(texts, "changed_meanwhile")
    if draft["preset"]:
        changed = await desk.choose_preset(actor, str(draft["preset"]))
    else:
        edits = [
            Edit(key, text, Place(kind, place) if kind else None) for key, text, kind, place in draft["edits"]
        ]
        changed = await desk.change(actor, edits, seen=int(draft["seen"]))
    return shown(changed, texts, pages.saved)


async def undo(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    changed = await desk.undo(actor, int(rest) if rest.isdecimal() and len(rest) < 10 else None)
    return shown(changed, texts, pages.saved)


async def history(desk: Desk, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    versions = await desk.history(actor, 10)
    return shown(versions, texts, pages.history)


async def export(desk: Desk, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    text = await desk.export_file(actor)
    return shown(text, texts, pages.exported)


async def import_file(desk: Desk, actor: Requester, texts: DeskTexts, _rest: str, text: str) -> Shown:
    if not text.strip():
        title = texts.say(DeskSay.BUTTON_IMPORT)
        return Form(title, "import", texts.say(DeskSay.FORM_IMPORT), long=True, required=True)
    changed = await desk.import_file(actor, text)
    return shown(changed, texts, pages.saved)


def _place(rest: str) -> tuple[str, Place | None]:
    """A key such as "limits.per_user_day", with "@channel/7" or "@role/9" behind it for a place."""
    key, at, where = rest.partition("@")
    kind, _, place_id = where.partition("/")
    return key, (Place(kind, place_id) if at else None)
