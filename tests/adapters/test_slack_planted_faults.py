"""An exception planted at every await point behind a listener: Slack gets its 200, the person one friendly message.

The core behind the real bolt is real as well, but raises at its n-th call, for n = 1, 2, 3 ... until an event gets
through without reaching the planted call. Once a job is in the ledger, it is the job that says the one message.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.outcomes import Failed, FailureClass
from tests.support.leaks import leaks
from tests.support.make import picture
from tests.support.slack_room import ART, BUTTONS, TENANT, Room, open_room
from tests.twins.slack_twin import Person

pytestmark = pytest.mark.long

SORRY = "Something went wrong on our side"
MOST = 80

Act = Callable[[Room, Person, int], Awaitable[Any]]


async def command(room: Room, ada: Person, n: int) -> Any:
    return await ada.slash("a brass owl")


async def help_(room: Room, ada: Person, n: int) -> Any:
    return await ada.slash("help")


async def privacy(room: Room, ada: Person, n: int) -> Any:
    return await ada.slash("privacy")


async def show_unknown(room: Room, ada: Person, n: int) -> Any:
    return await ada.slash("show abcdefghabcdefgh")


async def show(room: Room, ada: Person, n: int) -> Any:
    shown = await room.picture(ada, f"slack:show{n}")
    return await ada.slash(f"show {shown.buttons[0]['value'].partition(':')[2]}")


async def mention(room: Room, ada: Person, n: int) -> Any:
    return await ada.mention("a login page", thread=thread(n))


async def mention_help(room: Room, ada: Person, n: int) -> Any:
    return await ada.mention("help", thread=thread(n))


async def change(room: Room, ada: Person, n: int) -> Any:
    await room.picture(ada, f"slack:change{n}", thread(n))
    return await ada.mention("make it blue", thread=thread(n))


async def old_version(room: Room, ada: Person, n: int) -> Any:
    await room.picture(ada, f"slack:old{n}", thread(n))
    return await ada.mention("v1: make it blue", thread=thread(n))


async def go_back(room: Room, ada: Person, n: int) -> Any:
    await room.picture(ada, f"slack:back{n}", thread(n))
    return await ada.mention("v1", thread=thread(n))


async def go_nowhere(room: Room, ada: Person, n: int) -> Any:
    return await ada.mention("v7", thread=thread(n))


async def compare(room: Room, ada: Person, n: int) -> Any:
    await room.picture(ada, f"slack:compare{n}", thread(n))
    return await ada.mention("compare", thread=thread(n))


async def direct(room: Room, ada: Person, n: int) -> Any:
    return await ada.write("a login page")


async def stopped(room: Room, ada: Person, n: int) -> Any:
    await room.picture(ada, f"slack:stopped{n}", thread(n))
    return await ada.event(
        {"type": "agent_session_stopped", "channel": ART, "thread_ts": thread(n), "user": ada.id}
    )


async def home(room: Room, ada: Person, n: int) -> Any:
    return await ada.open_home()


async def message_shortcut(room: Room, ada: Person, n: int) -> Any:
    file = room.slack.file_of(picture())
    return await ada.shortcut(message={"text": "a page", "files": [file]})


async def global_shortcut(room: Room, ada: Person, n: int) -> Any:
    return await ada.shortcut()


async def composed(room: Room, ada: Person, n: int) -> Any:
    view = await opened(room, ada.shortcut)
    file = room.slack.file_of(picture())
    return await ada.fill(view, prompt="a mill", style="slide", files=[file], where=ART)


async def workflow(room: Room, ada: Person, n: int) -> Any:
    return await ada.event(
        {
            "type": "function_executed",
            "function": {"id": "Fn1", "callback_id": "generate_image", "app_id": "A"},
            "inputs": {"user_id": ada.id, "prompt": "a mill"},
            "function_execution_id": f"Fx{n}",
            "bot_access_token": f"xwfp-{n}",
        }
    )


def at_home(label: str) -> Act:
    """A button of App Home; for admins it also has the brand and the guardrails."""

    async def press(room: Room, ada: Person, n: int) -> Any:
        await settled_home(room, ada)
        return await ada.press_home(label)

    press.__name__ = f"home {label}"
    return press


async def home_menu(room: Room, ada: Person, n: int) -> Any:
    await settled_home(room, ada)
    return await ada.choose_home("Show settings", "limits")


async def settings_saved(room: Room, ada: Person, n: int) -> Any:
    await settled_home(room, ada)
    view = await opened(room, lambda: ada.press_home("Settings"))
    return await ada.fill(view, style="slide")


async def brand_saved(room: Room, ada: Person, n: int) -> Any:
    await settled_home(room, ada)
    view = await opened(room, lambda: ada.press_home("Brand style"))
    return await ada.fill(view, words="ours", palette="#fff", files=[room.slack.file_of(picture())])


async def guardrails(room: Room, ada: Person, n: int) -> Any:
    return await ada.slash("", command="/guardrails")


async def guardrails_form(room: Room, ada: Person, n: int) -> Any:
    view = await opened(room, lambda: ada.slash("test", command="/guardrails"))
    return await ada.submit(view, "a brass owl")


async def guardrails_button(room: Room, ada: Person, n: int) -> Any:
    known = len(room.slack.messages)
    await unplanted(room, lambda: ada.slash("", command="/guardrails"))
    return await ada.click(room.slack.messages[known], "Budget")


def button(name: str) -> Act:
    async def press(room: Room, ada: Person, n: int) -> Any:
        key, place = f"slack:button-{name}{n}", thread(n) if name in {"compare", "use"} else ""
        message = await (room.failed(ada, key) if name == "notify" else room.picture(ada, key, place))
        return await ada.click(message, name)

    press.__name__ = f"button {name}"
    return press


def answered(name: str) -> Act:
    async def send(room: Room, ada: Person, n: int) -> Any:
        message = await room.picture(ada, f"slack:answered-{name}{n}")
        return await ada.submit(await opened(room, lambda: ada.click(message, name)), "at night")

    send.__name__ = f"answered {name}"
    return send


ACTS: list[Act] = [
    *(command, help_, privacy, show_unknown, show),
    *(mention, mention_help, change, old_version, go_back, go_nowhere, compare, direct, stopped),
    *(message_shortcut, global_shortcut, composed, workflow),
    *(home, home_menu, settings_saved, brand_saved),
    *(at_home(label) for label in ("Settings", "Brand style", "Delete my data", "Budget", "Test a prompt")),
    *(guardrails, guardrails_form, guardrails_button),
    *(button(name) for name in BUTTONS),
    *(answered(name) for name in ("edit", "reword", "appeal")),
]


def thread(n: int) -> str:
    return f"1700000000.{n:06d}"


async def unplanted(room: Room, doing: Callable[[], Awaitable[Any]]) -> None:
    waiting, room.plant.countdown = room.plant.countdown, 0
    breaking, room.slack.break_call = room.slack.break_call, 0
    await doing()
    await room.quiet()
    room.plant.countdown, room.slack.break_call = waiting, breaking


async def opened(room: Room, doing: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    """The window that opens, without any fault on the way."""
    known = len(room.slack.views)
    await unplanted(room, doing)
    return room.slack.views[known]


async def settled_home(room: Room, ada: Person) -> None:
    await unplanted(room, ada.open_home)


def told(room: Room) -> int:
    """Apologies by message or as the end of a workflow's run."""
    runs = sum(SORRY in str(run.get("error")) for run in room.slack.runs.values())
    return runs + sum(SORRY in message.text for message in room.slack.messages)


