"""Disguises that are seldom seen: scripts that few people read, what is written for machines, glued words."""

from collections.abc import Callable
from typing import Final


def _letters(pairs: str) -> Callable[[str], str]:
    """Pairs of a letter and what stands for it."""
    instead = dict(zip(pairs[::2], pairs[1::2], strict=True))
    return lambda word: "".join(instead.get(letter, letter) for letter in word)


def _in_the_middle(what: str) -> Callable[[str], str]:
    return lambda word: word[: len(word) // 2] + what + word[len(word) // 2 :]


_STROKES: Final = {
    "a": "/\\",
    "d": "|)",
    "h": "|-|",
    "k": "|<",
    "m": "|\\/|",
    "n": "|\\|",
    "u": "|_|",
    "v": "\\/",
}

RARE: Final[dict[str, Callable[[str], str]]] = {
    "coptic": _letters("aⲁbⲃeⲉhⲏiⲓkⲕmⲙnⲛtⲧyⲩ"),
    "runic": _letters("bᛒfᚠhᚺkᚲmᛗrᚱtᛏuᚢ"),
    "canadian": _letters("aᗩbᗷcᑕdᗪfᖴhᕼlᒪmᗰnᑎpᑭrᖇsᔕuᑌvᐯwᗯ"),
    "thai_and_hebrew": _letters("aคb๒d๔iเm๓nภo๏pקsรtՇuยvשwฬxאyץ"),
    "currencies": _letters("c₵d₫f₣g₲k₭l₤n₦p₱s₴t₮w₩"),
    "numbers_of_html": lambda word: "".join(f"&#{ord(letter)};" for letter in word),
    "hexadecimal_html": lambda word: "".join(f"&#x{ord(letter):x};" for letter in word),
    "address": lambda word: "".join(f"%{ord(letter):02x}" for letter in word),
    "escaped": lambda word: "".join(f"\\u{ord(letter):04x}" for letter in word),
    "bytes": lambda word: "".join(f"\\x{ord(letter):02X}" for letter in word),
    "bold_half": lambda word: f"{word[:2]}<b>{word[2:]}</b>",
    "forum_tag": _in_the_middle("[i]"),
    "comment": _in_the_middle("<!-- -->"),
    "strokes": lambda word: "".join(_STROKES.get(letter, letter) for letter in word),
    "plus_between": "+".join,
    "times_between": "×".join,
    "camel_case": lambda word: f"Nice{word.capitalize()}Picture",
    "digits_around": lambda word: f"123{word}456",
    "crosses_around": lambda word: f"xx{word}XX",
    "doubled_end": lambda word: word + word[-1],
    "plural_of_the_street": lambda word: f"{word}z",
}

CLOSELY_FOLLOWED: Final = (
    "a {}, watercolor",
    "({}) in a frame",
    '"{}" on a wall',
    "paint {}. Oil on canvas",
    "{}",
)
"""Carriers in which punctuation touches the word."""
