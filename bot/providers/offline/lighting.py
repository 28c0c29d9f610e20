"""The light of a scene: sky colours, haze, and the tint that falls on things."""

from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops

from bot.providers.offline.palette import Colour, mix
from bot.providers.offline.scene import Place, Scene, Season, Time, Weather


@dataclass(frozen=True, slots=True)
class Light:
    """How an open-air scene is lit.

    Attributes:
        sky: Colours from the zenith to the horizon.
        tint: Multiplied onto things.
        depth: How strongly, 0 to 1.
        rim: Colour of the edge light.
    """

    sky: tuple[Colour, ...]
    tint: Colour
    depth: float
    rim: Colour
    time: Time
    weather: Weather
    season: Season

    @property
    def horizon(self) -> Colour:
        return self.sky[-1]

    @property
    def dark(self) -> bool:
        return self.time is Time.NIGHT

    @property
    def snowy(self) -> bool:
        return self.season is Season.WINTER or self.weather is Weather.SNOW

    def lit(self, colour: Colour, haze: float = 0.0) -> Colour:
        """A landscape colour in this light, with `haze` of the horizon in it."""
        product = tuple(c * t // 255 for c, t in zip(colour, self.tint, strict=True))
        shaded = mix(colour, (product[0], product[1], product[2]), self.depth)
        return mix(shaded, self.horizon, haze)


_SKIES: Final[dict[Time, tuple[Colour, ...]]] = {
    Time.DAY: ((72, 152, 218), (140, 200, 236), (214, 236, 240), (252, 242, 220)),
    Time.DAWN: ((110, 128, 196), (206, 160, 192), (250, 190, 170), (255, 228, 186)),
    Time.SUNSET: ((62, 54, 122), (170, 74, 122), (240, 122, 88), (255, 190, 104), (255, 224, 150)),
    Time.NIGHT: ((12, 16, 46), (26, 36, 86), (52, 66, 126), (96, 104, 158)),
}
_TINTS: Final[dict[Time, tuple[Colour, float, Colour]]] = {
    Time.DAY: ((255, 252, 244), 0.3, (255, 250, 226)),
    Time.DAWN: ((255, 216, 204), 0.6, (255, 226, 190)),
    Time.SUNSET: ((255, 178, 136), 0.7, (255, 214, 130)),
    Time.NIGHT: ((134, 144, 206), 0.72, (196, 214, 255)),
}
_VEILS: Final[dict[Weather, tuple[Colour, float]]] = {
    Weather.RAIN: ((112, 124, 144), 0.55),
    Weather.STORM: ((50, 56, 76), 0.72),
    Weather.FOG: ((206, 208, 210), 0.62),
    Weather.SNOW: ((196, 208, 226), 0.42),
}


# Things keep more of their own colour than the land does, so that they stand out at night.
_SPARED: Final = 0.76


def light_of(scene: Scene) -> Light:
    """The light that the prompt asks for; day and clear weather where it is silent."""
    time = scene.time or (Time.NIGHT if scene.place in (Place.SPACE, Place.MOON) else Time.DAY)
    weather = scene.weather or Weather.CLEAR
    sky = _SKIES[time]
    tint, depth, rim = _TINTS[time]
    veil = _VEILS.get(weather)
    if veil is not None:
        colour, share = veil
        if time is Time.NIGHT:
            colour, share = mix(colour, (16, 20, 44), 0.7), share * 0.6
        sky = tuple(mix(c, colour, share) for c in sky)
        tint, depth = mix(tint, colour, 0.4), min(0.85, depth + 0.25 * share)
    return Light(sky, tint, depth, rim, time, weather, scene.season or Season.SUMMER)


def cast(sprite: Image.Image, light: Light, thickness: int) -> Image.Image:
    """Put the light on a sprite: the tint over all of it, a rim on the upper left edge."""
    alpha = sprite.getchannel("A")
    colours = sprite.convert("RGB")
    tinted = ImageChops.multiply(colours, Image.new("RGB", colours.size, light.tint))
    colours = Image.blend(colours, tinted, light.depth * _SPARED)
    moved = Image.new("L", alpha.size, 0)
    moved.paste(alpha, (thickness, thickness))
    rim = ImageChops.subtract(alpha, moved).point([v * 4 // 10 for v in range(256)])
    colours.paste(light.rim, (0, 0), rim)
    colours.putalpha(alpha)
    return colours
