"""What all pages share: their look, the page for an address that leads nowhere, and what a storage that is away says."""

import html
from pathlib import Path
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.messages.catalogue import Texts, texts_for
from bot.messages.keys import Say
from bot.web.languages import language_of

log = structlog.get_logger(__name__)

_STATIC: Final = Path(__file__).parent / "static"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Vary": "Accept, Accept-Language",
}

_AGAIN: Final = "30"
"""Seconds."""

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
  <h1>{title}</h1><p>{text}</p>{link}
</main></body>
</html>
"""


def look() -> BaseRoute:
    """Colours and type that all pages share. Asked for anew each time: without a word a browser may keep them for months."""
    files: ASGIApp = StaticFiles(directory=_STATIC)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})
            await send(message)

        await files(scope, receive, sending)

    return Mount("/look", served)


async def lost(request: Request, _problem: Exception) -> Response:
    """404: a page for people, a line for programs."""
    if not _for_people(request):
        return PlainTextResponse("Not Found", status_code=404, headers={"Cache-Control": "no-store"})
    texts = _texts(request)
    link = f'<p><a href="/">{html.escape(texts.say(Say.LOST_LINK))}</a></p>'
    return _page(texts, Say.LOST_TITLE, Say.LOST_TEXT, link, 404)


async def away(request: Request, fault: Exception) -> Response:
    """503, where the database or the image store does not answer: what to do, as a page or as an API's error."""
    log.warning("storage_away", method=request.method, problem=str(fault))
    texts = _texts(request)
    if _for_people(request):
        response = _page(texts, Say.AWAY_TITLE, Say.AWAY_TEXT, "", 503)
    else:
        error = {"code": "storage_away", "message": texts.say(Say.AWAY_TEXT)}
        response = JSONResponse({"error": error}, status_code=503, headers=_HEADERS)
    response.headers["Retry-After"] = _AGAIN
    return response


def _page(texts: Texts, title: Say, text: Say, link: str, status: int) -> Response:
    page = _PAGE.format(
        language=texts.language,
        title=html.escape(texts.say(title)),
        text=html.escape(texts.say(text)),
        link=link,
    )
    return HTMLResponse(page, status_code=status, headers=_HEADERS)


def _for_people(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _texts(request: Request) -> Texts:
    return texts_for(language_of(request))
