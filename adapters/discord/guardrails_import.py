"""`/guardrails automod`: the server's AutoMod rules as a draft on the panel, and what could not be taken over."""

import asyncio
from typing import Final

import discord
import structlog

from adapters.discord.automod import FOLLOW, Translated, edits_of, translate
from adapters.discord.calls import LOST, call
from adapters.discord.connection import Connection
from bot.domain.requests import Requester
from bot.messages.desk import DeskSay, DeskTexts, desk_texts
from bot.moderation.answers import No, Problem
from bot.moderation.desk import Desk
from bot.moderation.pages import Page, Shown
from bot.moderation.panel import Panel

log = structlog.get_logger(__name__)

_MOST_NOTES: Final = 20
_SHOWN: Final = 60


async def proposed(client: Connection, desk: Desk, actor: Requester, guild: discord.Guild) -> Shown:
    """The server's rules as a draft with what would change; nothing is saved yet."""
    panel, texts = Panel(desk), desk_texts(actor.locale)
    view = await desk.show(actor)  # before anything is read: only moderators learn what the rules are
    if isinstance(view, Problem):
        return Page(texts.no(view.no))
    try:
        found = await call(guild.fetch_automod_rules, client.context.clock, tries=2)
    except discord.Forbidden:
        return Page(texts.no(No.FILTER_CLOSED))
    except (discord.HTTPException, *LOST) as fault:
        log.info("automod_not_read", fault=type(fault).__name__)
        return Page(texts.no(No.FILTER_SILENT))
    translated = await asyncio.to_thread(translate, found)
    if translated.empty and not view.policy.content.imported_rules:
        return Page(texts.no(No.FILTER_EMPTY))
    edits = edits_of(translated, view.policy, follow=client.hears)
    return await panel.propose(actor, edits, [*_notes(translated, texts), told_of_changes(client, texts)])


def told_of_changes(client: Connection, texts: DeskTexts) -> str:
    """Whether changes of AutoMod will be noticed."""
    if not client.hears:
        return texts.say(DeskSay.IMPORT_FOLLOWS_NOT)
    return texts.say(DeskSay.IMPORT_FOLLOWS, setting=texts.word("setting", FOLLOW))


def _notes(translated: Translated, texts: DeskTexts) -> list[str]:
    say = texts.say
    notes = [
        say(
            DeskSay.IMPORT_RULE,
            name=rule.name,
            words=len(rule.words),
            patterns=len(rule.patterns),
            allow=len(rule.allow),
            exempt=len(rule.exempt),
        )
        for rule in translated.rules
    ]
    notes += [
        say(DeskSay.IMPORT_LIST, name=name, categories=", ".join(levels)) for name, levels in translated.lists
    ]
    notes += [
        say(DeskSay.IMPORT_SKIPPED, what=_short(one.what), why=texts.word("skip", one.why))
        for one in translated.skipped
    ]
    more = len(notes) - _MOST_NOTES
    return [*notes[:_MOST_NOTES], f"+ {more}"] if more > 0 else notes


def _short(what: str) -> str:
    return what if len(what) <= _SHOWN else what[: _SHOWN - 1] + "…"
