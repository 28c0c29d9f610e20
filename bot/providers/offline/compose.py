"""From a scene to a picture: chooses the place, paints it, and sets the figures into it from back to front."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from PIL import Image

from bot.providers.offline.canvas import Canvas, Gradient
from bot.providers.offline.interiors import studio
from bot.providers.offline.layout import Figure, Spot, arrange, figure
from bot.providers.offline.lighting import Light, cast, light_of
from bot.providers.offline.palette import COOL_BACKDROPS, WARM_BACKDROPS, Backdrop, Colour, is_warm
from bot.providers.offline.scene import Place, Scene, Season, Time
from bot.providers.offline.scenery import SCENERY
from bot.providers.offline.sky import paint_weather
from bot.providers.offline.things import Habitat, sprite

_HABITATS: Final[Mapping[Habitat, Place]] = {
    Habitat.AFLOAT: Place.SEA,
    Habitat.DEEP: Place.UNDERWATER,
    Habitat.SPACE: Place.SPACE,
    Habitat.AIR: Place.SKY,
}
_HOMES: Final[Mapping[Place, frozenset[str]]] = {
    Place.BEACH: frozenset({"lighthouse", "palm", "crab", "seagull"}),
    Place.DESERT: frozenset({"cactus", "camel", "pyramid"}),
    Place.CITY: frozenset({"skyscraper", "bus"}),
    Place.FOREST: frozenset({"wolf", "deer", "squirrel", "hedgehog", "treehouse", "waterfall"}),
    Place.POLAR: frozenset({"penguin", "polar bear", "igloo"}),
    Place.ROOM: frozenset(
        {"chair", "sofa", "lamp", "piano", "tv", "table", "potted plant", "bed", "bathtub"}
    ),
}
_FOLIAGE: Final[Mapping[Season, Colour]] = {
    Season.SPRING: (150, 200, 96),
    Season.AUTUMN: (226, 126, 50),
    Season.WINTER: (206, 220, 232),
}
_WINTRY: Final = frozenset({"penguin", "polar bear", "igloo", "snowman"})
_NOCTURNAL: Final = frozenset({"bat", "campfire", "ghost"})
_INDOORS: Final = frozenset({Place.STUDIO, Place.ROOM, Place.LIBRARY, Place.TABLE, Place.UNDERWATER})
_NO_WEATHER: Final = _INDOORS | {Place.SPACE, Place.MOON}


def compose(scene: Scene, width: int, height: int, rng: Random) -> Image.Image:
    """The scene at width x height pixels, as RGB, without style or label."""
    canvas = Canvas(width, height, height / 100)
    wide = 100 * width / height
    figures = [_in_leaf(figure(subject), scene.season) for subject in scene.subjects]
    place = scene.place or choose_place(scene, figures)
    light = light_of(_seasonal(scene, figures))
    if place is Place.STUDIO:
        ground = studio(canvas, wide, _backdrop(figures, rng), rng)
    else:
        ground = SCENERY[place](canvas, wide, light, rng)
    for spot in arrange(figures, wide, ground, place, rng):
        _stand(canvas, spot, light, place)
    if place not in _NO_WEATHER:
        paint_weather(canvas, wide, light, rng)
    canvas.ellipse(wide / 2, 50, wide * 0.9, 90, _vignette())
    return canvas.image.convert("RGB")


def _in_leaf(plain: Figure, season: Season | None) -> Figure:
    """Trees wear the colours of the season, unless the prompt paints them."""
    if season is None or plain.thing.name != "tree" or plain.subject.colour is not None:
        return plain
    return replace(plain, coat=plain.coat.with_base(_FOLIAGE.get(season, plain.coat.base)))


def _seasonal(scene: Scene, figures: Sequence[Figure]) -> Scene:
    """Penguins and snowmen bring the winter with them; bats and camp fires the night."""
    if scene.time is None and any(f.thing.name in _NOCTURNAL for f in figures):
        scene = replace(scene, time=Time.NIGHT)
    if scene.season is None and any(f.thing.name in _WINTRY for f in figures):
        return replace(scene, season=Season.WINTER)
    return scene


def choose_place(scene: Scene, figures: Sequence[Figure]) -> Place:
    """Where such things are at home; a portrait studio for what is made of metal or glass and stands alone."""
    names = {f.thing.name for f in figures}
    habitats = {f.thing.habitat for f in figures}
    for place, natives in _HOMES.items():
        if names & natives:
            return place
    for habitat in (Habitat.SPACE, Habitat.AFLOAT, Habitat.DEEP):
        if habitat in habitats:
            return _HABITATS[habitat]
    if habitats == {Habitat.AIR} and not scene.outdoors:
        return Place.SKY
    if Habitat.TABLE in habitats and not scene.outdoors:
        return (
            Place.TABLE
            if habitats == {Habitat.TABLE} and any(f.thing.food for f in figures)
            else Place.STUDIO
        )
    if any(f.subject.finish is not None for f in figures) and not scene.outdoors:
        return Place.STUDIO
    return Place.MEADOW


def _backdrop(figures: Sequence[Figure], rng: Random) -> Backdrop:
    """Warm for most; cool behind things that are themselves red or orange and matte."""
    first = figures[0].coat if figures else None
    fiery = (
        first is not None
        and first.finish == "matte"
        and is_warm(first.base)
        and max(first.base) - min(first.base) > 110
    )
    cool = first is not None and not is_warm(first.base)
    return rng.choice(COOL_BACKDROPS if fiery or (cool and rng.random() < 0.3) else WARM_BACKDROPS)


def _vignette() -> Gradient:
    shade = (20, 10, 36)
    return Gradient(((0, shade, 0.0), (0.5, shade, 0.0), (0.78, shade, 0.16), (1, shade, 0.36)), radial=True)


def _stand(canvas: Canvas, spot: Spot, light: Light, place: Place) -> None:
    """Draw one figure with its shadow, lit like the place."""
    scale = canvas.scale
    drawn = sprite(spot.figure.draw, spot.figure.coat, spot.height * scale)
    image, inset = drawn.image, drawn.left
    if spot.flip:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        inset = image.width - drawn.left - round(spot.width * scale)
    if place not in _INDOORS and not spot.figure.thing.luminous:
        image = cast(image, light, max(1, round(scale * 0.35)))
    if spot.shadow:
        half = spot.width * 0.5
        canvas.shadow(
            spot.x + half * 0.16, spot.foot - spot.height * 0.01, half * 1.2, 1.2 + spot.height * 0.06, 0.5
        )
        canvas.shadow(spot.x, spot.foot, half * 0.8, 0.6 + spot.height * 0.022, 0.45)
    left = round((spot.x - spot.width / 2) * scale) - inset
    top = round((spot.foot - spot.height) * scale) - drawn.top
    paste(canvas.image, image, left, top)
    if spot.afloat:
        half = spot.width * 0.62
        canvas.ellipse(
            spot.x,
            spot.foot,
            half,
            2.2,
            Gradient(
                ((0, (214, 236, 246), 0.55), (0.6, (60, 130, 170), 0.5), (1, (60, 130, 170), 0.0)),
                radial=True,
            ),
        )


def paste(target: Image.Image, sprite_image: Image.Image, left: int, top: int) -> None:
    """Alpha-composite, also where the sprite reaches over the edge."""
    x, y = max(0, -left), max(0, -top)
    right, bottom = (
        min(sprite_image.width, target.width - left),
        min(sprite_image.height, target.height - top),
    )
    if x < right and y < bottom:
        target.alpha_composite(sprite_image, (left + x, top + y), (x, y, right, bottom))
