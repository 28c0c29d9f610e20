"""Can these glyphs be read as that word, and how sure is it?"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from bot.guardrails.text.common_words import COMMON
from bot.guardrails.text.glyphs import Glyph, Reading, Shape, glyphs_of
from bot.guardrails.text.lexicon import Word, squeezed
from bot.guardrails.text.views import View


class How(StrEnum):
    """In which form a term was found."""

    PLAIN = "plain"
    LEET = "leet"
    LOOKALIKE = "lookalike"
    ACCENT = "accent"
    REPEATED = "repeated"
    MASKED = "masked"
    SPACED = "spaced"
    SPLIT = "split"
    LITERAL = "literal"
    HIDDEN = "hidden"
    REVERSED = "reversed"
    ENCODED = "encoded"
    GLUED = "glued"


class Read(NamedTuple):
    """A word was read.

    Attributes:
        sure: The difference between a hard and a soft match.
        alone: Enough for a match; otherwise only as part of a phrase, as `70` for "to".
    """

    sure: bool
    how: How
    alone: bool = True


class _Alignment(NamedTuple):
    """Which letter each glyph spells, and the places of glyphs that only repeat the letter before."""

    letters: tuple[int, ...]
    repeats: tuple[int, ...]


_LONGEST: Final = 120
_RARELY_DOUBLED: Final = frozenset("aihjkquvwxy")
_SHORT: Final = 3
_TRIPLE: Final = re.compile(r"(.)\1\1", re.DOTALL)
_FOREIGN: Final = frozenset({Reading.STRICT, Reading.WIDE})


def read_word(view: View, start: int, end: int, word: Word) -> Read | None:
    """Read glyphs start..end-1 as a word; letters may be repeated."""
    raw, marks = view.raw[start:end], view.marks[start:end]
    if raw == word.spelling and (tuple(marks) == word.marks if word.marks else not any(marks)):
        return _PLAIN
    if not len(word.spelling) <= end - start <= _LONGEST:
        return None
    glyphs = view.glyphs[start:end]
    if raw in COMMON and not word.marks and not any(marks) and _as_they_are(glyphs):
        return None
    alignment = _align(glyphs, word.spelling)
    if alignment is None:
        return None
    read = _judge(glyphs, marks, word, alignment.letters)
    if read is None or not alignment.repeats:
        return read
    if not read.alone:
        return None
    return _judge_repeats(raw, glyphs, alignment, read, word)


_PLAIN: Final = Read(sure=True, how=How.PLAIN)


def _as_they_are(glyphs: Sequence[Glyph]) -> bool:
    return all(glyph.reading is Reading.ITSELF for glyph in glyphs)


def read_letters(view: View, places: Sequence[int], spelling: str) -> Read | None:
    """Read glyphs at scattered places as a word, one letter each."""
    glyphs = [view.glyphs[place] for place in places]
    if len(glyphs) != len(spelling) or not all(map(_spells, glyphs, spelling)):
        return None
    marks = [view.marks[place] for place in places]
    return _judge(glyphs, marks, Word(spelling), range(len(glyphs)))


def read_masked(view: View, start: int, end: int, word: Word) -> Read | None:
    """Read glyphs start..end-1 as a word of the same length in which a mask stands for any one letter."""
    known = [place for place in range(start, end) if view.shape[place] in _READABLE]
    if not known or (known[0] > start and known[-1] < end - 1):
        return None
    if not all(_spells(view.glyphs[place], word.spelling[place - start]) for place in known):
        return None
    if not any(view.glyphs[place].script for place in known):
        return None
    masks = {view.raw[place] for place in range(start, end)} - {view.raw[place] for place in known}
    if masks != {"*"} and len(word.spelling) < 4:
        return None
    sure = masks == {"*"} and len(word.spelling) > 3 and 2 * len(known) >= len(word.spelling)
    return Read(sure, How.MASKED)


_READABLE: Final = frozenset({Shape.WORD, Shape.SYMBOL, Shape.EDGE})


def _marks(word: Word) -> tuple[int, ...]:
    return word.marks or (0,) * len(word.spelling)


def _spells(glyph: Glyph, letter: str) -> bool:
    if letter == glyph.raw or letter in glyph.options:
        return True
    return not letter.isascii() and glyph.key == glyphs_of(letter)[0].key


def _align(glyphs: Sequence[Glyph], spelling: str) -> _Alignment | None:
    """The reading with the fewest letters that are not themselves; None if there is none."""
    if len(glyphs) == len(spelling):  # nothing repeated: there is one way at most
        fits = all(
            _spells(glyph, one) or glyph.alike == one for glyph, one in zip(glyphs, spelling, strict=True)
        )
        return _Alignment(tuple(range(len(glyphs))), ()) if fits else None
    raw = "".join([glyph.raw for glyph in glyphs])
    if raw.isascii() and raw.isalpha() and squeezed(raw) == spelling:
        return _only_repeated(raw)
    states: dict[int, tuple[int, _Alignment]] = {0: (0, _Alignment((), ()))}
    for place, glyph in enumerate(glyphs):
        following: dict[int, tuple[int, _Alignment]] = {}
        for done, (cost, path) in states.items():
            if done < len(spelling) and (_spells(glyph, spelling[done]) or glyph.alike == spelling[done]):
                step = cost + (glyph.raw != spelling[done])
                if done + 1 not in following or following[done + 1][0] > step:
                    following[done + 1] = step, _Alignment((*path.letters, done), path.repeats)
            if (
                done
                and _spells(glyph, spelling[done - 1])
                and (done not in following or following[done][0] > cost + 1)
            ):
                following[done] = cost + 1, _Alignment((*path.letters, done - 1), (*path.repeats, place))
        states = following
    found = states.get(len(spelling))
    return found[1] if found else None


def _only_repeated(raw: str) -> _Alignment:
    """Each letter is itself, however often; there is no other reading with as few differences."""
    letters, repeats = [0], list[int]()
    for place in range(1, len(raw)):
        again = raw[place] == raw[place - 1]
        letters.append(letters[-1] if again else letters[-1] + 1)
        if again:
            repeats.append(place)
    return _Alignment(tuple(letters), tuple(repeats))


def _judge(glyphs: Sequence[Glyph], marks: Sequence[int], word: Word, letters: Sequence[int]) -> Read | None:
    """How sure a reading is that is possible letter by letter."""
    replaced = [
        glyph for glyph, letter in zip(glyphs, letters, strict=True) if glyph.raw != word.spelling[letter]
    ]
    readings = {glyph.reading for glyph in replaced}
    if Reading.LEET in readings and not _plausible_leet(glyphs, word):
        return Read(sure=False, how=How.LEET, alone=False)
    if any(glyph.reading is Reading.ITSELF for glyph in replaced):
        raw = "".join(glyph.raw for glyph in glyphs)
        return None if raw in COMMON or len(raw) < 4 else Read(sure=False, how=How.LOOKALIKE)
    if readings & _FOREIGN and not _sure_of_scripts(glyphs):
        return Read(sure=False, how=How.LOOKALIKE)
    expected = [_marks(word)[letter] for letter in letters]
    if list(marks) != expected and not all(
        mark for mark, glyph in zip(marks, glyphs, strict=True) if glyph.script
    ):
        return Read(sure=False, how=How.ACCENT)
    if Reading.LEET in readings:
        return Read(sure=True, how=How.LEET)
    return Read(sure=True, how=How.LOOKALIKE if replaced or list(marks) != expected else How.PLAIN)


def _plausible_leet(glyphs: Sequence[Glyph], word: Word) -> bool:
    """Numbers are no words, and a digit behind a short word is just a number."""
    if len(glyphs) < 3 or not any(glyph.script for glyph in glyphs):
        return False
    return len(word.spelling) > 3 or not glyphs[-1].raw.isdigit()


def _sure_of_scripts(glyphs: Sequence[Glyph]) -> bool:
    """A word in one foreign script is a foreign word, unless nothing in it looks foreign."""
    scripts = {glyph.script for glyph in glyphs if glyph.script}
    return len(scripts) > 1 or all(glyph.reading is Reading.STRICT for glyph in glyphs if glyph.script)


def _judge_repeats(
    raw: str, glyphs: Sequence[Glyph], alignment: _Alignment, read: Read, word: Word
) -> Read | None:
    """Tell `fuuuck` from a word that just has a double letter."""
    resembled = any(
        not _spells(glyph, word.spelling[letter])
        for glyph, letter in zip(glyphs, alignment.letters, strict=True)
    )
    if resembled or raw in COMMON:
        return None
    spelled = "".join(word.spelling[letter] for letter in alignment.letters)
    if len(alignment.repeats) > 1 or _TRIPLE.search(spelled):
        return Read(read.sure, How.REPEATED)
    place = alignment.repeats[0]
    letter = word.spelling[alignment.letters[place]]
    at_its_end = place == len(raw) - 1 and len(word.spelling) > _SHORT
    doubtful = place == 1 or at_its_end or letter in _RARELY_DOUBLED
    return Read(sure=False, how=How.REPEATED) if doubtful else None
