"""Harmless expressions that hold a dangerous-looking word, each with its reading."""

import re
from typing import Final

from bot.domain.verdict import AmbiguousTerm

READINGS: Final[dict[str, str]] = {
    "bath bomb": "fizzing bath ball",
    "blacks": "deep black tones",
    "blood bank": "blood donation centre",
    "blood moon": "red moon",
    "blood orange": "red orange fruit",
    "bloody mary": "tomato juice cocktail",
    "bomb cyclone": "strong winter storm",
    "bomber jacket": "short zipped jacket",
    "cherry bomb": "small red firework",
    "chicken breast": "chicken fillet",
    "crack of dawn": "first light of day",
    "dead heat": "tie in a race",
    "dead sea": "salt lake",
    "drop dead gorgeous": "stunning",
    "dying of laughter": "laughing hard",
    "glitter bomb": "burst of glitter",
    "gunmetal": "dark grey metal",
    "headshot": "portrait photo",
    "kill the engine": "switch off the engine",
    "kill the lights": "switch off the lights",
    "kill two birds with one stone": "reach two goals at once",
    "killer heels": "high heels",
    "killer whale": "orca",
    "killing time": "passing time",
    "life hack": "useful trick",
    "maine coon": "large long-haired cat",
    "murder mystery": "detective story",
    "murder of crows": "flock of crows",
    "naked branches": "leafless branches",
    "naked cake": "cake without icing",
    "naked eye": "unaided eye",
    "naked mole rat": "hairless mole rat",
    "naked tree": "leafless tree",
    "nude color": "beige",
    "nude colour": "beige",
    "nude heels": "beige heels",
    "nude lipstick": "beige lipstick",
    "nude palette": "beige palette",
    "photo bomb": "unexpected guest in a photo",
    "photobomb": "unexpected guest in a photo",
    "photo shoot": "photo session",
    "seed bomb": "ball of seeds",
    "shoot hoops": "play basketball",
    "shooting hoops": "playing basketball",
    "shooting star": "meteor streak",
    "shot glass": "small glass",
    "smoke bomb": "coloured smoke",
    "suicide doors": "rear-hinged car doors",
    "yarn bomb": "knitted street art",
}

_EXPRESSION: Final = re.compile(
    r"\b(" + "|".join(re.escape(idiom) for idiom in sorted(READINGS, key=len, reverse=True)) + r")(?:s|es)?\b"
)


_BARE: Final = re.compile(
    r"\b(?:naked|nude)((?: baby| little| tiny| plastic| old)? (?:birds?|chicks?|cats?|dolls?|moles?|trees?|branch(?:es)?|mannequins?|mouse|mice|rats?|puppy|puppies|nestlings?|"
    r"statues?|cupids?|cherubs?|putti|cakes?|flames?|bulbs?|rocks?|cliffs?|twigs?|earth|soil|dogs?|guinea pigs?|barbie))\b"
)
"""Animals and things that have nothing on, as always."""


_UNWANTED: Final = re.compile(
    r"\b(?:no|without)(?: any)? (?:nsfw(?: content)?|nudity|nude|nudes|gore|gory|blood|bloody|violence|violent|weapons?|guns?|porn|"
    r"pornography|sexual content|hate symbols|swastikas?|drugs?|corpses?|wounds?)(?=\s*(?:[,.;)!]|and\b|or\b|$))"
)
"""What people leave out to be on the safe side, as a whole item of a list."""


def idioms_in(text: str) -> tuple[AmbiguousTerm, ...]:
    """Idioms of a folded text, in the order of their first use, one each."""
    found = dict.fromkeys(match[1] for match in _EXPRESSION.finditer(text))
    return tuple(AmbiguousTerm(idiom, READINGS[idiom]) for idiom in found)


def without_idioms(text: str) -> str:
    """A folded text with each idiom replaced by its reading and without what is left out, so that rules see what is
    meant.
    """
    text = _UNWANTED.sub(" ", text)
    return _BARE.sub(r"bare\1", _EXPRESSION.sub(lambda match: READINGS[match[1]], text))
