"""Jobs as the messages of other chats: what the renderers make, held to the platforms' own rules."""

from typing import Any

import pytest

from adapters.discord.preview import preview as discord_preview
from adapters.discord.render import Attached, picture_layout
from adapters.slack.preview import preview as slack_preview
from bot.adapter_api import PreviewedMessage, find_previews
from bot.domain.jobs import JobState
from bot.domain.outcomes import DecidedBy, Delivered, Failed, FailureClass, Outcome, RefusalReason, Refused
from bot.domain.policy import Presentation
from tests.support.make import hosted, job
from tests.twins.discord_twin.files import Upload
from tests.twins.discord_twin.message_rules import Submission, compose
from tests.twins.slack_blocks import problems

ENDS: dict[str, Outcome | None] = {
    "delivered": Delivered((hosted(),)),
    "several": Delivered((hosted(), hosted())),
    "refused": Refused(RefusalReason.HATE, DecidedBy.SANITIZER, appealable=True),
    "failed": Failed(FailureClass.BUSY),
    "running": None,
}


def ended(outcome: Outcome | None) -> Any:
    return job(outcome)


@pytest.mark.parametrize("outcome", ENDS.values(), ids=ENDS.keys())
async def test_discord_would_take_the_message(outcome: Outcome | None) -> None:
    message = discord_preview(ended(outcome), Presentation())

    files = {n: Upload(name, b"x", "image/png") for n, name in enumerate(message.files)}
    listed = [{"id": n, "filename": upload.filename} for n, upload in files.items()]
    body = {**message.body, "attachments": listed}
    assert compose(Submission(body, files, size_limit=1024, channel_id=1)).components


@pytest.mark.parametrize("outcome", ENDS.values(), ids=ENDS.keys())
async def test_slack_would_take_the_message(outcome: Outcome | None) -> None:
    message = slack_preview(ended(outcome), Presentation())

    assert problems(message.body["blocks"]) == []
    assert message.body["text"]
    assert message.private


async def test_the_preview_is_what_the_adapter_renders() -> None:
    """No second renderer: the same function makes the message that is sent."""
    shown = ended(ENDS["delivered"])
    message = discord_preview(shown, Presentation(show_cost=True, show_prompt=False))

    [name] = message.files
    sent: Any = picture_layout(shown, shown.outcome, [Attached(name, b"")], cost=True, show_prompt=False)
    assert message.body["components"] == sent.to_components()
    assert list(message.files.values()) == [hosted().url]


async def test_a_spoiler_is_found_under_the_name_that_the_message_has_for_it() -> None:
    message = discord_preview(ended(Delivered((hosted(spoiler=True),))), Presentation())

    [name] = message.files
    assert f"attachment://{name}" in str(message.body)
    assert name.startswith("SPOILER_")


def test_both_chats_offer_their_messages_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for token in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN"):
        monkeypatch.delenv(token, raising=False)

    assert set(find_previews()) == {"discord", "slack"}
    assert isinstance(slack_preview(ended(None), Presentation()), PreviewedMessage)
    assert ended(None).state is JobState.RUNNING
