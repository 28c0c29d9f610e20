"""Who stands where: figures become spots, by count, size, relation and the shape of the picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from bot.providers.offline.catalogue import CATALOGUE
from bot.providers.offline.extras import put_on
from bot.providers.offline.palette import Coat, mix
from bot.providers.offline.scene import Place, Relation, Subject
from bot.providers.offline.things import Draw, Extent, Habitat, Thing, extent

_AFLOAT_PLACES: Final = frozenset({Place.SPACE, Place.UNDERWATER, Place.SKY})
_BIG: Final = 1.7
_FLATTEN: Final = 0.62
_ROW_OVERLAP: Final = 0.46
_NEARLY: Final = 80.0
_STAGGER: Final = 0.1
_CROWDED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Figure:
    """A subject with its drawing, measured.

    Attributes:
        height: Relative to the other figures.
    """

    subject: Subject
    thing: Thing
    draw: Draw
    coat: Coat
    box: Extent
    height: float

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.box.width / max(self.box.height, 1)


@dataclass(frozen=True, slots=True)
class Spot:
    """A figure in the picture, in scene units (the picture is 100 high): centre of its foot, and its height."""

    figure: Figure
    x: float
    foot: float
    height: float
    flip: bool = False
    shadow: bool = True
    afloat: bool = False

    @property
    def width(self) -> float:
        return self.height * self.figure.aspect


@dataclass(frozen=True, slots=True)
class Column:
    """A figure on the ground with those who stand on it or, `sunk`, in it."""

    base: Figure
    riders: tuple[Figure, ...] = ()
    sunk: bool = False

    @property
    def seat(self) -> float:
        """Where riders have their feet, as a share of the height of the base."""
        return self.base.thing.seat - (self.base.thing.hollow if self.sunk else 0.0)

    @property
    def base_height(self) -> float:
        """The base grows where it is too narrow for its riders."""
        need = self.riders_width * (0.7 if self.sunk else 0.86) / max(self.base.aspect, 0.05)
        return max(self.base.height, min(need, self.base.height * 2.2))

    @property
    def riders_width(self) -> float:
        each = [r.height * r.aspect for r in self.riders]
        return sum(each) if not self.sunk else max(each) + _CROWDED * (sum(each) - max(each))

    @property
    def width(self) -> float:
        return max(self.base_height * self.base.aspect, self.riders_width)

    @property
    def height(self) -> float:
        tallest = max((r.height for r in self.riders), default=0.0)
        return self.base_height * (1.0 if not self.riders else self.seat) + tallest


def figure(subject: Subject) -> Figure:
    """Measure a subject in its coat."""
    thing = CATALOGUE[subject.thing]
    draw = put_on(thing, subject.extras)
    bare, dressed = extent(thing.draw), extent(draw)
    coat = dye(thing, subject)
    relative = thing.size**_FLATTEN * dressed.height / max(bare.height, 1)
    return Figure(subject, thing, draw, coat, dressed, relative)


def dye(thing: Thing, subject: Subject) -> Coat:
    """The coat of a subject: a colour near the natural one ("red fox") only tints it and leaves the markings."""
    natural = thing.coat()
    if subject.colour is None:
        return natural
    if subject.finish is None and math.dist(natural.base, subject.colour) < _NEARLY:
        return natural.with_base(mix(natural.base, subject.colour, 0.4))
    return Coat(subject.colour, subject.finish or natural.finish, dyed=True)


def arrange(figures: Sequence[Figure], wide: float, ground: float, place: Place, rng: Random) -> list[Spot]:
    """Spots from back to front.

    Args:
        figures: In the order of the prompt.
        wide: Width of the picture in units of a hundredth of its height.
        ground: Height of the ground line in the same units.
        place: Decides whether figures float.
        rng: Decides sides and small irregularities.
    """
    if not figures:
        return []
    if place in _AFLOAT_PLACES:
        return _floating([f for f in figures for _ in range(f.subject.count)], wide, rng)
    columns, flyers = _columns(figures)
    big = [c for c in columns if c.base.thing.size >= _BIG]
    small = [c for c in columns if c.base.thing.size < _BIG]
    tallest = 66.0 if place in (Place.STUDIO, Place.ROOM) else 50.0 if place is Place.TABLE else 60.0
    if flyers:
        tallest *= 0.72
    spots: list[Spot] = []
    if big and small:
        spots += _row(big, wide, ground - 7, tallest * 1.02, rng)
        spots += _row(small, wide, ground + 2, tallest * 0.62, rng)
    else:
        spots += _row(columns, wide, ground, tallest, rng)
    return [*spots, *_flyers(flyers, wide, ground, bool(columns), rng)]


def _columns(figures: Sequence[Figure]) -> tuple[list[Column], list[Figure]]:
    """Who stands on whom, and who flies."""
    columns: list[Column] = []
    flyers: list[Figure] = []
    waiting: list[Figure] = []
    for i, current in enumerate(figures):
        copies = [current] * current.subject.count
        follows = i + 1 < len(figures)
        if follows and current.subject.relation in (Relation.ON, Relation.IN):
            waiting += copies
        elif (follows and current.subject.relation is Relation.OVER) or current.thing.habitat is Habitat.AIR:
            flyers += copies
        else:
            sunk = bool(waiting) and waiting[-1].subject.relation is Relation.IN
            columns.append(Column(current, tuple(waiting), sunk=sunk))
            columns += [Column(extra) for extra in copies[1:]]
            waiting = []
    columns += [Column(left) for left in waiting]
    return columns, flyers


def _row(columns: Sequence[Column], wide: float, foot: float, tallest: float, rng: Random) -> list[Spot]:
    """Columns side by side, in as many rows as make them largest."""
    columns = list(columns)
    if not columns:
        return []
    if len({c.base.thing.name for c in columns}) > 1 and rng.random() < 0.5:
        columns.reverse()
    rows, unit = max(
        ((rows, _unit(columns, rows, wide, tallest)) for rows in range(1, _most_rows(columns, wide) + 1)),
        key=lambda option: option[1] * 0.87 ** option[0],
    )
    per_row = math.ceil(len(columns) / rows)
    spots: list[Spot] = []
    for row in range(rows):
        depth = rows - 1 - row
        members = columns[row * per_row : (row + 1) * per_row]
        shrink = 0.9**depth
        step = max(c.height for c in columns) * unit * _ROW_OVERLAP
        line = _line(members, wide, foot - depth * step, unit * shrink, rng)
        shift = _STAGGER * wide / per_row * (-1 if row % 2 else 1) if rows > 1 and per_row > 1 else 0.0
        spots += [replace(spot, x=spot.x + shift) for spot in line]
    return spots


def _most_rows(columns: Sequence[Column], wide: float) -> int:
    """Two, or a few buildings, stand side by side, unless the picture is narrow."""
    alone = 4 if columns[0].base.thing.size >= _BIG else 2
    return min(4, len(columns)) if len(columns) > alone or wide < 70 else 1


def _unit(columns: Sequence[Column], rows: int, wide: float, tallest: float) -> float:
    """How large a relative height of 1 may become, in scene units."""
    per_row = math.ceil(len(columns) / rows)
    widest = max(
        sum(c.width for c in columns[i : i + per_row]) * 1.12 for i in range(0, len(columns), per_row)
    )
    high = max(c.height for c in columns) * (1 + _ROW_OVERLAP * (rows - 1))
    return min(wide * 0.88 / widest, tallest / high)


def _line(columns: Sequence[Column], wide: float, foot: float, unit: float, rng: Random) -> list[Spot]:
    total = sum(c.width for c in columns) * unit
    room = wide * 0.9 - total
    gap = min(room / max(1, len(columns)), total / max(1, len(columns)) * 0.3)
    drift = rng.uniform(-0.5, 0.5) * max(0.0, room - gap * len(columns)) * 0.3
    x = (wide - total - gap * (len(columns) - 1)) / 2 + drift
    spots: list[Spot] = []
    for i, column in enumerate(columns):
        width = column.width * unit
        jitter = rng.uniform(-1, 1) * unit * 0.025 if len(columns) > 1 else 0.0
        scale = unit * (rng.uniform(0.92, 1.03) if len(columns) > 1 else 1.0)
        flip = rng.random() < 0.4 or (len(columns) == 2 and i == 1)
        spots += _stack(column, x + width / 2, foot + jitter + (i % 2) * unit * 0.02, scale, flip=flip)
        x += width + gap
    return spots


def _stack(column: Column, x: float, foot: float, unit: float, *, flip: bool) -> list[Spot]:
    base = Spot(
        column.base, x, foot, column.base_height * unit,
        flip=flip and not column.base.thing.lettered,
        shadow=column.base.thing.habitat is not Habitat.AFLOAT,
        afloat=column.base.thing.habitat is Habitat.AFLOAT,
    )  # fmt: skip
    seat = foot - base.height * column.seat
    side = -1 if base.flip else 1
    left = x + side * column.base.thing.saddle * base.width - column.riders_width * unit / 2
    riders: list[Spot] = []
    for rider in column.riders:
        width = rider.height * rider.aspect * unit
        riders.append(
            Spot(
                rider,
                left + width / 2,
                seat + rider.height * unit * 0.02,
                rider.height * unit,
                flip=flip,
                shadow=False,
            )
        )
        left += width * (_CROWDED if column.sunk else 1.0)
    return [*riders, base] if column.sunk else [base, *riders]


def _flyers(flyers: Sequence[Figure], wide: float, ground: float, others: bool, rng: Random) -> list[Spot]:
    """In the upper half above those on the ground; in the middle where they are alone."""
    if not flyers:
        return []
    limit = 34.0 if others else 56.0
    cell = wide * 0.86 / len(flyers)
    relative = max(f.height for f in flyers)
    spots: list[Spot] = []
    for i, flyer in enumerate(flyers):
        height = min(limit * flyer.height / relative, cell / flyer.aspect)
        x = wide * 0.07 + cell * (i + 0.5) + rng.uniform(-0.1, 0.1) * cell
        lift = 41.0 if others else ground * 0.5 + height / 2
        spots.append(Spot(flyer, x, lift + rng.uniform(-3, 3), height, flip=rng.random() < 0.5, shadow=False))
    return spots


def _floating(figures: Sequence[Figure], wide: float, rng: Random) -> list[Spot]:
    """A loose cluster about the middle of the picture."""
    columns = max(1, round(math.sqrt(len(figures) * wide / 90)))
    rows = math.ceil(len(figures) / columns)
    columns = math.ceil(len(figures) / rows)
    cell_w, cell_h = wide * 0.86 / columns, 78.0 / rows
    relative = max(f.height for f in figures)
    spots: list[Spot] = []
    for i, one in enumerate(figures):
        row, column = divmod(i, columns)
        in_row = min(columns, len(figures) - row * columns)
        share = max(0.45, one.height / relative)
        height = min(cell_h * 0.84, cell_w * 0.9 / one.aspect, 60.0) * share
        x = wide / 2 + (column - (in_row - 1) / 2) * cell_w + rng.uniform(-0.06, 0.06) * cell_w
        middle = 8 + cell_h * (row + 0.5) + rng.uniform(-0.06, 0.06) * cell_h
        spots.append(
            Spot(
                one,
                x,
                middle + height / 2,
                height,
                flip=rng.random() < 0.4 and not one.thing.lettered,
                shadow=False,
            )
        )
    return spots
