"""A community's rules are made ready once, in a thread, and found again wherever they are the same."""

import asyncio
import dataclasses

import pytest

from bot.domain.policy import BlockedTerm, Content, ImportedRule, Override, Policy
from bot.guardrails.compiled import begin, compiled, ready
from bot.guardrails.places import rules_for
from bot.guardrails.text import PatternError
from bot.guardrails.words import check_words
from tests.support.make import requester


def long_list(name: str, number: int = 6000) -> Content:
    return Content(blocked_terms=tuple(BlockedTerm(f"{name}{place}") for place in range(number)))


async def test_whoever_is_in_a_hurry_does_not_wait_and_whoever_waits_finds_them_ready() -> None:
    content = long_list("hurry")

    assert not await ready(content, 0)
    assert begin(content) is begin(content)
    assert await ready(content)
    assert begin(content) is None
    assert check_words("a hurry5999", content)


async def test_many_wait_for_the_same_work() -> None:
    content = long_list("shared", 2000)

    assert all(await asyncio.gather(*(ready(content) for _ in range(20))))
    assert begin(content) is None


async def test_rules_that_cannot_be_made_say_so_to_whoever_uses_them() -> None:
    content = Content(patterns=("(",))

    assert await ready(content)
    with pytest.raises(PatternError):
        check_words("an owl", content)


def test_another_setting_or_another_version_makes_nothing_anew() -> None:
    content = long_list("same", 50)
    changed = dataclasses.replace(content, rating="G")
    read_again = long_list("same", 50)

    assert compiled(changed).terms is compiled(content).terms
    assert compiled(read_again).terms is compiled(content).terms


def test_those_who_are_alike_have_the_same_rules_and_an_exempt_person_has_the_others() -> None:
    cat, dog = ImportedRule("A", ("cat",), exempt=frozenset({"artists"})), ImportedRule("B", ("dog",))
    content = dataclasses.replace(long_list("place", 50), imported_rules=(cat, dog))
    policy = Policy(content=content, overrides=(Override("channel", "7", (("content.rating", "G"),)),))
    artist = requester(roles=frozenset({"artists", "painters"}))
    other_artist = requester(user_id="U2", roles=frozenset({"artists", "9"}))

    assert rules_for(policy, requester(roles=frozenset({"painters"}), channel_id="1")) is policy
    assert rules_for(policy, artist) is rules_for(policy, other_artist)
    there = rules_for(policy, requester(channel_id="7")).content
    assert there.rating == "G"
    assert compiled(there).terms is compiled(content).terms
    exempt = rules_for(policy, artist).content
    assert compiled(exempt).imported.rules == compiled(content).imported.rules[1:]
    assert check_words("a cat", content)
    assert not check_words("a cat", exempt)
    assert check_words("a dog", exempt)
