"""What the checks of finished pictures say about one of them, and what becomes of it. Nothing is stored or shown here.

In order: the moderation service; of hosts without a filter also the model on this machine, where there is one; the
second check, where moderators want it. When the service is down, `guardrails.stand_in` says what follows.
"""

import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, TypeVar

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderError
from bot.domain.images import MediaType
from bot.domain.moderation import Looked, ModerationScores
from bot.domain.outcomes import DecidedBy, Failed, FailureClass, RefusalReason, Refused
from bot.domain.policy import Content, OnUnsafePicture
from bot.guardrails.stand_in import CATEGORY, Band, Then, band_of, second_vote, when_down
from bot.guardrails.thresholds import Level, concerns_minors, level_of
from bot.ports import Clock, Moderator, PictureScorer, SecondCheck, Telemetry

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)

SECOND_AT_LEAST: Final = 0.5
"""Probability from which on the second check withholds a picture."""
TRIES: Final = 3
_CHECK_SECONDS: Final = 20.0
_PATIENCE: Final = 20
"""Pauses of 10 and 30 s, with the usual first one of half a second."""
_SAYS: Final = {
    Band.SILENT: "outage",
    Band.HARMLESS: "allow",
    Band.HOLD: "hold",
    Band.BLOCK: "reject",
}


class Verdict(StrEnum):
    """What the checks say about one picture.

    HOLD and HOLD_VEILED: a moderator looks first, whatever else the policy says; what they release is shown, or veiled.
    """

    SHOW = "show"
    SPOILER = "spoiler"
    HOLD = "hold"
    HOLD_VEILED = "hold_veiled"
    WITHHOLD = "withhold"


_OF_THEN: Final = {
    Then.HOLD: Verdict.HOLD,
    Then.HOLD_VEILED: Verdict.HOLD_VEILED,
    Then.VEIL: Verdict.SPOILER,
    Then.WITHHOLD: Verdict.WITHHOLD,
}


class Checks(Protocol):
    """Who can be asked; `Parts` has it all. None is not set up."""

    @property
    def moderator(self) -> Moderator | None: ...

    @property
    def second_check(self) -> SecondCheck | None: ...

    @property
    def local_check(self) -> PictureScorer | None: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def telemetry(self) -> Telemetry: ...

    @property
    def retry_seconds(self) -> float: ...


