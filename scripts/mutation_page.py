"""docs/mutation.md: the figures of each file and its survivors, with what was thought of them."""

import dataclasses
import enum
import re
from pathlib import Path
from typing import Final

from scripts.mutants import Mutant

NOT_JUDGED: Final = "not judged yet"
_TABLE: Final = "| file | mutants | killed | survived | no test there | commit |\n|---|---|---|---|---|---|\n"
_ROWS: Final = "| in | change | judged |\n|---|---|---|\n"


class Outcome(enum.Enum):
    KILLED = "killed"
    HUNG = "hung"
    """The tests did not come to an end: noticed as well."""
    SURVIVED = "survived"
    UNREACHED = "no test there"


@dataclasses.dataclass(frozen=True)
class Found:
    """What became of one file's mutants.

    Attributes:
        subject: The file.
        commit: The last one that had touched the file.
        sample: How many of how many, if not all.
        ends: Each mutant and its end.
        before: Mutants that an earlier run had killed and this one did not try again.
    """

    subject: str
    commit: str
    sample: str
    ends: list[tuple[Mutant, Outcome]]
    before: int = 0

    @property
    def survivors(self) -> list[tuple[Mutant, Outcome]]:
        return [end for end in self.ends if end[1] in {Outcome.SURVIVED, Outcome.UNREACHED}]

    def count(self, *outcomes: Outcome) -> int:
        return sum(outcome in outcomes for _, outcome in self.ends)

    def told(self) -> str:
        counts = ", ".join(f"{self.count(outcome)} {outcome.value}" for outcome in Outcome)
        return f"{len(self.ends)} mutants: {counts}{f' ({self.sample})' if self.sample else ''}"

    def row(self) -> str:
        size = str(len(self.ends) + self.before) + (f" ({self.sample})" if self.sample else "")
        killed = self.count(Outcome.KILLED, Outcome.HUNG) + self.before
        survived, unreached = self.count(Outcome.SURVIVED), self.count(Outcome.UNREACHED)
        return f"| `{self.subject}` | {size} | {killed} | {survived} | {unreached} | {self.commit} |"

    def section(self, judged: dict[tuple[str, str], str]) -> str:
        rows = {
            (mutant.where, _change(mutant)): judged.get((mutant.where, _change(mutant)), NOT_JUDGED)
            for mutant, _ in self.survivors
        }
        lines = [f"| `{where or 'module'}` | {change} | {told} |" for (where, change), told in rows.items()]
        return f"### {self.subject}\n\n{_ROWS}" + "\n".join(lines) + "\n"


@dataclasses.dataclass(frozen=True)
class Earlier:
    """What the page says of a file: the sample, how many mutants, and who survived as (where, change)."""

    sample: str
    mutants: int
    survivors: frozenset[tuple[str, str]]

    def has(self, mutant: Mutant) -> bool:
        return (mutant.where, _change(mutant)) in self.survivors


def read_page(page: Path, subject: str) -> Earlier | None:
    """None if the page knows nothing of the file."""
    text = page.read_text()
    row = re.search(rf"^\| `{re.escape(subject)}` \| (\d+)(?: \((.*?)\))? \|", text, re.MULTILINE)
    if row is None:
        return None
    section = text.partition(f"### {subject}\n")[2].partition("\n### ")[0]
    return Earlier(row[2] or "", int(row[1]), frozenset(_judged(section)))


def write_page(page: Path, found: Found) -> None:
    """Put the file's row and section in place of the old ones; judgements of the same change stay."""
    before, _, rest = page.read_text().partition("## Figures\n")
    figures, _, survivors = rest.partition("## Survivors\n")
    rows = {match[1]: match[0] for match in re.finditer(r"^\| `([\w/.]+)` .*$", figures, re.MULTILINE)}
    sections = {
        part.partition("\n")[0].strip(): f"### {part.strip()}\n" for part in survivors.split("### ")[1:]
    }
    judged = _judged(sections.get(found.subject, ""))
    rows[found.subject] = found.row()
    if found.survivors:
        sections[found.subject] = found.section(judged)
    else:
        sections.pop(found.subject, None)
    table = _TABLE + "\n".join(rows[name] for name in sorted(rows)) + "\n"
    told = "\n".join(sections[name] for name in sorted(sections))
    page.write_text(f"{before}## Figures\n\n{table}\n## Survivors\n\n{told}")


def _judged(section: str) -> dict[tuple[str, str], str]:
    rows = (re.split(r"(?<!\\)\|", line) for line in section.splitlines() if line.startswith("| `"))
    return {
        (where.strip().strip("`").removeprefix("module"), change.strip()): told.strip()
        for _, where, change, told, _ in rows
    }


def _change(mutant: Mutant) -> str:
    now = "left out" if mutant.now == "pass" else f"to {_code(mutant.now)}"
    return f"{_code(mutant.was)} {now}"


def _code(text: str) -> str:
    short = text if len(text) <= 110 else f"{text[:107]}..."
    return "`" + short.replace("|", "\\|") + "`"
