"""Disguises for words, as people use them to get past a block list. Deterministic for a given generator."""

import random
import unicodedata
from collections.abc import Callable
from typing import Final

CARRIERS: Final = (
    "a {} in the park at dawn",
    "photo of {}",
    "{}, watercolor, soft light",
    "a poster that says {} in bold letters",
    "a red fox and a {} near the river",
)

_LEET: Final = {
    "a": "4@",
    "b": "8",
    "e": "3",
    "g": "9",
    "i": "1!",
    "l": "1|",
    "o": "0",
    "s": "5$",
    "t": "7",
    "z": "2",
}
_HOMOGLYPHS: Final = {
    "a": "аα", "c": "сϲ", "d": "ԁ", "e": "еε", "h": "һհ", "i": "іι", "j": "ј", "k": "кκ", "m": "м", "n": "ո",
    "o": "оοօ", "p": "рρ", "s": "ѕ", "t": "тτ", "u": "սυ", "v": "ѵν", "w": "ԝω", "x": "хχ", "y": "уγ",
}  # fmt: skip
_SMALL_CAPITALS: Final = dict(zip("abcdefghijklmnopqrstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", strict=True))

_TURNED: Final = dict(zip("abcdefghijklmnopqrstuvwxyz", "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz", strict=True))
_RAISED: Final = dict(zip("abdefghijklmnoprstuvwxyz", "ᵃᵇᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))

Disguise = Callable[[str, random.Random], str]


def _by_letter(change: Callable[[str, random.Random], str]) -> Disguise:
    return lambda text, chance: "".join(change(letter, chance) for letter in text)


def _alphabet(first: int) -> Disguise:
    return _by_letter(lambda letter, _: chr(first + ord(letter) - 97) if "a" <= letter <= "z" else letter)


def _homoglyphs(share: float) -> Disguise:
    return _by_letter(
        lambda letter, chance: (
            chance.choice(_HOMOGLYPHS[letter])
            if letter in _HOMOGLYPHS and chance.random() < share
            else letter
        )
    )


def _leet(text: str, chance: random.Random) -> str:
    return "".join(
        chance.choice(_LEET[letter]) if letter in _LEET and chance.random() < 0.8 else letter
        for letter in text
    )


def _accents(text: str, chance: random.Random) -> str:
    marked = (
        letter + chance.choice("\u0301\u0300\u0308") if letter in "aeiounc" else letter for letter in text
    )
    return unicodedata.normalize("NFC", "".join(marked))


def _zalgo(text: str, chance: random.Random) -> str:
    return "".join(
        letter + chr(chance.randrange(0x300, 0x330)) + chr(chance.randrange(0x300, 0x330)) for letter in text
    )


def _repeats(text: str, chance: random.Random) -> str:
    place = chance.choice([place for place, letter in enumerate(text) if letter.isalpha()])
    return text[:place] + text[place] * chance.randint(3, 6) + text[place + 1 :]


def _longest_word(text: str, change: Callable[[str], str]) -> str:
    words = text.split(" ")
    place = max(range(len(words)), key=lambda place: len(words[place]))
    words[place] = change(words[place])
    return " ".join(words)


def _masked(text: str, chance: random.Random) -> str:
    def mask(word: str) -> str:
        inner = range(1, len(word) - 1)
        place = chance.choice([place for place in inner if word[place] in "aeiou"] or list(inner) or [0])
        return word[:place] + "*" + word[place + 1 :]

    return _longest_word(text, mask)


def _split(text: str, chance: random.Random) -> str:
    def split(word: str) -> str:
        place = chance.randint(2, len(word) - 2) if len(word) > 3 else 1
        return f"{word[:place]} {word[place:]}"

    return _longest_word(text, split)


DISGUISES: Final[dict[str, Disguise]] = {
    "plain": lambda text, _: text,
    "case": _by_letter(lambda letter, chance: chance.choice((letter, letter.upper()))),
    "fullwidth": _by_letter(lambda letter, _: chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter),
    "mathematical": _alphabet(0x1D41A),
    "circled": _alphabet(0x24D0),
    "regional": _alphabet(0x1F1E6),
    "negative_squared": _alphabet(0x1F170),
    "zero_width": lambda text, _: "\u200b".join(text),
    "soft_hyphen": lambda text, _: "\u00ad".join(text),
    "bidi": lambda text, _: f"\u202e{text[::-1]}\u202c",
    "tags": lambda text, _: "".join(chr(0xE0000 + ord(letter)) for letter in text),
    "zalgo": _zalgo,
    "leet": _leet,
    "spaced": lambda text, _: " ".join(text.replace(" ", "")),
    "dotted": lambda text, _: ".".join(text.replace(" ", "")),
    "repeats": _repeats,
    "homoglyphs_70": _homoglyphs(0.7),
    "homoglyphs_all": _homoglyphs(1.0),
    "small_capitals": _by_letter(lambda letter, _: _SMALL_CAPITALS.get(letter, letter)),
    "accents": _accents,
    "combined": lambda text, chance: "\u200b".join(_homoglyphs(0.4)(_leet(text, chance), chance)),
    "spaced_homoglyphs": lambda text, chance: " ".join(_homoglyphs(1.0)(text.replace(" ", ""), chance)),
    "backwards": lambda text, _: text[::-1],
    "turned": lambda text, _: "".join(_TURNED.get(letter, letter) for letter in text),
    "on_the_head": lambda text, _: "".join(_TURNED.get(letter, letter) for letter in text)[::-1],
    "raised": _by_letter(lambda letter, _: _RAISED.get(letter, letter)),
    "barred": lambda text, _: "|".join(text.replace(" ", "")),
    "emoji_between": lambda text, _: "🔥".join(text.replace(" ", "")),
    "underscored": lambda text, _: "_".join(text.replace(" ", "")),
    "boxed": lambda text, _: " ".join(
        chr(0x1F1E6 + ord(letter) - 97) for letter in text if "a" <= letter <= "z"
    ),
    "struck_through": lambda text, _: "\u0338".join(text) + "\u0338",
    "masked": _masked,
    "split": _split,
}
