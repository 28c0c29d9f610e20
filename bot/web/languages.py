"""The language of a visitor whom no chat has introduced."""

from typing import Final

from starlette.requests import Request

from bot.messages.catalogue import languages

_NONE_NAMED: Final = "en"


def language_of(request: Request) -> str:
    """The first tag of Accept-Language that the catalogues have, such as "de-AT"; the first of all where they have none."""
    tags = [part.split(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    known = languages()
    return next((tag for tag in tags if tag.lower().split("-")[0] in known), tags[0]) or _NONE_NAMED
