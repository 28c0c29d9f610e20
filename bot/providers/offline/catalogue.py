"""All things that can be drawn, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.providers.offline import (
    animals,
    birds,
    buildings,
    celestial,
    food,
    objects,
    people,
    plants,
    sealife,
    vehicles,
)
from bot.providers.offline.things import Thing

_FAMILIES: Final = (animals, birds, sealife, plants, buildings, vehicles, food, objects, people, celestial)

CATALOGUE: Final[Mapping[str, Thing]] = MappingProxyType(
    {thing.name: thing for family in _FAMILIES for thing in family.THINGS}
)
