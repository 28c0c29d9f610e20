"""What is left of a job, of a person, and of what a community no longer keeps."""

import dataclasses
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.awaiting import Awaited, Part
from bot.domain.jobs import JobState, SafeWords, Steps
from bot.domain.limits import Limit, LimitKind, Rate
from bot.domain.moderators import EVERYWHERE, Case, CaseKind, CaseState, Judged, Suspension
from bot.domain.outcomes import (
    DecidedBy,
    Delivered,
    Failed,
    FailureClass,
    Notice,
    NoticeKey,
    RefusalReason,
    Refused,
)
from bot.domain.policy import Policy, Retention
from bot.domain.requests import Action, JobId, Lineage, Options, Reference, ReferenceRole
from bot.ports import Accepted
from bot.store import Store, open_store
from bot.store.tables import METADATA
from tests.support.ledger import SetClock, finished, get, queued, running
from tests.support.make import NOW, hosted, kept, paid, request, requester

DAY = 86_400.0
PERSON = "person-7731"
TRACES = (PERSON, "Zephyrine", "zebra", "quagga", "zephyr")


async def everything(store: Store) -> str:
    """All that lies in the database, as text."""
    tables = {name: await store.database.read(f"SELECT * FROM {name}") for name in METADATA.tables}
    return "\n".join(f"{name}: {rows}" for name, rows in tables.items())


def user_limit(user_id: str, tenant: str = "discord:4711") -> Limit:
    return Limit(LimitKind.QUOTA, f"{tenant}/user:{user_id}", "2026-11-25", 1, 9, time.time() + 100)


async def leave_traces(store: Store) -> None:
    """All that a person can leave behind: jobs at all ends, counters, rules, a private conversation."""
    ada = requester(user_id=PERSON, display_name="Zephyrine")
    steps = Steps(words=SafeWords("a zebra", "A zebra."), pictures=paid())  # type: ignore[arg-type]
    delivered = Delivered((hosted(alt_text="A zebra."),))
    parent = await finished(
        store,
        delivered,
        "discord:zephyr",
        words="a zebra",
        requester=ada,
        steps=steps,
        limits=(user_limit(PERSON),),
    )
    await finished(
        store,
        Refused(RefusalReason.SEXUAL, DecidedBy.GUARD, suggestion="a tame zebra"),
        "discord:refused-zephyr",
        words="a wild zebra",
        requester=ada,
        options=Options(exclude="quagga"),
    )
    await queued(store, "discord:waiting-zephyr", words="a zebra waits", requester=ada)
    private = dataclasses.replace(ada, tenant=f"discord:user:{PERSON}")
    failed = await finished(
        store, Failed(FailureClass.BUSY), "discord:dm-zephyr", words="zebra", requester=private
    )
    until = time.time() + DAY
    await store.jobs.await_part(
        Awaited(private, failed.job_id, Part.MODELS, "", NOW, until, {"user": PERSON, "words": "zebra"})
    )
    heir = Lineage(parent.job_id, Action.VARY, 0)
    await store.jobs.mark_deleted((await queued(store, "discord:own-zephyr", requester=ada)).job_id)
    await inherit(store, heir, steps, delivered)
    await store.jobs.accept(
        request(key="discord:cool-zephyr", requester=ada),
        [],
        [Rate(f"discord:4711/user:{PERSON}/cooldown", 9)],
        1,
    )
    await store.policies.save("discord:4711", Policy(), actor=PERSON, reason="school")
    await store.policies.save(f"discord:user:{PERSON}", Policy(), actor=PERSON, reason="mine")
    await store.policies.audit(f"discord:user:{PERSON}", "job_deleted", {"job": "1"})


async def inherit(store: Store, lineage: Lineage, steps: Steps, outcome: Delivered) -> None:
    """Somebody else varies the picture; a third one varies that; each gets the person's words along."""
    for number, user in enumerate(("bob", "cleo")):
        wanted = request(
            key=f"{user}:{number}",
            words="a zebra",
            requester=requester(user_id=user),
            lineage=lineage,
            created_at=NOW,
        )
        assert isinstance(await store.jobs.accept(wanted, [user_limit(user)], [], 1), Accepted)
        await store.jobs.begin(wanted.job_id, {}, {}, NOW)
        while (job := await store.jobs.claim(("discord",))) is not None:
            if job.job_id == wanted.job_id:
                done = dataclasses.replace(job, steps=dataclasses.replace(steps, outcome=outcome))
                await store.jobs.finish(done, outcome)
        lineage = Lineage(wanted.job_id, Action.REROLL, 0)


