"""How a part of the bot is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """State of one part. `detail` is for operators and holds no secret. `passing`: another look may find it well.

    `asked`: it was looked at itself; where nobody can look, `ok` is no more than a hope.
    """

    ok: bool
    detail: str = ""
    passing: bool = False
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `imagine-bot doctor`. `grade` is ok, warning or failure; `remedy` says what to do."""

    name: str
    grade: str
    detail: str
    remedy: str = ""
