"""The moderators' panel as both chats draw it, side by side: docs/panel-discord.png and docs/panel-slack.png."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser

from adapters.discord.guardrails_pages import drawn as on_discord
from adapters.slack.guardrails_pages import drawn as on_slack
from bot.domain.moderators import Case, CaseKind, CaseState
from bot.domain.money import micros
from bot.domain.policy import ImportedRule, Policy
from bot.domain.requests import JobId
from bot.guardrails.imported import write_rules
from bot.guardrails.rulebook import BY_KEY, changed, diffs
from bot.messages.desk import desk_texts
from bot.moderation.budget import Budget
from bot.moderation.cases import CaseView
from bot.moderation.pages import Page
from bot.moderation.panel import cases_pages, overview_pages, rules_pages
from bot.moderation.replay import Replay, Turn
from bot.moderation.rules import RulesView, SettingView, VersionView
from tests.twins import discord_render, slack_render

_TEXTS: Final = desk_texts("en")
_ADA, _MODERATOR, _CHANNEL = "U000ADA00", "U000OLIVE", "C000ART00"
_IDS: Final = {_ADA: "575352681025765377", _MODERATOR: "575352681025765378", _CHANNEL: "575352681025765379"}
"""The same people and places as Discord writes them."""
_NAMES: Final = {int(_IDS[_ADA]): "Ada", int(_IDS[_MODERATOR]): "Olive"}


async def panels(browser: Browser, docs: Path) -> None:
    """Both pictures."""
    shown = await browser.new_page(viewport={"width": 1180, "height": 400})
    bodies = [
        {
            "author": {"username": "imagine", "global_name": "Imagine", "bot": True},
            "timestamp": "2026-11-25T12:34:00+00:00",
            "flags": (1 << 15) | (1 << 6),
            "content": "",
            "components": on_discord(one).to_components(),
        }
        for one in _pages(_IDS)
    ]
    page = discord_render.page(bodies, title="The panel in Discord", names=_NAMES)
    await shown.set_content(page.replace(f"#{_IDS[_CHANNEL]}", "#art"))
    await shown.add_style_tag(content="main{columns:2;column-gap:24px}main>*{break-inside:avoid}")
    _save(await shown.screenshot(full_page=True), docs / "panel-discord.png")
    blocks = [(one.title, on_slack(one).blocks) for one in _pages({one: one for one in _IDS})]
    html = slack_render.page(blocks, lambda _: "")
    for raw, name in ((f"@{_ADA}", "@Ada"), (f"@{_MODERATOR}", "@Olive"), (f"#{_CHANNEL}", "#art")):
        html = html.replace(f"<{raw}>", f"<strong>{name}</strong>")  # as a client knows them
    await shown.set_content(html)
    _save(await shown.screenshot(full_page=True), docs / "panel-slack.png")
    await shown.close()


def _save(shot: bytes, path: Path) -> None:
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(192).save(path, optimize=True)


def _pages(ids: dict[str, str]) -> Sequence[Page]:
    """First page, a draft, a case, and the history; the ids are those of the chat."""
    policy = Policy()
    rules = write_rules([ImportedRule("Insults", ("clown*", "numpty"), (), ("clownfish",))])
    draft = changed(changed(policy, "content.blocked_terms", "wombat"), "content.imported_rules", rules)
    held = changed(policy, "content.on_unsafe_picture", "hold")
    logged = changed(held, "presentation.log_channel", ids[_CHANNEL])
    settings = tuple(
        SettingView(one.key, one.area, one.kind, one.write(one.of(policy)), "", (), 0, 0, per_place=False)
        for one in BY_KEY.values()
    )
    view = RulesView(3, "balanced_community", settings, policy)
    budgets = [
        Budget("2026-11-26", "day", micros(3.1), micros(0), micros(20.0)),
        Budget("2026-11", "month", micros(41.6), micros(0), micros(200.0)),
    ]
    turn = Turn("a wombat in the rain", 0, ids[_ADA], "allow", "reject", "blocked_term")
    versions = [
        VersionView(3, ids[_MODERATOR], "set", 0, diffs(held, logged)),
        VersionView(2, ids[_MODERATOR], "set", 0, diffs(policy, held)),
        VersionView(1, ids[_MODERATOR], "preset:balanced_community", 0, ()),
    ]
    case = Case(
        case_id="9f31c07b2a64d5e8",
        tenant="slack:T1",
        kind=CaseKind.APPEAL,
        state=CaseState.CLAIMED,
        platform="slack",
        user_id=ids[_ADA],
        job_id=JobId("brassowlbrassowl"),
        created_at=0,
        text="It is a prop for our school play.",
        reason="violence",
        decided_by="sanitizer",
        claimed_by=ids[_MODERATOR],
    )
    return (
        overview_pages.overview(view, budgets, 2, _TEXTS),
        rules_pages.preview(Replay(200, (turn,), (), 0, diffs(policy, draft)), "0" * 16, _TEXTS),
        cases_pages.case(CaseView(case, "a knight with a wooden sword", 1, 1), _TEXTS, words=True),
        rules_pages.history(versions, _TEXTS),
    )
