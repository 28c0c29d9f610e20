"""The desk's values as JSON for the console's page. Times are seconds since the epoch, money is in dollars."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.moderators import Judged, Suspension
from bot.domain.money import dollars
from bot.guardrails.rulebook import Diff, Place
from bot.messages.desk import DeskTexts
from bot.moderation.budget import Budget, Day
from bot.moderation.cases import CaseView
from bot.moderation.desk import AuditEntry
from bot.moderation.panel_pages import verified
from bot.moderation.provenance import Verified
from bot.moderation.replay import Replay, Turn
from bot.moderation.rules import Changed, RulesView, SettingView, VersionView
from bot.moderation.standing import Standing
from bot.pipeline.dry_run import DryRun

Json = Mapping[str, Any]


def rules_json(view: RulesView) -> Json:
    return {
        "version": view.version,
        "preset": view.preset,
        "settings": [_setting(setting) for setting in view.settings],
    }


def _setting(view: SettingView) -> Json:
    return {
        "key": view.key,
        "area": view.area,
        "kind": view.kind.value,
        "value": view.value,
        "default": view.default,
        "choices": list(view.choices),
        "least": view.least,
        "most": view.most,
        "per_place": view.per_place,
        "places": [{**place_json(place), "value": value} for place, value in view.places],
    }


def place_json(place: Place) -> Json:
    return {"kind": place.kind, "place_id": place.place_id}


def diff_json(diff: Diff) -> Json:
    place = place_json(diff.place) if diff.place else None
    return {"key": diff.key, "before": diff.before, "after": diff.after, "place": place}


def changed_json(changed: Changed) -> Json:
    return {"version": changed.version, "diffs": [diff_json(diff) for diff in changed.diffs]}


def version_json(view: VersionView) -> Json:
    return {
        "version": view.version,
        "actor": view.actor,
        "reason": view.reason,
        "at": view.at,
        "diffs": [diff_json(diff) for diff in view.diffs],
    }


def replay_json(replay: Replay) -> Json:
    return {
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
    }


def _top(scores: Mapping[str, float], most: int = 3) -> Sequence[Sequence[Any]]:
    """The highest scores, as (category, score)."""
    ranked = sorted(scores.items(), key=lambda item: -item[1])[:most]
    return [[category, round(score, 3)] for category, score in ranked]


def verified_json(found: Sequence[Verified], texts: DeskTexts) -> Json:
    """In sentences, the same as in chat."""
    return {"lines": list(verified(found, texts).lines)}


def case_json(view: CaseView) -> Json:
    case = view.case
    return {
        "case_id": case.case_id,
        "kind": case.kind.value,
        "state": case.state.value,
        "user_id": case.user_id,
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
