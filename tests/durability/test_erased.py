"""Erase a person: not a byte of them is left in the database, its files, the objects, the chat."""

import dataclasses
from pathlib import Path

import pytest

from bot.domain.errors import NoVerdict
from bot.domain.jobs import Job
from bot.domain.moderators import Strike
from bot.domain.outcomes import Delivered, Refused
from bot.domain.policy import Access, Content, Limits
from bot.domain.requests import Action, JobId, Reference, ReferenceRole, Requester, job_id_for
from bot.moderation.rules import Edit
from bot.pipeline.awaiting import wish_to_hear
from bot.pipeline.children import Press
from bot.ports import Accepted
from bot.store.tables import METADATA
from tests.support.make import picture, requester
from tests.support.rig import MODERATOR, OTHER, Rig
from tests.support.traces import Traces, dump_of, files_below
from tests.twins.postgres_server import PostgresServer

PERSON = "9917734410055"
NAME = "Zéphyrinette"
ADA = requester(user_id=PERSON, display_name=NAME, moderator=True)
ALONE = dataclasses.replace(ADA, tenant=f"discord:user:{PERSON}", moderator=False)
WORDS = ("zebra", "quagga", "okapi", "4488123", "t0k3n-t0k3n", "gnus and", "tapir", "bongo")


async def press(
    rig: Rig, who: Requester, job_id: JobId, instruction: str, action: Action = Action.EDIT
) -> JobId:
    """A child of a picture."""
    key = f"discord:press-{who.user_id}-{instruction}"
    pressed = await rig.studio.press(Press(key, who, job_id, action, 0, instruction))
    assert isinstance(pressed, Accepted)
    return (await rig.begun(pressed)).job_id


async def live_a_little(rig: Rig) -> dict[str, JobId]:
    """Everything that leaves something behind."""
    attached = Reference("attachment:https://chat/okapi.png", ReferenceRole.STYLE)
    rig.chat.files[attached.key] = picture(colour=(9, 8, 7))
    rig.chat.shown_at = {"message_id": "4488123"}
    made = await rig.finished("a zebra in the rain", requester=ADA, references=(attached,))
    assert isinstance(made.outcome, Delivered)
    assert isinstance(await rig.studio.submit(rig.ask("a quagga, blocked", requester=ADA)), Refused)
    await press(rig, ADA, made.job_id, "more quagga")
    again = await press(rig, ADA, made.job_id, "", Action.REROLL)
    mine, rig.chat.shown_at = rig.chat.shown_at, {"message_id": "6"}
    bobs = await press(rig, OTHER, made.job_id, "more stripes")
    rig.chat.shown_at = mine
    await rig.studio.report(made.job_id, ADA, "the okapi looks wrong")
    await rig.studio.report(bobs, ADA, "gnus and gnats")
    waiting = await rig.studio.submit(
        rig.ask("a zebra that waits", requester=ADA, handle={"token": "t0k3n-t0k3n"})
    )
    assert isinstance(waiting, Accepted)
    await rig.finished("a zebra for myself", requester=ALONE)
    deleted = await rig.finished("a zebra to be deleted", requester=ADA)
    await rig.studio.delete(deleted.job_id, ADA)
    await wait_for_the_words(rig)
    await moderate(rig)
    return {"made": made.job_id, "reroll": again, "bobs": bobs}


async def wait_for_the_words(rig: Rig) -> None:
    """A request that has found nobody to check its words, and the wish to hear when somebody does again."""
    assert rig.moderator is not None
    rig.sanitizer.verdict, rig.moderator.text_down = NoVerdict("outage"), True
    failed = await rig.finished("a zebra that nobody reads", requester=ADA)
    handle = {"token": "t0k3n-t0k3n", "user": PERSON}
    assert isinstance(await wish_to_hear(rig.parts, failed.job_id, ADA, handle), Job)
    rig.sanitizer.verdict, rig.moderator.text_down = None, False


