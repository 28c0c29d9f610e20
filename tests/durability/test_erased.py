"""Erase a person: not a byte of them is left in the database's files, the objects, the chat."""

from pathlib import Path

from bot.domain.outcomes import Delivered, Refused
from bot.domain.policy import Content
from bot.domain.requests import Action, JobId, Reference, ReferenceRole, Requester
from bot.pipeline.children import Press
from bot.ports import Accepted
from bot.store.tables import METADATA
from tests.support.make import picture, requester
from tests.support.rig import OTHER, Rig

PERSON = "9917734410055"
NAME = "Zephyrine"
ADA = requester(user_id=PERSON, display_name=NAME)
TRACES = (PERSON, NAME, "zebra", "quagga", "okapi", "4488123", "t0k3n")


def left_in_files(folder: Path) -> dict[str, list[str]]:
    """Traces in any file below, by the file's name."""
    found = {
        path.name: [trace for trace in TRACES if trace.encode() in path.read_bytes()]
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {name: traces for name, traces in found.items() if traces}


async def left_in_rows(rig: Rig) -> list[str]:
    tables = {name: await rig.store.database.read(f"SELECT * FROM {name}") for name in METADATA.tables}
    return [f"{trace} in {name}" for name, rows in tables.items() for trace in TRACES if trace in str(rows)]


async def press(rig: Rig, who: Requester, job_id: JobId, instruction: str) -> None:
    """Edit a picture."""
    key = f"discord:press-{who.user_id}"
    pressed = await rig.studio.press(Press(key, who, job_id, Action.EDIT, 0, instruction))
    assert isinstance(pressed, Accepted)
    await rig.begun(pressed)


async def live_a_little(rig: Rig) -> None:
    """Everything that leaves something behind."""
    attached = Reference("attachment:https://chat/okapi.png", ReferenceRole.STYLE)
    rig.chat.files[attached.key] = picture(colour=(9, 8, 7))
    rig.chat.shown_at = {"message_id": "4488123"}
    made = await rig.finished("a zebra in the rain", requester=ADA, references=(attached,))
    assert isinstance(made.outcome, Delivered)
    assert isinstance(await rig.studio.submit(rig.ask("a quagga, blocked", requester=ADA)), Refused)
    await press(rig, ADA, made.job_id, "more quagga")
    mine, rig.chat.shown_at = rig.chat.shown_at, {"message_id": "6"}
    await press(rig, OTHER, made.job_id, "more stripes")
    rig.chat.shown_at = mine
    await rig.studio.report(made.job_id, ADA, "the okapi looks wrong")
    waiting = await rig.studio.submit(rig.ask("a zebra that waits", requester=ADA, handle={"token": "t0k3n"}))
    assert isinstance(waiting, Accepted)
    deleted = await rig.finished("a zebra to be deleted", requester=ADA)
    await rig.studio.delete(deleted.job_id, ADA)


async def test_nothing_of_an_erased_person_is_left_anywhere(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(content=Content(patterns=("blocked",)))
        await live_a_little(rig)
        assert left_in_files(tmp_path)
        objects = {path for path in (tmp_path / "images").rglob("*") if path.is_file()}

        erased = await rig.studio.forget(ADA)

        assert erased == 4
        assert await left_in_rows(rig) == []
        assert left_in_files(tmp_path) == {}
        assert len(rig.chat.retracted) == 3
        others = (await rig.studio.history(OTHER))[0]
        assert isinstance(others.outcome, Delivered)
        shown = {
            tmp_path / "images" / key
            for image in others.outcome.images
            for key in (image.key, image.preview_key)
        }
        left = {path for path in (tmp_path / "images").rglob("*") if path.is_file()}
        assert left < objects
        assert shown <= left, "what somebody else made from it is theirs"
    assert left_in_files(tmp_path) == {}