async def test_erasing_leaves_no_word_id_or_name(store: Store) -> None:
    await leave_traces(store)
    before = await everything(store)
    assert [trace for trace in TRACES if trace not in before] == []

    gone = await store.jobs.erase_user("discord", PERSON)

    text = await everything(store)
    assert [trace for trace in TRACES if trace in text] == []
    assert len(gone) == 6
    assert {job.request.words for job in gone} >= {"a zebra", "a wild zebra", "a zebra waits", "zebra"}
    assert await store.jobs.erase_user("discord", PERSON) == []
    assert await store.policies.chain_is_whole()


async def test_others_keep_their_pictures_made_from_an_erased_persons(store: Store) -> None:
    await leave_traces(store)
    await store.jobs.erase_user("discord", PERSON)

    bobs = (await store.jobs.history("discord:4711", "bob", limit=5))[0]

    assert bobs.state is JobState.DELIVERED
    assert isinstance(bobs.outcome, Delivered)
    assert bobs.outcome.images[0].url
    assert [usage.used for usage in await store.jobs.usage(["discord:4711/user:bob"])] == [1]
    assert await store.jobs.doomed() == []


@pytest.mark.parametrize(("action", "instruction"), [(Action.REROLL, None), (Action.EDIT, "make it zebra")])
async def test_what_a_button_has_passed_on_is_forgotten_with_its_person(
    store: Store, action: Action, instruction: str | None
) -> None:
    """The same request once more holds the person's change too; an edit's change is its own person's."""
    ada, bob = requester(user_id=PERSON), requester(user_id="bob")
    parent = await finished(store, Failed(FailureClass.BUSY), words="a zebra", requester=ada)
    made = Delivered(
        (hosted(alt_text="A zebra."),),
        (
            Notice(NoticeKey.REWORDED, (("term", "zebra"), ("reading", "horse"))),
            Notice(NoticeKey.REWORDED, (("term", "quagga"), ("reading", "horse"))),
            Notice(NoticeKey.POLISHING_OFF),
        ),
    )
    child = await finished(
        store,
        made,
        "discord:2",
        words="a zebra",
        requester=bob,
        options=Options(exclude="quagga"),
        lineage=Lineage(parent.job_id, action, 0, "make it zebra"),  # type: ignore[arg-type]
    )

    await store.jobs.erase_user("discord", PERSON)

    left = await get(store, child.job_id)
    assert left.request.lineage == Lineage(parent.job_id, action, 0, instruction)  # type: ignore[arg-type]
    assert (left.request.words, left.request.options.exclude) == ("", None)
    assert isinstance(left.outcome, Delivered)
    assert left.outcome.notices == (Notice(NoticeKey.REWORDED), Notice(NoticeKey.POLISHING_OFF))


