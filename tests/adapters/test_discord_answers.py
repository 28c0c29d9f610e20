"""What is done ends in an answer that is true: odd dialogs, odd words, a process that is about to leave."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest

from adapters.discord.guardrails_pages import drawn, files_of
from adapters.discord.handle import TOKEN_LIFE, Handle
from adapters.discord.menus import forget_questions, picture_in
from adapters.discord.progress import ProgressEdits
from adapters.discord.promises import FORGOTTEN, Promises
from adapters.discord.settings import DiscordSettings
from bot.domain.errors import ConfigurationError, InvalidImage
from bot.domain.jobs import Job
from bot.domain.policy import Policy, Presentation
from bot.domain.requests import JobId, Reference, ReferenceRole
from bot.images.inspect import MAX_UPLOAD
from bot.moderation.pages import Page
from bot.settings import read_section
from tests.adapters.test_discord_limits import walk
from tests.support.discord_room import Room, open_room
from tests.support.fakes import FakeClock
from tests.support.make import job, picture
from tests.twins.discord_twin import Interaction, Upload

LINK = "https://pictures.example/owl.png"
PROXIED = "https://images-ext-1.discordapp.net/external/owl.png"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened
        assert opened.discord.violations == []
        assert opened.faults == []


async def command(room: Room, name: str, **options: object) -> Interaction:
    used = await room.discord.owner.slash(f"guardrails {name}", room.discord.channel, **options)
    await used
    return used


async def test_the_question_whose_a_picture_is_wants_an_answer(room: Room) -> None:
    """Where a dialog has no field for a file, an empty one asks nothing, and cannot be answered by a dialog."""
    asked = await room.discord.owner.slash("guardrails verify", room.discord.channel)
    await asked.acked()
    assert asked.modal is not None

    assert [part["component"]["required"] for part in asked.modal["components"]] == [True]


@pytest.mark.parametrize("reason", ["2 warnings were ignored", "nan", "infinity war spoilers"])
async def test_a_reason_that_begins_with_a_number_is_a_reason(room: Room, reason: str) -> None:
    bob = room.discord.member("bob")
    assert f"Banned: {reason}" in (await command(room, "ban", member=bob, reason=reason)).text

    for_hours = await command(room, "ban", member=bob, hours=3, reason=reason)
    assert "3 h" in for_hours.text
    assert reason in for_hours.text


async def test_a_press_on_a_process_that_leaves_is_left_to_another_one(room: Room) -> None:
    """As a command is: two processes hear of it while one takes over from the other."""
    asked = await room.discord.owner.slash("imagine", room.discord.channel, prompt="a brass owl")
    made = await asked.picture()
    await room.adapter.stop_intake()

    pressed = await room.discord.owner.click(made, "Again")
    info = await room.discord.owner.click(made, "Info")
    await info
    assert pressed.ack is None
    assert pressed.text == ""


async def test_a_stop_waits_for_the_panel_to_turn_its_page(room: Room) -> None:
    page = (await command(room, "show")).messages[0]
    room.discord.faults.throttle("webhook.edit", retry_after=2.0)
    edits = len(room.discord.calls("webhook.edit"))
    await room.discord.owner.click(page, "Last decisions")
    await room.discord.until_calls("webhook.edit", edits + 1)
    await room.adapter.aclose()

    assert "No decisions yet." in page.text


async def test_an_export_that_discord_does_not_take_is_told(room: Room) -> None:
    asked = await room.discord.owner.slash("imagine", room.discord.channel, prompt="privacy")
    await asked
    room.discord.faults.refuse("webhook.send+files", 413, 40005)
    pressed = await room.discord.owner.click(asked.messages[0], "Download my data")
    told = await pressed.followup()

    assert told.ephemeral
    assert "on our side" in told.text


async def test_a_file_that_does_not_end_is_not_taken_into_memory(room: Room) -> None:
    sent = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
        try:
            while sent < 20 * MAX_UPLOAD:
                writer.write(bytes(1 << 20))
                await writer.drain()
                sent += 1 << 20
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        url = f"attachment:http://{host}:{port}/x.png"
        with pytest.raises(InvalidImage, match="too large"):
            await room.adapter.fetch(Reference(url, ReferenceRole.STYLE))

    assert sent < 3 * MAX_UPLOAD


async def test_a_file_comes_after_a_lost_connection_and_one_that_is_gone_is_none(room: Room) -> None:
    owl = await room.discord.member("ada").send(room.discord.channel, "look", Upload("x.png", picture(8, 8)))
    url = room.discord.cdn.url(owl.attachments[0])

    assert await room.adapter.fetch(Reference(f"attachment:{url}", ReferenceRole.STYLE)) == picture(8, 8)
    with pytest.raises(InvalidImage, match="does not give"):
        await room.adapter.fetch(Reference(f"attachment:{url}0", ReferenceRole.STYLE))


async def test_an_acknowledgement_of_which_nobody_knows_is_not_left_open(room: Room) -> None:
    """It has arrived, but no answer of Discord's, nor the id of its message."""
    room.discord.faults.lose_answer("callback")
    room.discord.faults.refuse("webhook.get", 404, 10015)
    asked = await room.discord.owner.slash("guardrails show", room.discord.channel)
    await until(lambda: asked.thinking and not room.discord.faults.pending)
    await command(room, "show")  # by then the first one is over
    secrets, clock = room.rig.store.secrets, FakeClock(time.time() + FORGOTTEN)

    keeping = asyncio.create_task(Promises(secrets, clock).keep_all(lambda: room.adapter._client))
    await until(lambda: "I was restarted" in asked.text)
    keeping.cancel()


