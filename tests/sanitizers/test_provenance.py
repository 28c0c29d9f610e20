"""OpenAI's check for its own marks, with the real SDK against a twin that keeps to the vendor's document."""

import hashlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from pydantic import SecretStr

from adapters.discord.guardrails_commands import guardrails_group
from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import ProviderFailed
from bot.domain.images import MediaType
from bot.domain.outcomes import Delivered
from bot.domain.provenance import Mark, Marks, Signature
from bot.moderation.pages import Page
from bot.moderation.panel import Panel
from bot.moderation.provenance import Verified
from bot.outside import open_marks
from bot.providers.openai_client import open_client
from bot.sanitizers.provenance import OpenAIMarks
from bot.settings import load_settings
from tests.moderation.test_provenance import store_box, with_box
from tests.support.make import picture
from tests.support.rig import MODERATOR, OTHER, Rig
from tests.twins import http_twin, openai_modes
from tests.twins.openai_modes import OnlySynthId, Provenance
from tests.twins.openai_twin import API_KEY, OpenAITwin
from tests.twins.pictures import make_picture

PATH = "/v1/content_provenance_checks"


@pytest.fixture
async def openai() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as twin:
        yield twin


@pytest.fixture
async def reader(openai: OpenAITwin) -> AsyncIterator[OpenAIMarks]:
    client = await open_client(SecretStr(API_KEY), openai.base_url, "content_provenance_checks")
    yield OpenAIMarks(client, SystemClock())
    await client.close()


def soon(seconds: float = 10.0) -> Deadline:
    return Deadline(time.time() + seconds)


@pytest.mark.parametrize(
    ("said", "marks"),
    [
        (Provenance(), Marks((), Signature.ABSENT)),
        (Provenance(signature="valid"), Marks((), Signature.VALID)),
        (
            Provenance("detected", "detected", "trusted", "gpt-image-2"),
            Marks(((Mark.C2PA, "gpt-image-2"), (Mark.SYNTHID, "gpt-image-2")), Signature.TRUSTED),
        ),
        (
            Provenance(synthid="detected", signature="invalid"),
            Marks(((Mark.SYNTHID, ""),), Signature.INVALID),
        ),
        (
            Provenance(synthid="detected", model="@everyone <x>"),
            Marks(((Mark.SYNTHID, ""),), Signature.ABSENT),
        ),
    ],
)
async def test_every_answer_is_read(
    openai: OpenAITwin, reader: OpenAIMarks, said: Provenance, marks: Marks
) -> None:
    openai.provenance.queue(said)

    assert await reader.read(picture(), MediaType.PNG, soon()) == marks
    assert openai.refused == []


@pytest.mark.parametrize("kind", MediaType)
async def test_the_untouched_bytes_are_sent_under_a_neutral_name(
    openai: OpenAITwin, reader: OpenAIMarks, kind: MediaType
) -> None:
    data = make_picture(64, 64, marker="a", output_format=kind.name.lower())
    await reader.read(data, kind, soon())
    file = openai.requests[-1].files[0]

    assert file.data == data
    assert (file.name, file.filename) == ("file", f"picture.{kind.extension}")


@pytest.mark.parametrize(
    "fault",
    [
        OnlySynthId(),
        Provenance(c2pa="perhaps"),
        Provenance(signature="fine"),
        openai_modes.RateLimit(retry_after=1),
        openai_modes.InvalidKey(),
        http_twin.ServerError(502, html=True),
        http_twin.HtmlOk(),
        http_twin.EmptyBody(),
        http_twin.ResetBeforeHeaders(),
    ],
    ids=repr,
)
async def test_anything_else_is_no_answer_and_is_not_asked_for_again(
    openai: OpenAITwin, reader: OpenAIMarks, fault: http_twin.Fault
) -> None:
    openai.provenance.always(fault)
    with pytest.raises(ProviderFailed):
        await reader.read(picture(), MediaType.PNG, soon())

    assert openai.calls_by_path()[PATH] == 1


async def test_nobody_waits_past_the_deadline(openai: OpenAITwin, reader: OpenAIMarks) -> None:
    openai.provenance.always(http_twin.Hang())
    with pytest.raises(ProviderFailed) as fault:
        await reader.read(picture(), MediaType.PNG, soon(0.2))

    assert fault.value.detail == "TimeoutError"


