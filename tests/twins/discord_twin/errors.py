"""Discord's error answers. Codes: "JSON Error Codes" in the developer documentation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong field of a body; `path` is dotted, `code` Discord's word for it."""

    path: str
    message: str
    code: str = "INVALID"

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class DiscordError(Exception):
    """An error answer of the API, raised inside a handler."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        problems: tuple[Problem, ...] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status}/{code} {message} {'; '.join(map(str, problems))}".rstrip())
        self.status = status
        self.code = code
        self.message = message
        self.problems = problems
        self.extra = extra or {}
        self.headers = headers or {}

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "code": self.code, **self.extra}
        if self.problems:
            body["errors"] = _tree(self.problems)
        return body


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """The content type is exactly application/json: with a charset discord.py returns text."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return web.Response(status=status, body=data, content_type="application/json", headers=headers)


def _tree(problems: tuple[Problem, ...]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for problem in problems:
        node = root
        for step in problem.path.split("."):
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    return root


def invalid_form(problems: list[Problem]) -> DiscordError:
    return DiscordError(400, 50035, "Invalid Form Body", problems=tuple(problems))


def unauthorized() -> DiscordError:
    return DiscordError(401, 0, "401: Unauthorized")


def not_found() -> DiscordError:
    return DiscordError(404, 0, "404: Not Found")


def unknown_channel() -> DiscordError:
    return DiscordError(404, 10003, "Unknown Channel")


def unknown_guild() -> DiscordError:
    return DiscordError(404, 10004, "Unknown Guild")


def unknown_member() -> DiscordError:
    return DiscordError(404, 10007, "Unknown Member")


def unknown_message() -> DiscordError:
    return DiscordError(404, 10008, "Unknown Message")


def unknown_user() -> DiscordError:
    return DiscordError(404, 10013, "Unknown User")


def unknown_webhook() -> DiscordError:
    return DiscordError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> DiscordError:
    return DiscordError(404, 10062, "Unknown interaction")


def unknown_command() -> DiscordError:
    return DiscordError(404, 10063, "Unknown application command")


def already_acknowledged() -> DiscordError:
    return DiscordError(400, 40060, "Interaction has already been acknowledged.")


def too_many_followups() -> DiscordError:
    return DiscordError(400, 40094, "This interaction has reached the maximum number of follow up messages")


def entity_too_large() -> DiscordError:
    return DiscordError(413, 40005, "Request entity too large")


def missing_access() -> DiscordError:
    return DiscordError(403, 50001, "Missing Access")


def not_the_author() -> DiscordError:
    return DiscordError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> DiscordError:
    return DiscordError(400, 50006, "Cannot send an empty message")


def closed_dms() -> DiscordError:
    return DiscordError(403, 50007, "Cannot send messages to this user")


def missing_permissions() -> DiscordError:
    return DiscordError(403, 50013, "Missing Permissions")


def invalid_webhook_token() -> DiscordError:
    return DiscordError(401, 50027, "Invalid Webhook Token")


def archived_thread() -> DiscordError:
    return DiscordError(400, 50083, "Thread is archived")


def too_many_commands(limit: int) -> DiscordError:
    return DiscordError(400, 30032, f"Maximum number of application commands reached ({limit})")


def daily_creates_exceeded() -> DiscordError:
    return DiscordError(429, 30034, "Max number of daily application command creates has been reached (200)")


def blocked_by_automod() -> DiscordError:
    return DiscordError(400, 200000, "Message was blocked by automatic moderation")


def rate_limited(retry_after: float, *, is_global: bool, scope: str) -> DiscordError:
    headers = {"Via": "1.1 google", "Retry-After": str(max(1, round(retry_after)))}
    headers["X-RateLimit-Scope"] = scope
    if is_global:
        headers["X-RateLimit-Global"] = "true"
    extra = {"retry_after": round(retry_after, 3), "global": is_global}
    return DiscordError(429, 0, "You are being rate limited.", extra=extra, headers=headers)
