"""What moderators work with: decisions that were made, cases to look at, strikes and suspensions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.requests import JobId, Requester
from bot.domain.verdict import Verdict

EVERYWHERE = "*"
"""Tenant of a suspension that holds in every community, as after a provider's safety notice."""


class CaseKind(StrEnum):
    """Why something lies before the moderators."""

    APPEAL = "appeal"
    REPORT = "report"
    HELD = "held"
    STRIKES = "strikes"
    SAFETY = "safety"


class CaseState(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Ruling(StrEnum):
    """How a moderator ends a case. RELEASE is for held pictures, DISCARD for these and reported ones, which DISMISS
    leaves as they are.
    """

    APPROVE_ONCE = "approve_once"
    ALLOW_PHRASE = "allow_phrase"
    RELEASE = "release"
    DISCARD = "discard"
    UPHOLD = "uphold"
    STRIKE = "strike"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class Case:
    """Something that a moderator should look at.

    Attributes:
        user_id: Whom it is about; "" once that person was erased.
        text: What the person or the reporter wrote; shown to moderators only.
        reporter: Keyed hash of whoever wrote it.
        claimed_by: Id of the moderator who is looking at it.
        ruling: How it ended, None while it is open.
        approvable: A moderator may still approve it; never so for what touches minors or is over the upper thresholds.
    """

    case_id: str
    tenant: str
    kind: CaseKind
    state: CaseState
    platform: str
    user_id: str
    job_id: JobId | None
    created_at: float
    text: str = ""
    reporter: str = ""
    reason: str = ""
    decided_by: str = ""
    approvable: bool = True
    claimed_by: str = ""
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """Somebody may not ask for pictures. `until` None is for good (a ban); `by` is a moderator's id or "ladder"."""

    tenant: str
    platform: str
    user_id: str
    until: float | None
    reason: str
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Strike:
    """A refusal that counted against somebody."""

    at: float
    reason: str
    by: str
    job_id: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """One decision about somebody's words, complete enough to decide anew under other rules without asking a model.

    Attributes:
        decision: allow, rewrite, ask or reject.
        decided_by: The layer that ended it, "" when all let it pass.
        verdict: The sanitizer's, None when it gave none; `silence` then says why (outage, garbage, refusal, leak), and
            is "" when it was never asked.
        scores, safe_scores: Of the raw and of the safe words; None when there were none.
        moderated: A moderation service was configured.
    """

    person: Requester
    words: str
    at: float
    decision: str
    job_id: str = ""
    decided_by: str = ""
    reason: str = ""
    verdict: Verdict | None = None
    silence: str = ""
    safe_prompt: str = ""
    scores: Mapping[str, float] | None = None
    safe_scores: Mapping[str, float] | None = None
    moderated: bool = False
    policy_version: int = 0
    seconds: float = 0.0
    layers: tuple[tuple[str, str, str], ...] = field(default=())
    """Name, what it said, and why, for each layer."""
