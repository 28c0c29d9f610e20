"""From a verdict, or the lack of one, and moderation scores to what happens next. Pure; every branch is closed
or explicitly degraded, none lets words pass because a check failed.
"""

import dataclasses
from dataclasses import dataclass

from bot.domain.errors import NoVerdict
from bot.domain.images import SafePrompt
from bot.domain.jobs import SafeWords
from bot.domain.moderation import ModerationScores
from bot.domain.outcomes import DecidedBy, Failed, FailureClass, RefusalReason, Refused
from bot.domain.policy import OnSanitizerOutage, Policy
from bot.domain.verdict import Category, Decision, ReasonCode, Risk, Verdict
from bot.guardrails.drift import drifted
from bot.guardrails.text import stored_form
from bot.guardrails.thresholds import Level, level_of, reason_of
from bot.guardrails.words import check_words, flagged_terms


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the layers said about somebody's words.

    Attributes:
        scores: Of the raw words; None when moderation is down or not configured.
        moderated: A moderation service is configured at all.
        approved: A moderator has approved these words: no word list and no doubt of the text model stops them, but
            scores over the upper thresholds and anything about minors still do.
    """

    words: str
    scores: ModerationScores | None
    moderated: bool
    approved: bool = False


def decide(evidence: Evidence, verdict: Verdict | NoVerdict, policy: Policy) -> SafeWords | Refused | Failed:
    """The decision before the post-check of the safe prompt."""
    if refused := refused_by_scores(evidence.scores, policy, DecidedBy.MODERATION):
        return refused
    if isinstance(verdict, NoVerdict):
        return _without_verdict(evidence, verdict, policy)
    if evidence.approved and verdict.decision in {Decision.REJECT, Decision.ASK}:
        return _approved(evidence, verdict)
    match verdict.decision:
        case Decision.REJECT if (
            verdict.category is Category.MINORS or verdict.reason_code is ReasonCode.MINORS
        ):
            return Refused(RefusalReason.MINORS, DecidedBy.SANITIZER)
        case Decision.REJECT:
            return Refused(
                RefusalReason(verdict.reason_code.value),
                DecidedBy.SANITIZER,
                suggestion=verdict.suggestion,
                appealable=True,
            )
        case Decision.ASK:
            return Refused(RefusalReason.UNCLEAR, DecidedBy.SANITIZER, suggestion=verdict.suggestion)
        case Decision.ALLOW | Decision.REWRITE if _contradicts(verdict):
            return Refused(RefusalReason.MINORS, DecidedBy.SANITIZER)
        case Decision.ALLOW | Decision.REWRITE:
            reworded = verdict.decision is Decision.REWRITE or drifted(
                evidence.words, verdict.safe_prompt, verdict.language
            )
            return SafeWords(
                SafePrompt(verdict.safe_prompt),
                verdict.alt_text,
                reworded=reworded,
                risk=verdict.risk.value,
                language=verdict.language,
                readings=tuple((item.term, item.benign_reading) for item in verdict.ambiguous_terms),
                filtered_hosts_only=(evidence.moderated and evidence.scores is None)
                or verdict.risk is Risk.HIGH,
            )


def _contradicts(verdict: Verdict) -> bool:
    """A picture that is to be drawn although it is called harmful to minors."""
    return verdict.category is Category.MINORS and verdict.risk in {Risk.MEDIUM, Risk.HIGH}


def post_check(
    words: SafeWords, rules: Verdict, scores: ModerationScores | None, evidence: Evidence, policy: Policy
) -> SafeWords | Refused | Failed:
    """The safe prompt is judged like a stranger's words. `rules` and `scores` are the safe prompt's own."""
    if not words.prompt.strip():
        return Refused(RefusalReason.INJECTION, DecidedBy.POST_CHECK, appealable=True)
    if not evidence.approved and check_words(words.prompt, policy.content):
        return Refused(RefusalReason.INJECTION, DecidedBy.POST_CHECK, appealable=True)
    if refused := refused_by_scores(scores, policy, DecidedBy.POST_CHECK):
        return refused
    minors = rules.reason_code is ReasonCode.MINORS
    if rules.decision is Decision.REJECT and (minors or not evidence.approved):
        return Refused(RefusalReason(rules.reason_code.value), DecidedBy.POST_CHECK, appealable=not minors)
    if words.degraded and rules.decision is not Decision.ALLOW:
        return Failed(FailureClass.SANITIZER_DOWN)
    return dataclasses.replace(
        words,
        harmless=_harmless(evidence, scores, rules, policy),
        filtered_hosts_only=words.filtered_hosts_only or (evidence.moderated and scores is None),
    )


def fit_for_chat(
    text: str, rules: Verdict, scores: ModerationScores | None, policy: Policy, *, worst: Level
) -> bool:
    """Whether a model's free text, an alt text or a suggestion, would pass itself: `rules` and `scores` are its own,
    `worst` the last level that is fine. No scores is for the caller to judge.
    """
    if check_words(text, policy.content) or rules.decision is Decision.REJECT:
        return False
    if scores is None:
        return True
    levels = list(Level)
    return levels.index(level_of(scores, policy.content)[0]) <= levels.index(worst)


def _harmless(evidence: Evidence, scores: ModerationScores | None, rules: Verdict, policy: Policy) -> bool:
    """By our own scores, never by the text model's word; without a moderation service by the local rules."""
    if evidence.moderated:
        both = (evidence.scores, scores)
        return all(one is not None and level_of(one, policy.content)[0] is Level.LOW for one in both)
    return rules.decision is Decision.ALLOW


