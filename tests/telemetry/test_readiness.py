"""`/readyz` tells the truth about each part, whatever a part's probe does."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.app import Application, probed
from bot.app.chats import Chats
from bot.ports import Health
from tests.support.fakes import Observed


class Part:
    """A database, a store or a chat; its health is as told."""

    def __init__(self, *, raises: Exception | None = None, hangs: bool = False, ok: bool = True) -> None:
        self._raises, self._hangs, self._ok = raises, hangs, ok

    async def probe(self) -> Health:
        if self._hangs:
            await asyncio.Event().wait()
        if self._raises is not None:
            raise self._raises
        return Health(ok=self._ok, detail="as told")

    health = probe


def application(**parts: Any) -> Any:
    route = {"state": parts.pop("provider", "up")}
    return SimpleNamespace(
        chats=Chats({}, Observed()),
        store=parts.pop("database", Part()),
        images=parts.pop("store", Part()),
        adapters=parts,
        router=SimpleNamespace(status=lambda: {"openai:gpt-image-2": route}),
        workers=SimpleNamespace(in_flight=0),
    )


@pytest.mark.parametrize(
    ("parts", "ready"),
    [
        ({}, True),
        ({"database": Part(ok=False)}, False),
        ({"store": Part(raises=RuntimeError("of a library"))}, False),
        ({"provider": "down"}, False),
        ({"discord": Part(raises=KeyError("of a library"))}, True),
    ],
    ids=["all up", "no database", "store breaks", "no provider", "a chat breaks"],
)
async def test_a_part_that_breaks_is_down_and_the_others_are_told(parts: dict[str, Any], ready: bool) -> None:
    told = await Application.readiness(application(**parts))

    assert told["ready"] is ready
    broken = [name for name in ("database", "store") if not told[name]["ok"]]
    broken += [name for name, entry in told["adapters"].items() if not entry["ok"]]
    assert broken == [name for name in parts if name != "provider"]


async def test_what_is_stopping_is_not_ready_for_more() -> None:
    """A load balancer sends people to another replica, which still takes requests."""
    app = application()
    before = await Application.readiness(app)
    await app.chats.stop_intake()
    after = await Application.readiness(app)

    assert (before["ready"], before["stopping"]) == (True, False)
    assert (after["ready"], after["stopping"]) == (False, True)
    assert after["database"]["ok"]


async def test_parts_that_hang_are_waited_for_together() -> None:
    """A probe of an orchestrator gives up sooner than three waits in a row would take."""
    chats = {name: Part(hangs=True) for name in ("discord", "slack", "playground")}
    async with asyncio.timeout(8):
        told = await Application.readiness(application(**chats))

    assert {name: entry["detail"] for name, entry in told["adapters"].items()} == dict.fromkeys(
        chats, "TimeoutError"
    )


@pytest.mark.parametrize(
    ("fault", "passing"), [(TimeoutError(), True), (RuntimeError("of a library"), False)]
)
async def test_a_store_that_gives_no_answer_in_time_is_waited_for(fault: Exception, passing: bool) -> None:
    assert await probed(Part(raises=fault).probe()) == Health(False, type(fault).__name__, passing)
