"""What all pages share: their look, and the page for an address that leads nowhere."""

import html
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.messages.catalogue import texts_for
from bot.messages.keys import Say

_STATIC: Final = Path(__file__).parent / "static"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept, Accept-Language",
}

_PAGE: Final = """<!doctype html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{title}</title>
  <link rel="stylesheet" href="/look/palette.css">
  <link rel="stylesheet" href="/look/lost.css">
</head>
<body><main>
  <svg viewBox="0 0 64 64" aria-hidden="true">
    <path class="owl-body" d="M12 8c7 1 11 5 20 5s13-4 20-5c2 6 3 13 3 21 0 17-9 27-23 27S9 46 9 29c0-8 1-15 3-21z"/>
    <circle class="owl-eye" cx="22" cy="28" r="10.5"/><circle class="owl-eye" cx="42" cy="28" r="10.5"/>
    <path class="owl-lid" d="M11.5 28a10.5 10.5 0 0 1 21 0zM31.5 28a10.5 10.5 0 0 1 21 0z"/>
    <path class="owl-beak" d="m32 33 4.5 6.5L32 45l-4.5-5.5z"/>
  </svg>
  <h1>{title}</h1><p>{text}</p><p><a href="/">{link}</a></p>
</main></body>
</html>
"""


def look() -> BaseRoute:
    """Colours and type that all pages share."""
    return Mount("/look", StaticFiles(directory=_STATIC))


async def lost(request: Request, _problem: Exception) -> Response:
    """404: a page for people, a line for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse("Not Found", status_code=404)
    texts = texts_for(request.headers.get("accept-language", "en").split(",")[0].split(";")[0].strip())
    page = _PAGE.format(
        language=texts.language,
        title=html.escape(texts.say(Say.LOST_TITLE)),
        text=html.escape(texts.say(Say.LOST_TEXT)),
        link=html.escape(texts.say(Say.LOST_LINK)),
    )
    return HTMLResponse(page, status_code=404, headers=_HEADERS)
