"""Calls of Slack's Web API, with its refusals as values of one exception."""

from collections.abc import Awaitable
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError

LOST: Final = (aiohttp.ClientError, OSError, TimeoutError)
"""No answer: whether Slack did it is not known."""
PASSING: Final = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "service_unavailable", "fatal_error", "request_timeout"}
)
"""Refusals that say nothing about the next call."""
USED_UP: Final = "response_url_used_up"


class Refusal(Exception):
    """Slack did not take the message; `code` is its error."""

    def __init__(self, code: str, details: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about_image = code == "invalid_blocks" and (
            not details or "image" in details or "slack_file" in details or "slack file" in details
        )

    @property
    def passing(self) -> bool:
        """It says nothing about the next call: `PASSING`, or the bare status of a 5xx."""
        return self.code in PASSING or (self.code.isdecimal() and self.code.startswith("5"))


async def api(request: Awaitable[Any]) -> Any:
    """A Web API call with Slack's refusals as `Refusal`."""
    try:
        return await request
    except SlackApiError as error:
        answer = error.response
        details = " ".join(map(str, answer.get("errors") or ()))
        messages = (answer.get("response_metadata") or {}).get("messages") or ()
        raise Refusal(str(answer.get("error", "unknown")), details + " ".join(map(str, messages))) from None
