"""A real bot process with the real bolt against the Slack twin, over Socket Mode and over HTTP."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.leaks import leaks
from tests.support.process import BotProcess
from tests.support.slack_stage import Stage, open_stage
from tests.twins import http_twin, openai_modes
from tests.twins.flux_twins import BFLTwin
from tests.twins.openai_twin import OpenAITwin
from tests.twins.slack_twin import Message, Person, SlackTwin

_NUMBERS = itertools.count(10)

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("slack"),
    pytest.mark.asyncio(loop_scope="module"),
]


@dataclass(frozen=True)
class Scene:
    """One bot for all; two people and two channels of its own for every test, the bot being a member of `art` alone."""

    slack: SlackTwin
    openai: OpenAITwin
    ada: Person
    bob: Person
    art: str
    elsewhere: str
    _billed: int

    @property
    def billed(self) -> int:
        """Pictures paid for since the test began."""
        return self.openai.billed_images - self._billed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    route = "openai:gpt-image-2,bfl:flux-2-pro"
    async with open_stage(tmp_path_factory.mktemp("bot"), IMAGE_ROUTE=route) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def scene(stage: Stage) -> AsyncIterator[Scene]:
    slack, number = stage.slack, next(_NUMBERS)
    art = f"C000ART{number:02}"
    slack.members.add(art)
    people = slack.person(f"U000ADA{number:02}"), slack.person(f"U000BOB{number:02}")
    yield Scene(slack, stage.openai, *people, art, f"C000OTH{number:02}", stage.openai.billed_images)
    await stage.settled()
    slack.uploads_allowed = True


@pytest_asyncio.fixture(loop_scope="module")
async def slack() -> AsyncIterator[SlackTwin]:
    """For tests with a bot of their own."""
    async with SlackTwin() as twin:
        yield twin
        assert twin.violations == []
        assert leaks(twin.transcript()) == []


@pytest_asyncio.fixture(loop_scope="module")
async def openai() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as twin:
        yield twin


async def preview(scene: Scene, person: Person, text: str = "a brass owl", channel: str = "") -> Message:
    """Ask for a picture, in the test's own channel if no other is named, and wait for the private preview."""
    return await asked(scene.slack, person, text, channel or scene.art)


async def asked(
    slack: SlackTwin, person: Person, text: str = "a brass owl", channel: str = "C000ART00"
) -> Message:
    await person.slash(text, channel)
    return await slack.until(
        lambda: next((message for message in person.sees(channel) if message.pictures), None),
        "no preview came",
    )


async def test_a_private_preview_is_shared_once(scene: Scene) -> None:
    ada, bob = scene.ada, scene.bob
    handle = await ada.slash("a brass owl on a stack of books", scene.art)
    assert handle.status == 200
    assert handle.latency < 1.0
    shown = await scene.slack.until(lambda: next((m for m in ada.sees(scene.art) if m.pictures), None))

    assert shown.only_for == ada.id
    assert "owl" in shown.pictures[0]["alt_text"]
    assert bob.sees(scene.art) == []
    assert next(button["text"]["text"] for button in shown.buttons) == "Share"

    await asyncio.gather(ada.click(shown, "Share"), ada.click(shown, "Share"))
    shared = await scene.slack.until(lambda: bob.sees(scene.art))
    await scene.slack.until(lambda: shown.deleted)
    await asyncio.sleep(0.3)

    assert len(bob.sees(scene.art)) == 1
    assert shared[0].pictures
    assert scene.billed == 1


async def test_it_works_where_the_bot_is_no_member(scene: Scene) -> None:
    ada, bob = scene.ada, scene.bob
    shown = await preview(scene, ada, channel=scene.elsewhere)
    await ada.click(shown, "Share")

    shared = await scene.slack.until(lambda: bob.sees(scene.elsewhere))
    assert shared[0].pictures


async def test_a_press_where_the_bot_is_no_member_leaves_the_shared_picture_alone(scene: Scene) -> None:
    ada, bob = scene.ada, scene.bob
    await ada.click(await preview(scene, ada, channel=scene.elsewhere), "Share")
    shared = (await scene.slack.until(lambda: bob.sees(scene.elsewhere)))[0]
    shown = list(shared.pictures)

    await bob.click(shared, "Again")
    own = await scene.slack.until(
        lambda: next((m for m in bob.sees(scene.elsewhere) if m is not shared), None)
    )
    assert own.only_for == bob.id
    assert own.pictures

    assert shared.pictures == shown
    assert (shared.edits, shared.deleted) == (0, False)


