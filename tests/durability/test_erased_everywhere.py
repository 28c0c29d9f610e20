"""Somebody who did everything in both chats is erased: nothing of them is left in any place that the bot writes to.

Searched are the whole database (a dump, or the file with its log), every object of the bucket, every file of the
data folder, the process's output, and what still stands in the chats; in the clear, encoded, hashed and sealed.
"""

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.policy import Access, Content, Limits, OnUnsafePicture, Policy, Presentation
from bot.store import open_store
from bot.store.vault import Vault
from tests.support.discord_stage import Stage
from tests.support.process import BotProcess
from tests.support.slack_stage import Stage as SlackStage
from tests.support.traces import Traces, bucket_of, dump_of, files_below
from tests.twins.discord_twin import DiscordTwin, Message, Person, Upload
from tests.twins.discord_twin.permissions import Permission
from tests.twins.http_twin import Normal, ServerError, Slow
from tests.twins.openai_modes import UnsafePicture
from tests.twins.openai_twin import OpenAITwin
from tests.twins.postgres_server import PostgresServer
from tests.twins.s3_server import S3Server
from tests.twins.slack_twin import Person as SlackPerson
from tests.twins.slack_twin import SlackTwin

pytestmark = [pytest.mark.long, pytest.mark.process, pytest.mark.s3]

SECRET = "a secret that the test knows as well"
NAME = "Zéphyrinette"
CDN = "pictures.example"
SLACK_TENANT = "slack:T000TWIN0"
WORDS = "zqalpha zqbeta zqgamma zqdelta zqepsilon zqzeta zqeta zqreference zqiota zqkappa zqlambda zqmunch".split()  # noqa: SIM905 - easier to read
WORDS += ["zqnutmeg", "zqpapaya", "zqtheta"]
_numbers = itertools.count()


def own_file() -> Upload:
    """A picture that tells its owner in its bytes."""
    note, out = PngInfo(), io.BytesIO()
    note.add_text("owner", f"zqreference{next(_numbers)}")
    Image.new("RGB", (96, 64), (9, 8, 7)).save(out, "PNG", pnginfo=note)
    return Upload("owl.png", out.getvalue())


@dataclass
class Town:
    """One bot in both chats, with everything that it writes to."""

    discord: DiscordTwin
    slack: SlackTwin
    openai: OpenAITwin
    s3: S3Server
    bucket: str
    bot: BotProcess
    folder: Path
    database_url: str
    postgres: PostgresServer | None

    @property
    def stage(self) -> Stage:
        return Stage(self.discord, self.openai, self.bot, self.folder)

    @property
    def office(self) -> SlackStage:
        return SlackStage(self.slack, self.openai, self.bot, self.folder)

    def places(self) -> dict[str, bytes]:
        """All that there is to be searched."""
        places = files_below(self.folder / "data") | bucket_of(self.s3, self.bucket)
        if self.postgres is not None:
            places["database"] = dump_of(self.postgres, self.database_url)
        places["log"] = "\n".join(self.bot.log).encode()
        for message in self.discord.messages:
            if message.author.bot and not message.deleted and not message.only_for:
                shown = "\n".join([*message.texts(), str(message.components)])
                places[f"discord {message.id}"] = shown.encode() + b"".join(
                    f.data for f in message.attachments
                )
        for said in self.slack.messages:
            if not said.deleted and not said.only_for:
                places[f"slack {said.ts}"] = f"{said.all_text} {said.blocks}".encode()
        places["slack files"] = b"".join(file.data for file in self.slack.files.values())
        return places


