"""What all listeners share: the core, the writer, conversations, people, and how a job is set going."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import structlog

from adapters.slack.acknowledging import in_the_ledger
from adapters.slack.background import Background
from adapters.slack.brand import Brands
from adapters.slack.delivery import Delivery
from adapters.slack.handle import RESPONSE_URL_LIFE, Handle
from adapters.slack.locales import Locales
from adapters.slack.net import ToldByTheLedger
from adapters.slack.people import People
from adapters.slack.render import Message, starting_message, text_message, turned_away_message
from adapters.slack.requester import channel_of, requester_of, tenant_of, user_of
from adapters.slack.strays import NotLooked, Strays
from adapters.slack.threads import Threads
from adapters.slack.web_api import LOST, Refusal
from adapters.slack.workspaces import NotInstalled, Workspaces
from bot.adapter_api import AdapterContext
from bot.domain.jobs import Job
from bot.domain.outcomes import DecidedBy, Failed, FailureClass, RefusalReason, Refused
from bot.domain.requests import JobId, Reference, ReferenceRole, Requester
from bot.messages.catalogue import Texts, texts_for
from bot.messages.keys import Say
from bot.observe import about_job
from bot.pipeline.studio import Ask, Studio
from bot.ports import Accepted, Duplicate

log = structlog.get_logger(__name__)

LIFETIME: Final = 25 * 60.0
"""Seconds a job may take: a response_url lives 30 minutes."""
MARK_SECONDS: Final = 24 * 3600.0
_MOST_FILES: Final = 4


@dataclass(slots=True)
class Desk:
    """Attributes: `taking` turns false once the process is about to leave."""

    context: AdapterContext
    delivery: Delivery
    workspaces: Workspaces
    threads: Threads
    people: People
    brands: Brands
    strays: Strays
    locales: Locales
    background: Background
    taking: bool = True

    @property
    def studio(self) -> Studio:
        return self.context.studio

    async def texts(self, body: Mapping[str, Any]) -> Texts:
        """In the person's chosen language, else in the one of their Slack."""
        tenant, user = tenant_of(body), user_of(body)
        usual = await self.people.usual(tenant, user)
        return texts_for(usual.language or await self.locales.of(tenant, user))

    def handle(self, body: Mapping[str, Any], *, thread: str | None = None, private: bool = True) -> Handle:
        return Handle(
            team=tenant_of(body),
            user=user_of(body),
            channel=channel_of(body),
            thread=thread,
            response_url=str(body.get("response_url") or ""),
            expires_at=self.context.clock.now() + RESPONSE_URL_LIFE,
            private=private,
        )

    async def requester(
        self, body: Mapping[str, Any], handle: Handle, texts: Texts, *, admin: bool = False
    ) -> Requester:
        """`admin` looks up whether the person is one; a request for a picture does without."""
        return requester_of(
            body,
            handle.user,
            handle.channel,
            thread=handle.thread,
            public=not handle.private,
            moderator=admin and await self.people.is_admin(handle.team, handle.user),
            locale=texts.language,
        )

    async def submit(
        self,
        key: str,
        requester: Requester,
        text: str,
        handle: Handle,
        *,
        typed: Mapping[str, Any] | None = None,
        references: tuple[Reference, ...] = (),
    ) -> Accepted | Duplicate | Refused:
        """A new request, with the person's usual choices and the workspace's brand."""
        usual = await self.people.usual(requester.tenant, requester.user_id)
        chosen = {name: value for name, value in (typed or {}).items() if value is not None}
        defaults = usual.typed_for(text)
        if "style" in chosen:
            defaults = {}
        return await self.studio.submit(
            Ask(
                key=key,
                requester=requester,
                text=text,
                typed={**defaults, **chosen},
                references=(*references, *await self.brands.references(requester.tenant)),
                lifetime=LIFETIME,
                handle=handle.to_json(),
            )
        )

    async def start(
        self,
        handle: Handle,
        result: Accepted | Duplicate | Refused,
        texts: Texts,
    ) -> None:
        """A first sign that the result replaces, then the work; refusals go to the asker alone."""
        in_the_ledger()
        match result:
            case Refused(appeal=str() as appeal) as refused:
                await self.delivery.tell(handle, turned_away_message(refused, appeal, texts))
            case Refused() as refused:
                await self.whisper(handle, texts.refusal(refused))
            case Duplicate(job=job):
                if handle.private and job.state.final:
                    await self.whisper(handle, texts.say(Say.SEE_ALSO, job=job.job_id))
            case Accepted(job=job):
                with about_job(job.job_id, "slack"), told_by_the_ledger():
                    await self._begin(handle, job, texts)

    async def _begin(self, handle: Handle, job: Job, texts: Texts) -> None:
        handle = await self.in_conversation(handle, job)
        handle = await self._first_sign(handle, job, texts)
        message: dict[str, Any] = {"channel": handle.channel, "thread": handle.thread}
        if handle.placeholder:
            message["ts"] = handle.placeholder
        try:
            begun = await self.studio.begin(job.job_id, handle.to_json(), message)
        except Exception:
            await self.delivery.take_back(handle)
            raise
        if not begun and await self.studio.is_gone(job.job_id):
            await self.delivery.take_back(handle)
            await self.delivery.unsay(handle)

    async def in_conversation(self, handle: Handle, job: Job) -> Handle:
        """The job as the next version of the thread that it is shown in."""
        if handle.place is None or handle.private:
            return handle
        lineage = job.request.lineage
        version = await self.threads.add(handle.place, job.job_id, lineage.parent_id if lineage else None)
        return handle.but(version=version.number, derived_from=version.parent)

    async def _first_sign(self, handle: Handle, job: Job, texts: Texts) -> Handle:
        """Public: a message of our own, whose edits may be repeated. Private: a note by response_url.

        Not the acknowledgement's own text: that may arrive later than a quick result, and would stay for ever.
        """
        message = starting_message(job, texts)
        if handle.private:
            await self._note(handle, message)
            return handle
        client = await self.delivery.client_for(handle.team)
        try:
            posted = await self.delivery.post(client, handle.channel, message, handle.thread)
        except Refusal as refusal:
            log.info("placeholder_refused", code=refusal.code)
            if not refusal.passing:
                return handle.but(private=True, beside=True)
        except LOST as fault:
            log.info("placeholder_unanswered", code=type(fault).__name__)
        else:
            return handle.but(placeholder=posted["ts"])
        return await self.with_its_sign(handle, job)

    async def with_its_sign(self, handle: Handle, job: Job) -> Handle:
        """With the first sign that may stand in the thread although nobody has noted where."""
        if handle.private or handle.placeholder or not handle.thread:
            return handle
        since = job.request.created_at
        try:
            found = await self.strays.of(job.job_id, handle.team, handle.channel, handle.thread, since)
        except NotLooked:
            return handle
        return handle.but(placeholder=found[0]) if found else handle

    async def _note(self, handle: Handle, message: Message) -> None:
        """Only where the result will replace it: by another door it would stay for ever."""
        try:
            await self.delivery.respond(
                handle, message, response_type="ephemeral", replace_original=handle.over
            )
        except Refusal as refusal:
            log.info("first_sign_refused", code=refusal.code)
        except LOST as fault:
            log.info("first_sign_refused", code=type(fault).__name__)

    async def whisper(self, handle: Handle, text: str) -> None:
        await self.delivery.tell(handle, text_message(text))

    async def restarting(self, handle: Handle, texts: Texts) -> None:
        """Words for a request that came in the moment this process began to leave."""
        await self.whisper(handle, texts.failure(Failed(FailureClass.INTERRUPTED), JobId("restart")))

    async def may(self, tenant: str, scope: str) -> bool:
        """Whether an optional scope was granted; features without theirs step back."""
        return scope in await self.workspaces.granted(tenant)

    async def files_of(
        self, source: Any, tenant: str, role: ReferenceRole = ReferenceRole.EDIT
    ) -> tuple[Reference, ...]:
        """Pictures attached to a message or uploaded in a modal; none without files:read."""
        if not await self.may(tenant, "files:read"):
            return ()
        return tuple(Reference(f"attachment:{tenant}|{url}", role) for url in picture_urls(source))


@contextmanager
def told_by_the_ledger() -> Iterator[None]:
    """A fault in here goes to the log only.

    The job was accepted with its handle. Either it runs all the same, since only the answer was lost, or the sweep
    for jobs that were never begun ends it with an apology; one from here would be the second.
    """
    try:
        yield
    except NotInstalled:
        raise
    except Exception as fault:
        raise ToldByTheLedger from fault


def picture_urls(files: Any) -> list[str]:
    """Addresses of the pictures among Slack's file objects, at most four."""
    found = [
        str(file.get("url_private_download") or file.get("url_private") or "")
        for file in files or ()
        if isinstance(file, Mapping) and str(file.get("mimetype", "")).startswith("image/")
    ]
    return [url for url in found if url][:_MOST_FILES]


def unknown_job() -> Refused:
    return Refused(RefusalReason.UNKNOWN_JOB, DecidedBy.GUARD)
