"""What a deletion, a death or a lost job leaves in the image store and in the chat: somebody comes and takes it away."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.copies import Copies
from bot.domain.errors import StorageError
from bot.domain.images import MediaType
from bot.domain.jobs import Job, JobState
from bot.domain.outcomes import Delivered
from bot.domain.requests import Reference, ReferenceRole
from bot.hosting.local import LocalStore
from bot.hosting.noted import NotedStore
from bot.pipeline.janitor import bury, take_back
from bot.ports import Accepted
from tests.support.fakes import ScriptedProvider, produced
from tests.support.make import picture, requester
from tests.support.rig import FakeChat, Rig


def objects(rig: Rig) -> list[str]:
    return sorted(path.name for path in (rig.folder / "images").rglob("*") if path.is_file())


class Later:
    """The ledger's clock, hours ahead."""

    def __init__(self, rig: Rig, hours: float) -> None:
        self._now = rig.parts.clock.now() + hours * 3600

    def now(self) -> float:
        return self._now


async def begun(rig: Rig, **changes: Any) -> Job:
    accepted = await rig.studio.submit(rig.ask(**changes))
    assert isinstance(accepted, Accepted)
    assert await rig.studio.begin(accepted.job.job_id, {"token": "t"}, {"message_id": "5"})
    return accepted.job


async def test_a_picture_that_comes_after_its_job_was_deleted_does_not_stay(tmp_path: Path) -> None:
    answer = asyncio.Event()
    provider = ScriptedProvider("openai", [[answer, produced("openai")]])
    chat = FakeChat()
    chat.files["attachment:https://chat/okapi.png"] = picture(colour=(9, 8, 7))
    attached = Reference("attachment:https://chat/okapi.png", ReferenceRole.STYLE)
    async with Rig(tmp_path, providers=(provider,), chat=chat) as rig:
        job = await begun(rig, references=(attached,))
        while not provider.tasks:
            await rig.parts.clock.sleep(0.01)
        assert len(objects(rig)) == 1, "what was attached"
        # By another process: this one's own deletions stop the work.
        await bury(rig.parts, await rig.store.jobs.mark_deleted(job.job_id))
        assert objects(rig) == []

        answer.set()
        while rig.workers.in_flight:
            await rig.parts.clock.sleep(0.01)
        assert len(objects(rig)) == 1, "what was bought"
        await bury(rig.parts)

        assert objects(rig) == []
        assert chat.delivered == []


async def test_what_a_dead_process_has_written_goes_once_its_job_must_be_over(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        await rig.parts.images.keep(picture(), MediaType.PNG, width=64, height=48)
        await rig.parts.images.publish_bytes(picture(colour=(1, 2, 3)), MediaType.WEBP)

        assert await bury(rig.parts) == 0, "its job may still be at work"
        rig.store.jobs._clock = Later(rig, 2)  # type: ignore[assignment]
        assert await bury(rig.parts) == 2
        assert objects(rig) == []


async def test_what_a_job_uses_stays_as_long_as_the_job(tmp_path: Path) -> None:
    chat = FakeChat()
    chat.files["attachment:https://chat/okapi.png"] = picture(colour=(9, 8, 7))
    attached = Reference("attachment:https://chat/okapi.png", ReferenceRole.STYLE)
    async with Rig(tmp_path, chat=chat) as rig:
        job = await rig.finished(references=(attached,))
        copy = await rig.parts.images.publish_bytes(picture(colour=(1, 2, 3)), MediaType.JPEG)
        await rig.store.jobs.note_copy(job.job_id, copy)
        before = objects(rig)

        rig.store.jobs._clock = Later(rig, 48)  # type: ignore[assignment]
        assert await bury(rig.parts) == 0
        assert objects(rig) == before
        await rig.studio.delete(job.job_id, requester())
        await bury(rig.parts)
        assert objects(rig) == []


async def test_a_copy_that_comes_after_its_job_was_deleted_does_not_stay(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        job = await rig.finished()
        await rig.studio.delete(job.job_id, requester())
        await bury(rig.parts)
        copy = await rig.parts.images.publish_bytes(picture(colour=(1, 2, 3)), MediaType.JPEG)

        await rig.store.jobs.note_copy(job.job_id, copy)

        assert await bury(rig.parts) == 1
        assert objects(rig) == []


class Away:
    """A ledger that cannot be asked."""

    async def expect_objects(self, keys: object, seconds: float) -> None:
        raise StorageError("postgres: ConnectionDoesNotExistError")


async def test_without_the_ledger_a_paid_picture_is_stored_all_the_same(tmp_path: Path) -> None:
    store = NotedStore(LocalStore(tmp_path, "https://cdn.example", public=True), Away())  # type: ignore[arg-type]

    kept = await store.keep(picture(), MediaType.PNG, width=64, height=48)

    assert await store.read(await store.publish(kept)) == picture()


@pytest.mark.parametrize("waiting", [{}, {"channel_id": "1", "message_id": "5"}])
async def test_a_message_that_comes_after_its_job_was_deleted_is_taken_back(
    tmp_path: Path, waiting: dict[str, str]
) -> None:
    """As a gallery's entry, or a picture shown again; also while the job's own message cannot be deleted."""
    async with Rig(tmp_path) as rig:
        rig.chat.shown_at = waiting
        job = await rig.finished()
        assert isinstance(job.outcome, Delivered)
        rig.chat.faults_of_retract = [OSError("away")] if waiting else []
        await rig.store.jobs.mark_deleted(job.job_id)

        await Copies(rig.store.secrets, rig.store.jobs).add(job.job_id, 1, 77)
        await take_back(rig.parts)
        await take_back(rig.parts)

        left = await rig.store.jobs.get(job.job_id)
        assert left is not None
        assert (left.state, left.message) == (JobState.DELETED, {})
        assert len(rig.chat.retracted) == (2 if waiting else 1)


async def test_a_message_of_a_job_that_stands_is_nothing_to_take_back(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        job = await rig.finished()

        assert not await rig.store.jobs.leave_shown(job.job_id, {"message_id": "77"})

        unchanged = await rig.store.jobs.get(job.job_id)
        assert unchanged == job
