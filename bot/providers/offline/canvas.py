"""A supersampled canvas in drawing units: smooth shapes, gradients, soft light, clipping, lettering."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Self

from PIL import Image, ImageChops, ImageDraw

from bot.providers.offline.lettering import Weight, font
from bot.providers.offline.palette import GLOW, SHADE, Coat, Colour, Finish, darker, lighter

Point = tuple[float, float]
Path = Sequence[Point]
Stop = tuple[float, Colour, float]

DOWN: Final = 90.0
FULL: Final = 1.0


@dataclass(frozen=True, slots=True)
class Gradient:
    """Colour stops (position 0 to 1, colour, opacity 0 to 1) over the bounding box of a shape.

    Attributes:
        angle: Direction in degrees, 0 to the right, 90 down; unused when radial.
        focus: Centre of a radial gradient as a share of the box.
        reach: Radius of a radial gradient as a share of the half box.
    """

    stops: tuple[Stop, ...]
    angle: float = DOWN
    radial: bool = False
    focus: Point = (0.5, 0.5)
    reach: float = 1.0

    @property
    def opaque(self) -> bool:
        return all(opacity >= FULL for _, _, opacity in self.stops)

    def palette(self) -> bytes:
        """256 RGBA entries."""
        return _palette(self.stops)


@lru_cache(maxsize=1024)
def _palette(stops: tuple[Stop, ...]) -> bytes:
    """Kept, and written without a call an entry: it was half the time of drawing, and coats come again and again."""
    entries = bytearray()
    step = 0
    before = stops[0]
    for after in stops:
        red, green, blue = before[1]
        opacity = before[2]
        more_red, more_green, more_blue = after[1][0] - red, after[1][1] - green, after[1][2] - blue
        more_opacity = after[2] - opacity
        span = after[0] - before[0]
        while step < 256 and (position := step / 255) <= after[0]:
            share = max(0.0, (position - before[0]) / span if span > 0 else 1.0)
            entries.extend(
                (
                    round(red + more_red * share),
                    round(green + more_green * share),
                    round(blue + more_blue * share),
                    round((opacity + more_opacity * share) * 255),
                )
            )
            step += 1
        before = after
    entries.extend((*before[1], round(before[2] * 255)) * (256 - step))
    return bytes(entries)


Paint = Colour | Gradient


@lru_cache(maxsize=2048)
def points(text: str) -> tuple[Point, ...]:
    """The points of a path, written as in the `points` attribute of SVG: "50,15 35,13 24,19"."""
    return tuple((float(x), float(y)) for x, y in (pair.split(",") for pair in text.split()))


def linear(*colours: Colour, angle: float = DOWN) -> Gradient:
    """Evenly spaced colours."""
    last = max(1, len(colours) - 1)
    return Gradient(tuple((i / last, colour, FULL) for i, colour in enumerate(colours)), angle)


def radial(*colours: Colour, focus: Point = (0.5, 0.5), reach: float = 1.0) -> Gradient:
    """Evenly spaced colours from the focus outwards."""
    last = max(1, len(colours) - 1)
    stops = tuple((i / last, colour, FULL) for i, colour in enumerate(colours))
    return Gradient(stops, radial=True, focus=focus, reach=reach)


def fading(colour: Colour, start: float, end: float, angle: float = DOWN) -> Gradient:
    """One colour whose opacity runs from start to end."""
    return Gradient(((0, colour, start), (1, colour, end)), angle)


def clear(colour: Colour, opacity: float) -> Gradient:
    """One colour with even opacity."""
    return Gradient(((0, colour, opacity), (1, colour, opacity)))


def halo(colour: Colour, opacity: float) -> Gradient:
    """Light or shadow that fades from the centre with a soft shoulder."""
    stops = tuple((t / 6, colour, opacity * (1 - t / 6) ** 2 * (1 + 2 * t / 6)) for t in range(7))
    return Gradient(stops, radial=True)


def surface(coat: Coat, angle: float = 62) -> Gradient:
    """The light on a rounded body of this material, from the upper left."""
    base = coat.base
    if coat.finish is Finish.METAL:
        shine, low = lighter(base, 0.82), darker(base, 0.5)
        stops: tuple[Stop, ...] = (
            (0.0, lighter(base, 0.2), FULL),
            (0.16, lighter(base, 0.5), FULL),
            (0.27, shine, FULL),
            (0.38, lighter(base, 0.22), FULL),
            (0.58, base, FULL),
            (0.8, low, FULL),
            (0.92, darker(base, 0.36), FULL),
            (1.0, lighter(base, 0.12), FULL),
        )
        return Gradient(stops, angle)
    if coat.finish is Finish.GLASS:
        glass = ((0.0, lighter(base, 0.8), 0.92), (0.45, base, 0.72), (1.0, darker(base, 0.22), 0.9))
        return Gradient(glass, angle)
    return linear(lighter(base, 0.26), base, darker(base, 0.26), angle=angle)


_CIRCLE: Final = tuple((math.cos(math.tau * step / 72), math.sin(math.tau * step / 72)) for step in range(72))


def ellipse_path(cx: float, cy: float, rx: float, ry: float, tilt: float = 0) -> list[Point]:
    """An ellipse as a polygon, turned by `tilt` degrees clockwise."""
    turn = math.radians(tilt)
    cos, sin = math.cos(turn), math.sin(turn)
    return [
        (cx + rx * across * cos - ry * down * sin, cy + rx * across * sin + ry * down * cos)
        for across, down in _CIRCLE
    ]


def arc_path(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """An open elliptical arc between two angles in degrees (0 right, 90 down)."""
    steps = 40
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


def rounded_path(x: float, y: float, w: float, h: float, radius: float) -> list[Point]:
    """A rectangle with round corners."""
    r = max(0.0, min(radius, w / 2, h / 2))
    if not r:
        return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    corners = (
        (x + w - r, y + r, -90),
        (x + w - r, y + h - r, 0),
        (x + r, y + h - r, 90),
        (x + r, y + r, 180),
    )
    return [
        (cx + r * math.cos(math.radians(start + step * 9)), cy + r * math.sin(math.radians(start + step * 9)))
        for cx, cy, start in corners
        for step in range(11)
    ]


def smooth(knots: Path, *, closed: bool = True) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    count = len(knots)
    if count < 3:
        return list(knots)
    steps = 10
    path: list[Point] = []
    for i in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (knots[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            a, b, c, d = (knots[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        path += [_catmull_rom(a, b, c, d, step / steps) for step in range(steps)]
    if not closed:
        path.append(knots[-1])
    return path


def _catmull_rom(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    def along(p: float, q: float, r: float, s: float) -> float:
        return 0.5 * (
            2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t**3
        )

    return along(a[0], b[0], c[0], d[0]), along(a[1], b[1], c[1], d[1])


def mirrored(left: Path) -> list[Point]:
    """A shape that is symmetric about the vertical line at 50, from its left outline given top to bottom."""
    return [*left, *((100 - x, y) for x, y in reversed(left))]


def turned(points: Path, angle: float, centre: Point) -> list[Point]:
    """The points turned clockwise about a centre, in degrees."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    cx, cy = centre
    return [(cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos) for x, y in points]