@dataclass
class Looks:
    """The checks of one job's pictures, or of one picture in a dry run.

    Attributes:
        filtered: The host has a filter of its own, which has seen the picture.
        safety_identifier: Keyed hash of the person whose request it is.
        down: The service has failed for one of the pictures; it is not waited for again.
        by: The layer that the last picture not shown as it is owes that to.
        looked: What was said so far.
    """

    parts: Checks
    content: Content
    deadline: Deadline
    filtered: bool
    safety_identifier: str = ""
    down: bool = False
    by: DecidedBy = DecidedBy.OUTPUT_CHECK
    looked: list[Looked] = field(default_factory=list)
    _picture: int = 0

    async def at(self, small: bytes) -> Verdict | Refused | Failed:
        """Look at a JPEG copy of the next picture. Refused: what no moderator may release; Failed: nothing is shown."""
        self._picture += 1
        if not self.down:
            verdict = await self._checked(small)
            if verdict is not None:
                return verdict
            self.down = True
        return await self._unchecked(small)

    async def may_preview(self, small: bytes) -> bool:
        """Whether a partial picture may be shown: every check at once, one try, and no pass without an answer."""
        scores = await self._score(small, tries=1)
        if scores is None or level_of(scores, self.content)[0] is not Level.LOW:
            return False
        return await self._local(small) in {Band.OFF, Band.HARMLESS}

    async def _checked(self, small: bytes) -> Verdict | Refused | Failed | None:
        """None when a check that has to be asked gave no answer."""
        scores = await self._score(small, tries=TRIES)
        if scores is None:
            return None
        if concerns_minors(scores):
            log.info("picture_flagged", category="minors")
            return Refused(RefusalReason.MINORS, DecidedBy.OUTPUT_CHECK, strike=True)
        level, category = level_of(scores, self.content)
        if level is not Level.HIGH and self.content.second_check:
            second = await self._second(small)
            if second is None:
                return None
            if second >= SECOND_AT_LEAST:
                level, category = Level.HIGH, "second check"
        verdict = self._of_level(level, category)
        if self.filtered or verdict not in {Verdict.SHOW, Verdict.SPOILER}:
            return verdict
        vote = second_vote(await self._local(small), self.content)
        return verdict if vote is None else self._then(vote, DecidedBy.LOCAL_CHECK)

    def _of_level(self, level: Level, category: str) -> Verdict:
        if level is Level.LOW:
            return Verdict.SHOW
        log.info("picture_flagged", level=level, category=category)
        if self.content.on_unsafe_picture is OnUnsafePicture.SPOILER and level is Level.MIDDLE:
            return Verdict.SPOILER
        if level is not Level.HIGH:
            return Verdict.SHOW
        self.by = DecidedBy.OUTPUT_CHECK
        return Verdict.WITHHOLD

    async def _unchecked(self, small: bytes) -> Verdict | Failed:
        """The service, or a wanted second check, is down. Where none is set up at all, that is no outage."""
        parts, content = self.parts, self.content
        if parts.moderator is None or (parts.second_check is None and content.second_check):
            return Failed(FailureClass.CHECK_DOWN)
        band = await self._local(small)
        if content.second_check and band is Band.HARMLESS:
            band = Band.OFF  # it can say no, but it cannot say what the second check was wanted for
        then = when_down(band, content, filtered=self.filtered)
        log.warning("picture_unchecked", local=band, then=then)
        return self._then(then, DecidedBy.OUTPUT_CHECK if band is Band.OFF else DecidedBy.LOCAL_CHECK)

    def _then(self, then: Then, by: DecidedBy) -> Verdict | Failed:
        if then is Then.NOTHING:
            return Failed(FailureClass.CHECK_DOWN)
        verdict = _OF_THEN[then]
        if verdict is not Verdict.SPOILER:
            self.by = by
        return verdict

    async def _score(self, small: bytes, *, tries: int) -> ModerationScores | None:
        """The service's scores; None when no check could be made."""
        moderator = self.parts.moderator
        if moderator is None:
            return None
        for attempt in range(tries):
            started = time.perf_counter()
            try:
                scores = await moderator.score_image(small, MediaType.JPEG, self._until())
            except ProviderError as fault:
                log.warning("output_check_down", fault=type(fault).__name__, attempt=attempt)
                if attempt + 1 == tries or not await self._paused(attempt):
                    break
                continue
            level, category = level_of(scores, self.content)
            says = "reject" if level is Level.HIGH or concerns_minors(scores) else "allow"
            score = scores.scores.get(category, scores.highest[1])
            self._note(DecidedBy.OUTPUT_CHECK, says, category, score, scores.model, started)
            return scores
        self._note(DecidedBy.OUTPUT_CHECK, "outage")
        return None

    async def _paused(self, attempt: int) -> bool:
        """Before another try. Without a check a picture of a host without a filter is lost, so that one waits most of a
        minute; about the others moderators have said what follows. False when the job has no time for it.
        """
        factor = 2**attempt if self.filtered else _PATIENCE * 3**attempt
        pause = self.parts.retry_seconds * factor
        if self.deadline.remaining(self.parts.clock.now()) <= pause:
            return False
        await self.parts.clock.sleep(pause)
        return True

    async def _second(self, small: bytes) -> float | None:
        """The second model's probability that the picture must not be shown; None when it gave none."""
        check = self.parts.second_check
        if check is None:
            return None
        started = time.perf_counter()
        asking = check.picture(small, MediaType.JPEG, self._until(), self.safety_identifier)
        probability = await _asked("second_check_down", asking)
        if probability is None:
            self._note(DecidedBy.OUTPUT_CHECK, "outage", "second check")
            return None
        says = "reject" if probability >= SECOND_AT_LEAST else "allow"
        self._note(DecidedBy.OUTPUT_CHECK, says, "second check", probability, started=started)
        return probability

    async def _local(self, small: bytes) -> Band:
        """What the model on this machine says."""
        check = self.parts.local_check
        if check is None:
            return Band.OFF
        started = time.perf_counter()
        scores = await _asked("local_check_down", check.score_image(small, MediaType.JPEG, self._until()))
        band = Band.SILENT if scores is None else band_of(scores)
        if scores is None or band is Band.SILENT:
            self._note(DecidedBy.LOCAL_CHECK, "outage")
            return Band.SILENT
        reason = "" if band is Band.HARMLESS else CATEGORY
        self._note(DecidedBy.LOCAL_CHECK, _SAYS[band], reason, scores.scores[CATEGORY], scores.model, started)
        return band

    def _until(self) -> Deadline:
        return self.deadline.within(self.parts.clock.now(), _CHECK_SECONDS)

    def _note(
        self,
        check: DecidedBy,
        says: str,
        reason: str = "",
        score: float = 0.0,
        model: str = "",
        started: float | None = None,
    ) -> None:
        seconds = 0.0 if started is None else time.perf_counter() - started
        self.looked.append(Looked(self._picture, check.value, says, reason, score, model, seconds))
        self.parts.telemetry.picture_checked(check.value, says)


async def _asked(event: str, answer: Awaitable[Answer]) -> Answer | None:
    """A check's answer; None when it gave none."""
    try:
        return await answer
    except ProviderError as fault:
        log.warning(event, fault=type(fault).__name__, detail=fault.detail)
        return None
