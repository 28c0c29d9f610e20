"""What members can do besides asking for a picture, on one bot process with the real discord.py."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.domain.policy import Policy, Presentation
from tests.support.discord_stage import Stage, open_stage
from tests.support.make import picture
from tests.twins.discord_twin import DiscordTwin, Upload

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("discord-features"),
    pytest.mark.asyncio(loop_scope="module"),
]

OWL = Upload("owl.png", picture(96, 64))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    discord = DiscordTwin()
    gallery = discord.add_channel("gallery")
    policy = Policy(presentation=Presentation(gallery_channel=str(gallery.id)))
    folder = tmp_path_factory.mktemp("bot")
    async with open_stage(folder, policy, discord=discord, PARTIAL_PREVIEWS="3") as opened:
        yield opened


async def test_describe_gives_a_private_caption_that_can_be_drawn(stage: Stage) -> None:
    ada = stage.discord.member("ada")
    shown = await ada.send(stage.discord.channel, "look", OWL)

    described = await ada.context_menu("Describe image", shown)
    await described
    drawn = await ada.click(described.messages[0], "Draw it")
    message = await drawn.picture()

    assert described.ephemeral
    assert "a brass owl on a stack of old books" in described.text
    assert not message.ephemeral
    assert "brass owl" in (message.alt_text(message.pictures[0]) or "")


async def test_describe_without_a_picture_says_so(stage: Stage) -> None:
    ada = stage.discord.member("ada2")
    shown = await ada.send(stage.discord.channel, "just words")

    described = await ada.context_menu("Describe image", shown)
    await described

    assert described.ephemeral
    assert "no picture" in described.text


async def test_remix_asks_what_should_change_and_takes_the_picture_along(stage: Stage) -> None:
    bob = stage.discord.member("bob")
    shown = await bob.send(stage.discord.channel, "look", OWL)
    edits = len(stage.openai.image_requests)

    menu = await bob.context_menu("Remix image", shown)
    await menu.acked()
    submit = await bob.submit_modal(menu, text="make it blue")
    message = await submit.picture()

    assert message.pictures
    assert stage.openai.image_requests[edits].path.endswith("/edits")


async def test_the_edit_question_takes_an_instruction_references_and_a_mask(stage: Stage) -> None:
    made = await stage.made("a green owl")
    before = len(stage.openai.image_requests)
    mask = Upload("mask.png", picture(1024, 1024, colour=(0, 0, 0, 0)))

    press = await stage.discord.owner.click(made, "Edit")
    await press.acked()
    submit = await stage.discord.owner.submit_modal(press, text="with a hat", files=[OWL], mask=[mask])
    await submit.picture()

    sent = stage.openai.image_requests[before]
    assert sent.path.endswith("/edits")
    assert [part.name.removesuffix("[]") for part in sent.parts if part.filename] == [
        "image",
        "image",
        "mask",
    ]


async def test_references_go_along_each_with_its_role(stage: Stage) -> None:
    before = len(stage.openai.image_requests)
    await stage.made(
        "an owl like these", reference=OWL, reference_role="style", reference2=OWL, reference2_role="pose"
    )

    files = [part.filename for part in stage.openai.image_requests[before].parts if part.filename]
    assert files == ["style-0.png", "pose-1.png"]


async def test_a_star_hangs_a_picture_in_the_gallery_once(stage: Stage) -> None:
    made = await stage.made("a golden owl")
    gallery = next(channel for channel in stage.discord.home.channels if channel.name == "gallery")

    first = await stage.discord.owner.click(made, "Star")
    told = await first.followup()
    second = await stage.discord.member("cleo").click(made, "Star")
    told_again = await second.followup()

    hung = [message for message in stage.discord.messages if message.channel is gallery]
    assert len(hung) == 1
    assert hung[0].pictures
    assert told.ephemeral
    assert "Put up in" in told.text
    assert "already" in told_again.text
    deletion = await stage.discord.owner.click(made, "Delete")
    await stage.until(lambda: "gone" in deletion.text, "not deleted")
    await stage.until(lambda: hung[0].deleted, "still in the gallery")


async def test_show_brings_a_picture_back_anywhere_with_live_buttons(stage: Stage) -> None:
    made = await stage.made("a silver owl")
    job_id = next(button["custom_id"].split(":")[1] for button in made.buttons if "custom_id" in button)
    elsewhere = stage.discord.add_channel("elsewhere")
    await stage.discord.announce(elsewhere, "CHANNEL_CREATE")

    offered = await stage.discord.owner.autocomplete("imagine", elsewhere, "prompt", "show ")
    await stage.until(lambda: offered.choices is not None, "no choices")
    shown = await stage.made(f"show {job_id}", at=elsewhere)
    again = await stage.discord.owner.click(shown, "Again")
    await again.picture()
    deletion = await stage.discord.owner.click(made, "Delete")
    await stage.until(lambda: "gone" in deletion.text, "not deleted")

    assert f"show {job_id}" in {choice["value"] for choice in offered.choices or ()}
    await stage.until(lambda: shown.deleted, "still shown")


async def test_previews_come_no_faster_than_every_three_seconds_and_the_requester_stops_it(
    stage: Stage,
) -> None:
    stage.openai.partial_delay = 3.2
    dora, eve = stage.discord.member("dora"), stage.discord.member("eve")
    asked = await stage.asked("a slow owl", by=dora)
    await asked.acked()
    message = asked.original
    assert message is not None
    await stage.until(lambda: len(message.history) >= 3, "there were not two edits")
    shown = [revision for revision in message.history if revision.kind == "edited"]

    refused = await eve.click(message, "Stop")
    await stage.until(lambda: "moderator" in refused.text, "eve was not told")
    stopped = await dora.click(message, "Stop")
    await stage.until(lambda: "Stopped" in asked.text, "the job was not stopped")
    stage.openai.partial_delay = 0.0

    assert all(later.at - earlier.at >= 2.9 for earlier, later in itertools.pairwise(shown))
    assert [file.filename[-13:] for file in shown[-1].attachments] == ["-preview.webp"]
    assert "stopping" in stopped.text
    assert "given back" in asked.text
    assert message.pictures == []


@pytest.mark.parametrize(
    ("locale", "says"),
    [("de", "Nochmal"), ("fr", "Encore"), ("es-ES", "Otra vez"), ("ja", "もう一度"), ("pl", "Again")],
)
async def test_everybody_is_answered_in_their_own_language(stage: Stage, locale: str, says: str) -> None:
    person = stage.discord.member(f"speaker-{locale}", locale=locale)

    assert says in (await stage.made("an owl", by=person)).text


async def test_direct_messages_threads_and_user_installs(stage: Stage) -> None:
    frida = stage.discord.user("frida", installs=True)
    thread = stage.discord.add_thread("owls", stage.discord.channel)
    await stage.discord.announce(thread, "THREAD_CREATE")

    for place, person in (
        (frida.dm, frida),
        (stage.discord.group_dm(frida, stage.discord.owner), frida),
        (thread, stage.discord.owner),
    ):
        assert (await stage.made("an owl", by=person, at=place)).pictures


@pytest.mark.parametrize(("word", "says"), [("help", "/imagine a brass owl"), ("privacy", "keyed hash")])
async def test_help_and_privacy_are_told_privately(stage: Stage, word: str, says: str) -> None:
    asked = await stage.asked(word)
    await asked

    assert asked.ephemeral
    assert says in asked.text


async def test_everybody_gets_and_erases_what_is_theirs(stage: Stage) -> None:
    zoe = stage.discord.member("zoe")
    made = await stage.made("an owl of zoe's own", by=zoe)
    others = await stage.made("an owl of somebody else's")
    asked = await stage.asked("privacy", by=zoe)
    await asked

    handed = await (await zoe.click(asked.messages[0], "Download my data")).followup()
    sure = await zoe.click(asked.messages[0], "Erase everything")
    await sure
    gone = await (await zoe.click(sure.messages[-1], "Yes, erase everything")).followup()

    assert handed.ephemeral
    assert b"owl of zoe's own" in handed.attachments[0].data
    assert b"somebody else" not in handed.attachments[0].data
    assert "Requests that were removed: 1" in gone.text
    assert made.deleted
    assert not others.deleted


async def test_autocompletion_stays_out_of_a_prompts_way(stage: Stage) -> None:
    found: dict[str, list[str]] = {}
    for option, typed in (
        ("prompt", "a heron"),
        ("prompt", "hel"),
        ("aspect", "5:4"),
        ("style", "wat"),
        ("model", "gpt"),
    ):
        offered = await stage.discord.owner.autocomplete("imagine", stage.discord.channel, option, typed)
        choices = await stage.choices(offered) if typed != "a heron" else []
        found[f"{option} {typed}"] = [choice["value"] for choice in choices]

    assert found == {
        "prompt a heron": [],
        "prompt hel": ["help"],
        "aspect 5:4": ["5:4"],
        "style wat": ["watercolor"],
        "model gpt": ["gpt-image-2"],
    }


async def test_a_job_of_another_server_does_not_exist_here(stage: Stage) -> None:
    made = await stage.made("a private owl")
    job_id = next(button["custom_id"].split(":")[1] for button in made.buttons if "custom_id" in button)
    other = await stage.discord.guild("Elsewhere")

    asked = await stage.asked(f"show {job_id}", at=other.channels[0])
    await asked

    assert asked.ephemeral
    assert "can't find" in asked.text


async def test_without_a_text_model_describing_says_so_honestly(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with open_stage(tmp_path_factory.mktemp("bot"), key=False) as stage:
        shown = await stage.discord.owner.send(stage.discord.channel, "look", OWL)
        described = await stage.discord.owner.context_menu("Describe image", shown)
        await asyncio.wait_for(described.settled(), 10)

        assert described.ephemeral
        assert "no text model" in described.text
