"""What has been paid for is neither lost nor bought again, whatever fails around it."""

import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from bot.domain.errors import StorageError
from bot.domain.images import KeptImage, MediaType, PictureData, SafePrompt
from bot.domain.jobs import Job, JobState, PaidPictures, Stage, Steps
from bot.domain.limits import Usage
from bot.domain.money import micros
from bot.domain.outcomes import Delivered, Failed, FailureClass, NoticeKey
from bot.domain.policy import Content, Limits, OnUnknownOutcome, OutputCheck, Recovery
from bot.domain.profile import ModelProfile, QualityTier
from bot.domain.requests import Action, JobId, Quality
from bot.hosting.local import LocalStore
from bot.pipeline.children import Press
from bot.ports import Accepted, Duplicate
from bot.providers.profiles import FLUX_SELF_HOSTED, OFFLINE
from tests.support.fakes import ScriptedProvider, produced
from tests.support.make import picture, requester
from tests.support.rig import ELSEWHERE, FakeChat, Rig

USER = "discord:4711/user:42"


async def begun(rig: Rig) -> Job:
    accepted = await rig.studio.submit(rig.ask())
    assert isinstance(accepted, Accepted)
    await rig.studio.begin(accepted.job.job_id, {"token": "t"}, {"message_id": "5"})
    return accepted.job


async def restarted_in_the_paid_call(rig: Rig, provider: ScriptedProvider, times: int) -> Job:
    job = await begun(rig)
    for calls in range(1, times + 1):
        while len(provider.tasks) < calls:
            await rig.parts.clock.sleep(0.01)
        await rig.workers.stop(grace=0.0)
        await rig.workers.start()
    return await rig.end_of(job.job_id)


def counted(usage: list[Usage]) -> set[tuple[int, int]]:
    return {(entry.used, entry.held) for entry in usage}


async def test_a_picture_of_unknown_fate_is_bought_once_more_if_so_wished_and_it_is_said(
    tmp_path: Path,
) -> None:
    provider = ScriptedProvider("openai", [[30.0], [produced("openai")]])
    async with Rig(tmp_path, providers=(provider,)) as rig:
        rig.with_policy(recovery=Recovery(on_unknown_outcome=OnUnknownOutcome.RETRY))
        job = await restarted_in_the_paid_call(rig, provider, times=1)

        assert isinstance(job.outcome, Delivered)
        assert NoticeKey.BOUGHT_AGAIN in [notice.key for notice in job.outcome.notices]
        assert counted(list(await rig.store.jobs.usage([USER]))) == {(1, 0)}, "charged for one"


async def test_no_picture_is_bought_a_third_time(tmp_path: Path) -> None:
    provider = ScriptedProvider("openai", [[30.0], [30.0], [produced("openai")]])
    async with Rig(tmp_path, providers=(provider,)) as rig:
        rig.with_policy(recovery=Recovery(on_unknown_outcome=OnUnknownOutcome.RETRY))
        job = await restarted_in_the_paid_call(rig, provider, times=2)

        assert job.outcome == Failed(FailureClass.UNKNOWN_OUTCOME, maybe_billed=True)
        assert len(provider.tasks) == 2
        assert counted(list(await rig.store.jobs.usage([USER]))) == {(0, 0)}, "given back"


async def died(rig: Rig) -> None:
    """What a killed process leaves of its request: a row that nobody has closed."""
    await rig.workers.stop(grace=0.0)
    await rig.store.jobs._run("UPDATE attempt SET closed_at = NULL, billed = 'maybe', result = 'open'", {})


@pytest.mark.parametrize("profile", [OFFLINE, FLUX_SELF_HOSTED], ids=lambda profile: profile.family)
async def test_a_picture_that_costs_nothing_is_simply_made_again(
    tmp_path: Path, profile: ModelProfile
) -> None:
    provider = ScriptedProvider("own", [[30.0], [30.0], [produced("own")]], profile=profile)
    async with Rig(tmp_path, providers=(provider,)) as rig:
        job = await begun(rig)
        for calls in (1, 2):
            while len(provider.tasks) < calls:
                await rig.parts.clock.sleep(0.01)
            await died(rig)
            await rig.workers.start()
        job = await rig.end_of(job.job_id)

        assert isinstance(job.outcome, Delivered)
        assert NoticeKey.BOUGHT_AGAIN not in [notice.key for notice in job.outcome.notices]
        assert len(provider.tasks) == 3


