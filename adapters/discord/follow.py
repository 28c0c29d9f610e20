"""Keeps rules that were taken over from AutoMod as AutoMod has them, where moderators want that.

Discord tells of a change only while the bot may manage the server, and says nothing when that ends; so the rules are
read anew after a change, after a connection began afresh, and when the bot's permissions changed. It is nobody's
business but that of one background task: nothing that a member waits for waits for it.

What was seen last is remembered, so a change is taken over once: what moderators edit or undo afterwards stays until
AutoMod changes again.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import discord
import structlog

from adapters.discord.automod import Translated, rules_edit, strict_edit, translate
from adapters.discord.calls import LOST, call
from adapters.discord.direct import tell
from bot.domain.errors import StorageError
from bot.domain.policy import Policy
from bot.guardrails.imported import write_rules
from bot.messages.desk import DeskSay, desk_texts
from bot.moderation.answers import No, Problem
from bot.moderation.desk import Desk
from bot.moderation.rules import Changed, Edit
from bot.ports import Clock
from bot.rush import Rush

log = structlog.get_logger(__name__)

SOURCE: Final = "AutoMod"
"""Who has made such a version of the rules, in the history and in the audit trail."""
KIND: Final = "discord-automod"
"""Of the stored notes, one a server."""
SETTLE_SECONDS: Final = 0.5
"""So long further changes are waited for, as somebody who edits several rules makes several."""
_BETWEEN_SECONDS: Final = 0.05
"""Between two servers after a fresh connection, so that thousands of them are no load."""
_TRIES: Final = 5
_NO_ANSWER: Final = (discord.HTTPException, *LOST, StorageError)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was last known of a server's AutoMod.

    Attributes:
        rules: Digest of the rules in our terms, "" before the first look.
        levels: Categories that stand for Discord's own lists which were on.
        closed: The rules could not be read, and moderators have been told.
    """

    rules: str = ""
    levels: tuple[str, ...] = ()
    closed: bool = False

    @classmethod
    def of(cls, translated: Translated) -> "Seen":
        digest = hashlib.sha256(write_rules(translated.rules).encode()).hexdigest()
        return cls(digest, translated.levels)


def news_of(translated: Translated, policy: Policy, before: Seen) -> list[Edit]:
    """What has to change in a policy because AutoMod has changed since; nothing for what moderators did themselves.

    A list that was switched off leaves its categories strict: what they were before nobody knows.
    """
    now = Seen.of(translated)
    mine = write_rules(policy.content.imported_rules)
    changed = now.rules != before.rules and write_rules(translated.rules) != mine
    known = before.levels
    if not before.rules and not changed:
        known = now.levels  # they came with the rules, by a moderator's hand
    edits = [rules_edit(translated)] if changed else []
    return edits + strict_edit([level for level in now.levels if level not in known], policy)


class Follower:
    """`secrets` holds the notes: `bot.store.secrets.SecretItems`. `client` is whichever is connected now."""

    def __init__(
        self, desk: Desk, secrets: Any, clock: Clock, rush: Rush, client: Callable[[], discord.Client]
    ) -> None:
        self._desk = desk
        self._secrets = secrets
        self._clock = clock
        self._rush = rush
        self._client = client
        self._changed: dict[int, int] = {}
        self._others: dict[int, int] = {}
        self._woken = asyncio.Event()

    def stir(self, *guild_ids: int) -> None:
        """Something may have changed in these servers; they come first."""
        self._changed.update(dict.fromkeys(guild_ids, 0))
        self._woken.set()

    def look_through(self, guild_ids: Iterable[int]) -> None:
        """After a connection began afresh: whatever happened meanwhile was not told."""
        self._others.update(dict.fromkeys(guild_ids, 0))
        self._woken.set()

    async def run(self) -> None:
        """Runs for ever, one server after the other."""
        while True:
            await self._woken.wait()
            if self._changed:
                await self._clock.sleep(SETTLE_SECONDS)
            waiting = self._changed or self._others
            if not waiting:
                self._woken.clear()
                continue
            guild_id = next(iter(waiting))
            tries = waiting.pop(guild_id) + 1
            await self._rush.over()
            if not await self._settled(guild_id) and tries < _TRIES:
                await self._clock.sleep(2.0**tries)
                self._others.setdefault(guild_id, tries)
            await self._clock.sleep(_BETWEEN_SECONDS)

    async def _settled(self, guild_id: int) -> bool:
        """False if somebody did not answer, or has been quicker, so that it is worth another try."""
        try:
            return await self._look(guild_id)
        except _NO_ANSWER as fault:
            log.info("automod_not_followed", guild=guild_id, fault=type(fault).__name__)
            return False
        except Exception:  # one server's rules must not end the others' following
            log.exception("automod_not_followed", guild=guild_id)
            return True

    async def _look(self, guild_id: int) -> bool:
        guild, tenant = self._client().get_guild(guild_id), f"discord:{guild_id}"
        policy = await self._desk.policies.policy(tenant)
        kept = await self._secrets.get(KIND, str(guild_id))
        if guild is None or not policy.content.follow_imported:
            if kept and guild is not None:  # turned on once more, it begins anew
                await self._secrets.delete(KIND, str(guild_id))
            return True
        before, version = (_seen(kept[0]), kept[1]) if kept else (Seen(), 0)
        try:
            found = await call(guild.fetch_automod_rules, self._clock, tries=2)
        except discord.Forbidden:
            await self._closed(guild, policy, before, version)
            return True
        translated = await asyncio.to_thread(translate, found)
        edits, now = news_of(translated, policy, before), Seen.of(translated)
        if edits:
            done = await self._desk.follow(tenant, edits, SOURCE, len(translated.skipped))
            if isinstance(done, Problem) and done.no is No.CHANGED_MEANWHILE:
                return False
            log.info("automod_followed", guild=guild_id, version=_version(done))
        if now != before:
            await self._secrets.put(KIND, str(guild_id), asdict(now))
        return True

    async def _closed(self, guild: discord.Guild, policy: Policy, before: Seen, version: int) -> None:
        """Say it once, whichever process finds it first, until the rules could be read again."""
        note = asdict(replace(before, closed=True))
        if before.closed or not await self._secrets.put(KIND, str(guild.id), note, seen=version):
            return
        if await self._desk.news.not_followed(f"discord:{guild.id}", policy) or not guild.owner_id:
            return
        texts = desk_texts(str(guild.preferred_locale))
        setting = texts.word("setting", "content.follow_imported")
        name = discord.utils.escape_mentions(discord.utils.escape_markdown(guild.name))
        line = texts.say(DeskSay.LOG_FOLLOW_LOST, setting=setting)
        await tell(self._client(), self._clock, guild.owner_id, f"**{name}**: {line}")


def _seen(note: dict[str, Any]) -> Seen:
    return Seen(note["rules"], tuple(note["levels"]), note["closed"])


def _version(done: Changed | Problem) -> int | None:
    return done.version if isinstance(done, Changed) else None