async def test_no_byte_of_an_erased_person_stays_in_the_files(store: Store, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("a server keeps its own files")
    await leave_traces(store)
    folder = Path(database_url.removeprefix("sqlite:///")).parent
    files = [file for file in folder.iterdir() if file.name.startswith("imagine.db")]
    assert any(b"zebra" in file.read_bytes() for file in files)

    await store.jobs.erase_user("discord", PERSON)

    for file in files:
        data = file.read_bytes() if file.exists() else b""
        assert [trace for trace in TRACES if trace.encode() in data] == [], file.name


async def test_a_name_with_wildcards_erases_nobody_else(store: Store) -> None:
    for user in ("a_b", "axb", "A_B"):
        await queued(store, user, requester=requester(user_id=user), limits=(user_limit(user),))

    await store.jobs.erase_user("discord", "a_b")

    scopes = [f"discord:4711/user:{user}" for user in ("a_b", "axb", "A_B")]
    assert [usage.scope for usage in await store.jobs.usage(scopes)] == scopes[1:]


async def test_a_person_sees_all_of_their_own(store: Store) -> None:
    await leave_traces(store)

    seen = await store.jobs.export_user("discord", PERSON)

    assert {job["words"] for job in seen["jobs"]} >= {"a zebra", "a wild zebra", "zebra"}
    assert {job["exclude"] for job in seen["jobs"]} >= {"quagga"}
    assert hosted().key in {key for job in seen["jobs"] for key in job["objects"]}
    assert f"discord:4711/user:{PERSON}" in {row["scope"] for row in seen["counters"]}
    assert "bob" not in str(seen)


async def test_objects_of_a_deleted_job_are_listed_until_they_are_gone(store: Store) -> None:
    steps = Steps(pictures=paid(), references=(Reference("held/own.png", ReferenceRole.STYLE),))
    outcome = Delivered((hosted(),))
    first = await finished(store, outcome, "discord:1", steps=steps)
    second = await finished(store, outcome, "discord:2", steps=Steps(pictures=paid()))

    keys = {hosted().key, hosted().preview_key, kept().key, "held/own.png"}
    assert set(await store.jobs.mark_deleted(first.job_id)) == keys
    assert await store.jobs.doomed() == ["held/own.png"]
    assert set(await store.jobs.mark_deleted(second.job_id)) == keys - {"held/own.png"}
    assert set(await store.jobs.doomed()) == keys
    assert await store.jobs.doomed(among=["held/own.png", "i/none"]) == ["held/own.png"]
    assert await store.jobs.doomed(among=[]) == ()
    assert await store.jobs.mark_deleted(JobId("nobody's")) == ()

    await store.jobs.buried([*keys])
    assert await store.jobs.doomed() == []


async def test_what_is_in_use_again_is_not_deleted(store: Store) -> None:
    outcome = Delivered((hosted(),))
    first = await finished(store, outcome, "discord:1")
    await store.jobs.mark_deleted(first.job_id)
    assert hosted().key in await store.jobs.doomed()

    await finished(store, outcome, "discord:2")

    assert await store.jobs.doomed() == []
    await store.jobs.prune()
    assert await store.database.read("SELECT * FROM doomed") == []


async def test_a_running_job_keeps_what_it_draws_from(store: Store) -> None:
    parent = await finished(store, Delivered((hosted(),)), "discord:1")
    reference = Reference(hosted().key, ReferenceRole.EDIT)
    child = await running(store, "discord:2", references=(reference,))

    keys = await store.jobs.mark_deleted(parent.job_id)
    assert hosted().key in keys
    assert hosted().key not in await store.jobs.doomed(among=keys)

    await store.jobs.finish(child, Failed(FailureClass.BUSY))
    assert hosted().key in await store.jobs.doomed(among=keys), "nobody else will ever ask for it"


async def test_what_a_job_drew_from_stays_with_the_job_that_shows_it(store: Store) -> None:
    await finished(store, Delivered((hosted(),)), "discord:1")
    own = Reference("attachment:https://chat/owl.png", ReferenceRole.STYLE)
    child = await running(store, "discord:2", references=(Reference(hosted().key, ReferenceRole.EDIT), own))

    await store.jobs.finish(child, Failed(FailureClass.BUSY))

    assert await store.jobs.doomed() == []


async def test_a_deleted_child_still_counts_as_a_press(store: Store) -> None:
    parent = await finished(store, Delivered((hosted(),)), "discord:1")
    child = await finished(
        store, Delivered((hosted(),)), "discord:2", lineage=Lineage(parent.job_id, Action.REROLL, 0)
    )
    await store.jobs.mark_deleted(child.job_id)

    found = await store.jobs.find_child(parent.job_id, Action.REROLL, 0)

    assert [(job.state, job.request.requester.user_id) for job in found] == [(JobState.DELETED, "42")]


async def test_words_expire_by_the_communitys_days(timed: Store, clock: SetClock) -> None:
    shown = Delivered((hosted(),))
    refused = Refused(RefusalReason.SEXUAL, DecidedBy.GUARD, suggestion="a swan")
    for days, name in ((40, "old"), (20, "middle"), (1, "new")):
        at = {"created_at": NOW - days * DAY, "words": f"{name} words"}
        await finished(timed, shown, f"shown:{name}", **at)
        await finished(timed, refused, f"refused:{name}", **at)

    changed = await timed.jobs.expire("discord:4711", Retention(prompts=30, blocked_prompts=14))

    async def state(key: str) -> tuple[JobState, str]:
        job = await get(timed, request(key=key).job_id)
        return job.state, job.request.words

    assert changed == 3
    assert await state("shown:old") == (JobState.DELIVERED, "")
    assert await state("shown:middle") == (JobState.DELIVERED, "middle words")
    assert await state("refused:old") == (JobState.DELETED, "")
    assert await state("refused:middle") == (JobState.DELETED, "")
    assert await state("refused:new") == (JobState.REFUSED, "new words")
    old = await get(timed, request(key="shown:old").job_id)
    assert (old.steps.words, old.outcome) == (None, shown)
    assert await timed.jobs.expire("discord:4711", Retention(prompts=30, blocked_prompts=14)) == 0


async def test_retention_goes_on_where_it_stopped(timed: Store, clock: SetClock) -> None:
    for number in range(230):
        wanted = request(key=f"j:{number}", created_at=NOW - 40 * DAY + number // 150)
        await timed.jobs.accept(wanted, [], [], 1)
    await timed.jobs.abandon(NOW)
    keeps = Retention(prompts=30)

    assert await timed.jobs.expire("discord:4711", keeps) == 230
    await finished(timed, Failed(FailureClass.BUSY), "later", created_at=NOW - 35 * DAY)
    assert await timed.jobs.expire("discord:4711", keeps) == 1
    assert "a brass owl" not in await everything(timed)


async def test_pictures_expire_with_their_job(timed: Store, clock: SetClock) -> None:
    job = await finished(timed, Delivered((hosted(),)), created_at=NOW - 100 * DAY)

    assert await timed.jobs.expire("discord:4711", Retention(prompts=0, blocked_prompts=0)) == 0
    assert await timed.jobs.expire("discord:4711", Retention(prompts=0, blocked_prompts=0, images=90)) == 1

    assert (await get(timed, job.job_id)).state is JobState.DELETED
    assert set(await timed.jobs.doomed()) == {hosted().key, hosted().preview_key}


async def test_what_never_ended_is_closed_when_it_expires(timed: Store, clock: SetClock) -> None:
    limits = (user_limit("42"),)
    await queued(timed, platform_key := "discord:1", created_at=NOW - 60 * DAY, limits=limits)

    await timed.jobs.expire("discord:4711", Retention())

    assert (await get(timed, request(key=platform_key).job_id)).state is JobState.DELETED
    assert [usage.held for usage in await timed.jobs.usage(["discord:4711/user:42"])] == [0]
    assert await timed.jobs.claim(("discord",)) is None


async def test_counters_of_the_past_are_cleared_away(timed: Store, clock: SetClock) -> None:
    def limit(name: str, ends_at: float | None) -> Limit:
        return Limit(LimitKind.QUOTA if ends_at else LimitKind.CONCURRENCY, name, name, 1, 5, ends_at)

    rows = (limit("past", NOW + 60), limit("now", NOW + 30 * DAY), limit("running", None))
    job = await running(timed, limits=rows)
    await timed.jobs.accept(request(key="x"), [], [Rate("cool", 10.0)], 1)
    await timed.jobs.mark_once("event", 10.0)
    clock.at += 20 * DAY
    await timed.jobs.prune()
    names = [usage.scope for usage in await timed.jobs.usage(["past", "now", "running"])]
    assert names == ["past", "now", "running"], "what is held is never cleared away"

    outcome = Delivered((hosted(),))
    await timed.jobs.finish(dataclasses.replace(job, steps=Steps(outcome=outcome)), outcome)
    await timed.jobs.prune()

    assert [usage.scope for usage in await timed.jobs.usage(["past", "now", "running"])] == ["now"]
    for table in ("bucket", "marker"):
        assert await timed.database.read(f"SELECT * FROM {table}") == []


async def test_all_communities_are_known(store: Store) -> None:
    for tenant in ("slack:T1", "discord:4711"):
        await store.jobs.accept(request(key=tenant, requester=requester(tenant=tenant)), [], [], 1)
    assert await store.jobs.tenants() == ["discord:4711", "slack:T1"]


async def test_a_community_that_never_drew_is_known_by_what_is_kept_of_it(store: Store) -> None:
    """Otherwise its refused words would outlive the days that they are kept for."""
    refused = requester(tenant="discord:1")
    await store.moderation.note(Judged(refused, "a zebra", time.time(), "reject"))
    await store.policies.save("discord:2", Policy(), actor="6", reason="")
    until = time.time() + 100
    for tenant in ("discord:3", EVERYWHERE):
        await store.moderation.suspend(Suspension(tenant, "discord", PERSON, until, "", "6", time.time()))

    assert await store.jobs.tenants() == ["discord:1", "discord:2", "discord:3"]
    for tenant in await store.jobs.tenants():
        await store.jobs.erase_tenant(tenant)
    assert await store.jobs.tenants() == []


async def test_of_a_community_that_left_no_moderator_is_named_either(store: Store) -> None:
    found = Case(
        "c" * 16, "discord:4711", CaseKind.APPEAL, CaseState.OPEN, "discord", "42", JobId("j"), 1.0, "a zebra"
    )
    assert await store.moderation.open_case(found)
    assert await store.moderation.claim("discord:4711", found.case_id, "6161", 0.0)

    await store.jobs.erase_tenant("discord:4711")

    (left,) = await store.database.read("SELECT * FROM moderation_case")
    assert (left["user_id"], left["claimed_by"], left["words"]) == ("", "", "")
    assert await store.jobs.tenants() == []


async def test_a_session_from_before_the_secret_was_changed_hinders_no_erasure(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    until = time.time() + 100
    other = SecretStr("another secret, of the same length as usual")
    later = await open_store(database_url, data_dir=tmp_path, clock=SystemClock(), secret=other)
    try:
        await store.moderation.issue("session", "old", "discord:4711", {"user_id": PERSON}, until)
        await later.moderation.issue("session", "new", "discord:4711", {"user_id": "42"}, until)

        await later.jobs.erase_user("discord", PERSON)

        assert await store.moderation.look("session", "old", time.time()) is None
        assert await later.moderation.look("session", "new", time.time()) == {"user_id": "42"}
    finally:
        await later.aclose()