async def lines_of(rig: Rig, data: bytes) -> str:
    shown = await Panel(rig.desk).verified(MODERATOR, data)
    assert isinstance(shown, Page)
    return "\n".join(shown.lines)


async def test_a_moderators_file_is_sent_and_the_page_says_so(
    tmp_path: Path, openai: OpenAITwin, reader: OpenAIMarks
) -> None:
    data = make_picture(64, 64, marker="b")
    async with Rig(tmp_path, marks=reader) as rig:
        openai.provenance.queue(Provenance("detected", "detected", "trusted", "gpt-image-2"))
        ours = await lines_of(rig, with_box(data, MediaType.PNG, store_box()))
        none = await lines_of(rig, data)
        openai.provenance.always(http_twin.ServerError(500))
        down = await lines_of(rig, data)
        trail = await rig.desk.audit_page(MODERATOR)

    assert "Content Credentials (gpt-image-2), SynthID watermark (gpt-image-2)" in ours
    assert "OpenAI's check says of their signature: trusted" in ours
    assert "was not checked" not in ours
    assert "Not detected is not the same as human-made" in none
    assert "did not answer" in down
    assert all("sent to OpenAI" in text for text in (ours, none, down))
    assert isinstance(trail, list)
    sent = [entry.data for entry in trail if entry.event == "sent_to_provenance"]
    assert {"by": "44", "sha256": hashlib.sha256(data).hexdigest()} in sent
    assert len(sent) == 3


async def test_a_signature_that_does_not_hold_is_called_that(
    tmp_path: Path, openai: OpenAITwin, reader: OpenAIMarks
) -> None:
    data = with_box(make_picture(64, 64, marker="b"), MediaType.PNG, store_box())
    openai.provenance.always(Provenance(signature="invalid"))
    async with Rig(tmp_path, marks=reader) as rig:
        text = await lines_of(rig, data)

    assert "of their signature: not valid" in text
    assert "Not detected is not the same as human-made" in text


async def test_only_what_a_moderator_asks_about_and_what_was_shown_leaves_the_machine(
    tmp_path: Path, openai: OpenAITwin, reader: OpenAIMarks
) -> None:
    from bot.domain.policy import Content, OnUnsafePicture

    async with Rig(tmp_path, marks=reader) as rig:
        shown = await rig.finished()
        assert isinstance(shown.outcome, Delivered)
        rig.with_policy(content=Content(on_unsafe_picture=OnUnsafePicture.HOLD))
        assert rig.moderator is not None
        rig.moderator.image_scores = [{"violence": 0.99}]
        held = await rig.finished("another owl")
        await rig.desk.verify_file(OTHER, picture())
        await rig.desk.verify_file(MODERATOR, b"words")
        await rig.desk.verify(MODERATOR, held.job_id)
        await rig.desk.verify(MODERATOR, "0" * 64)
        assert openai.calls_by_path().get(PATH, 0) == 0

        found = await rig.desk.verify(MODERATOR, shown.job_id)

    assert isinstance(found, list)
    assert [one.sent for one in found] == [True]
    assert openai.calls_by_path()[PATH] == 1


@pytest.mark.parametrize(
    ("environment", "sends"),
    [
        ({}, False),
        ({"OPENAI_API_KEY": API_KEY}, True),
        ({"OPENAI_API_KEY": API_KEY, "PROVENANCE_CHECK": "0"}, False),
    ],
)
async def test_the_operator_can_switch_it_off(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], sends: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with open_marks(load_settings(), SystemClock()) as reader:
        assert (reader is not None) is sends


@pytest.mark.parametrize("sends", [True, False])
async def test_the_desk_and_discords_command_say_whether_files_are_sent(
    tmp_path: Path, reader: OpenAIMarks, sends: bool
) -> None:
    async with Rig(tmp_path, marks=reader if sends else None) as rig:
        client: Any = SimpleNamespace(context=SimpleNamespace(desk=rig.desk))
        verify = guardrails_group(client).get_command("verify")

        assert isinstance(verify, discord.app_commands.Command)
        assert rig.desk.sends_files is sends
        assert ("OpenAI" in verify.description) is sends


async def test_without_it_nothing_is_said_about_openai(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        found: Any = await rig.desk.verify_file(MODERATOR, picture())
        text = await lines_of(rig, picture())

    assert isinstance(found, Verified)
    assert not found.sent
    assert "OpenAI" not in text
