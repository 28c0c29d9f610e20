"""What is told: of a decision about words, to moderators and in a dry run; and beside a picture."""

import asyncio
import dataclasses
import time

import pytest

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.images import SafePrompt
from bot.domain.jobs import SafeWords
from bot.domain.outcomes import DecidedBy, Failed, FailureClass, NoticeKey, RefusalReason, Refused
from bot.domain.policy import BlockedTerm, Content, Policy, Presentation
from bot.domain.requests import Options
from bot.domain.verdict import Verdict
from bot.pipeline.dry_run import dry_run
from bot.pipeline.judge import Judge
from bot.pipeline.notes import said
from bot.pipeline.notices import notices_for
from bot.ports import SanitizeTask
from bot.sanitizers.rules import RuleSanitizer
from tests.support.make import paid
from tests.support.rig import FakeModerator, FakeSanitizer

CASES = [
    (None, ("allow", "", "")),
    (SafeWords(SafePrompt("an owl"), "An owl.", reworded=True), ("rewrite", "sanitizer", "")),
    (SafeWords(SafePrompt("an owl"), "An owl."), ("allow", "", "")),
    (Refused(RefusalReason.UNCLEAR, DecidedBy.SANITIZER), ("ask", "sanitizer", "unclear")),
    (Refused(RefusalReason.GORE, DecidedBy.POST_CHECK), ("reject", "post_check", "gore")),
    (Failed(FailureClass.SANITIZER_DOWN), ("reject", "sanitizer", "sanitizer_down")),
]


@pytest.mark.parametrize(("end", "told"), CASES)
def test_each_end_has_a_decision_a_layer_and_a_reason(
    end: SafeWords | Refused | Failed | None, told: tuple[str, str, str]
) -> None:
    assert said(end) == told


class Punctual(FakeSanitizer):
    """Remembers by when its answers were wanted."""

    until: float = 0.0

    async def judge(self, task: SanitizeTask, deadline: Deadline) -> Verdict:
        self.until = deadline.at
        return await super().judge(task, deadline)


def judge_of(sanitizer: FakeSanitizer) -> Judge:
    return Judge(sanitizer, FakeModerator(), RuleSanitizer(), SystemClock())


async def test_words_that_all_layers_let_pass() -> None:
    sanitizer = Punctual()
    began, now = time.perf_counter(), SystemClock().now()
    run = await dry_run("a brass owl", Policy(), judge_of(sanitizer))

    assert (run.decision, run.decided_by, run.reason_code) == ("allow", None, None)
    assert run.safe_prompt == "a brass owl"
    assert 0 <= run.seconds <= time.perf_counter() - began
    assert [task.words for task in sanitizer.tasks] == ["a brass owl"]
    assert (run.layers[0].name, run.layers[0].says, run.layers[0].reason) == (DecidedBy.GUARD, "allow", "")
    assert len(run.layers) > 1
    assert sanitizer.until > now, "there is time to answer"


async def test_words_that_the_local_layers_stop_reach_no_model() -> None:
    sanitizer = FakeSanitizer()
    policy = Policy(content=Content(blocked_terms=(BlockedTerm("owl"),)))
    run = await dry_run("a brass owl", policy, judge_of(sanitizer))

    assert (run.decision, run.decided_by, run.reason_code) == ("reject", "guard", "blocked_term")
    assert [hit.term for hit in run.hits] == ["owl"]
    assert [(layer.name, layer.says, layer.reason) for layer in run.layers] == [
        (DecidedBy.GUARD, "reject", "blocked_term")
    ]
    assert sanitizer.tasks == []


async def test_without_models_only_the_local_layers_speak() -> None:
    run = await dry_run("a brass owl", Policy(), None)

    assert (run.decision, run.decided_by, run.safe_prompt) == ("allow", None, "")
    assert len(run.layers) == 1


async def test_the_rules_are_made_ready_off_the_loop() -> None:
    policy = Policy(content=Content(blocked_terms=(BlockedTerm("owl"),)))
    running = asyncio.create_task(dry_run("a brass owl", policy, None))
    await asyncio.sleep(0)
    at_once = running.done()

    assert (await running).decision == "reject"
    assert not at_once


MADE = paid(fell_back=True, bought_again=True)
WORDS = SafeWords(SafePrompt("an owl"), "An owl.", reworded=True, degraded=True)


def told(options: Options, words: SafeWords, shown: Presentation) -> list[str]:
    return [notice.key for notice in notices_for(options, words, MADE, shown, without_lora=True)]


def test_remarks_beside_a_picture_the_most_important_first() -> None:
    renamed = dataclasses.replace(WORDS, changes=(("gun", "pistol"), ("bat", "animal")))
    community = Presentation(attribution="Made with care")
    two = Options(count=2)

    before = [NoticeKey.BACKUP_MODEL, NoticeKey.WITHOUT_LORA, NoticeKey.BOUGHT_AGAIN]
    after = [NoticeKey.POLISHING_OFF, NoticeKey.FEWER_IMAGES, NoticeKey.ATTRIBUTION]
    assert told(two, WORDS, community) == [*before, NoticeKey.REWORDED, *after]
    assert told(two, renamed, community) == [*before, NoticeKey.REWORDED, NoticeKey.REWORDED, *after]
    quiet = Presentation(show_rewording=False)
    assert told(Options(count=1), renamed, quiet) == [*before, NoticeKey.POLISHING_OFF]
