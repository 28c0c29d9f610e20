"""The playground's JSON API: imagine, jobs, events, actions."""

import asyncio
import base64
import uuid
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from adapters.playground.bodies import ActionBody, BadRequest, CommandBody, ImagineBody, read
from adapters.playground.faults import FaultApi
from adapters.playground.pressed import child_of_press, noted
from adapters.playground.previews import Previews
from adapters.playground.returned import until_told, waiting_json, wish
from adapters.playground.security import Gate
from adapters.playground.stream import kept_alive
from bot.adapter_api import AdapterContext
from bot.domain.errors import StorageError
from bot.domain.jobs import Job, JobState
from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.requests import Action, JobId, Requester
from bot.domain.styles import LOOKS
from bot.guardrails.subcommands import Help, Privacy, Show, read_subcommand
from bot.guardrails.text import MAX_GRAPHEMES
from bot.messages.catalogue import Texts, texts_for
from bot.messages.desk import desk_texts
from bot.messages.job_view import job_json
from bot.messages.keys import Say
from bot.messages.page import page_words
from bot.moderation.answers import No, Problem
from bot.pipeline.children import Press
from bot.pipeline.studio import Ask
from bot.ports import Progress
from bot.web.languages import language_of

log = structlog.get_logger(__name__)

_LIFETIME: Final = 3600.0
_LONGEST: Final = 20_000
"""Characters of a prompt that are looked at at all; flags count among them."""
_EVENTS: Final = "text/event-stream"
TENANT: Final = "playground"
STATIC: Final = Path(__file__).parent / "static"


