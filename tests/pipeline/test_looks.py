"""The checks of one picture by themselves: who is asked, how patiently, what follows, and what is noted of it."""

import dataclasses
import time
from collections.abc import Sequence
from typing import Any

import pytest

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderFailed
from bot.domain.images import MediaType
from bot.domain.moderation import Looked, ModerationScores
from bot.domain.outcomes import DecidedBy, Failed, FailureClass, RefusalReason, Refused
from bot.domain.policy import Content, OnCheckOutage, OnUnsafePicture, Policy
from bot.pipeline.looks import Looks, Verdict
from bot.ports import Moderator, PictureScorer, SecondCheck
from tests.support.fakes import FakeClock, Observed

SMALL = b"a small copy"
BLOCK, HOLD, SPOILER = OnUnsafePicture.BLOCK, OnUnsafePicture.HOLD, OnUnsafePicture.SPOILER
FINE, DOUBTFUL, UNSAFE = {"violence": 0.01}, {"violence": 0.4}, {"violence": 0.95}
MINORS = (
    {"sexual/minors": 0.05},
    {"sexual": 0.95, "sexual/minors": 0.05},
    {"sexual": 0.95, "sexual/minors": 0.5},
)
CHECK_DOWN = Failed(FailureClass.CHECK_DOWN)
Score = dict[str, float] | None


@dataclasses.dataclass
class Service:
    """Says these scores in turn, the last ones again and again; None is no answer."""

    scores: Sequence[Score]
    model: str = "moderation"
    deadlines: list[float] = dataclasses.field(default_factory=list)

    async def score_image(self, data: bytes, media_type: MediaType, deadline: Deadline) -> ModerationScores:
        assert (data, media_type) == (SMALL, MediaType.JPEG)
        self.deadlines.append(deadline.at)
        scores = self.scores[min(len(self.deadlines), len(self.scores)) - 1]
        if scores is None:
            raise ProviderFailed(self.model)
        return ModerationScores(scores, self.model)

    async def score_text(self, texts: Sequence[str], deadline: Deadline) -> Sequence[ModerationScores]:
        raise AssertionError("nobody asks about words here")


@dataclasses.dataclass
class Second:
    """Says this probability of every picture; None is no answer."""

    probability: float | None
    asked: list[str] = dataclasses.field(default_factory=list)

    async def picture(
        self, data: bytes, media_type: MediaType, deadline: Deadline, safety_identifier: str
    ) -> float:
        self.asked.append(safety_identifier)
        if self.probability is None:
            raise ProviderFailed("second")
        return self.probability

    async def words(self, text: str, policy: Policy, deadline: Deadline, safety_identifier: str) -> float:
        raise AssertionError("nobody asks about words here")


@dataclasses.dataclass
class Asked:
    """Implements `Checks`."""

    moderator: Moderator | None = None
    second_check: SecondCheck | None = None
    local_check: PictureScorer | None = None
    clock: FakeClock = dataclasses.field(default_factory=FakeClock)
    telemetry: Observed = dataclasses.field(default_factory=Observed)
    retry_seconds: float = 0.5


def looks(asked: Asked, *, filtered: bool = True, seconds: float = 600.0, **content: Any) -> Looks:
    deadline = Deadline(asked.clock.now() + seconds)
    return Looks(asked, Content(**content), deadline, filtered, safety_identifier="who")


def local(score: float | None) -> Service:
    return Service([None if score is None else {"sexual": score}], "opennsfw")


def said(found: Looks) -> list[Looked]:
    return [dataclasses.replace(one, seconds=0.0) for one in found.looked]