async def plant_everywhere(room: Room, act: Act) -> int:
    """How many await points the event has; at each of them the promise is kept."""
    for point in range(1, MOST):
        ada = room.slack.person(f"U000ADA{point:02d}")
        room.slack.admins.add(ada.id)
        room.plant.countdown, room.plant.hit = point, False
        before, by_jobs = told(room), room.told_by_jobs
        known = len(room.slack.messages)
        handle = await act(room, ada, point)
        await room.quiet()
        hit, room.plant.countdown = room.plant.hit, 0
        assert handle.status == 200, (act.__name__, point)
        said = told(room) - before
        assert said + room.told_by_jobs - by_jobs == (1 if hit else 0), (act.__name__, point, said)
        for message in room.slack.messages[known:]:
            if SORRY in message.text:
                assert message.only_for == ada.id or message.channel.startswith("D")
        if not hit:
            return point - 1
    raise AssertionError("no end")


async def test_every_await_point_of_every_listener(tmp_path: Path) -> None:
    points: dict[str, int] = {}
    async with open_room(tmp_path) as room:
        for act in ACTS:
            points[act.__name__] = await plant_everywhere(room, act)
        await no_job_is_forgotten(room)
        tasks = [task for task in asyncio.all_tasks() if task.get_name().startswith("slack ")]
        assert leaks(room.slack.transcript()) == []
        assert room.slack.violations == []

    print(f"{sum(points.values())} await points in {len(points)} events: {points}")
    assert sum(points.values()) > 150, points
    assert [task.get_name() for task in tasks] == ["slack chores"]