async def test_what_another_process_has_answered_is_no_fault(room: Room) -> None:
    """Two of them hear of it while one takes over from the other."""
    made = await (await room.discord.owner.slash("imagine", room.discord.channel, prompt="an owl")).picture()
    room.discord.faults.refuse("callback", 400, 40060)
    pressed = await room.discord.owner.click(made, "New words")
    await until(lambda: not room.discord.faults.pending and not room.adapter._client.busy)

    assert pressed.text == ""


async def test_a_star_that_was_stopped_half_way_keeps_no_picture_out_of_the_gallery(room: Room) -> None:
    gallery = room.discord.add_channel("gallery")
    await room.discord.announce(gallery, "CHANNEL_CREATE")
    shows = Policy(presentation=Presentation(gallery_channel=str(gallery.id)))
    await room.rig.store.policies.save(room.tenant, shows, actor="a test", reason="a test")
    made = await (await room.discord.owner.slash("imagine", room.discord.channel, prompt="an owl")).picture()
    job_id = JobId(next(button["custom_id"] for button in made.buttons).split(":")[1])
    copies = room.adapter._client.copies

    async def starred() -> str:
        return (await (await room.discord.owner.click(made, "Star")).followup()).text

    assert await copies.claim_gallery(job_id, time.time())
    assert "already" in await starred()
    await copies.open_gallery(job_id)
    assert await copies.claim_gallery(job_id, time.time() - 61)
    assert "Put up in" in await starred()
    assert "already" in await starred()
    assert not await copies.claim_gallery(job_id, time.time() + 61)


async def test_no_connection_for_a_moment_ends_no_promise(room: Room) -> None:
    """While a lost connection is replaced, the new one is not logged in yet."""
    clock, secrets = FakeClock(), room.rig.store.secrets
    handle = Handle(1, "token", clock.now() + TOKEN_LIFE, 1, 1, 1, ephemeral=True)
    note = {"handle": handle.to_json(), "locale": "en-US", "at": clock.now() - FORGOTTEN}
    await secrets.put("discord-promise", "7", note)
    clients = iter([discord.Client(intents=discord.Intents.none())])

    keeping = asyncio.create_task(
        Promises(secrets, clock).keep_all(lambda: next(clients, room.adapter._client))
    )
    await until(
        lambda: keeping.done() or any(call.operation == "webhook.get" for call in room.discord.requests)
    )

    assert not keeping.done()
    keeping.cancel()


@dataclass
class Queue:
    """As much of a ledger as telling places needs: so many looks, and the job is somebody else's."""

    job: Job
    looks: int

    async def queue_place(self, _job_id: JobId) -> int | None:
        self.looks -= 1
        return 3 if self.looks >= 0 else None

    async def get(self, _job_id: JobId) -> Job:
        return self.job


async def test_no_connection_for_a_moment_ends_no_queue_places() -> None:
    clock = FakeClock()
    handle = Handle(1, "token", clock.now() + TOKEN_LIFE, 1, 1, 1)
    queue = Queue(job(handle=handle.to_json(), message={"message_id": "5"}), 3)
    edits = ProgressEdits(clock)
    edits.begun(queue.job.job_id)
    fresh = discord.Client(intents=discord.Intents.none())

    telling = asyncio.create_task(edits.tell_places(lambda: fresh, queue))  # type: ignore[arg-type]
    await until(lambda: telling.done() or queue.looks < 0)

    assert not telling.done()
    telling.cancel()


async def test_a_job_that_another_process_ends_is_not_remembered_for_ever() -> None:
    clock = FakeClock()
    queue = Queue(job(), 0)
    edits = ProgressEdits(clock)
    edits.begun(queue.job.job_id)

    telling = asyncio.create_task(edits.tell_places(lambda: None, queue))  # type: ignore[arg-type, return-value]
    await until(lambda: not edits._last)
    telling.cancel()


async def test_questions_that_can_be_answered_no_more_are_forgotten(room: Room) -> None:
    """Also the last one, behind which nobody asks."""
    secrets = room.rig.store.secrets
    await secrets.put("discord-remix", "abc/4242", {"url": "https://chat/zebra.png"})
    forgetting = asyncio.create_task(forget_questions(secrets, FakeClock(time.time() + 901)))
    async with asyncio.timeout(10):
        while await secrets.ids("discord-remix"):
            await asyncio.sleep(0.01)
    forgetting.cancel()


