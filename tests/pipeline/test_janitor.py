"""The janitor: words and files go when their time is over, one process does it, and what fails stays on the list."""

import asyncio
import dataclasses
from pathlib import Path

import pytest

from bot.domain.errors import DeliveryError, StorageError
from bot.domain.images import MediaType
from bot.domain.jobs import Job, JobState
from bot.domain.outcomes import Delivered
from bot.domain.policy import Retention
from bot.domain.requests import Requester
from bot.hosting.local import LocalStore
from bot.pipeline.janitor import Janitor, Swept, bury, take_back
from bot.store.database import Transaction
from bot.store.rows import picture_keys
from tests.support.make import request, requester
from tests.support.rig import OTHER, FakeChat, Rig

DAY = 86_400.0


class Later:
    """A clock that is some days ahead."""

    def __init__(self, rig: Rig, days: float) -> None:
        self._clock = rig.parts.clock
        self._ahead = days * DAY

    def now(self) -> float:
        return self._clock.now() + self._ahead

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(0)


def janitor_in(rig: Rig, days: float) -> Janitor:
    rig.store.jobs._clock = later = Later(rig, days)
    return Janitor(dataclasses.replace(rig.parts, clock=later), 3600.0)


def files(rig: Rig) -> list[Path]:
    return [path for path in (rig.folder / "images").rglob("*") if path.is_file()]


