"""What the local checks of words take, on real prompts where they lie beside the project and on long made-up ones.

Counted is the thread's CPU time: the checks wait for nothing, so on a machine of one's own that is what they take.
"""

import csv
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from bench.results import Results
from bot.domain.policy import BlockedTerm, Content, ImportedRule
from bot.guardrails.intake import read_request
from bot.guardrails.text.limits import MAX_GRAPHEMES
from bot.guardrails.words import check_words, flagged_terms
from bot.memory import set_aside

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "guardrails"
_TERMS: Final = 400
_MADE: Final = 500
_SYLLABLES: Final = ("ba", "do", "fi", "gur", "la", "men", "no", "pri", "sta", "tu", "ve", "zo")
_SENTENCE: Final = (
    "a brass owl on the branch of an old tree in the light of the morning, shooting stars above it, painted in oil "
    "on canvas, with thick strokes and warm colours, seen from below, very detailed"
)
_DISGUISES: Final[tuple[Callable[[str], str], ...]] = (
    lambda word: word.translate(str.maketrans("aeio", "а310")),
    lambda word: "\u200b".join(word),
    lambda word: " ".join(word),
    lambda word: ".".join(word),
    lambda word: "".join(letter * 3 for letter in word),
    lambda word: "".join(chr(ord(letter) + 0xFEE0) if letter.isalpha() else letter for letter in word),
    str.upper,
)


def policy(chance: random.Random) -> Content:
    """A community with a long block list, hard and soft, with exceptions and patterns of its own."""
    listed = DATA / "blocklist_ldnoobw_en.txt"
    words = listed.read_text().split("\n") if listed.exists() else []
    words = [word for word in words if word] or [_made_word(chance) for _ in range(_TERMS)]
    terms = tuple(BlockedTerm(word, strength=("soft", "hard")[place % 2]) for place, word in enumerate(words))
    patterns = tuple(rf"(?i)\b{_made_word(chance)}\d*\b" for _ in range(20))
    return Content(blocked_terms=terms, allow_phrases=("shooting star", "cocktail dress"), patterns=patterns)


def automod(chance: random.Random) -> tuple[ImportedRule, ...]:
    """As many rules as Discord lets a server have, each with as many words and expressions as it takes."""
    stars = ("{}", "*{}", "{}*", "*{}*")
    return tuple(
        ImportedRule(
            f"rule {place}",
            tuple(
                {chance.choice(stars).format(_made_word(chance) + _made_word(chance)) for _ in range(1000)}
            ),
            tuple(rf"\b{_made_word(chance)}\d+\b" for _ in range(10)),
        )
        for place in range(6)
    )


def real_prompts() -> list[str]:
    """Every text of the data sets; empty where they do not lie beside the project."""
    found: list[str] = []
    for path in sorted(DATA.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                found += [text for name, text in row.items() if name.endswith(("prompt", "twin")) and text]
    odd = DATA / "blns.json"
    return found + (json.loads(odd.read_text(encoding="utf-8")) if odd.exists() else [])


def long_prompts(chance: random.Random, content: Content, *, disguised: bool) -> Iterator[str]:
    """As long as is taken at all; `disguised` ones hide blocked words among the others."""
    plain = _SENTENCE.split()
    blocked = [term.text for term in content.blocked_terms]
    for _ in range(_MADE):
        words: list[str] = []
        while sum(map(len, words)) + len(words) < MAX_GRAPHEMES:
            word = chance.choice(plain)
            if disguised and chance.random() < 0.2:
                word = chance.choice(_DISGUISES)(chance.choice(blocked))
            words.append(word)
        yield " ".join(words)[:MAX_GRAPHEMES]


def measure(prompts: Sequence[str], check: Callable[[str], object]) -> list[float]:
    """CPU seconds for each prompt, ascending."""
    return sorted(_seconds(prompt, check) for prompt in prompts)


def _seconds(prompt: str, check: Callable[[str], object]) -> float:
    begin = time.thread_time()
    check(prompt)
    return time.thread_time() - begin


def report(results: Results) -> None:
    """A line for each kind of prompt."""
    chance = random.Random(1)
    content = policy(chance)
    begin = time.thread_time()
    check_words("warm", content)
    compiled = time.thread_time() - begin
    kinds = {
        "data sets": real_prompts(),
        f"made up, {MAX_GRAPHEMES} characters": list(long_prompts(chance, content, disguised=False)),
        "the same with blocked words in disguise": list(long_prompts(chance, content, disguised=True)),
    }
    rows = [_row(kind, prompts, content) for kind, prompts in kinds.items() if prompts]
    rows += [
        _row(f"{kind}, against {len(imported.imported_rules)} full AutoMod rules", prompts, imported)
        for imported in [Content(imported_rules=automod(chance))]
        for kind, prompts in list(kinds.items())[:2]
        if prompts
    ]
    text = (
        "CPU time of one prompt through the checks before the acknowledgement (flags and options, limits, block list, "
        f"patterns), and later through the search for soft matches, which the sanitizer is told. There are {len(content.blocked_terms)} blocked terms and "
        f"{len(content.patterns)} patterns, compiled once in {compiled * 1000:.0f} ms. A prompt of the data sets is a "
        "sentence; the made-up ones are as long as is taken at all."
    )
    head = ("prompts", "count", "p50 ms", "p99 ms", "slowest ms", "soft matches p99 ms")
    results.section("Local guardrails", text, head, rows)


def _row(kind: str, prompts: Sequence[str], content: Content) -> tuple[object, ...]:
    check_words("warm", content)
    set_aside()  # as the bot does at its start
    seconds = measure(prompts, lambda prompt: (read_request(prompt), check_words(prompt, content)))
    soft = measure(prompts, lambda prompt: flagged_terms(prompt, content))
    figures = (statistics.median(seconds), _p99(seconds), seconds[-1], _p99(soft))
    return (kind, len(prompts), *(f"{figure * 1000:.2f}" for figure in figures))


def _p99(ordered: Sequence[float]) -> float:
    return ordered[max(0, int(len(ordered) * 0.99) - 1)]


def _made_word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4)))
