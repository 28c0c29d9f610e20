"""The janitor with a ledger in memory: when it comes, what it asks for, and what becomes of what it could not do."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import DeliveryError, StorageError
from bot.domain.jobs import Job
from bot.domain.policy import Policy, Retention
from bot.domain.requests import JobId
from bot.pipeline.janitor import Janitor, Swept, bury, retract, take_back
from bot.pipeline.run import Parts
from tests.support.fakes import FakeClock, Observed
from tests.support.make import job, request
from tests.support.rig import FakeChat, Rig

DAY = 86_400.0
NOW = 1_000_000.0
AWAY = DeliveryError("away", retryable=True)
BUG = RuntimeError("never thought of")


@dataclasses.dataclass
class Ledger:
    """Knows what is to be forgotten, in slices of two, and remembers what it was told."""

    mine: bool = True
    communities: dict[str, int] = dataclasses.field(default_factory=dict)
    to_retract: dict[str, list[Job]] = dataclasses.field(default_factory=dict)
    to_show: dict[str, list[Job]] = dataclasses.field(default_factory=dict)
    to_bury: list[str] = dataclasses.field(default_factory=list)
    asked: Counter[str] = dataclasses.field(default_factory=Counter)
    marks: list[tuple[str, float]] = dataclasses.field(default_factory=list)
    left: list[JobId] = dataclasses.field(default_factory=list)
    shown: list[tuple[JobId, bool]] = dataclasses.field(default_factory=list)
    stuck: list[str] = dataclasses.field(default_factory=list)
    retentions: list[Retention] = dataclasses.field(default_factory=list)

    async def mark_once(self, key: str, lifetime: float) -> bool:
        self.marks.append((key, lifetime))
        return self.mine

    async def tenants(self) -> Sequence[str]:
        self.asked["tenants"] += 1
        return list(self.communities)

    async def expire(self, tenant: str, retention: Retention) -> int:
        self.retentions.append(retention)
        return self.communities[tenant]

    async def close_lost(self) -> int:
        self.asked["close_lost"] += 1
        return 0

    async def prune(self) -> None:
        self.asked["prune"] += 1

    async def scrub(self) -> None:
        self.asked["scrub"] += 1

    async def unretracted(self, platforms: Collection[str], limit: int = 100) -> Sequence[Job]:
        self.asked["unretracted"] += 1
        (platform,) = platforms
        return self.to_retract.get(platform, [])[:2]

    async def retracted(self, job: Job) -> None:
        for waiting in self.to_retract.values():
            waiting[:] = [one for one in waiting if one.job_id != job.job_id]

    async def not_retracted(self, job_id: JobId) -> None:
        self.left.append(job_id)
        for waiting in self.to_retract.values():
            waiting.sort(key=lambda one: one.job_id == job_id)

    async def stale(self, platforms: Collection[str], limit: int = 100) -> Sequence[Job]:
        (platform,) = platforms
        return self.to_show.get(platform, [])

    async def shown_anew(self, job_id: JobId, *, done: bool) -> None:
        self.shown.append((job_id, done))

    async def doomed(self, limit: int = 100, among: Sequence[str] | None = None) -> Sequence[str]:
        self.asked["doomed"] += 1
        return self.to_bury[:2]

    async def buried(self, keys: Sequence[str], stuck: Sequence[str] = ()) -> None:
        self.stuck += stuck
        self.to_bury = [key for key in self.to_bury if key not in {*keys, *stuck}] + list(stuck)


@dataclasses.dataclass
class Rules:
    """Communities' rules and audit trails: so many entries are too old in each."""

    retention: Retention = dataclasses.field(default_factory=lambda: Retention(audit=3))
    old: int = 0
    before: list[float] = dataclasses.field(default_factory=list)

    async def policy(self, tenant: str) -> Policy:
        del tenant
        return Policy(retention=self.retention)

    async def expire_audit(self, tenant: str, before: float) -> int:
        del tenant
        self.before.append(before)
        return self.old


