"""The console's routes: each one turns HTTP into a call of the moderators' desk, for the session's community only."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import parse_qs

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.images.inspect import MAX_UPLOAD
from bot.messages.console import console_words
from bot.messages.desk import DeskTexts, desk_texts
from bot.moderation.answers import No, Problem
from bot.moderation.console import SESSION_SECONDS, Session
from bot.moderation.desk import Desk
from bot.web.console import bodies, views
from bot.web.console.gate import PATH, Gate, hardened, problem
from bot.web.console.pages import STATIC, Hardened, door_page, over_page
from bot.web.languages import language_of

_DAYS: Final = 30
_MAX_FORM: Final = 4096
"""Bytes of the door's form, which anybody may send."""
_STATUS: Final = {
    No.NOT_A_MODERATOR: 403,
    No.UNKNOWN_CASE: 404,
    No.UNKNOWN_VERSION: 404,
    No.CHANGED_MEANWHILE: 409,
    No.CLAIMED: 409,
    No.CLOSED: 409,
    No.UNKNOWN_PICTURE: 404,
    No.PICTURE_GONE: 404,
}

Change = Callable[[Session, Any], Awaitable[Any]]
Show = Callable[[Any, DeskTexts], Any]


def console_routes(desk: Desk, base_url: str) -> Sequence[BaseRoute]:
    """Everything under /console."""
    return ConsoleApi(desk, Gate(desk, base_url)).routes()