def ribbon_path(points: Path, widths: Sequence[float]) -> list[Point]:
    """The outline of a smooth stroke whose width runs through `widths`."""
    spine = smooth(points, closed=False)
    left, right = [], []
    for i, (x, y) in enumerate(spine):
        before, after = spine[max(i - 1, 0)], spine[min(i + 1, len(spine) - 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        half = _between(widths, i / (len(spine) - 1)) / 2
        left.append((x - dy / length * half, y + dx / length * half))
        right.append((x + dy / length * half, y - dx / length * half))
    return [*left, *reversed(right)]


def _between(values: Sequence[float], position: float) -> float:
    place = position * (len(values) - 1)
    index = min(int(place), len(values) - 2)
    return values[index] + (values[index + 1] - values[index]) * (place - index)


class Canvas:
    """An RGBA image with its own units.

    Args:
        width: Pixels.
        height: Pixels.
        scale: Pixels a unit.
        origin: Pixel at which the units start.
    """

    def __init__(self, width: int, height: int, scale: float = 1.0, origin: Point = (0.0, 0.0)) -> None:
        self.image = Image.new("RGBA", (max(1, width), max(1, height)), (0, 0, 0, 0))
        self._scale = scale
        self._origin = origin

    @property
    def scale(self) -> float:
        return self._scale

    def pixel(self, point: Point) -> Point:
        """Units to pixels."""
        return point[0] * self._scale + self._origin[0], point[1] * self._scale + self._origin[1]

    @contextmanager
    def placed(self, x: float, y: float, size: float) -> Iterator[Self]:
        """Inside, 100 units span `size` of the outer units, from the corner (x, y)."""
        saved = self._scale, self._origin
        self._origin = self.pixel((x, y))
        self._scale *= size / 100
        try:
            yield self
        finally:
            self._scale, self._origin = saved

    @contextmanager
    def clipped(self, path: Path) -> Iterator[Self]:
        """Inside, only what falls within the path is drawn."""
        pixels = [self.pixel(point) for point in path]
        box = self._box(pixels)
        if box is None:
            yield self
            return
        outer, origin = self.image, self._origin
        size = (box[2] - box[0], box[3] - box[1])
        self.image = Image.new("RGBA", size, (0, 0, 0, 0))
        self._origin = (origin[0] - box[0], origin[1] - box[1])
        try:
            yield self
        finally:
            layer, self.image, self._origin = self.image, outer, origin
            layer.putalpha(ImageChops.multiply(layer.getchannel("A"), _mask(pixels, box)))
            outer.alpha_composite(layer, box[:2])

    def polygon(self, path: Path, paint: Paint) -> None:
        pixels = [self.pixel(point) for point in path]
        if not isinstance(paint, Gradient):
            ImageDraw.Draw(self.image).polygon(pixels, fill=(*paint, 255))
            return
        box = self._box(pixels)
        if box is None:
            return
        whole = _extent(pixels)
        layer = gradient_image(paint, box, whole)
        mask = _mask(pixels, box)
        if paint.opaque:
            self.image.paste(layer, box[:2], mask)
        else:
            layer.putalpha(ImageChops.multiply(layer.getchannel("A"), mask))
            self.image.alpha_composite(layer, box[:2])

    def blob(self, points: Path, paint: Paint) -> None:
        self.polygon(smooth(points), paint)

    def ellipse(self, cx: float, cy: float, rx: float, ry: float, paint: Paint, tilt: float = 0) -> None:
        self.polygon(ellipse_path(cx, cy, rx, ry, tilt), paint)

    def circle(self, cx: float, cy: float, r: float, paint: Paint) -> None:
        self.ellipse(cx, cy, r, r, paint)

    def rect(self, x: float, y: float, w: float, h: float, paint: Paint, radius: float = 0) -> None:
        self.polygon(rounded_path(x, y, w, h, radius), paint)

    def ribbon(self, points: Path, widths: Sequence[float], paint: Paint) -> None:
        """A smooth stroke with round ends; `widths` run along it."""
        self.polygon(ribbon_path(points, widths), paint)
        if not isinstance(paint, Gradient):
            for (x, y), width in ((points[0], widths[0]), (points[-1], widths[-1])):
                self.circle(x, y, width / 2, paint)

    def line(self, points: Path, width: float, paint: Colour) -> None:
        """A stroke of even width with straight segments and round joints."""
        for a, b in pairwise(points):
            self.polygon(ribbon_path((a, b), (width, width)), paint)
        for x, y in points:
            self.circle(x, y, width / 2, paint)

    def curve(self, points: Path, width: float, paint: Colour) -> None:
        """A smooth stroke of even width."""
        self.ribbon(points, (width, width), paint)

    def glow(self, cx: float, cy: float, r: float, colour: Colour = GLOW, opacity: float = 0.6) -> None:
        self.circle(cx, cy, r, halo(colour, opacity))

    def shadow(self, cx: float, cy: float, rx: float, ry: float, opacity: float = 0.4) -> None:
        """A soft pool of shade, such as a thing throws on the floor."""
        self.ellipse(cx, cy, rx, ry, halo(SHADE, opacity))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        colour: Colour,
        weight: Weight = Weight.REGULAR,
        anchor: str = "ls",
    ) -> None:
        """Lettering whose em is `size` units; anchors as in Pillow."""
        pixels = max(1, round(size * self._scale))
        ImageDraw.Draw(self.image).text(
            self.pixel((x, y)), words, fill=(*colour, 255), font=font(weight, pixels), anchor=anchor
        )

    def _box(self, pixels: Path) -> tuple[int, int, int, int] | None:
        left, top, right, bottom = _extent(pixels)
        box = (
            max(0, math.floor(left)),
            max(0, math.floor(top)),
            min(self.image.width, math.ceil(right) + 1),
            min(self.image.height, math.ceil(bottom) + 1),
        )
        return box if box[0] < box[2] and box[1] < box[3] else None


def _extent(pixels: Path) -> tuple[float, float, float, float]:
    xs = [x for x, _ in pixels]
    ys = [y for _, y in pixels]
    return min(xs), min(ys), max(xs), max(ys)


def _mask(pixels: Path, box: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
    ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in pixels], fill=255)
    return mask