class Images:
    """Deletes everything but what is stuck."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    async def delete(self, key: str) -> None:
        if key.startswith("stuck"):
            raise StorageError("403 AccessDenied")
        self.deleted.append(key)


class Editing(FakeChat):
    """A chat whose messages can be edited, or not now."""

    def __init__(self, *faults: Exception | None) -> None:
        super().__init__(name="slack")
        self.edits = list(faults)
        self.edited: list[JobId] = []

    async def show_anew(self, job: Job) -> None:
        if fault := self.edits.pop(0):
            raise fault
        self.edited.append(job.job_id)


@dataclasses.dataclass
class Alone:
    parts: Parts
    ledger: Ledger
    rules: Rules
    images: Images
    observed: Observed
    clock: FakeClock


async def alone(folder: Path, ledger: Ledger | None = None, *chats: FakeChat, old: int = 0) -> Alone:
    async with Rig(folder) as rig:
        ledger, rules, images = ledger or Ledger(), Rules(old=old), Images()
        observed, clock = Observed(), FakeClock(NOW)
        changed: dict[str, Any] = {
            "jobs": ledger,
            "policies": rules,
            "images": images,
            "telemetry": observed,
            "clock": clock,
            "adapters": {chat.name: chat for chat in chats},
        }
        return Alone(dataclasses.replace(rig.parts, **changed), ledger, rules, images, observed, clock)


def jobs(count: int, on: str = "discord", **changes: Any) -> list[Job]:
    values = {"message": {"message_id": "5"}} | changes
    return [job(request=request(key=f"{on}:{number}"), **values) for number in range(count)]


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not done():
            await asyncio.sleep(0)


@pytest.mark.parametrize(("every", "pauses"), [(3600.0, [10.0, 15.0, 15.0]), (4.0, [4.0, 4.0, 4.0])])
async def test_waiting_jobs_come_first_and_leftovers_every_few_seconds(
    tmp_path: Path, every: float, pauses: list[float]
) -> None:
    it = await alone(tmp_path)
    janitor = Janitor(it.parts, every)
    await janitor.start()
    await until(lambda: len(it.clock.slept) > 3)
    await janitor.stop()

    assert it.clock.slept[:3] == pauses


async def test_a_round_without_an_end_is_cut_off_and_tried_again(tmp_path: Path) -> None:
    class Silent(Ledger):
        async def mark_once(self, key: str, lifetime: float) -> bool:
            await super().mark_once(key, lifetime)
            await asyncio.Event().wait()
            raise AssertionError("nobody sets it")

    it = await alone(tmp_path, Silent())
    janitor = Janitor(it.parts, 0.02)
    await janitor.start()
    async with asyncio.timeout(10):
        while len(it.ledger.marks) < 3:
            await asyncio.sleep(0.01)
    await janitor.stop()


async def test_when_it_has_stopped_nothing_of_it_is_under_way(tmp_path: Path) -> None:
    at_hand: list[str] = []

    class Slow(Ledger):
        """Needs a moment to let go."""

        async def mark_once(self, key: str, lifetime: float) -> bool:
            at_hand.append(key)
            try:
                await asyncio.Event().wait()
            finally:
                for _ in range(5):
                    await asyncio.sleep(0)
                at_hand.clear()
            raise AssertionError("nobody sets it")

    it = await alone(tmp_path, Slow())
    janitor = Janitor(it.parts, 3600.0)
    await janitor.stop()
    await janitor.start()
    await until(lambda: bool(at_hand))
    await janitor.stop()

    assert at_hand == []


async def test_one_process_does_everything_once_in_a_period_and_marks_it_for_longer(tmp_path: Path) -> None:
    it = await alone(tmp_path)
    janitor = Janitor(it.parts, 3600.0)
    for seconds in (0.0, 700.0, 200.0, 3000.0):
        await it.clock.sleep(seconds)
        await janitor.round()

    keys = [key for key, _ in it.ledger.marks]
    assert keys[0] == keys[1] != keys[2] == keys[3]
    assert {lifetime for _, lifetime in it.ledger.marks} == {7200.0}


@pytest.mark.parametrize("mine", [True, False])
async def test_a_round_in_another_processs_period_looks_after_deletions_alone(
    tmp_path: Path, *, mine: bool
) -> None:
    chat = FakeChat()
    ledger = Ledger(mine, {"one": 2, "two": 3}, {"discord": jobs(1)}, to_bury=["a", "b", "c"])
    it = await alone(tmp_path, ledger, chat, old=4)
    swept = await Janitor(it.parts, 3600.0).round()

    assert swept == (Swept(jobs=5, objects=3, audit=8) if mine else Swept(objects=3))
    assert len(chat.retracted) == 1
    assert it.images.deleted == ["a", "b", "c"]
    assert [ledger.asked[what] for what in ("tenants", "close_lost", "prune")] == [int(mine)] * 3
    assert ledger.retentions == [Retention(audit=3)] * (2 * mine)
    assert it.rules.before == [NOW - 3 * DAY] * (2 * mine)


async def test_an_audit_trail_without_an_end_is_left_alone(tmp_path: Path) -> None:
    it = await alone(tmp_path, Ledger(communities={"one": 0}), old=4)
    for days, asked in ((0, 0), (1, 1)):
        it.rules.retention = Retention(audit=days)
        swept = await Janitor(it.parts, 3600.0).sweep()

        assert swept == Swept(audit=4 * asked)
        assert it.rules.before == [NOW - DAY] * asked


@pytest.mark.parametrize(("discord", "slack", "scrubs"), [(1, 0, 1), (0, 1, 1), (1, 1, 1), (0, 0, 0)])
async def test_what_was_forgotten_is_overwritten_once_something_was_taken_back(
    tmp_path: Path, discord: int, slack: int, scrubs: int
) -> None:
    ledger = Ledger(to_retract={"discord": jobs(discord), "slack": jobs(slack, "slack")})
    chats = FakeChat(), FakeChat(name="slack")
    it = await alone(tmp_path, ledger, *chats)
    await take_back(it.parts)

    assert ledger.asked["scrub"] == scrubs
    assert [len(chat.retracted) for chat in chats] == [discord, slack]


async def test_a_chat_that_is_away_costs_another_one_nothing_and_a_slice_with_one_answer_is_not_the_last(
    tmp_path: Path,
) -> None:
    ledger = Ledger(to_retract={"discord": jobs(5), "slack": jobs(5, "slack")})
    away, half = FakeChat(), FakeChat(name="slack")
    away.faults_of_retract = [AWAY] * 9
    half.faults_of_retract = [BUG]
    it = await alone(tmp_path, ledger, away, half)
    await take_back(it.parts)

    assert len(away.retracted) == 0
    assert len(ledger.to_retract["discord"]) == 5
    assert len(away.faults_of_retract) == 9 - 2, "one slice"
    assert len(half.retracted) == 4, "each once"
    assert [one.job_id for one in ledger.to_retract["slack"]] == [ledger.left[-1]]


@pytest.mark.parametrize(
    ("chat", "done", "edited"),
    [
        (Editing(None, None), [True, True], 2),
        (Editing(AWAY, None), [False, True], 1),
        (Editing(BUG, None), [False, True], 1),
        (FakeChat(), [True, True], 0),
    ],
    ids=["edited", "away", "a bug", "nothing to edit with"],
)
async def test_messages_that_say_too_much_are_edited_or_left_for_the_next_round(
    tmp_path: Path, chat: FakeChat, done: list[bool], edited: int
) -> None:
    ledger = Ledger(to_show={chat.name: jobs(2)})
    it = await alone(tmp_path, ledger, chat)
    await take_back(it.parts)

    assert [so for _, so in ledger.shown] == done
    assert len(getattr(chat, "edited", [])) == edited


class Taking(FakeChat):
    """Remembers which messages it was asked to delete, and may fail at one."""

    def __init__(self, fault_at: str = "", fault: Exception = AWAY) -> None:
        super().__init__()
        self.fault_at, self.fault = fault_at, fault
        self.asked: list[str] = []

    async def retract(self, job: Job) -> None:
        message = job.message["message_id"]
        self.asked.append(message)
        if message == self.fault_at:
            raise self.fault


@pytest.mark.parametrize(
    ("chat", "asked", "gone"),
    [
        (Taking(), ["5", "6", "7"], True),
        (Taking("6"), ["5", "6"], False),
        (Taking("6", BUG), ["5", "6"], False),
    ],
)
async def test_a_job_is_taken_back_when_all_its_messages_are(
    tmp_path: Path, chat: Taking, asked: list[str], *, gone: bool
) -> None:
    copies = [{"message_id": "6"}, {"message_id": "7"}]
    (shown,) = jobs(1, message={"message_id": "5", "copies": copies})
    ledger = Ledger(to_retract={"discord": [shown]})
    it = await alone(tmp_path, ledger, chat)

    assert await retract(it.parts, chat, shown) is gone
    assert chat.asked == asked
    assert ledger.to_retract == {"discord": [] if gone else [shown]}
    assert ledger.left == ([] if gone else [shown.job_id])


@pytest.mark.parametrize(
    ("keys", "buried", "stuck", "slices"),
    [
        ([], 0, [], 1),
        (["a", "b", "c"], 3, [], 3),
        (["stuck/1", "a", "b", "stuck/2", "c"], 3, ["stuck/1", "stuck/2"], 4),
        (["stuck/1", "stuck/2", "a"], 0, ["stuck/1", "stuck/2"], 1),
    ],
)
async def test_objects_are_deleted_slice_by_slice_until_one_has_nothing_that_can_be(
    tmp_path: Path, keys: list[str], buried: int, stuck: list[str], slices: int
) -> None:
    it = await alone(tmp_path, Ledger(to_bury=list(keys)))

    assert await bury(it.parts) == buried
    assert sorted(it.images.deleted) == sorted({*keys} - {*stuck, *it.ledger.to_bury})
    assert it.ledger.stuck == stuck
    assert it.ledger.asked["doomed"] == slices
    assert it.observed.alerts == (["storage"] if stuck else [])
