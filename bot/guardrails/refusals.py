"""What follows a provider's refusal: a table, read from top to bottom; the first row that fits counts.

Our own scores of the words have passed the lower thresholds or not ("harmless"); the provider names a stage and
maybe categories. One rewording at most, only for harmless misfires, and the requester is told what changed.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.images import ProviderRefusal, RefusalStage, SafePrompt
from bot.domain.jobs import SafeWords
from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import Policy, RefusalFallback


class Group(StrEnum):
    """Kinds of categories that the table tells apart."""

    MILD = "mild"
    SENSITIVE = "sensitive"
    MINORS = "minors"
    PERSON = "person"
    NONE = "none"


class Step(StrEnum):
    REWORD = "reword"
    CONSTRAIN = "constrain"
    OFFER = "offer"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `stage`, `group`, `harmless`, `flux` None match anything.

    Attributes:
        fallback: Another host may draw it if moderators have opted in and every condition holds.
        flux: The refusing host serves FLUX.
    """

    name: str
    step: Step
    stage: RefusalStage | None = None
    group: Group | None = None
    harmless: bool | None = None
    strike: bool = False
    fallback: bool = False
    flux: bool | None = None


TABLE: Final[tuple[Row, ...]] = (
    Row("minors", Step.STOP, group=Group.MINORS, strike=True),
    Row("person", Step.OFFER, group=Group.PERSON),
    Row("flux, input", Step.OFFER, stage=RefusalStage.INPUT, harmless=True, flux=True),
    Row("flux, output", Step.STOP, stage=RefusalStage.OUTPUT, flux=True),
    Row("output, harmless", Step.CONSTRAIN, stage=RefusalStage.OUTPUT, harmless=True),
    Row("output, not harmless", Step.STOP, stage=RefusalStage.OUTPUT),
    Row("input, mild, harmless", Step.REWORD, RefusalStage.INPUT, Group.MILD, harmless=True, fallback=True),
    Row("input, sensitive, harmless", Step.OFFER, RefusalStage.INPUT, Group.SENSITIVE, harmless=True),
    Row("input, not harmless", Step.STOP, stage=RefusalStage.INPUT, harmless=False),
    Row("input, no category, harmless", Step.REWORD, RefusalStage.INPUT, Group.NONE, True, fallback=True),
    Row("unknown stage, harmless", Step.OFFER, stage=RefusalStage.UNKNOWN, harmless=True),
    Row("unknown stage, not harmless", Step.STOP, stage=RefusalStage.UNKNOWN),
)

_MILD: Final = r"violence|gore|graphic|weapon|other"

_GROUPS: Final[tuple[tuple[str, Group], ...]] = (
    (r"minor|child|csam", Group.MINORS),
    (r"person|public.figure|celebrity|deception|copyright|trademark|\bip\b|likeness", Group.PERSON),
    (r"sexual|nud|hate|harass|self.?harm|illicit", Group.SENSITIVE),
    (_MILD, Group.MILD),
)

_CONSTRAINT: Final = "Everyone is fully clothed; nothing graphic, no blood, no readable personal data"


@dataclass(frozen=True, slots=True)
class Recourse:
    """One more try with these words at the same provider; `give_up` says no if that is refused too."""

    words: SafeWords
    row: Row

    def give_up(self, refusal: ProviderRefusal) -> Refused:
        return refused(refusal, self.row, None)


def group_of(categories: tuple[str, ...]) -> Group:
    """The most serious group among a provider's own category names."""
    if not categories:
        return Group.NONE
    text = " ".join(categories).lower()
    return next((group for pattern, group in _GROUPS if re.search(pattern, text)), Group.MILD)


def row_for(refusal: ProviderRefusal, *, harmless: bool, flux: bool = False) -> Row:
    """The row of the table that a refusal falls into."""
    group = group_of(refusal.categories)
    for row in TABLE:
        if row.stage not in (None, refusal.stage) or row.harmless not in (None, harmless):
            continue
        if row.flux not in (None, flux):
            continue
        if row.group in (None, group):
            return row
    raise AssertionError("the last rows of the table match everything")


def may_fall_back(refusal: ProviderRefusal, words: SafeWords, policy: Policy, *, flux: bool = False) -> bool:
    """Whether another host may be asked after a refusal: moderators have opted in, the row allows it, our own scores
    call the words harmless, and the provider named no category but those that we know to be mild.
    """
    row = row_for(refusal, harmless=is_harmless(words), flux=flux)
    mild = all(re.search(_MILD, category.lower()) for category in refusal.categories)
    opted_in = policy.recovery.refusal_fallback is RefusalFallback.BENIGN_ONLY
    return opted_in and row.fallback and mild and not words.degraded and not words.filtered_hosts_only


def is_harmless(words: SafeWords) -> bool:
    """By our own scores, and not against the text model's word."""
    return words.harmless and words.risk in {"none", "low"}


def after_refusal(
    refusal: ProviderRefusal, words: SafeWords, policy: Policy, *, flux: bool = False
) -> Recourse | Refused:
    """Another try by the table, or the friendly no. Words of a recourse have to pass the post-check first."""
    row = row_for(refusal, harmless=is_harmless(words), flux=flux)
    other = reworded(words, dict(words.readings))
    match row.step:
        case Step.REWORD if policy.recovery.auto_reword and other.changes:
            return Recourse(other, row)
        case Step.CONSTRAIN if policy.recovery.auto_reword:
            prompt = SafePrompt(f"{words.prompt.rstrip(' .')}. {_CONSTRAINT}")
            return Recourse(dataclasses.replace(words, prompt=prompt, reworded=True), row)
        case _:
            suggestion = other.prompt if other.changes and row.step is not Step.STOP else None
            return refused(refusal, row, suggestion)


def reworded(words: SafeWords, readings: Mapping[str, str]) -> SafeWords:
    """The same words with each ambiguous term replaced by its harmless reading.

    No `changes` if none of the terms stands there, as terms of a person's own language in an English prompt: the same
    words must not be sent, or suggested, once more.
    """
    prompt: str = words.prompt
    changes: list[tuple[str, str]] = []
    for term, reading in readings.items():
        if not term.strip():
            continue
        literal = reading.replace("\\", r"\\")
        changed = re.sub(rf"\b{re.escape(term)}\b", literal, prompt, flags=re.IGNORECASE)
        if changed != prompt:
            changes.append((term, reading))
        prompt = changed
    return dataclasses.replace(words, prompt=SafePrompt(prompt), reworded=True, changes=tuple(changes))


def refused(refusal: ProviderRefusal, row: Row, suggestion: str | None) -> Refused:
    """The no that a person reads; never the provider's own words."""
    group = group_of(refusal.categories)
    if group is Group.MINORS:
        return Refused(RefusalReason.MINORS, DecidedBy.PROVIDER, strike=True)
    output = refusal.stage is RefusalStage.OUTPUT
    reason = RefusalReason.PROVIDER_OUTPUT if output else RefusalReason.PROVIDER_INPUT
    if group is Group.PERSON:
        reason = RefusalReason.REAL_PERSON
    return Refused(reason, DecidedBy.PROVIDER, suggestion=suggestion, appealable=True, strike=row.strike)
