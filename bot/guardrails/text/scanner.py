"""One pass over one view of a text. What most texts do not hold is ruled out by look-ups before anything is read."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from bot.guardrails.text.common_words import COMMON
from bot.guardrails.text.glyphs import Shape
from bot.guardrails.text.lexicon import Lexicon, Strength, Term, Word, squeezed
from bot.guardrails.text.reading import How, Read, read_letters, read_masked, read_word
from bot.guardrails.text.views import View


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


class Edge(NamedTuple):
    """A word read over the units up to, not including, `following`."""

    word: Word
    read: Read
    start: int
    end: int
    following: int


Span = tuple[int, int]

_RUN: Final = re.compile(f"[{Shape.WORD}{Shape.SYMBOL}{Shape.EDGE}]+")
_PUNCTUATED: Final = Shape.OTHER + Shape.SPACE
_LONGEST_MASKED: Final = 40
_MOST_PATHS: Final = 8
_HYPHENS: Final = ("-", "‐", "‑", "'", "’")


@dataclass(slots=True)
class Scanner:
    """A view cut into units, the runs of characters that can be letters.

    Attributes:
        units: Each without punctuation at its ends.
        readings: All readings of a unit's ends, where there are several: `$ass!` is also `ass`.
        pieces: Key of each unit; `keys` are the same squeezed.
    """

    view: View
    units: list[Span]
    readings: dict[int, tuple[Span, ...]]
    pieces: list[str]
    keys: list[str]
    _runs: list[Span] | None = None
    _masked: dict[int, list[Edge]] = field(default_factory=dict)
    _read: dict[tuple[int, Word], list[Edge]] = field(default_factory=dict)

    @classmethod
    def of(cls, view: View) -> Self:
        units = [match.span() for match in _RUN.finditer(view.shape)]
        readings: dict[int, tuple[Span, ...]] = {}
        if Shape.SYMBOL in view.shape or Shape.EDGE in view.shape:
            for place, whole in enumerate(units):
                shape = view.shape[whole[0] : whole[1]]
                if Shape.SYMBOL in shape or Shape.EDGE in shape:
                    core = _stripped(shape, whole, Shape.EDGE)
                    letters = _stripped(shape, whole, Shape.EDGE + Shape.SYMBOL)
                    units[place], readings[place] = core, tuple({whole, core, letters})
        key = view.key
        pieces = [key[start:end] for start, end in units]
        return cls(view, units, readings, pieces, list(map(squeezed, pieces)))

    def hits(self, lexicon: Lexicon) -> Iterator[Hit]:
        self._masked, self._read = self._masked_words(lexicon), {}
        yield from self._phrases(lexicon)
        yield from self._joined(lexicon)
        yield from self._literals(lexicon)

    def plain_phrases(self, lexicon: Lexicon) -> Iterator[tuple[int, int, str]]:
        """Spans in the original text of phrases that stand there as typed, but for case and accents."""
        other = Scanner(
            self.view, self.units, self.readings, self.pieces, self.keys
        )  # a search may be under way in this one
        yield from (
            (hit.start, hit.end, hit.term)
            for hits in (other._phrases(lexicon), other._literals(lexicon))
            for hit in hits
            if hit.view in {How.PLAIN, How.LITERAL, How.ACCENT}
        )

    def _phrases(self, lexicon: Lexicon) -> Iterator[Hit]:
        """Terms whose words were read one after the other."""
        firsts = lexicon.firsts
        places = {place for place, key in enumerate(self.keys) if key in firsts}
        for place in sorted(places.union(self.readings, self._masked)):
            for edge in self._starting(lexicon, place):
                for rest, term in lexicon.phrases.get(edge.word, ()):
                    for end, read in self._follow(lexicon, edge, rest):
                        yield self._hit(term, edge.start, end, read)

    def _starting(self, lexicon: Lexicon, place: int) -> Iterator[Edge]:
        """The words at a unit with which a term begins."""
        key = self.view.key
        for start, end in self.readings.get(place) or (self.units[place],):
            for word in lexicon.firsts.get(squeezed(key[start:end]), ()):
                if read := read_word(self.view, start, end, word):
                    yield Edge(word, read, start, end, place + 1)
        yield from self._masked.get(place, ())

    def _edges(self, lexicon: Lexicon, place: int, word: Word) -> list[Edge]:
        """That word at a unit, once for each reading of its ends."""
        view, wanted = self.view, lexicon.squeezed[word]
        if self.keys[place] != wanted and place not in self.readings and place not in self._masked:
            return []
        known = self._read.get((place, word))
        if known is not None:
            return known
        found = [
            Edge(word, read, start, end, place + 1)
            for start, end in self.readings.get(place) or (self.units[place],)
            if squeezed(view.key[start:end]) == wanted and (read := read_word(view, start, end, word))
        ]
        found += [edge for edge in self._masked.get(place, ()) if edge.word == word]
        self._read[place, word] = found
        return found

    def _follow(self, lexicon: Lexicon, edge: Edge, rest: Sequence[Word]) -> Iterator[tuple[int, Read]]:
        """Ends of a phrase whose first word was read, each with how sure the least sure word is."""
        paths = [(edge.following, edge.end, edge.read)]
        for word in rest:
            paths = [
                (following.following, following.end, _both(read, following.read))
                for place, _, read in paths
                if place < len(self.units)
                for following in self._edges(lexicon, place, word)
            ][:_MOST_PATHS]
        for _, end, read in paths:
            if read.alone:
                yield end, read

    def _hit(self, term: Term, start: int, end: int, read: Read) -> Hit:
        sure = read.sure and term.strength == Strength.HARD and self.view.name != How.GLUED
        how = read.how if self.view.name == "text" else How(self.view.name)
        return Hit(term.text, *self.view.span(start, end), Strength.HARD if sure else Strength.SOFT, how)

    def _masked_words(self, lexicon: Lexicon) -> dict[int, list[Edge]]:
        """By unit, the words that masked runs beginning there can be read as."""
        view, found = self.view, dict[int, list[Edge]]()
        starts: list[int] = []
        if self._runs is None:
            self._runs = list(self._masked_runs())
        for start, end in self._runs:
            starts = starts or [begin for begin, _ in self.units]
            first, last = bisect_left(starts, start), bisect_left(starts, end)
            if first == last:
                continue
            known = 0 if view.shape[start] != Shape.MASK else -1
            letter = view.key[start if known == 0 else end - 1]
            for word in lexicon.masked.get((end - start, known, letter), ()):
                if read := read_masked(view, start, end, word):
                    found.setdefault(first, []).append(Edge(word, read, start, end, last))
        return found

    def _masked_runs(self) -> Iterator[Span]:
        """Runs in which something may hide letters: `f*x`, `f**`, `c-nt`. Marks of emphasis around words are none."""
        shape = self.view.shape
        mask = shape.find(Shape.MASK)
        while mask >= 0:
            start = max(shape.rfind(Shape.SPACE, 0, mask), shape.rfind(Shape.OTHER, 0, mask)) + 1
            ends = [end for sign in (Shape.SPACE, Shape.OTHER) if (end := shape.find(sign, mask)) >= 0]
            end = min(ends, default=len(shape))
            if end - start <= _LONGEST_MASKED:
                inner = self._without_marks_around(start, end)
                if Shape.MASK in shape[inner[0] : inner[1]]:
                    yield inner
            mask = shape.find(Shape.MASK, end)
        gap = shape.find("w.w")
        while gap >= 0:
            start, end = gap, gap + 3
            while start and shape[start - 1] == Shape.WORD:
                start -= 1
            while end < len(shape) and shape[end] == Shape.WORD:
                end += 1
            if end - start <= _LONGEST_MASKED and self._only_gap(start, end):
                yield start, end
            gap = shape.find("w.w", gap + 1)

    def _only_gap(self, start: int, end: int) -> bool:
        """Whether a word with one gap is no part of something longer; a single mark of punctuation may touch it."""
        shape = self.view.shape
        before, after = shape[max(0, start - 2) : start][::-1], shape[end : end + 2]
        return all(
            not near or near in (Shape.OTHER, _PUNCTUATED) or near[0] == " " for near in (before, after)
        )

    def _without_marks_around(self, start: int, end: int) -> Span:
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
        beginnings, joined = lexicon.beginnings, lexicon.joined
        key = self.view.key
        pieces = [key[start:end] for start, end in self.units]
        count = len(pieces)
        for first, piece in enumerate(pieces):
            if piece not in beginnings:
                continue
            spelled, last = piece, first
            while spelled in beginnings and last + 1 < count:
                last += 1
                spelled += pieces[last]
                for spelling, term in joined.get(spelled, ()):
                    if read := self._read_joined(first, last, spelling):
                        yield self._hit(term, self.units[first][0], self.units[last][1], read)

    def _read_joined(self, first: int, last: int, spelling: str) -> Read | None:
        places = [place for start, end in self.units[first : last + 1] for place in range(start, end)]
        read = read_letters(self.view, places, spelling)
        return self._judge_joined(first, last, read, len(spelling)) if read and read.alone else None

    def _judge_joined(self, first: int, last: int, read: Read, length: int) -> Read | None:
        pieces = [self.view.raw[start:end] for start, end in self.units[first : last + 1]]
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
        start, end = self.units[place]
        return end - start == 1

    def _gap(self, place: int) -> str:
        """What stands between a unit and the next one."""
        return self.view.raw[self.units[place][1] : self.units[place + 1][0]]

    def _hyphenated(self, first: int, last: int) -> bool:
        """Whether the pieces are parts of longer hyphenated words: "who re-enters"."""
        start, end = self.units[first][0], self.units[last][1]
        return self.view.raw[end : end + 1] in _HYPHENS or (
            start > 0 and self.view.raw[start - 1] in _HYPHENS
        )

    def _literals(self, lexicon: Lexicon) -> Iterator[Hit]:
        raw = self.view.raw
        for literal in lexicon.literals:
            start = raw.find(literal.raw)
            while start >= 0:
                end = start + len(literal.raw)
                if self._stands_alone(start, end, bounded=literal.bounded):
                    sure = tuple(self.view.marks[start:end]) == literal.marks
                    yield self._hit(literal.term, start, end, Read(sure, How.LITERAL))
                start = raw.find(literal.raw, end)

    def _stands_alone(self, start: int, end: int, *, bounded: bool) -> bool:
        """Whether a span cuts no character in two and, if `bounded`, no word either."""
        shape, origin = self.view.shape, self.view.origin
        for left, right in ((start - 1, start), (end - 1, end)):
            if left < 0 or right >= len(shape):
                continue
            if origin[left] == origin[right] or (bounded and shape[left] == shape[right] == Shape.WORD):
                return False
        return True


def _stripped(shape: str, span: Span, ends: str) -> Span:
    """A span without the given shapes at its ends; unchanged if nothing would be left."""
    start, end = span
    left, right = len(shape) - len(shape.lstrip(ends)), len(shape) - len(shape.rstrip(ends))
    return (start + left, end - right) if left + right < len(shape) else span


def _both(one: Read, other: Read) -> Read:
    """What two words in a row are worth: as sure as the less sure one, a match if either is."""
    how = one.how if one.how is not How.PLAIN else other.how
    return Read(one.sure and other.sure, how, one.alone or other.alone)