async def moderate(rig: Rig) -> None:
    """What a moderator does, and what moderators do about one."""
    await rig.desk.change(ADA, [Edit("limits.per_user_day", "40")])
    await rig.desk.change(ADA, [Edit("access.moderators", f"{PERSON}, 4711")])
    await rig.desk.suspend(ADA, "666", 1, "tapir dealer")
    await rig.desk.store.strike(
        "discord:4711", "discord", "666", Strike(rig.parts.clock.now(), "hate", PERSON)
    )
    await rig.desk.link(ADA)
    queue = await rig.desk.queue(ADA)
    assert isinstance(queue, list)
    await rig.desk.claim(ADA, queue[0].case.case_id)
    await rig.desk.store.strike(
        "discord:4711", "discord", PERSON, Strike(rig.parts.clock.now(), "hate", "44")
    )
    await rig.desk.suspend(MODERATOR, PERSON, None, f"{NAME} sells a bongo")
    await rig.store.secrets.put("discord-remix", f"abc/{PERSON}", {"url": "https://chat/okapi.png"})


@pytest.fixture
def server(request: pytest.FixtureRequest, database_url: str) -> PostgresServer | None:
    if database_url.startswith("sqlite"):
        return None
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return postgres


async def test_nothing_of_an_erased_person_is_left_anywhere(
    database_url: str, server: PostgresServer | None, tmp_path: Path
) -> None:
    async with Rig(tmp_path, database=database_url) as rig:
        traces = Traces([PERSON, NAME, *WORDS], rig.store.jobs._vault)

        def places() -> dict[str, bytes]:
            dump = {"dump": dump_of(server, database_url)} if server else {}
            return files_below(tmp_path) | dump

        rig.with_policy(
            content=Content(patterns=("blocked",)),
            limits=Limits(cooldown_seconds=0.001, budget_user_day=90_000_000),
            access=Access(moderators=frozenset({PERSON})),
        )
        theirs = await live_a_little(rig)
        left = set().union(*traces.left(places()).values())
        assert {trace for trace in (PERSON, NAME, *WORDS) if f"{trace} (plain)" not in left} == set()
        objects = {path for path in (tmp_path / "images").rglob("*") if path.is_file()}

        erased = await rig.studio.forget(ADA)

        assert erased == 7
        assert traces.left(places()) == {}
        assert len(rig.chat.retracted) == 7
        others = (await rig.studio.history(OTHER))[0]
        assert isinstance(others.outcome, Delivered)
        shown = {
            tmp_path / "images" / key
            for image in others.outcome.images
            for key in (image.key, image.preview_key)
        }
        files = {path for path in (tmp_path / "images").rglob("*") if path.is_file()}
        assert files < objects
        assert shown <= files, "what somebody else made from it is theirs"
        assert await rig.store.policies.chain_is_whole()
        assert "person_erased" in [
            row["event"] for row in await rig.store.policies.audited("discord:4711", 9)
        ]
        refused = await rig.studio.submit(rig.ask("a brass owl", requester=ADA))
        assert isinstance(refused, Refused), "a ban outlives the erasure"
        for text in ("", "more quagga"):
            guess = job_id_for(f"{theirs['made']}:reroll:0:{PERSON}:{text}:0")
            assert guess not in theirs.values(), "nobody can test a guess at who pressed"
    assert traces.left(places()) == {}


async def test_every_table_was_thought_of(tmp_path: Path) -> None:
    """A new table with a column for a person or for words has to be added to what is erased."""
    named = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if column.name
        in {"user_id", "actor", "claimed_by", "reporter", "words", "document", "request", "value"}
    }
    assert named == {
        "job.user_id",
        "job.request",
        "policy.actor",
        "policy.document",
        "secret_item.value",
        "judged.user_id",
        "judged.document",
        "moderation_case.user_id",
        "moderation_case.reporter",
        "moderation_case.words",
        "moderation_case.claimed_by",
        "strike.user_id",
        "strike.actor",
        "suspension.user_id",
        "suspension.actor",
        "pass.document",
        "awaiting.user_id",
        "awaiting.document",
    }
