"""The slash commands, with typed options and localised names."""

from typing import Any, Final

import discord
from discord import app_commands

from bot.domain.requests import ReferenceRole
from bot.domain.styles import STYLES
from bot.messages.catalogue import languages, texts_for
from bot.messages.keys import Say

ASPECTS: Final = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9")
_QUALITIES: Final = ("low", "medium", "high")
_BACKGROUNDS: Final = ("opaque", "transparent")
_MAX_PROMPT: Final = 1000

_LOCALES: Final = {
    "de": [discord.Locale.german],
    "fr": [discord.Locale.french],
    "es": [discord.Locale.spain_spanish, discord.Locale.latin_american_spanish],
    "ja": [discord.Locale.japanese],
    "en": [discord.Locale.american_english, discord.Locale.british_english],
}


class CatalogueTranslator(app_commands.Translator):
    """Descriptions and option names in every language of the catalogue. The command's own name stays /imagine."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContext[Any, Any],
    ) -> str | None:
        key = string.extras.get("key")
        language = next((name for name, tags in _LOCALES.items() if locale in tags), None)
        if key is None or language not in languages():
            return None
        return texts_for(language).say(Say(key))


def told(key: Say) -> app_commands.locale_str:
    """A localised description."""
    return app_commands.locale_str(texts_for("en").say(key), key=key.value)


def add_commands(tree: app_commands.CommandTree[Any], handler: Any) -> None:
    """Put `/imagine` and its relatives on the tree; `handler` is the client."""
    tree.add_command(_imagine(handler))
    for menu in _context_menus(handler):
        tree.add_command(menu)


def _imagine(handler: Any) -> app_commands.Command[Any, Any, Any]:
    @app_commands.describe(
        prompt=told(Say.OPTION_PROMPT),
        aspect=told(Say.OPTION_ASPECT),
        count=told(Say.OPTION_COUNT),
        quality=told(Say.OPTION_QUALITY),
        style=told(Say.OPTION_STYLE),
        background=told(Say.OPTION_BACKGROUND),
        model=told(Say.OPTION_MODEL),
        seed=told(Say.OPTION_SEED),
        reference=told(Say.OPTION_REFERENCE),
        reference_role=told(Say.OPTION_ROLE),
        reference2=told(Say.OPTION_REFERENCE),
        reference3=told(Say.OPTION_REFERENCE),
        reference4=told(Say.OPTION_REFERENCE),
    )
    @app_commands.choices(
        quality=[app_commands.Choice(name=value, value=value) for value in _QUALITIES],
        background=[app_commands.Choice(name=value, value=value) for value in _BACKGROUNDS],
        style=[app_commands.Choice(name=value, value=value) for value in STYLES],
        reference_role=[app_commands.Choice(name=role.value, value=role.value) for role in ReferenceRole],
    )
    @app_commands.autocomplete(aspect=_aspects, model=handler.complete_model)
    async def imagine(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, _MAX_PROMPT],
        aspect: str | None = None,
        count: app_commands.Range[int, 1, 4] | None = None,
        quality: str | None = None,
        style: str | None = None,
        background: str | None = None,
        model: str | None = None,
        seed: app_commands.Range[int, 0, 4294967295] | None = None,
        reference: discord.Attachment | None = None,
        reference_role: str | None = None,
        reference2: discord.Attachment | None = None,
        reference3: discord.Attachment | None = None,
        reference4: discord.Attachment | None = None,
    ) -> None:
        typed = {
            "aspect": aspect,
            "count": count,
            "quality": quality,
            "style": style,
            "background": background,
            "model": model,
            "seed": seed,
        }
        files = [file for file in (reference, reference2, reference3, reference4) if file is not None]
        await handler.on_imagine(interaction, prompt, typed, files, reference_role)

    command: app_commands.Command[Any, Any, Any] = app_commands.Command(
        name="imagine", description=told(Say.COMMAND_IMAGINE), callback=imagine
    )
    command.allowed_installs = app_commands.AppInstallationType(guild=True, user=True)
    command.allowed_contexts = app_commands.AppCommandContext(
        guild=True, dm_channel=True, private_channel=True
    )
    return command


def _context_menus(handler: Any) -> list[app_commands.ContextMenu]:
    async def remix(interaction: discord.Interaction, message: discord.Message) -> None:
        await handler.on_remix(interaction, message)

    menu = app_commands.ContextMenu(
        name=app_commands.locale_str(texts_for("en").say(Say.MENU_REMIX), key=Say.MENU_REMIX.value),
        callback=remix,
    )
    menu.allowed_installs = app_commands.AppInstallationType(guild=True, user=True)
    return [menu]


async def _aspects(_interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    """From memory, and whatever was typed if it is a ratio."""
    typed = [current] if current and current not in ASPECTS else []
    matching = [aspect for aspect in ASPECTS if current in aspect]
    return [app_commands.Choice(name=value, value=value) for value in [*matching, *typed]][:25]
