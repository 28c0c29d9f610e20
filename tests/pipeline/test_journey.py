"""The whole journey with real books: what reaches a provider, what is shown, what is charged."""

from pathlib import Path

import pytest

from bot.domain.errors import (
    DeliveryError,
    NoVerdict,
    ProviderFailed,
    StorageError,
    Throttled,
    UnknownOutcome,
    WarmingUp,
)
from bot.domain.images import (
    GeneratedImage,
    KeptImage,
    MediaType,
    PictureData,
    Produced,
    ProviderRefusal,
    RefusalStage,
)
from bot.domain.jobs import JobState
from bot.domain.outcomes import (
    DecidedBy,
    Delivered,
    Failed,
    FailureClass,
    Notice,
    NoticeKey,
    RefusalReason,
    Refused,
)
from bot.domain.policy import (
    Access,
    BlockedTerm,
    Content,
    OnUnknownOutcome,
    OnUnsafePicture,
    OutputCheck,
    Presentation,
    Recovery,
    Strictness,
)
from bot.domain.requests import Quality, Reference, ReferenceRole
from bot.domain.verdict import AmbiguousTerm, Decision, ReasonCode, Verdict
from bot.hosting.local import LocalStore
from bot.providers.profiles import FLUX_2, OFFLINE
from tests.support.fakes import ScriptedProvider, produced
from tests.support.make import picture
from tests.support.rig import FakeModerator, FakeSanitizer, Rig


