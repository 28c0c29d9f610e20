"""One bot process in a Discord and a Slack at once, and a moderator who works the same way in both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.support.leaks import leaks
from tests.support.process import BotProcess
from tests.twins.discord_twin import DiscordTwin
from tests.twins.discord_twin.components import walk
from tests.twins.openai_twin import OpenAITwin
from tests.twins.slack_twin import SlackTwin

ART = "C000ART00"

Page = Any
"""A message of either twin."""


class ModeratedChat(Protocol):
    """What moderators and members do and see; the answers' words are the same in both chats."""

    async def types(self, line: str, says: str) -> Page:
        """`/guardrails <line>`; the private page that says so."""

    async def presses(self, page: Page, label: str, says: str) -> Page:
        """A button of a page, which then says so."""

    async def answers(self, page: Page, label: str, text: str, says: str) -> Page:
        """A button that opens a dialog with one field."""

    async def chooses(self, page: Page, menu: str, value: str, says: str) -> Page:
        """An entry of a menu, which is named by its act."""

    async def chooses_last(self, page: Page, menu: str, says: str) -> Page: ...

    def text(self, page: Page) -> str: ...

    def moderators_read(self, says: str) -> bool:
        """Whether a card in the moderators' channel says so."""

    async def until(self, look: Any, what: str) -> Any: ...

    async def member_asks(self, name: str, words: str, says: str) -> Page:
        """A member's request, and what they are told."""

    async def member_appeals(self, name: str, refusal: Page, text: str) -> None: ...

    def member_was_told(self, name: str, says: str) -> bool: ...

    def member_id(self, name: str) -> str: ...


@dataclass
class OnDiscord:
    twin: DiscordTwin

    def __post_init__(self) -> None:
        self._people = {name: self.twin.member(name) for name in ("ada", "bob", "cleo", "dan")}

    async def types(self, line: str, says: str) -> Page:
        name, options = _as_options(line, self._people)
        used = await self.twin.owner.slash(f"guardrails {name}", self.twin.channel, **options)
        await used
        assert used.ephemeral
        assert says in used.text, used.text
        return used.messages[0]

    async def presses(self, page: Page, label: str, says: str) -> Page:
        await self.twin.owner.click(page, label)
        return await self._says(page, says)

    async def answers(self, page: Page, label: str, text: str, says: str) -> Page:
        opened = await self.twin.owner.click(page, label)
        await opened.acked()
        sent = await self.twin.owner.submit_modal(opened, text=text)
        await sent.acked()
        return await self._says(page, says)

    async def chooses(self, page: Page, menu: str, value: str, says: str) -> Page:
        await self.twin.owner.select(page, value, f"guardmenu:{menu}")
        return await self._says(page, says)

    async def chooses_last(self, page: Page, menu: str, says: str) -> Page:
        select = next(one for one in walk(page.components) if one.get("custom_id") == f"guardmenu:{menu}")
        return await self.chooses(page, menu, select["options"][-1]["value"], says)

    def text(self, page: Page) -> str:
        return str(page.text) + "".join(file.data.decode("utf-8", "replace") for file in page.attachments)

    def moderators_read(self, says: str) -> bool:
        return any(says in m.text for m in self.twin.messages if m.channel.name == "mods")

    async def until(self, look: Any, what: str) -> Any:
        return await self.twin.hub.pulse.until(look, 30.0, lambda: what)

    async def member_asks(self, name: str, words: str, says: str) -> Page:
        asked = await self._people[name].slash("imagine", self.twin.channel, prompt=words)
        await asked.acked()
        if says == PICTURE:
            return await asked.picture()
        await asked.until(lambda one: says in one.text)
        return asked.messages[0]

    async def member_appeals(self, name: str, refusal: Page, text: str) -> None:
        member = self._people[name]
        appeal = await member.click(refusal, "Ask a moderator")
        await appeal.acked()
        await (await member.submit_modal(appeal, text=text))

    def member_was_told(self, name: str, says: str) -> bool:
        return any(says in told.text for told in self._people[name].received)

    def member_id(self, name: str) -> str:
        return str(self._people[name].id)

    async def _says(self, page: Page, says: str) -> Page:
        await self.until(lambda: says in page.text, f"no {says!r}: {page.text}")
        return page


