"""Stage 4: nothing is shown before its check has passed; a check that fails is no pass."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderError
from bot.domain.images import MediaType
from bot.domain.jobs import PaidPictures, Stage
from bot.domain.moderation import ModerationScores
from bot.domain.outcomes import DecidedBy, Failed, FailureClass, RefusalReason, Refused
from bot.domain.policy import OnUnsafePicture, OutputCheck
from bot.guardrails.thresholds import Level, level_of, reason_of
from bot.images.previews import jpeg_copy
from bot.pipeline.run import Run

log = structlog.get_logger(__name__)

SECOND_AT_LEAST: Final = 0.5
"""Probability from which on the second check withholds a picture."""
_TRIES: Final = 3
_CHECK_SECONDS: Final = 20.0


class Verdict(StrEnum):
    """What the check says about one picture."""

    SHOW = "show"
    SPOILER = "spoiler"
    WITHHOLD = "withhold"


@dataclass(frozen=True, slots=True)
class Inspected:
    """One verdict a picture, in the pictures' order; at least one may be shown."""

    verdicts: tuple[Verdict, ...]


async def inspect(run: Run, pictures: PaidPictures) -> Inspected | Refused | Failed:
    """Check every picture that the policy or its host wants checked."""
    if run.steps.verdicts is not None:
        return Inspected(tuple(Verdict(word) for word in run.steps.verdicts))
    verdicts: list[Verdict] = []
    if not must_check(run, pictures):
        verdicts = [Verdict.SHOW] * len(pictures.images)
    for image in pictures.images[len(verdicts) :]:
        async with run.parts.memory.take(image.size):
            data = await run.until_stored(partial(run.parts.images.read, image.key), _TRIES)
            small = await jpeg_copy(data)
        verdict = await _verdict(run, small)
        if verdict is None:
            return await _unchecked(run, pictures, verdicts)
        if isinstance(verdict, Refused):
            return verdict
        verdicts.append(verdict)
    return await _ended(run, verdicts)


async def _ended(run: Run, verdicts: list[Verdict]) -> Inspected | Refused:
    """What follows from verdicts about all pictures. Under "hold" they wait together: none goes ahead."""
    if run.policy.content.on_unsafe_picture is OnUnsafePicture.HOLD and Verdict.WITHHOLD in verdicts:
        return await _hold(run, verdicts)
    if all(verdict is Verdict.WITHHOLD for verdict in verdicts):
        return Refused(RefusalReason.OUTPUT_CHECK, DecidedBy.OUTPUT_CHECK, appealable=True)
    if run.policy.content.spoiler_always:
        verdicts = [Verdict.SPOILER if verdict is Verdict.SHOW else verdict for verdict in verdicts]
    await run.save(Stage.REHOST, verdicts=tuple(verdict.value for verdict in verdicts))
    return Inspected(tuple(verdicts))


async def _hold(run: Run, verdicts: list[Verdict]) -> Refused:
    """The pictures stay in the private part until a moderator has looked; what failed its check is released veiled."""
    veiled = run.policy.content.spoiler_always
    released = [Verdict.SPOILER if veiled or verdict is Verdict.WITHHOLD else verdict for verdict in verdicts]
    await run.save(Stage.INSPECT, held=tuple(verdict.value for verdict in released))
    return Refused(RefusalReason.HELD, DecidedBy.OUTPUT_CHECK)


async def _unchecked(
    run: Run, pictures: PaidPictures, verdicts: list[Verdict]
) -> Inspected | Refused | Failed:
    """The check is down. A host's own filter has seen its pictures: moderators may let them wait or be veiled then.

    Where no check is set up at all, or the host has no filter, nothing is shown.
    """
    parts, content = run.parts, run.policy.content
    profile = parts.router.profile(pictures.provider, pictures.model)
    set_up = parts.moderator is not None and (parts.second_check is not None or not content.second_check)
    filtered = profile is not None and not profile.own_check
    if not set_up or not filtered or content.on_unsafe_picture is OnUnsafePicture.BLOCK:
        return Failed(FailureClass.CHECK_DOWN)
    left = len(pictures.images) - len(verdicts)
    log.warning("pictures_unchecked", pictures=left, then=content.on_unsafe_picture)
    if content.on_unsafe_picture is OnUnsafePicture.HOLD:
        return await _hold(run, [*verdicts, *[Verdict.SHOW] * left])
    return await _ended(run, [*verdicts, *[Verdict.SPOILER] * left])


def must_check(run: Run, pictures: PaidPictures) -> bool:
    """Drawn pictures never, hosts without a filter always, the others as the policy says."""
    profile = run.parts.router.profile(pictures.provider, pictures.model)
    if profile is not None and profile.drawn:
        return False
    if profile is None or profile.own_check:
        return True
    match run.policy.content.output_check:
        case OutputCheck.ALWAYS:
            return True
        case OutputCheck.FALLBACK_ONLY:
            return pictures.fell_back
        case OutputCheck.SAMPLED:
            return pictures.fell_back or int(pictures.images[0].sha256[:2], 16) < 64


async def passes(run: Run, data: bytes) -> bool:
    """Whether a partial preview may be shown: the same check, one try, and no pass without it."""
    scores = await _score(run, await jpeg_copy(data), tries=1)
    return scores is not None and level_of(scores, run.policy.content)[0] is Level.LOW


async def _verdict(run: Run, small: bytes) -> Verdict | Refused | None:
    """None when the check is down; a refusal for what no moderator may release."""
    scores = await _score(run, small, tries=_TRIES)
    if scores is None:
        return None
    level, category = level_of(scores, run.policy.content)
    if level is not Level.HIGH and run.policy.content.second_check:
        second = await _second(run, small)
        if second is None:
            return None
        if second >= SECOND_AT_LEAST:
            level, category = Level.HIGH, "second check"
    if level is Level.LOW:
        return Verdict.SHOW
    log.info("picture_flagged", level=level, category=category)
    if reason_of(category) is RefusalReason.MINORS:
        return Refused(RefusalReason.MINORS, DecidedBy.OUTPUT_CHECK, strike=True)
    if run.policy.content.on_unsafe_picture is OnUnsafePicture.SPOILER and level is Level.MIDDLE:
        return Verdict.SPOILER
    return Verdict.WITHHOLD if level is Level.HIGH else Verdict.SHOW


async def _second(run: Run, small: bytes) -> float | None:
    """The second model's probability that the picture must not be shown; None when it gave none."""
    check = run.parts.second_check
    if check is None:
        return None
    deadline = run.deadline.within(run.parts.clock.now(), _CHECK_SECONDS)
    try:
        return await check.picture(small, MediaType.JPEG, deadline)
    except ProviderError as fault:
        log.warning("second_check_down", fault=type(fault).__name__)
        return None


async def _score(run: Run, small: bytes, *, tries: int) -> ModerationScores | None:
    """Scores of a JPEG copy; None when no check could be made."""
    moderator = run.parts.moderator
    if moderator is None:
        return None
    for attempt in range(tries):
        deadline: Deadline = run.deadline.within(run.parts.clock.now(), _CHECK_SECONDS)
        try:
            return await moderator.score_image(small, MediaType.JPEG, deadline)
        except ProviderError as fault:
            log.warning("output_check_down", fault=type(fault).__name__, attempt=attempt)
            if attempt + 1 < tries:
                await run.parts.clock.sleep(run.parts.retry_seconds * 2**attempt)
    return None
