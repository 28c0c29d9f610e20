"""From a prompt to a scene: words are looked up, never guessed at."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from bot.providers.offline import lexicon
from bot.providers.offline.catalogue import CATALOGUE
from bot.providers.offline.palette import Colour, Finish
from bot.providers.offline.scene import (
    Extra,
    Mockup,
    Place,
    Relation,
    Scene,
    Season,
    Style,
    Subject,
    Time,
    Weather,
)

_CLAUSE: Final = re.compile(r"[;.!?,\n:()]+|\b(?:but|then)\b")
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_IDEOGRAPH: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_LONGEST_UNSPACED: Final = 6
_MOST_SUBJECTS: Final = 6
_LONGEST_PROMPT: Final = 4000

_BEING: Final = frozenset({"is", "are", "in", "be", "of", "it", "them"})
_BETWEEN: Final = (
    lexicon.FILLERS | lexicon.ADJECTIVES | lexicon.MATERIAL_WORDS.keys() | lexicon.COLOUR_WORDS.keys()
)
_AFTER_NOUN: Final = lexicon.FILLERS | lexicon.PREPOSITIONS | lexicon.RELATIONS.keys()

_T = TypeVar("_T")


@dataclass(slots=True)
class _Reading:
    """What has been gathered so far."""

    subjects: list[Subject] = field(default_factory=list)
    place: Place | None = None
    time: Time | None = None
    weather: Weather | None = None
    season: Season | None = None
    styles: list[Style] = field(default_factory=list)
    mockup: Mockup | None = None
    accent: Colour | None = None
    interface: bool = False
    understood: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Clause:
    """Modifiers that wait for their noun, within one clause."""

    count: int | None = None
    colour: Colour | None = None
    finish: Finish | None = None
    modifiers: list[str] = field(default_factory=list)
    before: str = ""
    preposition: bool = False
    wearing: bool = False
    editing: bool = False
    removing: bool = False
    subject: int | None = None


def understand(prompt: str) -> Scene:
    """Read a prompt of any length and script; unknown words are passed over."""
    text = " ".join(unicodedata.normalize("NFKC", prompt[:_LONGEST_PROMPT]).split())
    reading = _Reading()
    for clause in _CLAUSE.split(text.casefold()):
        _read_clause(_tokens(clause), reading)
    subjects = _settled(reading.subjects[:_MOST_SUBJECTS])
    mockup = reading.mockup
    if mockup is None and reading.interface and not subjects:
        mockup = Mockup.LANDING
    return Scene(
        words=text,
        subjects=subjects,
        place=reading.place,
        time=reading.time,
        weather=reading.weather,
        season=reading.season,
        styles=tuple(dict.fromkeys(reading.styles)),
        mockup=mockup,
        accent=reading.accent,
        topic=_topic(text),
        understood=tuple(dict.fromkeys(reading.understood)),
    )


def _settled(subjects: list[Subject]) -> tuple[Subject, ...]:
    """Only what is hollow holds another: elsewhere the two stand side by side."""
    settled = list(subjects)
    for i, subject in enumerate(subjects):
        held = i + 1 < len(subjects) and CATALOGUE[subjects[i + 1].thing].hollow > 0
        if subject.relation is Relation.IN and not held:
            settled[i] = replace(subject, relation=Relation.BESIDE)
    return tuple(settled)


def _tokens(clause: str) -> list[str]:
    tokens: list[str] = []
    for word in _WORD.findall(clause):
        tokens += _segments(word) if _IDEOGRAPH.search(word) else [word]
    return tokens


def _segments(run: str) -> list[str]:
    """The longest known words in a run of text without spaces; what lies between them is dropped."""
    found: list[str] = []
    i = 0
    while i < len(run):
        known = (
            run[i : i + n] for n in range(_LONGEST_UNSPACED, 0, -1) if run[i : i + n] in lexicon.UNSPACED
        )
        word = next(known, "")
        found += [word] if word else []
        i += len(word) or 1
    return found


def _read_clause(tokens: list[str], reading: _Reading) -> None:
    clause = _Clause()
    i = 0
    while i < len(tokens):
        i += _read_phrase(tokens, i, clause, reading)
    _leftover_colour(clause, reading)


def _read_phrase(tokens: list[str], start: int, clause: _Clause, reading: _Reading) -> int:
    """Take the longest known phrase at `start`; returns how many words it has (unknown words are one)."""
    if _is_container(tokens, start):
        word = tokens[start]
        if word not in lexicon.CONTAINERS and clause.count is None:
            clause.count = lexicon.PLURAL
        return 2
    longest = min(lexicon.LONGEST_PHRASE, len(tokens) - start)
    for length in range(longest, 0, -1):
        phrase = " ".join(tokens[start : start + length])
        colour = phrase in lexicon.COLOUR_WORDS and not _is_fruit(tokens, start, clause)
        if _read_setting(phrase, clause, reading) or (not colour and _read_noun(phrase, clause, reading)):
            clause.preposition = False
            clause.before = phrase
            return length
    _read_small_word(tokens[start], clause, reading)
    clause.before = tokens[start]
    return 1


def _is_container(tokens: list[str], start: int) -> bool:
    """As in "two cups of", where a known noun follows."""
    word, after = tokens[start], tokens[start + 1 : start + 3]
    container = any(w in lexicon.CONTAINERS for w in (word, *lexicon.singulars(word)))
    return (
        container and after[:1] == ["of"] and len(after) == 2 and _lookup(after[1], lexicon.NOUNS) is not None
    )


def _is_fruit(tokens: list[str], start: int, clause: _Clause) -> bool:
    """Whether a word such as "orange" is a noun here: nothing follows that it could colour."""
    following = tokens[start + 1] if start + 1 < len(tokens) else "and"
    return not clause.editing and clause.before not in _BEING and following in _AFTER_NOUN


def _read_setting(phrase: str, clause: _Clause, reading: _Reading) -> bool:
    """Style, mock-up, place, time, weather, season."""
    if phrase in lexicon.STYLES:
        reading.styles.append(lexicon.STYLES[phrase])
        return _note(reading, lexicon.STYLES[phrase].value)
    if phrase in lexicon.MOCKUPS and reading.mockup is None:
        reading.mockup = lexicon.MOCKUPS[phrase]
        _spend_colour(clause, reading)
        return _note(reading, reading.mockup.value)
    if clause.preposition and phrase in lexicon.PLACES_AFTER_PREPOSITION:
        reading.place = lexicon.PLACES_AFTER_PREPOSITION[phrase]
        _stand_alone(clause, reading)
        return _note(
            reading,
            f"on the {reading.place}" if reading.place in (Place.MOON, Place.TABLE) else reading.place,
        )
    if phrase in lexicon.PLACES:
        reading.place = lexicon.PLACES[phrase]
        _stand_alone(clause, reading)
        return _note(reading, reading.place.value)
    if phrase in lexicon.LANDSCAPE:
        reading.place = reading.place or Place.MEADOW
        return _note(reading, "landscape")
    return _read_mood(phrase, reading)


def _stand_alone(clause: _Clause, reading: _Reading) -> None:
    """Here "on" was about the place, not about the next subject; so are the words between ("on a wooden table")."""
    if clause.preposition:
        clause.count = clause.colour = clause.finish = None
        clause.modifiers.clear()
    if reading.subjects:
        reading.subjects[-1] = replace(reading.subjects[-1], relation=Relation.BESIDE)


def _read_mood(phrase: str, reading: _Reading) -> bool:
    found = False
    if phrase in lexicon.SEASONS:
        reading.season = lexicon.SEASONS[phrase]
        found = _note(reading, reading.season.value)
    if phrase in lexicon.WEATHERS:
        reading.weather = lexicon.WEATHERS[phrase]
        found = _note(reading, reading.weather.value)
    if phrase in lexicon.TIMES:
        reading.time = lexicon.TIMES[phrase]
        found = _note(reading, reading.time.value)
    return found


def _note(reading: _Reading, word: str) -> bool:
    reading.understood.append(word)
    return True


def _lookup(phrase: str, table: Mapping[str, _T]) -> tuple[_T, bool] | None:
    """The meaning, and whether the phrase is a plural."""
    if phrase in table:
        return table[phrase], False
    head, _, last = phrase.rpartition(" ")
    for option in lexicon.singulars(last):
        whole = f"{head} {option}".strip()
        if whole in table:
            return table[whole], phrase not in lexicon.UNCOUNTED
    return None


def _read_noun(phrase: str, clause: _Clause, reading: _Reading) -> bool:
    if phrase in lexicon.EXTRAS and _dress(lexicon.EXTRAS[phrase], clause, reading):
        return True
    found = _lookup(phrase, lexicon.NOUNS)
    if found is None:
        return False
    thing, plural = found
    known = next((i for i, s in enumerate(reading.subjects) if s.thing == thing), None)
    if clause.removing and known is not None:
        del reading.subjects[known]
        clause.removing = False
        return _note(reading, f"no {thing}")
    if known is not None and (clause.editing or clause.before in ("the", "its")):
        clause.subject = known
        _spend_colour(clause, reading)
        return True
    count = clause.count or (lexicon.PLURAL if plural and thing not in lexicon.UNCOUNTED else 1)
    reading.subjects.append(Subject(thing, count, clause.colour, clause.finish))
    clause.subject = len(reading.subjects) - 1
    clause.count = clause.colour = clause.finish = None
    _note_modifiers(clause, reading)
    return _note(reading, thing)


def _dress(extra: Extra, clause: _Clause, reading: _Reading) -> bool:
    """Put a hat on the last subject that has a head, where the clause speaks of wearing or adding."""
    if not clause.wearing:
        return False
    for i in range(len(reading.subjects) - 1, -1, -1):
        subject = reading.subjects[i]
        if CATALOGUE[subject.thing].top is not None:
            reading.subjects[i] = replace(subject, extras=tuple(dict.fromkeys((*subject.extras, extra))))
            clause.colour = clause.finish = None
            clause.modifiers.clear()
            return _note(reading, extra.value)
    return False


def _spend_colour(clause: _Clause, reading: _Reading) -> None:
    """A waiting colour goes to the subject of the clause, or becomes the accent of a mock-up."""
    if clause.colour is None:
        return
    if clause.subject is not None:
        subject = reading.subjects[clause.subject]
        reading.subjects[clause.subject] = replace(subject, colour=clause.colour, finish=clause.finish)
    else:
        reading.accent = clause.colour
    clause.colour = clause.finish = None
    if clause.subject is not None or reading.mockup is not None or reading.interface:
        _note_modifiers(clause, reading)


def _note_modifiers(clause: _Clause, reading: _Reading) -> None:
    """Numbers, colours and materials count as understood once something in the picture has them."""
    reading.understood += clause.modifiers
    clause.modifiers.clear()


def _leftover_colour(clause: _Clause, reading: _Reading) -> None:
    """As in "the owl is blue", "make it golden", "make the button blue"."""
    if clause.colour is None:
        return
    if clause.subject is None and reading.subjects and not reading.interface and reading.mockup is None:
        clause.subject = 0
    if clause.subject is not None and clause.subject >= len(reading.subjects):
        clause.subject = None
    _spend_colour(clause, reading)


def _read_small_word(word: str, clause: _Clause, reading: _Reading) -> None:
    """Numbers, colours, materials, and the words that say how the next noun is meant."""
    if word in lexicon.NUMBERS or (word.isdecimal() and 0 < int(word[:4]) < 100):
        clause.count = min(lexicon.MOST, lexicon.NUMBERS.get(word) or int(word[:4]))
        if clause.count > 1:
            clause.modifiers.append(word)
    elif word in lexicon.MATERIAL_WORDS:
        clause.colour, clause.finish = lexicon.MATERIAL_WORDS[word]
        clause.modifiers.append(word)
    elif word in lexicon.COLOUR_WORDS:
        clause.colour, clause.finish = lexicon.COLOUR_WORDS[word], clause.finish
        clause.modifiers.append(word)
    elif word in lexicon.INTERFACE_WORDS:
        reading.interface = True
        _spend_colour(clause, reading)
        _note(reading, word)
    _read_function_word(word, clause, reading)


def _read_function_word(word: str, clause: _Clause, reading: _Reading) -> None:
    if word in lexicon.RELATIONS and reading.subjects:
        reading.subjects[-1] = replace(reading.subjects[-1], relation=lexicon.RELATIONS[word])
    clause.preposition = word in lexicon.PREPOSITIONS or (clause.preposition and word in _BETWEEN)
    clause.wearing = clause.wearing or word in lexicon.WEARING
    clause.editing = clause.editing or word in lexicon.EDITING
    clause.removing = clause.removing or word in lexicon.REMOVING


_TOPIC: Final = re.compile(
    r"\b(?:for|about|called|named|of|für|pour|para|для)\s+(?:an?\s+|the\s+|my\s+|our\s+|eine?n?\s+|une?\s+)?(.+?)(?:\s+(?:with|in|at|on)\s|[;.,!?]|$)",
    re.IGNORECASE,
)
_TOPIC_LENGTH: Final = 28


def _topic(text: str) -> str:
    """What comes after "for" or "about", as a heading."""
    found = _TOPIC.search(text)
    if found is None:
        return ""
    words = found[1].strip("\"'“”").split()
    heading = ""
    for word in words:
        if len(heading) + len(word) + 1 > _TOPIC_LENGTH:
            break
        heading = f"{heading} {word}".strip()
    return heading[:1].upper() + heading[1:] if heading.islower() is False else heading.title()