def refused_by_scores(
    scores: ModerationScores | None, policy: Policy, decided_by: DecidedBy
) -> Refused | None:
    """A refusal if any category is at or over its upper threshold; nobody is asked about minors once more."""
    if scores is None:
        return None
    level, category = level_of(scores, policy.content)
    if level is not Level.HIGH:
        return None
    reason = reason_of(category)
    return Refused(reason, decided_by, appealable=reason is not RefusalReason.MINORS, strike=True)


def _approved(evidence: Evidence, verdict: Verdict) -> SafeWords | Refused:
    """Words that a moderator stands for, as they are: only to hosts with a filter, and only past our own scores."""
    if verdict.category is Category.MINORS or verdict.reason_code is ReasonCode.MINORS:
        return Refused(RefusalReason.MINORS, DecidedBy.SANITIZER)
    if evidence.moderated and evidence.scores is None:
        return Refused(RefusalReason(verdict.reason_code.value), DecidedBy.SANITIZER, appealable=True)
    prompt = SafePrompt(stored_form(evidence.words))
    return SafeWords(prompt, alt_text=prompt[:300], filtered_hosts_only=True)


def _without_verdict(
    evidence: Evidence, no_verdict: NoVerdict, policy: Policy
) -> SafeWords | Refused | Failed:
    match no_verdict.kind:
        case "refusal":
            return Refused(RefusalReason.OTHER, DecidedBy.SANITIZER, appealable=True)
        case "leak":
            return Refused(RefusalReason.INJECTION, DecidedBy.SANITIZER, appealable=True)
        case "outage" if _may_degrade(evidence, policy):
            prompt = SafePrompt(stored_form(evidence.words))
            return SafeWords(prompt, alt_text=prompt[:300], degraded=True, filtered_hosts_only=True)
        case _:
            return Failed(FailureClass.SANITIZER_DOWN)


def _may_degrade(evidence: Evidence, policy: Policy) -> bool:
    """Raw words may go out only if moderation answered, found nothing, and no local rule is touched."""
    if policy.recovery.on_sanitizer_outage is not OnSanitizerOutage.DEGRADED or evidence.scores is None:
        return False
    if level_of(evidence.scores, policy.content)[0] is not Level.LOW:
        return False
    content = policy.content
    return not check_words(evidence.words, content) and not flagged_terms(evidence.words, content)
