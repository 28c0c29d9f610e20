"""Who wants to hear when a part works again hears it once, with a button while the words are kept, and by the rules."""

import asyncio
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.domain.awaiting import Awaited, Outlook, Part, part_down
from bot.domain.errors import DeliveryError, NoVerdict, ProviderFailed, StorageError
from bot.domain.jobs import Job, JobState, Steps
from bot.domain.moderators import Suspension
from bot.domain.outcomes import Failed, FailureClass, Outcome, RefusalReason, Refused
from bot.domain.policy import Access, OnSanitizerOutage, Recovery
from bot.domain.requests import Action, Requester
from bot.hosting.local import LocalStore
from bot.messages.job_view import actions_for
from bot.pipeline.awaiting import wish_to_hear
from bot.pipeline.children import Press
from bot.pipeline.recovered import CALM_SECONDS, QUIET_SECONDS, Recoveries
from bot.ports import Accepted, Health
from bot.store.database import Statement
from tests.support.fakes import ScriptedProvider, produced
from tests.support.make import requester
from tests.support.rig import MODERATOR, OTHER, FakeChat, FakeModerator, FakeSanitizer, Rig

ADA = requester()
OUTAGE = NoVerdict("outage")


@dataclasses.dataclass
class Telling(FakeChat):
    """A chat that can tell people of its own accord."""

    returns: list[tuple[Requester, Job | None]] = dataclasses.field(default_factory=list)
    faults_of_telling: list[Exception] = dataclasses.field(default_factory=list)

    async def tell_of_return(self, note: Awaited, job: Job | None) -> None:
        if self.faults_of_telling:
            raise self.faults_of_telling.pop(0)
        self.returns.append((note.person, job))


@dataclasses.dataclass
class Hopeful(ScriptedProvider):
    """A host that cannot be asked, as most."""

    async def probe(self) -> Health:
        return Health(ok=True, asked=False)


class Later:
    """The rig's clock, some seconds ahead."""

    def __init__(self, rig: Rig) -> None:
        self._clock = rig.parts.clock
        self.ahead = 0.0

    def now(self) -> float:
        return self._clock.now() + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.ahead += seconds
        await asyncio.sleep(0)


@dataclasses.dataclass
class Town:
    """Everything down, one request that has failed of it, and the looks that follow."""

    rig: Rig
    chat: Telling
    clock: Later
    recoveries: Recoveries

    async def look(self, seconds: float = 20.0) -> int:
        self.clock.ahead += seconds
        return await self.recoveries.round()

    async def failed(self, text: str = "a brass owl", person: Requester = ADA, **how: object) -> Job:
        job = await self.rig.finished(text, requester=person, **how)
        assert job.state is JobState.FAILED
        return job

    async def failed_by(self, failure: FailureClass) -> Job:
        """A request that has ended so, whatever made it."""
        made = await self.rig.studio.submit(self.rig.ask())
        assert isinstance(made, Accepted)
        outcome = Failed(failure)
        jobs, wanted = self.rig.store.jobs, made.job
        await self.rig.workers.stop(1)
        assert await jobs.begin(wanted.job_id, {}, {"message_id": "5"}, wanted.request.deadline)
        job = await jobs.claim(("discord",))
        assert job is not None
        await jobs.finish(dataclasses.replace(job, steps=Steps(outcome=outcome)), outcome)
        found = await jobs.get(wanted.job_id)
        assert found is not None
        return found

    async def waits(self, job: Job, person: Requester = ADA) -> Job | Refused:
        return await wish_to_hear(self.rig.parts, job.job_id, person, {})


def town_in(rig: Rig) -> Town:
    clock = Later(rig)
    rig.store.jobs._clock = clock
    assert isinstance(rig.chat, Telling)
    return Town(rig, rig.chat, clock, Recoveries(dataclasses.replace(rig.parts, clock=clock)))


def all_down(tmp_path: Path) -> Rig:
    return Rig(
        tmp_path,
        sanitizer=FakeSanitizer(OUTAGE),
        moderator=FakeModerator(text_down=True),
        chat=Telling(),
    )


async def new_rules(rig: Rig, **parts: object) -> None:
    """Of now on; the ones before may be known already."""
    rules = dataclasses.replace(rig.policy, **parts)  # type: ignore[arg-type]
    await rig.store.policies.save(ADA.tenant, rules, actor="44", reason="")


