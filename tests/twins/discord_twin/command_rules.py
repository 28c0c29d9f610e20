"""What commands may be registered, and what a client lets a person type."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.twins.discord_twin.errors import Problem

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER_OPTION, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)

LIMITS = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
LOCALES = frozenset(
    [
        "ar",
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en-GB",
        "en-US",
        "es-419",
        "es-ES",
        "fi",
        "fr",
        "he",
        "hi",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "ko",
        "lt",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "ru",
        "sv-SE",
        "th",
        "tr",
        "uk",
        "vi",
        "zh-CN",
        "zh-TW",
    ]
)

Command = Mapping[str, Any]


def command_problems(command: Command, path: str) -> Iterator[Problem]:
    prefix = f"{path}." if path else ""
    kind = command.get("type") or CHAT_INPUT
    yield from _texts(command, prefix, chat_input=kind == CHAT_INPUT)
    if kind == CHAT_INPUT:
        yield from _options(command.get("options") or [], f"{prefix}options", depth=0)
    else:
        if command.get("description"):
            yield Problem(f"{prefix}description", "a context menu command has no description")
        if command.get("options"):
            yield Problem(f"{prefix}options", "a context menu command has no options")
    size = _size(command)
    if size > 8000:
        yield Problem(
            f"{prefix}options", f"{size} characters, 8000 are allowed", "APPLICATION_COMMAND_TOO_LARGE"
        )


def is_command_name(name: str) -> bool:
    """Lower case letters, digits, `-`, `_` and `'` in any script, 1 to 32 characters."""
    return 1 <= len(name) <= 32 and name == name.lower() and all(map(_is_name_character, name))


def _is_name_character(character: str) -> bool:
    if character in "-_'":
        return True
    category = unicodedata.category(character)
    script = unicodedata.name(character, "").split(" ")[0]
    return category[0] in "LN" or (category[0] == "M" and script in ("DEVANAGARI", "THAI"))


def _texts(node: Command, prefix: str, *, chat_input: bool) -> Iterator[Problem]:
    names = {"name": node.get("name") or "", **_localized(node, "name")}
    for key, name in names.items():
        good = is_command_name(name) if chat_input else 1 <= len(name.strip()) <= 32
        if not good:
            yield Problem(f"{prefix}{key}", f"{name!r} is no valid name", "APPLICATION_COMMAND_INVALID_NAME")
    if chat_input:
        descriptions = {"description": node.get("description") or "", **_localized(node, "description")}
        for key, text in descriptions.items():
            if not 1 <= len(text) <= 100:
                yield Problem(f"{prefix}{key}", "Must be between 1 and 100 in length.")
    for key in ("name_localizations", "description_localizations"):
        for locale in node.get(key) or {}:
            if locale not in LOCALES:
                yield Problem(f"{prefix}{key}.{locale}", "unknown locale")


def _localized(node: Command, key: str) -> dict[str, str]:
    return {
        f"{key}_localizations.{locale}": text
        for locale, text in (node.get(f"{key}_localizations") or {}).items()
    }


def _options(options: list[Command], path: str, depth: int) -> Iterator[Problem]:
    if len(options) > 25:
        yield Problem(path, "Must be 25 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    twice = [name for name, count in Counter(option.get("name") for option in options).items() if count > 1]
    if twice:
        yield Problem(
            path, f"options {twice} appear twice", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
        )
    nested = [option for option in options if option.get("type") in (SUBCOMMAND, GROUP)]
    if nested and len(nested) != len(options):
        yield Problem(path, "subcommands and other options cannot be mixed")
    optional_seen = False
    for number, option in enumerate(options):
        where = f"{path}.{number}"
        yield from _texts(option, f"{where}.", chat_input=True)
        if option.get("required") and optional_seen:
            yield Problem(
                where, "required options come first", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            )
        optional_seen = optional_seen or not option.get("required")
        if option.get("type") in (SUBCOMMAND, GROUP):
            if depth == 2 or (option["type"] == GROUP and depth == 1):
                yield Problem(where, "nested too deeply")
            yield from _options(option.get("options") or [], f"{where}.options", depth + 1)
        else:
            yield from _choices(option, where)


def _choices(option: Command, path: str) -> Iterator[Problem]:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        yield Problem(path, "choices and autocomplete exclude each other")
    yield from choice_problems(choices, f"{path}.choices")
    if option.get("type") == STRING:
        least, most = option.get("min_length"), option.get("max_length")
        if not 0 <= (least or 0) <= 6000 or not 1 <= (6000 if most is None else most) <= 6000:
            yield Problem(path, "lengths lie between 0 and 6000")


def choice_problems(choices: list[Command], path: str) -> Iterator[Problem]:
    if len(choices) > 25:
        yield Problem(path, "Must be 25 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    for number, choice in enumerate(choices):
        if not 1 <= len(str(choice.get("name") or "")) <= 100:
            yield Problem(f"{path}.{number}.name", "Must be between 1 and 100 in length.")
        value = choice.get("value")
        if isinstance(value, str) and not 1 <= len(value) <= 100:
            yield Problem(f"{path}.{number}.value", "Must be between 1 and 100 in length.")


def _size(node: Command) -> int:
    """Names, descriptions and values; of each text the longest localisation counts."""
    size = 0
    for key in ("name", "description"):
        size += max(map(len, [node.get(key) or "", *(node.get(f"{key}_localizations") or {}).values()]))
    for choice in node.get("choices") or ():
        size += max(map(len, [choice["name"], *(choice.get("name_localizations") or {}).values()]))
        size += len(str(choice["value"]))
    return size + sum(_size(option) for option in node.get("options") or ())


class Refused(AssertionError):
    """The client does not let the person do this."""


def find_command(commands: list[Command], path: str) -> tuple[Command, list[str]]:
    """The registered command and the names below it for a text such as `imagine show`."""
    words = path.split()
    for command in commands:
        if (command.get("type") or CHAT_INPUT) == CHAT_INPUT and command["name"] == words[0]:
            return command, words[1:]
    known = sorted(command["name"] for command in commands)
    raise Refused(f"/{path} is not registered here; registered: {known}")


def typed_options(options: list[Command], given: Mapping[str, Any], focused: str | None = None) -> None:
    """Refused if a client would not send these values."""
    by_name = {option["name"]: option for option in options}
    for name in given:
        if name not in by_name:
            raise Refused(f"there is no option {name!r}; there are {sorted(by_name)}")
    for name, option in by_name.items():
        if name in given:
            if name != focused:
                _typed(option, given[name])
        elif option.get("required") and focused is None:
            raise Refused(f"option {name!r} is required")


def _typed(option: Command, value: Any) -> None:
    name, kind = option["name"], option["type"]
    expected: dict[int, type | tuple[type, ...]] = {
        STRING: str,
        INTEGER: int,
        BOOLEAN: bool,
        NUMBER: (int, float),
    }
    if kind in expected and not isinstance(value, expected[kind]):
        raise Refused(f"option {name!r} takes {expected[kind]}, not {value!r}")
    if kind == INTEGER and isinstance(value, bool):
        raise Refused(f"option {name!r} takes a number")
    choices = option.get("choices") or []
    if choices and value not in [choice["value"] for choice in choices]:
        raise Refused(f"option {name!r} takes one of {[choice['value'] for choice in choices]}")
    if kind == STRING:
        least, most = option.get("min_length") or 0, option.get("max_length") or 6000
        if not least <= len(value) <= most:
            raise Refused(f"option {name!r} takes {least} to {most} characters")
    if kind in (INTEGER, NUMBER):
        least, most = option.get("min_value"), option.get("max_value")
        if (least is not None and value < least) or (most is not None and value > most):
            raise Refused(f"option {name!r} lies between {least} and {most}")