@asynccontextmanager
async def town(
    database_url: str, postgres: PostgresServer | None, s3: S3Server, folder: Path
) -> AsyncIterator[tuple[Town, Person]]:
    """The town, and the member of it who is a moderator by name."""
    data = folder / "data"
    data.mkdir()
    bucket = s3.create_bucket("town-postgres" if postgres else "town-sqlite")
    s3.allow_anonymous_read("i/", bucket)
    url = database_url if postgres else f"sqlite:///{data / 'imagine.db'}"
    async with DiscordTwin() as discord, SlackTwin() as slack, OpenAITwin() as openai:
        zoe = discord.member(NAME, permissions=Permission.MANAGE_GUILD)
        gallery, mods = discord.add_channel("gallery"), discord.add_channel("mods")
        rules = Policy(
            access=Access(moderators=frozenset({str(zoe.id), "4711"})),
            content=Content(patterns=("zqforbidden",), on_unsafe_picture=OnUnsafePicture.HOLD),
            limits=Limits(cooldown_seconds=0.001, per_channel_day=500, budget_user_day=90_000_000),
            presentation=Presentation(
                gallery_channel=str(gallery.id), log_channel=str(mods.id), review_channel=str(mods.id)
            ),
        )
        store = await open_store(url, data_dir=data, clock=SystemClock(), secret=SecretStr(SECRET))
        await store.policies.save(f"discord:{discord.home.id}", rules, actor="4711", reason="a test")
        shared = Policy(content=rules.content, limits=rules.limits)
        await store.policies.save(SLACK_TENANT, shared, actor="4711", reason="a test")
        await store.aclose()
        environment = {
            **discord.environment,
            **slack.environment,
            **openai.environment,
            "IMAGE_ROUTE": "openai:gpt-image-2",
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET,
            "LOG_FORMAT": "json",
            "S3_BUCKET": bucket,
            "S3_ENDPOINT_URL": s3.endpoint_url,
            "AWS_ACCESS_KEY_ID": s3.access_key,
            "AWS_SECRET_ACCESS_KEY": s3.secret_key,
            "CDN_BASE_URL": f"https://{CDN}",
        }
        slack.hosts[CDN] = f"{s3.endpoint_url}/{bucket}"
        async with BotProcess(environment, folder) as bot:
            await discord.until_ready()
            await slack.until_connected()
            yield Town(discord, slack, openai, s3, bucket, bot, folder, url, postgres), zoe
        assert discord.violations == []
        assert slack.violations == []


async def lives_in_discord(town: Town, zoe: Person) -> Mapping[str, Message]:
    """Pictures, an edit, a reference, a star, rules, a refusal with an appeal, a held picture, a private chat."""
    stage, owner = town.stage, town.discord.owner
    made = await stage.made("a zqalpha lighthouse", by=zoe, reference=own_file(), reference_role="style")
    edit = await zoe.click(made, "Edit")
    await edit.acked()
    await (await zoe.submit_modal(edit, text="with a zqbeta hat", files=[own_file()])).picture()
    others = await (await owner.click(made, "Vary")).picture()
    await (await zoe.click(made, "Star")).followup()
    await (await zoe.click(await stage.made("a plain mill", by=owner), "Star")).followup()
    elsewhere = town.discord.add_channel("elsewhere")
    await town.discord.announce(elsewhere, "CHANNEL_CREATE")
    job_id = next(button["custom_id"].split(":")[1] for button in made.buttons if "custom_id" in button)
    await stage.made(f"show {job_id}", by=zoe, at=elsewhere)

    await as_a_moderator(town, zoe)
    refused = await stage.asked("a zqforbidden zqgamma", by=zoe)
    await refused
    appeal = await zoe.click(refused.messages[0], "Ask a moderator")
    await appeal.acked()
    await (await zoe.submit_modal(appeal, text="it is a zqdelta"))
    town.openai.images.queue(UnsafePicture("violence/graphic"))
    held = await stage.asked("a zqepsilon wall", by=zoe)
    await held.until(lambda one: "waiting for a moderator" in one.text)
    await stage.made("a zqeta mill", by=zoe, at=zoe.dm)
    shown = await zoe.send(town.discord.channel, "look", own_file())
    await (await zoe.context_menu("Describe image", shown))
    await (await zoe.context_menu("Remix image", shown)).acked()
    await hears_of_a_return(town, zoe)
    return {"mine": made, "others": others}


async def hears_of_a_return(town: Town, zoe: Person) -> None:
    """A request that found nobody to check its words, and the message that names who wanted to hear the end of it."""
    checks = (town.openai.sanitizer, town.openai.moderation)
    for check in checks:
        check.always(ServerError(503))
    failed = await town.stage.asked("a zqpapaya", by=zoe)
    await failed.until(lambda one: one.original is not None and "Tell me" in str(one.original.labels))
    for check in checks:
        check.always(Normal())
    assert failed.original is not None
    await (await zoe.click(failed.original, "Tell me when it works again"))
    await town.discord.hub.pulse.until(
        lambda: any("should work again" in m.text for m in town.discord.messages), 60.0, lambda: "nobody told"
    )


