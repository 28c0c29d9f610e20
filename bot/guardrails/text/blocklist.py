"""Block lists that see through the usual disguises, and allow-phrases that keep innocent words innocent.

A list is a community's policy and a signal to the sanitizer, never the safety mechanism: real ambiguity ("Maine
coon") stays, and is solved by allow-phrases and by the sanitizer, which is told the term.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Self

from bot.guardrails.text.common_words import COMMON
from bot.guardrails.text.glyphs import Shape
from bot.guardrails.text.lexicon import Lexicon, Strength, Term, Word, squeezed
from bot.guardrails.text.reading import How, Read, read_letters, read_masked, read_word
from bot.guardrails.text.views import View, views_of


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that was found.

    Attributes:
        term: The term as the list has it.
        start: Index in the scanned text, `end` is exclusive.
        match: HARD if term and reading are certain.
        view: In which form it was found.
        suppressed_by: The allow-phrase that covers it, None if it counts.
    """

    term: str
    start: int
    end: int
    match: Strength
    view: How
    suppressed_by: str | None = None


@dataclass(frozen=True, slots=True)
class BlockList:
    """Compiled terms and allow-phrases; immutable, safe to share."""

    lexicon: Lexicon
    allowed: Lexicon

    @classmethod
    def compile(cls, terms: Iterable[Term], allow_phrases: Iterable[str] = ()) -> Self:
        """Index the terms. Allow-phrases match as typed, in any case and in the plural."""
        return cls(Lexicon.of(terms), Lexicon.of(Term(phrase) for phrase in allow_phrases))

    def scan(self, text: str) -> tuple[Hit, ...]:
        """Every hit in order of its place, also those that an allow-phrase covers. Time is linear in the text."""
        found: dict[tuple[str, int, int], Hit] = {}
        cover = _Cover(())
        for view in views_of(text):
            scanner = _Scanner(view, _units(view))
            if view.name == "text" and not self.allowed.empty:
                cover = _Cover(scanner.plain_phrases(self.allowed))
            for hit in scanner.hits(self.lexicon):
                place = hit.term, hit.start, hit.end
                if place not in found or found[place].match is Strength.SOFT:
                    found[place] = hit
        for hit in _backwards(text, self.lexicon):
            found.setdefault((hit.term, hit.start, hit.end), hit)
        hits = _without_weaker(sorted(found.values(), key=lambda hit: (hit.start, -hit.end)))
        return tuple(replace(hit, suppressed_by=cover.of(hit)) for hit in hits)


def _backwards(text: str, lexicon: Lexicon) -> Iterator[Hit]:
    """Terms that are spelled from the end, which may be chance: soft. Plain letters only, at least four a term."""
    words = list(_PLAIN_WORD.finditer(text))[::-1]
    spelled = [Word(match[0][::-1].lower()) for match in words]
    for place, first in enumerate(spelled):
        for rest, term in lexicon.phrases.get(first, ()):
            last = place + len(rest)
            if tuple(spelled[place + 1 : last + 1]) != rest:
                continue
            forwards = " ".join(match[0].lower() for match in reversed(words[place : last + 1]))
            if len(forwards) > 3 and forwards != forwards[::-1] and forwards not in COMMON:
                yield Hit(term.text, words[last].start(), words[place].end(), Strength.SOFT, How.REVERSED)


