"""Acts of the panel: cases, claimed and ruled."""

from dataclasses import replace

from bot.domain.moderators import Ruling
from bot.domain.requests import Requester
from bot.guardrails.rule_texts import MAX_TERM
from bot.messages.desk import DeskSay, DeskTexts
from bot.moderation.answers import Problem
from bot.moderation.desk import Desk
from bot.moderation.pages import Form, Shown
from bot.moderation.panel import cases_pages as pages
from bot.moderation.panel.frame import no, problem, shown


async def queue(desk: Desk, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    cases = await desk.queue(actor)
    return shown(cases, texts, pages.queue)


async def case(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    view = await desk.claim(actor, rest)
    return shown(view, texts, pages.case)


async def words(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    view = await desk.claim(actor, rest)
    return shown(view, texts, lambda view, texts: pages.case(view, texts, words=True))


async def pictures(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    view = await desk.claim(actor, rest)
    if isinstance(view, Problem):
        return problem(view, texts)
    copies = await desk.held_pictures(actor, rest)
    if isinstance(copies, Problem):
        return problem(copies, texts)
    return replace(pages.case(view, texts), pictures=tuple(copies))


async def allow(_desk: Desk, _actor: Requester, texts: DeskTexts, rest: str, _text: str) -> Shown:
    title = texts.say(DeskSay.BUTTON_ALLOW)
    label = texts.say(DeskSay.FORM_PHRASE)
    return Form(title, f"rule:allow_phrase:{rest}", label, required=True, most=MAX_TERM)


async def rule(desk: Desk, actor: Requester, texts: DeskTexts, rest: str, text: str) -> Shown:
    name, _, case_id = rest.partition(":")
    if name not in list(Ruling):
        return no(texts, "unknown_case")
    ruled = await desk.rule(actor, case_id, Ruling(name), text)
    return shown(ruled, texts, pages.ruled)