async def test_again_vary_edit_and_discard(scene: Scene) -> None:
    ada = scene.ada
    shown = await preview(scene, ada)
    await ada.click(shown, "Again")
    await scene.slack.until(lambda: scene.billed == 2 and shown.edits == 3)

    opened = len(scene.slack.views)
    await ada.click(shown, "Edit")
    view = (await scene.slack.until(lambda: scene.slack.views[opened:]))[-1]
    assert (await ada.submit(view, "make it night")).status == 200
    await scene.slack.until(lambda: scene.billed == 3)
    edited = await scene.slack.until(
        lambda: next((m for m in ada.sees(scene.art) if "night" in m.all_text), None)
    )
    assert edited.pictures

    await ada.click(edited, "Discard")
    await scene.slack.until(lambda: edited.deleted)


async def test_a_mention_in_a_thread_is_answered_there_once(scene: Scene) -> None:
    ada, bob = scene.ada, scene.bob
    await ada.mention("a login page", scene.art, thread="1700000000.000100", times=4)

    shown = await scene.slack.until(lambda: next((m for m in bob.sees(scene.art) if m.pictures), None))
    await asyncio.sleep(0.3)
    assert shown.thread == "1700000000.000100"
    assert len(bob.sees(scene.art)) == 1
    assert scene.billed == 1


def ada_sees_after(scene: Scene, before: int) -> list[Message]:
    return scene.ada.sees(scene.art)[before:]


async def test_help_and_privacy_are_told_privately(scene: Scene) -> None:
    ada = scene.ada
    for word in ("help", "", "privacy"):
        before = len(ada.sees(scene.art))
        await ada.slash(word, scene.art)
        [told] = await scene.slack.until(partial(ada_sees_after, scene, before))
        assert len(told.all_text) > 100
    assert all(message.only_for == ada.id for message in ada.sees(scene.art))


async def test_a_picture_is_shown_again_by_its_id(scene: Scene) -> None:
    ada = scene.ada
    shown = await preview(scene, ada)
    job_id = shown.buttons[0]["value"].partition(":")[2]
    await ada.slash(f"show {job_id}", scene.elsewhere)

    assert (
        await scene.slack.until(lambda: next((m for m in ada.sees(scene.elsewhere) if m.pictures), None))
    ).buttons


async def test_uploads_disabled_still_ends_in_words_and_buttons(scene: Scene) -> None:
    scene.slack.uploads_allowed = False
    ada = scene.ada
    await ada.slash("a brass owl", scene.art)

    shown = await scene.slack.until(
        lambda: next((m for m in ada.sees(scene.art) if "Share" in m.all_text), None)
    )
    assert "/imagine show" in shown.all_text


async def test_rate_limits_are_waited_for(scene: Scene) -> None:
    await scene.ada.slash("privacy", scene.art)
    await scene.slack.until(lambda: scene.ada.sees(scene.art))  # the language has been asked for by now
    scene.slack.throttle = 1
    assert (await preview(scene, scene.ada)).pictures
    assert scene.slack.throttle == 0


async def test_a_lost_answer_to_a_post_is_no_second_post(scene: Scene) -> None:
    scene.slack.reset_posts = 1
    ada, bob = scene.ada, scene.bob
    shown = await preview(scene, ada)
    await ada.click(shown, "Share")
    await asyncio.sleep(1.0)

    assert len(bob.sees(scene.art)) == 1


async def test_over_http_the_same_listeners_serve(
    slack: SlackTwin, openai: OpenAITwin, tmp_path: Path
) -> None:
    environment = {**slack.environment, **openai.environment}
    del environment["SLACK_APP_TOKEN"]
    async with BotProcess(environment, tmp_path) as process:
        slack.bot_url = process.address
        await slack.until(lambda: any(name == "auth.test" for name, _, _ in slack.calls))
        await asyncio.sleep(0.3)
        shown = await asked(slack, slack.person())
        assert shown.pictures


# A bot a fault, since its host is left alone afterwards. Those of `make test-long` are played on Discord in `make test`,
# whose others are played here.
SCENARIOS = [
    pytest.param("S2 refusal", openai_modes.Refuse(), "safety check", marks=pytest.mark.long),
    pytest.param("S3 html error page", http_twin.ServerError(502, html=True), "busy", marks=pytest.mark.long),
    ("S4a null message", openai_modes.NullMessage(), "set up wrongly"),
    pytest.param("S4b huge message", openai_modes.HugeMessage(), "set up wrongly", marks=pytest.mark.long),
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
        **openai.environment,
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
            **openai.environment,
            "BFL_API_KEY": bfl.key,
            "BFL_BASE_URL": bfl.base_url,
        }
        async with BotProcess(environment, tmp_path):
            await slack.until_connected()
            shown = await asked(slack, slack.person())
            assert "backup model" in shown.all_text
