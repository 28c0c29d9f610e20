"""AutoMod's rules in the bot's own terms: what is taken over means the same here, and the rest is named."""

from typing import Any

import discord
import pytest

from adapters.discord.automod import Skip, Skipped, edits_of, re2_of, translate
from bot.domain.policy import Content, ImportedRule, Policy, Strictness
from bot.guardrails.compiled import compiled
from bot.guardrails.imported import read_rules, write_rules
from bot.guardrails.places import rules_for
from bot.guardrails.rule_texts import BadValue
from bot.guardrails.text import GuildPattern
from bot.guardrails.words import check_words
from bot.moderation.rules import drafted
from tests.support.make import requester
from tests.twins.discord_twin import DiscordTwin
from tests.twins.discord_twin.automod import ALERT, PROFANITY, SEXUAL_CONTENT, SLURS, add_rule

RUST = [
    (r"b[a4]d+", "a BAAD day", False),
    (r"b[a4]d+", "a b4ddd day", True),
    (r"\bкот\b", "рыжий кот", True),
    (r"\bкот\b", "который", False),
    (r"^\w{3}$", "кот", True),
    (r"[\w-]+@evil", "кот-1@evil", True),
    (r"^\D+$", "٣", False),
    (r"\u{1F346}", "an 🍆", True),
    (r"\p{Greek}{2}", "αβ", True),
    (r"[]x]y", "]y", True),
    (r"[a^]\w", "^я", True),
]
NOT_HERE = [
    (r"(?<!a)b", Skip.UNSUPPORTED),
    (r"(.)\1", Skip.UNSUPPORTED),
    (r"[a-z&&[^b]]", Skip.OTHER_MEANING),
    (r"[^\W]", Skip.OTHER_MEANING),
    (r"кот\bпёс", Skip.OTHER_MEANING),
    (r"a*", Skip.MATCHES_ALL),
    (r"(?x) a b", Skip.INVALID),
    (r"(\pL{100}){9}", Skip.TOO_LARGE),
    (r"a(", Skip.INVALID),
]


@pytest.mark.parametrize(("rust", "text", "found"), RUST)
def test_an_expression_means_the_same_here(rust: str, text: str, found: bool) -> None:
    translated = re2_of(rust)

    assert isinstance(translated, str)
    assert GuildPattern.compile(translated).search(text) is found


@pytest.mark.parametrize(("rust", "why"), NOT_HERE)
def test_an_expression_that_cannot_be_said_here_is_named(rust: str, why: Skip) -> None:
    assert re2_of(rust) is why


WORDS = [
    ("cat", "a cat.", True),
    ("cat", "c a t", True),
    ("cat", "cats", False),
    ("cat", "c4t", True),
    ("cat*", "catfish", True),
    ("cat*", "bobcat", False),
    ("*cat", "bobcat", True),
    ("*cat", "catfish", False),
    ("*cat*", "concatenate", True),
    ("кот*", "Котик", True),
    ("bad word", "a bad word", True),
    ("*🍆*", "an🍆", True),
]


@pytest.mark.parametrize(("word", "prompt", "blocked"), WORDS)
def test_a_keyword_matches_as_it_is_written(word: str, prompt: str, blocked: bool) -> None:
    content = Content(imported_rules=(ImportedRule("R", (word,)),))

    assert bool(check_words(prompt, content)) is blocked
    assert compiled(content).imported.blocking(prompt) == (("R",) if blocked else ())


def test_what_a_rule_allows_is_overlooked_by_that_rule_alone() -> None:
    lenient = ImportedRule("A", ("*cat*",), (r"cat\w+",), allow=("catalog*", "cat"))
    content = Content(imported_rules=(lenient,))

    assert not check_words("a cat in catalogues", content)
    assert check_words("a catalogue of catfish", content)
    assert check_words("catalog", Content(imported_rules=(lenient, ImportedRule("B", ("*cat*",)))))