@lru_cache(maxsize=1)
def _radial_ramp() -> Image.Image:
    """0 in the centre to 255 on the inscribed circle; Pillow's own ramp ends in the corners only."""
    return Image.radial_gradient("L").point([min(255, round(v * math.sqrt(2))) for v in range(256)])


def gradient_image(
    paint: Gradient, box: tuple[int, int, int, int], whole: tuple[float, float, float, float]
) -> Image.Image:
    """The part `box` (pixels) of a gradient that spans `whole` (pixels), as RGBA."""
    size = (box[2] - box[0], box[3] - box[1])
    left, top, right, bottom = whole
    width, height = max(right - left, 1e-6), max(bottom - top, 1e-6)
    if paint.radial:
        source = _radial_ramp()
        sx, sy = 255 / (width * paint.reach), 255 / (height * paint.reach)
        cx, cy = left + width * paint.focus[0] - box[0], top + height * paint.focus[1] - box[1]
        affine = (sx, 0.0, 128 - cx * sx, 0.0, sy, 128 - cy * sy)
    else:
        source = Image.linear_gradient("L")
        dx, dy = math.cos(math.radians(paint.angle)), math.sin(math.radians(paint.angle))
        corners = [x * dx + y * dy for x in (left, right) for y in (top, bottom)]
        low, span = min(corners), max(max(corners) - min(corners), 1e-6)
        k = 254 / span
        affine = (0.0, 0.0, 128.0, dx * k, dy * k, 1 + (box[0] * dx + box[1] * dy - low) * k)
    ramp = source.transform(size, Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR, fillcolor=255)
    ramp.putpalette(paint.palette(), "RGBA")
    return ramp.convert("RGBA")
