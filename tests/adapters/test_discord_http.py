"""Signed HTTP interactions: the same bot without a gateway, and no forged event gets in."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.support.console import listening_at, visited
from tests.support.discord_stage import Stage, open_stage
from tests.twins.discord_twin import DiscordTwin
from tests.twins.discord_twin.permissions import BOT, Permission

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("discord-http"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    discord = DiscordTwin()
    folder = tmp_path_factory.mktemp("bot")
    keys: dict[str, Any] = {
        "DISCORD_PUBLIC_KEY": discord.http.public_key,
        "PUBLIC_BASE_URL": "https://bot.example",
    }
    async with open_stage(folder, discord=discord, **keys) as opened:
        discord.http.url = f"{listening_at(opened.bot.log)}/discord/interactions"
        await discord.until_synced("imagine")
        yield opened


async def test_discords_own_probes_are_answered(stage: Stage) -> None:
    genuine = await stage.discord.http.ping()
    forged = await stage.discord.http.ping(forged=True)
    unsigned = await stage.discord.http.ping(signed=False)

    assert (genuine.status, genuine.body) == (200, b'{"type":1}')
    assert (forged.status, unsigned.status) == (401, 401)


async def test_a_forged_command_costs_nothing(stage: Stage) -> None:
    asked = await stage.asked("an owl")
    await asked.picture()
    before = len(stage.openai.image_requests)
    forged = {**asked.payload, "id": str(int(asked.payload["id"]) + 1)}

    answer = await stage.discord.http.post(forged, forged=True)
    await stage.made("another owl")

    assert answer.status == 401
    assert len(stage.openai.image_requests) == before + 1


async def test_commands_buttons_and_questions_work_without_a_gateway(stage: Stage) -> None:
    made = await stage.made("a posted owl")
    again = await stage.discord.owner.click(made, "Again")
    await again.picture()
    press = await stage.discord.owner.click(made, "New words")
    await press.acked()
    submit = await stage.discord.owner.submit_modal(press, text="a posted swan")
    message = await submit.picture()

    assert "swan" in message.text
    assert stage.discord.gateway.identifies == []
    assert {answer.status for answer in stage.discord.http.answers} <= {200, 202, 401}
    assert stage.discord.warnings == []


async def test_moderators_read_that_automods_changes_are_not_heard_without_a_gateway(stage: Stage) -> None:
    discord, unheard = stage.discord, "do not hear when AutoMod changes"
    discord.add_keyword_rule("beetle")
    discord.role(discord.hub.bot.name).permissions = BOT | Permission.MANAGE_GUILD

    page = await discord.owner.slash("guardrails automod", discord.channel)
    await page
    assert unheard in page.text
    assert "Keep to AutoMod" not in page.text
    wish = {"setting": "content.follow_imported", "value": "on"}
    page = await discord.owner.slash("guardrails set", discord.channel, **wish)
    await page
    assert unheard in page.text


async def test_the_console_knows_without_a_gateway_who_may_moderate(stage: Stage) -> None:
    """The owner by the server itself; a deputy as long as a role lets them, which only Discord can tell."""
    discord, address = stage.discord, listening_at(stage.bot.log)
    discord.role("deputies").permissions = Permission.MANAGE_GUILD
    deputy = discord.member("dora", roles=["deputies"])
    links = []
    for who in (discord.owner, deputy):
        given = await who.slash("guardrails console", discord.channel)
        await given
        links.append(given.text)
    for link in links:
        async with visited(address, link) as visit:
            assert visit.status == 303
            assert (await visit.client.get("/console/api/rules")).status_code == 200

    late = discord.member("enzo", roles=["deputies"])
    given = await late.slash("guardrails console", discord.channel)
    await given
    discord.home.members[late.id].roles.clear()
    async with visited(address, given.text) as visit:
        assert visit.status == 410
