"""What one paid request asks for, as it is written down before the request leaves."""

from dataclasses import dataclass

from bot.domain.money import MicroUSD
from bot.domain.requests import Quality


@dataclass(frozen=True, slots=True)
class Purchase:
    """One request to one model.

    Attributes:
        price: Expected for all its pictures; None if unknown.
        edit: It takes references along, which some models price differently.
    """

    provider: str
    model: str
    price: MicroUSD | None = None
    quality: Quality = Quality.AUTO
    pictures: int = 1
    edit: bool = False


@dataclass(frozen=True, slots=True)
class Speed:
    """Mean seconds of the recent successful requests of a model at a quality."""

    provider: str
    model: str
    quality: Quality
    seconds: float
