"""Style words as filters over the finished picture."""

import math
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from bot.providers.offline.scene import Style

_TILE: Final = 256
_BRUSH_SIDE: Final = 640

Filter = Callable[[Image.Image, Random], Image.Image]


def grain(size: tuple[int, int], rng: Random, coarse: int = 1) -> Image.Image:
    """Even grey noise around 128; `coarse` is the size of a grain in pixels."""
    tile = Image.frombytes("L", (_TILE, _TILE), rng.randbytes(_TILE * _TILE))
    sheet = Image.new("L", (math.ceil(size[0] / coarse), math.ceil(size[1] / coarse)))
    for x in range(0, sheet.width, _TILE):
        for y in range(0, sheet.height, _TILE):
            sheet.paste(tile, (x, y))
    return sheet if coarse == 1 else sheet.resize(size, Image.Resampling.BICUBIC)


def _level(noise: Image.Image, strength: int) -> Image.Image:
    return noise.point([128 + round((v - 128) * strength / 128) for v in range(256)])


def textured(picture: Image.Image, rng: Random, strength: int, coarse: int = 1) -> Image.Image:
    """Noise of the given strength (levels) laid over all channels alike."""
    noise = _level(grain(picture.size, rng, coarse), strength)
    return ImageChops.overlay(picture, Image.merge("RGB", (noise, noise, noise)))


def _lines(picture: Image.Image, spread: float) -> Image.Image:
    """Dark outlines on white: a colour dodge of the grey picture with its blurred negative."""
    grey = ImageOps.grayscale(picture)
    blurred = grey.filter(ImageFilter.GaussianBlur(spread))
    return ImageChops.subtract(
        ImageChops.invert(ImageChops.difference(grey, blurred)), Image.new("L", grey.size, 0)
    ).point([max(0, min(255, 255 - (255 - v) * 7)) for v in range(256)])


def _unit(picture: Image.Image) -> float:
    return max(1.0, min(picture.size) / 512)


def _brushed(picture: Image.Image, brush: ImageFilter.Filter) -> Image.Image:
    """A rank filter at the size where it is affordable and its strokes show, enlarged again."""
    factor = math.ceil(min(picture.size) / _BRUSH_SIDE)
    if factor == 1:
        return picture.filter(brush)
    return picture.reduce(factor).filter(brush).resize(picture.size, Image.Resampling.BICUBIC)