class ConsoleApi:
    """Handlers of the page, its door and its API."""

    def __init__(self, desk: Desk, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate

    def routes(self) -> Sequence[BaseRoute]:
        desk = self._desk
        reads: dict[str, Callable[[Request, Session], Awaitable[Response]]] = {
            "state": self._state,
            "overview": self._overview,
            "rules": self._reading(lambda who: desk.show(who), views.rules_json),
            "queue": self._reading(lambda who: desk.queue(who), _each(views.case_json)),
            "decisions": self._reading(lambda who: desk.decisions(who, 50), _each(_plain(views.judged_json))),
            "suspensions": self._reading(
                lambda who: desk.suspensions(who), _each(_plain(views.suspension_json))
            ),
            "history": self._reading(lambda who: desk.history(who, 50), _each(views.version_json)),
            "audit": self._audit,
            "export": self._export,
            "people/{user_id}": self._person,
            "cases/{case_id}/pictures/{place}": self._picture,
        }
        return [
            Route(f"{PATH}/enter", self._door, methods=["GET"]),
            Route(f"{PATH}/enter", self._enter, methods=["POST"]),
            Route(PATH, self._page, methods=["GET"]),
            *(Route(f"{PATH}/api/{path}", self._gate.guarded(handler)) for path, handler in reads.items()),
            *(
                Route(f"{PATH}/api/{path}", self._gate.guarded(handler), methods=["POST"])
                for path, handler in self._changes().items()
            ),
            Mount(f"{PATH}/static", Hardened(STATIC)),
        ]

    def _changes(self) -> dict[str, Callable[[Request, Session], Awaitable[Response]]]:
        desk = self._desk

        async def change(session: Session, body: bodies.EditsBody) -> Any:
            return await desk.change(session.actor, [one.edit() for one in body.edits], seen=body.seen)

        async def replay(session: Session, body: bodies.EditsBody) -> Any:
            return await desk.what_would_change(session.actor, [one.edit() for one in body.edits])

        async def preset(session: Session, body: bodies.PresetBody) -> Any:
            return await desk.choose_preset(session.actor, body.preset)

        async def undo(session: Session, body: bodies.UndoBody) -> Any:
            return await desk.undo(session.actor, body.version)

        async def bring(session: Session, body: bodies.ImportBody) -> Any:
            return await desk.import_file(session.actor, body.text)

        async def test(session: Session, body: bodies.TestBody) -> Any:
            return await desk.test(session.actor, body.words, [one.edit() for one in body.edits])

        async def suspend(session: Session, body: bodies.PersonBody) -> Any:
            return await desk.suspend(session.actor, bodies.bare(body.user_id), body.hours, body.reason)

        async def lift(session: Session, body: bodies.PersonBody) -> Any:
            return await desk.lift(session.actor, body.user_id)

        return {
            "change": self._changing(bodies.EditsBody, change, views.changed_json),
            "replay": self._changing(bodies.EditsBody, replay, views.replay_json),
            "preset": self._changing(bodies.PresetBody, preset, views.changed_json),
            "undo": self._changing(bodies.UndoBody, undo, views.changed_json),
            "import": self._changing(bodies.ImportBody, bring, views.changed_json),
            "test": self._changing(bodies.TestBody, test, _plain(views.dry_run_json)),
            "suspend": self._changing(bodies.PersonBody, suspend, _plain(views.standing_json)),
            "lift": self._changing(bodies.PersonBody, lift, _plain(views.standing_json)),
            "cases/{case_id}/claim": self._claim,
            "cases/{case_id}/rule": self._rule,
            "verify": self._verify,
            "verify-file": self._verify_file,
            "leave": self._leave,
        }

    async def _door(self, request: Request) -> Response:
        """A button, not the session yet: preview robots open links too."""
        return hardened(door_page(language_of(request), request.query_params.get("link", "")))

    async def _enter(self, request: Request) -> Response:
        if not self._gate.same_origin(request):
            return hardened(problem(403, "wrong_origin"))
        entered = await self._desk.enter(_link_in(await bodies.received(request, _MAX_FORM) or b""))
        if isinstance(entered, Problem):
            language = language_of(request)
            return hardened(over_page(language, desk_texts(language).no(entered.no), 410))
        area = f"#{entered.area}" if entered.area else ""
        response = RedirectResponse(f"{PATH}{area}", status_code=303)
        self._gate.let_in(response, entered, int(SESSION_SECONDS))
        return hardened(response)

    async def _page(self, request: Request) -> Response:
        if await self._gate.session(request) is None:
            return hardened(over_page(language_of(request), "", 401))
        html = await asyncio.to_thread((STATIC / "index.html").read_text, "utf-8")
        return hardened(Response(html, media_type="text/html"))

    async def _state(self, request: Request, session: Session) -> Response:
        """Who is here, the token for changes, and every word of the page."""
        locale = session.actor.locale or language_of(request)
        language, words = console_words(locale)
        texts = desk_texts(locale)
        names = ("area", "setting", "preset", "decision", "layer", "says", "case", "ruling", "reason")
        return JSONResponse(
            {
                "name": session.actor.display_name or session.actor.user_id,
                "community": _community(session.actor.tenant),
                "user_id": session.actor.user_id,
                "csrf": session.csrf,
                "expires_at": session.expires_at,
                "presets": list(self._desk.presets()),
                "sends_files": self._desk.sends_files,
                "language": language,
                "words": words,
                "names": {name: texts.tables[name] for name in names},
            }
        )

    async def _overview(self, _request: Request, session: Session) -> Response:
        days, budgets = await asyncio.gather(
            self._desk.days(session.actor, _DAYS), self._desk.budget(session.actor)
        )
        if isinstance(days, Problem):
            return _no(days, session)
        if isinstance(budgets, Problem):
            return _no(budgets, session)
        return JSONResponse(
            {
                "days": [views.day_json(day) for day in days],
                "budgets": [views.budget_json(budget) for budget in budgets],
            }
        )

    async def _audit(self, request: Request, session: Session) -> Response:
        text = request.query_params.get("before", "")
        before = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
        page, whole = await asyncio.gather(
            self._desk.audit_page(session.actor, before), self._desk.audit_is_whole(session.actor)
        )
        if isinstance(page, Problem):
            return _no(page, session)
        return JSONResponse({"entries": [views.audit_json(entry) for entry in page], "whole": whole is True})

    async def _export(self, _request: Request, session: Session) -> Response:
        text = await self._desk.export_file(session.actor)
        if isinstance(text, Problem):
            return _no(text, session)
        headers = {"Content-Disposition": 'attachment; filename="guardrails.toml"'}
        return PlainTextResponse(text, media_type="application/toml", headers=headers)

    async def _person(self, request: Request, session: Session) -> Response:
        standing = await self._desk.standing(session.actor, bodies.bare(request.path_params["user_id"])[:100])
        return _answer(standing, _plain(views.standing_json), session)

    async def _claim(self, request: Request, session: Session) -> Response:
        claimed = await self._desk.claim(session.actor, request.path_params["case_id"])
        return _answer(claimed, views.case_json, session)

    async def _picture(self, request: Request, session: Session) -> Response:
        """A copy of a held picture; only for who has claimed the case."""
        copies = await self._desk.held_pictures(session.actor, request.path_params["case_id"])
        if isinstance(copies, Problem):
            return _no(copies, session)
        places = {str(place): copy for place, copy in enumerate(copies)}
        copy = places.get(request.path_params["place"])
        if copy is None:
            return problem(404, No.PICTURE_GONE.value)
        return Response(copy, media_type="image/jpeg")

    async def _rule(self, request: Request, session: Session) -> Response:
        body = await bodies.read(request, bodies.RulingBody)
        if body is None:
            return problem(422, "bad_request")
        ruled = await self._desk.rule(session.actor, request.path_params["case_id"], body.ruling, body.phrase)
        return _answer(ruled, lambda done, _texts: {"told": done.told}, session)

    async def _verify(self, request: Request, session: Session) -> Response:
        body = await bodies.read(request, bodies.VerifyBody)
        if body is None:
            return problem(422, "bad_request")
        found = await self._desk.verify(session.actor, body.text)
        return _answer(found, views.verified_json, session)

    async def _verify_file(self, request: Request, session: Session) -> Response:
        data = await bodies.received(request, MAX_UPLOAD)
        found = await self._desk.verify_file(session.actor, data or b"")
        return _answer(found, lambda one, texts: views.verified_json([one], texts), session)

    async def _leave(self, _request: Request, session: Session) -> Response:
        await self._desk.leave(session.secret)
        response = Response(status_code=204)
        self._gate.let_out(response)
        return response

    def _reading(
        self, ask: Callable[[Any], Awaitable[Any]], show: Show
    ) -> Callable[[Request, Session], Awaitable[Response]]:
        async def handler(_request: Request, session: Session) -> Response:
            return _answer(await ask(session.actor), show, session)

        return handler

    def _changing(
        self, model: type[BaseModel], change: Change, show: Show
    ) -> Callable[[Request, Session], Awaitable[Response]]:
        async def handler(request: Request, session: Session) -> Response:
            body = await bodies.read(request, model)
            if body is None:
                return problem(422, "bad_request")
            return _answer(await change(session, body), show, session)

        return handler


def _link_in(form: bytes) -> str:
    """The one field of the door's form; "" if it is another form."""
    try:
        fields = parse_qs(form.decode("ascii", "replace"), max_num_fields=4)
    except ValueError:
        return ""
    return fields.get("link", [""])[0]


def _answer(value: Any, show: Show, session: Session) -> Response:
    """A no, or the value as the page shows it in the moderator's language."""
    if isinstance(value, Problem):
        return _no(value, session)
    return JSONResponse(show(value, desk_texts(session.actor.locale)))


def _no(refusal: Problem, session: Session) -> Response:
    message = desk_texts(session.actor.locale).no(refusal.no, **dict(refusal.params))
    return problem(_STATUS.get(refusal.no, 422), refusal.no.value, message)


def _each(show: Show) -> Show:
    return lambda values, texts: [show(value, texts) for value in values]


def _plain(show: Callable[[Any], Any]) -> Show:
    """What has no words of ours in it."""
    return lambda value, _texts: show(value)


def _community(tenant: str) -> str:
    """What a session is for, as short as it can be told: "Discord 575352681025765377"."""
    platform, _, number = tenant.partition(":")
    return f"{platform.capitalize()} {number}".strip()