async def test_words_go_first_and_pictures_when_the_community_says(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(retention=Retention(prompts=30, images=90))
        job = await rig.finished("a brass owl")

        assert await janitor_in(rig, 10).sweep() == Swept()
        assert (await janitor_in(rig, 31).sweep()).jobs == 1
        known = await rig.store.jobs.get(job.job_id)
        assert known is not None
        assert (known.state, known.request.words) == (JobState.DELIVERED, "")
        assert files(rig)

        swept = await janitor_in(rig, 91).sweep()
        assert (swept.jobs, swept.objects) == (1, len(picture_keys(job.steps)))
        assert files(rig) == []


async def test_a_community_that_cannot_be_read_holds_up_no_other_one(tmp_path: Path) -> None:
    """As after going back to an older version; a newer one finds it where it was."""
    async with Rig(tmp_path) as rig:
        strange = await rig.finished("a brass owl")
        plain = await rig.finished("a tin fox", requester=requester(tenant="discord:9999"))
        assert strange.request.requester.tenant < plain.request.requester.tenant
        readable = (
            await rig.store.database.read("SELECT steps FROM job WHERE job_id = :id", id=strange.job_id)
        )[0]

        async def write(steps: str) -> None:
            async def unit(tx: Transaction) -> int:
                return await tx.run(
                    "UPDATE job SET steps = :steps WHERE job_id = :id", steps=steps, id=strange.job_id
                )

            await rig.store.database.write(unit)

        await write('{"verdicts": 7}')
        assert (await janitor_in(rig, 31).sweep()).jobs == 1
        forgotten = await rig.store.jobs.get(plain.job_id)
        assert forgotten is not None
        assert forgotten.request.words == ""
        await write(readable["steps"])
        assert (await janitor_in(rig, 31).sweep()).jobs == 1


async def test_a_picture_that_another_job_shows_stays(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        first, second = await rig.finished("a fox"), await rig.finished("a fox")
        assert picture_keys(first.steps) == picture_keys(second.steps)
        await rig.store.jobs.mark_deleted(first.job_id)

        assert await bury(rig.parts) == 0
        assert isinstance(second.outcome, Delivered)
        assert await rig.parts.images.read(second.outcome.images[0].key)


class Stuck(LocalStore):
    """A store that deletes nothing."""

    async def delete(self, key: str) -> None:
        raise StorageError("no")


async def test_what_cannot_be_deleted_is_tried_again(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        job = await rig.finished("a fox")
        await rig.store.jobs.mark_deleted(job.job_id)
        stuck = Stuck(tmp_path / "images", "https://cdn.example", public=True)

        assert await bury(dataclasses.replace(rig.parts, images=stuck)) == 0
        assert len(rig.observed.alerts) == 1
        assert await bury(rig.parts) == len(picture_keys(job.steps))


class Picky(LocalStore):
    """A store that deletes only some things."""

    async def delete(self, key: str) -> None:
        if key.startswith("stuck/"):
            raise StorageError("no")


async def test_objects_that_are_stuck_starve_no_others(tmp_path: Path) -> None:
    async with Rig(tmp_path, images=Picky(tmp_path / "images", "https://cdn.example", public=True)) as rig:
        sql = "INSERT INTO doomed(key, since) VALUES (:key, :since)"
        stuck = [{"key": f"stuck/{number}", "since": number} for number in range(120)]
        await asyncio.gather(*(rig.store.jobs._run(sql, values) for values in stuck))
        job = await rig.finished("a fox")
        await rig.store.jobs.mark_deleted(job.job_id)

        buried = [await bury(rig.parts) for _ in range(2)]

        assert sum(buried) == len(picture_keys(job.steps))
        assert len(await rig.store.jobs.doomed(1000)) == 120, "they are tried again"


async def test_a_deletion_does_not_wait_for_the_rest_of_the_list(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        others = await rig.parts.images.publish_bytes(b"somebody else's", MediaType.JPEG)
        await rig.store.jobs.drop_objects([others])
        job = await rig.finished("a fox")
        copy = await rig.parts.images.publish_bytes(b"a copy", MediaType.JPEG)
        await rig.store.jobs.note_copy(job.job_id, copy)

        await rig.studio.delete(job.job_id, job.request.requester)

        assert files(rig) == [rig.folder / "images" / others]
        assert await rig.store.jobs.doomed() == [others], "that is left to the janitor"


class Aloof(FakeChat):
    """A chat whose old messages cannot be reached."""

    async def retract(self, job: Job) -> None:
        if job.message.get("message_id") == "old":
            raise DeliveryError("away", retryable=True)
        await super().retract(job)


@pytest.mark.parametrize(("platform", "message"), [("slack", "5"), ("discord", "old")])
async def test_messages_that_are_stuck_starve_no_others(tmp_path: Path, platform: str, message: str) -> None:
    async with Rig(tmp_path, chat=Aloof()) as rig:
        other = dataclasses.replace(requester(), platform=platform)
        await asyncio.gather(
            *(begun_and_deleted(rig, other, f"{platform}:old:{number}", message) for number in range(105))
        )
        await begun_and_deleted(rig, requester(), "discord:new", "6")

        for _ in range(2):
            await take_back(rig.parts)

        (gone,) = rig.chat.retracted
        assert gone == request(key="discord:new").job_id


async def begun_and_deleted(rig: Rig, who: Requester, key: str, message: str) -> None:
    """A job whose message is still in the chat, but nothing else of it."""
    wanted = request(key=key, requester=who, created_at=rig.parts.clock.now())
    await rig.store.jobs.accept(wanted, (), (), 1)
    await rig.store.jobs.update_message(wanted.job_id, {"message_id": message})
    await rig.store.jobs.mark_deleted(wanted.job_id)


async def test_a_message_that_could_not_be_taken_back_is_taken_back_later(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        job = await rig.finished("a fox")
        rig.chat.faults_of_retract.append(RuntimeError("the plug was pulled"))
        await rig.studio.delete(job.job_id, job.request.requester)
        assert rig.chat.retracted == []

        await Janitor(rig.parts, 3600.0).sweep()
        await Janitor(rig.parts, 3600.0).sweep()

        assert rig.chat.retracted == [job.job_id]


async def test_of_several_processes_one_sweeps(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        turns = [await Janitor(rig.parts, 3600.0)._is_my_turn() for _ in range(3)]
        assert turns == [True, False, False]


async def test_what_a_dead_process_has_left_of_a_deletion_waits_for_no_turn(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        assert await Janitor(rig.parts, 3600.0).round() == Swept()
        job = await rig.finished("a fox")
        await rig.store.jobs.mark_deleted(job.job_id)

        swept = await Janitor(rig.parts, 3600.0).round()

        assert swept == Swept(objects=len(picture_keys(job.steps)))
        assert rig.chat.retracted == [job.job_id]


async def test_a_person_sees_and_erases_all_of_their_own(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        await rig.finished("a brass owl")
        await rig.finished("a red fox", requester=OTHER)
        requester = rig.ask().requester

        export = await rig.studio.export(requester)
        assert [job["words"] for job in export["jobs"]] == ["a brass owl"]

        assert await rig.studio.forget(requester) == 1
        assert (await rig.studio.export(requester))["jobs"] == []
        assert len(rig.chat.retracted) == 1
        assert len((await rig.studio.export(OTHER))["jobs"]) == 1


@pytest.mark.parametrize("handle", [{"token": "t"}, None])
async def test_orphans_before_the_acknowledgement_are_ended_and_given_back(
    tmp_path: Path, handle: dict[str, str] | None
) -> None:
    async with Rig(tmp_path) as rig:
        accepted = await rig.studio.submit(rig.ask(handle=handle))
        job_id = accepted.job.job_id  # type: ignore[union-attr]

        assert await rig.store.jobs.abandon(rig.parts.clock.now() + 1) == [job_id]
        rig.workers.wake()
        ended = await rig.end_of(job_id)

        assert ended.state is JobState.FAILED
        assert len(rig.chat.delivered) == (handle is not None)
        used = await rig.store.jobs.usage(["discord:4711/user:42"])
        assert {(entry.used, entry.held) for entry in used} <= {(0, 0)}
        assert rig.providers[0].tasks == []


async def test_a_job_that_takes_every_process_down_is_not_tried_for_ever(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        await rig.workers.stop(0)
        accepted = await rig.studio.submit(rig.ask())
        job_id = accepted.job.job_id  # type: ignore[union-attr]
        await rig.studio.begin(job_id, {"token": "t"})
        for _ in range(3):
            claimed = await rig.store.jobs.claim(["discord"])
            assert claimed is not None
            # A crash is a release that counts as an attempt.
            sql = "UPDATE job SET state = 'queued', owner = NULL WHERE job_id = :job_id"
            await rig.store.jobs._run(sql, {"job_id": job_id})
        await rig.workers.start()

        ended = await rig.end_of(job_id)

        assert ended.state is JobState.FAILED
        assert rig.providers[0].tasks == []
        assert len(rig.chat.delivered) == 1
