"""An exception planted at every await point behind a listener: Slack gets its 200, the person one friendly message.

The real bolt over HTTP against the Slack twin; the core behind it is real as well, but raises at its n-th call, for
n = 1, 2, 3 ... until an event gets through without reaching the planted call.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import SlackSettings
from bot.adapter_api import AdapterContext
from bot.domain.policy import Limits, Policy
from bot.domain.requests import Requester
from bot.pipeline.studio import Ask
from bot.ports import Accepted
from bot.web.plane import listen, serving
from tests.support.leaks import leaks
from tests.support.rig import Rig
from tests.twins.slack_twin import BOT_TOKEN, SIGNING_SECRET, TEAM, Message, Person, SlackTwin

pytestmark = pytest.mark.long

SORRY = "Something went wrong on our side"
MOST = 60
FREE = Policy(limits=Limits(0, 0, per_tenant_day=0, concurrent_per_user=0, budget_day=0, budget_month=0))
_NESTED = {"parts", "jobs", "policies", "secrets"}


@dataclass
class Plant:
    """Raises in the n-th awaited call of everything that it is wrapped around; 0 means never."""

    countdown: int = 0
    hit: bool = False

    def around(self, inner: Any) -> Any:
        return _Planted(inner, self)

    def step(self) -> None:
        if self.countdown > 0:
            self.countdown -= 1
            if self.countdown == 0:
                self.hit = True
                raise RuntimeError("planted at /home/secret/place.py with sk-proj-0123456789abcdefghij")


class _Planted:
    def __init__(self, inner: Any, plant: Plant) -> None:
        self._inner, self._plant = inner, plant

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if name in _NESTED:
            return _Planted(value, self._plant)
        if not inspect.iscoroutinefunction(value) or name == "delete_older":  # a chore, behind no listener
            return value

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._plant.step()
            return await value(*args, **kwargs)

        return call


@dataclass
class Room:
    slack: SlackTwin
    adapter: SlackAdapter
    rig: Rig
    plant: Plant = field(default_factory=Plant)

    async def quiet(self) -> None:
        await self.adapter._background.drain(20.0)

    async def picture(self, person: Person, key: str) -> Message:
        """A finished picture of the person's, shown privately with its buttons."""
        requester = Requester("slack", f"slack:{TEAM}", person.id, "C000ART00", public=False)
        job = await self.rig.studio.submit(Ask(key, requester, "a brass owl"))
        assert isinstance(job, Accepted)
        job_id = job.job.job_id
        names = ["share", "reroll", "edit", "delete", "report", "compare", "use", "cancel"]
        elements = [
            {
                "type": "button",
                "action_id": f"imagine_{name}",
                "value": f"{name}:{job_id}",
                "text": {"type": "plain_text", "text": name},
            }
            for name in names
        ]
        blocks = [{"type": "actions", "block_id": "x", "elements": elements}]
        message = Message("C000ART00", "1.0", "x", blocks, only_for=person.id)
        self.slack.messages.append(message)
        return message


@asynccontextmanager
async def open_room(folder: Path) -> AsyncIterator[Room]:
    plant = Plant()
    with capture_logs():  # hundreds of stack traces take longer to draw than all the rest
        async with _room(folder, plant) as room:
            yield room


@asynccontextmanager
async def _room(folder: Path, plant: Plant) -> AsyncIterator[Room]:
    async with SlackTwin() as slack, Rig(folder, policy=FREE) as rig:
        context = AdapterContext(
            studio=plant.around(rig.studio),
            images=rig.parts.images,
            policies=plant.around(rig.store.policies),
            secrets=plant.around(rig.store.secrets),
            telemetry=rig.observed,
            clock=rig.parts.clock,
            data_dir=folder,
            base_url="http://127.0.0.1",
            loopback=True,
            playground_token=None,
            offline=False,
        )
        settings = SlackSettings(
            slack_bot_token=BOT_TOKEN,
            slack_signing_secret=SIGNING_SECRET,
            slack_api_base_url=f"{slack.origin}/api/",
        )
        adapter = SlackAdapter(context, settings)
        listener = listen("127.0.0.1", 0)
        slack.bot_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with serving(Starlette(routes=list(adapter.routes())), listener):
            await adapter.start()
            try:
                yield Room(slack, adapter, rig, plant)
            finally:
                await adapter.stop_intake()
                await adapter.aclose()


Act = Callable[[Room, Person, int], Awaitable[Any]]