async def test_an_own_server_that_the_operator_has_priced_is_not_asked_again(tmp_path: Path) -> None:
    priced = dataclasses.replace(FLUX_SELF_HOSTED, qualities={Quality.AUTO: QualityTier(micros(0.01), 120.0)})
    provider = ScriptedProvider("own", [[30.0], [produced("own")]], profile=priced)
    async with Rig(tmp_path, providers=(provider,)) as rig:
        job = await begun(rig)
        while not provider.tasks:
            await rig.parts.clock.sleep(0.01)
        await died(rig)
        await rig.workers.start()

        assert (await rig.end_of(job.job_id)).outcome == Failed(
            FailureClass.UNKNOWN_OUTCOME, maybe_billed=True
        )


async def test_a_restart_before_the_first_request_left_buys_the_picture(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        await rig.workers.stop(0)
        job = await begun(rig)
        mine = await rig.store.jobs.claim(["discord"])
        assert mine is not None
        await rig.store.jobs.checkpoint(mine, Stage.GENERATE, Steps(paying="route"))
        await rig.store.jobs.release(mine)
        await rig.workers.start()

        assert isinstance((await rig.end_of(job.job_id)).outcome, Delivered)
        assert len(rig.providers[0].tasks) == 1


async def found_late(rig: Rig) -> Job:
    """The end of a job that a restart finds with paid pictures, long after its deadline."""
    rig.with_policy(content=Content(output_check=OutputCheck.FALLBACK_ONLY))
    await rig.workers.stop(0)
    job = await begun(rig)
    mine = await rig.store.jobs.claim(["discord"])
    assert mine is not None
    image = await rig.parts.images.keep(picture(), MediaType.PNG, width=64, height=48)
    bought = PaidPictures((image,), "openai", "gpt-image-2", None)
    await rig.store.jobs.checkpoint(mine, Stage.INSPECT, Steps(paying="route", pictures=bought))
    await rig.store.jobs.release(mine)
    sql = "UPDATE job SET deadline = 1 WHERE job_id = :job_id"
    await rig.store.jobs._run(sql, {"job_id": job.job_id})
    await rig.workers.start()
    return await rig.end_of(job.job_id)


async def test_it_is_shown_however_late_a_restart_finds_it(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        assert isinstance((await found_late(rig)).outcome, Delivered)
        assert rig.providers[0].tasks == []


class Late(LocalStore):
    """A store in whose hands the job's time runs out, so many times."""

    left = 0

    async def publish(self, kept: KeptImage) -> str:
        if Late.left > 0:
            Late.left -= 1
            raise TimeoutError
        return await super().publish(kept)


async def test_a_picture_paid_just_before_the_deadline_gets_time_to_be_shown(tmp_path: Path) -> None:
    Late.left, late = 1, Late(tmp_path / "images", "https://cdn.example", public=True)
    async with Rig(tmp_path, images=late) as rig:
        job = await rig.finished(lifetime=120.0)

        assert isinstance(job.outcome, Delivered)
        assert len(rig.providers[0].tasks) == 1
        ((shown, _),) = rig.chat.delivered
        assert shown.deadline > job.deadline, "doors that the deadline closes are not tried"


async def test_its_time_to_be_shown_is_given_once(tmp_path: Path) -> None:
    Late.left, late = 1, Late(tmp_path / "images", "https://cdn.example", public=True)
    async with Rig(tmp_path, images=late) as rig:
        job = await found_late(rig)

        assert job.outcome == Failed(FailureClass.TIMED_OUT, maybe_billed=True)
        assert Late.left == 0
        assert len(rig.chat.delivered) == 1


async def test_what_cannot_be_shown_in_that_time_either_is_told_once_as_too_late(tmp_path: Path) -> None:
    Late.left, late = 2, Late(tmp_path / "images", "https://cdn.example", public=True)
    async with Rig(tmp_path, images=late) as rig:
        job = await rig.finished(lifetime=120.0)

        assert job.outcome == Failed(FailureClass.TIMED_OUT, maybe_billed=True)
        assert Late.left == 0
        assert len(rig.providers[0].tasks) == len(rig.chat.delivered) == 1


class Failing(LocalStore):
    """A store that fails at one kind of call for a while."""

    at = "publish"
    left = 0
    retryable = True

    def _fail(self, at: str) -> None:
        kind = type(self)
        if kind.at == at and kind.left > 0:
            kind.left -= 1
            raise StorageError("object store answered 503 SlowDown", retryable=kind.retryable)

    async def keep(self, data: PictureData, media_type: MediaType, *, width: int, height: int) -> KeptImage:
        self._fail("keep")
        return await super().keep(data, media_type, width=width, height=height)

    async def publish(self, kept: KeptImage) -> str:
        self._fail("publish")
        return await super().publish(kept)

    async def publish_bytes(self, data: bytes, media_type: MediaType) -> str:
        self._fail("publish_bytes")
        return await super().publish_bytes(data, media_type)


@pytest.mark.parametrize("at", ["keep", "publish", "publish_bytes"])
async def test_a_store_that_is_away_for_a_moment_costs_nothing(tmp_path: Path, at: str) -> None:
    Failing.at, Failing.left, Failing.retryable = at, 3, True
    async with Rig(tmp_path, images=Failing(tmp_path / "images", "")) as rig:
        job = await rig.finished()

        assert isinstance(job.outcome, Delivered)
        assert len(rig.providers[0].tasks) == 1
        assert rig.observed.alerts == []


@pytest.mark.parametrize("at", ["keep", "publish", "publish_bytes"])
async def test_a_store_that_says_no_is_told_refunded_and_alerted(tmp_path: Path, at: str) -> None:
    Failing.at, Failing.left, Failing.retryable = at, 99, False
    async with Rig(tmp_path, images=Failing(tmp_path / "images", "")) as rig:
        job = await rig.finished()

        assert job.outcome == Failed(FailureClass.STORAGE)
        assert len(rig.providers[0].tasks) == 1
        assert rig.observed.alerts == ["storage"]
        assert counted(list(await rig.store.jobs.usage([USER]))) == {(0, 0)}
        assert len(rig.chat.delivered) == 1


class HalfAway(LocalStore):
    """A store that refuses the first picture and takes its time over the second."""

    begun: Final[list[str]] = []
    left_off: Final[list[str]] = []

    async def publish(self, kept: KeptImage) -> str:
        type(self).begun.append(kept.key)
        if len(type(self).begun) == 1:
            while len(type(self).begun) < 2:
                await asyncio.sleep(0.01)
            raise StorageError("object store answered 403 AccessDenied", retryable=False)
        try:
            await asyncio.Event().wait()
        finally:
            type(self).left_off.append(kept.key)
        raise AssertionError("nobody sets it")


async def test_of_two_pictures_none_is_published_any_more_when_one_cannot_be(tmp_path: Path) -> None:
    two = ScriptedProvider("openai", [[produced("openai", count=2)]])
    HalfAway.begun.clear()
    HalfAway.left_off.clear()
    async with Rig(tmp_path, [two], images=HalfAway(tmp_path / "images", "")) as rig:
        job = await rig.finished(typed={"count": 2})

        assert job.outcome == Failed(FailureClass.STORAGE)
        assert len(HalfAway.left_off) == 1


class Away:
    """A ledger that fails at some calls for a while; everything else is the real one's."""

    def __init__(self, real: object, at: str, times: int, when: Callable[[], bool]) -> None:
        self._real = real
        self._at = at
        self.left = times
        self._when = when

    def __getattr__(self, name: str) -> object:
        if name == self._at and self.left and self._when():
            return self._fail
        return getattr(self._real, name)

    async def _fail(self, *_: object, **__: object) -> None:
        self.left -= 1
        raise StorageError("postgres: ConnectionDoesNotExistError")


@pytest.mark.parametrize("at", ["checkpoint", "close_attempt", "finish", "update_message"])
async def test_a_database_that_is_away_at_the_wrong_moment_costs_no_picture(tmp_path: Path, at: str) -> None:
    async with Rig(tmp_path) as rig:
        times = 3 if at == "checkpoint" else 1
        away = Away(rig.store.jobs, at, times, lambda: bool(rig.providers[0].tasks))
        rig.use_ledger(away)
        job = await begun(rig)

        ended = await rig.end_of(job.job_id)

        assert away.left == 0
        assert ended.state is JobState.DELIVERED
        assert len(rig.providers[0].tasks) == 1
        assert counted(list(await rig.store.jobs.usage([USER]))) == {(1, 0)}


async def test_without_the_database_nothing_is_paid(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        away = Away(rig.store.jobs, "checkpoint", 10_000, lambda: True)
        rig.use_ledger(away)
        await begun(rig)
        while away.left > 9_995:
            await rig.parts.clock.sleep(0.01)

        assert rig.providers[0].tasks == []
        away.left = 0


async def test_a_chat_that_is_away_costs_no_picture(tmp_path: Path) -> None:
    chat = FakeChat(faults=[OSError("reset")] * 2)
    async with Rig(tmp_path, chat=chat) as rig:
        job = await rig.finished()

        assert isinstance(job.outcome, Delivered)
        assert len(chat.delivered) == 1


async def test_a_job_that_waited_too_long_is_told_and_not_paid_for(tmp_path: Path) -> None:
    """All processes were down until the platform took no answer any more."""
    async with Rig(tmp_path) as rig:
        await rig.workers.stop(0)
        job = await begun(rig)
        sql = "UPDATE job SET deadline = 1 WHERE job_id = :job_id"
        await rig.store.jobs._run(sql, {"job_id": job.job_id})
        await rig.workers.start()

        ended = await rig.end_of(job.job_id)

        assert ended.outcome == Failed(FailureClass.TIMED_OUT)
        assert len(rig.chat.delivered) == 1
        assert rig.providers[0].tasks == []
        assert counted(list(await rig.store.jobs.usage([USER]))) == {(0, 0)}


async def test_what_exists_once_is_made_again_when_it_was_deleted(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        made = await rig.finished()
        children = []
        for number in range(3):
            press = Press(f"discord:hd{number}", requester(), made.job_id, Action.UPSCALE)
            pressed = await rig.studio.press(press)
            assert isinstance(pressed, Accepted | Duplicate)
            assert isinstance(pressed, Duplicate) is (number == 1)
            children.append(pressed.job.job_id)
            if isinstance(pressed, Accepted) and number == 0:
                await rig.begun(pressed)
            elif number == 1:
                await rig.studio.delete(pressed.job.job_id, requester())

        assert children[0] == children[1] != children[2]


async def test_a_small_community_is_served_before_a_large_ones_tenth_wish(tmp_path: Path) -> None:
    provider = ScriptedProvider("openai", [[produced("openai")]])
    async with Rig(tmp_path, providers=(provider,), concurrency=1) as rig:
        rig.with_policy(limits=Limits(concurrent_per_user=0))
        await rig.workers.stop(0)
        wishes = [f"whale number {n}" for n in range(10)] + ["minnow number 1", "minnow number 2"]
        jobs = []
        for wish in wishes:
            who = ELSEWHERE if wish.startswith("minnow") else requester()
            accepted = await rig.studio.submit(rig.ask(wish, requester=who))
            assert isinstance(accepted, Accepted)
            await rig.studio.begin(accepted.job.job_id, {"token": "t"})
            jobs.append(accepted.job.job_id)
        await rig.workers.start()
        for job_id in jobs:
            await rig.end_of(job_id)

        order = [task.prompt for task in provider.tasks]
        assert {
            order.index(SafePrompt("minnow number 1")),
            order.index(SafePrompt("minnow number 2")),
        } <= set(range(5))


class Mute(Away):
    """A ledger that does what it is asked for, and whose answer is lost."""

    async def _fail(self, *arguments: Any, **named: Any) -> None:
        self.left -= 1
        await getattr(self._real, self._at)(*arguments, **named)
        raise StorageError("postgres: ConnectionDoesNotExistError")


@pytest.mark.parametrize("at", ["claim", "checkpoint", "finish"])
async def test_an_answer_of_the_database_that_is_lost_loses_no_job(tmp_path: Path, at: str) -> None:
    async with Rig(tmp_path) as rig:
        job_id = ""
        mute = Mute(rig.store.jobs, at, 1, lambda: bool(job_id))
        rig.use_ledger(mute)
        job_id = (await begun(rig)).job_id

        ended = await rig.end_of(JobId(job_id))

        assert mute.left == 0
        assert ended.state is JobState.DELIVERED
        assert len(rig.providers[0].tasks) == 1
        assert counted(list(await rig.store.jobs.usage([USER]))) == {(1, 0)}
