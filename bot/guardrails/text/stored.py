"""The form of a person's words that is kept and passed on: cleaned of what cannot be seen, otherwise as typed."""

import re
import unicodedata
from typing import Final

from bot.guardrails.text.glyphs import is_variation_selector

_ZWNJ: Final = "\u200c"
_ZWJ: Final = "\u200d"
_KEYCAP: Final = "\u20e3"
_NATION_FLAG: Final = re.compile(
    "\U0001f3f4[\U000e0061-\U000e007a]{2}[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,3}\U000e007f"
)
_BLANK: Final = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
"""What has to become one space; a single one is left alone."""
_BLANK_LINES: Final = re.compile(r" ?\n\s*")
_UNSEEN_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0")
_PREPENDED: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_JOINING_SCRIPTS: Final = frozenset(
    [
        "ARABIC",
        "SYRIAC",
        "NKO",
        "MANDAIC",
        "MONGOLIAN",
        "DEVANAGARI",
        "BENGALI",
        "GURMUKHI",
        "GUJARATI",
        "ORIYA",
        "TAMIL",
        "TELUGU",
        "KANNADA",
        "MALAYALAM",
        "SINHALA",
        "TIBETAN",
        "MYANMAR",
        "KHMER",
        "THAI",
        "LAO",
    ]
)
_PASSES: Final = 4


def stored_form(text: str) -> str:
    """NFKC, without controls, bidi overrides, hidden tags and other unseen characters; blanks are collapsed.

    Joiners stay where they shape what is seen: between emoji, and in scripts that join letters. So do variation
    selectors behind a character and the flags of nations. Applying it twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return _BLANK.sub(" ", text).strip()
    for _ in range(_PASSES):
        cleaned = _clean(text)
        if cleaned == text:
            break
        text = cleaned
    return text


def _clean(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text)
    signs = set(normal)
    if any(map(_depends, signs)) or _NATION_FLAG.search(normal):
        kept = _kept_in_place(normal)
    else:
        kept = normal
        for sign in signs:
            if not _is_kept(sign, "", ""):
                kept = kept.replace(sign, _BREAKS.get(sign, ""))
    spaced = _BLANK_LINES.sub("\n", _BLANK.sub(" ", kept))
    return unicodedata.normalize("NFKC", spaced).strip()


_BREAKS: Final = {**dict.fromkeys("\n\r\v\f\x85\u2028\u2029", "\n"), "\t": " "}


def _depends(character: str) -> bool:
    """Whether it is its neighbours that decide about a character."""
    return character in (_ZWJ, _ZWNJ) or is_variation_selector(character)


def _kept_in_place(normal: str) -> str:
    flags = {place for match in _NATION_FLAG.finditer(normal) for place in range(*match.span())}
    kept: list[str] = []
    for place, character in enumerate(normal):
        if place in flags or _is_kept(character, kept[-1] if kept else "", normal[place + 1 : place + 2]):
            kept.append(character)
        elif character in _BREAKS:
            kept.append(_BREAKS[character])
    return "".join(kept)


def _is_kept(character: str, before: str, after: str) -> bool:
    if character.isascii():
        return character.isprintable()
    if character in _UNSEEN_LETTERS:
        return False
    if character in (_ZWJ, _ZWNJ):
        return _joins(character, before, after)
    if is_variation_selector(character):
        return bool(before.strip()) and not is_variation_selector(before)
    match unicodedata.category(character):
        case "Cf":
            return character in _PREPENDED
        case "Cc" | "Co" | "Cs" | "Zl" | "Zp":
            return False
        case "Cn":
            return _is_pictograph(character)
        case _:
            return True


def _joins(joiner: str, before: str, after: str) -> bool:
    """Whether a joiner stands between two characters that it can join or keep apart."""
    if not before or not after:
        return False
    if joiner == _ZWJ and _is_pictograph(after) and (_is_pictograph(before) or is_variation_selector(before)):
        return True
    return _script(before) in _JOINING_SCRIPTS and _script(after) in _JOINING_SCRIPTS


def _is_pictograph(character: str) -> bool:
    """Emoji and other symbols, also those that are newer than our Unicode data."""
    code = ord(character)
    return (
        0x1F000 <= code <= 0x1FAFF or unicodedata.category(character) in {"So", "Sk"} or character == _KEYCAP
    )


def _script(character: str) -> str:
    return unicodedata.name(character, "").split(" ")[0]
