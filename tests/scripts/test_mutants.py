"""The mutants are what they say, and the page keeps what was thought of them."""

from pathlib import Path

from scripts.mutants import mutants_of
from scripts.mutation_page import Found, Outcome, read_page, write_page

SOURCE = '''
"""Text with 1 number."""
import structlog
log = structlog.get_logger()
MOST: int | None = 3


async def take(left: int | None = None) -> bool:
    """Text with and or not."""
    log.info("taken", left=left - 1)
    if left is not None and left < MOST:
        await gone()
    try:
        return min(left, 2) > 1 or not any(x for x in left if x)
    except ValueError:
        raise
'''
CHANGES = [
    ("", "3", "4"),
    ("take", "left is not None and left < MOST", "(not (left is not None and left < MOST))"),
    ("take", "left is not None and left < MOST", "(left is not None or left < MOST)"),
    ("take", "left is not None", "(left is None)"),
    ("take", "left < MOST", "(left <= MOST)"),
    ("take", "await gone()", "pass"),
    ("take", "return min(left, 2) > 1 or not any(x for x in left if x)", "return None"),
    (
        "take",
        "min(left, 2) > 1 or not any(x for x in left if x)",
        "(min(left, 2) > 1 and (not any((x for x in left if x))))",
    ),
    ("take", "min(left, 2) > 1", "(min(left, 2) >= 1)"),
    ("take", "min", "max"),
    ("take", "2", "3"),
    ("take", "1", "2"),
    ("take", "not any(x for x in left if x)", "(any((x for x in left if x)))"),
    ("take", "any", "all"),
    ("take", "x", "(not (x))"),
    ("take", "ValueError", "()"),
    ("take", "raise", "pass"),
]
HEAD = "# Mutants\n\nWords.\n\n## Figures\n\n## Survivors\n"


def test_what_is_changed_and_what_is_left_alone() -> None:
    mutants = mutants_of(SOURCE)

    assert [(mutant.where, mutant.was, mutant.now) for mutant in mutants] == CHANGES
    for mutant in mutants:
        compile(mutant.source, "mutant", "exec")
    (deleted,) = [mutant for mutant in mutants if mutant.was == "await gone()"]
    assert deleted.lines == {12}
    assert deleted.source == SOURCE.replace("await gone()", "pass")
    assert mutants[0].lines == frozenset()


def test_a_judgement_stays_with_its_survivor(tmp_path: Path) -> None:
    page = tmp_path / "mutation.md"
    page.write_text(HEAD)
    first, second, third, *_ = mutants_of(SOURCE)
    ends = [(first, Outcome.SURVIVED), (second, Outcome.KILLED), (third, Outcome.UNREACHED)]
    write_page(page, Found("b.py", "abc", "", ends))
    write_page(page, Found("a.py", "abc", "1 of 9, seed 1", [(first, Outcome.HUNG)]))
    page.write_text(page.read_text().replace("not judged yet", "a matter of taste", 1))
    write_page(page, Found("b.py", "def", "", [(first, Outcome.SURVIVED), (third, Outcome.SURVIVED)]))

    text = page.read_text()
    assert text.startswith("# Mutants\n\nWords.\n")
    assert "| `a.py` | 1 (1 of 9, seed 1) | 1 | 0 | 0 | abc |\n| `b.py` | 2 | 0 | 2 | 0 | def |\n" in text
    assert "| `module` | `3` to `4` | a matter of taste |\n" in text
    assert text.count("not judged yet") == 1
    assert "### a.py" not in text


def test_survivors_can_be_tried_again(tmp_path: Path) -> None:
    page = tmp_path / "mutation.md"
    page.write_text(HEAD)
    mutants = mutants_of(SOURCE)
    ends = [(mutant, Outcome.KILLED) for mutant in mutants[:-2]]
    ends += [(mutant, Outcome.SURVIVED) for mutant in mutants[-2:]]
    write_page(page, Found("b.py", "abc", "17 of 40, seed 1", ends))
    earlier = read_page(page, "b.py")
    assert earlier is not None
    assert [mutant for mutant in mutants if earlier.has(mutant)] == mutants[-2:]

    again = [(mutants[-2], Outcome.KILLED), (mutants[-1], Outcome.SURVIVED)]
    write_page(page, Found("b.py", "abc", earlier.sample, again, earlier.mutants - 2))

    assert "| `b.py` | 17 (17 of 40, seed 1) | 16 | 1 | 0 | abc |\n" in page.read_text()
    assert read_page(page, "c.py") is None
