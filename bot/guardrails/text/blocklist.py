"""Block lists that see through the usual disguises, and allow-phrases that keep innocent words innocent.

A list is a community's policy and a signal to the sanitizer, never the safety mechanism: real ambiguity ("Maine
coon") stays, and is solved by allow-phrases and by the sanitizer, which is told the term.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, Self

from bot.guardrails.text.common_words import COMMON
from bot.guardrails.text.lexicon import Lexicon, Strength, Term, Word
from bot.guardrails.text.reading import How
from bot.guardrails.text.scanner import Hit, Scanner
from bot.guardrails.text.views import other_views_of, plain_views_of, views_of


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
        if self.lexicon.empty:
            return ()
        scanners = scanners_of(text)
        found: dict[tuple[str, int, int], Hit] = {}
        for hit in self._found(scanners):
            place = hit.term, hit.start, hit.end
            if place not in found or found[place].match is Strength.SOFT:
                found[place] = hit
        for hit in _backwards(text, self.lexicon):
            found.setdefault((hit.term, hit.start, hit.end), hit)
        hits = tuple(_without_weaker(sorted(found.values(), key=lambda hit: (hit.start, -hit.end))))
        return self._allowing(scanners, hits)

    def sure(self, text: str) -> Iterator[Hit]:
        """The hard hits of `scan` that no allow-phrase covers, in any order and as they are found."""
        if self.lexicon.empty:
            return iter(())
        plain = [Scanner.of(view) for view in plain_views_of(text)]
        return self._sure(plain, map(Scanner.of, other_views_of(text)))

    def sure_in(self, scanners: Sequence[Scanner]) -> Iterator[Hit]:
        """`sure` in a text that is cut into words already."""
        plain = [scanner for scanner in scanners if scanner.view.name == "text"]
        return self._sure(plain, scanners[len(plain) :])

    def _sure(self, plain: Sequence[Scanner], others: Iterable[Scanner]) -> Iterator[Hit]:
        cover: _Cover | None = None
        seen: set[tuple[str, int, int]] = set()
        for hit in self._found(chain(plain, others)):
            place = hit.term, hit.start, hit.end
            if hit.match is Strength.HARD and place not in seen:
                seen.add(place)
                cover = cover or self._cover(plain)
                if cover.of(hit) is None:
                    yield hit

    def _found(self, scanners: Iterable[Scanner]) -> Iterator[Hit]:
        return (hit for scanner in scanners for hit in scanner.hits(self.lexicon))

    def _allowing(self, scanners: Iterable[Scanner], hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """The hits, each with the allow-phrase around it."""
        if not hits or self.allowed.empty:
            return hits
        cover = self._cover(scanners)
        covered = ((hit, cover.of(hit)) for hit in hits)
        return tuple(hit if phrase is None else replace(hit, suppressed_by=phrase) for hit, phrase in covered)

    def _cover(self, scanners: Iterable[Scanner]) -> "_Cover":
        """Allow-phrases in the text; of several views of the text itself the last one counts."""
        texts = [] if self.allowed.empty else [one for one in scanners if one.view.name == "text"]
        return _Cover(texts[-1].plain_phrases(self.allowed) if texts else ())


def scanners_of(text: str) -> list[Scanner]:
    """A text cut into words in every view of it, for several lists to look through."""
    return [Scanner.of(view) for view in views_of(text)]


def _backwards(text: str, lexicon: Lexicon) -> Iterator[Hit]:
    """Terms that are spelled from the end, which may be chance: soft. Plain letters only, at least four a term."""
    words = [word.lower() for word in _PLAIN_WORD.findall(text)]
    places = [place for place, word in enumerate(words) if word in lexicon.backwards]
    spans = [match.span() for match in _PLAIN_WORD.finditer(text)] if places else []
    for last in reversed(places):
        for rest, term in lexicon.phrases[Word(words[last][::-1])]:
            first = last - len(rest)
            if first < 0 or [Word(word[::-1]) for word in words[first:last]] != list(reversed(rest)):
                continue
            forwards = " ".join(words[first : last + 1])
            if len(forwards) > 3 and forwards != forwards[::-1] and forwards not in COMMON:
                yield Hit(term.text, spans[first][0], spans[last][1], Strength.SOFT, How.REVERSED)


_PLAIN_WORD: Final = re.compile(r"[a-zA-Z]+")


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
