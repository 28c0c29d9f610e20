"""The two pages that need no script: the door, and the end of a session. And the static files."""

import html
from pathlib import Path
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.messages.console import console_words
from bot.web.console.gate import HEADERS, PATH

STATIC: Final = Path(__file__).parent / "static"

_PAGE: Final = """<!doctype html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{title}</title>
  <link rel="icon" href="{path}/static/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/look/palette.css">
  <link rel="stylesheet" href="{path}/static/console.css">
</head>
<body class="door"><main><h1>{title}</h1><p>{text}</p>{form}</main></body>
</html>
"""

_FORM: Final = (
    '<form method="post" action="{path}/enter"><input type="hidden" name="link" value="{link}">'
    '<button class="button primary" autofocus>{button}</button></form>'
)


def door_page(locale: str, link: str) -> HTMLResponse:
    """A button that redeems the link."""
    language, words = console_words(locale)
    form = _FORM.format(path=PATH, link=html.escape(link), button=html.escape(words["enter_button"]))
    return _page(language, words["enter_title"], words["enter_text"], form, 200)


def over_page(locale: str, text: str, status: int) -> HTMLResponse:
    """No session: how to get one."""
    language, words = console_words(locale)
    return _page(language, words["over_title"], f"{text} {words['over_text']}".strip(), "", status)


def _page(language: str, title: str, text: str, form: str, status: int) -> HTMLResponse:
    page = _PAGE.format(
        language=language, title=html.escape(title), text=html.escape(text), form=form, path=PATH
    )
    return HTMLResponse(page, status_code=status)


class Hardened:
    """Static files with the console's headers."""

    def __init__(self, folder: Path) -> None:
        self._files: ASGIApp = StaticFiles(directory=folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self._files(scope, receive, sending)
