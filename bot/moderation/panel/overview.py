"""Acts of the panel: where things stand, and the ways from there."""

from bot.domain.requests import Requester
from bot.messages.desk import DeskTexts
from bot.moderation.answers import Problem
from bot.moderation.desk import Desk
from bot.moderation.pages import Shown
from bot.moderation.panel import overview_pages as pages
from bot.moderation.panel.frame import problem, shown


async def home_page(desk: Desk, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    view, budgets, queue = (
        await desk.show(actor),
        await desk.budget(actor),
        await desk.queue(actor),
    )
    if isinstance(view, Problem):
        return problem(view, texts)
    budget = () if isinstance(budgets, Problem) else tuple(budgets)
    return pages.overview(view, budget, 0 if isinstance(queue, Problem) else len(queue), texts)


async def budget(desk: Desk, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    budgets = await desk.budget(actor)
    return shown(budgets, texts, pages.budget)


async def console(desk: Desk, actor: Requester, texts: DeskTexts, _rest: str, _text: str) -> Shown:
    link = await desk.link(actor)
    return shown(link, texts, pages.console)
