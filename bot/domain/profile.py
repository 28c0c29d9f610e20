"""What a model can do and what it costs: facts as data, so that a new model is an entry, not code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.domain.lora import LoraChoice
from bot.domain.money import ZERO, MicroUSD
from bot.domain.requests import Quality, ReferenceRole

MEGAPIXEL: Final = 1024 * 1024
"""Pixels of the picture that a tier's price is for."""


@dataclass(frozen=True, slots=True)
class SizeRule:
    """Which pixel sizes a model takes.

    Attributes:
        fixed: The only sizes, if not empty.
        multiple: Both sides are multiples of this many pixels.
        min_pixels, max_pixels: Bounds of width times height.
        max_side: Longest side in pixels.
        max_ratio: Longer side to shorter side.
    """

    fixed: tuple[tuple[int, int], ...] = ()
    multiple: int = 16
    min_pixels: int = 655_360
    max_pixels: int = 4_194_304
    max_side: int = 3840
    max_ratio: float = 3.0


@dataclass(frozen=True, slots=True)
class QualityTier:
    """Price of one 1024x1024 picture, None if unknown, and the seconds after which waiting is pointless."""

    price: MicroUSD | None
    deadline: float


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """Dollars a million tokens, for models that are billed by an answer's `usage`."""

    text_in: float
    image_in: float
    image_out: float


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """Capabilities of one model at one provider.

    Attributes:
        qualities: Tiers by the values the model takes; AUTO stands for the provider's own choice.
        own_check: The provider runs no safety check on pictures, so ours must pass before anything is shown.
        drawn: Pictures are drawn by rules of ours, so there is nothing to check and nothing to pay.
        fixed_cost: A self-hosted server: no price a picture.
        shutdown: The day the model stops answering; None if none is announced.
        edits: As `qualities`, for requests with references, where they differ.
        token_prices: What a picture really costs, where that follows from the answer's `usage`.
        by_area: A picture's price grows with its area, as tokens do; otherwise the first megapixel has the tier's
            price and each `further_megapixel` its own.
        public_loras: Takes any LoRA that can be fetched.
        named_loras: Those of the server itself, and the tenants that may choose each one; none stands for all.
        reference_price: For each reference that goes along, where `edits` does not say it.
    """

    family: str
    sizes: SizeRule = SizeRule()
    max_count: int = 1
    qualities: Mapping[Quality, QualityTier] = field(default_factory=dict)
    max_references: int = 0
    roles: frozenset[ReferenceRole] = frozenset()
    transparency: bool = False
    seed: bool = False
    partials: bool = False
    max_prompt: int = 32_000
    own_check: bool = False
    drawn: bool = False
    fixed_cost: bool = False
    shutdown: date | None = None
    edits: Mapping[Quality, QualityTier] = field(default_factory=dict)
    token_prices: TokenPrices | None = None
    by_area: bool = False
    further_megapixel: MicroUSD = ZERO
    reference_price: MicroUSD = ZERO
    public_loras: bool = False
    named_loras: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def takes(self, lora: LoraChoice) -> bool:
        if lora.source in self.named_loras:
            tenants = self.named_loras[lora.source]
            return not tenants or lora.tenant in tenants
        return self.public_loras and lora.public

    def tier(self, quality: Quality, *, edit: bool = False) -> QualityTier:
        """The tier for a quality, falling back to AUTO, then to an unknown price. `edit`: with references."""
        tiers = self.edits if edit and self.edits else self.qualities
        return tiers.get(quality) or tiers.get(Quality.AUTO) or QualityTier(price=None, deadline=180.0)

    def price_of(
        self, quality: Quality, *, pixels: int = MEGAPIXEL, references: int = 0, count: int = 1
    ) -> MicroUSD | None:
        """Micro-dollars for `count` pictures of that many pixels each, with that many references; None if unknown."""
        price = self.tier(quality, edit=references > 0).price
        if price is None:
            return None
        size = pixels / MEGAPIXEL
        one = price * size if self.by_area else price + self.further_megapixel * max(0.0, size - 1.0)
        return MicroUSD(round((one + self.reference_price * references) * count))
