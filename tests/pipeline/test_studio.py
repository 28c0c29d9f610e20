"""The front door: limits, buttons, deletion, watching."""

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import StorageError
from bot.domain.jobs import Job, JobState
from bot.domain.money import MicroUSD
from bot.domain.outcomes import Delivered, RefusalReason, Refused
from bot.domain.policy import Access, BlockedTerm, Content, Limits
from bot.domain.requests import Action, JobId, ReferenceRole
from bot.hosting.local import LocalStore
from bot.pipeline.cancel import WISH
from bot.pipeline.children import Press
from bot.ports import Accepted, Duplicate
from bot.store.jobs import JobLedger
from bot.store.rows import picture_keys
from tests.support.fakes import ScriptedProvider, produced
from tests.support.make import requester
from tests.support.rig import ELSEWHERE, MODERATOR, OTHER, Rig


def press(job_id: JobId, action: Action, text: str = "", **changes: object) -> Press:
    values = {
        "key": "discord:press",
        "requester": requester(),
        "job_id": job_id,
        "action": action,
        "text": text,
    }
    return Press(**{**values, **changes})  # type: ignore[arg-type]


class Meanwhile:
    """A ledger on which somebody else shows the job elsewhere, right after it was looked at."""

    def __init__(self, real: JobLedger) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def get(self, job_id: JobId) -> Job | None:
        found = await self._real.get(job_id)
        await self._real.update_message(job_id, {"message_id": "6"})
        return found