@pytest.mark.parametrize(
    ("scores", "how", "end"),
    [
        (FINE, BLOCK, Verdict.SHOW),
        (FINE, SPOILER, Verdict.SHOW),
        (DOUBTFUL, BLOCK, Verdict.SHOW),
        (DOUBTFUL, HOLD, Verdict.SHOW),
        (DOUBTFUL, SPOILER, Verdict.SPOILER),
        (UNSAFE, BLOCK, Verdict.WITHHOLD),
        (UNSAFE, HOLD, Verdict.WITHHOLD),
        (UNSAFE, SPOILER, Verdict.WITHHOLD),
    ],
)
@pytest.mark.parametrize("filtered", [True, False])
async def test_what_follows_from_the_services_scores(
    scores: Score, how: OnUnsafePicture, end: Verdict, *, filtered: bool
) -> None:
    asked = Asked(Service([scores]))

    assert await looks(asked, filtered=filtered, on_unsafe_picture=how).at(SMALL) == end


@pytest.mark.parametrize("scores", MINORS)
@pytest.mark.parametrize("how", list(OnUnsafePicture))
async def test_what_may_be_about_minors_no_moderator_may_release_whatever_else_it_is(
    scores: Score, how: OnUnsafePicture
) -> None:
    second = Second(0.9)
    found = looks(Asked(Service([scores]), second), second_check=True, on_unsafe_picture=how)

    assert await found.at(SMALL) == Refused(RefusalReason.MINORS, DecidedBy.OUTPUT_CHECK, strike=True)
    assert second.asked == []
    assert [one.says for one in found.looked] == ["reject"]


@pytest.mark.parametrize(
    ("scores", "probability", "end", "asks"),
    [
        (FINE, 0.49, Verdict.SHOW, 1),
        (DOUBTFUL, 0.49, Verdict.SPOILER, 1),
        (FINE, 0.5, Verdict.WITHHOLD, 1),
        (DOUBTFUL, 0.5, Verdict.WITHHOLD, 1),
        (UNSAFE, 0.0, Verdict.WITHHOLD, 0),
        (FINE, None, Verdict.SPOILER, 1),
    ],
)
@pytest.mark.parametrize("wanted", [True, False])
async def test_a_second_check_that_is_wanted_withholds_from_one_half_on_and_is_not_asked_for_nothing(
    scores: Score, probability: float | None, end: Verdict, asks: int, *, wanted: bool
) -> None:
    second = Second(probability)
    found = looks(Asked(Service([scores]), second), second_check=wanted, on_unsafe_picture=SPOILER)
    alone = await looks(Asked(Service([scores])), on_unsafe_picture=SPOILER).at(SMALL)

    assert await found.at(SMALL) == (end if wanted else alone)
    assert second.asked == (["who"] * asks if wanted else [])


async def test_each_look_is_noted_with_its_picture_and_counted() -> None:
    asked = Asked(Service([FINE, DOUBTFUL, UNSAFE]), Second(0.5), local(0.3))
    found = looks(asked, filtered=False, second_check=True)
    began = time.perf_counter()
    ends = [await found.at(SMALL) for _ in range(3)]
    took = time.perf_counter() - began

    assert ends == [Verdict.WITHHOLD] * 3
    assert said(found) == [
        Looked(1, "output_check", "allow", "", 0.01, "moderation"),
        Looked(1, "output_check", "reject", "second check", 0.5),
        Looked(2, "output_check", "allow", "violence", 0.4, "moderation"),
        Looked(2, "output_check", "reject", "second check", 0.5),
        Looked(3, "output_check", "reject", "violence", 0.95, "moderation"),
    ]
    assert asked.telemetry.looks == [(one.check, one.says) for one in found.looked]
    assert 0.0 < sum(one.seconds for one in found.looked) <= took


@pytest.mark.parametrize(
    ("score", "says", "reason"), [(0.05, "allow", ""), (0.5, "hold", "sexual"), (0.95, "reject", "sexual")]
)
async def test_the_local_models_score_is_noted_with_its_category_where_it_is_against_it(
    score: float, says: str, reason: str
) -> None:
    asked = Asked(Service([FINE]), None, local(score))
    found = looks(asked, filtered=False)
    await found.at(SMALL)

    assert said(found)[1:] == [Looked(1, "local_check", says, reason, score, "opennsfw")]
    assert asked.telemetry.looks[1:] == [("local_check", says)]


