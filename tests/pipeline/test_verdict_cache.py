"""The same words under the same rules are judged once in ten minutes; silence is never remembered."""

from pathlib import Path

import pytest

from bot.domain.errors import NoVerdict
from bot.domain.verdict import Decision, Verdict
from bot.moderation.rules import Edit
from bot.pipeline.verdict_cache import SECONDS, VerdictCache
from tests.support.make import requester
from tests.support.rig import MODERATOR, OTHER, Rig

MOST = 4096
"""Answers that it keeps."""


async def test_the_same_words_are_asked_about_once_whoever_says_them(tmp_path: Path) -> None:
    async with Rig(tmp_path, cache_seconds=SECONDS) as rig:
        await rig.finished("a brass owl")
        await rig.finished("a  brass owl", requester=OTHER)
        assert len(rig.sanitizer.tasks) == 1
        await rig.finished("a Brass owl")  # a name may hide in capitals
        assert len(rig.sanitizer.tasks) == 2


async def test_other_rules_are_another_question(tmp_path: Path) -> None:
    async with Rig(tmp_path, cache_seconds=SECONDS) as rig:
        await rig.finished("a brass owl")
        await rig.desk.change(MODERATOR, [Edit("content.rating", "G")])
        await rig.finished("a brass owl")
        await rig.finished("a brass owl", requester=requester(tenant="discord:999"))

        assert [task.rating for task in rig.sanitizer.tasks] == ["PG", "G"]


@pytest.mark.parametrize("silent", ["sanitizer", "moderator"])
async def test_silence_is_not_remembered(tmp_path: Path, silent: str) -> None:
    async with Rig(tmp_path, cache_seconds=SECONDS) as rig:
        assert rig.moderator is not None
        if silent == "sanitizer":
            rig.sanitizer.verdict = NoVerdict("garbage")
        rig.moderator.text_down = silent == "moderator"
        await rig.finished("a brass owl")
        rig.sanitizer.verdict, rig.moderator.text_down = None, False
        await rig.finished("a brass owl")

        assert len(rig.sanitizer.tasks) == 2


def test_after_ten_minutes_it_is_forgotten() -> None:
    cache, answers = VerdictCache(), (Verdict(Decision.ALLOW), None)
    cache.put("key", answers, 1000.0)

    assert cache.get("key", 1000.0 + SECONDS - 1) == answers
    assert cache.get("key", 1000.0 + SECONDS) is None


def test_the_one_used_longest_ago_leaves_first() -> None:
    cache, answers = VerdictCache(), (Verdict(Decision.ALLOW), None)
    for number in range(MOST):
        cache.put(f"key {number}", answers, 1000.0)
    cache.put("key 0", answers, 1000.0)  # said again
    assert cache.get("key 1", 1000.0) == answers  # asked for again

    cache.put("one more", answers, 1000.0)
    cache.put("and one more", answers, 1000.0)

    known = [*(f"key {number}" for number in range(MOST)), "one more", "and one more"]
    gone = [key for key in known if cache.get(key, 1000.0) is None]
    assert gone == ["key 2", "key 3"]