async def test_a_picture_is_delivered_kept_and_charged(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        job = await rig.finished("a brass owl --ar 16:9")

        assert job.state is JobState.DELIVERED
        assert isinstance(job.outcome, Delivered)
        image = job.outcome.images[0]
        assert await rig.parts.images.read(image.key) == picture()
        assert image.url.startswith("https://cdn.example/images/i/")
        assert image.alt_text == "Picture: a brass owl"
        assert image.preview_key.endswith(".webp")
        task = rig.providers[0].tasks[0]
        assert (task.width, task.height, task.quality) == (1360, 768, Quality.MEDIUM)
        assert len(task.safety_identifier) == 64
        assert "42" not in task.safety_identifier[:2]
        usage = {entry.window: entry.used for entry in await rig.store.jobs.usage(["discord:4711/user:42"])}
        assert set(usage.values()) == {1}
        assert rig.chat.delivered[0][1] == job.outcome
        assert rig.observed.ended == [("discord", "delivered")]
        assert job.message == {"message_id": "5"}


@pytest.mark.parametrize(
    ("verdict", "reason", "decided_by"),
    [
        (Verdict(Decision.REJECT, reason_code=ReasonCode.GORE), RefusalReason.GORE, DecidedBy.SANITIZER),
        (Verdict(Decision.ASK, reason_code=ReasonCode.UNCLEAR), RefusalReason.UNCLEAR, DecidedBy.SANITIZER),
        (NoVerdict("leak"), RefusalReason.INJECTION, DecidedBy.SANITIZER),
        (Verdict(Decision.ALLOW, safe_prompt="bloody horror"), RefusalReason.VIOLENCE, DecidedBy.POST_CHECK),
    ],
    ids=["rejected", "asked", "leak", "unsafe rewrite"],
)
async def test_refused_words_reach_no_provider_and_cost_nothing(
    tmp_path: Path, verdict: Verdict | NoVerdict, reason: RefusalReason, decided_by: DecidedBy
) -> None:
    moderator = FakeModerator(text_scores={"bloody": {"violence": 0.95}})
    async with Rig(tmp_path, sanitizer=FakeSanitizer(verdict), moderator=moderator) as rig:
        job = await rig.finished()

        assert isinstance(job.outcome, Refused)
        assert (job.outcome.reason, job.outcome.decided_by) == (reason, decided_by)
        assert rig.providers[0].tasks == []
        assert all(entry.used == 0 for entry in await rig.store.jobs.usage(["discord:4711/user:42"]))
        assert (decided_by, reason) in rig.observed.refusals


async def test_a_suggestion_is_shown_only_if_it_would_pass_itself(tmp_path: Path) -> None:
    sanitizer = FakeSanitizer(
        Verdict(Decision.REJECT, reason_code=ReasonCode.GORE, suggestion="a bloody mess")
    )
    moderator = FakeModerator(text_scores={"bloody": {"violence": 0.95}})
    async with Rig(tmp_path, sanitizer=sanitizer, moderator=moderator) as rig:
        refused = (await rig.finished()).outcome
        assert isinstance(refused, Refused)
        assert refused.suggestion is None

        sanitizer.verdict = Verdict(Decision.REJECT, reason_code=ReasonCode.GORE, suggestion="a quiet meadow")
        refused = (await rig.finished()).outcome
        assert isinstance(refused, Refused)
        assert refused.suggestion == "a quiet meadow"


async def test_without_a_sanitizer_and_moderation_nothing_goes_out(tmp_path: Path) -> None:
    moderator = FakeModerator(text_down=True)
    async with Rig(tmp_path, sanitizer=FakeSanitizer(NoVerdict("outage")), moderator=moderator) as rig:
        assert (await rig.finished()).outcome == Failed(FailureClass.SANITIZER_DOWN)
        assert rig.providers[0].tasks == []


async def test_without_a_sanitizer_harmless_words_go_to_a_filtered_host_and_it_is_said(
    tmp_path: Path,
) -> None:
    flux = ScriptedProvider("flux", [[produced("flux")]], profile=FLUX_2)
    gpt = ScriptedProvider("openai", [[produced("openai")]])
    async with Rig(tmp_path, providers=(flux, gpt), sanitizer=FakeSanitizer(NoVerdict("outage"))) as rig:
        outcome = (await rig.finished()).outcome

        assert isinstance(outcome, Delivered)
        assert [notice.key for notice in outcome.notices] == [NoticeKey.POLISHING_OFF]
        assert flux.tasks == []


async def test_an_outage_falls_back_and_says_so(tmp_path: Path) -> None:
    down = ScriptedProvider("openai", [[ProviderFailed("openai")]])
    flux = ScriptedProvider("flux", [[produced("flux")]], profile=FLUX_2)
    async with Rig(tmp_path, providers=(down, flux)) as rig:
        outcome = (await rig.finished()).outcome

        assert isinstance(outcome, Delivered)
        assert [notice.key for notice in outcome.notices] == [NoticeKey.BACKUP_MODEL]
        assert rig.moderator is not None
        assert rig.moderator.images_seen == 1


@pytest.mark.parametrize(
    ("fault", "failed"),
    [
        (Throttled("openai", retry_after=9.0), Failed(FailureClass.BUSY, wait=9.0)),
        (WarmingUp("openai", ready_in=60.0), Failed(FailureClass.WARMING_UP, wait=60.0)),
        (ProviderFailed("openai", maybe_billed=True), Failed(FailureClass.BUSY, maybe_billed=True)),
        (
            UnknownOutcome("openai", maybe_billed=True),
            Failed(FailureClass.UNKNOWN_OUTCOME, maybe_billed=True),
        ),
        (RuntimeError("a bug"), Failed(FailureClass.INTERNAL)),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_fault_is_told_in_our_own_class(tmp_path: Path, fault: Exception, failed: Failed) -> None:
    broken = ScriptedProvider("openai", [[fault]])  # type: ignore[list-item]
    broken_step = fault

    class Broken(ScriptedProvider):
        async def generate(self, task, deadline):  # type: ignore[no-untyped-def]
            self.tasks.append(task)
            raise broken_step
            yield  # type: ignore[unreachable]  # which makes it a generator

    provider = Broken("openai") if isinstance(fault, RuntimeError) else broken
    async with Rig(tmp_path, providers=(provider,)) as rig:
        job = await rig.finished()

        assert job.outcome == failed
        assert job.state is JobState.FAILED
        assert all(entry.held == 0 for entry in await rig.store.jobs.usage(["discord:4711/user:42"]))


REFUSAL = ProviderRefusal("openai", "model", RefusalStage.INPUT, ("violence",))
SHOOTING = Verdict(
    Decision.ALLOW,
    safe_prompt="a shooting star",
    alt_text="A meteor.",
    ambiguous_terms=(AmbiguousTerm("shooting star", "meteor"),),
)


async def test_a_harmless_misfire_is_reworded_once_and_told(tmp_path: Path) -> None:
    provider = ScriptedProvider("openai", [[REFUSAL], [produced("openai")]])
    async with Rig(tmp_path, providers=(provider,), sanitizer=FakeSanitizer(SHOOTING)) as rig:
        outcome = (await rig.finished("a shooting star")).outcome

        assert isinstance(outcome, Delivered)
        assert [task.prompt for task in provider.tasks] == ["a shooting star", "a meteor"]
        assert outcome.notices[0].params == (("term", "shooting star"), ("reading", "meteor"))


async def test_a_second_refusal_is_the_end(tmp_path: Path) -> None:
    provider = ScriptedProvider("openai", [[REFUSAL]])
    flux = ScriptedProvider("flux", [[produced("flux")]], profile=FLUX_2)
    async with Rig(tmp_path, providers=(provider, flux), sanitizer=FakeSanitizer(SHOOTING)) as rig:
        outcome = (await rig.finished("a shooting star")).outcome

        assert isinstance(outcome, Refused)
        assert outcome.reason is RefusalReason.PROVIDER_INPUT
        assert len(provider.tasks) == 2
        assert flux.tasks == []


async def test_nothing_is_shown_while_its_check_is_down(tmp_path: Path) -> None:
    moderator = FakeModerator(image_down=99)
    async with Rig(tmp_path, moderator=moderator) as rig:
        job = await rig.finished()

        assert job.outcome == Failed(FailureClass.CHECK_DOWN)
        assert list((tmp_path / "images").glob("i/**/*.png")) == []


async def test_a_check_that_comes_back_is_asked_again(tmp_path: Path) -> None:
    async with Rig(tmp_path, moderator=FakeModerator(image_down=2)) as rig:
        assert isinstance((await rig.finished()).outcome, Delivered)


UNSAFE, DOUBTFUL, FINE = {"sexual": 0.95}, {"sexual": 0.4}, {"sexual": 0.01}


@pytest.mark.parametrize(
    ("scores", "content", "expected"),
    [
        ([UNSAFE], Content(), RefusalReason.OUTPUT_CHECK),
        ([UNSAFE], Content(on_unsafe_picture=OnUnsafePicture.HOLD), RefusalReason.HELD),
        ([DOUBTFUL], Content(on_unsafe_picture=OnUnsafePicture.SPOILER), [True]),
        ([DOUBTFUL], Content(), [False]),
        ([FINE], Content(spoiler_always=True), [True]),
        ([UNSAFE], Content(output_check=OutputCheck.FALLBACK_ONLY), [False]),
    ],
    ids=["blocked", "held", "doubtful behind a spoiler", "doubtful", "always a spoiler", "not checked"],
)
async def test_the_output_check_follows_the_policy(
    tmp_path: Path, scores: list[dict[str, float]], content: Content, expected: object
) -> None:
    moderator = FakeModerator(image_scores=scores)
    async with Rig(tmp_path, moderator=moderator) as rig:
        rig.with_policy(content=content)
        outcome = (await rig.finished()).outcome

        if isinstance(outcome, Refused):
            assert outcome.reason is expected
        else:
            assert isinstance(outcome, Delivered)
            assert [image.spoiler for image in outcome.images] == expected


async def test_one_unsafe_picture_of_two_is_left_out(tmp_path: Path) -> None:
    images = (
        GeneratedImage(picture(), MediaType.PNG),
        GeneratedImage(picture(colour=(9, 9, 9)), MediaType.PNG),
    )
    provider = ScriptedProvider("openai", [[Produced(images, "openai", "model")]])
    async with Rig(
        tmp_path, providers=(provider,), moderator=FakeModerator(image_scores=[UNSAFE, FINE])
    ) as rig:
        outcome = (await rig.finished("an owl --n 2")).outcome

        assert isinstance(outcome, Delivered)
        assert len(outcome.images) == 1


async def test_pictures_of_hosts_without_a_filter_are_always_checked(tmp_path: Path) -> None:
    flux = ScriptedProvider("flux", [[produced("flux")]], profile=FLUX_2)
    async with Rig(tmp_path, providers=(flux,), moderator=FakeModerator(image_scores=[UNSAFE])) as rig:
        rig.with_policy(content=Content(output_check=OutputCheck.FALLBACK_ONLY))
        assert isinstance((await rig.finished()).outcome, Refused)


async def test_without_any_check_such_a_picture_is_not_shown(tmp_path: Path) -> None:
    flux = ScriptedProvider("flux", [[produced("flux")]], profile=FLUX_2)
    async with Rig(tmp_path, providers=(flux,), moderator=None) as rig:
        assert (await rig.finished()).outcome == Failed(FailureClass.CHECK_DOWN)


async def test_drawn_pictures_need_no_check_and_say_what_they_are(tmp_path: Path) -> None:
    offline = ScriptedProvider("offline", [[produced("offline")]], profile=OFFLINE)
    async with Rig(tmp_path, providers=(offline,), moderator=None) as rig:
        outcome = (await rig.finished()).outcome

        assert isinstance(outcome, Delivered)
        assert [notice.key for notice in outcome.notices] == [NoticeKey.OFFLINE_PREVIEW]


async def test_a_sampled_check_looks_at_a_share(tmp_path: Path) -> None:
    async with Rig(tmp_path, moderator=FakeModerator()) as rig:
        rig.with_policy(content=Content(output_check=OutputCheck.SAMPLED))
        for shade in range(12):
            image = GeneratedImage(picture(colour=(shade, 9, 9)), MediaType.PNG)
            rig.providers[0].scripts = [[Produced((image,), "openai", "model")]]
            await rig.finished()

        assert rig.moderator is not None
        assert 0 < rig.moderator.images_seen < 12


async def test_damaged_pictures_are_the_providers_fault(tmp_path: Path) -> None:
    cut = GeneratedImage(picture(400, 400)[:200], MediaType.PNG)
    provider = ScriptedProvider("openai", [[Produced((cut,), "openai", "model")]])
    async with Rig(tmp_path, providers=(provider,)) as rig:
        assert (await rig.finished()).outcome == Failed(FailureClass.BUSY, maybe_billed=True)


async def test_one_good_picture_of_two_is_delivered_and_it_is_said(tmp_path: Path) -> None:
    images = (
        GeneratedImage(picture(400, 400)[:200], MediaType.PNG),
        GeneratedImage(picture(), MediaType.PNG),
    )
    provider = ScriptedProvider("openai", [[Produced(images, "openai", "model")]])
    async with Rig(tmp_path, providers=(provider,)) as rig:
        outcome = (await rig.finished("an owl --n 2")).outcome

        assert isinstance(outcome, Delivered)
        assert [notice.key for notice in outcome.notices] == [NoticeKey.FEWER_IMAGES]


async def test_a_picture_that_is_withheld_is_missed_and_not_charged(tmp_path: Path) -> None:
    images = tuple(GeneratedImage(picture(400, side), MediaType.PNG) for side in (400, 416))
    provider = ScriptedProvider("openai", [[Produced(images, "openai", "model")]])
    moderator = FakeModerator(image_scores=[{"sexual": 0.01}, {"sexual": 0.99}])
    async with Rig(tmp_path, providers=(provider,), moderator=moderator) as rig:
        outcome = (await rig.finished("an owl --n 2")).outcome

        assert isinstance(outcome, Delivered)
        assert len(outcome.images) == 1
        assert outcome.notices == (Notice(NoticeKey.FEWER_IMAGES, (("made", "1"), ("asked", "2"))),)
        used = {(row.used, row.held) for row in await rig.parts.jobs.usage(["discord:4711/user:42"])}
        assert used == {(1, 0)}


class Flaky(LocalStore):
    """A store that fails so many times before it takes a picture."""

    failures = 0
    retryable = True

    async def keep(self, data: PictureData, media_type: MediaType, *, width: int, height: int) -> KeptImage:
        if type(self).failures > 0:
            type(self).failures -= 1
            raise StorageError("bucket away", retryable=type(self).retryable)
        return await super().keep(data, media_type, width=width, height=height)


@pytest.mark.parametrize(
    ("failures", "retryable", "ends"),
    [(3, True, Delivered), (99, True, Failed), (1, False, Failed)],
    ids=["back in time", "away", "forbidden"],
)
async def test_a_paid_picture_is_worth_several_tries(
    tmp_path: Path, failures: int, retryable: bool, ends: type
) -> None:
    Flaky.failures, Flaky.retryable = failures, retryable
    async with Rig(tmp_path, images=Flaky(tmp_path / "images", "")) as rig:
        job = await rig.finished()

        assert isinstance(job.outcome, ends)
        assert len(rig.providers[0].tasks) == 1
        if ends is Failed:
            assert job.outcome == Failed(FailureClass.STORAGE)
            assert "storage" in rig.observed.alerts


async def test_a_closed_door_is_tried_again(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.chat.faults = [DeliveryError("reset", retryable=True), RuntimeError("a bug")]
        job = await rig.finished()

        assert job.state is JobState.DELIVERED
        assert len(rig.chat.delivered) == 1


async def test_a_picture_that_no_door_takes_stays_under_its_id(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.chat.faults = [DeliveryError("closed", retryable=False)]
        job = await rig.finished()

        assert job.state is JobState.DELIVERED
        assert job.message["undelivered"] is True
        assert rig.observed.alerts == ["delivery"]


async def test_attached_pictures_are_brought_home_and_sent_along(tmp_path: Path) -> None:
    reference = Reference("attachment:https://chat/1.png", ReferenceRole.STYLE)
    async with Rig(tmp_path) as rig:
        rig.chat.files[reference.key] = picture(colour=(5, 5, 5))
        await rig.finished(references=(reference,))

        sent = rig.providers[0].tasks[0].references
        assert [(item.role, item.data) for item in sent] == [(ReferenceRole.STYLE, picture(colour=(5, 5, 5)))]


@pytest.mark.parametrize(
    ("data", "moderator", "expected"),
    [
        (b"no picture", FakeModerator(), RefusalReason.UNREADABLE),
        (None, FakeModerator(), RefusalReason.UNREADABLE),
        (picture(), FakeModerator(image_scores=[UNSAFE]), RefusalReason.SEXUAL),
        (picture(), FakeModerator(image_down=9), FailureClass.CHECK_DOWN),
    ],
    ids=["no picture", "not given out", "unsafe", "check down"],
)
async def test_attached_files_are_judged_before_a_provider_sees_them(
    tmp_path: Path, data: bytes | None, moderator: FakeModerator, expected: object
) -> None:
    reference = Reference("attachment:x", ReferenceRole.EDIT)
    async with Rig(tmp_path, moderator=moderator) as rig:
        if data is not None:
            rig.chat.files[reference.key] = data
        outcome = (await rig.finished(references=(reference,))).outcome

        assert expected in (getattr(outcome, "reason", None), getattr(outcome, "failure", None))
        assert rig.providers[0].tasks == []


@pytest.mark.parametrize(
    ("data", "scores"),
    [(picture(), [{}, UNSAFE, {}]), (b"no picture", [{}]), (None, [{}])],
    ids=["unsafe", "no picture", "changed"],
)
async def test_a_house_picture_that_fails_its_check_is_left_out_and_blames_nobody(
    tmp_path: Path, data: bytes | None, scores: list[dict[str, float]]
) -> None:
    own = Reference("attachment:x", ReferenceRole.EDIT)
    house = Reference("attachment:brand|1", ReferenceRole.STYLE)
    async with Rig(tmp_path, moderator=FakeModerator(image_scores=scores)) as rig:
        rig.chat.files[own.key] = picture(colour=(5, 5, 5))
        if data is not None:
            rig.chat.files[house.key] = data
        job = await rig.finished(references=(own, house))

        assert isinstance(job.outcome, Delivered)
        assert [item.role for item in rig.providers[0].tasks[0].references] == [ReferenceRole.EDIT]
        assert await rig.store.moderation.strikes("discord:4711", "42", 0.0) == []


async def test_a_house_picture_is_not_sent_along_unchecked(tmp_path: Path) -> None:
    house = Reference("attachment:brand|1", ReferenceRole.STYLE)
    async with Rig(tmp_path, moderator=FakeModerator(image_down=9)) as rig:
        rig.chat.files[house.key] = picture()
        outcome = (await rig.finished(references=(house,))).outcome

        assert outcome == Failed(FailureClass.CHECK_DOWN)
        assert rig.providers[0].tasks == []


async def test_offline_an_attached_picture_needs_no_check(tmp_path: Path) -> None:
    offline = ScriptedProvider("offline", [[produced("offline")]], profile=OFFLINE)
    reference = Reference("attachment:x", ReferenceRole.EDIT)
    async with Rig(tmp_path, providers=(offline,), moderator=None) as rig:
        rig.chat.files[reference.key] = picture()
        assert isinstance((await rig.finished(references=(reference,))).outcome, Delivered)


async def test_styles_and_the_communitys_suffix_are_added_by_code(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(
            presentation=Presentation(style_suffix="in our brand colours"), access=Access(max_quality="low")
        )
        await rig.finished("an owl --style noir --no text")

        task = rig.providers[0].tasks[0]
        assert task.prompt.startswith("an owl; no text. black and white")
        assert task.prompt.endswith("in our brand colours")
        assert task.quality is Quality.LOW
        assert rig.sanitizer.tasks[0].words == "an owl; no text"


@pytest.mark.parametrize("strictness", list(Strictness))
async def test_a_strict_community_asks_hosts_for_their_strictest_filter_too(
    tmp_path: Path, strictness: Strictness
) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(content=Content(strictness=strictness))
        await rig.finished("an owl")

        assert rig.providers[0].tasks[0].strict is (strictness is Strictness.STRICT)


async def test_what_is_to_be_left_out_is_judged_like_all_other_words(tmp_path: Path) -> None:
    """It is a stranger's text too: by the block list, by moderation, and as part of the safe prompt only."""
    unsafe = FakeModerator(text_scores={"secretly": {"sexual": 0.99}})
    async with Rig(tmp_path, moderator=unsafe) as rig:
        rig.with_policy(content=Content(blocked_terms=(BlockedTerm("quagga"),)))
        listed = await rig.studio.submit(rig.ask("an owl --no text, quagga"))
        scored = await rig.finished("an owl --no text and secretly something else")
        rig.sanitizer.verdict = Verdict(
            Decision.REWRITE, safe_prompt="an owl without text", alt_text="an owl"
        )
        rewritten = await rig.finished("an owl --no text, whatever else")

        assert isinstance(listed, Refused)
        assert listed.reason is RefusalReason.BLOCKED_TERM
        assert isinstance(scored.outcome, Refused)
        assert scored.outcome.decided_by is DecidedBy.MODERATION
        assert isinstance(rewritten.outcome, Delivered)
        assert [task.prompt for task in rig.providers[0].tasks] == ["an owl without text"]


@pytest.mark.parametrize(
    ("choice", "ends", "calls"),
    [(OnUnknownOutcome.REFUND, Failed, 1), (OnUnknownOutcome.RETRY, Delivered, 2)],
)
async def test_a_restart_in_the_middle_of_paying(
    tmp_path: Path, choice: OnUnknownOutcome, ends: type, calls: int
) -> None:
    hanging = ScriptedProvider("openai", [[30.0, produced("openai")], [produced("openai")]])
    async with Rig(tmp_path, providers=(hanging,)) as rig:
        rig.with_policy(recovery=Recovery(on_unknown_outcome=choice))
        accepted = await rig.studio.submit(rig.ask())
        await rig.studio.begin(accepted.job.job_id, {"token": "t"})  # type: ignore[union-attr]
        while not hanging.tasks:
            await rig.parts.clock.sleep(0.01)
        await rig.workers.stop(grace=0.0)
        await rig.workers.start()

        job = await rig.end_of(accepted.job.job_id)  # type: ignore[union-attr]

        assert isinstance(job.outcome, ends)
        assert len(hanging.tasks) == calls


async def test_a_restart_behind_the_payment_buys_nothing_again(tmp_path: Path) -> None:
    async with Rig(tmp_path, moderator=FakeModerator(image_down=1)) as rig:
        rig.parts.progress.publish  # noqa: B018 - the bus exists
        rig.chat.faults = [DeliveryError("reset", retryable=True)] * 3
        accepted = await rig.studio.submit(rig.ask())
        job = await rig.begun(accepted)  # type: ignore[arg-type]

        assert isinstance(job.outcome, Delivered)
        assert len(rig.providers[0].tasks) == 1


async def test_a_job_that_takes_too_long_ends_in_time(tmp_path: Path) -> None:
    slow = ScriptedProvider("openai", [[30.0]])
    async with Rig(tmp_path, providers=(slow,)) as rig:
        job = await rig.finished(lifetime=60.3)

        assert job.outcome == Failed(FailureClass.TIMED_OUT, maybe_billed=True)
