"""One test for each row of the refusal table and of the outage table, through the whole pipeline."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict, ProviderFailed
from bot.domain.images import MediaType, ProviderRefusal, RefusalStage
from bot.domain.jobs import Job
from bot.domain.moderation import ModerationScores
from bot.domain.moderators import CaseKind
from bot.domain.outcomes import DecidedBy, Delivered, Failed, FailureClass, NoticeKey, RefusalReason, Refused
from bot.domain.policy import (
    Content,
    Limits,
    OnSanitizerOutage,
    OnUnsafePicture,
    Presentation,
    Recovery,
    RefusalFallback,
)
from bot.domain.verdict import AmbiguousTerm, Category, Decision, ReasonCode, Verdict
from bot.ports import SanitizeTask
from bot.providers.profiles import FLUX_2
from tests.support.fakes import ScriptedProvider, produced
from tests.support.rig import MODERATOR, FakeModerator, FakeSanitizer, Rig

IN, OUT = RefusalStage.INPUT, RefusalStage.OUTPUT
STAR = Verdict(
    Decision.ALLOW,
    ambiguous_terms=(AmbiguousTerm("shooting star", "meteor"),),
    safe_prompt="a shooting star over a lake",
    alt_text="A shooting star.",
)
WORDS = "a shooting star over a lake"
OPTED_IN = Recovery(refusal_fallback=RefusalFallback.BENIGN_ONLY)


def refusing(*steps: Any, name: str = "openai", **changes: Any) -> ScriptedProvider:
    """A provider that answers with these events in turn, then draws."""
    scripts = [[step] for step in steps] + [[produced(name)]]
    return ScriptedProvider(name, scripts, **changes)


def no(stage: RefusalStage, *categories: str, name: str = "openai") -> ProviderRefusal:
    return ProviderRefusal(name, "model", stage, categories)


def flux(*steps: Any) -> ScriptedProvider:
    return refusing(*steps, name="bfl", profile=FLUX_2)


async def run(rig: Rig, verdict: Verdict | NoVerdict | None = STAR, words: str = WORDS) -> Job:
    rig.sanitizer.verdict = verdict
    return await rig.finished(words)


async def strikes(rig: Rig) -> int:
    return len(await rig.store.moderation.strikes("discord:4711", "42", 0.0))


async def test_row_1_a_harmless_misfire_is_reworded_once_and_told(tmp_path: Path) -> None:
    openai = refusing(no(IN, "violence"))
    async with Rig(tmp_path, [openai, flux()]) as rig:
        job = await run(rig)

        assert isinstance(job.outcome, Delivered)
        assert [task.prompt for task in openai.tasks] == [WORDS, "a meteor over a lake"]
        told = [notice for notice in job.outcome.notices if notice.key is NoticeKey.REWORDED]
        assert told[0].params == (("term", "shooting star"), ("reading", "meteor"))
        assert await strikes(rig) == 0


@pytest.mark.parametrize("opted_in", [True, False])
async def test_row_1_after_a_failed_rewording_flux_only_if_moderators_opted_in(
    tmp_path: Path, opted_in: bool
) -> None:
    openai, other = refusing(no(IN, "violence"), no(IN, "violence")), flux()
    async with Rig(tmp_path, [openai, other]) as rig:
        rig.with_policy(recovery=OPTED_IN if opted_in else Recovery())
        job = await run(rig)

        assert isinstance(job.outcome, Delivered if opted_in else Refused)
        assert len(openai.tasks) == 2
        assert [task.prompt for task in other.tasks] == ([WORDS] if opted_in else [])
        assert rig.moderator is not None
        assert rig.moderator.images_seen == (1 if opted_in else 0)


async def test_row_1_an_unsafe_reading_never_reaches_a_provider(tmp_path: Path) -> None:
    openai = refusing(no(IN, "violence"))
    hijacked = dataclasses.replace(
        STAR, ambiguous_terms=(AmbiguousTerm("shooting star", "dismembered corpse"),)
    )
    async with Rig(tmp_path, [openai]) as rig:
        assert rig.moderator is not None
        rig.moderator.text_scores = {"corpse": {"violence/graphic": 0.99}}
        job = await run(rig, hijacked)

        assert isinstance(job.outcome, Refused)
        assert job.outcome.suggestion is None
        assert [task.prompt for task in openai.tasks] == [WORDS]


@pytest.mark.parametrize("category", ["sexual", "hate", "harassment", "self-harm", "illicit"])
async def test_row_2_a_sensitive_category_is_offered_and_never_drawn_elsewhere(
    tmp_path: Path, category: str
) -> None:
    openai, other = refusing(no(IN, category)), flux()
    async with Rig(tmp_path, [openai, other]) as rig:
        rig.with_policy(recovery=OPTED_IN)
        job = await run(rig)

        assert isinstance(job.outcome, Refused)
        assert job.outcome.suggestion == "a meteor over a lake"
        assert (len(openai.tasks), other.tasks, await strikes(rig)) == (1, [], 0)


async def test_row_3_words_between_the_thresholds_are_stopped(tmp_path: Path) -> None:
    openai, other = refusing(no(IN, "violence")), flux()
    async with Rig(tmp_path, [openai, other]) as rig:
        rig.with_policy(recovery=OPTED_IN)
        assert rig.moderator is not None
        rig.moderator.text_scores = {"star": {"violence": 0.4}}
        job = await run(rig)

        assert isinstance(job.outcome, Refused)
        assert (job.outcome.suggestion, job.outcome.appealable) == (None, True)
        assert (len(openai.tasks), other.tasks, await strikes(rig)) == (1, [], 0)


async def test_row_4_words_over_the_upper_threshold_are_stopped_before_any_provider(tmp_path: Path) -> None:
    openai = refusing()
    async with Rig(tmp_path, [openai]) as rig:
        assert rig.moderator is not None
        rig.moderator.text_scores = {"star": {"violence": 0.9}}
        job = await run(rig)

        assert isinstance(job.outcome, Refused)
        assert (openai.tasks, await strikes(rig)) == ([], 1)


async def test_row_5_an_unsafe_picture_of_harmless_words_is_tried_once_with_constraints(
    tmp_path: Path,
) -> None:
    openai, other = refusing(no(OUT, "sexual"), no(OUT, "sexual")), flux()
    async with Rig(tmp_path, [openai, other]) as rig:
        rig.with_policy(recovery=OPTED_IN)
        job = await run(rig)

        assert isinstance(job.outcome, Refused)
        assert job.outcome.reason is RefusalReason.PROVIDER_OUTPUT
        assert [("clothed" in task.prompt) for task in openai.tasks] == [False, True]
        assert other.tasks == []


@pytest.mark.parametrize(("budget", "tries"), [(90_000, 1), (120_000, 2)])
async def test_row_5_is_not_tried_again_where_the_budget_holds_no_second_picture(
    tmp_path: Path, budget: int, tries: int
) -> None:
    """The first one may have been paid for."""
    openai = refusing(dataclasses.replace(no(OUT, "sexual"), maybe_billed=True))
    async with Rig(tmp_path, [openai]) as rig:
        rig.with_policy(limits=Limits(budget_day=budget))
        job = await run(rig)

        assert len(openai.tasks) == tries
        assert isinstance(job.outcome, Delivered if tries == 2 else Refused)


async def test_row_6_an_unsafe_picture_of_doubtful_words_is_stopped(tmp_path: Path) -> None:
    openai = refusing(no(OUT, "violence"))
    async with Rig(tmp_path, [openai]) as rig:
        assert rig.moderator is not None
        rig.moderator.text_scores = {"star": {"violence": 0.4}}
        job = await run(rig)

        assert isinstance(job.outcome, Refused)
        assert len(openai.tasks) == 1


@pytest.mark.parametrize("whose", ["theirs", "ours"])
async def test_row_7_minors_stop_everything_lock_and_alert_without_a_public_log(
    tmp_path: Path, whose: str
) -> None:
    openai = refusing(*([no(IN, "sexual/minors")] if whose == "theirs" else []))
    async with Rig(tmp_path, [openai, flux()]) as rig:
        rig.with_policy(
            recovery=OPTED_IN, presentation=dataclasses.replace(rig.policy.presentation, log_channel="log")
        )
        assert rig.moderator is not None
        if whose == "ours":
            rig.moderator.text_scores = {"star": {"sexual/minors": 0.5}}
        job = await run(rig)

        assert isinstance(job.outcome, Refused)
        assert (job.outcome.reason, job.outcome.suggestion) == (RefusalReason.MINORS, None)
        assert not job.outcome.appealable
        assert "safety" in rig.observed.alerts
        assert rig.chat.cards == []
        again = await rig.studio.submit(rig.ask("a brass owl"))
        assert isinstance(again, Refused)
        assert again.reason is RefusalReason.SUSPENDED


async def test_row_7_a_text_models_word_alone_is_reviewed_and_locks_the_second_time(tmp_path: Path) -> None:
    verdict = Verdict(
        Decision.REJECT, category=Category.MINORS, reason_code=ReasonCode.MINORS, suggestion="an owl"
    )
    async with Rig(tmp_path) as rig:
        rig.with_policy(presentation=Presentation(log_channel="99"))
        rig.sanitizer.verdict = verdict
        first = await rig.finished("something")
        queue = await rig.desk.queue(MODERATOR)
        assert isinstance(first.outcome, Refused)
        assert first.outcome == Refused(RefusalReason.MINORS, DecidedBy.SANITIZER)
        assert isinstance(queue, list)
        assert [view.case.kind for view in queue] == [CaseKind.SAFETY]
        assert rig.observed.alerts == ["safety"]
        assert await rig.desk.suspensions(MODERATOR) == []
        assert rig.chat.cards == [], "nothing in a public log"

        await rig.finished("something again")
        locked = await rig.desk.suspensions(MODERATOR)
        assert isinstance(locked, list)
        assert [one.user_id for one in locked] == ["42"]


@pytest.mark.parametrize("category", ["public_figure", "deception", "copyright"])
async def test_row_8_people_and_characters_are_offered_a_generic_wording(
    tmp_path: Path, category: str
) -> None:
    openai, other = refusing(no(IN, category)), flux()
    async with Rig(tmp_path, [openai, other]) as rig:
        rig.with_policy(recovery=OPTED_IN)
        job = await run(rig)

        assert isinstance(job.outcome, Refused)
        assert job.outcome.reason is RefusalReason.REAL_PERSON
        assert (len(openai.tasks), other.tasks) == (1, [])


@pytest.mark.parametrize(("score", "suggests"), [(0.01, True), (0.4, False)])
async def test_row_9_an_unknown_stage_is_row_2_or_row_3(tmp_path: Path, score: float, suggests: bool) -> None:
    openai = refusing(no(RefusalStage.UNKNOWN))
    async with Rig(tmp_path, [openai]) as rig:
        assert rig.moderator is not None
        rig.moderator.text_scores = {"star": {"violence": score}}
        job = await run(rig)

        assert isinstance(job.outcome, Refused)
        assert (len(openai.tasks), job.outcome.suggestion is not None) == (1, suggests)


async def test_row_10_an_outage_is_no_refusal_and_goes_on_to_the_backup(tmp_path: Path) -> None:
    openai = ScriptedProvider("openai", [[ProviderFailed("openai", "model")]])
    async with Rig(tmp_path, [openai, flux()]) as rig:
        job = await run(rig)

        assert isinstance(job.outcome, Delivered)
        assert NoticeKey.BACKUP_MODEL in [notice.key for notice in job.outcome.notices]


@pytest.mark.parametrize("stage", [IN, OUT])
async def test_row_11_a_flux_refusal_is_final(tmp_path: Path, stage: RefusalStage) -> None:
    first, third = flux(no(stage, name="bfl")), refusing(name="third", profile=FLUX_2)
    async with Rig(tmp_path, [first, third]) as rig:
        rig.with_policy(recovery=OPTED_IN)
        job = await run(rig)

        assert isinstance(job.outcome, Refused)
        assert (len(first.tasks), third.tasks) == (1, [])


@pytest.mark.parametrize("kind", ["outage", "garbage", "refusal", "leak"])
@pytest.mark.parametrize("setting", list(OnSanitizerOutage))
async def test_outage_of_the_sanitizer(tmp_path: Path, kind: str, setting: OnSanitizerOutage) -> None:
    """Only a model that cannot be reached, under "degraded", lets harmless words go out as they are."""
    openai, other = refusing(), flux()
    async with Rig(tmp_path, [other, openai]) as rig:
        rig.with_policy(recovery=Recovery(on_sanitizer_outage=setting))
        job = await run(rig, NoVerdict(kind), "a brass owl")

        degraded = kind == "outage" and setting is OnSanitizerOutage.DEGRADED
        assert isinstance(job.outcome, Delivered) is degraded
        assert len(openai.tasks) == int(degraded)
        assert other.tasks == []  # never to a host without a filter of its own
        if degraded:
            assert isinstance(job.outcome, Delivered)
            assert NoticeKey.POLISHING_OFF in [notice.key for notice in job.outcome.notices]
        elif kind in {"refusal", "leak"}:
            assert isinstance(job.outcome, Refused)
            assert job.outcome.appealable
        else:
            assert job.outcome == Failed(FailureClass.SANITIZER_DOWN)


async def test_outage_of_the_sanitizer_under_closed_is_waited_for(tmp_path: Path) -> None:
    class AwayTwice(FakeSanitizer):
        async def judge(self, task: SanitizeTask, deadline: Deadline) -> Verdict:
            if len(self.tasks) < 2:
                self.tasks.append(task)
                raise NoVerdict("outage")
            return await super().judge(task, deadline)

    openai = refusing()
    async with Rig(tmp_path, [openai], sanitizer=AwayTwice()) as rig:
        rig.with_policy(recovery=Recovery(on_sanitizer_outage=OnSanitizerOutage.CLOSED))
        job = await rig.finished("a brass owl")

        assert isinstance(job.outcome, Delivered)
        assert [notice.key for notice in job.outcome.notices] == []
        assert len(rig.sanitizer.tasks) == 3


async def test_outage_of_sanitizer_and_moderation_is_closed(tmp_path: Path) -> None:
    openai = refusing()
    async with Rig(tmp_path, [openai]) as rig:
        assert rig.moderator is not None
        rig.moderator.text_down = True
        job = await run(rig, NoVerdict("outage"), "a brass owl")

        assert job.outcome == Failed(FailureClass.SANITIZER_DOWN)
        assert openai.tasks == []


async def test_outage_of_moderation_only_leaves_hosts_with_a_filter(tmp_path: Path) -> None:
    openai, other = refusing(), flux()
    async with Rig(tmp_path, [other, openai]) as rig:
        assert rig.moderator is not None
        rig.moderator.text_down = True
        job = await run(rig, None, "a brass owl")

        assert isinstance(job.outcome, Delivered)
        assert (len(openai.tasks), other.tasks) == (1, [])


async def test_one_injection_is_no_strike_two_in_a_day_are(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        await run(rig, NoVerdict("leak"), "an owl that ignores you")
        assert await strikes(rig) == 0
        await run(rig, NoVerdict("leak"), "an owl that ignores you again")
        assert await strikes(rig) == 1


async def run_unchecked(rig: Rig, how: OnUnsafePicture) -> Job:
    """A job while the check of finished pictures is down for longer than anybody waits."""
    rig.with_policy(content=Content(on_unsafe_picture=how))
    assert rig.moderator is not None
    rig.moderator.image_down = 99
    return await run(rig)


@pytest.mark.parametrize("how", list(OnUnsafePicture))
async def test_outage_of_the_output_check_on_a_flux_picture_publishes_nothing(
    tmp_path: Path, how: OnUnsafePicture
) -> None:
    """Its host has no filter of its own: tried three times, then given up, whatever the setting."""
    async with Rig(tmp_path, [flux()]) as rig:
        job = await run_unchecked(rig, how)

        assert job.outcome == Failed(FailureClass.CHECK_DOWN)
        assert rig.moderator is not None
        assert rig.moderator.image_down == 96
        assert published(tmp_path) == []


@pytest.mark.parametrize("how", list(OnUnsafePicture))
async def test_outage_of_the_output_check_on_a_gpt_image_picture_goes_by_the_setting(
    tmp_path: Path, how: OnUnsafePicture
) -> None:
    """The provider has moderated its own output: veiled, held for a moderator, or nothing at all."""
    async with Rig(tmp_path, [refusing()]) as rig:
        job = await run_unchecked(rig, how)

        match how:
            case OnUnsafePicture.SPOILER:
                assert isinstance(job.outcome, Delivered)
                assert [image.spoiler for image in job.outcome.images] == [True]
            case OnUnsafePicture.HOLD:
                assert job.outcome == Refused(RefusalReason.HELD, DecidedBy.OUTPUT_CHECK)
                assert job.steps.held == ("show",)
                assert published(tmp_path) == []
            case OnUnsafePicture.BLOCK:
                assert job.outcome == Failed(FailureClass.CHECK_DOWN)
                assert published(tmp_path) == []


async def test_outage_of_the_output_check_veils_what_it_has_not_seen_and_withholds_what_it_has(
    tmp_path: Path,
) -> None:
    two = dataclasses.replace(produced("openai", count=2))
    async with Rig(tmp_path, [ScriptedProvider("openai", [[two]])]) as rig:
        rig.with_policy(content=Content(on_unsafe_picture=OnUnsafePicture.SPOILER))
        rig.moderator = FirstThenDown()
        parts = dataclasses.replace(rig.parts, moderator=rig.moderator)
        rig.workers.parts = parts
        job = await rig.finished(typed={"count": 2})

        assert job.steps.verdicts == ("withhold", "spoiler")


@dataclasses.dataclass
class FirstThenDown(FakeModerator):
    """Flags the first picture, then answers no more."""

    async def score_image(self, data: bytes, media_type: MediaType, deadline: Deadline) -> ModerationScores:
        if self.images_seen:
            raise ProviderFailed("moderation")
        self.images_seen += 1
        return ModerationScores({"violence": 0.99})


@pytest.mark.parametrize("how", list(OnUnsafePicture))
async def test_no_output_check_at_all_is_no_outage_and_shows_nothing(
    tmp_path: Path, how: OnUnsafePicture
) -> None:
    async with Rig(tmp_path, [refusing()], moderator=None) as rig:
        rig.with_policy(content=Content(on_unsafe_picture=how))
        job = await run(rig)

        assert job.outcome == Failed(FailureClass.CHECK_DOWN)


@pytest.mark.parametrize("how", list(OnUnsafePicture))
async def test_a_wished_second_check_that_nobody_offers_shows_nothing(
    tmp_path: Path, how: OnUnsafePicture
) -> None:
    async with Rig(tmp_path, [refusing()]) as rig:
        rig.with_policy(content=Content(on_unsafe_picture=how, second_check=True))
        job = await run(rig)

        assert job.outcome == Failed(FailureClass.CHECK_DOWN)


def published(folder: Path) -> list[Path]:
    return [path for path in (folder / "images" / "i").rglob("*") if path.is_file()]


def test_a_verdict_about_minors_is_never_approvable() -> None:
    from bot.moderation.cases import approvable

    assert not approvable(Refused(RefusalReason.MINORS, DecidedBy.SANITIZER, appealable=True))
    assert not approvable(Refused(RefusalReason.PROVIDER_INPUT, DecidedBy.PROVIDER, appealable=True))
    assert not approvable(Refused(RefusalReason.VIOLENCE, DecidedBy.MODERATION, appealable=True, strike=True))
    assert approvable(Refused(RefusalReason.BLOCKED_TERM, DecidedBy.GUARD, appealable=True))
    assert Category.MINORS.value == ReasonCode.MINORS.value