async def command(room: Room, ada: Person, n: int) -> Any:
    return await ada.slash("a brass owl")


async def help_(room: Room, ada: Person, n: int) -> Any:
    return await ada.slash("help")


async def show(room: Room, ada: Person, n: int) -> Any:
    return await ada.slash("show abcdefghabcdefgh")


async def mention(room: Room, ada: Person, n: int) -> Any:
    return await ada.mention("a login page", thread=f"1700000000.{n:06d}")


async def direct(room: Room, ada: Person, n: int) -> Any:
    return await ada.write("a login page")


async def go_back(room: Room, ada: Person, n: int) -> Any:
    return await ada.mention("v7", thread=f"1700000000.{n:06d}")


async def home(room: Room, ada: Person, n: int) -> Any:
    return await ada.open_home()


async def shortcut(room: Room, ada: Person, n: int) -> Any:
    return await ada.shortcut(message={"text": "a page"})


async def window(room: Room, ada: Person, n: int) -> Any:
    return await ada.shortcut()


async def sent(room: Room, ada: Person, n: int) -> Any:
    return await ada.fill(room.slack.views[-1], prompt="a mill", where="C000ART00")


async def settings(room: Room, ada: Person, n: int) -> Any:
    if ada.id not in room.slack.homes:
        room.plant.countdown, waiting = 0, room.plant.countdown
        await ada.open_home()
        await room.quiet()
        room.plant.countdown = waiting
    return await ada.press_home("Settings")


def button(name: str) -> Act:
    async def press(room: Room, ada: Person, n: int) -> Any:
        waiting, room.plant.countdown = room.plant.countdown, 0
        message = await room.picture(ada, f"slack:{name}{n}")
        room.plant.countdown = waiting
        return await ada.click(message, name)

    press.__name__ = name
    return press


ACTS: list[Act] = [
    command,
    help_,
    show,
    mention,
    direct,
    go_back,
    home,
    shortcut,
    window,
    settings,
    button("share"),
    button("reroll"),
    button("edit"),
    button("delete"),
    button("report"),
    button("compare"),
    button("use"),
    button("cancel"),
]


def sorry(slack: SlackTwin) -> list[Message]:
    return [message for message in slack.messages if SORRY in message.text]


async def plant_everywhere(room: Room, act: Act) -> int:
    """How many await points the event has; at each of them the promise is kept."""
    for point in range(1, MOST):
        ada = room.slack.person(f"U000ADA{point:02d}")
        before = len(sorry(room.slack))
        room.plant.countdown, room.plant.hit = point, False
        handle = await act(room, ada, point)
        await room.quiet()
        hit, room.plant.countdown = room.plant.hit, 0
        assert handle.status == 200, (act.__name__, point)
        told = sorry(room.slack)[before:]
        assert len(told) == (1 if hit else 0), (
            act.__name__,
            point,
            [m.text for m in room.slack.messages[-4:]],
        )
        assert all(message.only_for == ada.id or message.channel.startswith("D") for message in told)
        if not hit:
            return point - 1
    raise AssertionError("no end")


async def test_every_await_point_of_every_listener(tmp_path: Path) -> None:
    points: dict[str, int] = {}
    async with open_room(tmp_path) as room:
        for act in ACTS:
            points[act.__name__] = await plant_everywhere(room, act)
        await window(room, room.slack.person(), 0)
        await room.quiet()
        points["sent"] = await plant_everywhere(room, sent)
        tasks = [task for task in asyncio.all_tasks() if task.get_name().startswith("slack ")]
        assert leaks(room.slack.transcript()) == []
        assert room.slack.violations == []

    assert sum(points.values()) > 50, points
    assert [task.get_name() for task in tasks] == ["slack chores"]


@pytest.mark.parametrize("act", [command, mention, home, shortcut], ids=lambda act: act.__name__)
async def test_every_call_of_slacks_own_api_may_fail(tmp_path: Path, act: Act) -> None:
    """Slack answers 503 at the n-th call: still 200 for the event, and never an internal word."""
    async with open_room(tmp_path) as room:
        for point in range(1, 8):
            room.slack.break_call = point
            handle = await act(room, room.slack.person(f"U000ADA{point:02d}"), point)
            await room.quiet()
            missed, room.slack.break_call = room.slack.break_call > 0, 0
            assert handle.status == 200
            if missed:
                break
        assert leaks(room.slack.transcript()) == []
        assert room.slack.violations == []
