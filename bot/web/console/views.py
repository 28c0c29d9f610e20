"""The desk's values as JSON for the console's page. Times are seconds since the epoch, money is in dollars."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.moderators import CaseKind, Judged, Suspension
from bot.domain.money import dollars
from bot.guardrails.rulebook import Diff, Place
from bot.messages.desk import DeskSay, DeskTexts, without_marks
from bot.messages.rule_words import change_line, choice_words, value_words
from bot.moderation.budget import Budget, Day
from bot.moderation.cases import CaseView
from bot.moderation.desk import AuditEntry
from bot.moderation.panel.checks_pages import verified
from bot.moderation.provenance import Verified
from bot.moderation.replay import Replay, Turn
from bot.moderation.rules import Changed, RulesView, SettingView, VersionView
from bot.moderation.standing import Standing
from bot.pipeline.dry_run import DryRun

Json = Mapping[str, Any]


def rules_json(view: RulesView, texts: DeskTexts) -> Json:
    return {
        "version": view.version,
        "preset": view.preset,
        "settings": [_setting(setting, texts) for setting in view.settings],
    }


def _setting(view: SettingView, texts: DeskTexts) -> Json:
    """`words` and `default_words` are what people read, `value` and `default` what a form holds."""
    return {
        "key": view.key,
        "area": view.area,
        "kind": view.kind.value,
        "value": view.value,
        "default": view.default,
        "words": without_marks(value_words(view.key, view.value, texts)),
        "default_words": without_marks(value_words(view.key, view.default, texts)),
        "choices": [[choice, choice_words(view.key, choice, texts)] for choice in view.choices],
        "least": view.least,
        "most": view.most,
        "per_place": view.per_place,
        "places": [
            {**place_json(place), "value": value, "words": without_marks(value_words(view.key, value, texts))}
            for place, value in view.places
        ],
    }


def place_json(place: Place) -> Json:
    return {"kind": place.kind, "place_id": place.place_id}


def changes_json(diffs: Sequence[Diff], texts: DeskTexts) -> Sequence[str]:
    """In sentences, the same as in chat."""
    return [without_marks(change_line(diff, texts)) for diff in diffs]


def changed_json(changed: Changed, texts: DeskTexts) -> Json:
    return {"version": changed.version, "changes": changes_json(changed.diffs, texts)}


def version_json(view: VersionView, texts: DeskTexts) -> Json:
    return {
        "version": view.version,
        "actor": view.actor,
        "reason": view.reason,
        "at": view.at,
        "changes": changes_json(view.diffs, texts),
    }


def replay_json(replay: Replay, texts: DeskTexts) -> Json:
    return {
        "changes": changes_json(replay.changes, texts),
        "replayed": replay.replayed,
        "uncertain": replay.uncertain,
        "now_refused": [_turn(turn) for turn in replay.now_refused],
        "now_allowed": [_turn(turn) for turn in replay.now_allowed],
    }


def _turn(turn: Turn) -> Json:
    return {
        "words": turn.words,
        "at": turn.at,
        "was": turn.was,
        "would_be": turn.would_be,
        "reason": turn.reason,
    }


def dry_run_json(run: DryRun) -> Json:
    return {
        "words": run.words,
        "decision": run.decision,
        "decided_by": run.decided_by,
        "reason": run.reason_code,
        "hits": [{"term": hit.term, "match": hit.match.value} for hit in run.hits if not hit.suppressed_by],
        "layers": [
            {
                "name": layer.name.value,
                "says": layer.says,
                "reason": layer.reason,
                "scores": _top(layer.scores),
            }
            for layer in run.layers
        ],
        "safe_prompt": run.safe_prompt,
        "suggestion": run.suggestion,
        "picture_checks": [check.value for check in run.picture_checks],
    }


def _top(scores: Mapping[str, float], most: int = 3) -> Sequence[Sequence[Any]]:
    """The highest scores, as (category, score)."""
    ranked = sorted(scores.items(), key=lambda item: -item[1])[:most]
    return [[category, round(score, 3)] for category, score in ranked]


def verified_json(found: Sequence[Verified], texts: DeskTexts) -> Json:
    """In sentences, the same as in chat."""
    return {"lines": [without_marks(line) for line in verified(found, texts).lines]}


def case_json(view: CaseView, texts: DeskTexts) -> Json:
    """`note` says what cannot be done."""
    case = view.case
    final = not case.approvable and case.kind not in {CaseKind.HELD, CaseKind.REPORT}
    return {
        "note": texts.say(DeskSay.CASE_NOT_APPROVABLE) if final else "",
        "case_id": case.case_id,
        "kind": case.kind.value,
        "state": case.state.value,
        "user_id": case.user_id,
        "name": view.name,
        "job_id": case.job_id,
        "at": case.created_at,
        "text": case.text,
        "reason": case.reason,
        "decided_by": case.decided_by,
        "approvable": case.approvable,
        "claimed_by": case.claimed_by,
        "words": view.words,
        "strikes": view.strikes,
        "cases": view.cases,
        "pictures": view.pictures,
    }


def judged_json(judged: Judged) -> Json:
    return {
        "at": judged.at,
        "who": judged.person.display_name or judged.person.user_id,
        "user_id": judged.person.user_id,
        "words": judged.words,
        "decision": judged.decision,
        "decided_by": judged.decided_by,
        "reason": judged.reason,
        "layers": [list(layer) for layer in judged.layers],
    }


def day_json(day: Day) -> Json:
    return {
        "day": day.day,
        "allowed": day.allowed,
        "refused": day.refused,
        "pictures": day.pictures,
        "cost": dollars(day.cost),
        "refusals": [list(pair) for pair in day.refusals],
    }


def budget_json(budget: Budget) -> Json:
    return {
        "period": budget.period,
        "used": dollars(budget.used),
        "held": dollars(budget.held),
        "cap": dollars(budget.cap),
        "percent": budget.percent,
    }


def suspension_json(suspension: Suspension) -> Json:
    return {
        "user_id": suspension.user_id,
        "until": suspension.until,
        "reason": suspension.reason,
        "by": suspension.by,
        "at": suspension.at,
    }


def standing_json(standing: Standing) -> Json:
    return {
        "user_id": standing.user_id,
        "strikes": [
            {"at": strike.at, "reason": strike.reason, "by": strike.by} for strike in standing.strikes
        ],
        "suspension": suspension_json(standing.suspension) if standing.suspension else None,
    }


def audit_json(entry: AuditEntry) -> Json:
    return {"number": entry.number, "at": entry.at, "event": entry.event, "data": dict(entry.data)}
