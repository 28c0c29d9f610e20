"""The slash commands, with typed options, localised names and texts."""

from typing import Any, Final

import discord
from discord import app_commands

from adapters.discord.autocomplete import aspects, styles
from bot.domain.requests import ReferenceRole
from bot.guardrails.text import MAX_GRAPHEMES
from bot.messages.catalogue import languages, texts_for
from bot.messages.desk import DeskSay, desk_languages, desk_texts
from bot.messages.keys import Say

_LOCALES: Final = {
    "de": [discord.Locale.german],
    "fr": [discord.Locale.french],
    "es": [discord.Locale.spain_spanish, discord.Locale.latin_american_spanish],
    "ja": [discord.Locale.japanese],
    "en": [discord.Locale.american_english, discord.Locale.british_english],
}

_QUALITIES: Final = {"low": Say.QUALITY_LOW, "medium": Say.QUALITY_MEDIUM, "high": Say.QUALITY_HIGH}
_BACKGROUNDS: Final = {"opaque": Say.BACKGROUND_OPAQUE, "transparent": Say.BACKGROUND_TRANSPARENT}
_ROLES: Final = {
    ReferenceRole.STYLE.value: Say.ROLE_STYLE,
    ReferenceRole.SUBJECT.value: Say.ROLE_SUBJECT,
    ReferenceRole.POSE.value: Say.ROLE_POSE,
    ReferenceRole.EDIT.value: Say.ROLE_EDIT,
    ReferenceRole.MASK.value: Say.ROLE_MASK,
}


class CatalogueTranslator(app_commands.Translator):
    """Names and descriptions in every language of the catalogue.

    The command itself is called /imagine everywhere: every help text and every neighbour's advice names it so.
    """

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContext[Any, Any],
    ) -> str | None:
        key = string.extras.get("key")
        language = next((name for name, tags in _LOCALES.items() if locale in tags), None)
        if "desk" in string.extras and language in desk_languages():
            return desk_texts(str(language)).say(DeskSay(string.extras["desk"]))
        if key is None or language not in languages():
            return None
        return texts_for(language).say(Say(key), **string.extras.get("params", {}))


def told_desk(key: DeskSay) -> app_commands.locale_str:
    """As `told`, of the moderators' sentences."""
    return app_commands.locale_str(desk_texts("en").say(key), desk=key.value)


def told(key: Say, default: str | None = None, **params: object) -> app_commands.locale_str:
    """A localised text; `default` is what Discord calls it where no language fits (English if left out)."""
    words = texts_for("en").say(key, **params) if default is None else default
    return app_commands.locale_str(words, key=key.value, params=params)


def add_commands(tree: app_commands.CommandTree[Any], handler: Any) -> None:
    """Put `/imagine` and its relatives on the tree; `handler` is the client."""
    tree.add_command(_imagine(handler))
    for menu in _context_menus(handler):
        tree.add_command(menu)


def _choices(said: dict[str, Say]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=told(key), value=value) for value, key in said.items()]


_NAMES: Final = {
    "prompt": (Say.NAME_PROMPT, Say.OPTION_PROMPT),
    "aspect": (Say.NAME_ASPECT, Say.OPTION_ASPECT),
    "count": (Say.NAME_COUNT, Say.OPTION_COUNT),
    "quality": (Say.NAME_QUALITY, Say.OPTION_QUALITY),
    "style": (Say.NAME_STYLE, Say.OPTION_STYLE),
    "background": (Say.NAME_BACKGROUND, Say.OPTION_BACKGROUND),
    "model": (Say.NAME_MODEL, Say.OPTION_MODEL),
    "seed": (Say.NAME_SEED, Say.OPTION_SEED),
}
_NUMBERS: Final = ("", "2", "3", "4")


def _names() -> dict[str, app_commands.locale_str]:
    names = {option: told(name, option) for option, (name, _) in _NAMES.items()}
    for n in _NUMBERS:
        names[f"reference{n}"] = told(Say.NAME_REFERENCE, f"reference{n}", n=n)
        names[f"reference{n}_role"] = told(Say.NAME_ROLE, f"reference{n}_role", n=n)
    return names


def _descriptions() -> dict[str, app_commands.locale_str]:
    texts = {option: told(description) for option, (_, description) in _NAMES.items()}
    for n in _NUMBERS:
        texts[f"reference{n}"] = told(Say.OPTION_REFERENCE)
        texts[f"reference{n}_role"] = told(Say.OPTION_ROLE)
    return texts


def _imagine(handler: Any) -> app_commands.Command[Any, Any, Any]:
    @app_commands.rename(**_names())
    @app_commands.describe(**_descriptions())
    @app_commands.choices(
        quality=_choices(_QUALITIES),
        background=_choices(_BACKGROUNDS),
        **{f"reference{n}_role": _choices(_ROLES) for n in _NUMBERS},
    )
    @app_commands.autocomplete(
        prompt=handler.complete_prompt, aspect=aspects, style=styles, model=handler.complete_model
    )
    async def imagine(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, MAX_GRAPHEMES],
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
        reference2_role: str | None = None,
        reference3: discord.Attachment | None = None,
        reference3_role: str | None = None,
        reference4: discord.Attachment | None = None,
        reference4_role: str | None = None,
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
        given = (
            (reference, reference_role),
            (reference2, reference2_role),
            (reference3, reference3_role),
            (reference4, reference4_role),
        )
        files = [(file, role) for file, role in given if file is not None]
        await handler.on_imagine(interaction, prompt, typed, files)

    command: app_commands.Command[Any, Any, Any] = app_commands.Command(
        name="imagine", description=told(Say.COMMAND_IMAGINE), callback=imagine
    )
    command.allowed_installs = app_commands.AppInstallationType(guild=True, user=True)
    command.allowed_contexts = app_commands.AppCommandContext(
        guild=True, dm_channel=True, private_channel=True
    )
    return command


def _context_menus(handler: Any) -> list[app_commands.ContextMenu]:
    """On any message with a picture, also where only the person has the app."""

    async def remix(interaction: discord.Interaction, message: discord.Message) -> None:
        await handler.on_remix(interaction, message)

    async def describe(interaction: discord.Interaction, message: discord.Message) -> None:
        await handler.on_describe(interaction, message)

    menus = [
        app_commands.ContextMenu(name=told(Say.MENU_REMIX), callback=remix),
        app_commands.ContextMenu(name=told(Say.MENU_DESCRIBE), callback=describe),
    ]
    for menu in menus:
        menu.allowed_installs = app_commands.AppInstallationType(guild=True, user=True)
        menu.allowed_contexts = app_commands.AppCommandContext(
            guild=True, dm_channel=True, private_channel=True
        )
    return menus
