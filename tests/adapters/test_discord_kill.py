"""The plug pulled after each single call to Discord, of a job, a button, a modal and a deletion, one after the other.

The call is carried out and its answer never arrives; the process is killed; the next one ends what is open while it
already serves the next round. A round that the bot finishes before the n-th call comes was the last of its kind.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.domain.policy import Limits, Policy
from tests.support.discord_stage import set_policy
from tests.support.leaks import leaks
from tests.support.process import BotProcess
from tests.twins import http_twin
from tests.twins.discord_twin import DiscordTwin, Interaction, Message, Person
from tests.twins.discord_twin.faults import Stop
from tests.twins.http_twin import Recorded
from tests.twins.openai_twin import OpenAITwin

pytestmark = [
    pytest.mark.long,
    pytest.mark.process,
    pytest.mark.timeout(400),  # a dozen processes are started, and some ends are waited for on purpose
    pytest.mark.xdist_group("discord-kill"),
]

VICTIMS = 8
SLOW = 3.6
"""Seconds of a picture that takes long enough for one edit of progress."""


@dataclass
class Theatre:
    """Everything that stays while one bot process after the other is killed."""

    discord: DiscordTwin
    openai: OpenAITwin
    bot: BotProcess
    parent: Message
    victims: list[Message]
    acts: list[Interaction] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)

    def known(self, *, but: Message | None = None) -> set[str]:
        """What calls that belong to earlier rounds are about."""
        messages = {str(message.id) for message in self.discord.messages if message is not but}
        return messages | {one.token for one in self.discord.hub.interactions.values()}

    async def until(self, look: Callable[[], Any], what: str, seconds: float = 30.0) -> None:
        await self.discord.hub.pulse.until(look, seconds, lambda: what)

    def somebody(self) -> Person:
        self.people.append(self.discord.member(f"member{len(self.people)}"))
        return self.people[-1]

    async def restart(self) -> None:
        starts = len(self.discord.gateway.identifies)
        await self.bot.kill()
        self.discord.faults.clear()
        await self.bot.start()
        await self.discord.until_identified(starts + 1)

    async def killed_at(self, stop: Stop, end: Callable[[], bool]) -> bool:
        """Kill the bot once the stopped call is carried out; False if it came to the end without it."""

        def done() -> bool:
            return any(call.path.endswith(stop.path) and call.status for call in self.discord.requests)

        await self.until(lambda: done() if stop.path else end(), f"neither stopped nor ended: {stop}")
        if not stop.path:
            self.discord.faults.clear()
            return False
        await self.restart()
        return True


def ended(act: Interaction) -> bool:
    """The person sees a picture or words, and nothing that still promises more."""
    shown = any(message.pictures or message.text for message in act.messages)
    return act.ack is not None and not act.thinking and not act.working and (shown or bool(act.modal))


def person_of(request: Recorded) -> str:
    """Who asked, as the provider is told: each person asks for one picture only."""
    return str((request.form if request.parts else request.json)["safety_identifier"])


@asynccontextmanager
async def theatre(folder: Path) -> AsyncIterator[Theatre]:
    async with DiscordTwin() as discord, OpenAITwin() as openai:
        free = Limits(per_user_hour=0, per_user_day=0, concurrent_per_user=0, per_tenant_day=0)
        await set_policy(folder, f"discord:{discord.home.id}", Policy(limits=free))
        models = {**openai.environment}
        environment = {**discord.environment, **models, "IMAGE_ROUTE": "openai:gpt-image-2"}
        async with BotProcess(environment, folder) as bot:
            await discord.until_ready()
            made = [
                await discord.owner.slash("imagine", discord.channel, prompt=f"owl {n}")
                for n in range(VICTIMS + 1)
            ]
            parent, *victims = [await one.picture() for one in made]
            yield Theatre(discord, openai, bot, parent, victims)


async def a_job(stage: Theatre, number: int) -> bool:
    stage.openai.images.queue(http_twin.Slow(SLOW))
    stop = stage.discord.faults.stop_at(number, stage.known())
    act = await stage.somebody().slash("imagine", stage.discord.channel, prompt="a slow owl")
    stage.acts.append(act)
    return await stage.killed_at(stop, lambda: ended(act))


async def a_button(stage: Theatre, number: int) -> bool:
    stop = stage.discord.faults.stop_at(number, stage.known())
    act = await stage.somebody().click(stage.parent, "Vary")
    stage.acts.append(act)
    return await stage.killed_at(stop, lambda: ended(act))


async def a_modal(stage: Theatre, number: int) -> bool:
    """The first call opens it; a modal that stands open when the process dies can still be sent."""
    stop = stage.discord.faults.stop_at(number, stage.known())
    person = stage.somebody()
    opened = await person.click(stage.parent, "Edit")
    await opened.until(lambda one: one.modal)
    cut = bool(stop.path) and await stage.killed_at(stop, lambda: False)
    act = await person.submit_modal(opened, text="with a hat")
    stage.acts.append(act)
    return cut or await stage.killed_at(stop, lambda: ended(act))


async def a_deletion(stage: Theatre, number: int) -> bool:
    """Where nothing was begun yet, the person sees the picture still standing, and presses again."""
    victim = stage.victims[number - 1]
    stop = stage.discord.faults.stop_at(number, stage.known(but=victim))
    act = await stage.discord.owner.click(victim, "Delete")
    stopped = await stage.killed_at(stop, lambda: ended(act) and victim.deleted)
    if number == 1 and not victim.deleted:
        await stage.discord.owner.click(victim, "Delete")
    await stage.until(lambda: victim.deleted, f"the deletion of round {number} was not ended")
    return stopped


KINDS: list[Callable[[Theatre, int], Awaitable[bool]]] = [a_job, a_button, a_modal, a_deletion]


async def test_killed_after_every_single_call_nothing_stays_open_and_nothing_is_paid_twice(
    tmp_path: Path,
) -> None:
    async with theatre(tmp_path) as stage:
        for kind in KINDS:
            for number in count(1):
                if not await kind(stage, number):
                    break
                stage.killed[kind.__name__] += 1
        for act in stage.acts:
            await stage.until(partial(ended, act), f"still open: {act.text!r}", 60.0)

        print(dict(stage.killed))
        assert all(stage.killed[kind.__name__] >= 2 for kind in KINDS)
        assert stage.discord.thinking == []
        assert stage.discord.violations == []
        assert stage.discord.pings == []
        assert leaks(stage.discord.transcript()) == []
        paid = Counter(person_of(request) for request in stage.openai.image_requests)
        owner = paid.most_common(1)[0][0]
        assert {person: times for person, times in paid.items() if times > 1 and person != owner} == {}
        assert paid[owner] == VICTIMS + 1
