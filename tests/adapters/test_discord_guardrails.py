"""A moderator's day on Discord: one bot process, the real discord.py, a strict Discord and a strict OpenAI."""

import dataclasses
import re
from collections.abc import AsyncIterator, Collection
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from tests.support.console import listening_at, visited
from tests.support.discord_stage import Stage, open_stage
from tests.support.make import brand_loras, picture
from tests.twins import http_twin, openai_modes
from tests.twins.discord_twin import DiscordTwin, Interaction, Message, Person
from tests.twins.discord_twin.automod import PROFANITY, SLURS, add_rule
from tests.twins.discord_twin.components import walk
from tests.twins.discord_twin.files import Upload
from tests.twins.discord_twin.permissions import Permission
from tests.twins.discord_twin.world import Channel, Role
from tests.twins.self_hosted_twins import SERVED_MODEL, VllmOmniTwin

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("discord-guardrails"),
    pytest.mark.asyncio(loop_scope="module"),
]

REJECT = openai_modes.Fields(
    (
        ("decision", "reject"),
        ("category", "violence"),
        ("reason_code", "violence"),
        ("risk", "medium"),
    )
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    discord = DiscordTwin()
    discord.add_channel("mods")
    discord.role("deputies").permissions = Permission.MANAGE_GUILD
    brands = {"ours": f"discord:{discord.home.id}", "theirs": "discord:4711"}
    async with VllmOmniTwin(loras=tuple(brands)) as own:
        environment: dict[str, Any] = {
            "PUBLIC_BASE_URL": "https://bot.example",
            "IMAGE_ROUTE": f"openai:gpt-image-2,flux:{SERVED_MODEL}",
            "FLUX_BASE_URL": own.base_url,
            "FLUX_LORA": brand_loras(brands),
        }
        async with open_stage(tmp_path_factory.mktemp("bot"), discord=discord, **environment) as opened:
            await saved(opened, "set", setting="presentation.review_channel", value=str(mods(opened).id))
            yield dataclasses.replace(opened, own=own)


def mods(stage: Stage) -> Channel:
    return next(channel for channel in stage.discord.home.channels if channel.name == "mods")


async def command(stage: Stage, name: str, by: Person | None = None, **options: Any) -> Interaction:
    """A subcommand of `/guardrails`, answered privately."""
    who = by or stage.discord.owner
    used = await who.slash(f"guardrails {name}", stage.discord.channel, **options)
    await used
    assert used.ephemeral
    return used


async def click(stage: Stage, page: Message, label: str, says: str, by: Person | None = None) -> Message:
    """Press a button of the panel, which changes in place."""
    await (by or stage.discord.owner).click(page, label)
    await stage.until(lambda: says in page.text, f"{label} did not lead to {says!r}: {page.text}")
    return page


async def saved(stage: Stage, name: str, **options: Any) -> Message:
    used = await command(stage, name, **options)
    return await click(stage, used.messages[0], "Save", "Saved as version")


async def card(stage: Stage, says: str, seen: Collection[int] = ()) -> Message:
    """A message to the moderators that says so and was not there before."""

    def look() -> Message | None:
        new = (m for m in stage.discord.messages if m.channel is mods(stage) and id(m) not in seen)
        return next((m for m in new if says in m.text), None)

    return await stage.until(look, f"no card says {says!r}")


async def appealed(stage: Stage, member: Person) -> Message:
    """The card in the moderators' channel after a member's refused request and the question why."""
    stage.openai.sanitizer.always(REJECT)
    asked = await stage.asked("a knight at dawn", by=member)
    await asked.until(lambda one: "more violent" in one.text)
    seen = set(map(id, stage.discord.messages))
    appeal = await member.click(asked.messages[0], "Ask a moderator")
    await appeal.acked()
    await (await member.submit_modal(appeal, text="it is a painting"))
    return await card(stage, "Appeal", seen)


async def test_the_panel_leads_to_every_setting(stage: Stage) -> None:
    page = (await command(stage, "show")).messages[0]
    assert "Balanced community" in page.text

    await stage.discord.owner.select(page, "limits", "guardmenu:area")
    await stage.until(lambda: "Pictures a member and day: 50" in page.text, page.text)
    assert "Pictures a channel and day: no limit (0)" in page.text
    opened = await stage.discord.owner.select(page, "limits.per_user_day")
    await opened.acked()
    sent = await stage.discord.owner.submit_modal(opened, text="40")
    await sent.acked()
    await stage.until(lambda: "50 → 40" in page.text, page.text)
    await click(stage, page, "Save", "Saved as version")
    await click(stage, page, "Undo last change", "40 → 50")


async def test_a_press_whose_acknowledgement_is_lost_still_turns_the_page(stage: Stage) -> None:
    page = (await command(stage, "show")).messages[0]
    for lost in (stage.discord.faults.lose_answer, stage.discord.faults.reset):
        lost("callback")
        await stage.discord.owner.select(page, "limits", "guardmenu:area")
        await stage.until(lambda: "Pictures a member and day" in page.text, page.text)
        await click(stage, page, "Overview", "Balanced community")


async def test_a_preset_is_chosen_looked_at_and_undone(stage: Stage) -> None:
    page = await saved(stage, "preset", preset="strict_school")
    assert "Rating: PG → G" in page.text

    history = await command(stage, "history")
    assert "Strict school" in history.text
    assert str(stage.discord.owner.id) in history.text
    undone = await command(stage, "undo")
    assert "Rating: G → PG" in undone.text


async def test_a_prompt_is_tested_and_nothing_is_made(stage: Stage) -> None:
    before = len(stage.openai.image_requests)

    tested = await command(stage, "test", prompt="a shooting star over the sea")

    assert "Dry run" in tested.text
    assert "Decision: allowed" in tested.text
    assert "text model: " in tested.text
    assert "moderation: " in tested.text
    assert len(stage.openai.image_requests) == before


async def test_an_appeal_goes_from_the_refusal_to_the_picture(stage: Stage) -> None:
    ada = stage.discord.member("ada")
    waiting = await appealed(stage, ada)
    shown = await command(stage, "decisions")
    assert "refused · violence · by text model" in shown.text
    assert "a knight at dawn" in shown.text

    assert "knight" not in waiting.text
    looked = await stage.discord.owner.click(waiting, "Have a look")
    await looked
    case = looked.messages[0]
    assert "it is a painting" in case.text
    assert "knight" not in case.text
    await click(stage, case, "Show the words", "a knight at dawn")
    await click(stage, case, "Approve once", "approved once")
    told = await stage.until(lambda: ada.received, "nobody told ada")
    assert "approved your request" in told[0].text

    assert (await stage.made("a knight at dawn", by=ada)).pictures
    again = await stage.asked("a knight at dawn", by=ada)
    await again.until(lambda one: "more violent" in one.text)
    stage.openai.sanitizer.always(http_twin.Normal())


async def test_words_that_the_own_list_stops_go_before_a_moderator_too(stage: Stage) -> None:
    gil = stage.discord.member("gil")
    await saved(stage, "set", setting="content.blocked_terms", value="beetle")
    asked = await stage.asked("a beetle on a leaf", by=gil)
    await asked
    assert asked.ephemeral
    seen = set(map(id, stage.discord.messages))
    appeal = await gil.click(asked.messages[0], "Ask a moderator")
    await appeal.acked()
    await (await gil.submit_modal(appeal, text="it is an insect"))
    looked = await stage.discord.owner.click(await card(stage, "Appeal", seen), "Have a look")
    await looked
    case = await click(stage, looked.messages[0], "Show the words", "a beetle on a leaf")
    await click(stage, case, "Approve once", "approved once")

    assert (await stage.made("a beetle on a leaf", by=gil)).pictures
    await command(stage, "undo")


def _attached(message: Message) -> object:
    return message.attachments or None


def _shown_since(stage: Stage, seen: set[int]) -> Message | None:
    """A picture in a message that is none of those, by `id()`."""
    return next((m for m in stage.discord.messages if id(m) not in seen and m.pictures), None)


async def test_a_held_picture_is_looked_at_and_released_or_discarded(stage: Stage) -> None:
    fay = stage.discord.member("fay")
    await saved(stage, "set", setting="content.on_unsafe_picture", value="hold")
    stage.openai.images.always(openai_modes.UnsafePicture("violence/graphic"))
    for label in ("Release", "Discard"):
        seen = set(map(id, stage.discord.messages))
        asked = await stage.asked(f"a red wall to {label}", by=fay)
        await asked.until(lambda one: "waiting for a moderator" in one.text)
        waiting = await card(stage, "Held picture", seen)
        assert not waiting.attachments
        looked = await stage.discord.owner.click(waiting, "Have a look")
        await looked
        case = looked.messages[0]
        await stage.discord.owner.click(case, "Show the picture")
        await stage.until(partial(_attached, case), "no picture")
        assert case.only_for is stage.discord.owner.account
        veiled = [item for item in walk(case.components) if item.get("type") == 12]
        assert [item["spoiler"] for item in veiled[0]["items"]] == [True]
        shown = [
            message for message in stage.discord.messages if id(message) not in seen and message.pictures
        ]
        assert shown == [case]
        await click(stage, case, label, "Done: ")
        assert not case.attachments

        if label == "Release":
            await stage.until(lambda: any("released your picture" in told.text for told in fay.received))
            released = await stage.until(partial(_shown_since, stage, {*seen, id(case)}))
            assert released.channel is stage.discord.channel
        else:
            await stage.until(lambda: any("will not be shown" in told.text for told in fay.received))
    stage.openai.images.always(http_twin.Normal())
    await command(stage, "undo")


async def test_a_member_is_banned_and_unbanned(stage: Stage) -> None:
    bob = stage.discord.member("bob")
    banned = await command(stage, "ban", member=bob, reason="spam")
    assert "Banned: spam" in banned.text
    asked = await stage.asked("a brass owl", by=bob)
    await asked
    assert asked.ephemeral
    assert "can't ask for pictures" in asked.text

    lifted = await command(stage, "unban", member=bob)
    assert "No strikes, no suspension" in lifted.text
    assert (await stage.made("a brass owl", by=bob)).pictures


async def test_automod_rules_are_taken_over_looked_at_and_undone(stage: Stage) -> None:
    home, bot = stage.discord.home, stage.discord.role(stage.discord.hub.bot.name)
    assert "has no AutoMod rules" in (await with_manage_guild(stage, bot)).text
    artists = stage.discord.role("artists")
    ada, artist = stage.discord.member("ada"), stage.discord.member("vera", roles=["artists"])
    add_rule(home, keywords=["beet*"], regexes=["(?<=a)b"], exempt_roles=[artists], name="Insects")
    add_rule(home, trigger=4, presets=[PROFANITY, SLURS], name="Lists")

    page = (await with_manage_guild(stage, bot)).messages[0]
    assert 'Rule "Insects": 1 words, 0 patterns, 0 exceptions; not for 1 roles or channels' in page.text
    assert "Not taken over: (?<=a)b (look-around" in page.text
    assert "Not taken over: Lists: profanity" in page.text
    assert "hate: strict, harassment: strict" in page.text
    assert "Not saved yet" in page.text
    await click(stage, page, "Save", "Saved as version")
    refused = await stage.asked("a beetle", by=ada)
    await refused
    assert refused.ephemeral
    assert (await stage.made("a beetle", by=artist)).pictures
    assert "Decision: refused" in (await command(stage, "test", prompt="a beetle")).text

    assert (
        "Rules taken over from AutoMod: 1 removed: “Insects” (words: 1, "
        in (await command(stage, "undo")).text
    )
    assert (await stage.made("a beetle", by=ada)).pictures
    home.automod_rules.clear()


async def test_a_picture_is_verified_by_its_file_and_by_its_number(stage: Stage) -> None:
    message = await stage.made()
    original = next(file for file in message.attachments if file.is_picture)
    ours = await command(stage, "verify", picture=Upload("x.png", original.data))
    number = re.search(r"request ([0-9a-z]{8,})", ours.text)

    assert "Made here: " in ours.text or "The preview of a picture that was made here" in ours.text
    assert number is not None
    assert "Made here: " in (await command(stage, "verify", made=number[1])).text
    foreign = await command(stage, "verify", picture=Upload("y.png", picture(8, 8)))
    assert "not known here" in foreign.text
    assert "carries no Content Credentials" in foreign.text


async def with_manage_guild(stage: Stage, bot: Role) -> Interaction:
    """`/guardrails automod` while the bot may read the rules; just before it may not, and says what it needs."""
    denied = await command(stage, "automod")
    assert "permission Manage Server" in denied.text
    assert "Nothing was changed" in denied.text
    granted, bot.permissions = bot.permissions, bot.permissions | Permission.MANAGE_GUILD
    try:
        return await command(stage, "automod")
    finally:
        bot.permissions = granted


async def test_a_budget_is_set_and_hit(stage: Stage) -> None:
    await saved(stage, "set", setting="presentation.log_channel", value=str(mods(stage).id))
    await saved(stage, "set", setting="limits.budget_day", value="0.01")

    asked = await stage.asked("a brass owl")
    await asked

    assert "budget for pictures here is used up" in asked.text
    await card(stage, "budget is used")
    assert "of $0.01" in (await command(stage, "budget")).text
    assert "0.01 → 20.00" in (await command(stage, "undo")).text
    assert (await stage.made()).pictures


async def test_a_brands_lora_is_for_its_own_server(stage: Stage) -> None:
    assert stage.own is not None
    await saved(stage, "set", setting="presentation.lora", value="theirs")
    await stage.made()
    assert stage.own.made == [], "who knows another server's name for a LoRA does not get it"

    await saved(stage, "set", setting="presentation.lora", value="ours @0.5")
    await stage.made()
    assert [made.lora for made in stage.own.made] == ["ours"]
    await saved(stage, "set", setting="presentation.lora", value="theirs")


async def test_a_place_has_its_own_value(stage: Stage) -> None:
    quiet = stage.discord.add_channel("quiet")
    await stage.discord.announce(quiet, "CHANNEL_CREATE")
    await saved(stage, "set", setting="access.enabled", value="off", in_channel=quiet)

    asked = await stage.asked(at=quiet)
    await asked

    assert "switched off here" in asked.text
    assert (await stage.made()).pictures


async def test_rules_leave_as_a_file(stage: Stage) -> None:
    exported = await command(stage, "export")

    assert exported.messages[0].attachments[0].filename == "guardrails.toml"


async def test_a_console_link_is_private_and_works_once(stage: Stage) -> None:
    given = await command(stage, "console")

    assert "/console/enter?link=" in given.text


async def test_who_lost_the_role_meanwhile_does_not_get_into_the_console(stage: Stage) -> None:
    home, address = stage.discord.home, listening_at(stage.bot.log)
    first, second = (stage.discord.member(name, roles=["deputies"]) for name in ("dora", "enzo"))
    links = {who: (await command(stage, "console", by=who)).text for who in (first, second)}
    async with visited(address, links[first]) as visit:
        assert (await visit.client.get("/console/api/rules")).status_code == 200

    home.members[second.id].roles.clear()

    async with visited(address, links[second]) as visit:
        assert visit.status == 410
        assert (await visit.client.get("/console/api/rules")).status_code == 401


async def test_members_do_not_moderate(stage: Stage) -> None:
    stranger = stage.discord.member("stranger")
    page = (await command(stage, "show")).messages[0]
    waiting = await appealed(stage, stage.discord.member("grace"))

    looked = await stranger.click(waiting, "Have a look") if stranger.sees(waiting) else None

    assert page.only_for is stage.discord.owner.account
    if looked is not None:
        await looked
        assert "for moderators" in looked.text
    stage.openai.sanitizer.always(http_twin.Normal())
    stage.nothing_is_wrong()
