"""Words of the console's page, by language. Names of settings, layers and reasons come from `desk`."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Final

DEFAULT: Final = "en"


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Mapping[str, str]]:
    folder = resources.files("bot.messages") / "locales_console"
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text("utf-8")) for entry in files}


def console_languages() -> tuple[str, ...]:
    return tuple(sorted(_tables()))


def own_console_words(language: str) -> Mapping[str, str]:
    """What a language has itself."""
    return _tables()[language]


def console_words(locale: str) -> tuple[str, Mapping[str, str]]:
    """The closest language and its words, by key; English for what it should lack."""
    tag = locale.replace("_", "-").lower()
    known = _tables()
    language = next((name for name in (tag, tag.split("-")[0]) if name in known), DEFAULT)
    return language, {**known[DEFAULT], **known[language]}
