"""The panel's dialogs and pages: how much they take, and what is too long for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.policy import Policy
from bot.guardrails.rulebook import Diff
from bot.messages.desk import desk_texts
from bot.moderation.pages import LONGEST_FORM, Form, Page
from bot.moderation.panel import Panel
from bot.moderation.panel.rules_pages import saved
from bot.moderation.rules import Changed, Edit
from tests.support.rig import MODERATOR, Rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("act", "most"),
    [
        ("ask", 1000),
        ("verify", 300),
        ("allow:1", 60),
        ("edit:content.block_message", 150),
        ("edit:content.blocked_terms", 0),
        ("import", 0),
    ],
)
async def test_a_dialog_takes_what_is_taken_from_it(rig: Rig, act: str, most: int) -> None:
    form = await Panel(rig.desk).act(MODERATOR, act)

    assert isinstance(form, Form)
    assert form.most == most


async def test_a_list_that_no_dialog_holds_is_changed_in_the_console_and_never_cut(rig: Rig) -> None:
    terms = "\n".join(f"quagga number {number}" for number in range(200))
    short = terms[: terms.rindex("\n", 0, LONGEST_FORM)]
    for value, kind in ((short, Form), (terms, Page)):
        await rig.desk.change(MODERATOR, [Edit("content.blocked_terms", value)])
        shown = await Panel(rig.desk).act(MODERATOR, "edit:content.blocked_terms")

        assert isinstance(shown, kind)
    assert isinstance(shown, Page)
    assert "too long for a window" in shown.lines[0]
    assert "console" in [button.act for button in shown.buttons]


@pytest.mark.parametrize(("number", "last"), [(20, "19 → 20"), (23, "+ 3")])
def test_of_many_changes_the_page_says_how_many_it_does_not_name(number: int, last: str) -> None:
    diffs = tuple(Diff("limits.per_user_day", str(n), str(n + 1)) for n in range(number))
    page = saved(Changed(2, diffs, Policy()), desk_texts("en"))

    assert len(page.lines) == min(number, 21)
    assert page.lines[-1].endswith(last)