def test_a_rule_does_not_count_for_those_it_exempts() -> None:
    rule = ImportedRule("A", ("cat",), exempt=frozenset({"artists", "7"}))
    policy = Policy(content=Content(imported_rules=(rule, ImportedRule("B", ("dog",)))))

    assert len(rules_for(policy, requester(channel_id="1")).content.imported_rules) == 2
    for exempt in (requester(channel_id="7"), requester(roles=frozenset({"artists"}))):
        assert [left.name for left in rules_for(policy, exempt).content.imported_rules] == ["B"]


def test_rules_are_written_as_text_that_is_read_back_the_same_each_time() -> None:
    rule = ImportedRule("A «1»", ("cat*", "ё"), (r"a\d",), ("scat",), frozenset({"9", "10", "8"}))

    assert read_rules(write_rules([rule])) == (rule,)
    assert write_rules(read_rules(write_rules([rule]))) == write_rules([rule])


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        "[]",
        '{"words": ["x"]}',
        '{"name": "A", "more": 1}',
        '{"name": "A", "patterns": ["("]}',
        '{"name": "A", "words": ["**"]}',
        '{"name": "A", "words": ["' + "x" * 61 + '"]}',
        '{"name": "A", "words": [' + ",".join(f'"w{n}"' for n in range(1001)) + "]}",
    ],
)
def test_what_is_no_rule_is_told(line: str) -> None:
    with pytest.raises(BadValue):
        read_rules(line)


def rules_of(twin: DiscordTwin) -> list[discord.AutoModRule]:
    """As the library reads what the server answers."""
    nothing: Any = None
    return [
        discord.AutoModRule(data=data, guild=nothing, state=nothing)  # type: ignore[arg-type]
        for data in twin.home.automod_rules
    ]


def test_a_server_is_taken_over_with_all_that_is_left_out_named() -> None:
    twin = DiscordTwin()
    artists = twin.role("artists")
    twin.add_keyword_rule("cat*", "*", regexes=["b[a4]d", "(?=x)y"], allowed=["cat"], exempt_roles=[artists])
    add_rule(twin.home, keywords=["dog"], name="Off", enabled=False)
    add_rule(twin.home, keywords=["dog"], name="Alerts", action=ALERT)
    add_rule(twin.home, trigger=3, name="Spam")
    add_rule(twin.home, trigger=4, presets=[PROFANITY, SEXUAL_CONTENT, SLURS], name="Lists")

    translated = translate(rules_of(twin))

    exempt = frozenset({str(artists.id)})
    assert translated.rules == (ImportedRule("Blocked words", ("cat*",), ("b[a4]d",), ("cat",), exempt),)
    assert translated.lists == (("Lists", ("sexual", "hate", "harassment")),)
    assert set(translated.skipped) == {
        Skipped("(?=x)y", Skip.UNSUPPORTED),
        Skipped("Off", Skip.OFF),
        Skipped("Alerts", Skip.ALERTS),
        Skipped("Spam", Skip.OTHER_KIND),
        Skipped("Lists: profanity", Skip.LIST),
    }


def test_a_second_import_replaces_the_first_and_leaves_own_words_alone() -> None:
    twin = DiscordTwin()
    twin.add_keyword_rule("dog")
    add_rule(twin.home, trigger=4, presets=[SLURS])
    before = Policy(
        content=Content(
            patterns=("own",),
            imported_rules=(ImportedRule("Old", ("cat",)),),
            categories=(("hate", Strictness.RELAXED), ("violence", Strictness.RELAXED)),
        )
    )

    after = drafted(before, edits_of(translate(rules_of(twin)), before))

    assert isinstance(after, Policy)
    assert [rule.words for rule in after.content.imported_rules] == [("dog",)]
    assert after.content.patterns == ("own",)
    assert dict(after.content.categories) == {
        "hate": Strictness.STRICT,
        "harassment": Strictness.STRICT,
        "violence": Strictness.RELAXED,
    }


def test_a_full_server_compiles_and_long_texts_are_matched_in_linear_time() -> None:
    words = tuple(f"*w{number}" for number in range(1000))
    content = Content(imported_rules=tuple(ImportedRule(f"R{n}", words, ("(a+)+$",)) for n in range(2)))

    assert not check_words("a" * 80 + " !", content)
    assert check_words("xw999", content)
