"""`verify`: whether the exact bytes are ours, what the file says of itself, and what nobody has checked."""

import hashlib
import struct
import zlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.domain.images import MediaType
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered
from bot.hosting.keys import PRIVATE, PUBLIC, key_for
from bot.images.credentials import carries_credentials
from bot.moderation.answers import No, Problem
from bot.moderation.pages import Form, Page
from bot.moderation.panel import Panel
from bot.moderation.provenance import Verified, keys_of
from tests.support.make import requester
from tests.support.rig import ELSEWHERE, MODERATOR, OTHER, Rig
from tests.twins.pictures import make_picture

UUID = bytes.fromhex("6332706100110010800000aa00389b71")


def store_box(uuid: bytes = UUID) -> bytes:
    """The beginning of a manifest store as JUMBF: a superbox, its description, its label."""
    description = uuid + b"\x03" + b"c2pa\0"
    inner = struct.pack(">I4s", 8 + len(description), b"jumd") + description
    return struct.pack(">I4s", 8 + len(inner), b"jumb") + inner


def with_box(data: bytes, kind: MediaType, box: bytes) -> bytes:
    """A picture with a box where the standard wants it: behind the header."""
    match kind:
        case MediaType.PNG:
            chunk = struct.pack(">I4s", len(box), b"caBX") + box
            return data[:33] + chunk + struct.pack(">I", zlib.crc32(chunk[4:])) + data[33:]
        case MediaType.JPEG:
            body = b"JP" + struct.pack(">HI", 1, 1) + box
            return data[:2] + b"\xff\xeb" + struct.pack(">H", 2 + len(body)) + body + data[2:]
        case MediaType.WEBP:
            return data + struct.pack("<4sI", b"C2PA", len(box)) + box + b"\0" * (len(box) % 2)


def picture(kind: MediaType) -> bytes:
    return make_picture(64, 64, marker="a", output_format=kind.name.lower())


@pytest.mark.parametrize("kind", MediaType)
def test_credentials_are_found_where_each_format_has_them(kind: MediaType) -> None:
    plain = picture(kind)

    assert not carries_credentials(plain)
    assert carries_credentials(with_box(plain, kind, store_box()))
    assert not carries_credentials(with_box(plain, kind, store_box(b"\0" * 16)))


@pytest.mark.parametrize("kind", MediaType)
def test_a_cut_file_never_hangs_or_crashes(kind: MediaType) -> None:
    whole = with_box(picture(kind), kind, store_box())

    for length in range(min(len(whole), 400)):
        carries_credentials(whole[:length])
    carries_credentials(whole[:40] + b"\xff" * 64)
    assert not carries_credentials(b"GIF89a")


def test_the_keys_are_those_of_the_store() -> None:
    sha256 = hashlib.sha256(b"x").hexdigest()

    assert set(keys_of(sha256)) == {
        key_for(prefix, sha256, kind) for prefix in (PUBLIC, PRIVATE) for kind in MediaType
    }


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as opened:
        yield opened


async def originals(rig: Rig, job: Job) -> tuple[bytes, bytes]:
    assert isinstance(job.outcome, Delivered)
    image = job.outcome.images[0]
    return await rig.parts.images.read(image.key), await rig.parts.images.read(image.preview_key)


async def test_a_picture_of_ours_is_known_by_its_bytes_its_preview_and_its_number(rig: Rig) -> None:
    job = await rig.finished()
    original, preview = await originals(rig, job)

    known = await rig.desk.verify_file(MODERATOR, original)
    small = await rig.desk.verify_file(MODERATOR, preview)
    named = await rig.desk.verify(MODERATOR, f" {job.job_id.upper()} ")
    linked = await rig.desk.verify(
        MODERATOR, f"https://cdn.example/i/ab/{hashlib.sha256(original).hexdigest()}.png"
    )

    assert isinstance(known, Verified)
    assert [(made.job_id, made.preview, made.provider) for made in known.made] == [
        (job.job_id, False, "openai")
    ]
    assert known.credentials is False
    assert isinstance(small, Verified)
    assert [(made.job_id, made.preview) for made in small.made] == [(job.job_id, True)]
    for found in (named, linked):
        assert isinstance(found, Sequence)
        assert found == [known]


async def test_a_picture_that_others_only_drew_from_is_not_theirs(rig: Rig) -> None:
    from bot.domain.requests import Action
    from bot.pipeline.children import Press
    from bot.ports import Accepted

    job = await rig.finished()
    pressed = await rig.studio.press(Press("discord:99", requester(), job.job_id, Action.EDIT, text="bluer"))
    assert isinstance(pressed, Accepted)
    original, _ = await originals(rig, job)

    known = await rig.desk.verify_file(MODERATOR, original)

    assert isinstance(known, Verified)
    assert job.job_id in {made.job_id for made in known.made}
    assert pressed.job.job_id not in {made.job_id for made in known.made}


async def test_another_communitys_pictures_are_not_known(rig: Rig) -> None:
    job = await rig.finished()
    original, _ = await originals(rig, job)
    neighbour = requester(tenant=ELSEWHERE.tenant, moderator=True)

    theirs = await rig.desk.verify_file(neighbour, original)

    assert isinstance(theirs, Verified)
    assert theirs.made == ()
    assert await rig.desk.verify(neighbour, job.job_id) == Problem(No.UNKNOWN_PICTURE)


async def test_only_moderators_ask_and_only_pictures_are_looked_at(rig: Rig) -> None:
    assert await rig.desk.verify_file(OTHER, b"x") == Problem(No.NOT_A_MODERATOR)
    assert await rig.desk.verify(OTHER, "x") == Problem(No.NOT_A_MODERATOR)
    assert await rig.desk.verify_file(MODERATOR, b"GIF89a") == Problem(No.NOT_A_PICTURE)
    assert await rig.desk.verify(MODERATOR, "") == Problem(No.UNKNOWN_PICTURE)


async def test_a_deleted_picture_is_forgotten(rig: Rig) -> None:
    job = await rig.finished()
    original, _ = await originals(rig, job)
    await rig.studio.delete(job.job_id, MODERATOR)

    known = await rig.desk.verify_file(MODERATOR, original)

    assert isinstance(known, Verified)
    assert known.made == ()


async def test_the_page_says_what_was_not_checked(rig: Rig) -> None:
    panel = Panel(rig.desk)
    file = with_box(picture(MediaType.PNG), MediaType.PNG, store_box())

    foreign = await panel.verified(MODERATOR, file)
    unknown = await panel.command(MODERATOR, f"verify {'0' * 64}")

    assert isinstance(foreign, Page)
    assert "not known here" in foreign.lines[1]
    assert "signature is genuine was not checked" in foreign.lines[2]
    assert isinstance(unknown, Page)
    assert "not at hand" in unknown.lines[2]
    assert isinstance(await panel.command(MODERATOR, "verify"), Form)