async def as_a_moderator(town: Town, zoe: Person) -> None:
    """A change of the rules, a ban with a reason, a case that is claimed, and the console's link."""
    channel, bob = town.discord.channel, town.discord.member("bob")
    setting = await zoe.slash("guardrails set", channel, setting="limits.per_user_day", value="40")
    await setting
    await zoe.click(setting.messages[0], "Save")
    await town.stage.until(lambda: "Saved as version" in setting.messages[0].text)
    await zoe.slash("guardrails set", channel, setting="limits.per_user_day", value="30")
    await (await zoe.slash("guardrails ban", channel, member=bob, reason="a zqzeta"))
    await (await zoe.slash("guardrails console", channel))
    town.openai.images.queue(UnsafePicture("violence/graphic"))
    held = await town.stage.asked("a blue wall", by=town.discord.owner)
    await held.until(lambda one: "waiting for a moderator" in one.text)
    card = await town.stage.until(
        lambda: next((m for m in town.discord.messages if "Held picture" in m.text), None)
    )
    await (await zoe.click(card, "Have a look"))


async def lives_in_slack(town: Town, ada: SlackPerson) -> None:
    """A private picture that is shared, a thread, a direct message, personal settings, a refusal."""
    office, thread = town.office, "1700000001.000100"
    await ada.slash("a zqiota barn")
    private = await office.picture(ada)
    await ada.click(private, "Share")
    await office.until(lambda: [m for m in ada.sees() if m.pictures and not m.only_for])
    public = next(m for m in ada.sees() if m.pictures and not m.only_for)
    bob = town.slack.person("U000BOB00")
    await bob.click(public, "Vary")
    await office.until(lambda: [m for m in bob.sees() if m.pictures and m is not public])
    await ada.mention("a zqkappa page", thread=thread)
    await office.version(ada, 1, thread)
    await ada.mention("make it zqlambda", thread=thread)
    await office.version(ada, 2, thread)
    await ada.mention("compare", thread=thread)
    await office.seen(ada, "The versions so far")
    direct = f"D{ada.id[1:]}"
    await ada.write("a zqmunch cottage")
    await office.picture(ada, direct)
    before = len(ada.sees())
    await ada.slash("a zqforbidden zqnutmeg")
    await office.until(lambda: len(ada.sees()) > before)
    await ada.open_home()
    await office.until(lambda: "zqmunch" in str(town.slack.homes.get(ada.id)))
    opened = len(town.slack.views)
    await ada.press_home("Settings")
    await ada.fill(await office.view(opened), style="watercolor", aspect="16:9", language="en")


async def until_nothing_is_left(town: Town, traces: Traces, seconds: float = 60.0) -> dict[str, set[str]]:
    """What is still found when the janitor has had its rounds."""
    left: dict[str, set[str]] = {}
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        left = traces.left(town.places())
        if not left:
            break
        await asyncio.sleep(2)
    return left


async def test_of_somebody_who_did_everything_nothing_is_left(
    request: pytest.FixtureRequest, database_url: str, s3: S3Server, tmp_path: Path
) -> None:
    server: Any = None if database_url.startswith("sqlite") else request.getfixturevalue("postgres")
    async with town(database_url, server, s3, tmp_path) as (here, zoe):
        ada = here.slack.person("U0QZEPH31")
        shown = await lives_in_discord(here, zoe)
        await lives_in_slack(here, ada)
        traces = Traces(
            [*WORDS, NAME, str(zoe.id), str(zoe.dm.id), ada.id, f"D{ada.id[1:]}"],
            Vault(SecretStr(SECRET)),
        )
        here.openai.images.queue(Slow(6.0))
        bought = len(here.openai.image_requests)
        in_flight = await here.stage.asked("a zqtheta in flight", by=zoe)
        await here.stage.until(lambda: len(here.openai.image_requests) > bought)
        known = set().union(*traces.left(here.places()).values())
        assert {f"{trace} (plain)" for trace in ("zqalpha", "zqreference", str(zoe.id), ada.id)} <= known
        assert "zqmunch (plain)" in known

        asked = await here.stage.asked("privacy", by=zoe)
        await asked
        sure = await zoe.click(asked.messages[0], "Erase everything")
        await sure
        gone = await (await zoe.click(sure.messages[-1], "Yes, erase everything")).followup()
        await ada.press_home("Delete my data")
        await here.stage.until(lambda: "zqmunch" not in str(here.slack.homes[ada.id]))

        assert "Requests that were removed" in gone.text
        left = await until_nothing_is_left(here, traces)
        assert left == {}
        assert shown["mine"].deleted
        assert not shown["others"].deleted, "what somebody else made of it is theirs"
        assert [key for key in s3.list_keys(here.bucket) if key.startswith("i/")], "and so are its files"
        assert in_flight.original is None or in_flight.original.deleted or not in_flight.original.pictures
