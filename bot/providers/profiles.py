"""Facts about models, as data: what they take, what they cost, when they end.

Sources: the SDK's docstrings and LiteLLM's price map of 2026-11. An unknown new model gets its family's facts, so
that it works by a line of configuration.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from bot.domain.money import ZERO, micros
from bot.domain.profile import ModelProfile, QualityTier, SizeRule, TokenPrices
from bot.domain.requests import Quality, ReferenceRole

_LOW, _MEDIUM, _HIGH = 60.0, 180.0, 400.0
"""Seconds after which waiting is pointless, by quality. Measured ends lie between 2 and 250 s."""

_EVERY_ROLE: Final = frozenset(ReferenceRole)
_NO_MASK: Final = _EVERY_ROLE - {ReferenceRole.MASK}


def _tiers(low: float | None, medium: float | None, high: float | None) -> Mapping[Quality, QualityTier]:
    """Dollars for one 1024x1024 picture at each quality."""
    prices = ((Quality.LOW, low, _LOW), (Quality.MEDIUM, medium, _MEDIUM), (Quality.HIGH, high, _HIGH))
    tiers = {
        quality: QualityTier(None if price is None else micros(price), seconds)
        for quality, price, seconds in prices
    }
    return MappingProxyType(tiers | {Quality.AUTO: tiers[Quality.MEDIUM]})


def _flat(price: float | None, seconds: float) -> Mapping[Quality, QualityTier]:
    """Hosts without qualities: one price, one deadline."""
    tier = QualityTier(None if price is None else micros(price), seconds)
    return MappingProxyType(dict.fromkeys(Quality, tier))


GPT_IMAGE_2: Final = ModelProfile(
    family="gpt-image",
    sizes=SizeRule(multiple=16, min_pixels=655_360, max_pixels=3_686_400, max_side=3840),
    max_count=10,
    qualities=_tiers(0.006, 0.053, 0.211),
    edits=_tiers(0.015, 0.061, 0.219),
    token_prices=TokenPrices(text_in=5.0, image_in=8.0, image_out=30.0),
    by_area=True,
    max_references=16,
    roles=_EVERY_ROLE,
    transparency=True,
    partials=True,
)
GPT_IMAGE_2_5: Final = dataclasses.replace(
    GPT_IMAGE_2, qualities=_tiers(0.00588, 0.01317, 0.05268), edits=MappingProxyType({})
)
GPT_IMAGE_NEXT: Final = dataclasses.replace(
    GPT_IMAGE_2,
    sizes=SizeRule(fixed=((1024, 1024), (1536, 1024), (1024, 1536))),
    qualities=_tiers(None, None, None),
    edits=MappingProxyType({}),
    token_prices=None,
)
"""A model of the family that is not known yet: only what every member takes, price unknown."""

FLUX_2: Final = ModelProfile(
    family="flux",
    sizes=SizeRule(multiple=16, min_pixels=64 * 64, max_pixels=4_000_000, max_side=2048),
    max_count=1,
    qualities=_flat(0.03, 120.0),
    further_megapixel=micros(0.015),
    reference_price=micros(0.015),
    max_references=8,
    roles=_NO_MASK,
    seed=True,
    own_check=True,
)


def _flux(first: float, further: float, seconds: float, **changes: Any) -> ModelProfile:
    """Dollars for the first megapixel and for each further one; a reference costs as much as the latter."""
    more = micros(further)
    return dataclasses.replace(
        FLUX_2, qualities=_flat(first, seconds), further_megapixel=more, reference_price=more, **changes
    )


FLUX_NEXT: Final = dataclasses.replace(FLUX_2, qualities=_flat(None, 180.0))
"""As above: price unknown."""
FLUX_SELF_HOSTED: Final = dataclasses.replace(
    FLUX_2,
    qualities=_flat(0.0, 120.0),
    further_megapixel=ZERO,
    reference_price=ZERO,
    max_count=4,
    fixed_cost=True,
)
OFFLINE: Final = ModelProfile(
    family="offline",
    sizes=SizeRule(multiple=1, min_pixels=64 * 64, max_pixels=4_194_304, max_side=2048),
    max_count=4,
    qualities=_flat(0.0, 30.0),
    max_references=16,
    roles=_EVERY_ROLE,
    transparency=True,
    seed=True,
    drawn=True,
)

# By the start of a model's name; the longest start counts.
_MODELS: Final[Mapping[str, ModelProfile]] = {
    "gpt-image-2": GPT_IMAGE_2,
    "gpt-image-2.5": GPT_IMAGE_2_5,
    "gpt-image-2.6": GPT_IMAGE_NEXT,
    "gpt-image": GPT_IMAGE_NEXT,
    "flux-2-pro": FLUX_2,
    "flux-2-max": _flux(0.07, 0.03, 180.0),
    "flux-2-flex": _flux(0.05, 0.05, 180.0),
    "flux-2-klein-4b": _flux(0.014, 0.001, 60.0, max_references=4),
    "flux-2-klein-9b": _flux(0.015, 0.002, 60.0, max_references=5),
    "flux-2/lora": dataclasses.replace(_flux(0.021, 0.021, 120.0), public_loras=True),
    "flux": FLUX_NEXT,
}

SHUTDOWNS: Final[Mapping[str, date]] = {
    "dall-e-2": date(2026, 5, 12),
    "dall-e-3": date(2026, 5, 12),
    "gpt-image-1": date(2026, 10, 23),
    "gpt-image-1-mini": date(2026, 12, 1),
    "gpt-image-1.5": date(2026, 12, 1),
    "chatgpt-image-latest": date(2026, 12, 1),
    "gpt-4.1-nano": date(2026, 10, 23),
    "gpt-5": date(2026, 12, 11),
    "gpt-5-mini": date(2026, 12, 11),
    "gpt-5-nano": date(2026, 12, 11),
    "gpt-4o": date(2027, 1, 14),
    "gpt-4o-mini": date(2027, 1, 14),
    "gpt-4.1": date(2027, 1, 14),
    "gpt-4.1-mini": date(2027, 1, 14),
    "gpt-5.1": date(2027, 4, 1),
    "gpt-5.4-nano": date(2027, 4, 1),
}
"""The day a model stops answering, image and text models alike."""


def profile_of(model: str, unknown: ModelProfile = FLUX_NEXT) -> ModelProfile:
    """A model's facts, by the longest known start of its name, also behind an owner ("fal-ai/flux-2/lora").

    `unknown` are those of a model that has none.
    """
    starts = _starts(model)
    known = _MODELS[max(starts, key=len)] if starts else unknown
    return dataclasses.replace(known, shutdown=shutdown_of(model))


def shutdown_of(model: str) -> date | None:
    """The announced last day of a model, None if there is none."""
    return SHUTDOWNS.get(model)


def is_known(model: str) -> bool:
    """Whether the table has facts about a model, or about its family."""
    return bool(_starts(model))


def _starts(model: str) -> list[str]:
    parts = model.lower().split("/")
    names = ["/".join(parts[place:]) for place in range(len(parts))]
    return [start for start in _MODELS for name in names if name.startswith(start)]
