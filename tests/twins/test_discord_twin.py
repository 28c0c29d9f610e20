"""The Discord twin, driven by a small real discord.py client over real sockets."""

import asyncio
import contextlib
import io
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from PIL import Image

from tests.twins.discord_twin import CallbackKind, DiscordTwin, Permission, Refused, Upload
from tests.twins.discord_twin.permissions import BOT, MEMBER


def picture(width: int = 8, height: int = 8, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, kind)
    return out.getvalue()


def attachment(data: bytes | None = None, name: str = "owl.png", alt: str = "a brass owl") -> discord.File:
    return discord.File(io.BytesIO(data or picture()), name, description=alt)


class Reroll(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"reroll:(?P<job>\w+)"):
    """A stateless button, alive after a restart."""

    def __init__(self, job: str) -> None:
        self.job = job
        super().__init__(discord.ui.Button(label="Reroll", custom_id=f"reroll:{job}"))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "Reroll":
        return cls(match["job"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(content=f"rerolled {self.job}", attachments=[attachment()])


class Bot(discord.Client):
    """`setup` adds commands to the tree; they are synced before the gateway is entered."""

    def __init__(self, setup: Callable[["Bot"], None], intents: discord.Intents) -> None:
        mentions = discord.AllowedMentions.none()
        super().__init__(
            intents=intents, allowed_mentions=mentions, guild_ready_timeout=0, chunk_guilds_at_startup=False
        )
        self.tree = app_commands.CommandTree(self)
        self.is_up = asyncio.Event()
        setup(self)

    async def on_ready(self) -> None:
        self.is_up.set()

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Reroll)
        await self.tree.sync()


@contextlib.asynccontextmanager
async def running(twin: DiscordTwin, setup: Callable[[Bot], None], **intents: bool) -> AsyncIterator[Bot]:
    with twin.library():
        bot = Bot(setup, discord.Intents(guilds=True, **intents))
        task = asyncio.create_task(bot.start(twin.token))
        try:
            ready = asyncio.create_task(asyncio.wait_for(bot.is_up.wait(), 15))
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                ready.cancel()
                await task
            await ready
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def twin() -> AsyncIterator[DiscordTwin]:
    async with DiscordTwin() as discord_twin:
        yield discord_twin
    assert discord_twin.violations == []


def refusals(twin: DiscordTwin) -> list[str]:
    """The broken rules so far, taken out of what the fixture checks."""
    found = twin.violations
    twin.hub.recorder.forgive()
    return found


def owl_command(bot: Bot) -> None:
    @bot.tree.command(description="Make a picture")
    async def imagine(interaction: discord.Interaction, prompt: str) -> None:
        await interaction.response.defer()
        view = discord.ui.View(timeout=None)
        view.add_item(Reroll("j1"))
        await interaction.edit_original_response(content=prompt, attachments=[attachment()], view=view)


async def test_a_deferred_command_ends_in_a_picture_with_buttons(twin: DiscordTwin) -> None:
    ada = twin.member("ada")
    async with running(twin, owl_command):
        interaction = await ada.slash("imagine", twin.channel, prompt="a brass owl")
        ack = await interaction.acked()
        message = await interaction

        assert ack.latency < 3
        assert message is not None
        assert message.content == "a brass owl"
        assert [message.alt_text(shown) for shown in message.pictures] == ["a brass owl"]
        assert message.labels == ["Reroll"]

        pressed = await ada.click(message, "Reroll")
        answer = await pressed.settled()

        assert answer is not None
        assert answer.content == "rerolled j1"


def answering(work: Callable[[discord.Interaction], Any]) -> Callable[[Bot], None]:
    """A bot with one command, `/go`."""

    def setup(bot: Bot) -> None:
        @bot.tree.command(description="Go")
        async def go(interaction: discord.Interaction) -> None:
            await work(interaction)

    return setup


async def defer_and_say_done(interaction: discord.Interaction) -> None:
    await interaction.response.defer()
    await interaction.edit_original_response(content="done")


class Form(discord.ui.Modal, title="Edit the picture"):
    def __init__(self) -> None:
        super().__init__()
        self.prompt: discord.ui.TextInput[Any] = discord.ui.TextInput(default="a fox", max_length=40)
        self.style: discord.ui.Select[Any] = discord.ui.Select(
            options=[discord.SelectOption(label=name) for name in ("ink", "oil")]
        )
        self.size: discord.ui.RadioGroup[Any] = discord.ui.RadioGroup(
            options=[discord.RadioGroupOption(label=name) for name in ("small", "large")]
        )
        self.extras: discord.ui.CheckboxGroup[Any] = discord.ui.CheckboxGroup(
            options=[discord.CheckboxGroupOption(label=name) for name in ("seed", "grain")], required=False
        )
        self.files: discord.ui.FileUpload[Any] = discord.ui.FileUpload(max_values=2, required=False)
        inputs = {"Prompt": self.prompt, "Style": self.style, "Size": self.size, "Extras": self.extras}
        for text, component in {**inputs, "References": self.files}.items():
            self.add_item(discord.ui.Label(text=text, component=component))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        sizes = [len(await upload.read()) for upload in self.files.values]
        values = [self.prompt.value, self.style.values, self.size.value, self.extras.values]
        await interaction.response.send_message(f"{values} {sizes}")


async def test_a_modal_takes_text_choices_and_files(twin: DiscordTwin) -> None:
    async def open_form(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    ada = twin.member()
    async with running(twin, answering(open_form)):
        opened = await ada.slash("go", twin.channel)
        assert (await opened.acked()).kind is CallbackKind.MODAL

        with pytest.raises(Refused, match="Size"):
            await ada.submit_modal(opened, Style="ink")
        with pytest.raises(Refused, match="characters"):
            await ada.submit_modal(opened, Prompt="x" * 41, Style="ink", Size="small")
        upload = Upload("ref.png", picture())
        sent = await ada.submit_modal(
            opened, Style="oil", Size="large", Extras=["grain"], References=[upload]
        )
        answer = await sent

    assert answer is not None
    assert answer.content == f"['a fox', ['oil'], 'large', ['grain']] [{len(upload.data)}]"


async def test_events_lost_on_the_way_come_again_after_a_resume(twin: DiscordTwin) -> None:
    ada = twin.member()
    async with running(twin, answering(defer_and_say_done)):
        twin.gateway.dropping = True
        interaction = await ada.slash("go", twin.channel)
        twin.gateway.dropping = False
        assert interaction.ack is None

        await twin.gateway.close_all(4000)
        answer = await interaction

    assert answer is not None
    assert answer.content == "done"
    assert len(twin.gateway.resumes) == 1
    assert len(twin.gateway.identifies) == 1


@pytest.mark.parametrize("way", ["timed out", "invalid"])
async def test_a_lost_session_is_identified_anew(twin: DiscordTwin, way: str) -> None:
    ada = twin.member()
    async with running(twin, answering(defer_and_say_done)):
        if way == "timed out":
            await twin.gateway.close_all(4009)
        else:
            await twin.gateway.invalidate()
        await twin.until_identified(2)

        assert await (await ada.slash("go", twin.channel)) is not None


async def test_a_button_of_an_old_message_works_after_a_restart(twin: DiscordTwin) -> None:
    ada, bob = twin.member("ada"), twin.member("bob")
    async with running(twin, owl_command):
        message = await (await ada.slash("imagine", twin.channel, prompt="owl")).picture()
    async with running(twin, owl_command):
        answer = await (await bob.click(message, "reroll:j1"))

    assert answer is not None
    assert answer.content == "rerolled j1"


async def test_a_client_lets_nobody_use_what_is_not_registered(twin: DiscordTwin) -> None:
    def setup(bot: Bot) -> None:
        @bot.tree.command(description="Make a picture")
        @app_commands.choices(aspect=[app_commands.Choice(name="wide", value="16:9")])
        async def imagine(
            interaction: discord.Interaction, prompt: app_commands.Range[str, 1, 20], aspect: str = "1:1"
        ) -> None:
            await interaction.response.send_message(f"{prompt} {aspect}", ephemeral=True)

        @bot.tree.command(description="For moderators")
        @app_commands.default_permissions(manage_guild=True)
        async def guardrails(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("panel", ephemeral=True)

        @bot.tree.command(description="For adults", nsfw=True)
        async def spicy(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("hot", ephemeral=True)

    ada, mod = twin.member("ada"), twin.member("mod", permissions=Permission.MANAGE_GUILD)
    cellar = twin.add_channel("cellar", nsfw=True)
    async with running(twin, setup):
        for command, options, reason in (
            ("paint", {}, "not registered"),
            ("imagine", {}, "required"),
            ("imagine", {"prompt": "owl", "size": 3}, "no option"),
            ("imagine", {"prompt": "owl", "aspect": "2:1"}, "one of"),
            ("imagine", {"prompt": "o" * 21}, "characters"),
            ("guardrails", {}, "hidden"),
            ("spicy", {}, "age-restricted"),
        ):
            with pytest.raises(Refused, match=reason):
                await ada.slash(command, twin.channel, **options)

        wide = await ada.slash("imagine", twin.channel, prompt="owl", aspect="16:9")
        assert (await wide.acked()).ephemeral
        assert wide.text == "owl 16:9"
        assert [mod.sees(message) for message in wide.messages] == [False]
        assert await (await mod.slash("guardrails", twin.channel)) is not None
        assert await (await ada.slash("spicy", cellar)) is not None


async def test_autocomplete_attachments_menus_and_selects(twin: DiscordTwin) -> None:
    class Pick(discord.ui.View):
        @discord.ui.select(options=[discord.SelectOption(label="Ink", value="ink")])
        async def pick(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
            await interaction.response.edit_message(content=f"picked {select.values[0]}", view=None)

    def setup(bot: Bot) -> None:
        async def styles(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=f"{current}tercolour", value="watercolour")]

        @bot.tree.command(description="Make a picture")
        @app_commands.autocomplete(style=styles)
        async def imagine(
            interaction: discord.Interaction, style: str, reference: discord.Attachment
        ) -> None:
            size = len(await reference.read())
            await interaction.response.send_message(f"{style} {reference.filename} {size}", view=Pick())

        @bot.tree.context_menu(name="Remix image")
        async def remix(interaction: discord.Interaction, message: discord.Message) -> None:
            data = await message.attachments[0].read()
            await interaction.response.send_message(f"{message.content} {len(data)}", ephemeral=True)

    ada, bob = twin.member("ada"), twin.member("bob")
    owl = Upload("owl.png", picture())
    async with running(twin, setup):
        typing = await ada.autocomplete("imagine", twin.channel, "style", "wa")
        await typing.acked()
        assert typing.choices == [{"name": "watercolour", "value": "watercolour"}]

        answer = await (await ada.slash("imagine", twin.channel, style="ink", reference=owl))
        assert answer is not None
        assert answer.content == f"ink owl.png {len(owl.data)}"
        with pytest.raises(Refused, match="no choice"):
            await ada.select(answer, "oil")
        await (await ada.select(answer, "Ink")).acked()
        assert answer.content == "picked ink"
        assert [revision.kind for revision in answer.history] == ["created", "edited"]

        photo = await bob.send(twin.channel, "my owl", owl)
        menu = await ada.context_menu("Remix image", photo)
        await menu.acked()
        assert menu.text == f"my owl {len(owl.data)}"


def gallery(*names: str) -> discord.ui.LayoutView:
    layout = discord.ui.LayoutView(timeout=None)
    items = [discord.MediaGalleryItem(f"attachment://{name}", description=f"alt of {name}") for name in names]
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(Reroll("j2").item)
    text: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay("**a brass owl**")
    layout.add_item(discord.ui.Container(text, discord.ui.MediaGallery(*items), row))
    return layout


async def test_components_v2_show_only_referenced_pictures(twin: DiscordTwin) -> None:
    async def work(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        files = [attachment(name="a.png", alt=""), attachment(name="b.png", alt="")]
        await interaction.edit_original_response(attachments=files, view=gallery("a.png"))

    ada = twin.member()
    async with running(twin, answering(work)):
        message = await (await ada.slash("go", twin.channel)).picture()

    assert message.uses_components_v2
    assert [shown.filename for shown in message.pictures] == ["a.png"]
    assert message.alt_text(message.pictures[0]) == "alt of a.png"
    assert "alt of a.png" in twin.transcript()
    assert "**a brass owl**" in twin.transcript()


async def failing(
    twin: DiscordTwin, edit: Callable[[discord.Interaction], Any]
) -> discord.HTTPException | Exception:
    """What the library raises for a first edit after a defer."""
    raised: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()

    async def work(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        try:
            await edit(interaction)
        except Exception as error:
            raised.set_result(error)
            await asyncio.sleep(0)

    async with running(twin, answering(work)):
        await twin.member().slash("go", twin.channel)
        return await asyncio.wait_for(raised, 20)


def twins_of_a_button() -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for label in ("one", "two"):
        view.add_item(discord.ui.Button(label=label, custom_id="same"))
    return view


@pytest.mark.parametrize(
    ("edit", "status", "code"),
    [
        (lambda i: i.edit_original_response(content="x" * 2001), 400, 50035),
        (lambda i: i.edit_original_response(content=""), 400, 50006),
        (lambda i: i.edit_original_response(view=gallery("absent.png")), 400, 50035),
        (lambda i: i.edit_original_response(content="x", view=twins_of_a_button()), 400, 50035),
        (lambda i: i.edit_original_response(embed=discord.Embed(description="x" * 4097)), 400, 50035),
        (lambda i: i.edit_original_response(attachments=[attachment(picture(kind="JPEG"))]), 400, 50035),
        (lambda i: i.edit_original_response(attachments=[attachment(alt="x" * 1025)]), 400, 50035),
    ],
    ids=["text", "empty", "reference", "custom id", "embed", "extension", "alt text"],
)
async def test_what_breaks_a_rule_is_refused_and_noted(
    twin: DiscordTwin, edit: Callable[[discord.Interaction], Any], status: int, code: int
) -> None:
    error = await failing(twin, edit)

    assert isinstance(error, discord.HTTPException)
    assert (error.status, error.code) == (status, code)
    assert refusals(twin)


async def test_a_file_over_the_limit_is_too_large(twin: DiscordTwin) -> None:
    twin.limit_uploads(100)

    error = await failing(
        twin, lambda i: i.edit_original_response(attachments=[attachment(picture(64, 64, "BMP"), "a.bmp")])
    )

    assert isinstance(error, discord.HTTPException)
    assert (error.status, error.code) == (413, 40005)


async def test_a_word_that_automod_blocks(twin: DiscordTwin) -> None:
    twin.hub.automod_words.add("forbidden")

    error = await failing(twin, lambda i: i.edit_original_response(content="a Forbidden owl"))

    assert isinstance(error, discord.HTTPException)
    assert error.code == 200000


async def test_a_dead_token_and_a_forgotten_message(twin: DiscordTwin) -> None:
    errors: list[int] = []
    step = asyncio.Event()

    async def work(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        for _ in range(2):
            await step.wait()
            step.clear()
            try:
                await interaction.edit_original_response(content="late")
            except discord.HTTPException as error:
                errors.append(error.code)
            twin.hub.pulse.beat()

    ada = twin.member()
    async with running(twin, answering(work)):
        interaction = await ada.slash("go", twin.channel)
        await interaction.until(lambda i: i.original)
        assert interaction.original is not None
        twin.forget(interaction.original)
        step.set()
        await interaction.until(lambda _: errors == [10008])
        interaction.kill_token()
        step.set()
        await interaction.until(lambda _: errors == [10008, 50027])


async def test_an_answer_after_the_deadline_is_unknown(twin: DiscordTwin) -> None:
    codes: list[int] = []

    async def work(interaction: discord.Interaction) -> None:
        try:
            await interaction.response.defer()
        except discord.HTTPException as error:
            codes.append(error.code)
            twin.hub.pulse.beat()

    ada = twin.member()
    async with running(twin, answering(work)):
        interaction = await ada.slash("go", twin.channel)
        await interaction.acked()
        stale = await twin.replay(interaction, age=4.0)
        await stale.until(lambda _: codes == [10062])

        assert stale.late
        assert stale.failed


async def test_a_lost_ack_answer_leaves_the_interaction_acknowledged(twin: DiscordTwin) -> None:
    outcome: list[Any] = []

    async def work(interaction: discord.Interaction) -> None:
        for _ in range(2):
            try:
                await interaction.response.defer()
            except discord.HTTPException as error:
                outcome.append(error.code)
            except Exception as error:
                outcome.append(type(error).__name__)
        twin.hub.pulse.beat()

    twin.faults.lose_answer("callback")
    async with running(twin, answering(work)):
        interaction = await twin.member().slash("go", twin.channel)
        await interaction.until(lambda _: len(outcome) == 2)

    assert outcome[0] in ("ServerDisconnectedError", "ClientOSError")
    assert outcome[1] == 40060
    assert interaction.thinking


async def test_an_upload_is_reset_and_then_repeated(twin: DiscordTwin) -> None:
    tries: list[str] = []

    async def work(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        for _ in range(2):
            try:
                big = attachment(picture(900, 900, "BMP"), "a.bmp")
                await interaction.edit_original_response(attachments=[big])
                tries.append("delivered")
            except Exception as error:
                tries.append(type(error).__name__)

    twin.faults.reset_upload()
    async with running(twin, answering(work)):
        interaction = await twin.member().slash("go", twin.channel)
        message = await interaction

    assert message is not None
    assert len(message.attachments) == 1
    assert tries[0] != "delivered"
    assert [call.status for call in twin.calls("webhook.edit")] == [None, 200]


async def test_throttled_and_failing_calls_are_repeated_by_the_library(twin: DiscordTwin) -> None:
    twin.faults.throttle("webhook.edit", retry_after=0.05, times=2)
    twin.faults.server_error("callback", status=502)
    async with running(twin, answering(defer_and_say_done)):
        answer = await (await twin.member().slash("go", twin.channel))

    assert answer is not None
    assert answer.content == "done"
    assert [call.status for call in twin.calls("callback")] == [502, 200]
    assert [call.status for call in twin.calls("webhook.edit")] == [429, 429, 200]
    assert twin.faults.pending == 0


async def test_rate_limit_headers_keep_the_library_inside_the_limit(twin: DiscordTwin) -> None:
    twin.hub.rate_limits.limits = {"webhook.edit": (2, 0.2), "*": (50, 1.0)}

    async def work(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        for number in range(5):
            await interaction.edit_original_response(content=f"{number}")

    async with running(twin, answering(work)):
        interaction = await twin.member().slash("go", twin.channel)
        await interaction.until(lambda i: i.original is not None and i.original.content == "4")

    assert {call.status for call in twin.calls("webhook.edit")} == {200}
    assert twin.hub.recorder.invalid_requests == 0


async def test_a_banned_address_gets_a_page(twin: DiscordTwin) -> None:
    async def banned(interaction: discord.Interaction) -> None:
        twin.faults.ban(60)
        await interaction.edit_original_response(content="x")

    error = await failing(twin, banned)

    assert isinstance(error, discord.HTTPException)
    assert error.status == 429


async def test_refused_connections_and_back_again(twin: DiscordTwin) -> None:
    async def work(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await twin.rest.stop()
        with pytest.raises(aiohttp.ClientConnectionError):
            await interaction.edit_original_response(content="x")
        await twin.rest.start()
        await interaction.edit_original_response(content="back")

    async with running(twin, answering(work)):
        answer = await (await twin.member().slash("go", twin.channel))

    assert answer is not None
    assert answer.content == "back"


async def test_the_channel_path_obeys_permissions(twin: DiscordTwin) -> None:
    closed, silent = twin.add_channel("closed"), twin.add_channel("silent")
    hermit = twin.member("hermit")
    hermit.close_dms()
    async with running(twin, owl_command) as bot:
        await twin.deny_bot(closed, Permission.VIEW_CHANNEL)
        await twin.deny_bot(silent, Permission.SEND_MESSAGES)

        async def code_of(target: discord.abc.Messageable) -> int:
            with pytest.raises(discord.HTTPException) as caught:
                await target.send("hello")
            return caught.value.code

        assert await code_of(bot.get_partial_messageable(closed.id)) == 50001
        assert await code_of(bot.get_partial_messageable(silent.id)) == 50013
        assert await code_of(bot.get_partial_messageable(1)) == 10003
        assert await code_of(await bot.fetch_user(hermit.id)) == 50007

        sent = await bot.get_partial_messageable(twin.channel.id).send("@everyone hello", file=attachment())
        message = await twin.until_message(twin.channel)
        await bot.get_partial_messageable(twin.channel.id).get_partial_message(sent.id).edit(content="bye")

    assert message.content == "bye"
    assert len(message.attachments) == 1
    assert twin.pings == []


async def test_mentions_ping_unless_they_are_locked_down(twin: DiscordTwin) -> None:
    async with running(twin, owl_command) as bot:
        channel = bot.get_partial_messageable(twin.channel.id)
        await channel.send(
            f"{twin.owner.mention} @here", allowed_mentions=discord.AllowedMentions(everyone=True)
        )

    assert twin.pings == ["everyone"]


def ephemeral_then_public(twin: DiscordTwin) -> Callable[[discord.Interaction], Any]:
    async def work(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content="only you")
        await interaction.followup.send("for all")
        await interaction.delete_original_response()

    return work


async def test_the_defer_fixes_who_sees_the_answer(twin: DiscordTwin) -> None:
    ada, bob = twin.member("ada"), twin.member("bob")
    async with running(twin, answering(ephemeral_then_public(twin))):
        interaction = await ada.slash("go", twin.channel)
        shared = await interaction.followup()
        await interaction.until(lambda i: i.original is not None and i.original.deleted)

    assert interaction.ack is not None
    assert interaction.ack.ephemeral
    assert bob.reads(twin.channel) == [shared]
    assert interaction.original is not None
    assert [revision.kind for revision in interaction.original.history] == ["created", "edited", "deleted"]


def everywhere(bot: Bot) -> None:
    @bot.tree.command(description="Go")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def go(interaction: discord.Interaction) -> None:
        owners = sorted(interaction._integration_owners)
        await interaction.response.send_message(f"{owners} {interaction.guild_id}")


async def test_user_installs_direct_messages_and_groups(twin: DiscordTwin) -> None:
    ada, eve = twin.user("ada", installs=True), twin.member("eve")
    foreign = await twin.guild("Foreign", bot=None)
    foreign.members[ada.id] = type(foreign.members[twin.owner.id])(ada.account)
    group = twin.group_dm(ada, eve)
    async with running(twin, everywhere):
        in_dm = await eve.slash("go", eve.dm)
        in_group = await ada.slash("go", group)
        abroad = await ada.slash("go", foreign.channels[0])
        foreign.everyone.permissions = MEMBER & ~Permission.USE_EXTERNAL_APPS
        hidden = await ada.slash("go", foreign.channels[0])
        with pytest.raises(Refused):
            await eve.slash("go", group)

        for interaction, said in (
            (in_dm, "[0] None"),
            (in_group, "[1] None"),
            (abroad, f"[1] {foreign.id}"),
            (hidden, f"[1] {foreign.id}"),
        ):
            await interaction.acked()
            assert interaction.text == said
        assert not abroad.ephemeral
        assert hidden.ephemeral


async def test_a_thread_and_an_archived_one(twin: DiscordTwin) -> None:
    thread = twin.add_thread("owls", twin.channel)
    async with running(twin, answering(defer_and_say_done)) as bot:
        assert await (await twin.member().slash("go", thread)) is not None
        thread.archived = True
        with pytest.raises(discord.HTTPException) as caught:
            await bot.get_partial_messageable(thread.id).send("hello")

    assert caught.value.code == 50083


async def test_the_bot_hears_of_guilds_members_and_its_two_sessions(twin: DiscordTwin) -> None:
    heard: list[str] = []

    def setup(bot: Bot) -> None:
        @bot.event
        async def on_guild_join(guild: discord.Guild) -> None:
            heard.append(guild.name)

        @bot.event
        async def on_member_join(member: discord.Member) -> None:
            heard.append(member.name)
            twin.hub.pulse.beat()

        answering(defer_and_say_done)(bot)

    twin.gateway.privileged_intents = 1 << 1
    async with running(twin, setup, members=True):
        await twin.guild("New home")
        await twin.join(twin.user("zoe"))
        await twin.hub.pulse.until(lambda: {"New home", "zoe"} == set(heard), 5, lambda: f"heard {heard}")
        async with running(twin, setup):
            interaction = await twin.member().slash("go", twin.channel)
            await twin.until_calls("callback", 2)

    assert interaction.ack is not None
    assert sorted(call.code or 0 for call in twin.calls("callback")) == [0, 40060]


async def test_automods_changes_need_the_intent_and_the_permission(twin: DiscordTwin) -> None:
    heard: list[str] = []

    def setup(bot: Bot) -> None:
        @bot.event
        async def on_automod_rule_create(rule: discord.AutoModRule) -> None:
            heard.append(rule.name)
            twin.hub.pulse.beat()

        answering(defer_and_say_done)(bot)

    rule = twin.add_keyword_rule("beetle")
    async with running(twin, setup):
        await twin.let_bot(BOT | Permission.MANAGE_GUILD)
        assert await twin.automod_told("CREATE", rule) == 0
    async with running(twin, setup, auto_moderation_configuration=True):
        await twin.let_bot(BOT)
        assert await twin.automod_told("CREATE", rule) == 0
        await twin.let_bot(BOT | Permission.MANAGE_GUILD)
        assert await twin.automod_told("CREATE", rule) == 1
        await twin.hub.pulse.until(lambda: heard == ["Blocked words"], 5, lambda: f"heard {heard}")


async def test_privileged_intents_have_to_be_enabled(twin: DiscordTwin) -> None:
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(twin, owl_command, message_content=True):
            pass


async def test_a_wrong_token_is_no_login(twin: DiscordTwin) -> None:
    twin.hub.token = "another"
    with twin.library():
        bot = Bot(owl_command, discord.Intents(guilds=True))
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")
        await bot.close()


async def test_compressed_frames(twin: DiscordTwin) -> None:
    twin.gateway.compress = True
    async with running(twin, answering(defer_and_say_done)):
        assert await (await twin.member().slash("go", twin.channel)) is not None


async def test_the_library_is_led_back_afterwards(twin: DiscordTwin) -> None:
    before = discord.http.Route.BASE
    with twin.library():
        assert twin.api_base == discord.http.Route.BASE
    assert before == discord.http.Route.BASE


async def test_a_refusal_may_replace_a_public_placeholder(twin: DiscordTwin) -> None:
    async def work(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.delete_original_response()
        await interaction.followup.send("not this one", ephemeral=True)

    ada, bob = twin.member("ada"), twin.member("bob")
    async with running(twin, answering(work)):
        interaction = await ada.slash("go", twin.channel)
        await interaction.followup()

    assert interaction.text == "not this one"
    assert bob.reads(twin.channel) == []
    assert twin.thinking == []