class PlaygroundApi:
    """Handlers; each one turns HTTP into a call of the studio and back.

    Attributes:
        draining: Nothing new is taken.
        leaving: Set when nothing more will be told either: event streams end.
    """

    def __init__(self, context: AdapterContext) -> None:
        self._context = context
        self._studio = context.studio
        self._faults = FaultApi(context.switches)
        self.previews = Previews(context.policies)
        self.draining = False
        self.leaving = asyncio.Event()

    def routes(self, gate: Gate) -> list[BaseRoute]:
        async def page(_request: Request) -> Response:
            return FileResponse(STATIC / "index.html")

        table: Sequence[tuple[str, str, Any]] = (
            ("POST", "/api/imagine", self._imagine),
            ("GET", "/api/jobs/{job_id}", self._job),
            ("GET", "/api/jobs/{job_id}/events", self._events),
            ("POST", "/api/jobs/{job_id}/actions", self._action),
            ("GET", "/api/jobs/{job_id}/as/{platform}", self._as),
            ("POST", "/api/commands", self._command),
            ("POST", "/api/console", self._console),
            ("GET", "/api/faults", self._faults.list),
            ("PUT", "/api/faults/{fault}", self._faults.turn),
        )
        api: list[BaseRoute] = [
            Route(path, gate.protect_api(_Endpoint(handler)), methods=[method])
            for method, path, handler in table
        ]
        return [
            Route("/", gate.protect(_Endpoint(page)), methods=["GET"]),
            Route("/words", gate.protect(_Endpoint(_page_words)), methods=["GET"]),
            *api,
        ]

    async def _imagine(self, request: Request) -> Response:
        body = await read(request, ImagineBody)
        if self.draining:
            raise BadRequest(
                "stopping", "The studio is restarting. Please try again in a moment.", status=503
            )
        requester = _requester(request, body.user)
        if len(body.prompt) > _LONGEST:
            too_long = Refused(
                RefusalReason.TOO_LONG, DecidedBy.GUARD, params=(("limit", str(MAX_GRAPHEMES)),)
            )
            raise BadRequest(too_long.reason.value, _texts(request).refusal(too_long))
        ask = Ask(
            key=f"playground:{requester.user_id}:{body.id or _fresh()}",
            requester=requester,
            text=body.prompt,
            typed={name: value for name, value in body.options.items() if value not in (None, "", "auto")},
            lifetime=_LIFETIME,
        )
        return await self._start(await self._studio.submit(ask), request, ask.typed)

    async def _start(
        self,
        accepted: Any,
        request: Request,
        typed: Collection[str] = (),
        message: Mapping[str, Any] | None = None,
    ) -> Response:
        texts = _texts(request)
        if isinstance(accepted, Refused):
            option = dict(accepted.params).get("option", "")
            field = option if option in typed else "prompt"  # a flag is corrected where it was typed
            raise BadRequest(accepted.reason.value, texts.refusal(accepted), field)
        await self._studio.begin(accepted.job.job_id, {}, message)
        return JSONResponse({"job_id": accepted.job.job_id}, status_code=202)

    async def _job(self, request: Request) -> Response:
        job = await self._found(request)
        return JSONResponse(await self._view(job, _texts(request)))

    async def _as(self, request: Request) -> Response:
        """The job as the message of another chat; 404 once it is deleted, as the message then is too."""
        job = await self._found(request)
        message = None
        if job.state is not JobState.DELETED:
            message = await self.previews.message(job, request.path_params["platform"])
        if message is None:
            raise BadRequest("no_message", "There is no such message.", "platform", status=404)
        return JSONResponse({"body": message.body, "files": message.files, "private": message.private})

    async def _events(self, request: Request) -> Response:
        job = await self._found(request)
        if request.method == "HEAD":  # would otherwise take as long as the job
            return Response(media_type=_EVENTS)
        stream = kept_alive(self._follow(job.job_id, _texts(request)), self.leaving)
        return StreamingResponse(stream, media_type=_EVENTS, headers={"X-Accel-Buffering": "no"})

    async def _follow(self, job_id: JobId, texts: Texts) -> AsyncIterator[Mapping[str, Any]]:
        try:
            async for job, progress in self._studio.watch(job_id):
                yield {**await self._view(job, texts), **_live(job, progress, texts)}
            async for job in until_told(self._studio.parts, job_id):
                yield await self._view(job, texts)
        except StorageError as fault:
            # The page asks again, as after every stream that ends before its job.
            log.warning("playground_events_cut", job_id=job_id, problem=fault.problem)

    async def _action(self, request: Request) -> Response:
        body = await read(request, ActionBody)
        texts, requester = _texts(request), _requester(request, body.user)
        job_id = JobId(request.path_params["job_id"])
        if body.action is Action.DELETE:
            return self._done(await self._delete(job_id, requester), texts)
        if body.action is Action.CANCEL:
            return self._done(await self._studio.cancel(job_id, requester), texts)
        if body.action in {Action.REPORT, Action.APPEAL}:
            reported = await self._studio.report(job_id, requester, body.instruction or "")
            return self._done(reported if isinstance(reported, Refused) else reported.job, texts)
        if body.action is Action.NOTIFY:
            return self._done(await wish(self._studio.parts, job_id, requester), texts)
        if not body.action.makes_a_picture:
            raise BadRequest("bad_action", "This action is not for the playground.", "action")
        if body.action in {Action.EDIT, Action.REWORD} and not (body.instruction or "").strip():
            raise BadRequest("instruction_needed", texts.say(Say.EDIT_LABEL), "instruction")
        jobs = self._studio.parts.jobs
        if made := await child_of_press(jobs, job_id, body.action, body.index, body.id):
            return self._done(made, texts)
        press = Press(
            key=f"playground:{body.id or _fresh()}",
            requester=requester,
            job_id=job_id,
            action=body.action,
            index=body.index,
            text=(body.instruction or "").strip(),
            lifetime=_LIFETIME,
        )
        return await self._start(await self._studio.press(press), request, message=noted(body.id))

    async def _delete(self, job_id: JobId, requester: Requester) -> Job | Refused:
        """Once is enough: whoever asks again, since the answer was lost or from another tab, is told the same."""
        deleted = await self._studio.delete(job_id, requester)
        if isinstance(deleted, Refused):
            job = await self._studio.parts.jobs.get(job_id)
            if job is not None and job.state is JobState.DELETED and job.request.requester.tenant == TENANT:
                return job
        return deleted

    async def _command(self, request: Request) -> Response:
        """What `/imagine help`, `privacy` and `show <id>` do in chat; 422 for words of a picture."""
        body = await read(request, CommandBody)
        texts = _texts(request)
        match read_subcommand(body.text):
            case Help():
                return JSONResponse({"text": texts.say(Say.HELP)})
            case Privacy():
                return JSONResponse({"text": texts.say(Say.PRIVACY)})
            case Show(job_id):
                job = await self._studio.find(job_id, _requester(request, None))
                told = {"text": texts.refusal(job)} if isinstance(job, Refused) else {"job_id": job.job_id}
                return JSONResponse(told)
            case None:
                raise BadRequest("not_a_command", "These are words for a picture.", "text")

    async def _console(self, request: Request) -> Response:
        """A one-time link to the moderators' console, as /guardrails hands one out in chat."""
        texts = _texts(request)
        desk = self._context.desk
        link = await desk.link(_requester(request, None)) if desk else Problem(No.NOT_A_MODERATOR)
        if isinstance(link, Problem):
            raise BadRequest(link.no.value, desk_texts(texts.language).no(link.no), status=403)
        return JSONResponse({"url": link.url, "expires_at": link.expires_at})

    def _done(self, result: Job | Refused, texts: Texts) -> Response:
        if isinstance(result, Refused):
            status = 404 if result.reason == "unknown_job" else 403
            raise BadRequest(result.reason.value, texts.refusal(result), status=status)
        return JSONResponse({"job_id": result.job_id}, status_code=202)

    async def _found(self, request: Request) -> Job:
        """A job of the playground, deleted ones included: the page shows that they are gone."""
        job = await self._studio.parts.jobs.get(JobId(request.path_params["job_id"]))
        if job is None or job.request.requester.tenant != TENANT:
            raise BadRequest("unknown_job", "There is no such picture.", "job_id", status=404)
        return job

    async def _view(self, job: Job, texts: Texts) -> Mapping[str, Any]:
        created = datetime.fromtimestamp(job.created_at, UTC).isoformat()
        waits = await waiting_json(self._studio.parts, job, texts)
        return {**job_json(job, texts), "created_at": created, **waits}


