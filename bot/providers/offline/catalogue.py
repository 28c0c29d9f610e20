"""All things that can be drawn, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.providers.offline import (
    animals,
    birds,
    buildings,
    celestial,
    containers,
    food,
    landmarks,
    objects,
    pastimes,
    people,
    plants,
    sealife,
    snacks,
    vehicles,
    wildlife,
)
from bot.providers.offline.things import Thing

_FAMILIES: Final = (
    animals, wildlife, birds, sealife, plants, buildings, landmarks, vehicles,
    food, snacks, objects, containers, pastimes, people, celestial,
)  # fmt: skip

CATALOGUE: Final[Mapping[str, Thing]] = MappingProxyType(
    {thing.name: thing for family in _FAMILIES for thing in family.THINGS}
)