def watercolor(picture: Image.Image, rng: Random) -> Image.Image:
    unit = _unit(picture)
    warped = _wobble(picture, rng, 4 * unit)
    soft = _brushed(warped, ImageFilter.MedianFilter(5)).filter(ImageFilter.GaussianBlur(0.4 * unit))
    blot = _level(grain(soft.size, rng, round(44 * unit)), 40)
    pools = ImageChops.overlay(soft, Image.merge("RGB", (blot, blot, blot)))
    edges = _lines(soft, 2.0 * unit).point([158 + v * 97 // 255 for v in range(256)])
    pooled = ImageChops.multiply(pools, Image.merge("RGB", (edges, edges, edges)))
    pale = Image.blend(pooled, Image.new("RGB", pooled.size, (255, 252, 244)), 0.2)
    paper = _level(grain(pale.size, rng, 2), 10)
    papered = ImageChops.overlay(pale, Image.merge("RGB", (paper, paper, paper)))
    return _deckle(ImageEnhance.Color(papered).enhance(1.2), rng)


def _wobble(picture: Image.Image, rng: Random, reach: float) -> Image.Image:
    """Bend the picture slightly, so that no edge stays ruled."""
    across, down = 12, 12
    width, height = picture.size
    knots = {
        (i, j): (
            min(width, max(0, i * width / across + (rng.uniform(-reach, reach) if 0 < i < across else 0))),
            min(height, max(0, j * height / down + (rng.uniform(-reach, reach) if 0 < j < down else 0))),
        )
        for i in range(across + 1)
        for j in range(down + 1)
    }
    mesh = []
    for i in range(across):
        for j in range(down):
            box = (
                i * width // across,
                j * height // down,
                (i + 1) * width // across,
                (j + 1) * height // down,
            )
            quad = (*knots[i, j], *knots[i, j + 1], *knots[i + 1, j + 1], *knots[i + 1, j])
            mesh.append((box, quad))
    return picture.transform(picture.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _deckle(picture: Image.Image, rng: Random) -> Image.Image:
    """An uneven paper border, where the wash ends."""
    width, height = picture.size
    margin = max(2, round(min(width, height) * 0.035))
    mask = Image.new("L", (width, height), 0)
    mask.paste(255, (margin, margin, width - margin, height - margin))
    ragged = grain((width, height), rng, max(3, margin // 2))
    soft = mask.filter(ImageFilter.GaussianBlur(margin * 0.5))
    mixed = ImageChops.add(soft, _level(ragged, 70), 1, -128).point(
        [0 if v < 112 else min(255, (v - 112) * 9) for v in range(256)]
    )
    return Image.composite(picture, Image.new("RGB", (width, height), (252, 248, 238)), mixed)


def noir(picture: Image.Image, rng: Random) -> Image.Image:
    grey = ImageOps.autocontrast(ImageOps.grayscale(picture), cutoff=2)
    hard = grey.point(
        [
            round(255 * (v / 255) ** 1.5 * (3 - 2 * (v / 255)) ** 0.5 / 1.0) if v < 255 else 255
            for v in range(256)
        ]
    )
    toned = ImageOps.colorize(hard, (8, 8, 14), (244, 240, 230), mid=(92, 94, 104))
    shade = (
        Image.radial_gradient("L")
        .resize(picture.size)
        .point([max(0, (v - 70) * 200 // 255) for v in range(256)])
    )
    dark = Image.composite(Image.new("RGB", picture.size, (4, 4, 8)), toned, shade)
    return textured(dark, rng, 26)


def pixel(picture: Image.Image, rng: Random) -> Image.Image:
    del rng
    shorter = min(picture.size)
    cell = max(2, round(shorter / 96))
    small = picture.resize(
        (max(1, picture.width // cell), max(1, picture.height // cell)), Image.Resampling.BOX
    )
    vivid = ImageEnhance.Contrast(ImageEnhance.Color(small).enhance(1.35)).enhance(1.1)
    few = vivid.quantize(28, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    return few.resize(picture.size, Image.Resampling.NEAREST)


def blueprint(picture: Image.Image, rng: Random) -> Image.Image:
    unit = _unit(picture)
    lines = ImageChops.invert(_lines(picture, 1.6 * unit))
    tone = ImageOps.grayscale(picture).point([v * 26 // 255 for v in range(256)])
    ink = ImageChops.add(lines, tone)
    sheet = ImageOps.colorize(ink, (20, 62, 132), (232, 242, 255))
    grid = _grid(sheet.size, max(8, round(min(sheet.size) / 32)))
    return textured(Image.composite(Image.new("RGB", sheet.size, (122, 164, 220)), sheet, grid), rng, 8)


def _grid(size: tuple[int, int], step: int) -> Image.Image:
    """Fine lines, every fifth stronger, as a mask."""
    mask = Image.new("L", size, 0)
    for k, x in enumerate(range(0, size[0], step)):
        mask.paste(120 if k % 5 == 0 else 52, (x, 0, x + 1, size[1]))
    for k, y in enumerate(range(0, size[1], step)):
        mask.paste(120 if k % 5 == 0 else 52, (0, y, size[0], y + 1))
    return mask


def neon(picture: Image.Image, rng: Random) -> Image.Image:
    del rng
    unit = _unit(picture)
    lines = ImageChops.invert(_lines(picture, 1.8 * unit))
    hues = ImageOps.colorize(
        ImageOps.equalize(ImageOps.grayscale(picture)), (255, 60, 190), (70, 240, 255), mid=(150, 90, 255)
    )
    tubes = ImageChops.multiply(hues, Image.merge("RGB", (lines, lines, lines)))
    halo = tubes.filter(ImageFilter.GaussianBlur(6 * unit))
    base = ImageOps.colorize(ImageOps.grayscale(picture), (10, 6, 30), (74, 26, 108), mid=(30, 14, 66))
    return ImageChops.screen(
        ImageChops.screen(base, ImageEnhance.Brightness(halo).enhance(2.2)),
        ImageEnhance.Brightness(tubes).enhance(1.5),
    )


def sketch(picture: Image.Image, rng: Random) -> Image.Image:
    unit = _unit(picture)
    bent = _wobble(picture, rng, 2.4 * unit)
    lines = _lines(bent, 1.8 * unit)
    tone = ImageOps.grayscale(bent).point([255 if v > 176 else 214 if v > 110 else 172 for v in range(256)])
    hatch = grain(tone.size, rng, 1).filter(ImageFilter.GaussianBlur(0.6))
    shaded = ImageChops.lighter(tone, hatch.point([min(255, v + 70) for v in range(256)]))
    drawn = ImageChops.multiply(lines, shaded)
    return textured(ImageOps.colorize(drawn, (52, 48, 56), (250, 246, 236)), rng, 10)


def vintage(picture: Image.Image, rng: Random) -> Image.Image:
    sepia = ImageOps.colorize(ImageOps.grayscale(picture), (58, 36, 24), (250, 234, 200), mid=(172, 126, 84))
    return textured(Image.blend(picture, sepia, 0.72), rng, 24)


def pop(picture: Image.Image, rng: Random) -> Image.Image:
    del rng
    flat = ImageOps.posterize(
        ImageEnhance.Color(_brushed(picture, ImageFilter.ModeFilter(5))).enhance(1.7), 3
    )
    bright = ImageOps.autocontrast(flat, cutoff=1)
    lines = _lines(picture, 2.2 * _unit(picture))
    return ImageChops.multiply(bright, Image.merge("RGB", (lines, lines, lines)))


def oil(picture: Image.Image, rng: Random) -> Image.Image:
    unit = _unit(picture)
    bent = _wobble(picture, rng, 4 * unit)
    daubs = _brushed(bent, ImageFilter.MedianFilter(7))
    crisp = daubs.filter(ImageFilter.UnsharpMask(3, 60, 2))
    canvas = textured(crisp, rng, 16, max(2, round(2.5 * unit)))
    return ImageEnhance.Color(canvas).enhance(1.25)


def monochrome(picture: Image.Image, rng: Random) -> Image.Image:
    return textured(ImageOps.autocontrast(ImageOps.grayscale(picture)).convert("RGB"), rng, 8)


def pastel(picture: Image.Image, rng: Random) -> Image.Image:
    pale = Image.blend(picture, Image.new("RGB", picture.size, (255, 244, 246)), 0.45)
    return textured(pale, rng, 14, 2)


FILTERS: Final[Mapping[Style, Filter]] = {
    Style.WATERCOLOR: watercolor,
    Style.NOIR: noir,
    Style.PIXEL: pixel,
    Style.BLUEPRINT: blueprint,
    Style.NEON: neon,
    Style.SKETCH: sketch,
    Style.VINTAGE: vintage,
    Style.POP: pop,
    Style.OIL: oil,
    Style.MONOCHROME: monochrome,
    Style.PASTEL: pastel,
}


def apply(picture: Image.Image, styles: tuple[Style, ...], rng: Random) -> Image.Image:
    """The picture in the styles asked for, one after the other; fine paper grain where none is."""
    if not styles:
        return textured(picture, rng, 5)
    for style in styles:
        picture = FILTERS[style](picture, rng)
    return picture
