"""What all layers together decide about some words: the sanitizing stage, and every dry run, call this.

In parallel: the sanitizer's verdict and moderation of the raw words. Then the decision, then the post-check of
the safe prompt by the same local rules and the same moderation.
"""

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict, ProviderError
from bot.domain.jobs import SafeWords
from bot.domain.moderation import ModerationScores
from bot.domain.outcomes import DecidedBy, Failed, Refused
from bot.domain.policy import Policy
from bot.domain.verdict import MAX_ALT_TEXT, Verdict
from bot.guardrails.decide import Evidence, decide, fit_for_chat, post_check
from bot.guardrails.thresholds import Level, level_of
from bot.guardrails.words import flagged_terms
from bot.pipeline.verdict_cache import VerdictCache, key_of
from bot.ports import Clock, LocalRules, Moderator, PromptSanitizer, SanitizeTask

log = structlog.get_logger(__name__)

SECONDS: Final = 8.0
"""Deadline of the text model with its one repair attempt; moderation has the same."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one layer said, for moderators and the audit; never words of a person or free text of a model.

    Attributes:
        says: allow, rewrite, ask, reject, or the kind of silence: outage, garbage, refusal, leak, off.
    """

    name: DecidedBy
    says: str
    reason: str = ""
    scores: Mapping[str, float] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The end, what each layer said, and what it said it from.

    Attributes:
        verdict: The sanitizer's, or the kind of its silence.
        scores, safe_scores: Of the raw and of the safe words; None when there were none.
    """

    end: SafeWords | Refused | Failed
    trail: tuple[Layer, ...]
    verdict: Verdict | NoVerdict
    scores: Mapping[str, float] | None = None
    safe_scores: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """The layers that can speak; `moderator` None means that none is configured.

    `cache` remembers complete answers of the two models; None asks them each time.
    """

    sanitizer: PromptSanitizer
    moderator: Moderator | None
    rules: LocalRules
    clock: Clock
    cache: VerdictCache | None = None

    async def judge(
        self, task: SanitizeTask, policy: Policy, deadline: Deadline, *, approved: bool = False
    ) -> Judgement:
        """Never raises for a layer that is down: its silence is part of the decision.

        `approved`: a moderator stands for these words (see `Evidence`).
        """
        task = _with_rules(task, policy)
        first = deadline.within(self.clock.now(), SECONDS)
        verdict, scores = await self._answers(task, policy, first)
        evidence = Evidence(task.words, scores, moderated=self.moderator is not None, approved=approved)
        trail = [_moderation_layer(scores, policy, evidence), _sanitizer_layer(verdict)]
        end = decide(evidence, verdict, policy)
        safe_scores: ModerationScores | None = None
        if isinstance(end, SafeWords):
            second = deadline.within(self.clock.now(), SECONDS)
            known = {task.words: scores}
            safe_scores, alt_scores = await self._both_scores(end, known, second)
            end = post_check(end, self.rules.judge(end.prompt), safe_scores, evidence, policy)
            if isinstance(end, SafeWords):
                end = self._with_fit_alt_text(end, alt_scores, policy)
            trail.append(_layer_of(DecidedBy.POST_CHECK, end))
        if isinstance(end, Refused) and end.suggestion:
            end = await self._checked_suggestion(end, policy, deadline)
        return Judgement(
            end,
            tuple(trail),
            verdict,
            None if scores is None else scores.scores,
            None if safe_scores is None else safe_scores.scores,
        )

    async def recheck(
        self, words: SafeWords, raw: str, policy: Policy, deadline: Deadline
    ) -> SafeWords | Refused | Failed:
        """The post-check of words that were changed after their first one: a rewording is a model's free text."""
        scores = await self._score(words.prompt, deadline.within(self.clock.now(), SECONDS))
        evidence = Evidence(raw, scores, moderated=self.moderator is not None)
        return post_check(words, self.rules.judge(words.prompt), scores, evidence, policy)

    async def checked(self, refused: Refused, policy: Policy, deadline: Deadline) -> Refused:
        """The refusal, without its suggestion if that would not pass itself."""
        if not refused.suggestion:
            return refused
        return await self._checked_suggestion(refused, policy, deadline)

    async def _answers(
        self, task: SanitizeTask, policy: Policy, deadline: Deadline
    ) -> tuple[Verdict | NoVerdict, ModerationScores | None]:
        """Of both models at once, or as they were given to the same words under the same rules just before."""
        key = "" if self.cache is None else key_of(task, policy)
        if self.cache is not None and (known := self.cache.get(key, self.clock.now())):
            return known
        verdict, scores = await asyncio.gather(
            self._verdict(task, deadline), self._score(task.words, deadline)
        )
        complete = isinstance(verdict, Verdict) and (scores is not None or self.moderator is None)
        if self.cache is not None and complete and isinstance(verdict, Verdict):
            self.cache.put(key, (verdict, scores), self.clock.now())
        return verdict, scores

    async def _verdict(self, task: SanitizeTask, deadline: Deadline) -> Verdict | NoVerdict:
        try:
            return await self.sanitizer.judge(task, deadline)
        except NoVerdict as none:
            log.warning("sanitizer_no_verdict", kind=none.kind, detail=none.detail)
            return none

    async def _score(self, text: str, deadline: Deadline) -> ModerationScores | None:
        """None when the service is missing or down, which is never a pass."""
        return (await self._scores([text], deadline))[text]

    async def _scores(
        self, texts: Sequence[str], deadline: Deadline
    ) -> Mapping[str, ModerationScores | None]:
        if self.moderator is None or not texts:
            return dict.fromkeys(texts)
        try:
            scores = await self.moderator.score_text(texts, deadline)
        except ProviderError as fault:
            log.warning("moderation_down", fault=type(fault).__name__, detail=fault.detail)
            return dict.fromkeys(texts)
        return dict(zip(texts, scores, strict=True))

    async def _both_scores(
        self, words: SafeWords, known: Mapping[str, ModerationScores | None], deadline: Deadline
    ) -> tuple[ModerationScores | None, ModerationScores | None]:
        """Of the safe prompt and of the alt text, asked for in one call as far as they are not known."""
        texts = [text for text in dict.fromkeys((words.prompt, words.alt_text)) if text and text not in known]
        found = {**known, **await self._scores(texts, deadline)}
        return found[words.prompt] if words.prompt else None, found.get(words.alt_text)

    def _with_fit_alt_text(
        self, words: SafeWords, scores: ModerationScores | None, policy: Policy
    ) -> SafeWords:
        """An alt text is a model's free text too, and everybody sees it: one that would not pass gives way to the
        safe prompt, which has.
        """
        text = words.alt_text
        if words.prompt.startswith(text):
            return words
        if fit_for_chat(text, self.rules.judge(text), scores, policy, worst=Level.MIDDLE):
            return words
        return dataclasses.replace(words, alt_text=words.prompt[:MAX_ALT_TEXT])

    async def _checked_suggestion(self, refused: Refused, policy: Policy, deadline: Deadline) -> Refused:
        """A suggestion is a model's free text: it is shown only if it would pass itself."""
        text = refused.suggestion or ""
        scores = await self._score(text, deadline.within(self.clock.now(), SECONDS))
        answered = self.moderator is None or scores is not None
        if answered and fit_for_chat(text, self.rules.judge(text), scores, policy, worst=Level.LOW):
            return refused
        return dataclasses.replace(refused, suggestion=None)


