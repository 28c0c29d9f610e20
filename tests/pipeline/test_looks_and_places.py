"""What the checks are told, which pictures they see, and what is left in the store of a job deleted meanwhile."""

import math
from pathlib import Path
from typing import ClassVar

import pytest

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderFailed
from bot.domain.images import MediaType
from bot.domain.jobs import Steps
from bot.domain.moderation import Looked
from bot.domain.outcomes import DecidedBy, Delivered, Failed, FailureClass, RefusalReason, Refused
from bot.domain.policy import Content, OutputCheck, Policy
from bot.domain.requests import JobId, Reference, ReferenceRole
from bot.hosting.local import LocalStore
from bot.pipeline.inspect import inspect, must_check
from bot.pipeline.janitor import bury
from bot.pipeline.looks import Looks
from bot.pipeline.run import Run
from bot.ports import Accepted
from tests.support.fakes import ScriptedProvider, produced
from tests.support.make import job, kept, paid, picture
from tests.support.rig import FakeChat, FakeLocalCheck, FakeModerator, Rig


@pytest.mark.parametrize("fell_back", [True, False])
async def test_where_moderators_want_it_only_pictures_of_a_stand_in_are_looked_at(
    tmp_path: Path, *, fell_back: bool
) -> None:
    first = ScriptedProvider("openai", [[ProviderFailed("openai") if fell_back else produced("openai")]])
    second = ScriptedProvider("azure", [[produced("azure")]])
    moderator = FakeModerator()
    async with Rig(tmp_path, providers=(first, second), moderator=moderator) as rig:
        rig.with_policy(content=Content(output_check=OutputCheck.FALLBACK_ONLY))
        outcome = (await rig.finished()).outcome

    assert isinstance(outcome, Delivered)
    assert moderator.images_seen == int(fell_back)


async def test_a_sample_is_a_quarter_of_all_pictures(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        run = Run(rig.parts, job(), Policy(content=Content(output_check=OutputCheck.SAMPLED)))
        looked_at = [
            must_check(run, paid(images=(kept(sha256=f"{first:02x}" + "0" * 62),), model="model"))
            for first in range(256)
        ]

    assert sum(looked_at) == 64


async def test_of_a_look_without_a_number_only_the_outage_is_kept(tmp_path: Path) -> None:
    async with Rig(tmp_path, local_check=FakeLocalCheck([math.nan])) as rig:
        looks = Looks(rig.parts, Content(), Deadline(rig.parts.clock.now() + 60), filtered=False)

        assert await looks.at(picture()) == Failed(FailureClass.CHECK_DOWN)

    assert looks.looked[1:] == [Looked(1, "local_check", "outage", "", 0.0, "", 0.0)]


class Overtaken(LocalStore):
    """A store that is asked for the preview in the moment in which another process deletes the job."""

    rig: ClassVar[Rig]
    job_id: ClassVar[JobId]

    async def publish_bytes(self, data: bytes, media_type: MediaType) -> str:
        await self.rig.store.jobs.mark_deleted(self.job_id)
        await bury(self.rig.parts)
        return await super().publish_bytes(data, media_type)


async def test_what_was_published_of_a_job_deleted_meanwhile_goes_at_the_next_round(tmp_path: Path) -> None:
    store = Overtaken(tmp_path / "images", "https://cdn.example", public=True)
    async with Rig(tmp_path, images=store) as rig:
        Overtaken.rig = rig
        accepted = await rig.studio.submit(rig.ask())
        assert isinstance(accepted, Accepted)
        Overtaken.job_id = accepted.job.job_id
        assert await rig.studio.begin(store.job_id, {"token": "t"}, {"message_id": "5"})
        await rig.parts.clock.sleep(0.05)
        while rig.workers.in_flight:
            await rig.parts.clock.sleep(0.01)
        before = [path for path in (tmp_path / "images").rglob("*") if path.is_file()]

        await bury(rig.parts)

        assert len(before) == 2, "the picture and its preview"
        assert [path for path in (tmp_path / "images").rglob("*") if path.is_file()] == []


async def test_the_text_model_is_told_what_the_attached_pictures_are_for(tmp_path: Path) -> None:
    chat = FakeChat()
    chat.files["attachment:https://chat/okapi.png"] = picture(colour=(9, 8, 7))
    attached = Reference("attachment:https://chat/okapi.png", ReferenceRole.STYLE)
    async with Rig(tmp_path, chat=chat) as rig:
        await rig.finished(references=(attached,))

        assert [task.reference_roles for task in rig.sanitizer.tasks] == [("style",)]


@pytest.mark.parametrize(
    ("said", "by"),
    [
        ([("local_check", "hold"), ("output_check", "allow")], DecidedBy.LOCAL_CHECK),
        ([("local_check", "reject"), ("output_check", "reject")], DecidedBy.OUTPUT_CHECK),
        ([("output_check", "outage"), ("local_check", "allow")], DecidedBy.OUTPUT_CHECK),
    ],
)
async def test_after_a_restart_a_held_picture_is_owed_to_who_spoke_against_it_last(
    tmp_path: Path, said: list[tuple[str, str]], by: DecidedBy
) -> None:
    looked = tuple(Looked(place, check, says) for place, (check, says) in enumerate(said, 1))
    async with Rig(tmp_path) as rig:
        run = Run(rig.parts, job(steps=Steps(held=("show", "show"), looked=looked)), Policy())

        assert await inspect(run, paid()) == Refused(RefusalReason.HELD, by)
