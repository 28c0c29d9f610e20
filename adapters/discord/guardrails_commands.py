"""`/guardrails` and its subcommands, with typed options, localised."""

from typing import Any

import discord
from discord import app_commands

from adapters.discord.commands import told_desk
from adapters.discord.connection import Connection
from adapters.discord.guardrails import answer, import_rules, verify_file
from bot.guardrails.presets import PRESETS
from bot.guardrails.rulebook import SETTINGS
from bot.guardrails.text import MAX_GRAPHEMES
from bot.messages.desk import DeskSay, desk_texts


def guardrails_group(client: Connection) -> app_commands.Group:
    """`/guardrails show | test | set | preset | history | undo | queue | budget | user | ban | unban | console | export |
    automod | verify`.

    Discord shows it to those who may manage the server; others whom moderators have named can be let in by the
    server's own command permissions.
    """
    group = app_commands.Group(
        name="guardrails",
        description=told_desk(DeskSay.COMMAND),
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
    )
    _add_rules(group, client)
    _add_people(group, client)
    return group


def _add_rules(group: app_commands.Group, client: Connection) -> None:
    say = DeskSay

    async def run(interaction: discord.Interaction, line: str) -> None:
        await answer(client, interaction, line, command=True)

    for name, said in {
        "show": say.COMMAND_SHOW,
        "history": say.COMMAND_HISTORY,
        "queue": say.COMMAND_QUEUE,
        "budget": say.COMMAND_BUDGET,
        "console": say.COMMAND_CONSOLE,
        "export": say.COMMAND_EXPORT,
        "decisions": say.BUTTON_DECISIONS,
    }.items():
        group.add_command(_plain_command(name, said, run))

    @group.command(name="automod", description=told_desk(say.COMMAND_AUTOMOD))
    async def automod(interaction: discord.Interaction) -> None:
        await import_rules(client, interaction)

    sends = client.context.desk is not None and client.context.desk.sends_files
    said = say.COMMAND_VERIFY_SENDS if sends else say.COMMAND_VERIFY

    @group.command(name="verify", description=told_desk(said))
    @app_commands.describe(picture=told_desk(say.OPTION_PICTURE), made=told_desk(say.OPTION_MADE))
    async def verify(
        interaction: discord.Interaction,
        picture: discord.Attachment | None = None,
        made: app_commands.Range[str, 1, 300] | None = None,
    ) -> None:
        if picture is not None:
            await verify_file(client, interaction, picture)
        elif made is not None:
            await run(interaction, f"verify {made}")
        else:
            await answer(client, interaction, "verify")

    @group.command(name="test", description=told_desk(say.COMMAND_TEST))
    @app_commands.describe(prompt=told_desk(say.OPTION_PROMPT))
    async def test(
        interaction: discord.Interaction, prompt: app_commands.Range[str, 1, MAX_GRAPHEMES]
    ) -> None:
        await run(interaction, f"test {prompt}")

    @group.command(name="preset", description=told_desk(say.COMMAND_PRESET))
    @app_commands.describe(preset=told_desk(say.OPTION_PRESET))
    @app_commands.choices(preset=[app_commands.Choice(name=key, value=key) for key in PRESETS])
    async def preset(interaction: discord.Interaction, preset: str) -> None:
        await run(interaction, f"preset {preset}")

    @group.command(name="undo", description=told_desk(say.COMMAND_UNDO))
    @app_commands.describe(version=told_desk(say.OPTION_VERSION))
    async def undo(
        interaction: discord.Interaction, version: app_commands.Range[int, 0, 1_000_000] | None = None
    ) -> None:
        await run(interaction, "undo" if version is None else f"undo {version}")

    @group.command(name="set", description=told_desk(say.COMMAND_SET))
    @app_commands.describe(
        setting=told_desk(say.OPTION_SETTING),
        value=told_desk(say.OPTION_VALUE),
        in_channel=told_desk(say.OPTION_CHANNEL),
        for_role=told_desk(say.OPTION_ROLE),
    )
    @app_commands.autocomplete(setting=_settings)
    async def set_one(
        interaction: discord.Interaction,
        setting: str,
        value: str,
        in_channel: discord.TextChannel | None = None,
        for_role: discord.Role | None = None,
    ) -> None:
        place = f"@role/{for_role.id}" if for_role else ""
        place = f"@channel/{in_channel.id}" if in_channel else place
        await run(interaction, f"set {setting}{place} {value}")


def _add_people(group: app_commands.Group, client: Connection) -> None:
    say = DeskSay

    async def run(interaction: discord.Interaction, line: str) -> None:
        await answer(client, interaction, line, command=True)

    @group.command(name="user", description=told_desk(say.COMMAND_USER))
    @app_commands.describe(member=told_desk(say.OPTION_USER))
    async def user(interaction: discord.Interaction, member: discord.User | None = None) -> None:
        await run(interaction, f"user {member.id}" if member else "user")

    @group.command(name="ban", description=told_desk(say.COMMAND_BAN))
    @app_commands.describe(
        member=told_desk(say.OPTION_USER),
        hours=told_desk(say.OPTION_HOURS),
        reason=told_desk(say.OPTION_REASON),
    )
    async def ban(
        interaction: discord.Interaction,
        member: discord.User,
        hours: app_commands.Range[int, 1, 87_600] | None = None,
        reason: app_commands.Range[str, 0, 150] | None = None,
    ) -> None:
        await run(interaction, f"ban {member.id} {hours or 'ever'} {reason or ''}".strip())

    @group.command(name="unban", description=told_desk(say.COMMAND_UNBAN))
    @app_commands.describe(member=told_desk(say.OPTION_USER))
    async def unban(interaction: discord.Interaction, member: discord.User) -> None:
        await run(interaction, f"unban {member.id}")


def _plain_command(name: str, said: DeskSay, run: Any) -> app_commands.Command[Any, Any, Any]:
    async def plain(interaction: discord.Interaction) -> None:
        await run(interaction, name)

    return app_commands.Command(name=name, description=told_desk(said), callback=plain)


async def _settings(_interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    texts = desk_texts(str(_interaction.locale))
    found = [
        (f"{texts.word('area', setting.area)}: {texts.word('setting', setting.key)}"[:100], setting.key)
        for setting in SETTINGS
    ]
    typed = current.lower()
    matching = [(name, key) for name, key in found if typed in name.lower() or typed in key]
    return [app_commands.Choice(name=name, value=key) for name, key in matching[:25]]