async def test_who_left_the_bots_reach_moderates_nothing(room: Room) -> None:
    owner = str(room.discord.owner.id)
    assert (await room.adapter.rights(room.tenant, owner)).moderator
    room.discord.faults.refuse("guild.member", 403, 50001)
    assert not (await room.adapter.rights(room.tenant, owner)).moderator


@pytest.mark.parametrize("wrapped", [False, True], ids=["written", "forwarded"])
@pytest.mark.parametrize(
    ("embed", "found"),
    [
        ({"type": "image", "url": LINK, "thumbnail": {"url": LINK, "proxy_url": PROXIED}}, PROXIED),
        ({"type": "rich", "image": {"url": LINK, "proxy_url": PROXIED}}, PROXIED),
        ({"type": "article", "thumbnail": {"url": LINK, "proxy_url": PROXIED}}, None),
    ],
    ids=["a link to a picture", "a picture of an embed", "a page's little sign"],
)
async def test_a_picture_that_is_seen_is_found(
    room: Room, embed: dict[str, Any], found: str | None, *, wrapped: bool
) -> None:
    shown = {"type": 0, "content": "", "embeds": [embed], "attachments": [], "components": [], "flags": 0}
    moments = {"timestamp": "2026-11-26T09:00:00+00:00", "edited_timestamp": None}
    data = (
        shown
        | moments
        | {"id": "5", "channel_id": "6", "pinned": False, "tts": False, "mention_everyone": False}
    )
    if wrapped:
        data |= {"embeds": [], "message_snapshots": [{"message": shown | moments}]}
    message = discord.Message(
        state=room.adapter._client._connection,
        channel=discord.Object(6),  # type: ignore[arg-type]
        data=data,  # type: ignore[arg-type]
    )

    assert picture_in(message) == found


def test_a_long_page_loses_nothing() -> None:
    """What a message cannot hold goes along as a file, and a link is never cut."""
    lines = tuple(f"{number}: " + "x*" * 40 for number in range(60))
    page = Page("Rules", lines, link="https://bot.example/console/abc")
    parts = list(walk(drawn(page).to_components()))
    texts = [part["content"] for part in parts if part["type"] == 10]
    (file,) = files_of(page)

    assert sum(map(len, texts)) <= 4000
    assert page.link in texts
    assert texts[1].endswith("\n…")
    assert file.fp.read().decode().splitlines() == list(lines)
    assert [part["file"]["url"] for part in parts if part["type"] == 13] == [f"attachment://{file.filename}"]
    assert files_of(Page("Rules", lines[:3])) == []


async def until(look: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not look():
            await asyncio.sleep(0.01)


async def test_a_prompt_of_many_emoji_is_taken_shown_and_offered_again_whole(room: Room) -> None:
    """Discord's API counts code points (discord-api-docs#1315), as `len` does; its client may count more of them."""
    words, owner = " ".join(["🦉🦊"] * 300), room.discord.owner
    made = await (await owner.slash("imagine", room.discord.channel, prompt=words)).picture()
    info = await owner.click(made, "Info")
    await info
    reword = await owner.click(made, "New words")
    await reword.acked()

    assert words in info.text
    assert reword.modal is not None
    assert reword.modal["components"][0]["component"]["value"] == words
    assert (await (await owner.submit_modal(reword)).picture()).pictures


async def test_what_was_made_for_adults_is_shown_elsewhere_to_who_asks_alone(room: Room) -> None:
    adults, owner = room.discord.add_channel("adults", nsfw=True), room.discord.owner
    more = room.discord.add_channel("more for adults", nsfw=True)
    for channel in (adults, more):
        await room.discord.announce(channel, "CHANNEL_CREATE")
    made = await (await owner.slash("imagine", adults, prompt="a brass owl")).picture()
    job_id = next(button["custom_id"].split(":")[1] for button in made.buttons if "custom_id" in button)

    for place, private in ((room.discord.channel, True), (more, False)):
        shown = await owner.slash("imagine", place, prompt=f"show {job_id}")
        assert (await shown.picture()).pictures
        assert shown.ephemeral is private


@pytest.mark.parametrize(
    ("ids", "count", "says"),
    [
        ("0,1", None, "how many there are"),
        ("2", "2", "0 to 1"),
        ("-1", "2", "0 to 1"),
        ("1", "2", ""),
        ("", "3", ""),
    ],
)
def test_shards_that_there_cannot_be_are_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch, ids: str, count: str | None, says: str
) -> None:
    monkeypatch.setenv("DISCORD_SHARD_IDS", ids)
    if count is not None:
        monkeypatch.setenv("DISCORD_SHARD_COUNT", count)
    with pytest.raises(ConfigurationError, match=says) if says else nullcontext():
        read_section(DiscordSettings)
