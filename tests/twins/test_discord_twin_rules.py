"""Rules of the Discord twin that need no bot: limits, permissions, shards, links, signatures, the contract."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.twins.discord_twin import DiscordTwin, Permission, Upload
from tests.twins.discord_twin import permissions as perms
from tests.twins.discord_twin.command_rules import command_problems, is_command_name
from tests.twins.discord_twin.commands import CommandRegistry
from tests.twins.discord_twin.contract import discord_contract
from tests.twins.discord_twin.errors import DiscordError
from tests.twins.discord_twin.mentions import pings
from tests.twins.discord_twin.message_rules import Submission, compose
from tests.twins.discord_twin.modal_rules import modal_problems

V2 = 1 << 15
BUTTON: dict[str, Any] = {"type": 2, "style": 2, "label": "Reroll", "custom_id": "reroll:1"}
TEXT = {"type": 10, "content": "hello"}


def row(*children: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(children)}


def submit(body: dict[str, Any], *files: str) -> Any:
    uploads = {number: Upload(name, b"data") for number, name in enumerate(files)}
    return compose(Submission(body, uploads, size_limit=1000, channel_id=1))


ITEM = {"media": {"url": "attachment://a.txt"}, "description": "alt"}
GALLERY = {"type": 12, "items": [ITEM]}
WRONG_MESSAGES: dict[str, dict[str, Any]] = {
    "long text": {"content": "x" * 2001},
    "eleven embeds": {"embeds": [{"title": "t"}] * 11},
    "embed total": {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
    "embed field without a value": {"embeds": [{"fields": [{"name": "n", "value": ""}]}]},
    "embed image that is not attached": {"embeds": [{"image": {"url": "attachment://b.png"}}]},
    "six buttons": {"content": "x", "components": [row(*[BUTTON | {"custom_id": f"{n}"} for n in range(6)])]},
    "six rows": {"content": "x", "components": [row(BUTTON | {"custom_id": f"{n}"}) for n in range(6)]},
    "same custom id": {"content": "x", "components": [row(BUTTON), row(BUTTON)]},
    "long custom id": {"content": "x", "components": [row(BUTTON | {"custom_id": "x" * 101})]},
    "long label": {"content": "x", "components": [row(BUTTON | {"label": "x" * 81})]},
    "button without a name": {"content": "x", "components": [row(BUTTON | {"label": None})]},
    "link with a custom id": {"content": "x", "components": [row(BUTTON | {"style": 5})]},
    "empty row": {"content": "x", "components": [row()]},
    "row with a text": {"content": "x", "components": [row(TEXT)]},
    "26 options": {
        "content": "x",
        "components": [
            row(
                {
                    "type": 3,
                    "custom_id": "s",
                    "options": [{"label": f"{n}", "value": f"{n}"} for n in range(26)],
                }
            )
        ],
    },
    "v2 without the flag": {"components": [TEXT]},
    "v2 with content": {"flags": V2, "content": "x", "components": [TEXT]},
    "v2 with an embed": {"flags": V2, "embeds": [{"title": "x"}], "components": [TEXT]},
    "41 components": {"flags": V2, "components": [TEXT] * 41},
    "4001 characters": {"flags": V2, "components": [TEXT | {"content": "x" * 2001}] * 2},
    "gallery of 11": {"flags": V2, "components": [{"type": 12, "items": [ITEM] * 11}]},
    "empty gallery": {"flags": V2, "components": [{"type": 12, "items": []}]},
    "reference to nothing": {"flags": V2, "components": [GALLERY]},
    "container in a container": {
        "flags": V2,
        "components": [{"type": 17, "components": [{"type": 17, "components": [TEXT]}]}],
    },
    "section without accessory": {"flags": V2, "components": [{"type": 9, "components": [TEXT]}]},
    "unknown flag": {"content": "x", "flags": 1 << 7},
    "attachment without a file": {"content": "x", "attachments": [{"id": 4}]},
}


@pytest.mark.parametrize("name", WRONG_MESSAGES)
def test_a_wrong_message_is_refused(name: str) -> None:
    with pytest.raises(DiscordError) as caught:
        submit(WRONG_MESSAGES[name])

    assert caught.value.code == 50035


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000, "components": [row(BUTTON)]},
        {"flags": V2, "components": [{"type": 17, "components": [TEXT, GALLERY, row(BUTTON)]}]},
        {"flags": V2, "components": [{"type": 9, "components": [TEXT], "accessory": BUTTON}]},
    ],
)
def test_a_right_message_is_taken(body: dict[str, Any]) -> None:
    assert submit(body, "a.txt").attachments[0].filename == "a.txt"


def test_ten_files_and_no_more() -> None:
    assert len(submit({}, *[f"{n}.txt" for n in range(10)]).attachments) == 10
    with pytest.raises(DiscordError):
        submit({}, *[f"{n}.txt" for n in range(11)])


def test_a_file_that_the_attachments_do_not_list_is_an_error() -> None:
    with pytest.raises(DiscordError):
        submit({"attachments": [{"id": 0}]}, "a.txt", "b.txt")


@pytest.mark.parametrize(
    ("modal", "good"),
    [
        ({"title": "t", "custom_id": "m", "components": [TEXT]}, True),
        ({"title": "t" * 46, "custom_id": "m", "components": [TEXT]}, False),
        ({"title": "t", "custom_id": "m" * 101, "components": [TEXT]}, False),
        ({"title": "t", "custom_id": "m", "components": [TEXT] * 6}, False),
        ({"title": "t", "custom_id": "m", "components": [row(BUTTON)]}, False),
        (
            {"title": "t", "custom_id": "m", "components": [{"type": 18, "label": "l", "component": TEXT}]},
            False,
        ),
        (
            {
                "title": "t",
                "custom_id": "m",
                "components": [
                    {
                        "type": 18,
                        "label": "l",
                        "component": {
                            "type": 21,
                            "custom_id": "r",
                            "options": [{"label": "a", "value": "a"}],
                        },
                    }
                ],
            },
            False,
        ),
    ],
)
def test_modals(modal: dict[str, Any], good: bool) -> None:
    assert (list(modal_problems(modal)) == []) is good


COMMAND: dict[str, Any] = {"name": "imagine", "description": "d"}
OPTION = {"type": 3, "name": "prompt", "description": "d"}


@pytest.mark.parametrize(
    ("command", "good"),
    [
        (COMMAND, True),
        (COMMAND | {"name": "Imagine"}, False),
        (COMMAND | {"name": "two words"}, False),
        (COMMAND | {"description": ""}, False),
        (COMMAND | {"name_localizations": {"ja": "想像する", "de": "vorstellen"}}, True),
        (COMMAND | {"name_localizations": {"xx": "x"}}, False),
        (COMMAND | {"description_localizations": {"de": "x" * 101}}, False),
        (COMMAND | {"options": [OPTION, {**OPTION, "name": "size", "required": True}]}, False),
        (COMMAND | {"options": [OPTION, OPTION]}, False),
        (COMMAND | {"options": [{**OPTION, "name": f"o{n}"} for n in range(26)]}, False),
        (COMMAND | {"options": [OPTION, {"type": 1, "name": "help", "description": "d"}]}, False),
        (COMMAND | {"options": [{**OPTION, "choices": [{"name": "a", "value": "x" * 101}]}]}, False),
        (
            COMMAND
            | {"options": [{**OPTION, "autocomplete": True, "choices": [{"name": "a", "value": "a"}]}]},
            False,
        ),
        (
            COMMAND
            | {
                "options": [
                    {
                        **OPTION,
                        "name": f"o{n}",
                        "choices": [{"name": f"{c}{'n' * 80}", "value": f"{c}{'v' * 80}"} for c in range(5)],
                    }
                    for n in range(10)
                ]
            },
            False,
        ),
        ({"type": 3, "name": "Remix image", "description": ""}, True),
        ({"type": 3, "name": "Remix image", "description": "d"}, False),
    ],
)
def test_commands(command: dict[str, Any], good: bool) -> None:
    assert (list(command_problems(command, "")) == []) is good


def test_command_names_in_other_scripts() -> None:
    assert is_command_name("représenter")
    assert is_command_name("कल्पना")
    assert not is_command_name("İmagine")


def test_too_many_commands_and_too_many_new_ones() -> None:
    registry = CommandRegistry(1)
    menus: list[Any] = [{"type": 3, "name": f"menu {n}"} for n in range(16)]
    with pytest.raises(DiscordError, match="Maximum"):
        registry.overwrite(menus, None)
    for round_number in range(2):
        registry.overwrite([COMMAND | {"name": f"c{round_number}-{n}"} for n in range(100)], None)
    with pytest.raises(DiscordError, match="daily"):
        registry.overwrite([COMMAND], None)


def test_a_sync_keeps_the_ids_of_known_commands() -> None:
    registry = CommandRegistry(1)
    first = registry.overwrite([COMMAND], None)[0]["id"]

    assert registry.overwrite([COMMAND | {"description": "new"}], None)[0]["id"] == first


def test_pings() -> None:
    text = "@everyone <@1> <@!2> <@&3>"

    assert pings(text, None) == ("everyone", "user:1", "user:2", "role:3")
    assert pings(text, {"parse": []}) == ()
    assert pings(text, {"parse": ["roles"], "users": [2]}) == ("user:2", "role:3")


def test_who_cannot_send_can_attach_nothing() -> None:
    granted = perms.implied(perms.MEMBER & ~Permission.SEND_MESSAGES, in_thread=False)

    assert Permission.VIEW_CHANNEL in granted
    assert Permission.ATTACH_FILES not in granted
    assert perms.implied(perms.MEMBER & ~Permission.VIEW_CHANNEL, in_thread=False) == perms.NONE


@pytest.mark.skipif(discord_contract() is None, reason="the API's document is not beside the checkout")
def test_the_contract_finds_wrong_types_and_unknown_keys() -> None:
    contract = discord_contract()
    assert contract is not None
    edit = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
    callback = "/interactions/{interaction_id}/{interaction_token}/callback"

    assert (
        contract.check_request("PATCH", edit, {"content": "x", "attachments": [{"id": 0}], "tts": False})
        == []
    )
    assert contract.check_request("PATCH", edit, {"content": 1})
    assert contract.check_request("PATCH", edit, {"contents": "x"}) == ["$.contents: unknown key"]
    assert contract.check_request("POST", callback, {"type": 4, "data": {"content": "x"}}) == []
    assert contract.check_request("POST", callback, {"type": 4, "data": {"title": "x"}})
    assert contract.check_request("PATCH", edit, {"components": [row({**BUTTON, "colour": 1})]})
    assert contract.check_response("PATCH", edit, 200, {"id": "1"})
    assert contract.check_response("PATCH", edit, 429, {"message": "m", "code": 0})


@pytest.fixture
async def twin() -> AsyncIterator[DiscordTwin]:
    async with DiscordTwin() as discord_twin:
        yield discord_twin


@pytest.fixture
async def client(twin: DiscordTwin) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {twin.token}"}) as session:
        yield session


async def enter(client: aiohttp.ClientSession, twin: DiscordTwin, shard: list[int]) -> Any:
    """A gateway connection behind READY and its GUILD_CREATE events."""
    socket = await client.ws_connect(twin.gateway.url)
    assert (await socket.receive_json())["op"] == 10
    await socket.send_json(
        {"op": 2, "d": {"token": twin.token, "intents": 1, "shard": shard, "properties": {}}}
    )
    ready = await socket.receive_json()
    assert ready["t"] == "READY"
    for _ in ready["d"]["guilds"]:
        assert (await socket.receive_json())["t"] == "GUILD_CREATE"
    return socket


async def test_events_go_to_the_shard_of_their_guild(
    twin: DiscordTwin, client: aiohttp.ClientSession
) -> None:
    shards = [await enter(client, twin, [number, 2]) for number in range(2)]
    twin.hub.commands.overwrite([COMMAND], None)
    home = (twin.home.id >> 22) % 2

    interaction = await twin.member().slash("imagine", twin.channel)
    event = await asyncio.wait_for(shards[home].receive_json(), 5)
    direct = await (person := twin.member("bob")).slash("imagine", person.dm)

    assert (event["t"], event["d"]["id"]) == ("INTERACTION_CREATE", str(interaction.id))
    assert event["d"]["authorizing_integration_owners"] == {"0": str(twin.home.id)}
    assert (await asyncio.wait_for(shards[0].receive_json(), 5))["d"]["id"] == str(direct.id)
    for socket in shards:
        await socket.close()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"op": 2, "d": {"token": "wrong", "intents": 1}}, 4004),
        ({"op": 2, "d": {"token": None, "intents": 1, "shard": [2, 2]}}, 4010),
        ({"op": 2, "d": {"token": None, "intents": 1 << 15}}, 4014),
        ({"op": 8, "d": {}}, 4003),
        ({"op": 77}, 4001),
    ],
)
async def test_close_codes(
    twin: DiscordTwin, client: aiohttp.ClientSession, frame: dict[str, Any], code: int
) -> None:
    if frame.get("d", {}).get("token", "") is None:
        frame = {**frame, "d": {**frame["d"], "token": twin.token}}
    async with client.ws_connect(twin.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json(frame)
        await socket.receive()

        assert socket.close_code == code


async def test_a_session_closed_by_its_owner_cannot_be_resumed(
    twin: DiscordTwin, client: aiohttp.ClientSession
) -> None:
    socket = await enter(client, twin, [0, 1])
    session = next(iter(twin.gateway.sessions))
    await socket.close(code=1000)

    async with client.ws_connect(twin.gateway.url) as again:
        await again.receive_json()
        await again.send_json({"op": 6, "d": {"token": twin.token, "session_id": session, "seq": 1}})
        assert await again.receive_json() == {"op": 9, "d": False}


async def test_attachment_links_are_signed_and_end(twin: DiscordTwin, client: aiohttp.ClientSession) -> None:
    photo = await twin.member().send(twin.channel, "", Upload("owl.txt", b"owl"))
    url = twin.cdn.url(photo.attachments[0])
    twin.cdn.link_life = -1.0
    old = twin.cdn.url(photo.attachments[0])

    async def status(link: str) -> int:
        async with client.get(link) as response:
            return response.status

    assert [await status(link) for link in (url, url.split("?")[0], url[:-1] + "!", old)] == [
        200,
        404,
        404,
        404,
    ]


async def test_too_many_calls_are_told_when_to_come_back(
    twin: DiscordTwin, client: aiohttp.ClientSession
) -> None:
    twin.hub.rate_limits.limits = {"*": (1, 30.0)}
    async with client.get(f"{twin.api_base}/users/@me") as first:
        assert first.headers["X-RateLimit-Remaining"] == "0"
        assert first.headers["Content-Type"] == "application/json"
    async with client.get(f"{twin.api_base}/users/@me") as second:
        body = await second.json()

    assert second.status == 429
    assert second.headers["Via"]
    assert 0 < body["retry_after"] <= 30
    assert twin.hub.recorder.invalid_requests == 1


async def test_an_unknown_route_is_noted(twin: DiscordTwin, client: aiohttp.ClientSession) -> None:
    async with client.get(f"{twin.api_base}/nowhere") as response:
        assert response.status == 404

    assert twin.violations == ["GET /api/v10/nowhere is no route of this twin"]


async def test_a_dead_webhook_that_is_called_again_is_a_bad_habit(
    twin: DiscordTwin, client: aiohttp.ClientSession
) -> None:
    url = f"{twin.api_base}/webhooks/{twin.hub.application_id}/nonsense/messages/@original"
    for _ in range(2):
        async with client.get(url) as response:
            assert (response.status, (await response.json())["code"]) == (404, 10015)

    assert len(twin.warnings) == 1


class Endpoint:
    """The bot's side of HTTP interactions mode."""

    def __init__(self, public_key: str) -> None:
        self.key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))

    async def handle(self, request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            signature = bytes.fromhex(request.headers.get("X-Signature-Ed25519", ""))
            self.key.verify(signature, request.headers.get("X-Signature-Timestamp", "").encode() + raw)
        except InvalidSignature:
            return web.Response(status=401)
        body = json.loads(raw)
        if body["type"] == 1:
            return web.json_response({"type": 1})
        return web.json_response({"type": 4, "data": {"content": "hello", "flags": 64}})


async def test_http_interactions_are_signed(twin: DiscordTwin) -> None:
    app = web.Application()
    app.router.add_post("/discord/interactions", Endpoint(twin.http.public_key).handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    twin.http.url = f"http://127.0.0.1:{port}/discord/interactions"
    twin.hub.commands.overwrite([COMMAND], None)
    try:
        assert (await twin.http.ping()).body == b'{"type": 1}'
        assert (await twin.http.ping(forged=True)).status == 401
        assert (await twin.http.ping(signed=False)).status == 401

        interaction = await twin.member().slash("imagine", twin.channel)
        answer = await interaction
    finally:
        await runner.cleanup()

    assert answer is not None
    assert answer.content == "hello"
    assert interaction.ephemeral