async def no_job_is_forgotten(room: Room) -> None:
    """What was accepted and never begun is ended by the sweep, with one apology each."""
    assert room.told_by_jobs
    left = await room.rig.parts.jobs.abandon(room.rig.parts.clock.now() + 1)
    assert left
    for job_id in left:
        await room.rig.end_of(job_id)
    ends = [job.job_id for job, outcome in room.chat.delivered if outcome == Failed(FailureClass.INTERRUPTED)]
    assert sorted(ends) == sorted(left)


async def test_every_call_of_slacks_own_api_may_fail(tmp_path: Path) -> None:
    """Slack answers 503 at the n-th call: still 200 for the event, one apology at most, never an internal word."""
    calls: dict[str, int] = {}
    async with open_room(tmp_path) as room:
        for act in ACTS:
            calls[act.__name__] = await break_everywhere(room, act)
        assert leaks(room.slack.transcript()) == []
        assert room.slack.violations == []

    print(f"{sum(calls.values())} calls in {len(calls)} events: {calls}")
    assert sum(calls.values()) > len(ACTS), calls


async def break_everywhere(room: Room, act: Act) -> int:
    for point in range(1, 20):
        bob, before = room.slack.person(f"U000BOB{point:02d}"), told(room)
        room.slack.admins.add(bob.id)
        room.slack.break_call = point
        handle = await act(room, bob, point + 100)
        await room.quiet()
        missed, room.slack.break_call = room.slack.break_call > 0, 0
        assert handle.status == 200, (act.__name__, point)
        assert told(room) - before <= 1, (act.__name__, point)
        if missed:
            return point - 1
    raise AssertionError("no end")


async def test_leaving_is_finished_by_the_next_event_wherever_it_broke(tmp_path: Path) -> None:
    """Nobody is there to be told; the second of Slack's two events erases what the first one left."""
    for point in range(1, MOST):
        (folder := tmp_path / str(point)).mkdir()
        async with open_room(folder) as room:
            ada = room.slack.person()
            await room.picture(ada, "slack:1", thread(point))
            known = len(room.slack.messages)
            room.plant.countdown, room.plant.hit = point, False
            first = await ada.event({"type": "app_uninstalled"})
            await room.quiet()
            hit, room.plant.countdown = room.plant.hit, 0
            second = await ada.event({"type": "tokens_revoked", "tokens": {"bot": ["U000BOT00"]}})
            await room.quiet()
            assert (first.status, second.status) == (200, 200)
            assert room.slack.messages[known:] == []
            assert TENANT not in await room.rig.parts.jobs.tenants(audited=False)
            assert not await room.rig.store.secrets.ids("slack_thread")
            if not hit:
                assert point > 3
                return
    raise AssertionError("no end")
