"""Moderators' sentences: every language has all of them, with the same braces, and a name for every setting."""

import re
from collections.abc import Collection

import pytest

from adapters.discord.automod import Skip
from bot.domain.moderators import CaseKind, Ruling
from bot.domain.outcomes import DecidedBy, RefusalReason
from bot.domain.provenance import Mark, Signature
from bot.guardrails.presets import PRESETS
from bot.guardrails.rulebook import AREAS, SETTINGS
from bot.messages.catalogue import languages
from bot.messages.console import console_languages
from bot.messages.desk import DeskSay, desk_languages, desk_tables, desk_texts
from bot.moderation.answers import No

TABLES: dict[str, Collection[str]] = {
    "say": set(DeskSay),
    "no": set(No),
    "area": set(AREAS),
    "preset": set(PRESETS),
    "setting": {setting.key for setting in SETTINGS},
    "case": set(CaseKind),
    "ruling": set(Ruling),
    "skip": set(Skip),
    "mark": set(Mark),
    "signature": set(Signature) - {Signature.ABSENT},
}


@pytest.mark.parametrize("language", desk_languages())
def test_every_language_has_every_sentence(language: str) -> None:
    tables = desk_tables(language)

    for table, keys in TABLES.items():
        assert set(tables[table]) == {str(key) for key in keys}, table


def test_moderators_and_their_console_speak_what_members_speak() -> None:
    assert set(desk_languages()) == set(console_languages()) == set(languages())


@pytest.mark.parametrize("language", desk_languages())
def test_every_language_has_every_table_of_short_names(language: str) -> None:
    tables, english = desk_tables(language), desk_tables("en")

    assert set(tables) == set(english)
    for table, names in english.items():
        assert set(tables[table]) == set(names), table
        assert all(text.strip() for text in tables[table].values()), table


@pytest.mark.parametrize("language", desk_languages())
def test_every_reason_and_every_layer_has_a_name(language: str) -> None:
    """Moderators read words, never codes."""
    tables = desk_tables(language)

    assert [reason for reason in RefusalReason if reason not in tables["reason"]] == []
    assert [layer for layer in DecidedBy if layer not in tables["layer"]] == []
    # What a strike for a reported picture, and a lock, are given as their reason.
    assert {CaseKind.REPORT, CaseKind.SAFETY} <= set(tables["reason"])


@pytest.mark.parametrize("language", desk_languages())
def test_every_sentence_fits_where_the_platforms_put_it(language: str) -> None:
    """Discord: descriptions 100, labels of fields 45, buttons 80; Slack: buttons 75, titles of dialogs 24."""
    texts = desk_texts(language)
    limits = {"command": 100, "option": 100, "form": 45, "button": 40, "menu": 100}
    too_long = [
        key
        for key, text in texts.tables["say"].items()
        for start, limit in limits.items()
        if key.startswith(start) and len(text) > limit
    ]

    assert too_long == []
    assert [name for name in texts.tables["setting"].values() if len(name) > 45] == []


@pytest.mark.parametrize("language", desk_languages())
def test_every_sentence_has_the_braces_of_the_english_one(language: str) -> None:
    texts, english = desk_texts(language), desk_texts("en")

    for table in ("say", "no"):
        for key, sentence in english.tables[table].items():
            found = re.findall(r"{(\w+)}", texts.tables[table][key])
            assert sorted(found) == sorted(re.findall(r"{(\w+)}", sentence)), key
