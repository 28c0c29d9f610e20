"""Moderators' sentences: every language has all of them, with the same braces, and a name for every setting."""

import re

import pytest

from adapters.discord.automod import Skip
from bot.domain.moderators import CaseKind, Ruling
from bot.guardrails.presets import PRESETS
from bot.guardrails.rulebook import AREAS, SETTINGS
from bot.messages.desk import DeskSay, desk_languages, desk_texts
from bot.moderation.answers import No

TABLES = {
    "say": set(DeskSay),
    "no": set(No),
    "area": set(AREAS),
    "preset": set(PRESETS),
    "setting": {setting.key for setting in SETTINGS},
    "case": set(CaseKind),
    "ruling": set(Ruling),
    "skip": set(Skip),
}


@pytest.mark.parametrize("language", desk_languages())
def test_every_language_has_every_sentence(language: str) -> None:
    texts = desk_texts(language)

    for table, keys in TABLES.items():
        assert set(texts.tables[table]) == {str(key) for key in keys}, table


@pytest.mark.parametrize("language", desk_languages())
def test_every_sentence_has_the_braces_of_the_english_one(language: str) -> None:
    texts, english = desk_texts(language), desk_texts("en")

    for table in ("say", "no"):
        for key, sentence in english.tables[table].items():
            found = re.findall(r"{(\w+)}", texts.tables[table][key])
            assert sorted(found) == sorted(re.findall(r"{(\w+)}", sentence)), key
