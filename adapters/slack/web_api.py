"""Calls of Slack's Web API, with its refusals as values of one exception."""

from collections.abc import Awaitable, Mapping
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
    """Slack did not take the message; `code` is its error, else the answer's status.

    `retry_after` is how many seconds Slack wants to be left alone, 0.0 if it does not say.
    """

    def __init__(self, code: str, details: str = "", retry_after: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.about_image = code == "invalid_blocks" and (
            not details or "image" in details or "slack_file" in details or "slack file" in details
        )

    @property
    def passing(self) -> bool:
        """It says nothing about the next call."""
        return is_passing(self.code)


async def api(request: Awaitable[Any]) -> Any:
    """A Web API call with Slack's refusals as `Refusal`."""
    try:
        return await request
    except SlackApiError as error:
        answer = _answer_of(error)
        details = " ".join(map(str, answer.get("errors") or ()))
        messages = (answer.get("response_metadata") or {}).get("messages") or ()
        raise Refusal(
            code_of(error),
            details + " ".join(map(str, messages)),
            retry_after_in(getattr(error.response, "headers", {})),
        ) from None


def code_of(error: SlackApiError) -> str:
    """Slack's error, else the status of an answer that is none of Slack's: a proxy's page or line, or half of one."""
    code = _answer_of(error).get("error")
    # The library hands on its own answer, or the HTTP client's where it could not read the body.
    status = getattr(error.response, "status_code", None) or getattr(error.response, "status", "unknown")
    return str(code or status)


def is_passing(code: str) -> bool:
    """Whether a refusal says nothing about the next call: one of `PASSING`, or the bare status of a 429 or 5xx."""
    return code in PASSING or (code.isdecimal() and (code == "429" or code.startswith("5")))


def retry_after_in(headers: Mapping[str, Any]) -> float:
    """Seconds, 0.0 where the header is missing or is none that Slack would send."""
    said = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(said) if said.isdecimal() else 0.0


def _answer_of(error: SlackApiError) -> Mapping[str, Any]:
    data = getattr(error.response, "data", None)
    return data if isinstance(data, Mapping) else {}