def words_work(rig: Rig) -> None:
    rig.sanitizer.verdict = None


async def test_told_once_when_words_can_be_read_again(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        job = await town.failed()
        assert await town.waits(job) == job
        assert await town.look() == 0

        words_work(rig)

        assert [await town.look() for _ in range(3)] == [1, 0, 0]
        [(person, again)] = town.chat.returns
        assert person == ADA
        assert again is not None
        assert again.job_id == job.job_id


async def test_nobody_waits_nobody_is_asked(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.failed()
        asked = len(rig.sanitizer.tasks)

        assert await town.look() == 0
        assert len(rig.sanitizer.tasks) == asked


async def test_a_look_spends_none_of_anybodys_words(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed("a zebra"))
        before = len(rig.sanitizer.tasks)
        await town.look()

        assert [task.words for task in rig.sanitizer.tasks[before:]] == ["a brass owl on a stack of books"]


async def test_pressed_twice_is_told_once(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        job = await town.failed()
        await asyncio.gather(town.waits(job), town.waits(job))
        words_work(rig)

        assert await town.look() == 1
        assert len(town.chat.returns) == 1


async def test_moderation_alone_is_enough_where_rules_let_harmless_words_pass(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        assert rig.moderator is not None
        rig.moderator.text_down = False

        assert await town.look() == 1


async def test_moderation_alone_is_not_enough_where_rules_want_the_text_model(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        assert rig.moderator is not None
        rig.moderator.text_down = False
        await new_rules(rig, recovery=Recovery(on_sanitizer_outage=OnSanitizerOutage.CLOSED))

        assert await town.look() == 0
        words_work(rig)
        assert await town.look() == 1


async def test_without_the_words_only_words_are_told(tmp_path: Path) -> None:
    """What the community does not keep is not kept for this either."""
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        job = await town.failed()
        await town.waits(job)
        await rig.store.jobs.mark_deleted(job.job_id)
        words_work(rig)

        assert await town.look() == 1
        assert town.chat.returns == [(ADA, None)]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (Access(enabled=False), 0),
        (Access(denied_channels=frozenset({ADA.channel_id})), 0),
        (Access(roles=frozenset({"painters"})), 0),
        (Access(), 1),
    ],
    ids=["switched off", "another channel", "a role is missing", "nothing"],
)
async def test_the_rules_of_now_say_who_is_told(tmp_path: Path, rules: Access, told: int) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        job = await town.failed()
        await town.waits(job)
        words_work(rig)
        await new_rules(rig, access=rules)

        assert await town.look() == told
        assert len(town.chat.returns) == told
        assert not await rig.store.jobs.is_awaited(job.job_id), "what may not be told is not kept"


async def test_what_is_not_allowed_any_more_is_told_without_a_button(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed("a brass owl --n 4"))
        words_work(rig)
        await new_rules(rig, access=Access(max_count=1))

        assert await town.look() == 1
        assert town.chat.returns == [(ADA, None)]


async def test_who_is_suspended_hears_nothing(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        ban = Suspension(ADA.tenant, "discord", ADA.user_id, None, "", "44", rig.parts.clock.now())
        await rig.store.moderation.suspend(ban)
        words_work(rig)

        assert await town.look() == 0
        assert town.chat.returns == []


async def test_who_may_not_press_other_buttons_may_not_press_this_one(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        job = await town.failed()
        await new_rules(rig, access=Access(others_may_press=False))

        refused = await town.waits(job, OTHER)
        assert isinstance(refused, Refused)
        assert refused.reason is RefusalReason.NOT_YOURS
        assert await town.waits(job, MODERATOR) == job
        strangers = await town.waits(job, requester(tenant="discord:999"))
        assert isinstance(strangers, Refused)
        assert strangers.reason is RefusalReason.UNKNOWN_JOB


async def test_a_finished_picture_awaits_nothing(tmp_path: Path) -> None:
    async with Rig(tmp_path, chat=Telling()) as rig:
        town = town_in(rig)
        refused = await town.waits(await rig.finished())

        assert isinstance(refused, Refused)
        assert refused.reason is RefusalReason.UNKNOWN_JOB


async def test_whoever_presses_before_the_row_is_final_is_noted(tmp_path: Path) -> None:
    """The message with the button stands before the books are closed."""
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        pressed: list[Job | Refused] = []

        class Quick(Telling):
            async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
                pressed.append(await town.waits(job))
                return await super().deliver(job, outcome)

        rig.parts.adapters["discord"] = Quick()  # type: ignore[index]
        job = await town.failed()

        assert [one.job_id for one in pressed if isinstance(one, Job)] == [job.job_id]


async def test_a_chat_that_is_away_is_asked_again(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        words_work(rig)
        town.chat.faults_of_telling = [DeliveryError("away", retryable=True), RuntimeError("a bug")]

        assert [await town.look(70) for _ in range(4)] == [0, 0, 1, 0]


async def test_a_closed_door_ends_it(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        words_work(rig)
        town.chat.faults_of_telling = [DeliveryError("no door", retryable=False)]

        assert [await town.look(70) for _ in range(2)] == [1, 0]
        assert town.chat.returns == []


async def test_a_chat_that_stays_away_is_not_asked_for_ever(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        words_work(rig)
        town.chat.faults_of_telling = [DeliveryError("away", retryable=True)] * 9

        for _ in range(9):
            await town.look(70)

        assert len(town.chat.faults_of_telling) == 4
        assert town.chat.returns == []


async def test_of_two_processes_one_looks(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        words_work(rig)
        town.clock.ahead += 20
        other = Recoveries(town.recoveries.parts)

        assert sum(await asyncio.gather(town.recoveries.round(), other.round())) == 1
        assert len(town.chat.returns) == 1


async def test_a_process_that_dies_while_telling_loses_nobody(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        words_work(rig)
        town.chat.faults_of_telling = [asyncio.CancelledError()]  # type: ignore[list-item]
        with pytest.raises(asyncio.CancelledError):
            await town.look()

        assert [await town.look(), await town.look(61)] == [0, 1]
        assert len(town.chat.returns) == 1


async def test_the_task_looks_by_itself_and_survives_an_outage_of_the_ledger(tmp_path: Path) -> None:
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        words_work(rig)
        jobs, faults = rig.store.jobs, [StorageError("away"), RuntimeError("a bug")]

        class Failing:
            def __getattr__(self, name: str) -> object:
                return getattr(jobs, name)

            async def awaited(self, platforms: list[str]) -> object:
                if faults:
                    raise faults.pop()
                return await jobs.awaited(platforms)

        parts = dataclasses.replace(town.recoveries.parts, jobs=Failing())  # type: ignore[arg-type]
        recoveries = Recoveries(parts)
        await recoveries.start()
        async with asyncio.timeout(10):
            while not town.chat.returns:
                await asyncio.sleep(0.01)
        await recoveries.stop()
        assert faults == []


def models_down(tmp_path: Path, kind: type[ScriptedProvider] = ScriptedProvider) -> Rig:
    provider = kind("openai", [[ProviderFailed("openai")], [ProviderFailed("openai")], [produced("openai")]])
    return Rig(tmp_path, providers=(provider,), chat=Telling())


async def test_a_host_that_says_so_is_believed(tmp_path: Path) -> None:
    async with models_down(tmp_path) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())

        assert [await town.look(CALM_SECONDS - 15), await town.look(20)] == [0, 1]


async def test_a_picture_that_was_made_since_is_believed(tmp_path: Path) -> None:
    async with models_down(tmp_path, Hopeful) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        await town.failed(person=OTHER)
        assert await town.look() == 0
        await rig.finished(requester=OTHER)

        assert await town.look() == 1


@pytest.mark.parametrize("chosen", ["model", "openai:model"])
async def test_who_chose_a_model_hears_of_it_by_whichever_of_its_names(tmp_path: Path, chosen: str) -> None:
    async with models_down(tmp_path, Hopeful) as rig:
        town = town_in(rig)
        await town.waits(await town.failed(f"a brass owl --model {chosen}"))
        await town.failed(person=OTHER)
        assert await town.look() == 0
        await rig.finished(requester=OTHER)

        assert await town.look() == 1
        assert await rig.parts.router.outlook(chosen) is Outlook.HOPE


async def test_a_host_that_cannot_be_asked_is_hoped_for_after_a_quiet_time(tmp_path: Path) -> None:
    async with models_down(tmp_path, Hopeful) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())

        assert [await town.look(QUIET_SECONDS - 60), await town.look(120)] == [0, 1]


async def test_a_failure_of_anybody_meanwhile_makes_the_quiet_time_begin_anew(tmp_path: Path) -> None:
    async with models_down(tmp_path, Hopeful) as rig:
        town = town_in(rig)
        await town.waits(await town.failed())
        town.clock.ahead += QUIET_SECONDS - 60
        await town.failed(person=OTHER)

        assert [await town.look(120), await town.look(QUIET_SECONDS)] == [0, 1]


async def test_a_host_that_is_set_aside_or_wants_to_be_left_alone_is_not_hoped_for(tmp_path: Path) -> None:
    async with models_down(tmp_path) as rig:
        [route] = rig.parts.router.routes  # type: ignore[attr-defined]
        assert await rig.parts.router.outlook() is Outlook.WELL
        assert await rig.parts.router.outlook("no-such-model") is Outlook.DOWN
        route.circuit.fault_of_ours()
        assert await rig.parts.router.outlook() is Outlook.DOWN
        route.circuit.succeeded()
        route.not_before = rig.parts.clock.now() + 60
        assert await rig.parts.router.outlook("model") is Outlook.DOWN


async def test_pictures_can_be_checked_again(tmp_path: Path) -> None:
    async with Rig(tmp_path, chat=Telling(), moderator=FakeModerator(text_down=True)) as rig:
        town = town_in(rig)
        job = await town.failed_by(FailureClass.CHECK_DOWN)
        await town.waits(job)
        assert rig.moderator is not None
        assert await town.look() == 0
        rig.moderator.text_down = False

        assert await town.look() == 1


async def test_a_part_that_cannot_be_looked_at_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    class Broken(LocalStore):
        async def probe(self) -> Health:
            raise OSError("a bug")

    async with Rig(tmp_path, chat=Telling(), images=Broken(tmp_path / "images", "", public=False)) as rig:
        town = town_in(rig)
        await town.waits(await town.failed_by(FailureClass.STORAGE))
        person = requester(channel_id="8")
        stored = await rig.store.jobs.waiting(("discord",), Part.STORE, "")
        await rig.store.jobs.await_part(
            dataclasses.replace(stored[0], part=Part.WORDS, person=person, since=stored[0].since + 1)
        )

        assert await town.look() == 1
        assert [person.channel_id for person, _ in town.chat.returns] == ["8"]
        assert await town.look() == 0


async def test_a_note_whose_job_cannot_be_read_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    """As one of a newer version's, beside which this one still runs."""
    async with all_down(tmp_path) as rig:
        town = town_in(rig)
        foreign = await town.failed()
        await town.waits(foreign)
        await town.waits(await town.failed(person=OTHER), OTHER)
        await town.waits(await town.failed(person=MODERATOR), MODERATOR)
        words_work(rig)
        break_job = Statement(
            "UPDATE job SET request = '{}' WHERE job_id = :job_id", {"job_id": foreign.job_id}
        )
        break_note = Statement(
            "UPDATE awaiting SET document = :document WHERE user_id = :user_id",
            {"document": rig.store.jobs._vault.seal({"person": "{}"}), "user_id": OTHER.user_id},
        )
        await rig.store.database.write_all(break_job, break_note)

        assert await town.look() == 1
        assert [person for person, _ in town.chat.returns] == [MODERATOR]


async def test_the_store_is_back(tmp_path: Path) -> None:
    async with Rig(tmp_path, chat=Telling()) as rig:
        town = town_in(rig)
        await town.waits(await town.failed_by(FailureClass.STORAGE))

        assert await town.look() == 1


@pytest.mark.parametrize("failure", FailureClass)
async def test_the_button_is_offered_where_a_part_is_down_and_nowhere_else(
    tmp_path: Path, failure: FailureClass
) -> None:
    offered = part_down(Failed(failure)) is not None
    async with Rig(tmp_path, chat=Telling()) as rig:
        job = await town_in(rig).failed_by(failure)

        assert (Action.NOTIFY in actions_for(job)) is offered
        noted = await wish_to_hear(rig.parts, job.job_id, ADA, {})
        assert isinstance(noted, Refused) is not offered


async def test_the_button_that_is_told_runs_the_same_request_again(tmp_path: Path) -> None:
    async with models_down(tmp_path) as rig:
        town = town_in(rig)
        job = await town.failed("a brass owl --seed 7 --ar 16:9")
        pressed = await rig.studio.press(Press("discord:press", ADA, job.job_id, Action.REROLL))

        assert isinstance(pressed, Accepted)
        assert pressed.job.request.options == job.request.options
        assert pressed.job.request.words == job.request.words
