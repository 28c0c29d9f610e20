"""When the service that scores pictures is down: what a model on this machine may decide instead, as a table.

The model knows photographic nudity only. Violence, self-harm and drawn nudity stay unchecked, so its "harmless" never
publishes a picture as if it had been checked: at best behind a veil, and only if its host has a filter of its own.
"""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.domain.moderation import ModerationScores
from bot.domain.policy import Content, OnCheckOutage, OnUnsafePicture, Strictness

CATEGORY: Final = "sexual"
HOLD_FROM: Final = 0.2
BLOCK_FROM: Final = 0.8
"""The model's makers call less than 0.2 very probably safe and more than 0.8 very probably not (README of open_nsfw).
Most harmless pictures score below both; plain colour gradients do not."""


class Band(StrEnum):
    """What the local model says about a picture; OFF: there is none, SILENT: it gave no score."""

    OFF = "off"
    SILENT = "silent"
    HARMLESS = "harmless"
    HOLD = "hold"
    BLOCK = "block"


class Then(StrEnum):
    """What becomes of a picture.

    NOTHING: it is not shown, and that is our fault; HOLD: a moderator looks before anybody else; HOLD_VEILED: the same,
    and what they release is veiled; VEIL: shown behind a spoiler; WITHHOLD: it is not shown, and that is a refusal.
    """

    NOTHING = "nothing"
    HOLD = "hold"
    HOLD_VEILED = "hold_veiled"
    VEIL = "veil"
    WITHHOLD = "withhold"


_NOTHING, _HOLD, _VEILED, _VEIL, _WITHHOLD = (
    Then.NOTHING,
    Then.HOLD,
    Then.HOLD_VEILED,
    Then.VEIL,
    Then.WITHHOLD,
)

# What moderators chose for a picture that fails its check ("hold", "spoiler", "block") decides here too.
FILTERED_HOST: Final[Mapping[Band, Mapping[OnUnsafePicture, Then]]] = {
    band: dict(zip((OnUnsafePicture.HOLD, OnUnsafePicture.SPOILER, OnUnsafePicture.BLOCK), row, strict=True))
    for band, row in {
        # local model   hold      spoiler    block
        Band.OFF:    (_HOLD,   _VEIL,     _NOTHING),
        Band.SILENT: (_HOLD,   _NOTHING,  _NOTHING),
        Band.HARMLESS:   (_HOLD,   _VEIL,     _NOTHING),
        Band.HOLD:   (_VEILED, _VEILED,   _WITHHOLD),
        Band.BLOCK:  (_VEILED, _WITHHOLD, _WITHHOLD),
    }.items()
}  # fmt: skip
"""A host that has moderated its own pictures."""

UNFILTERED_HOST: Final[Mapping[Band, Then]] = {
    Band.OFF: Then.NOTHING,
    Band.SILENT: Then.NOTHING,
    Band.HARMLESS: Then.NOTHING,
    Band.HOLD: Then.NOTHING,
    Band.BLOCK: Then.WITHHOLD,
}
"""A host without a filter: nobody but the local model has seen the picture."""


def when_down(band: Band, content: Content, *, filtered: bool) -> Then:
    """What becomes of a picture that the service did not score."""
    if band is Band.HARMLESS and content.on_check_outage is OnCheckOutage.LOCAL:
        return _trusted(content, filtered=filtered)
    return FILTERED_HOST[band][content.on_unsafe_picture] if filtered else UNFILTERED_HOST[band]


def _trusted(content: Content, *, filtered: bool) -> Then:
    """Moderators let the local model's "harmless" count. Without the host's filter, or where they are strict, only as
    far as their own eyes.
    """
    waits = not filtered or is_strict(content) or content.on_unsafe_picture is OnUnsafePicture.HOLD
    return Then.HOLD if waits else Then.VEIL


def second_vote(band: Band, content: Content) -> Then | None:
    """What a picture's own second look does to one that the service let pass; None: nothing.

    It is taken of hosts without a filter, and can only stop.
    """
    match band:
        case Band.OFF | Band.HARMLESS:
            return None
        case Band.SILENT:
            return Then.NOTHING
        case _:
            return FILTERED_HOST[band][content.on_unsafe_picture]


def is_strict(content: Content) -> bool:
    """Whether the community is strict about anything that the local model cannot see."""
    return Strictness.STRICT in {
        content.strictness,
        *(level for category, level in content.categories if category.split("/")[0] != CATEGORY),
    }


def band_of(scores: ModerationScores) -> Band:
    """The band of the local model's score; SILENT for one that is none."""
    score = scores.scores.get(CATEGORY, math.nan)
    if not 0.0 <= score <= 1.0:
        return Band.SILENT
    if score >= BLOCK_FROM:
        return Band.BLOCK
    return Band.HOLD if score >= HOLD_FROM else Band.HARMLESS
