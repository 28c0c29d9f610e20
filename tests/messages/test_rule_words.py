"""Rules and their changes in words, for both chats and the console: no JSON, no bare zero, no code of ours."""

import re

import pytest

from bot.domain.policy import ImportedRule, Policy
from bot.guardrails.imported import write_rules
from bot.guardrails.rulebook import SETTINGS, Diff, Kind, Place, changed, diffs
from bot.messages.desk import desk_languages, desk_texts, without_marks
from bot.messages.rule_words import change_line, rule_tables, value_words

ENGLISH = desk_texts("en")
SLURS = ImportedRule("Slurs", ("beet*", "wombat"), ("a+b",), ("beetroot",), frozenset({"7"}))
INSECTS = ImportedRule("Insects", ("ant",))


def line(key: str, before: str, after: str, place: Place | None = None) -> str:
    return without_marks(change_line(Diff(key, before, after, place), ENGLISH))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (
            (),
            (SLURS, INSECTS),
            (
                "2 added: “Slurs” (words: 2, patterns: 1, exceptions: 1), "
                "“Insects” (words: 1, patterns: 0, exceptions: 0)"
            ),
        ),
        ((INSECTS,), (), "1 removed: “Insects” (words: 1, patterns: 0, exceptions: 0)"),
        (
            (SLURS, INSECTS),
            (ImportedRule("Slurs", ("beet*",)), INSECTS),
            "1 changed: “Slurs” (words: 1, patterns: 0, exceptions: 0)",
        ),
    ],
)
def test_imported_rules_are_told_by_name(
    before: tuple[ImportedRule, ...], after: tuple[ImportedRule, ...], words: str
) -> None:
    said = line("content.imported_rules", write_rules(before), write_rules(after))

    assert said == f"Rules taken over from AutoMod: {words}"


def test_lists_tell_what_came_and_what_went() -> None:
    before, after = "cat\nmoby dick", "cat\nlighthouse | substring, soft\nfox"

    said = line("content.blocked_terms", before, after)

    assert said == (
        "Blocked words: 2 added: lighthouse (also inside words; only a hint), fox; 1 removed: moby dick"
    )


def test_a_long_list_is_counted() -> None:
    said = line("content.allow_phrases", "", "\n".join(f"phrase {number}" for number in range(40)))

    assert said.startswith("Allowed phrases: 40 added: phrase 0, phrase 1, ")
    assert said.endswith(" and 34 more")


@pytest.mark.parametrize(
    ("key", "before", "after", "words"),
    [
        ("limits.per_user_day", "50", "0", "Pictures a member and day: 50 → no limit (0)"),
        ("limits.budget_day", "20.00", "0", "Budget a day in dollars: 20.00 → no limit (0)"),
        ("limits.budget_day", "20.00", "$5,5", "Budget a day in dollars: 20.00 → 5.50"),
        ("retention.images", "0", "90", "Days to keep pictures: for ever (0) → 90"),
        ("access.enabled", "on", "no", "Pictures switched on: on → off"),
        ("access.channels", "", "7, 9", "Only in these channels: everywhere → 7, 9"),
        ("access.roles", "9", "", "Only for these roles: 9 → everybody"),
        ("content.rating", "PG", "G", "Rating: PG → G"),
        (
            "content.on_unsafe_picture",
            "block",
            "hold",
            "A picture that fails the check: is not shown → waits for a moderator",
        ),
        (
            "content.categories",
            "",
            "violence/graphic=strict, self-harm=relaxed",
            "Strictness by category: (none) → graphic content: strict, self-harm: relaxed",
        ),
        ("limits.per_role_day", "", "9=100, 7=0", "Pictures a day by role: (none) → 9: 100, 7: no limit (0)"),
        (
            "strikes.ladder",
            "",
            "3 in 24h -> 1h; 5 in 168h -> ask",
            (
                "Strike ladder: (none) → 3 strikes within 24 hours: suspended for 1 hour; "
                "5 strikes within 7 days: moderators are asked"
            ),
        ),
    ],
)
def test_structured_values_are_words(key: str, before: str, after: str, words: str) -> None:
    assert line(key, before, after) == words


def test_a_place_without_its_own_value_is_as_everywhere() -> None:
    said = line("limits.per_user_day", "", "9", Place("channel", "7"))

    assert said == "Pictures a member and day (in channel 7): as elsewhere → 9"


def test_names_of_a_chat_are_marked_for_the_chat_to_write() -> None:
    assert change_line(Diff("access.channels", "", "7"), ENGLISH) != line("access.channels", "", "7")


def test_what_is_no_value_is_shown_as_it_is() -> None:
    assert value_words("content.imported_rules", "{", ENGLISH) == "{"
    assert value_words("limits.per_user_day", "many", ENGLISH) == "many"
    assert value_words("access.gravity", "9\n8", ENGLISH) == "9, 8"


@pytest.mark.parametrize("language", desk_languages())
def test_every_language_has_every_word(language: str) -> None:
    tables, english = rule_tables(language), rule_tables("en")

    assert {name: set(table) for name, table in tables.items()} == {
        name: set(table) for name, table in english.items()
    }
    for name, table in english.items():
        for key, text in table.items():
            assert sorted(re.findall(r"{(\w+)}", tables[name][key])) == sorted(re.findall(r"{(\w+)}", text))
            assert tables[name][key].strip()


@pytest.mark.parametrize("language", desk_languages())
def test_every_choice_has_words_in_every_language(language: str) -> None:
    """Ratings are names that are the same everywhere."""
    table = rule_tables(language)["choice"]
    unnamed = [
        f"{setting.key}.{choice}"
        for setting in SETTINGS
        for choice in setting.choices
        if f"{setting.key}.{choice}" not in table and choice not in table and setting.key != "content.rating"
    ]

    assert unnamed == []


@pytest.mark.parametrize("language", desk_languages())
def test_no_change_of_any_setting_shows_a_brace_or_a_code(language: str) -> None:
    samples = {
        Kind.RULES: write_rules([SLURS]),
        Kind.LEVELS: "violence=strict",
        Kind.LADDER: "2 in 48h -> ask",
        Kind.ROLE_CAPS: "9=5",
        Kind.FLAG: "off",
    }
    policy = Policy()
    for setting in SETTINGS:
        text = next(iter(setting.choices[::-1]), samples.get(setting.kind, "3"))
        for diff in diffs(policy, changed(policy, setting.key, text)):
            said = change_line(diff, desk_texts(language))
            assert not re.search(r"[{}\[\]\"_]|->|=", said), said