_PLAIN_WORD: Final = re.compile(r"[a-zA-Z]+")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A run of characters that can be letters.

    Attributes:
        start: Of the run without punctuation at its ends, as `end`.
        spans: All readings of its ends: `$ass!` is also `ass`.
    """

    start: int
    end: int
    spans: tuple[tuple[int, int], ...]


_RUN: Final = re.compile(f"[{Shape.WORD}{Shape.SYMBOL}{Shape.EDGE}]+")
_MASKABLE: Final = re.compile(r"[wsem]+")
_ONE_GAP: Final = re.compile(r"(?<![wsem.])w+\.w+(?![wsem.])")
_LONGEST_MASKED: Final = 40


def _units(view: View) -> list[_Unit]:
    units = []
    for run in _RUN.finditer(view.shape):
        whole, shape = run.span(), run[0]
        if Shape.SYMBOL not in shape and Shape.EDGE not in shape:
            units.append(_Unit(*whole, (whole,)))
            continue
        core = _stripped(shape, whole, Shape.EDGE)
        letters = _stripped(shape, whole, Shape.EDGE + Shape.SYMBOL)
        units.append(_Unit(*core, tuple({whole, core, letters})))
    return units


def _stripped(shape: str, span: tuple[int, int], ends: str) -> tuple[int, int]:
    """A span without the given shapes at its ends; unchanged if nothing would be left."""
    start, end = span
    left, right = len(shape) - len(shape.lstrip(ends)), len(shape) - len(shape.rstrip(ends))
    return (start + left, end - right) if left + right < len(shape) else span


@dataclass(frozen=True, slots=True)
class _Edge:
    """A word read over the units up to, not including, `following`."""

    word: Word
    read: Read
    start: int
    end: int
    following: int


@dataclass(frozen=True, slots=True)
class _Scanner:
    """One pass over one view."""

    view: View
    units: list[_Unit]

    def hits(self, lexicon: Lexicon) -> Iterator[Hit]:
        edges = self._words(lexicon)
        self._add_masked(lexicon, edges)
        yield from self._phrases(lexicon, edges)
        yield from self._joined(lexicon)
        yield from self._literals(lexicon)

    def plain_phrases(self, lexicon: Lexicon) -> Iterator[tuple[int, int, str]]:
        """Spans in the original text of phrases that stand there as typed, but for case and accents."""
        yield from (
            (hit.start, hit.end, hit.term)
            for hits in (self._phrases(lexicon, self._words(lexicon)), self._literals(lexicon))
            for hit in hits
            if hit.view in {How.PLAIN, How.LITERAL, How.ACCENT}
        )

    def _phrases(self, lexicon: Lexicon, edges: list[list[_Edge]]) -> Iterator[Hit]:
        """Terms whose words were read one after the other."""
        for starting in edges:
            for edge in starting:
                for rest, term in lexicon.phrases.get(edge.word, ()):
                    for end, read in _follow(edges, edge, rest):
                        yield self._hit(term, edge.start, end, read)

    def _hit(self, term: Term, start: int, end: int, read: Read) -> Hit:
        sure = read.sure and term.strength == Strength.HARD
        how = read.how if self.view.name == "text" else How(self.view.name)
        return Hit(term.text, *self.view.span(start, end), Strength.HARD if sure else Strength.SOFT, how)

    def _words(self, lexicon: Lexicon) -> list[list[_Edge]]:
        """For each unit the words that begin there."""
        view, known = self.view, lexicon.words
        return [
            [
                _Edge(word, read, start, end, place + 1)
                for start, end in unit.spans
                for word in known.get(squeezed(view.key[start:end]), ())
                if (read := read_word(view, start, end, word))
            ]
            for place, unit in enumerate(self.units)
        ]

    def _add_masked(self, lexicon: Lexicon, edges: list[list[_Edge]]) -> None:
        """Add the words that masked runs can be read as."""
        starts = [unit.start for unit in self.units]
        for start, end in self._masked_runs():
            first, last = bisect_left(starts, start), bisect_left(starts, end)
            if first == last:
                continue
            known = 0 if self.view.shape[start] != Shape.MASK else -1
            letter = self.view.key[start if known == 0 else end - 1]
            for word in lexicon.masked.get((end - start, known, letter), ()):
                if read := read_masked(self.view, start, end, word):
                    edges[first].append(_Edge(word, read, start, end, last))

    def _masked_runs(self) -> Iterator[tuple[int, int]]:
        """Runs in which something may hide letters: `f*x`, `f**`, `c-nt`. Marks of emphasis around words are none."""
        for run in _MASKABLE.finditer(self.view.shape):
            if Shape.MASK in run[0] and run.end() - run.start() <= _LONGEST_MASKED:
                start, end = self._without_marks_around(*run.span())
                if Shape.MASK in self.view.shape[start:end]:
                    yield start, end
        for run in _ONE_GAP.finditer(self.view.shape):
            if run.end() - run.start() <= _LONGEST_MASKED:
                yield run.span()

    def _without_marks_around(self, start: int, end: int) -> tuple[int, int]:
        """Without punctuation at the ends; an asterisk may hide a letter there, but not at both ends."""
        emphasis = self.view.raw[start] == self.view.raw[end - 1] == "*"
        while start < end and self._is_edge(start, asterisk=emphasis):
            start += 1
        while start < end and self._is_edge(end - 1, asterisk=emphasis):
            end -= 1
        return start, end

    def _is_edge(self, place: int, *, asterisk: bool) -> bool:
        shape = self.view.shape[place]
        if self.view.raw[place] == "*":
            return asterisk
        return shape in (Shape.EDGE, Shape.MASK)

    def _joined(self, lexicon: Lexicon) -> Iterator[Hit]:
        """Terms written with gaps: `f u c k`, `f.u.c.k`, `fu ck`."""
        beginnings = lexicon.beginnings
        pieces = [self.view.key[unit.start : unit.end] for unit in self.units]
        for first, piece in enumerate(pieces):
            key, last = piece, first
            while key in beginnings and last + 1 < len(pieces):
                last += 1
                key += pieces[last]
                for spelling, term in lexicon.joined.get(key, ()):
                    if read := self._read_joined(first, last, spelling):
                        yield self._hit(term, self.units[first].start, self.units[last].end, read)

    def _read_joined(self, first: int, last: int, spelling: str) -> Read | None:
        units = self.units[first : last + 1]
        places = [place for unit in units for place in range(unit.start, unit.end)]
        read = read_letters(self.view, places, spelling)
        return self._judge_joined(first, last, read, len(spelling)) if read and read.alone else None

    def _judge_joined(self, first: int, last: int, read: Read, length: int) -> Read | None:
        pieces = [self.view.raw[unit.start : unit.end] for unit in self.units[first : last + 1]]
        gaps = [self._gap(place) for place in range(first, last)]
        if all(len(piece) == 1 for piece in pieces):
            return self._judge_spaced(first, last, gaps, read, length)
        uncommon = [piece not in COMMON for piece in pieces]
        if all(gap and " " not in gap for gap in gaps):
            plausible = length >= 4 and any(uncommon) and max(map(len, gaps)) <= 2
            return Read(read.sure and all(uncommon), How.SPLIT) if plausible else None
        if any(gap.strip(" ") for gap in gaps) or self._hyphenated(first, last):
            return None
        plausible = (all(uncommon) and length >= 4) or (any(uncommon) and length >= 5) or length >= 8
        return Read(sure=False, how=How.SPLIT) if plausible else None

    def _judge_spaced(self, first: int, last: int, gaps: list[str], read: Read, length: int) -> Read | None:
        """Single letters: short terms must be (nearly) the whole run, as any word spelled out holds some of them."""
        if last - first < 2 or any(len(gap) > 4 for gap in gaps):
            return None
        if length >= 4 or self._run_of_singles(first, last, length + 2) <= length + 1:
            return Read(read.sure, How.SPACED)
        return None

    def _run_of_singles(self, first: int, last: int, enough: int) -> int:
        """How many single letters stand in a row around some of them, counted up to `enough`."""
        while first > 0 and last - first < enough and self._single(first - 1):
            first -= 1
        while last + 1 < len(self.units) and last - first < enough and self._single(last + 1):
            last += 1
        return last - first + 1

    def _single(self, place: int) -> bool:
        unit = self.units[place]
        return unit.end - unit.start == 1

    def _gap(self, place: int) -> str:
        """What stands between a unit and the next one."""
        return self.view.raw[self.units[place].end : self.units[place + 1].start]

    def _hyphenated(self, first: int, last: int) -> bool:
        """Whether the pieces are parts of longer hyphenated words: "who re-enters"."""
        start, end = self.units[first].start, self.units[last].end
        return self.view.raw[end : end + 1] in _HYPHENS or (
            start > 0 and self.view.raw[start - 1] in _HYPHENS
        )

    def _literals(self, lexicon: Lexicon) -> Iterator[Hit]:
        for literal in lexicon.literals:
            start = self.view.raw.find(literal.raw)
            while start >= 0:
                end = start + len(literal.raw)
                if self._stands_alone(start, end, bounded=literal.bounded):
                    sure = tuple(self.view.marks[start:end]) == literal.marks
                    yield self._hit(literal.term, start, end, Read(sure, How.LITERAL))
                start = self.view.raw.find(literal.raw, end)

    def _stands_alone(self, start: int, end: int, *, bounded: bool) -> bool:
        """Whether a span cuts no character in two and, if `bounded`, no word either."""
        shape, origin = self.view.shape, self.view.origin
        for left, right in ((start - 1, start), (end - 1, end)):
            if left < 0 or right >= len(shape):
                continue
            if origin[left] == origin[right] or (bounded and shape[left] == shape[right] == Shape.WORD):
                return False
        return True


_HYPHENS: Final = ("-", "‐", "‑", "'", "’")


def _follow(edges: list[list[_Edge]], edge: _Edge, rest: tuple[Word, ...]) -> Iterator[tuple[int, Read]]:
    """Ends of a phrase whose first word was read, each with how sure the least sure word is."""
    paths = [(edge.following, edge.end, edge.read)]
    for word in rest:
        paths = [
            (following.following, following.end, _both(read, following.read))
            for place, _, read in paths
            if place < len(edges)
            for following in edges[place]
            if following.word == word
        ][:_MOST_PATHS]
    for _, end, read in paths:
        if read.alone:
            yield end, read


_MOST_PATHS: Final = 8


def _both(one: Read, other: Read) -> Read:
    """What two words in a row are worth: as sure as the less sure one, a match if either is."""
    how = one.how if one.how is not How.PLAIN else other.how
    return Read(one.sure and other.sure, how, one.alone or other.alone)


def _without_weaker(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Leave out soft hits inside a hard hit of the same term. `hits` are in order of their start, long ones first."""
    hard_until: dict[str, int] = {}
    for hit in hits:
        until = hard_until.get(hit.term, 0)
        if hit.match is Strength.HARD:
            hard_until[hit.term] = max(hit.end, until)
        elif hit.end <= until:
            continue
        yield hit


class _Cover:
    """Spans of allow-phrases, for the question which one covers a hit."""

    def __init__(self, spans: Iterable[tuple[int, int, str]]) -> None:
        self._starts: list[int] = []
        self._widest: list[tuple[int, str]] = []
        widest = (0, "")
        for start, end, phrase in sorted(spans):
            widest = max(widest, (end, phrase))
            self._starts.append(start)
            self._widest.append(widest)

    def of(self, hit: Hit) -> str | None:
        """The allow-phrase that a hit lies in."""
        place = bisect_right(self._starts, hit.start) - 1
        if place < 0:
            return None
        end, phrase = self._widest[place]
        return phrase if hit.end <= end else None
