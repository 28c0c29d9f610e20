"""The moderators' panel: from an act to the next page. The same for every chat; adapters only draw."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.requests import Requester
from bot.messages.desk import DeskTexts, desk_texts
from bot.moderation.desk import Desk
from bot.moderation.pages import Page, Shown
from bot.moderation.panel import cases, checks, overview, people, rules
from bot.moderation.panel.checks_pages import verified
from bot.moderation.panel.frame import help_page, shown
from bot.moderation.rules import Edit

Act = Callable[[Desk, Requester, DeskTexts, str, str], Awaitable[Shown]]
"""Of what stands behind the act's name, and a form's answer or what was typed behind a command."""

_ACTS: Final[Mapping[str, Act]] = {
    "home": overview.home_page,
    "budget": overview.budget,
    "console": overview.console,
    "area": rules.area,
    "edit": rules.edit,
    "set": rules.set_value,
    "pick": rules.pick,
    "preset": rules.preset,
    "save": rules.save,
    "undo": rules.undo,
    "history": rules.history,
    "export": rules.export,
    "import": rules.import_file,
    "ask": checks.ask,
    "test": checks.test,
    "verify": checks.verify,
    "decisions": checks.decisions,
    "queue": cases.queue,
    "case": cases.case,
    "words": cases.words,
    "pictures": cases.pictures,
    "allow": cases.allow,
    "rule": cases.rule,
    "user": people.user,
    "ban": people.ban,
    "lift": people.lift,
}


@dataclass(frozen=True, slots=True)
class Panel:
    """`act` never raises for what a person may do wrong: the answer is a page that says so."""

    desk: Desk

    async def act(self, actor: Requester, act: str, text: str = "") -> Shown:
        """The page or form that follows an act. `text` is a form's answer, or what was typed behind a command."""
        texts = desk_texts(actor.locale)
        if not await self.desk.may_moderate(actor):
            return Page(texts.no("not_a_moderator"))
        verb, _, rest = act.partition(":")
        follow = _ACTS.get(verb)
        return help_page(texts) if follow is None else await follow(self.desk, actor, texts, rest, text)

    async def propose(self, actor: Requester, edits: Sequence[Edit], notes: Sequence[str]) -> Shown:
        """A draft that an adapter has put together, with notes about it; a button saves it."""
        texts = desk_texts(actor.locale)
        if not await self.desk.may_moderate(actor):
            return Page(texts.no("not_a_moderator"))
        return await rules.preview(self.desk, actor, texts, edits, notes=notes)

    async def verified(self, actor: Requester, data: bytes) -> Shown:
        """What is known about a file that a moderator brings."""
        texts = desk_texts(actor.locale)
        found = await self.desk.verify_file(actor, data)
        return shown(found, texts, lambda found, texts: verified([found], texts))

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


def _person(text: str) -> str:
    """An id, from a mention or as it is."""
    return text.strip().strip("<>@!").split("|")[0][:40]
