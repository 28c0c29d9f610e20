"""What a prompt asks for, as a value: subjects, setting, style."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.providers.offline.palette import Colour, Finish


class Place(StrEnum):
    STUDIO = "studio"
    MEADOW = "meadow"
    FOREST = "forest"
    MOUNTAINS = "mountains"
    DESERT = "desert"
    BEACH = "beach"
    SEA = "sea"
    UNDERWATER = "underwater"
    CITY = "city"
    SKY = "sky"
    SPACE = "space"
    MOON = "moon"
    POLAR = "polar ice"
    ROOM = "room"
    LIBRARY = "library"
    TABLE = "table"


class Time(StrEnum):
    DAWN = "dawn"
    DAY = "day"
    SUNSET = "sunset"
    NIGHT = "night"


class Weather(StrEnum):
    CLEAR = "clear"
    RAIN = "rain"
    SNOW = "snow"
    STORM = "storm"
    FOG = "fog"
    WIND = "wind"


class Season(StrEnum):
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class Style(StrEnum):
    WATERCOLOR = "watercolor"
    NOIR = "noir"
    PIXEL = "pixel art"
    BLUEPRINT = "blueprint"
    NEON = "neon"
    SKETCH = "sketch"
    VINTAGE = "vintage"
    POP = "pop art"
    OIL = "oil painting"
    MONOCHROME = "monochrome"
    PASTEL = "pastel"


class Mockup(StrEnum):
    DASHBOARD = "dashboard"
    LOGIN = "login page"
    LANDING = "landing page"
    MOBILE = "mobile app"
    CHART = "chart"
    SLIDE = "slide"
    LOGO = "logo"
    ICON = "icon"


class Relation(StrEnum):
    """Where a subject is, seen from the one named after it."""

    BESIDE = "beside"
    ON = "on"
    IN = "in"
    OVER = "over"


class Extra(StrEnum):
    """What can be put on a subject."""

    HAT = "hat"
    CROWN = "crown"
    SCARF = "scarf"
    GLASSES = "glasses"


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of thing in the picture.

    Attributes:
        thing: Its name in the catalogue.
        count: How many, 1 to 24.
        colour: Asked for by name or material.
        finish: Asked for by material.
        relation: To the subject that follows.
        extras: Put on top of it.
    """

    thing: str
    count: int = 1
    colour: Colour | None = None
    finish: Finish | None = None
    relation: Relation = Relation.BESIDE
    extras: tuple[Extra, ...] = ()


_QUOTED: Final = re.compile(r"\"([^\"]+)\"|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|「([^」]+)」")


@dataclass(frozen=True, slots=True)
class Scene:
    """A prompt, understood.

    Attributes:
        words: The prompt as typed, with single spaces.
        subjects: In the order of the prompt.
        place: None where the prompt names none; composition then chooses.
        mockup: A drawing of a user interface instead of a scene.
        accent: A colour that belongs to no subject ("make the button blue").
        topic: What a mock-up is about, for its headings.
        understood: The words that shaped the picture, in plain English, in the order of the prompt.
    """

    words: str
    subjects: tuple[Subject, ...] = ()
    place: Place | None = None
    time: Time | None = None
    weather: Weather | None = None
    season: Season | None = None
    styles: tuple[Style, ...] = ()
    mockup: Mockup | None = None
    accent: Colour | None = None
    topic: str = ""
    understood: tuple[str, ...] = ()

    @property
    def lettering(self) -> str:
        """What a poster says: what the prompt has in quotation marks, else all of it."""
        found = _QUOTED.search(self.words)
        quoted = found[found.lastindex or 0].strip() if found else ""
        return quoted or self.words

    @property
    def outdoors(self) -> bool:
        """Whether the prompt speaks of the open air without naming a place."""
        return any((self.time, self.weather, self.season))

    @property
    def known(self) -> bool:
        """Whether there is anything to draw a scene of."""
        return bool(self.subjects or self.mockup or self.place or self.outdoors)
