"""Every branch of the decision is closed or explicitly degraded."""

import dataclasses

import pytest

from bot.domain.errors import NoVerdict
from bot.domain.jobs import SafeWords
from bot.domain.moderation import ModerationScores
from bot.domain.outcomes import DecidedBy, Failed, FailureClass, RefusalReason, Refused
from bot.domain.policy import BlockedTerm, Content, OnSanitizerOutage, Policy, Recovery
from bot.domain.verdict import AmbiguousTerm, Category, Decision, ReasonCode, Risk, Verdict
from bot.guardrails.decide import Evidence, decide, post_check

HARMLESS = ModerationScores({"violence": 0.01})
MIDDLING = ModerationScores({"violence": 0.4})
HARMFUL = ModerationScores({"violence": 0.9})
ALLOW = Verdict(Decision.ALLOW, safe_prompt="a brass owl in warm light", alt_text="A brass owl.")


def evidence(scores: ModerationScores | None = HARMLESS, words: str = "a brass owl") -> Evidence:
    return Evidence(words, scores, moderated=True)


def test_an_allowed_prompt_goes_on() -> None:
    assert decide(evidence(), ALLOW, Policy()) == SafeWords("a brass owl in warm light", "A brass owl.")  # type: ignore[arg-type]


def test_high_scores_win_over_any_verdict() -> None:
    refused = decide(evidence(HARMFUL), ALLOW, Policy())

    assert isinstance(refused, Refused)
    assert (refused.reason, refused.decided_by, refused.strike) == (
        RefusalReason.VIOLENCE,
        DecidedBy.MODERATION,
        True,
    )


def test_a_rejection_has_the_verdicts_reason_and_can_be_appealed() -> None:
    verdict = Verdict(Decision.REJECT, reason_code=ReasonCode.HATE, suggestion="a parade")

    refused = decide(evidence(), verdict, Policy())

    assert isinstance(refused, Refused)
    assert (refused.reason, refused.suggestion, refused.appealable) == (RefusalReason.HATE, "a parade", True)


def test_a_question_is_asked_before_anything_is_spent() -> None:
    refused = decide(evidence(), Verdict(Decision.ASK, reason_code=ReasonCode.UNCLEAR), Policy())

    assert isinstance(refused, Refused)
    assert refused.reason is RefusalReason.UNCLEAR


def test_a_prompt_about_something_else_counts_as_a_rewording() -> None:
    words = decide(evidence(), Verdict(Decision.ALLOW, safe_prompt="three red cars in Paris"), Policy())

    assert isinstance(words, SafeWords)
    assert words.reworded


def test_a_translated_prompt_is_no_rewording() -> None:
    german = dataclasses.replace(evidence(), words="drei rote Autos in Paris")
    verdict = Verdict(Decision.ALLOW, safe_prompt="three red cars at night", language="de")

    words = decide(german, verdict, Policy())

    assert isinstance(words, SafeWords)
    assert not words.reworded


def test_readings_of_ambiguous_terms_are_kept_for_later() -> None:
    verdict = Verdict(
        Decision.ALLOW,
        safe_prompt="a shooting star",
        ambiguous_terms=(AmbiguousTerm("shooting star", "meteor"),),
    )

    words = decide(evidence(words="a shooting star"), verdict, Policy())

    assert isinstance(words, SafeWords)
    assert words.readings == (("shooting star", "meteor"),)


@pytest.mark.parametrize(
    ("kind", "reason"), [("refusal", RefusalReason.OTHER), ("leak", RefusalReason.INJECTION)]
)
def test_a_declining_or_leaking_model_ends_the_request(kind: str, reason: RefusalReason) -> None:
    refused = decide(evidence(), NoVerdict(kind), Policy())

    assert isinstance(refused, Refused)
    assert (refused.reason, refused.strike) == (reason, False)


def test_an_answer_that_is_no_verdict_never_lets_raw_words_out() -> None:
    assert decide(evidence(), NoVerdict("garbage"), Policy()) == Failed(FailureClass.SANITIZER_DOWN)


def test_harmless_words_go_on_without_a_sanitizer_to_filtered_hosts_only() -> None:
    words = decide(evidence(), NoVerdict("outage"), Policy())

    assert isinstance(words, SafeWords)
    assert (words.prompt, words.degraded, words.filtered_hosts_only) == ("a brass owl", True, True)


@pytest.mark.parametrize(
    ("found", "policy"),
    [
        (evidence(None), Policy()),
        (evidence(MIDDLING), Policy()),
        (evidence(), Policy(recovery=Recovery(on_sanitizer_outage=OnSanitizerOutage.CLOSED))),
        (evidence(), Policy(content=Content(blocked_terms=(BlockedTerm("owl", strength="soft"),)))),
        (evidence(), Policy(content=Content(blocked_terms=(BlockedTerm("owl"),)))),
    ],
    ids=["moderation down too", "middling scores", "policy closed", "a soft term", "a hard term"],
)
def test_an_outage_is_closed_when_anything_is_in_doubt(found: Evidence, policy: Policy) -> None:
    assert decide(found, NoVerdict("outage"), policy) == Failed(FailureClass.SANITIZER_DOWN)


