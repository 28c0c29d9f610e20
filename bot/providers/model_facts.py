"""Facts about a model from configuration, over those of the tables: a model that came out today needs no release."""

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from bot.domain.errors import ConfigurationError
from bot.domain.money import ZERO, micros
from bot.domain.profile import ModelProfile, QualityTier
from bot.domain.requests import Quality
from bot.providers.profiles import (
    FLUX_NEXT,
    FLUX_SELF_HOSTED,
    GPT_IMAGE_NEXT,
    is_known,
    profile_of,
)
from bot.settings import ModelFacts

_FAMILIES: Final = {"openai": GPT_IMAGE_NEXT, "azure": GPT_IMAGE_NEXT}
"""What an unknown model of a provider is like; everywhere else it is a FLUX."""


def facts_of(provider: str, model: str, told: Mapping[str, ModelFacts]) -> ModelProfile:
    """The profile of a model; `told` goes by "provider:model" or by the model alone.

    Raises:
        ConfigurationError: `like` names no known model.
    """
    facts = _told(provider, model, told)
    profile = profile_of(facts.like or model, _FAMILIES.get(provider, FLUX_NEXT))
    if facts.like is not None:
        profile = dataclasses.replace(profile, shutdown=None)
    return dataclasses.replace(profile, **_plain(facts), **_sizes(facts, profile), **_prices(facts, profile))


def own_server_facts(provider: str, model: str, told: Mapping[str, ModelFacts]) -> ModelProfile:
    """As `facts_of`, of a model on a server of one's own: no picture has a price there, and none is checked but by us,
    whatever the model is like.
    """
    facts, profile = _told(provider, model, told), FLUX_SELF_HOSTED
    if facts.like is not None:
        like = profile_of(facts.like)
        profile = dataclasses.replace(profile, sizes=like.sizes, max_references=like.max_references)
    return dataclasses.replace(profile, **_plain(facts), **_sizes(facts, profile))


def _told(provider: str, model: str, told: Mapping[str, ModelFacts]) -> ModelFacts:
    facts = told.get(f"{provider}:{model}") or told.get(model) or ModelFacts()
    if facts.like is not None and not is_known(facts.like):
        raise ConfigurationError(
            f"IMAGE_MODEL_FACTS says that {model} is like {facts.like}, which is not known",
            "Name a known model, such as gpt-image-2 or flux-2-pro.",
        )
    return facts


def _plain(facts: ModelFacts) -> dict[str, Any]:
    names = ("max_count", "max_references", "transparency", "seed", "partials")
    return {name: value for name in names if (value := getattr(facts, name)) is not None}


def _sizes(facts: ModelFacts, profile: ModelProfile) -> dict[str, Any]:
    if not facts.sizes:
        return {}
    fixed = tuple((int(wide), int(high)) for wide, _, high in (size.partition("x") for size in facts.sizes))
    return {"sizes": dataclasses.replace(profile.sizes, fixed=fixed)}


def _prices(facts: ModelFacts, profile: ModelProfile) -> dict[str, Any]:
    """Prices that are told stand alone: what the tables knew about another model's bill no longer holds."""
    changed: dict[str, Any] = {}
    if facts.usd is not None:
        by_quality = facts.usd if isinstance(facts.usd, dict) else dict.fromkeys(Quality, facts.usd)
        changed = {
            "qualities": MappingProxyType({q: _tier(by_quality, q, profile) for q in Quality}),
            "edits": MappingProxyType({}),
            "token_prices": None,
            "by_area": False,
            "further_megapixel": ZERO,
            "reference_price": ZERO,
        }
    if facts.usd_further_megapixel is not None:
        changed["further_megapixel"] = micros(facts.usd_further_megapixel)
    if facts.usd_reference is not None:
        changed["reference_price"] = micros(facts.usd_reference)
    return changed


def _tier(prices: Mapping[Quality, float], quality: Quality, profile: ModelProfile) -> QualityTier:
    usd = prices.get(quality)
    return QualityTier(None if usd is None else micros(usd), profile.tier(quality).deadline)
