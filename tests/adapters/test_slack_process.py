"""A real bot process with the real bolt against the Slack twin, over Socket Mode and over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.leaks import leaks
from tests.support.process import BotProcess
from tests.twins import http_twin, openai_modes
from tests.twins.flux_twins import BFLTwin
from tests.twins.openai_twin import API_KEY, OpenAITwin
from tests.twins.slack_twin import Message, Person, SlackTwin

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("slack")]

ART = "C000ART00"
ELSEWHERE = "C000OTHER"


@pytest.fixture
async def slack() -> AsyncIterator[SlackTwin]:
    async with SlackTwin() as twin:
        yield twin
        assert twin.violations == []
        assert leaks(twin.transcript()) == []


@pytest.fixture
async def openai() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as twin:
        yield twin


@pytest.fixture
async def bot(slack: SlackTwin, openai: OpenAITwin, tmp_path: Path) -> AsyncIterator[BotProcess]:
    environment = {
        **slack.environment,
        "OPENAI_API_KEY": API_KEY,
        "OPENAI_BASE_URL": openai.base_url,
        "IMAGE_ROUTE": "openai:gpt-image-2,bfl:flux-2-pro",
    }
    async with BotProcess(environment, tmp_path) as process:
        await slack.until_connected()
        slack.bot_url = process.address
        yield process


async def preview(slack: SlackTwin, person: Person, text: str = "a brass owl", channel: str = ART) -> Message:
    """Ask for a picture and wait for the private preview."""
    await person.slash(text, channel)
    return await slack.until(
        lambda: next((message for message in person.sees(channel) if message.pictures), None),
        "no preview came",
    )


async def test_a_private_preview_is_shared_once(
    bot: BotProcess, slack: SlackTwin, openai: OpenAITwin
) -> None:
    ada, bob = slack.person(), slack.person("U000BOB00")
    handle = await ada.slash("a brass owl on a stack of books")
    assert handle.status == 200
    assert handle.latency < 1.0
    shown = await slack.until(lambda: next((m for m in ada.sees() if m.pictures), None))

    assert shown.only_for == ada.id
    assert "owl" in shown.pictures[0]["alt_text"]
    assert bob.sees() == []
    assert next(button["text"]["text"] for button in shown.buttons) == "Share"

    await asyncio.gather(ada.click(shown, "Share"), ada.click(shown, "Share"))
    shared = await slack.until(lambda: bob.sees())
    await slack.until(lambda: shown.deleted)
    await asyncio.sleep(0.3)

    assert len(bob.sees()) == 1
    assert shared[0].pictures
    assert openai.billed_images == 1


async def test_it_works_where_the_bot_is_no_member(bot: BotProcess, slack: SlackTwin) -> None:
    ada, bob = slack.person(), slack.person("U000BOB00")
    shown = await preview(slack, ada, channel=ELSEWHERE)
    await ada.click(shown, "Share")

    shared = await slack.until(lambda: bob.sees(ELSEWHERE))
    assert shared[0].pictures


async def test_a_press_where_the_bot_is_no_member_leaves_the_shared_picture_alone(
    bot: BotProcess, slack: SlackTwin
) -> None:
    ada, bob = slack.person(), slack.person("U000BOB00")
    await ada.click(await preview(slack, ada, channel=ELSEWHERE), "Share")
    shared = (await slack.until(lambda: bob.sees(ELSEWHERE)))[0]
    shown = list(shared.pictures)

    await bob.click(shared, "Again")
    own = await slack.until(lambda: next((m for m in bob.sees(ELSEWHERE) if m is not shared), None))
    assert own.only_for == bob.id
    assert own.pictures

    assert shared.pictures == shown
    assert (shared.edits, shared.deleted) == (0, False)


async def test_again_vary_edit_and_discard(bot: BotProcess, slack: SlackTwin, openai: OpenAITwin) -> None:
    ada = slack.person()
    shown = await preview(slack, ada)
    await ada.click(shown, "Again")
    await slack.until(lambda: openai.billed_images == 2 and shown.edits == 3)

    await ada.click(shown, "Edit")
    view = (await slack.until(lambda: slack.views))[-1]
    assert (await ada.submit(view, "make it night")).status == 200
    await slack.until(lambda: openai.billed_images == 3)
    edited = await slack.until(lambda: next((m for m in ada.sees() if "night" in m.all_text), None))
    assert edited.pictures

    await ada.click(edited, "Discard")
    await slack.until(lambda: edited.deleted)


async def test_a_mention_in_a_thread_is_answered_there_once(
    bot: BotProcess, slack: SlackTwin, openai: OpenAITwin
) -> None:
    ada, bob = slack.person(), slack.person("U000BOB00")
    await ada.mention("a login page", thread="1700000000.000100", times=4)

    shown = await slack.until(lambda: next((m for m in bob.sees() if m.pictures), None))
    await asyncio.sleep(0.3)
    assert shown.thread == "1700000000.000100"
    assert len(bob.sees()) == 1
    assert openai.billed_images == 1


async def test_help_and_privacy_are_told_privately(bot: BotProcess, slack: SlackTwin) -> None:
    ada = slack.person()
    for word in ("help", "", "privacy"):
        before = len(ada.sees())
        await ada.slash(word)
        await slack.until(
            lambda before=before: len(ada.sees()) > before and len(ada.sees()[-1].all_text) > 100
        )
    assert all(message.only_for == ada.id for message in ada.sees())


async def test_a_picture_is_shown_again_by_its_id(bot: BotProcess, slack: SlackTwin) -> None:
    ada = slack.person()
    shown = await preview(slack, ada)
    job_id = shown.buttons[0]["value"].partition(":")[2]
    await ada.slash(f"show {job_id}", ELSEWHERE)

    assert (await slack.until(lambda: next((m for m in ada.sees(ELSEWHERE) if m.pictures), None))).buttons


async def test_uploads_disabled_still_ends_in_words_and_buttons(bot: BotProcess, slack: SlackTwin) -> None:
    slack.uploads_allowed = False
    ada = slack.person()
    await ada.slash("a brass owl")

    shown = await slack.until(lambda: next((m for m in ada.sees() if "Share" in m.all_text), None))
    assert "/imagine show" in shown.all_text


async def test_rate_limits_are_waited_for(bot: BotProcess, slack: SlackTwin) -> None:
    slack.throttle = 1
    assert (await preview(slack, slack.person())).pictures


async def test_a_lost_answer_to_a_post_is_no_second_post(bot: BotProcess, slack: SlackTwin) -> None:
    slack.reset_posts = 1
    ada, bob = slack.person(), slack.person("U000BOB00")
    shown = await preview(slack, ada)
    await ada.click(shown, "Share")
    await asyncio.sleep(1.0)

    assert len(bob.sees()) == 1


async def test_over_http_the_same_listeners_serve(
    slack: SlackTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    environment = {**slack.environment, "OPENAI_API_KEY": API_KEY, "OPENAI_BASE_URL": openai.base_url}
    del environment["SLACK_APP_TOKEN"]
    async with BotProcess(environment, tmp_path) as process:
        slack.bot_url = process.address
        await slack.until(lambda: any(name == "auth.test" for name, _, _ in slack.calls))
        await asyncio.sleep(0.3)
        shown = await preview(slack, slack.person())
        assert shown.pictures


SCENARIOS = [
    ("S2 refusal", openai_modes.Refuse(), "safety check"),
    ("S3 html error page", http_twin.ServerError(502, html=True), "busy"),
    ("S4a null message", openai_modes.NullMessage(), "set up wrongly"),
    ("S4b huge message", openai_modes.HugeMessage(), "set up wrongly"),
    ("S4c empty body", http_twin.EmptyBody(), "busy"),
    ("S5a bad key", openai_modes.InvalidKey(), "set up wrongly"),
    ("S6 rate limit", openai_modes.RateLimit(retry_after=30.0), "busy"),
    ("S7 out of money", openai_modes.Billing(), "not your words"),
]


@pytest.mark.parametrize(
    ("name", "fault", "says"), SCENARIOS, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_a_fault_ends_in_our_own_words_for_the_asker_alone(
    slack: SlackTwin, openai: OpenAITwin, tmp_path: Path, name: str, fault: http_twin.Fault, says: str
) -> None:
    openai.images.always(fault)
    environment = {
        **slack.environment,
        "OPENAI_API_KEY": API_KEY,
        "OPENAI_BASE_URL": openai.base_url,
        "IMAGE_ROUTE": "openai:gpt-image-2",
    }
    async with BotProcess(environment, tmp_path):
        await slack.until_connected()
        ada, bob = slack.person(), slack.person("U000BOB00")
        await ada.slash("a red fox")
        told = await slack.until(lambda: next((m for m in ada.sees() if says in m.all_text), None))

    assert told.only_for == ada.id
    assert bob.sees() == []
    assert len(openai.image_requests) == 1


async def test_an_outage_falls_back_to_flux(slack: SlackTwin, openai: OpenAITwin, tmp_path: Path) -> None:
    openai.images.always(http_twin.ServerError(503))
    async with BFLTwin() as bfl:
        environment = {
            **slack.environment,
            "OPENAI_API_KEY": API_KEY,
            "OPENAI_BASE_URL": openai.base_url,
            "BFL_API_KEY": bfl.key,
            "BFL_BASE_URL": bfl.base_url,
        }
        async with BotProcess(environment, tmp_path):
            await slack.until_connected()
            shown = await preview(slack, slack.person())
            assert "backup model" in shown.all_text
