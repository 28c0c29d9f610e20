"""`/imagine help`, `privacy` and `show <id>` are commands; anything longer is words for a picture."""

import pytest

from bot.domain.requests import JobId
from bot.guardrails.subcommands import Help, Privacy, Show, Subcommand, read_subcommand


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("help", Help()),
        (" HELP\n", Help()),
        ("privacy", Privacy()),
        ("show abcdefghij234567", Show(JobId("abcdefghij234567"))),
        ("Show  ABCDEFGHIJ234567", Show(JobId("abcdefghij234567"))),
        ("show abcdefghij23456", None),
        ("show a brass owl", None),
        ("help me draw an owl", None),
        ("privacy, as a statue", None),
        ("", None),
    ],
)
def test_only_the_whole_text_is_a_subcommand(text: str, meant: Subcommand | None) -> None:
    assert read_subcommand(text) == meant
