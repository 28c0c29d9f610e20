"""What would have changed: the last decisions, made anew under other rules, from what the layers said then.

No model is asked and nothing is paid. Where a setting speaks to the text model itself, its old verdict is all there
is; such decisions are counted as uncertain.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import NoVerdict
from bot.domain.jobs import SafeWords
from bot.domain.moderation import ModerationScores
from bot.domain.moderators import Judged
from bot.domain.outcomes import Failed, Refused
from bot.domain.policy import Policy
from bot.domain.requests import ImagineRequest, Options, RawWords
from bot.guardrails.access import check_access
from bot.guardrails.decide import Evidence, decide, post_check
from bot.guardrails.places import rules_for
from bot.guardrails.rulebook import Diff, diffs
from bot.guardrails.words import check_words
from bot.ports import LocalRules

_ASKS_THE_MODEL: Final = ("rating", "real_people", "characters")
REPLAYED: Final = 200


@dataclass(frozen=True, slots=True)
class Turn:
    """A decision that would be another one. `was` and `would_be` are allow, rewrite, ask or reject."""

    words: str
    at: float
    user_id: str
    was: str
    would_be: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The outcome over all replayed decisions.

    Attributes:
        now_refused, now_allowed: Those that would turn, newest first.
        uncertain: The text model would have to be asked, since rules that it reads were changed.
        changes: How the draft differs from the rules of today.
    """

    replayed: int
    now_refused: tuple[Turn, ...]
    now_allowed: tuple[Turn, ...]
    uncertain: int
    changes: tuple[Diff, ...] = ()


def replay(decisions: Sequence[Judged], old: Policy, draft: Policy, rules: LocalRules) -> Replay:
    """Each decision under the draft, compared with the same under the rules of today."""
    refused: list[Turn] = []
    allowed: list[Turn] = []
    uncertain = 0
    for judged in decisions:
        was, _ = decide_anew(judged, rules_for(old, judged.person), rules)
        now, reason = decide_anew(judged, rules_for(draft, judged.person), rules)
        if _passes(was) != _passes(now):
            turn = Turn(judged.words, judged.at, judged.person.user_id, was, now, reason)
            (allowed if _passes(now) else refused).append(turn)
        elif judged.verdict is not None and _speaks_to_model(old, draft):
            uncertain += 1
    return Replay(len(decisions), tuple(refused), tuple(allowed), uncertain, diffs(old, draft))


def decide_anew(judged: Judged, policy: Policy, rules: LocalRules) -> tuple[str, str]:
    """Decision and reason under other rules. Words that never reached the models may pass unjudged: "allow"."""
    person = dataclasses.replace(judged.person, moderator=False)
    request = ImagineRequest("replay", person, RawWords(judged.words), Options())
    end: SafeWords | Refused | Failed | None = check_access(request, policy) or check_words(
        judged.words, policy.content
    )
    if end is None and (judged.verdict is not None or judged.silence):
        end = _modelled(judged, policy, rules)
    match end:
        case None:
            return "allow", ""
        case SafeWords(reworded=reworded):
            return ("rewrite" if reworded else "allow"), ""
        case Refused(reason=reason):
            return ("ask" if reason == "unclear" else "reject"), reason.value
        case Failed(failure=failure):
            return "reject", failure.value


def _modelled(judged: Judged, policy: Policy, rules: LocalRules) -> SafeWords | Refused | Failed:
    evidence = Evidence(judged.words, _scores(judged.scores), moderated=judged.moderated)
    verdict = judged.verdict or NoVerdict(judged.silence)
    end = decide(evidence, verdict, policy)
    if not isinstance(end, SafeWords):
        return end
    safe_scores = _scores(judged.safe_scores) or (evidence.scores if end.prompt == judged.words else None)
    return post_check(end, rules.judge(end.prompt), safe_scores, evidence, policy)


def _scores(scores: object) -> ModerationScores | None:
    return ModerationScores(dict(scores)) if isinstance(scores, dict) else None


def _passes(decision: str) -> bool:
    return decision in {"allow", "rewrite"}


def _speaks_to_model(old: Policy, draft: Policy) -> bool:
    return any(getattr(old.content, name) != getattr(draft.content, name) for name in _ASKS_THE_MODEL)
