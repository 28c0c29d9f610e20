"""`POST /webhooks/openai`: a provider's notice suspends the person it is about, in every community."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.web.bodies import body_within

log = structlog.get_logger(__name__)

PATH: Final = "/webhooks/openai"
_MAX_BODY: Final = 64 * 1024
_IDENTIFIER: Final = re.compile(r"[0-9a-f]{64}")


class SafetyEvents(Protocol):
    async def read(self, payload: bytes, headers: Mapping[str, str]) -> tuple[str, str] | None: ...


Suspend = Callable[[str, str], Awaitable[None]]
"""Suspends the person behind a safety identifier; the second argument is the kind of notice."""


@dataclass(frozen=True, slots=True)
class SafetyWebhook:
    """Answers 200 once the suspension is stored, 400 to what is not signed, 503 so that the sender comes again."""

    events: SafetyEvents
    suspend: Suspend
    alert: Callable[[str, str], None]

    def route(self) -> Route:
        return Route(PATH, self.handle, methods=["POST"])

    async def handle(self, request: Request) -> Response:
        body = await body_within(request, _MAX_BODY)
        if body is None:
            return PlainTextResponse("too large\n", status_code=413)
        try:
            notice = await self.events.read(body, request.headers)
        except ValueError as problem:
            log.warning("safety_notice_refused", problem=str(problem))
            return PlainTextResponse("not accepted\n", status_code=400)
        except ConnectionError:
            return PlainTextResponse("later\n", status_code=503)
        if notice is None:
            return PlainTextResponse("ignored\n")
        identifier, kind = notice
        self.alert("safety", f"a provider has sent a notice about a person: {kind}")
        if _IDENTIFIER.fullmatch(identifier):
            await self.suspend(identifier, kind)
        return PlainTextResponse("ok\n")
