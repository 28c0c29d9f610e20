"""Who may use the console: the session's cookie, the token of every change, and strict headers.

A link in chat is opened by preview robots as well, so opening it only shows a button; pressing that redeems it.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.moderation.console import Session
from bot.moderation.desk import Desk
from bot.web.origins import origin_of

COOKIE: Final = "imagine_console"
PATH: Final = "/console"
CSRF_HEADER: Final = "x-csrf-token"

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}

Handler = Callable[[Request, Session], Awaitable[Response]]


class Gate:
    """Finds the session of a request; `secure` when the plane is reached by https."""

    def __init__(self, desk: Desk, base_url: str) -> None:
        self._desk = desk
        self._public = origin_of(base_url)
        self._secure = self._public is not None and self._public.scheme == "https"

    async def session(self, request: Request) -> Session | None:
        secret = request.cookies.get(COOKIE, "")
        return await self._desk.session(secret) if secret else None

    def let_in(self, response: Response, session: Session, seconds: int) -> None:
        """Set the cookie: unreadable for scripts, never sent along from another site."""
        response.set_cookie(
            COOKIE,
            session.secret,
            max_age=seconds,
            path=PATH,
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def let_out(self, response: Response) -> None:
        response.delete_cookie(COOKIE, path=PATH, secure=self._secure, httponly=True, samesite="strict")

    def same_origin(self, request: Request) -> bool:
        """Ours by the address that people open, or by the Host header, which a proxy may have replaced.

        No Origin at all is a program, which has no cookie that it was not given.
        """
        header = request.headers.get("origin")
        if header is None:
            return True
        origin = origin_of(header)
        if origin is None:
            return False
        return origin == self._public or origin.netloc == request.headers.get("host")

    def guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """The handler with its session; 401 without one, 403 for a change without the session's token.

        A page that reads sends its token too: one that belongs to a session before this, perhaps of another community,
        must not show this one's data under its own name.
        """

        async def guard(request: Request) -> Response:
            session = await self.session(request)
            if session is None:
                return hardened(problem(401, "session_over"))
            changes = request.method not in {"GET", "HEAD"}
            token = request.headers.get(CSRF_HEADER, "")
            if changes and not self.same_origin(request):
                return hardened(problem(403, "wrong_token"))
            if (changes or token) and not session.csrf_matches(token):
                return hardened(problem(403, "wrong_token"))
            return hardened(await handler(request, session))

        return guard


def hardened(response: Response) -> Response:
    """The response with the console's headers, for no browser to keep."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def problem(status: int, code: str, message: str = "") -> JSONResponse:
    """A no of the console; `message` is for the moderator's eyes."""
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
