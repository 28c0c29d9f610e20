"""The alternative text: what is to be seen, in a sentence."""

from typing import Final

from bot.providers.offline.palette import COLOURS, MATERIALS, Colour
from bot.providers.offline.scene import Extra, Mockup, Place, Relation, Scene, Subject

_NUMBER_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NAMES: Final[dict[Colour, str]] = {colour: name for name, colour in COLOURS.items()} | {
    colour: name for name, (colour, _) in MATERIALS.items()
}
_WHERE: Final = {
    Place.STUDIO: "before a plain wall",
    Place.MEADOW: "in a meadow",
    Place.FOREST: "in a forest",
    Place.MOUNTAINS: "before mountains",
    Place.DESERT: "in a desert",
    Place.BEACH: "on a beach",
    Place.SEA: "at sea",
    Place.UNDERWATER: "under water",
    Place.CITY: "in a city",
    Place.SKY: "above the clouds",
    Place.SPACE: "in space",
    Place.MOON: "on the moon",
    Place.POLAR: "on the ice",
    Place.ROOM: "in a room",
    Place.LIBRARY: "in a library",
    Place.TABLE: "on a table",
}
_WITHOUT_ARTICLE: Final = frozenset(
    {"fries", "pancakes", "popcorn", "ramen", "sushi", "grapes", "headphones", "coffee", "tea", "bread"}
)
_WITHOUT_PLURAL: Final = frozenset(
    {"fries", "pancakes", "popcorn", "sheep", "deer", "fish", "sushi", "grapes", "headphones"}
)
_WORN: Final = {
    Extra.HAT: "a hat",
    Extra.CROWN: "a crown",
    Extra.SCARF: "a scarf",
    Extra.GLASSES: "glasses",
}
_LONGEST_QUOTE: Final = 160


def describe(scene: Scene) -> str:
    """Says first that this is a preview, then what it shows."""
    return f"Offline preview, not an AI model: {_content(scene)}."


def _content(scene: Scene) -> str:
    if scene.mockup is not None:
        about = f" for {scene.topic}" if scene.topic else ""
        return f"a drawn mock-up of {'an' if scene.mockup is Mockup.ICON else 'a'} {scene.mockup}{about}{_manner(scene)}"
    if not scene.known:
        quote = scene.lettering[:_LONGEST_QUOTE]
        return f"a poster with the words “{quote}”" if quote else "an abstract poster"
    parts = [_subjects(scene) or "a landscape"]
    if scene.place is not None:
        parts.append(_WHERE[scene.place])
    if scene.time is not None:
        parts.append({"night": "at night", "day": "by day"}.get(scene.time, f"at {scene.time}"))
    parts += [f"in {mood}" for mood in (scene.season, scene.weather) if mood]
    return " ".join(parts) + _manner(scene)


def _manner(scene: Scene) -> str:
    return f", {' and '.join(scene.styles)}" if scene.styles else ""


def _subjects(scene: Scene) -> str:
    phrases = ""
    for i, subject in enumerate(scene.subjects):
        phrases += _phrase(subject)
        if i + 1 < len(scene.subjects):
            phrases += f" {subject.relation} " if subject.relation is not Relation.BESIDE else " and "
    return phrases


def _phrase(subject: Subject) -> str:
    colour = f"{_NAMES[subject.colour]} " if subject.colour in _NAMES else ""
    noun = f"{colour}{subject.thing}"
    worn = f" with {' and '.join(_WORN[extra] for extra in subject.extras)}" if subject.extras else ""
    if subject.count == 1:
        article = "" if subject.thing in _WITHOUT_ARTICLE else "an " if noun[0] in "aeiou" else "a "
        return f"{article}{noun}{worn}"
    number = _NUMBER_WORDS[subject.count] if subject.count < len(_NUMBER_WORDS) else str(subject.count)
    return f"{number} {noun if subject.thing in _WITHOUT_PLURAL else _plural(noun)}{worn}"


def _plural(noun: str) -> str:
    irregular = {
        "mouse": "mice",
        "wolf": "wolves",
        "goose": "geese",
        "leaf": "leaves",
        "person": "people",
        "woman": "women",
    }
    head, _, last = noun.rpartition(" ")
    if last in irregular:
        return f"{head} {irregular[last]}".strip()
    if last.endswith(("s", "x", "ch", "sh")):
        return f"{noun}es"
    if last.endswith("y") and last[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"
