"""The terms of a block list, indexed for look-up by what a reader would read."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple, Self

from bot.guardrails.text.glyphs import Shape
from bot.guardrails.text.views import View, ascii_key, views_of


class MatchMode(StrEnum):
    """WORD and PHRASE need word bounds; SUBSTRING matches inside words as well."""

    WORD = "word"
    PHRASE = "phrase"
    SUBSTRING = "substring"


class Strength(StrEnum):
    """HARD ends the request; SOFT is a hint for the sanitizer."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Term:
    """A blocked word or phrase.

    Attributes:
        plural: Also match the English plural of its last word.

    Raises:
        ValueError: an unknown match mode or strength.
    """

    text: str
    match_mode: str = MatchMode.WORD
    strength: str = Strength.HARD
    plural: bool = True

    def __post_init__(self) -> None:
        MatchMode(self.match_mode)
        Strength(self.strength)


class Word(NamedTuple):
    """One word as spelled in a term: raw characters and the combining marks on each."""

    spelling: str
    marks: tuple[int, ...] | None = None
    """None when there are none, which is the usual case."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A term that is searched as it stands: a substring, an emoji, a script without spaces, `s&m`."""

    term: Term
    raw: str
    marks: tuple[int, ...]
    bounded: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All look-up tables of a block list.

    Attributes:
        words: Squeezed key -> words of any term that read so; `firsts` only has those with which a term begins.
        squeezed: The other way round.
        backwards: Spellings from the end of plain words with which a term begins.
        phrases: First word -> the words after it, and the term.
        masked: Length, known end (0 first, -1 last) and the key of the letter there -> words, for masked letters.
        maskable: The words of `masked`.
        joined: Key of a whole term without its spaces -> its spelling and the term.
        beginnings: Every beginning of a key of `joined`.
    """

    words: dict[str, list[Word]] = field(default_factory=lambda: defaultdict(list))
    firsts: dict[str, list[Word]] = field(default_factory=dict)
    squeezed: dict[Word, str] = field(default_factory=dict)
    backwards: set[str] = field(default_factory=set)
    phrases: dict[Word, list[tuple[tuple[Word, ...], Term]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    masked: dict[tuple[int, int, str], list[Word]] = field(default_factory=lambda: defaultdict(list))
    maskable: set[Word] = field(default_factory=set)
    joined: dict[str, list[tuple[str, Term]]] = field(default_factory=lambda: defaultdict(list))
    beginnings: set[str] = field(default_factory=set)
    literals: list[Literal] = field(default_factory=list)

    @classmethod
    def of(cls, terms: Iterable[Term]) -> Self:
        lexicon = cls()
        for term in dict.fromkeys(terms):
            lexicon._add(term)
        for key, words in lexicon.words.items():
            if first := [word for word in words if word in lexicon.phrases]:
                lexicon.firsts[key] = first
        lexicon.backwards.update(word.spelling[::-1] for word in lexicon.phrases if word.marks is None)
        return lexicon

    @property
    def empty(self) -> bool:
        return not self.phrases and not self.literals

    def _add(self, term: Term) -> None:
        view = next(views_of(" ".join(term.text.split())))
        words = words_of(view)
        if _must_stay_whole(view) or term.match_mode == MatchMode.SUBSTRING:
            bounded = term.match_mode != MatchMode.SUBSTRING and not _without_spaces(view)
            if view.raw:
                self.literals.append(Literal(term, view.raw, tuple(view.marks), bounded))
        if words and not _must_stay_whole(view):
            self._add_words(term, words)

    def _add_words(self, term: Term, words: tuple[Word, ...]) -> None:
        for variant in _plurals(words[-1]) if term.plural else [words[-1]]:
            sequence = (*words[:-1], variant)
            self._add_sequence(term, sequence)
            whole = "".join(word.spelling for word in sequence)
            if len(sequence) > 1 and len(whole) >= _SHORTEST_COMPOUND:
                self._add_sequence(term, (Word(whole),))
            if len(whole) >= _SHORTEST_JOINED:
                key = key_of(whole)
                self.joined[key].append((whole, term))
                self.beginnings.update(key[:length] for length in range(1, len(key) + 1))
        if term.plural:
            self._add_variants(term, words)

    def _add_variants(self, term: Term, words: tuple[Word, ...]) -> None:
        """Other ways to write a single word, never more than a hint."""
        if len(words) == 1 and words[0].marks is None:
            hint = replace(term, strength=Strength.SOFT)
            for spelling in _other_spellings(words[0].spelling):
                self._add_sequence(hint, (Word(spelling),), masked=False)

    def _add_sequence(self, term: Term, sequence: tuple[Word, ...], *, masked: bool = True) -> None:
        for word in sequence:
            if word not in self.squeezed:
                self.squeezed[word] = squeezed(key_of(word.spelling))
                self.words[self.squeezed[word]].append(word)
            if masked and word not in self.maskable:
                self.maskable.add(word)
                key = key_of(word.spelling)
                self.masked[len(key), 0, key[0]].append(word)
                self.masked[len(key), -1, key[-1]].append(word)
        self.phrases[sequence[0]].append((sequence[1:], term))


_SHORTEST_COMPOUND: Final = 6
_SHORTEST_JOINED: Final = 3
_RUN: Final = re.compile(Shape.WORD + "+")
_REPEATED: Final = re.compile(r"(.)\1+", re.DOTALL)
_JOINERS: Final = frozenset(" -'’_.‐‑")
_WITHOUT_SPACES: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)


@lru_cache(maxsize=8_192)
def squeezed(key: str) -> str:
    """A key without repeated letters."""
    return _REPEATED.sub(r"\1", key) if _REPEATED.search(key) else key


def key_of(raw: str) -> str:
    """The canonical letters of raw characters; see `View.key`."""
    return ascii_key(raw) if raw.isascii() and raw.isprintable() else next(views_of(raw)).key


def words_of(view: View) -> tuple[Word, ...]:
    """The runs of letters and digits of a view."""
    return tuple(_word(view, *run.span()) for run in _RUN.finditer(view.shape))


def _word(view: View, start: int, end: int) -> Word:
    marks = tuple(view.marks[start:end])
    return Word(view.raw[start:end], marks if any(marks) else None)


def _plurals(word: Word) -> Iterator[Word]:
    yield word
    spelling = word.spelling
    if len(spelling) < 2 or not spelling.isascii() or not spelling[-1].isalpha():
        return
    yield Word(spelling + "s")
    yield Word(spelling + "es")
    if spelling.endswith("y"):
        yield Word(spelling[:-1] + "ies")


def _other_spellings(spelling: str) -> Iterator[str]:
    """The plural of the street, and the word without its vowels: `btch`."""
    if len(spelling) < _SHORTEST_VARIED or not (spelling.isascii() and spelling.isalpha()):
        return
    yield spelling + "z"
    consonants = spelling[0] + _VOWELS.sub("", spelling[1:])
    telling = len(consonants) > _SHORTEST_JOINED or len(set(consonants)) == _SHORTEST_JOINED
    if telling and not _VOWELS.search(consonants) and consonants != spelling:
        yield consonants


_SHORTEST_VARIED: Final = 4
_VOWELS: Final = re.compile("[aeiou]")


def _must_stay_whole(view: View) -> bool:
    """Whether a term holds more than words, or is written without spaces between words."""
    return _without_spaces(view) or any(
        shape != Shape.WORD and raw not in _JOINERS for shape, raw in zip(view.shape, view.raw, strict=True)
    )


def _without_spaces(view: View) -> bool:
    return bool(_WITHOUT_SPACES.search(view.raw))
