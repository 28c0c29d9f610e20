"""What may stand behind `/imagine` instead of a picture's words: `help`, `privacy`, `show <id>`."""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.requests import JobId

_SHOW: Final = re.compile(r"show\s+([a-z2-7]{16})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Help:
    """How to ask for pictures."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What is kept about people."""


@dataclass(frozen=True, slots=True)
class Show:
    """A picture that was made before."""

    job_id: JobId


Subcommand = Help | Privacy | Show


def read_subcommand(text: str) -> Subcommand | None:
    """The subcommand that a text is, None when it is words for a picture."""
    words = text.strip()
    if words.lower() == "help":
        return Help()
    if words.lower() == "privacy":
        return Privacy()
    shown = _SHOW.fullmatch(words)
    return Show(JobId(shown[1].lower())) if shown else None
