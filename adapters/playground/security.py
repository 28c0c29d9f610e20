"""Who may use the playground: Host and Origin checks, the token away from loopback, and strict page headers."""

import hmac
import re
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.origins import origin_of

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_HOST: Final = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<name>[^:\[\]]+))(?::\d+)?")
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_WRONG_HOST: Final = "This address does not belong to the playground. Whoever runs it sets PUBLIC_BASE_URL to the address that people open."

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https: http:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS: Final = (
    (b"content-security-policy", PAGE_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
)


class Gate:
    """Decides on every request before the page or its API sees it.

    A page on another site can make a browser send requests to this machine; it can forge neither the Host header's
    absence of its own name nor the Origin header.
    """

    def __init__(self, base_url: str, token: str | None, *, loopback: bool) -> None:
        self._own_host = urlsplit(base_url).hostname or ""
        self._public = origin_of(base_url)
        self._token = token
        self._loopback = loopback

    def protect(self, app: ASGIApp) -> ASGIApp:
        """Page and static files: Host check and headers."""
        return _Guarded(self, app, needs_token=False)

    def protect_api(self, app: ASGIApp) -> ASGIApp:
        """The JSON API: also Origin, and the token where it is needed."""
        return _Guarded(self, app, needs_token=True)

    def refusal(self, request: HTTPConnection, method: str, *, needs_token: bool) -> JSONResponse | None:
        host = _host_of(request)
        if host not in _LOOPBACK and host != self._own_host:
            return _error(421, "wrong_host", _WRONG_HOST)
        if method not in _SAFE_METHODS and not self._same_origin(request):
            return _error(403, "wrong_origin", "Requests from other pages are not taken.")
        if needs_token and not self._may_use_api(request, host):
            return _error(401, "token_needed", "The playground needs its token here (PLAYGROUND_TOKEN).")
        return None

    def _same_origin(self, request: HTTPConnection) -> bool:
        """Ours by the address that people open, or by the Host header, which a proxy may have replaced.

        No Origin at all is a program, not a page of another site.
        """
        header = request.headers.get("origin")
        if header is None:
            return True
        origin = origin_of(header)
        return origin is not None and (origin == self._public or origin.netloc == request.headers.get("host"))

    def _may_use_api(self, request: HTTPConnection, host: str) -> bool:
        if self._loopback and host in _LOOPBACK:
            return True
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return bool(self._token) and hmac.compare_digest(given.encode(), str(self._token).encode())


def _host_of(request: HTTPConnection) -> str:
    """The name in the Host header; "" for what is none.

    Read here, since the framework puts this machine's own address in the place of a header that it cannot read, such as
    a name with a brace in it, which some browsers look up all the same. Old programs send none at all.
    """
    header = request.headers.get("host")
    if header is None:
        return request.url.hostname or ""
    found = _HOST.fullmatch(header.strip())
    return (found["v6"] or found["name"]).lower() if found else ""


class _Guarded:
    """An app behind the gate."""

    def __init__(self, gate: Gate, app: ASGIApp, *, needs_token: bool) -> None:
        self._gate = gate
        self._app = app
        self._needs_token = needs_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope.get("method", "GET")
        refusal = self._gate.refusal(HTTPConnection(scope), method, needs_token=self._needs_token)
        await (refusal or self._app)(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in _HEADERS if pair[0] not in present)]
        await send(message)

    return sending


def _error(status: int, code: str, text: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": text}}, status_code=status)