class _Endpoint:
    """A handler as an ASGI app, with bad requests turned into their answers."""

    def __init__(self, handler: Any) -> None:
        self._handler = handler

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive, send)
        try:
            response = await self._handler(request)
        except BadRequest as problem:
            response = problem.response(page_words(_languages(request))[1])
        await response(scope, receive, send)


async def _page_words(request: Request) -> Response:
    """The page's own words in the visitor's language, of which English needs none; and the styles there are."""
    language, words = page_words(_languages(request))
    body = {"language": language, "words": words, "styles": LOOKS}
    return JSONResponse(body, headers={"Vary": "Accept-Language"})


def _live(job: Job, progress: Progress | None, texts: Texts) -> Mapping[str, Any]:
    """What the event stream adds to the job: the stage under way and a preview."""
    if progress is None or job.state.final:
        return {}
    live: dict[str, Any] = {"stage": progress.stage.value, "message": texts.stage(progress.stage)}
    if progress.preview is not None:
        data = base64.b64encode(progress.preview.data).decode()
        live["preview_url"] = f"data:{progress.preview.media_type};base64,{data}"
    return live


def _requester(request: Request, user: str | None) -> Requester:
    name = (user or "").strip() or "local"
    return Requester(
        platform="playground",
        tenant=TENANT,
        user_id=name,
        channel_id=TENANT,
        display_name=name,
        moderator=True,
        locale=language_of(request),
    )


def _languages(request: Request) -> str:
    return request.headers.get("accept-language", "en")


def _texts(request: Request) -> Texts:
    return texts_for(language_of(request))


def _fresh() -> str:
    return uuid.uuid4().hex
