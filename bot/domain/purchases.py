"""What one paid request asks for, as it is written down before the request leaves."""

from dataclasses import dataclass

from bot.domain.money import MicroUSD
from bot.domain.profile import MEGAPIXEL
from bot.domain.requests import Quality


@dataclass(frozen=True, slots=True)
class Purchase:
    """One request to one model.

    Attributes:
        price: Expected for all its pictures; None if unknown.
        pixels: Of one picture, as asked for.
        references: Pictures that go along, which some models price.
    """

    provider: str
    model: str
    price: MicroUSD | None = None
    quality: Quality = Quality.AUTO
    pictures: int = 1
    pixels: int = MEGAPIXEL
    references: int = 0


@dataclass(frozen=True, slots=True)
class Speed:
    """Mean seconds of the recent successful requests of a model at a quality."""

    provider: str
    model: str
    quality: Quality
    seconds: float
