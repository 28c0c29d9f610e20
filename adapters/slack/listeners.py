"""What happens on each event from Slack. A listener acknowledges first and hands the rest to a task of ours."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncApp

from adapters.slack.background import Background
from adapters.slack.delivery import Delivery, Refusal
from adapters.slack.handle import RESPONSE_URL_LIFE, Handle
from adapters.slack.net import safe
from adapters.slack.render import ACTION_PREFIX, Message, question, text_message
from adapters.slack.requester import requester_of, tenant_of
from bot.adapter_api import AdapterContext
from bot.domain.jobs import Job
from bot.domain.outcomes import DecidedBy, Delivered, Failed, FailureClass, RefusalReason, Refused
from bot.domain.requests import Action, JobId, Requester
from bot.messages.catalogue import Texts, texts_for
from bot.messages.desk import DeskSay, desk_texts
from bot.messages.keys import Say
from bot.pipeline.studio import Ask, Press
from bot.ports import Accepted, Duplicate

log = structlog.get_logger(__name__)

LIFETIME: Final = 25 * 60.0
"""Seconds a job may take: a response_url lives 30 minutes."""
_MARK_SECONDS: Final = 24 * 3600.0
_MENTION: Final = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_SHOW: Final = re.compile(r"show\s+([a-z2-7]{16})", re.IGNORECASE)


class Listeners:
    """One set for Socket Mode and HTTP."""

    def __init__(self, context: AdapterContext, delivery: Delivery, background: Background) -> None:
        self._context = context
        self._studio = context.studio
        self._delivery = delivery
        self._background = background
        self.taking = True

    def register(self, app: AsyncApp) -> None:
        app.command("/imagine")(safe(self, self._on_command))
        app.event("app_mention")(safe(self, self._on_mention))
        app.action(re.compile(f"^{ACTION_PREFIX}"))(safe(self, self._on_action))
        app.view("imagine_question")(safe(self, self._on_answer))

    async def apologize(self, body: dict[str, Any]) -> None:
        """One friendly line to whoever triggered the event, privately."""
        user, channel = _user_of(body), _channel_of(body)
        text = _texts(body).failure(Failed(FailureClass.INTERNAL), JobId("x" * 8))
        await self._tell(_handle(body, user, channel), text_message(text))

    async def _on_command(self, ack: Any, body: dict[str, Any]) -> None:
        started = time.monotonic()
        await ack()
        self._context.telemetry.acknowledged("slack", time.monotonic() - started)
        self._background.start(self._guarded(self._command(body), body), "slack command")

    async def _on_mention(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self._background.start(self._guarded(self._mention(body), body), "slack mention")

    async def _on_action(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self._background.start(self._guarded(self._action(body), body), "slack action")

    async def _on_answer(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self._background.start(self._guarded(self._answer(body), body), "slack answer")

    async def _guarded(self, work: Any, body: dict[str, Any]) -> None:
        async def run(body: dict[str, Any]) -> None:
            del body
            await work

        await safe(self, run)(body=body)

    async def _command(self, body: dict[str, Any]) -> None:
        user, channel, text = body["user_id"], body["channel_id"], body.get("text", "").strip()
        texts, handle = _texts(body), _handle(body, user, channel)
        if text.lower() in {"", "help"}:
            await self._tell(handle, text_message(texts.say(Say.HELP)))
        elif text.lower() == "privacy":
            await self._tell(handle, text_message(texts.say(Say.PRIVACY)))
        elif shown := _SHOW.fullmatch(text):
            await self._show(body, handle, JobId(shown[1].lower()), texts)
        else:
            requester = requester_of(body, user, channel, public=False, locale=texts.language)
            key = f"slack:{tenant_of(body)}:{body['trigger_id']}"
            result = await self._studio.submit(self._ask(key, requester, text, handle))
            if isinstance(result, Accepted):
                handle = await self._first_sign(handle, texts)
            await self._start(handle, result, texts)

    async def _first_sign(self, handle: Handle, texts: Texts) -> Handle:
        """A private "on it" that the result replaces. Not the acknowledgement's own text: that may arrive later
        than a quick result, and would then stay for ever.
        """
        await self._tell(handle, text_message(texts.say(Say.STARTING)), replace=False)
        return handle.used_once()

    async def _mention(self, body: dict[str, Any]) -> None:
        event = body["event"]
        if not await self._studio.parts.jobs.mark_once(f"slack-event:{body['event_id']}", _MARK_SECONDS):
            return
        user, channel = event["user"], event["channel"]
        thread = event.get("thread_ts") or event["ts"]
        text = _MENTION.sub("", event.get("text", "")).strip()
        texts = _texts(body)
        handle = Handle(tenant_of(body), user, channel, thread, private=False)
        client = await self._delivery.client_for(handle.team)
        if not text or text.lower() == "help":
            await self._delivery.post(client, channel, text_message(texts.say(Say.HELP)), thread)
            return
        requester = requester_of(body, user, channel, thread=thread, public=True, locale=texts.language)
        result = await self._studio.submit(self._ask(f"slack:{body['event_id']}", requester, text, handle))
        await self._start(handle, result, texts)

    async def _action(self, body: dict[str, Any]) -> None:
        name, _, job_id = body["actions"][0]["value"].partition(":")
        user, channel = body["user"]["id"], _channel_of(body)
        texts, action = _texts(body), Action(name)
        container = body.get("container", {})
        private = bool(container.get("is_ephemeral"))
        thread = container.get("thread_ts") or (None if private else container.get("message_ts"))
        handle = _handle(body, user, channel, thread=thread, private=private)
        requester = requester_of(
            body, user, channel, thread=thread, public=not private, locale=texts.language
        )
        job = await self._studio.find(JobId(job_id), requester)
        if isinstance(job, Refused):
            await self._whisper(handle, texts.refusal(job))
        elif action in {Action.EDIT, Action.REWORD, Action.APPEAL}:
            await self._ask_back(body, handle, job, action, texts)
        elif action is Action.SHARE:
            await self._share(job, handle, texts)
        elif action is Action.DELETE:
            await self._delete(job, requester, handle, texts)
        elif action is Action.REPORT:
            await self._report(job.job_id, requester, "", handle, texts)
        elif action.makes_a_picture and self.taking:
            key = f"slack:{tenant_of(body)}:{body['trigger_id']}"
            press = Press(key, requester, job.job_id, action, lifetime=LIFETIME, handle=handle.to_json())
            await self._start(handle, await self._studio.press(press), texts)

    async def _answer(self, body: dict[str, Any]) -> None:
        view = body["view"]
        state = json.loads(view["private_metadata"])
        text = (view["state"]["values"]["question"]["text"]["value"] or "").strip()
        texts, action = _texts(body), Action(state["action"])
        handle = Handle.from_json(state["handle"])
        requester = requester_of(
            body,
            handle.user,
            handle.channel,
            thread=handle.thread,
            public=not handle.private,
            locale=texts.language,
        )
        job_id = JobId(state["job"])
        if action is Action.APPEAL:
            await self._report(job_id, requester, text, handle, texts)
            return
        press = Press(
            f"slack:{view['id']}",
            requester,
            job_id,
            action,
            text=text,
            lifetime=LIFETIME,
            handle=handle.to_json(),
        )
        await self._start(handle, await self._studio.press(press), texts)

    def _ask(self, key: str, requester: Requester, text: str, handle: Handle) -> Ask:
        return Ask(key=key, requester=requester, text=text, lifetime=LIFETIME, handle=handle.to_json())

    async def _start(self, handle: Handle, result: Accepted | Duplicate | Refused, texts: Texts) -> None:
        """A placeholder that the result replaces, then the work; refusals go to the asker alone."""
        match result:
            case Refused() as refused:
                await self._whisper(handle, texts.refusal(refused))
            case Duplicate(job=job):
                if handle.private and job.state.final:
                    await self._whisper(handle, texts.say(Say.SEE_ALSO, job=job.job_id))
            case Accepted(job=job):
                handle = await self._placeholder(handle, texts)
                message = {"channel": handle.channel, "ts": handle.placeholder} if handle.placeholder else {}
                await self._studio.begin(job.job_id, handle.to_json(), message)

    async def _placeholder(self, handle: Handle, texts: Texts) -> Handle:
        """In public: a message of our own, since editing it may be repeated; in private the ack stands already."""
        if handle.private:
            return handle
        client = await self._delivery.client_for(handle.team)
        text = text_message(texts.say(Say.STARTING))
        try:
            posted = await self._delivery.post(client, handle.channel, text, handle.thread)
        except Refusal as refusal:
            log.info("placeholder_refused", code=refusal.code)
            return Handle.from_json({**handle.to_json(), "private": True})
        return Handle.from_json({**handle.to_json(), "placeholder": posted["ts"]})

    async def _ask_back(
        self, body: dict[str, Any], handle: Handle, job: Job, action: Action, texts: Texts
    ) -> None:
        metadata = json.dumps({"action": action.value, "job": job.job_id, "handle": handle.to_json()})
        client = await self._delivery.client_for(handle.team)
        await client.views_open(trigger_id=body["trigger_id"], view=question(action, job, texts, metadata))

    async def _share(self, job: Job, handle: Handle, texts: Texts) -> None:
        """Post first, then remove the preview: a failed post loses nothing, a double click posts once."""
        if not isinstance(job.outcome, Delivered):
            await self._whisper(handle, texts.refusal(_unknown()))
            return
        if not await self._studio.parts.jobs.mark_once(f"slack-share:{job.job_id}", _MARK_SECONDS):
            return
        client = await self._delivery.client_for(handle.team)
        shown = await self._delivery.share(job, job.outcome, handle, client)
        await self._studio.parts.jobs.update_message(job.job_id, {**job.message, **shown, "shared": True})
        await self._delivery.respond(handle.response_url, None, delete_original=True)

    async def _delete(self, job: Job, requester: Requester, handle: Handle, texts: Texts) -> None:
        result = await self._studio.delete(job.job_id, requester)
        if isinstance(result, Refused):
            await self._whisper(handle, texts.refusal(result))
        elif handle.private:
            await self._delivery.respond(handle.response_url, None, delete_original=True)

    async def _report(
        self, job_id: JobId, requester: Requester, text: str, handle: Handle, texts: Texts
    ) -> None:
        """Before the moderators, or past them if a second look finds an appeal harmless."""
        result = await self._studio.report(job_id, requester, text)
        if isinstance(result, Refused):
            said = texts.refusal(result)
        elif result.granted:
            said = desk_texts(texts.language).say(DeskSay.APPEAL_GRANTED)
        else:
            said = texts.say(Say.REPORTED)
        await self._whisper(handle, said)

    async def _show(self, body: Mapping[str, Any], handle: Handle, job_id: JobId, texts: Texts) -> None:
        requester = requester_of(body, handle.user, handle.channel, public=False, locale=texts.language)
        job = await self._studio.find(job_id, requester)
        if isinstance(job, Refused) or not isinstance(job.outcome, Delivered):
            await self._tell(
                handle, text_message(texts.refusal(job if isinstance(job, Refused) else _unknown()))
            )
            return
        await self._delivery.show_again(job, job.outcome, handle)

    async def _whisper(self, handle: Handle, text: str) -> None:
        await self._tell(handle, text_message(text), replace=False)

    async def _tell(self, handle: Handle, message: Message, *, replace: bool = True) -> None:
        """Privately to the person: by response_url, else as an ephemeral post."""
        if handle.response_url:
            await self._delivery.respond(
                handle.response_url, message, response_type="ephemeral", replace_original=replace
            )
            return
        await self._delivery.whisper(handle, message)


def _handle(
    body: Mapping[str, Any], user: str, channel: str, *, thread: str | None = None, private: bool = True
) -> Handle:
    return Handle(
        team=tenant_of(body),
        user=user,
        channel=channel,
        thread=thread,
        response_url=body.get("response_url", ""),
        expires_at=time.time() + RESPONSE_URL_LIFE,
        private=private,
    )


def _texts(body: Mapping[str, Any]) -> Texts:
    return texts_for(
        str(body.get("user", {}).get("locale", "en")) if isinstance(body.get("user"), dict) else "en"
    )


def _user_of(body: Mapping[str, Any]) -> str:
    if "event" in body:
        return str(body["event"].get("user", ""))
    return str(body.get("user_id") or body.get("user", {}).get("id", ""))


def _channel_of(body: Mapping[str, Any]) -> str:
    if "event" in body:
        return str(body["event"].get("channel", ""))
    channel = body.get("channel_id") or body.get("channel", {}).get("id")
    return str(channel or body.get("container", {}).get("channel_id", ""))


def _unknown() -> Refused:
    return Refused(RefusalReason.UNKNOWN_JOB, DecidedBy.GUARD)