async def test_an_outage_is_noted_as_one_and_without_a_number() -> None:
    asked = Asked(Service([FINE, None]), Second(None), local(None))
    found = looks(asked, filtered=False, second_check=True)

    assert [await found.at(SMALL), await found.at(SMALL)] == [CHECK_DOWN] * 2
    assert [dataclasses.replace(one, seconds=0.0) for one in found.looked[:1]] + found.looked[1:] == [
        Looked(1, "output_check", "allow", "", 0.01, "moderation"),
        Looked(1, "output_check", "outage", "second check"),
        Looked(1, "local_check", "outage"),
        Looked(2, "local_check", "outage"),
    ]
    assert asked.telemetry.looks == [(one.check, one.says) for one in found.looked]


async def test_a_score_of_nothing_is_the_highest_there_is() -> None:
    found = looks(Asked(Service([{"sexual": 0.02, "violence": 0.2}, {}])))
    await found.at(SMALL)
    await found.at(SMALL)

    assert [(one.reason, one.score) for one in found.looked] == [("", 0.2), ("", 0.0)]


@pytest.mark.parametrize(
    ("filtered", "pauses"), [(True, [0.5, 1.0]), (False, [10.0, 30.0])], ids=["filtered", "unfiltered"]
)
async def test_a_service_that_is_down_is_asked_three_times_and_for_one_picture_alone(
    *, filtered: bool, pauses: list[float]
) -> None:
    service = Service([None])
    asked = Asked(service)
    found = looks(asked, filtered=filtered, on_unsafe_picture=HOLD)
    ends = [await found.at(SMALL) for _ in range(3)]

    assert ends == [Verdict.HOLD if filtered else CHECK_DOWN] * 3
    assert asked.clock.slept == pauses
    assert len(service.deadlines) == 3
    assert said(found) == [Looked(1, "output_check", "outage")]


async def test_a_service_that_comes_back_is_asked_about_the_next_picture_too() -> None:
    service = Service([None, None, FINE, UNSAFE])
    asked = Asked(service)
    found = looks(asked)

    assert [await found.at(SMALL), await found.at(SMALL)] == [Verdict.SHOW, Verdict.WITHHOLD]
    assert [one.says for one in found.looked] == ["allow", "reject"]


@pytest.mark.parametrize(("seconds", "tries"), [(0.0, 1), (10.0, 1), (10.5, 2), (40.5, 3)])
async def test_for_a_pause_that_the_job_has_no_time_for_nobody_waits(seconds: float, tries: int) -> None:
    service = Service([None])
    asked = Asked(service)

    assert await looks(asked, filtered=False, seconds=seconds).at(SMALL) == CHECK_DOWN
    assert len(service.deadlines) == tries
    assert sum(asked.clock.slept) < max(seconds, 0.1)


async def test_a_check_gets_no_more_than_its_share_of_the_jobs_time() -> None:
    service = Service([FINE])
    asked = Asked(service)
    for seconds in (600.0, 5.0):
        await looks(asked, seconds=seconds).at(SMALL)

    assert [at - asked.clock.now() for at in service.deadlines] == [20.0, 5.0]