def _with_rules(task: SanitizeTask, policy: Policy) -> SanitizeTask:
    content = policy.content
    return dataclasses.replace(
        task,
        rating=content.rating,
        rules={"real_people": content.real_people, "characters": content.characters},
        flagged_terms=flagged_terms(task.words, content),
    )


def _moderation_layer(scores: ModerationScores | None, policy: Policy, evidence: Evidence) -> Layer:
    if scores is None:
        return Layer(DecidedBy.MODERATION, "outage" if evidence.moderated else "off")
    level, category = level_of(scores, policy.content)
    return Layer(
        DecidedBy.MODERATION, "reject" if level is Level.HIGH else "allow", category, dict(scores.scores)
    )


def _sanitizer_layer(verdict: Verdict | NoVerdict) -> Layer:
    if isinstance(verdict, NoVerdict):
        return Layer(DecidedBy.SANITIZER, verdict.kind)
    return Layer(DecidedBy.SANITIZER, verdict.decision.value, verdict.reason_code.value)


def _layer_of(name: DecidedBy, end: SafeWords | Refused | Failed) -> Layer:
    match end:
        case Refused(reason=reason):
            return Layer(name, "reject", reason.value)
        case Failed(failure=failure):
            return Layer(name, "reject", failure.value)
        case _:
            return Layer(name, "allow")