@dataclass
class OnSlack:
    twin: SlackTwin

    def __post_init__(self) -> None:
        self._admin = self.twin.person("U000MOD00")
        self.twin.admins.add(self._admin.id)
        self._people = {
            name: self.twin.person(f"U000{name.upper():0<5}") for name in ("ada", "bob", "cleo", "dan")
        }

    async def types(self, line: str, says: str) -> Page:
        known = len(self.twin.messages)
        words = [self._people[word].id if word in self._people else word for word in line.split(" ")]
        await self._admin.slash(" ".join(words), command="/guardrails")
        page = await self.until(
            lambda: next((m for m in self.twin.messages[known:] if m.only_for == self._admin.id), None),
            f"/guardrails {line} said nothing",
        )
        assert says in page.all_text, page.all_text
        return page

    async def presses(self, page: Page, label: str, says: str) -> Page:
        await self._admin.click(page, label)
        return await self._says(page, says)

    async def answers(self, page: Page, label: str, text: str, says: str) -> Page:
        views = len(self.twin.views)
        await self._admin.click(page, label)
        view = await self.until(lambda: self.twin.views[views:] or None, f"{label} opened nothing")
        await self._admin.submit(view[0], text)
        return await self._says(page, says)

    async def chooses(self, page: Page, menu: str, value: str, says: str) -> Page:
        select = next(one for one in page.menus if one["action_id"] == f"guard_menu:{menu}")
        await self._admin.choose(page, select["placeholder"]["text"], value)
        return await self._says(page, says)

    async def chooses_last(self, page: Page, menu: str, says: str) -> Page:
        select = next(one for one in page.menus if one["action_id"] == f"guard_menu:{menu}")
        return await self.chooses(page, menu, select["options"][-1]["value"], says)

    def text(self, page: Page) -> str:
        return str(page.all_text)

    def moderators_read(self, says: str) -> bool:
        return any(says in m.all_text for m in self.twin.messages if m.channel == ART and not m.only_for)

    async def until(self, look: Any, what: str) -> Any:
        return await self.twin.until(look, what)

    async def member_asks(self, name: str, words: str, says: str) -> Page:
        member = self._people[name]
        known = set(map(id, member.sees()))
        await member.slash(words)

        def found() -> Page | None:
            new = (m for m in reversed(member.sees()) if id(m) not in known or says == PICTURE)
            return next((m for m in new if (m.pictures if says == PICTURE else says in m.all_text)), None)

        return await self.until(found, f"{name} was not told {says!r}")

    async def member_appeals(self, name: str, refusal: Page, text: str) -> None:
        views = len(self.twin.views)
        await self._people[name].click(refusal, "Ask a moderator")
        view = await self.until(lambda: self.twin.views[views:] or None, "no dialog")
        await self._people[name].submit(view[0], text)

    def member_was_told(self, name: str, says: str) -> bool:
        return any(says in m.all_text for m in self._people[name].sees())

    def member_id(self, name: str) -> str:
        return self._people[name].id

    async def _says(self, page: Page, says: str) -> Page:
        await self.until(lambda: says in page.all_text, f"no {says!r}: {page.all_text}")
        return page


PICTURE = "a picture"
_OPTIONS = {
    "test": ("prompt",),
    "preset": ("preset",),
    "undo": ("version",),
    "set": ("setting", "value"),
    "user": ("member",),
    "ban": ("member", "hours", "reason"),
    "unban": ("member",),
    "verify": ("made",),
}
"""What Slack has in one line, Discord has as options; the last one takes the rest."""


def _as_options(line: str, people: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name, _, rest = line.partition(" ")
    names = _OPTIONS.get(name, ())
    words = rest.split(" ", max(len(names) - 1, 0)) if rest else []
    return name, {
        option: people.get(word, int(word) if option in {"hours", "version"} else word)
        for option, word in zip(names, words, strict=False)
    }


@dataclass(frozen=True)
class Town:
    chats: dict[str, ModeratedChat]
    openai: OpenAITwin
    bot: BotProcess


@asynccontextmanager
async def open_town(folder: Path) -> AsyncIterator[Town]:
    """Both chats under the same rules; held against both platforms' rules at the end."""
    discord = DiscordTwin()
    mods = discord.add_channel("mods")
    async with discord, SlackTwin() as slack, OpenAITwin() as openai:
        models = {**openai.environment}
        given = {**discord.environment, **slack.environment, **models, "IMAGE_ROUTE": "openai:gpt-image-2"}
        async with BotProcess(given, folder) as bot:
            await discord.until_ready()
            await slack.until_connected()
            slack.bot_url = bot.address
            chats: dict[str, ModeratedChat] = {"discord": OnDiscord(discord), "slack": OnSlack(slack)}
            for name, channel in (("discord", str(mods.id)), ("slack", ART)):
                for line in (
                    "preset strict_school",
                    "preset balanced_community",
                    f"set presentation.review_channel {channel}",
                    f"set presentation.log_channel {channel}",
                ):
                    page = await chats[name].types(line, "Not saved yet")
                    await chats[name].presses(page, "Save", "Saved as version")
            yield Town(chats, openai, bot)
        assert discord.violations == slack.violations == []
        assert discord.pings == []
        said = (*discord.transcript(), *slack.transcript())
        assert leaks(text for text in said if "/console/enter?link=" not in text) == []