@pytest.mark.parametrize(
    ("score", "filtered", "how", "end", "by"),
    [
        (None, True, HOLD, Verdict.HOLD, DecidedBy.LOCAL_CHECK),
        (None, True, SPOILER, CHECK_DOWN, DecidedBy.OUTPUT_CHECK),
        (0.05, True, HOLD, Verdict.HOLD, DecidedBy.LOCAL_CHECK),
        (0.05, True, SPOILER, Verdict.SPOILER, DecidedBy.OUTPUT_CHECK),
        (0.5, True, SPOILER, Verdict.HOLD_VEILED, DecidedBy.LOCAL_CHECK),
        (0.95, True, SPOILER, Verdict.WITHHOLD, DecidedBy.LOCAL_CHECK),
        (0.5, False, SPOILER, CHECK_DOWN, DecidedBy.OUTPUT_CHECK),
        (0.95, False, HOLD, Verdict.WITHHOLD, DecidedBy.LOCAL_CHECK),
    ],
)
async def test_in_an_outage_the_local_model_decides_and_answers_for_what_is_not_shown_as_it_is(
    score: float | None, how: OnUnsafePicture, end: Verdict | Failed, by: DecidedBy, *, filtered: bool
) -> None:
    found = looks(Asked(Service([None]), None, local(score)), filtered=filtered, on_unsafe_picture=how)

    assert await found.at(SMALL) == end
    assert found.by == by


async def test_the_last_picture_not_shown_says_who_is_answerable() -> None:
    check = Service([{"sexual": 0.5}, {"sexual": 0.05}], "opennsfw")
    found = looks(Asked(Service([FINE, UNSAFE]), None, check), filtered=False, on_unsafe_picture=HOLD)

    assert await found.at(SMALL) == Verdict.HOLD_VEILED
    first = found.by
    assert await found.at(SMALL) == Verdict.WITHHOLD
    assert (first, found.by) == (DecidedBy.LOCAL_CHECK, DecidedBy.OUTPUT_CHECK)


@pytest.mark.parametrize("trust", [OnCheckOutage.CLOSED, OnCheckOutage.LOCAL])
@pytest.mark.parametrize(
    ("score", "end"), [(0.05, Verdict.SPOILER), (0.5, Verdict.HOLD_VEILED), (0.95, Verdict.WITHHOLD)]
)
async def test_in_an_outage_of_the_second_check_a_harmless_score_counts_for_nothing(
    score: float, end: Verdict, trust: OnCheckOutage
) -> None:
    """The same as without a local model, which would have meant a moderator's look where they are strict."""
    asked = Asked(Service([FINE]), Second(None), local(score))
    found = looks(asked, second_check=True, on_unsafe_picture=SPOILER, on_check_outage=trust)

    assert await found.at(SMALL) == end
    assert found.by == (DecidedBy.OUTPUT_CHECK if end is Verdict.SPOILER else DecidedBy.LOCAL_CHECK)


@pytest.mark.parametrize("how", list(OnUnsafePicture))
@pytest.mark.parametrize("second", [True, False])
async def test_a_check_that_nobody_has_set_up_is_no_outage(how: OnUnsafePicture, *, second: bool) -> None:
    """Whatever follows from an outage does not follow from that, and another check makes up for nothing."""
    asked = Asked(Service([FINE]), None, local(0.95)) if second else Asked(None, Second(0.0), local(0.95))

    assert await looks(asked, second_check=second, on_unsafe_picture=how).at(SMALL) == CHECK_DOWN


@pytest.mark.parametrize(
    ("scores", "score", "may"),
    [
        ([FINE], 0.05, True),
        ([DOUBTFUL], 0.05, False),
        ([UNSAFE], 0.05, False),
        ([None, FINE], 0.05, False),
        ([FINE], 0.5, False),
        ([FINE], None, False),
    ],
)
async def test_a_preview_needs_a_pass_of_all_checks_at_once(
    scores: Sequence[Score], score: float | None, *, may: bool
) -> None:
    asked = Asked(Service(scores), None, local(score))

    assert await looks(asked).may_preview(SMALL) is may
    assert asked.clock.slept == []


async def test_without_a_local_model_the_services_pass_is_enough_for_a_preview() -> None:
    assert await looks(Asked(Service([FINE]))).may_preview(SMALL)
    assert not await looks(Asked(None, None, local(0.05))).may_preview(SMALL)
