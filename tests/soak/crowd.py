"""People: they ask, press twice, share, delete, erase everything; moderators change rules meanwhile."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

import aiohttp
import httpx2

from tests.soak.asked import Ask, DiscordAsk, End, PlaygroundAsk, SlackAsk
from tests.soak.pausing import stops_within
from tests.soak.slack_side import Written
from tests.soak.town import ART, BLOCKED, ELSEWHERE, MARKS, Town
from tests.twins.discord_twin import Interaction
from tests.twins.discord_twin import Person as Member
from tests.twins.discord_twin.command_rules import Refused as NotOffered
from tests.twins.slack_twin import Message as SlackMessage
from tests.twins.slack_twin import Person as Colleague

_PATIENCE = 45.0
"""Seconds that somebody looks at an unfinished answer before they do something else."""
_GONE = (AssertionError, TimeoutError, NotOffered, RuntimeError, aiohttp.ClientError, OSError)
"""What a person meets when the process behind the chat is away: the platform tells them."""

AnAsk = TypeVar("AnAsk", DiscordAsk, SlackAsk, PlaygroundAsk)


@dataclass
class Crowd:
    """Everybody, and what they did.

    Attributes:
        double: Presses made twice at once.
        redelivered: Events that Slack delivered more than once.
        rules: Policies that moderators saved, by community.
    """

    town: Town
    random: random.Random
    pause: float
    asked: list[Ask] = field(default_factory=list)
    double: int = 0
    redelivered: int = 0
    deleted: int = 0
    erased: int = 0
    shared: int = 0
    rules: dict[str, int] = field(default_factory=dict)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def rests(self) -> bool:
        """A pause between two requests; whether the person goes home instead."""
        return await stops_within(self.stop, self.random.uniform(0, 2 * self.pause))

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def prompt(self, where: str, *, forbidden: float = 0.0) -> str:
        word = f" beside a {BLOCKED}" if self.happens(forbidden) else ""
        return f"a brass {MARKS[where]} number {len(self.asked)}{word}"

    # Discord

    async def member(self, where: str) -> None:
        """Somebody in one of the two servers; after a dozen requests somebody else takes the chair."""
        while not self.stop.is_set():
            guild = self.town.channels[where].guild
            person = self.town.discord.member(f"person{self.random.randrange(10**9)}", guild)
            for _ in range(12):
                if await self.rests():
                    return
                await self._member_asks(person, where)

    async def _member_asks(self, person: Member, where: str) -> None:
        channel = self.town.channels[where]
        prompt = self.prompt(where, forbidden=0.08 if where == "second" else 0.0)
        try:
            used = await person.slash("imagine", channel, prompt=prompt)
        except NotOffered:
            return
        ask = self._note(DiscordAsk(where, MARKS[where], used))
        if self.happens(0.03):
            await self._member_erases(person, [ask])
            return
        if not await self._ended(used) or not used.messages:
            return
        message = used.messages[0]
        if self.happens(0.25):
            await self._member_presses(person, where, used)
        elif self.happens(0.05) and "Delete" in message.labels:
            self.deleted += 1
            await self._quietly(lambda: person.click(message, "Delete"))
        elif self.happens(0.05):
            await self._member_erases(person, [ask])

    async def _member_presses(self, person: Member, where: str, used: Interaction) -> None:
        """Again or HD, one in three of them twice at the same moment."""
        message = used.messages[0]
        label = self.random.choice(("Again", "Again", "Vary"))
        if label not in message.labels:
            return
        times = 2 if self.happens(0.33) else 1
        self.double += times - 1
        try:
            pressed = await asyncio.gather(*(person.click(message, label) for _ in range(times)))
        except NotOffered:
            return
        for one in pressed:
            self._note(DiscordAsk(where, MARKS[where], one, pressed=True))
        for one in pressed:
            await self._ended(one)

    async def _member_erases(self, person: Member, asks: list[DiscordAsk]) -> None:
        self.erased += 1
        for ask in self.asked:
            if isinstance(ask, DiscordAsk) and ask.interaction.user is person.account:
                ask.erased = True

        async def erase() -> None:
            asked = await person.slash("imagine", asks[0].interaction.channel, prompt="privacy")
            await asked
            sure = await person.click(asked.messages[0], "Erase everything")
            await sure
            await (await person.click(sure.messages[-1], "Yes, erase everything")).followup()

        await self._quietly(erase)

    async def _ended(self, used: Interaction) -> bool:
        try:
            await used.acked()
            await used.until(lambda one: not (one.thinking or one.working), _PATIENCE)
        except AssertionError:
            return False
        return True

    # Slack

    async def colleague(self) -> None:
        while not await self.rests():
            person = self.town.slack.person(f"U{self.random.randrange(10**8):08d}")
            if self.happens(0.3):
                await self._colleague_mentions(person)
            else:
                await self._colleague_asks(person)

    async def _colleague_asks(self, person: Colleague) -> None:
        """Up to five requests in a row, so that some meet the quota of three."""
        for _ in range(self.random.choice((1, 1, 2, 5))):
            where = self.random.choice((ART, ART, ELSEWHERE))
            ask = self._note(SlackAsk.begin(self.town.slack, MARKS["slack"], person.id, f"D{person.id[1:]}"))
            await self._slash(person, ask, where)
            if self.happens(0.04):
                await self._colleague_erases(person)
                return
            shown = await self._shown(ask)
            ask.close()
            if shown is not None and shown.delivered and await self._colleague_presses(person, shown.message):
                return

    async def _slash(self, person: Colleague, ask: SlackAsk, where: str) -> None:
        self.town.balance()
        ask.words = self.prompt("slack", forbidden=0.06)
        try:
            handle = await person.slash(ask.words, where)
            ask.refused = handle.status != 200
        except _GONE:
            ask.refused = True

    async def _colleague_presses(self, person: Colleague, message: SlackMessage) -> bool:
        """Whether the person is done for today, so that late words about a share meet no other request."""
        label = self.random.choice(("Again", "Vary", "Share", "Discard", ""))
        if not any(label in item["text"]["text"] for item in message.buttons) or not label:
            return False
        times = 2 if self.happens(0.33) else 1
        self.double += times - 1
        self.shared += label == "Share"
        self.deleted += label == "Discard"
        makes = label in {"Again", "Vary"}
        # Below a picture that came by direct message, the answer stands in its thread.
        places = (person.id, f"D{person.id[1:]}", message.ts)
        ask = SlackAsk.begin(self.town.slack, MARKS["slack"], *places, label=label)
        if makes:
            self._note(ask)
        failed = [await self._colleague_clicks(person, message, label) for _ in range(times)]
        ask.refused = all(failed)
        if makes and not ask.refused:
            await self._shown(ask)
        ask.close()
        return not makes

    async def _colleague_clicks(self, person: Colleague, message: SlackMessage, label: str) -> bool:
        """Whether Slack told the person that it did not work."""
        self.town.balance()
        try:
            return (await person.click(message, label)).status != 200
        except _GONE:
            return True

    async def _colleague_mentions(self, person: Colleague) -> None:
        """In a thread, for everybody to see; Slack delivers one in four more than once, and again until it is taken."""
        thread = f"17{self.random.randrange(10**8):08d}.{self.random.randrange(10**6):06d}"
        # Where nothing can be posted, the answer comes by direct message.
        places = (thread, person.id, f"D{person.id[1:]}")
        ask = self._note(SlackAsk.begin(self.town.slack, MARKS["slack"], *places))
        event = {
            "type": "app_mention",
            "user": person.id,
            "text": f"<@U000BOT00> {self.prompt('slack')}",
            "ts": thread,
            "channel": ART,
        }
        wanted = self.random.choice((1, 1, 1, 3))
        self.redelivered += wanted - 1
        ask.refused = True
        payload = person.payload(event)
        for retry in range(4):
            self.town.balance()
            try:
                handle = await self.town.slack.send("events_api", payload, retry=retry)
                taken = handle.status == 200
            except _GONE:
                taken = False
            ask.refused = ask.refused and not taken
            wanted -= taken
            if wanted <= 0:
                break
            await asyncio.sleep(0.2)
        await self._shown(ask)
        ask.close()

    async def _colleague_erases(self, person: Colleague) -> None:
        self.erased += 1
        for ask in self.asked:
            if isinstance(ask, SlackAsk) and person.id in ask.since:
                ask.erased = True

        async def erase() -> None:
            self.town.balance()
            await person.open_home()
            await self.town.slack.until(lambda: person.id in self.town.slack.homes)
            self.town.balance()
            await person.press_home("Delete my data")

        await self._quietly(erase)

    async def _shown(self, ask: SlackAsk) -> Written | None:
        """The newest state of the answer once it is an end."""
        try:
            found: list[Written] = await self.town.slack.until(lambda: ask.answers, seconds=_PATIENCE)
        except TimeoutError:
            return None
        return found[-1]

    # the playground

    async def visitor(self) -> None:
        while not await self.rests():
            ask = self._note(PlaygroundAsk(MARKS["playground"]))
            number = len(self.asked)
            body = {
                "prompt": self.prompt("playground"),
                "user": f"user{self.random.randrange(20)}",
                "id": f"visit-{number}",
            }
            await self._posts(ask, "/api/imagine", body)
            if self.happens(0.15):
                self.double += 1
                await self._posts(ask, "/api/imagine", body)
            if ask.job_id and self.happens(0.2) and not await self.rests():
                await self._visitor_presses(ask, body)

    async def _visitor_presses(self, parent: PlaygroundAsk, body: dict[str, str]) -> None:
        if self.happens(0.3):
            if not await self.looks(parent):
                return
            self.deleted += 1
            await self._posts(
                PlaygroundAsk(MARKS["playground"]),
                f"/api/jobs/{parent.job_id}/actions",
                {"action": "delete", "user": body["user"]},
            )
            return
        ask = self._note(PlaygroundAsk(MARKS["playground"], pressed=True))
        press = {"action": "reroll", "user": body["user"], "id": f"{body['id']}-again"}
        await self._posts(ask, f"/api/jobs/{parent.job_id}/actions", press)

    async def looks(self, ask: PlaygroundAsk) -> bool:
        """Reads how it stands; whether that is an end."""
        bot = self.random.choice(self.town.serving)
        try:
            answer = await self.town.http.get(f"{bot.address}/api/jobs/{ask.job_id}")
        except httpx2.HTTPError:
            return False
        ask.view = answer.json()
        if ask.told is None and ask.view["state"] in {"delivered", "refused", "failed"}:
            created = datetime.fromisoformat(ask.view["created_at"]).timestamp()
            ago = time.time() - created - (ask.view["seconds"] or 0.0)
            ask.told = End(ask.view["state"], ask.view["reason_code"] or "", time.monotonic() - ago)
        return ask.told is not None

    async def _posts(self, ask: PlaygroundAsk, path: str, body: dict[str, str]) -> None:
        bot = self.random.choice(self.town.serving)
        try:
            answer = await self.town.http.post(f"{bot.address}{path}", json=body)
        except httpx2.HTTPError:
            return
        if answer.status_code == 202:
            ask.job_id = answer.json()["job_id"]
        elif answer.status_code == 422:
            ask.told = End("refused", answer.json()["error"]["code"], time.monotonic())

    # moderators

    async def moderator(self, every: float) -> None:
        """Changes a quota now and then, in the second server and in the workspace, by the bot's own panels."""
        admin = self.town.slack.person("U000ADMIN")
        self.town.slack.admins.add(admin.id)
        while not await stops_within(self.stop, every * self.random.uniform(0.5, 1.5)):
            value = str(self.random.randrange(4, 9))
            if self.happens(0.5):
                await self._quietly(partial(self._second_server_sets, value))
            else:
                await self._quietly(partial(self._workspace_sets, admin, value))

    async def _second_server_sets(self, value: str) -> None:
        owner, channel = self.town.discord.owner, self.town.channels["second"]
        used = await owner.slash("guardrails set", channel, setting="limits.per_user_day", value=value)
        await used
        page = used.messages[0]
        await owner.click(page, "Save")
        await used.until(lambda _: "Saved as version" in page.text, _PATIENCE)
        self.rules["second"] = self.rules.get("second", 0) + 1

    async def _workspace_sets(self, admin: Colleague, value: str) -> None:
        slack = self.town.slack
        known = len(slack.messages)
        self.town.balance()
        await admin.slash(f"set limits.per_user_day {value}", command="/guardrails")
        page = await slack.until(
            lambda: next((m for m in slack.messages[known:] if "Not saved yet" in m.all_text), None)
        )
        self.town.balance()
        await admin.click(page, "Save")
        await slack.until(lambda: "Saved as version" in page.all_text)
        self.rules["slack"] = self.rules.get("slack", 0) + 1

    def _note(self, ask: AnAsk) -> AnAsk:
        self.asked.append(ask)
        return ask

    async def _quietly(self, work: Callable[[], object]) -> None:
        try:
            await work()  # type: ignore[misc]
        except _GONE:
            return