async def test_a_wish_to_stop_overwrites_nobody_elses_note(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        await rig.workers.stop(0)
        accepted = await rig.studio.submit(rig.ask())
        assert isinstance(accepted, Accepted)
        job_id = accepted.job.job_id
        await rig.studio.begin(job_id, {"token": "t"}, {"message_id": "5"})
        ledger = rig.store.jobs
        rig.use_ledger(Meanwhile(ledger))

        await rig.studio.cancel(job_id, requester())

        job = await ledger.get(job_id)
        assert job is not None
        assert job.message == {"message_id": "6", WISH: True}


async def test_a_redelivered_request_is_known(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        ask = rig.ask()
        results = await asyncio.gather(*(rig.studio.submit(ask) for _ in range(4)))

        assert sum(isinstance(result, Accepted) for result in results) == 1
        assert sum(isinstance(result, Duplicate) for result in results) == 3


@pytest.mark.parametrize(
    ("text", "content", "reason"),
    [
        ("", Content(), RefusalReason.EMPTY),
        ("an owl --ar 99:1", Content(), RefusalReason.BAD_OPTION),
        ("an ugly owl", Content(blocked_terms=(BlockedTerm("ugly"),)), RefusalReason.BLOCKED_TERM),
        ("an owl 4711", Content(patterns=(r"\d{4}",)), RefusalReason.BLOCKED_TERM),
        ("o" * 1500, Content(), RefusalReason.TOO_LONG),
        ("an owl \u202e and a fox", Content(), RefusalReason.UNREADABLE_WORDS),
    ],
)
async def test_cheap_refusals_come_before_anything_is_written(
    tmp_path: Path, text: str, content: Content, reason: RefusalReason
) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(content=content)
        refused = await rig.studio.submit(rig.ask(text))

        assert isinstance(refused, Refused)
        assert refused.reason is reason
        assert list(await rig.studio.history(requester())) == []


async def test_one_at_a_time_means_one_paid_call_and_private_answers(tmp_path: Path) -> None:
    slow = ScriptedProvider("openai", [[0.2, produced("openai")]])
    async with Rig(tmp_path, providers=(slow,)) as rig:
        rig.with_policy(limits=Limits(concurrent_per_user=1))
        results = await asyncio.gather(*(rig.studio.submit(rig.ask()) for _ in range(3)))

        accepted = [result for result in results if isinstance(result, Accepted)]
        refused = [result for result in results if isinstance(result, Refused)]
        assert (len(accepted), [one.reason for one in refused]) == (1, [RefusalReason.CONCURRENCY] * 2)
        await rig.begun(accepted[0])
        assert len(slow.tasks) == 1
        assert isinstance(await rig.studio.submit(rig.ask()), Accepted)


async def test_a_cooldown_belongs_to_one_person(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(limits=Limits(cooldown_seconds=30))
        assert isinstance(await rig.studio.submit(rig.ask()), Accepted)
        assert isinstance(await rig.studio.submit(rig.ask(requester=OTHER)), Accepted)
        refused = await rig.studio.submit(rig.ask())

        assert isinstance(refused, Refused)
        assert refused.reason is RefusalReason.COOLDOWN
        assert refused.wait is not None
        assert 25 < refused.wait <= 30


async def test_a_double_click_is_the_same_child_and_a_later_one_is_new(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished()
        first, second = await asyncio.gather(
            *(rig.studio.press(press(parent.job_id, Action.REROLL)) for _ in range(2))
        )
        kinds = {type(first), type(second)}
        assert kinds == {Accepted, Duplicate}
        assert first.job.job_id == second.job.job_id  # type: ignore[union-attr]
        accepted = first if isinstance(first, Accepted) else second
        child = await rig.begun(accepted)  # type: ignore[arg-type]
        assert child.version == 2
        assert child.request.lineage is not None

        again = await rig.studio.press(press(parent.job_id, Action.REROLL))
        assert isinstance(again, Duplicate)


async def test_an_upscale_exists_once(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished()
        first = await rig.studio.press(press(parent.job_id, Action.UPSCALE))
        await rig.begun(first)  # type: ignore[arg-type]
        second = await rig.studio.press(press(parent.job_id, Action.UPSCALE, requester=OTHER))

        assert isinstance(second, Duplicate)
        task = rig.providers[0].tasks[-1]
        assert task.quality == "high"
        assert [item.role for item in task.references] == [ReferenceRole.EDIT]


async def test_hd_is_larger_in_the_same_shape_and_its_price_is_reserved(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(limits=Limits(budget_day=MicroUSD(5_000_000)))
        parent = await rig.finished("an owl --ar 16:9")
        scope = ["discord:4711/money"]
        before = sum(usage.held + usage.used for usage in await rig.store.jobs.usage(scope))
        accepted = await rig.studio.press(press(parent.job_id, Action.UPSCALE))
        held = sum(usage.held + usage.used for usage in await rig.store.jobs.usage(scope)) - before
        await rig.begun(accepted)  # type: ignore[arg-type]
        ordinary, hd = rig.providers[0].tasks

    assert (ordinary.width, ordinary.height) == (1360, 768)
    assert (hd.width, hd.height) == (2736, 1536)
    assert held > 600_000, "four times the area at the highest quality"


async def test_hd_stays_within_the_communitys_largest_size(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(access=Access(max_megapixels=1.0))
        parent = await rig.finished()
        await rig.begun(await rig.studio.press(press(parent.job_id, Action.UPSCALE)))  # type: ignore[arg-type]
        hd = rig.providers[0].tasks[-1]

    assert (hd.width, hd.height, hd.quality) == (1024, 1024, "high")


async def test_another_member_pays_for_an_own_child(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished()
        mine = await rig.studio.press(press(parent.job_id, Action.VARY))
        theirs = await rig.studio.press(press(parent.job_id, Action.VARY, requester=OTHER))

        assert isinstance(mine, Accepted)
        assert isinstance(theirs, Accepted)
        assert theirs.job.request.requester.user_id == "43"
        scopes = ["discord:4711/user:43"]
        assert sum(usage.held for usage in await rig.store.jobs.usage(scopes)) == 2


async def test_others_presses_can_be_forbidden(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished()
        rig.with_policy(access=Access(others_may_press=False))
        rig.store.policies._known.clear()
        refused = await rig.studio.press(press(parent.job_id, Action.VARY, requester=OTHER))

        assert isinstance(refused, Refused)
        assert refused.reason is RefusalReason.NOT_YOURS
        assert isinstance(
            await rig.studio.press(press(parent.job_id, Action.VARY, requester=MODERATOR)), Accepted
        )


async def test_an_edit_draws_on_the_picture_with_the_instruction(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished("a brass owl --seed 5")
        child = await rig.studio.press(press(parent.job_id, Action.EDIT, "make it night"))
        done = await rig.begun(child)  # type: ignore[arg-type]

        assert isinstance(done.outcome, Delivered)
        assert rig.sanitizer.tasks[-1].words == "a brass owl; make it night"
        task = rig.providers[0].tasks[-1]
        assert task.seed is None
        assert len(task.references) == 1


async def test_new_words_keep_the_options(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished("a brass owl --ar 16:9")
        child = await rig.studio.press(press(parent.job_id, Action.REWORD, "a red fox"))
        bad = await rig.studio.press(press(parent.job_id, Action.REWORD, "a red fox --ar 77:1"))

        assert isinstance(child, Accepted)
        assert str(child.job.request.options.aspect) == "16:9"
        assert child.job.request.words == "a red fox"
        assert isinstance(bad, Refused)


async def test_jobs_of_other_communities_do_not_exist(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        parent = await rig.finished()

        for result in (
            await rig.studio.press(press(parent.job_id, Action.VARY, requester=ELSEWHERE)),
            await rig.studio.find(parent.job_id, ELSEWHERE),
            await rig.studio.delete(parent.job_id, ELSEWHERE),
            await rig.studio.report(parent.job_id, ELSEWHERE, ""),
        ):
            assert isinstance(result, Refused)
            assert result.reason is RefusalReason.UNKNOWN_JOB


async def test_delete_means_delete(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        job = await rig.finished("an owl in zanzibar")
        assert isinstance(job.outcome, Delivered)
        refused = await rig.studio.delete(job.job_id, OTHER)
        assert isinstance(refused, Refused)

        await rig.studio.delete(job.job_id, MODERATOR)

        assert [path for path in (tmp_path / "images").rglob("*") if path.is_file()] == []
        assert rig.chat.retracted == [job.job_id]
        gone = await rig.store.jobs.get(job.job_id)
        assert gone is not None
        assert gone.state is JobState.DELETED
        assert "zanzibar" not in str(await rig.store.database.read("SELECT * FROM job"))
        assert (await rig.store.policies.audited("discord:4711"))[0]["event"] == "job_deleted"
        assert await rig.store.database.read("SELECT * FROM judged") == []


async def test_what_is_deleted_while_it_is_made_is_not_made_to_the_end(tmp_path: Path) -> None:
    never = asyncio.Event()
    openai = ScriptedProvider("openai", [[never, produced("openai")]])
    async with Rig(tmp_path, [openai]) as rig:
        accepted = await rig.studio.submit(rig.ask())
        assert isinstance(accepted, Accepted)
        await rig.studio.begin(accepted.job.job_id, {"token": "t"}, {"message_id": "5"})
        async with asyncio.timeout(5):
            while not openai.running:
                await asyncio.sleep(0.01)

            await rig.studio.delete(accepted.job.job_id, requester())

            while openai.running or rig.workers.in_flight:
                await asyncio.sleep(0.01)
        assert rig.chat.delivered == []


async def test_bytes_that_another_job_shows_stay(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        first, second = await rig.finished(), await rig.finished()
        assert isinstance(second.outcome, Delivered)

        await rig.studio.delete(first.job_id, requester())

        assert await rig.parts.images.read(second.outcome.images[0].key)


class Stuck(LocalStore):
    async def delete(self, key: str) -> None:
        raise StorageError("bucket away")


async def test_an_object_that_cannot_be_deleted_is_alerted(tmp_path: Path) -> None:
    async with Rig(tmp_path, images=Stuck(tmp_path / "images", "")) as rig:
        job = await rig.finished()
        await rig.studio.delete(job.job_id, requester())

        assert "storage" in rig.observed.alerts
        assert set(await rig.store.jobs.doomed()) == set(picture_keys(job.steps)), "the janitor tries again"


async def test_a_report_is_audited_without_the_words(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        job = await rig.finished()
        await rig.studio.report(job.job_id, OTHER, "this is rude")

        rows = await rig.store.policies.audited("discord:4711")
        assert rows[0]["event"] == "job_reported"
        assert "rude" not in rows[0]["data"]


async def test_watching_an_unknown_job_ends(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        assert [job async for job in rig.studio.watch(JobId("nothing"))] == []


async def test_a_job_is_begun_once(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        accepted = await rig.studio.submit(rig.ask())
        assert isinstance(accepted, Accepted)
        assert await rig.studio.begin(accepted.job.job_id, {})
        assert not await rig.studio.begin(accepted.job.job_id, {})
        assert not await rig.studio.begin(JobId("nothing"), {})


async def test_a_drain_finishes_what_runs_and_hands_over_the_rest(tmp_path: Path) -> None:
    slow = ScriptedProvider("openai", [[0.2, produced("openai")]])
    async with Rig(tmp_path, providers=(slow,), concurrency=2) as rig:
        rig.with_policy(limits=dataclasses.replace(Limits(), concurrent_per_user=0))
        jobs = []
        for _ in range(6):
            accepted = await rig.studio.submit(rig.ask())
            assert isinstance(accepted, Accepted)
            await rig.studio.begin(accepted.job.job_id, {})
            jobs.append(accepted.job.job_id)
        await asyncio.sleep(0.1)
        await rig.workers.stop(grace=3.0)
        states = [(await rig.store.jobs.get(job_id)).state for job_id in jobs]  # type: ignore[union-attr]
        assert states.count(JobState.DELIVERED) == 2
        assert states.count(JobState.QUEUED) == 4

        await rig.workers.start()
        assert all([(await rig.end_of(job_id)).state is JobState.DELIVERED for job_id in jobs])
        assert len(slow.tasks) == 6
