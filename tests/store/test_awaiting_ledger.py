"""Notes of people who wait: one a person and place, told by one process, never lost, gone with the person."""

import dataclasses

import pytest

from bot.domain.awaiting import Awaited, Part
from bot.domain.outcomes import Failed, FailureClass
from bot.domain.purchases import Purchase
from bot.domain.requests import JobId, Requester
from bot.store import Store
from tests.support.ledger import OpenAnother, SetClock, finished, running
from tests.support.make import NOW, requester

DISCORD = ("discord",)
DAY = 86_400.0
ADA = requester(channel_id="7")
DOWN = Failed(FailureClass.SANITIZER_DOWN)


def note(job_id: str, person: Requester = ADA, **changes: object) -> Awaited:
    values = {"part": Part.WORDS, "model": "", "since": NOW, "until": NOW + DAY, "handle": {"token": "t0k3n"}}
    return Awaited(person, JobId(job_id), **{**values, **changes})  # type: ignore[arg-type]


async def kept(store: Store, part: Part = Part.WORDS, model: str = "") -> list[Awaited]:
    return list(await store.jobs.waiting(DISCORD, part, model))


async def noted(store: Store, key: str = "discord:1", person: Requester = ADA, **changes: object) -> Awaited:
    job = await finished(store, DOWN, key, requester=person)
    made = note(job.job_id, person, **changes)
    assert await store.jobs.await_part(made)
    return made


async def test_a_note_comes_back_as_it_was_made(timed: Store) -> None:
    made = await noted(timed)

    assert await kept(timed) == [made]
    assert await timed.jobs.awaited(DISCORD) == [(Part.WORDS, "")]
    assert await timed.jobs.is_awaited(made.job_id)
    assert await timed.jobs.awaited(("slack",)) == []
    assert await timed.jobs.awaited(()) == []
    assert await timed.jobs.waiting(("slack",), Part.WORDS, "") == ()
    assert await kept(timed, Part.MODELS) == []


async def test_the_way_to_answer_lies_sealed(timed: Store) -> None:
    await noted(timed, person=requester(channel_id="7", display_name="Zephyrine"))

    rows = str(await timed.database.read("SELECT * FROM awaiting"))

    assert "t0k3n" not in rows
    assert "Zephyrine" not in rows


async def test_pressed_twice_is_one_note_that_is_answered_the_newer_way(timed: Store) -> None:
    first = await noted(timed)
    again = dataclasses.replace(first, since=NOW + 5, until=NOW + DAY + 5, handle={"token": "newer"})

    assert await timed.jobs.await_part(again)

    assert await kept(timed) == [dataclasses.replace(first, until=again.until, handle=again.handle)]


async def test_one_note_a_person_and_place(timed: Store) -> None:
    await noted(timed, since=NOW - 2)
    newer = await noted(timed, "discord:2", since=NOW - 1)
    thread = await noted(timed, "discord:3", dataclasses.replace(ADA, thread_id="8"))
    bob = await noted(timed, "discord:4", requester(user_id="bob", channel_id="7"), since=NOW + 1)

    assert await kept(timed) == [newer, thread, bob]


async def test_of_what_was_deleted_nothing_is_noted(timed: Store) -> None:
    deleted = await noted(timed)
    await timed.jobs.drop_note(deleted)
    await timed.jobs.mark_deleted(deleted.job_id)

    for job_id in (deleted.job_id, "nosuchjob"):
        assert not await timed.jobs.await_part(note(job_id))
    assert await kept(timed) == []


async def test_of_many_processes_one_tells(another: OpenAnother, clock: SetClock) -> None:
    here, there = await another(clock), await another(clock)
    made = await noted(here)

    assert await here.jobs.take_note(made, 60)
    assert not await there.jobs.take_note(made, 60)
    assert await kept(there) == []
    assert await there.jobs.is_awaited(made.job_id), "it is not told yet"
    await here.jobs.drop_note(made)

    clock.at += 61
    assert await kept(there) == []
    assert not await there.jobs.is_awaited(made.job_id)


async def test_who_dies_while_telling_loses_no_note(another: OpenAnother, clock: SetClock) -> None:
    here, there = await another(clock), await another(clock)
    made = await noted(here)
    assert await here.jobs.take_note(made, 60)

    clock.at += 60

    assert await kept(there) == [dataclasses.replace(made, tries=1)]
    assert await there.jobs.take_note(made, 60)


async def test_a_newer_wish_is_not_dropped_with_what_was_told(timed: Store) -> None:
    first = await noted(timed)
    assert await timed.jobs.take_note(first, 60)
    newer = await noted(timed, "discord:2", since=NOW + 1)

    await timed.jobs.drop_note(first)

    assert await kept(timed) == [newer]


async def test_after_a_day_nobody_is_told_any_more(timed: Store, clock: SetClock) -> None:
    made = await noted(timed)
    clock.at += DAY

    assert await kept(timed) == []
    assert not await timed.jobs.is_awaited(made.job_id)
    assert not await timed.jobs.take_note(made, 60)
    clock.at += 1
    await timed.jobs.prune()
    assert await timed.database.read("SELECT * FROM awaiting") == []


async def test_erasing_a_person_takes_their_notes_and_nobody_elses(timed: Store) -> None:
    await noted(timed)
    bob = await noted(timed, "discord:2", requester(user_id="bob", channel_id="7"))

    await timed.jobs.erase_user("discord", ADA.user_id)

    assert await kept(timed) == [bob]


async def test_a_community_that_leaves_takes_its_notes(timed: Store) -> None:
    await noted(timed)
    other = await noted(timed, "discord:2", requester(tenant="discord:999", channel_id="7"))

    await timed.jobs.erase_tenant(ADA.tenant)

    assert await kept(timed) == [other]


async def test_people_see_what_they_wait_for(timed: Store) -> None:
    made = await noted(timed)

    told = await timed.jobs.export_user("discord", ADA.user_id)

    assert [(one["job_id"], one["part"]) for one in told["waiting"]] == [(made.job_id, "words")]


@pytest.mark.parametrize("number", [250])
async def test_many_notes_are_read_in_pages(timed: Store, number: int) -> None:
    job = await finished(timed, DOWN)
    for place in range(number):
        person = requester(user_id=f"person{place}", channel_id="7")
        assert await timed.jobs.await_part(note(job.job_id, person, since=NOW + place // 3))

    found: list[Awaited] = []
    while page := await timed.jobs.waiting(DISCORD, Part.WORDS, "", found[-1].since if found else 0.0):
        found += page

    assert len({one.person.user_id for one in found}) == len(found) == number


async def test_what_was_sealed_under_another_secret_stops_nobody(timed: Store) -> None:
    await noted(timed)
    bob = await noted(timed, "discord:2", requester(user_id="bob", channel_id="7"), since=NOW + 1)
    await timed.jobs._run("UPDATE awaiting SET document = 'x' WHERE user_id = :id", {"id": ADA.user_id})

    assert await kept(timed) == [bob]


async def test_requests_are_found_by_either_name_of_their_model(timed: Store) -> None:
    job = await running(timed)
    opened = await timed.jobs.open_attempt(job.job_id, Purchase("bfl", "flux-2-pro"))
    await timed.jobs.close_attempt(opened, billed=True, cost=None, request_id=None, result="ok", seconds=1.0)
    names = ("", "flux-2-pro", "bfl:flux-2-pro", "fal:flux-2-pro", "flux-2-max")

    found = [list(await timed.jobs.requests_since(NOW - 1, name)) for name in names]

    assert found == [["ok"], ["ok"], ["ok"], [], []]
