"""Signed requests over HTTP: the library's own handler reads a body before it knows who sent it, so this one guards it."""

from collections.abc import Callable
from typing import Any, Final

import structlog
from pydantic import BaseModel, Field
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import Response

from bot.web.bodies import body_within

log = structlog.get_logger(__name__)

_MAX_BODY: Final = 1024 * 1024
_MISSHAPEN: Final = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the library raises over a body that is no JSON, or that lacks what it takes for granted."""

_Object = dict[str, Any]


class _Payload(BaseModel):
    """What the library and the listeners look into without asking whether it is there."""

    type: str | None = None
    command: str | None = None
    view: _Object = Field(default_factory=dict)
    event: _Object = Field(default_factory=dict)
    message: _Object = Field(default_factory=dict)
    container: _Object = Field(default_factory=dict)
    actions: list[_Object] | None = Field(default=None, min_length=1)
    authorizations: list[_Object] | None = None
    team: _Object | str | None = None
    enterprise: _Object | None = None
    channel: _Object | str | None = None
    user: _Object | str | None = None
    team_id: str | None = None
    enterprise_id: str | None = None
    user_id: str | None = None


class EventsEndpoint:
    """`POST /slack/events`."""

    def __init__(self, app: AsyncApp, taking: Callable[[], bool]) -> None:
        self._app = app
        self._taking = taking

    async def handle(self, request: Request) -> Response:
        """400 for what cannot be read, 401 for a wrong signature, else what the listeners answer.

        503 once this process is about to leave: Slack then tells the person, or sends the event to another one.
        """
        if not self._taking():
            return Response(status_code=503)
        body = await body_within(request, _MAX_BODY)
        if body is None:
            return Response(status_code=413)
        try:
            asked = to_async_bolt_request(request, body)
            _Payload.model_validate(asked.body)
            return to_starlette_response(await self._app.async_dispatch(asked))
        except _MISSHAPEN as fault:
            log.warning("slack_request_misshapen", fault=type(fault).__name__)
            return Response(status_code=400)
