"""The playground's page in other languages. English is written in the page itself and is the key."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Final

ENGLISH: Final = "en"


@lru_cache(maxsize=1)
def page_languages() -> Mapping[str, Mapping[str, str]]:
    """By language, the words for each English sentence."""
    folder = resources.files("bot.messages") / "locales_page"
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text("utf-8")) for entry in files}


def page_words(wanted: str) -> tuple[str, Mapping[str, str]]:
    """The first language of an Accept-Language header that the page has, and its words; English has none."""
    for part in wanted.split(","):
        language = part.split(";")[0].strip().lower().split("-")[0]
        if language == ENGLISH:
            break
        if language in page_languages():
            return language, page_languages()[language]
    return ENGLISH, {}