def test_moderation_down_alone_leaves_only_filtered_hosts() -> None:
    words = decide(evidence(None), ALLOW, Policy())

    assert isinstance(words, SafeWords)
    assert words.filtered_hosts_only


SAFE = SafeWords("a brass owl", "A brass owl.")  # type: ignore[arg-type]


FINE = Verdict(Decision.ALLOW, safe_prompt="a brass owl")


def test_words_that_our_own_rules_reject_go_nowhere() -> None:
    rejected = Verdict(Decision.REJECT, reason_code=ReasonCode.INJECTION)
    refused = post_check(SAFE, rejected, HARMLESS, evidence(), Policy())

    assert isinstance(refused, Refused)
    assert (refused.reason, refused.decided_by) == (RefusalReason.INJECTION, DecidedBy.POST_CHECK)


def test_raw_words_that_our_own_rules_would_change_do_not_go_out_as_they_are() -> None:
    raw = dataclasses.replace(SAFE, degraded=True)
    doubtful = Verdict(Decision.REWRITE, safe_prompt="a brass owl")

    assert post_check(raw, doubtful, HARMLESS, evidence(), Policy()) == Failed(FailureClass.SANITIZER_DOWN)


def test_a_clean_safe_prompt_passes_its_own_check() -> None:
    assert post_check(SAFE, FINE, HARMLESS, evidence(), Policy()) == SAFE


@pytest.mark.parametrize(
    ("words", "scores", "policy", "reason"),
    [
        (SafeWords("  ", ""), HARMLESS, Policy(), RefusalReason.INJECTION),  # type: ignore[arg-type]
        (SAFE, HARMFUL, Policy(), RefusalReason.VIOLENCE),
        (
            SAFE,
            HARMLESS,
            Policy(content=Content(blocked_terms=(BlockedTerm("brass"),))),
            RefusalReason.INJECTION,
        ),
    ],
    ids=["empty", "harmful", "blocked word"],
)
def test_a_hijacked_sanitizer_does_not_matter(
    words: SafeWords, scores: ModerationScores, policy: Policy, reason: RefusalReason
) -> None:
    refused = post_check(words, FINE, scores, evidence(), policy)

    assert isinstance(refused, Refused)
    assert (refused.reason, refused.decided_by) == (reason, DecidedBy.POST_CHECK)


def test_an_unscored_safe_prompt_goes_to_filtered_hosts_only() -> None:
    words = post_check(SAFE, FINE, None, evidence(), Policy())

    assert isinstance(words, SafeWords)
    assert words.filtered_hosts_only


def test_without_a_moderation_service_the_local_rules_decide() -> None:
    offline = Evidence("a brass owl", None, moderated=False)

    words = decide(offline, ALLOW, Policy())

    assert isinstance(words, SafeWords)
    assert not words.filtered_hosts_only
    assert post_check(words, FINE, None, offline, Policy()) == words


@pytest.mark.parametrize(
    ("category", "reason"),
    [
        (Category.MINORS, ReasonCode.MINORS),
        (Category.MINORS, ReasonCode.SEXUAL),
        (Category.SEXUAL, ReasonCode.MINORS),
    ],
)
def test_minors_in_either_field_of_a_refusal_is_about_minors(category: Category, reason: ReasonCode) -> None:
    """The reason may name the sexual side of it: then there is no suggestion, no appeal and no public log either."""
    verdict = Verdict(Decision.REJECT, category=category, reason_code=reason, suggestion="an owl")

    assert decide(evidence(), verdict, Policy()) == Refused(RefusalReason.MINORS, DecidedBy.SANITIZER)


@pytest.mark.parametrize("decision", [Decision.ALLOW, Decision.REWRITE])
@pytest.mark.parametrize("risk", list(Risk))
def test_a_verdict_that_contradicts_itself_is_read_the_strict_way(decision: Decision, risk: Risk) -> None:
    harmful = risk in {Risk.MEDIUM, Risk.HIGH}
    verdict = dataclasses.replace(ALLOW, decision=decision, risk=risk)
    about_minors = decide(evidence(), dataclasses.replace(verdict, category=Category.MINORS), Policy())
    other = decide(evidence(), verdict, Policy())

    assert isinstance(about_minors, Refused) is harmful
    assert isinstance(other, SafeWords)
    assert other.filtered_hosts_only is (risk is Risk.HIGH), "no host without a filter of its own"
