"""The local model in the whole journey: in an outage, as a second vote on FLUX, and in everything that tells about it."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.domain.images import GeneratedImage, MediaType
from bot.domain.jobs import Job
from bot.domain.outcomes import DecidedBy, Delivered, Failed, FailureClass, RefusalReason, Refused
from bot.domain.policy import Content, OnCheckOutage, OnUnsafePicture, Strictness
from bot.moderation.cases import CaseView
from bot.moderation.pages import Page
from bot.moderation.panel import Panel
from bot.pipeline.looks import Looks
from bot.providers.offline.render import render
from bot.providers.profiles import FLUX_2
from bot.sanitizers.opennsfw import open_opennsfw
from tests.support.fakes import ScriptedProvider, produced
from tests.support.make import picture
from tests.support.rig import MODERATOR, FakeLocalCheck, FakeModerator, Rig

HARMLESS, DOUBTFUL, NUDE = 0.05, 0.5, 0.95
HOLD, SPOILER, BLOCK = OnUnsafePicture.HOLD, OnUnsafePicture.SPOILER, OnUnsafePicture.BLOCK
TRUSTED = OnCheckOutage.LOCAL


def flux() -> ScriptedProvider:
    return ScriptedProvider("bfl", [[produced("bfl")]], profile=FLUX_2)


def filtered(count: int = 1) -> ScriptedProvider:
    return ScriptedProvider("openai", [[produced("openai", count=count)]])


def published(folder: Path) -> list[Path]:
    return [path for path in (folder / "images" / "i").rglob("*") if path.is_file()]


async def run(
    folder: Path,
    provider: ScriptedProvider,
    check: FakeLocalCheck | None,
    *,
    down: bool = True,
    **content: Any,
) -> Job:
    """One job while the service that scores pictures is down, or up."""
    moderator = FakeModerator(image_down=99 if down else 0)
    async with Rig(folder, [provider], moderator=moderator, local_check=check) as rig:
        rig.with_policy(content=Content(**content))
        return await rig.finished()


def spoilers(job: Job) -> list[bool]:
    assert isinstance(job.outcome, Delivered), job.outcome
    return [image.spoiler for image in job.outcome.images]


async def test_it_lets_a_picture_be_shown_veiled_where_moderators_trust_it(tmp_path: Path) -> None:
    job = await run(tmp_path, filtered(), FakeLocalCheck([HARMLESS]), on_check_outage=TRUSTED)

    assert spoilers(job) == [True]
    assert [(one.check, one.says) for one in job.steps.looked] == [
        ("output_check", "outage"),
        ("local_check", "allow"),
    ]


async def test_it_lets_nothing_through_by_itself(tmp_path: Path) -> None:
    job = await run(tmp_path, filtered(), FakeLocalCheck([HARMLESS]))

    assert job.outcome == Failed(FailureClass.CHECK_DOWN)
    assert published(tmp_path) == []


async def test_a_strict_community_looks_itself_even_where_it_trusts_it(tmp_path: Path) -> None:
    job = await run(
        tmp_path,
        filtered(),
        FakeLocalCheck([HARMLESS]),
        on_check_outage=TRUSTED,
        strictness=Strictness.STRICT,
    )

    assert job.outcome == Refused(RefusalReason.HELD, DecidedBy.LOCAL_CHECK)
    assert job.steps.held == ("show",)
    assert published(tmp_path) == []


async def test_what_it_takes_for_nudity_is_not_even_shown_veiled(tmp_path: Path) -> None:
    """Without it this community would have been shown the picture behind a spoiler."""
    job = await run(tmp_path, filtered(), FakeLocalCheck([NUDE]), on_unsafe_picture=SPOILER)

    assert job.outcome == Refused(RefusalReason.OUTPUT_CHECK, DecidedBy.LOCAL_CHECK, appealable=True)
    assert published(tmp_path) == []


async def test_what_it_is_not_sure_of_waits_for_a_moderator_and_comes_out_veiled(tmp_path: Path) -> None:
    check = FakeLocalCheck([DOUBTFUL])
    moderator = FakeModerator(image_down=99)
    async with Rig(tmp_path, [filtered()], moderator=moderator, local_check=check) as rig:
        rig.with_policy(content=Content(on_unsafe_picture=SPOILER))
        job = await rig.finished()

        assert job.outcome == Refused(RefusalReason.HELD, DecidedBy.LOCAL_CHECK)
        assert published(tmp_path) == []
        queue = await rig.desk.queue(MODERATOR)
        assert isinstance(queue, list)
        view: CaseView = queue[0]
        assert (view.case.decided_by, view.pictures) == ("local_check", 1)
        assert await rig.store.jobs.release_held(job.job_id, 60.0)
        assert spoilers(await rig.end_of(job.job_id)) == [True]


async def test_one_doubtful_picture_holds_them_all_and_a_blocked_one_stays_away(tmp_path: Path) -> None:
    moderator = FakeModerator(image_down=99)
    check = FakeLocalCheck([NUDE, DOUBTFUL, HARMLESS])
    async with Rig(tmp_path, [filtered(3)], moderator=moderator, local_check=check) as rig:
        rig.with_policy(content=Content(on_unsafe_picture=SPOILER))
        job = await rig.finished(typed={"count": 3})

        assert job.steps.held == ("withhold", "spoiler", "spoiler")
        assert published(tmp_path) == []
        assert await rig.store.jobs.release_held(job.job_id, 60.0)
        assert spoilers(await rig.end_of(job.job_id)) == [True, True]


@pytest.mark.parametrize(
    ("score", "trust"),
    [
        (HARMLESS, OnCheckOutage.CLOSED),
        (HARMLESS, TRUSTED),
        (DOUBTFUL, TRUSTED),
        (NUDE, TRUSTED),
        (None, TRUSTED),
    ],
)
async def test_in_an_outage_no_flux_picture_is_published(
    tmp_path: Path, score: float | None, trust: OnCheckOutage
) -> None:
    """At most a moderator gets to see it, where they let the local model count."""
    job = await run(
        tmp_path, flux(), FakeLocalCheck([score]), on_check_outage=trust, on_unsafe_picture=SPOILER
    )

    assert not isinstance(job.outcome, Delivered)
    assert published(tmp_path) == []
    held = isinstance(job.outcome, Refused) and job.outcome.reason is RefusalReason.HELD
    assert held is (trust is TRUSTED and score == HARMLESS)


@pytest.mark.parametrize(
    ("score", "how", "says"),
    [
        (HARMLESS, BLOCK, "delivered"),
        (DOUBTFUL, BLOCK, RefusalReason.OUTPUT_CHECK),
        (DOUBTFUL, SPOILER, RefusalReason.HELD),
        (NUDE, SPOILER, RefusalReason.OUTPUT_CHECK),
        (NUDE, HOLD, RefusalReason.HELD),
        (None, HOLD, FailureClass.CHECK_DOWN),
    ],
)
async def test_it_has_a_second_vote_on_flux_pictures_that_the_service_let_pass(
    tmp_path: Path, score: float | None, how: OnUnsafePicture, says: object
) -> None:
    job = await run(
        tmp_path,
        flux(),
        FakeLocalCheck([score]),
        down=False,
        on_unsafe_picture=how,
        on_check_outage=TRUSTED,
    )

    match job.outcome:
        case Delivered():
            assert says == "delivered"
            assert spoilers(job) == [False]
        case Refused(reason=reason, decided_by=by):
            assert (reason, by) == (says, DecidedBy.LOCAL_CHECK)
        case Failed(failure=failure):
            assert failure == says
    assert (published(tmp_path) == []) is (says != "delivered")


async def test_it_is_not_asked_about_a_filtered_hosts_picture_that_was_checked(tmp_path: Path) -> None:
    check = FakeLocalCheck([NUDE])
    job = await run(tmp_path, filtered(), check, down=False)

    assert isinstance(job.outcome, Delivered)
    assert check.seen == 0


async def test_it_cannot_overrule_the_service(tmp_path: Path) -> None:
    check = FakeLocalCheck([HARMLESS])
    moderator = FakeModerator(image_scores=[{"violence": 0.99}])
    async with Rig(tmp_path, [flux()], moderator=moderator, local_check=check) as rig:
        rig.with_policy(content=Content(on_check_outage=TRUSTED))
        job = await rig.finished()

    assert job.outcome == Refused(RefusalReason.OUTPUT_CHECK, DecidedBy.OUTPUT_CHECK, appealable=True)


async def test_it_is_no_substitute_for_a_service_that_was_never_set_up(tmp_path: Path) -> None:
    check = FakeLocalCheck([HARMLESS])
    async with Rig(tmp_path, [filtered()], moderator=None, local_check=check) as rig:
        rig.with_policy(content=Content(on_check_outage=TRUSTED, on_unsafe_picture=SPOILER))
        job = await rig.finished()

    assert job.outcome == Failed(FailureClass.CHECK_DOWN)


async def test_it_is_no_substitute_for_a_second_check_that_moderators_want(tmp_path: Path) -> None:
    class Fine:
        async def picture(self, *_: object) -> float:
            return 0.0

        async def words(self, *_: object) -> float:
            return 0.0

    check = FakeLocalCheck([HARMLESS])
    moderator = FakeModerator(image_down=99)
    async with Rig(
        tmp_path, [filtered()], moderator=moderator, local_check=check, second_check=Fine()
    ) as rig:
        rig.with_policy(content=Content(on_check_outage=TRUSTED, second_check=True))
        job = await rig.finished()

    assert job.outcome == Failed(FailureClass.CHECK_DOWN)


@pytest.mark.parametrize(
    ("score", "passes"), [(HARMLESS, True), (DOUBTFUL, False), (NUDE, False), (None, False)]
)
async def test_a_preview_needs_its_pass_as_well(tmp_path: Path, score: float | None, passes: bool) -> None:
    async with Rig(tmp_path, local_check=FakeLocalCheck([score])) as rig:
        looks = Looks(rig.parts, Content(), rig_deadline(rig), filtered=True)

        assert await looks.may_preview(picture()) is passes


def rig_deadline(rig: Rig) -> Any:
    from bot.domain.clock import Deadline

    return Deadline(rig.parts.clock.now() + 60)


async def test_what_it_said_is_in_the_audit_trail_and_counted(tmp_path: Path) -> None:
    moderator = FakeModerator(image_down=99)
    check = FakeLocalCheck([0.4321987])
    async with Rig(tmp_path, [filtered()], moderator=moderator, local_check=check) as rig:
        rig.with_policy(content=Content(on_unsafe_picture=SPOILER))
        await rig.finished()
        trail = await rig.desk.audit_page(MODERATOR)
        assert isinstance(trail, list)
        ended = next(entry.data for entry in trail if entry.event == "ended")

        said = re.sub(r" in [\d.]+ s", "", ended["looked"])
        assert said == "1 output_check outage; 1 local_check hold sexual 0.4322 opennsfw"
        assert ended["decided_by"] == "local_check"
        assert json.dumps(ended)
        assert rig.observed.looks == [("output_check", "outage"), ("local_check", "hold")]
        assert ("local_check", "held") in rig.observed.refusals
        assert await rig.desk.audit_is_whole(MODERATOR) is True


async def test_an_appeal_against_it_may_be_granted(tmp_path: Path) -> None:
    from bot.moderation.cases import approvable

    job = await run(tmp_path, filtered(), FakeLocalCheck([NUDE]))

    assert isinstance(job.outcome, Refused)
    assert approvable(job.outcome)
    assert not approvable(dataclasses.replace(job.outcome, reason=RefusalReason.MINORS))


async def test_moderators_dry_run_names_it_where_it_is_set_up(tmp_path: Path) -> None:
    async with Rig(tmp_path, local_check=FakeLocalCheck()) as rig:
        page = await Panel(rig.desk).command(MODERATOR, "test a brass owl")

    assert isinstance(page, Page)
    assert "look at the finished picture: picture check, picture check on this machine" in " ".join(
        page.lines
    )


async def test_the_real_model_lets_a_harmless_drawing_be_shown_veiled(tmp_path: Path) -> None:
    drawn = render("a brass owl on a shelf", width=256, height=256, seed=1, variant=0).png
    made = dataclasses.replace(produced("openai"), images=(GeneratedImage(drawn, MediaType.PNG),))
    check = await open_opennsfw(SystemClock())
    moderator = FakeModerator(image_down=99)
    provider = ScriptedProvider("openai", [[made]])
    async with Rig(tmp_path, [provider], moderator=moderator, local_check=check) as rig:
        rig.with_policy(content=Content(on_check_outage=TRUSTED))
        job = await rig.finished()
    await check.aclose()

    assert spoilers(job) == [True]
    assert job.steps.looked[-1].score < 0.2
    assert rig.observed.looks[-1] == ("local_check", "allow")
