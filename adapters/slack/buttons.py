"""The buttons of a picture, and the modal in which a person says what should change."""

import json
from collections.abc import Mapping
from typing import Any, Final

import structlog

from adapters.slack.desk import LIFETIME, MARK_SECONDS, Desk, unknown_job
from adapters.slack.handle import Handle
from adapters.slack.render import Source, question, versions_message
from adapters.slack.requester import tenant_of
from adapters.slack.returned import wish
from adapters.slack.web_api import LOST, Refusal
from bot.domain.jobs import Job, JobState
from bot.domain.outcomes import Delivered, Refused
from bot.domain.requests import Action, JobId, Requester
from bot.messages.catalogue import Texts
from bot.messages.desk import DeskSay, desk_texts
from bot.messages.keys import Say
from bot.pipeline.children import Press
from bot.pipeline.janitor import retract

log = structlog.get_logger(__name__)

_COMPARED: Final = 6
_SHARES_FAILED: Final = "shares_failed"
_ASKS_BACK: Final = frozenset({Action.EDIT, Action.REWORD, Action.APPEAL})


class Buttons:
    """A button's value is `action:job_id` and nothing else, so it works after a restart and from any replica."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def pressed(self, body: dict[str, Any]) -> None:
        desk = self._desk
        name, _, job_id = str(body["actions"][0].get("value", "")).partition(":")
        container = body.get("container") or {}
        private = bool(container.get("is_ephemeral"))
        thread = container.get("thread_ts") or (None if private else container.get("message_ts"))
        handle = desk.handle(body, thread=thread, private=private).but(over=private)
        texts = await desk.texts(body)
        manages = name in {Action.DELETE, Action.CANCEL}
        requester = await desk.requester(body, handle, texts, admin=manages)
        find = desk.studio.find_refused if name == Action.APPEAL else desk.studio.find
        job = await find(JobId(job_id), requester)
        if manages and not private:
            handle = handle.but(placeholder=container.get("message_ts"))
        if isinstance(job, Refused):
            # What is left of a deleted job; one of another workspace, as in a shared channel, is none.
            if handle.placeholder and await desk.studio.is_gone(JobId(job_id)):
                await self._remove_pressed(handle)
            await desk.whisper(handle, texts.refusal(job))
        elif name == "compare":
            await self.compare(handle, texts)
        elif name == "use":
            await self._use(handle, job, texts)
        else:
            await self._act(body, handle, job, Action(name), requester, texts)

    async def answered(self, body: dict[str, Any]) -> None:
        """The modal of `_ask_back` came back."""
        desk, view = self._desk, body["view"]
        state = json.loads(view["private_metadata"])
        text = (view["state"]["values"]["question"]["text"]["value"] or "").strip()
        action, handle, job_id = (
            Action(state["action"]),
            Handle.from_json(state["handle"]),
            JobId(state["job"]),
        )
        texts = await desk.texts(body)
        requester = await desk.requester(body, handle, texts)
        if action is Action.APPEAL:
            await self._report(job_id, requester, text, handle, texts)
            return
        await self.press(f"{handle.team}:{view['id']}", handle, job_id, action, requester, texts, text)

    async def press(
        self,
        key: str,
        handle: Handle,
        job_id: JobId,
        action: Action,
        requester: Requester,
        texts: Texts,
        text: str = "",
        **more: Any,
    ) -> None:
        """Make the child of a button or of words in a thread."""
        press = Press(
            key,
            requester,
            job_id,
            action,
            text=text,
            lifetime=LIFETIME,
            handle=handle.to_json(),
            **more,
        )
        await self._desk.start(handle, await self._desk.studio.press(press), texts)

    async def compare(self, handle: Handle, texts: Texts) -> None:
        """The conversation's newest versions in one message."""
        talk = await self._desk.threads.get(handle.place or "")
        found: list[tuple[Job, Delivered, int, int]] = []
        for version in reversed(talk.versions):
            job = await self._desk.context.studio.parts.jobs.get(version.job_id)
            if job is not None and isinstance(job.outcome, Delivered) and len(found) < _COMPARED:
                found.append((job, job.outcome, version.number, version.parent))
        if not found:
            await self._desk.whisper(handle, texts.say(Say.NO_VERSIONS))
            return
        found.reverse()

        def message(sources: Any) -> Any:
            listed: list[Source] = list(sources)
            return versions_message(found, talk.current, listed, texts)

        shown = [(job, outcome) for job, outcome, _, _ in found]
        await self._desk.delivery.show_versions(handle, shown, message)

    async def go_back(self, handle: Handle, number: int, texts: Texts) -> Job | None:
        """Make a version the one that the next words change, and return it. None where it has no picture: that is told."""
        desk, place = self._desk, handle.place or ""
        version = (await desk.threads.get(place)).version(number)
        job = await desk.context.studio.parts.jobs.get(version.job_id) if version else None
        if version is not None and (job is None or job.state is JobState.DELETED):
            await desk.whisper(handle, texts.refusal(unknown_job()))
            return None
        if (
            job is None
            or not isinstance(job.outcome, Delivered)
            or not await desk.threads.choose(place, number)
        ):
            await desk.whisper(handle, texts.say(Say.NO_VERSIONS))
            return None
        return job

    async def _use(self, handle: Handle, job: Job, texts: Texts) -> None:
        version = (await self._desk.threads.get(handle.place or "")).of(job.job_id)
        if version is None or not await self.go_back(handle, version.number, texts):
            return
        await self._desk.whisper(handle, texts.say(Say.VERSION_CHOSEN, number=version.number))

    async def _act(
        self,
        body: dict[str, Any],
        handle: Handle,
        job: Job,
        action: Action,
        requester: Requester,
        texts: Texts,
    ) -> None:
        desk = self._desk
        if action in _ASKS_BACK:
            await self._ask_back(body, handle, job, action, texts)
        elif action is Action.SHARE:
            await self._share(job, handle, str((body.get("container") or {}).get("message_ts")), texts)
        elif action is Action.DELETE:
            await self._delete(job, requester, handle, texts)
        elif action is Action.CANCEL:
            await self._stop(job, requester, handle, texts)
        elif action is Action.REPORT:
            await self._report(job.job_id, requester, "", handle, texts)
        elif action is Action.NOTIFY:
            await wish(desk, job.job_id, requester, handle, texts)
        elif action.makes_a_picture and not desk.taking:
            await desk.restarting(handle, texts)
        elif action.makes_a_picture:
            key = f"{tenant_of(body)}:{body['trigger_id']}"
            await self.press(key, handle, job.job_id, action, requester, texts)

    async def _ask_back(
        self, body: dict[str, Any], handle: Handle, job: Job, action: Action, texts: Texts
    ) -> None:
        metadata = json.dumps({"action": action.value, "job": job.job_id, "handle": handle.to_json()})
        client = await self._desk.delivery.client_for(handle.team)
        await client.views_open(trigger_id=body["trigger_id"], view=question(action, job, texts, metadata))

    async def _share(self, job: Job, handle: Handle, pressed: str, texts: Texts) -> None:
        """Post first, then remove the preview: a failed post loses nothing, a double click posts once.

        `pressed` is the preview's timestamp: another one, as in another channel, is shared by itself.
        """
        desk = self._desk
        if not isinstance(job.outcome, Delivered):
            await desk.whisper(handle, texts.refusal(unknown_job()))
            return
        failed = int(job.message.get(_SHARES_FAILED, 0))
        jobs = desk.studio.parts.jobs
        if not await jobs.mark_once(f"slack-share:{job.job_id}:{pressed}:{failed}", MARK_SECONDS):
            return
        if handle.thread is None and job.message.get("channel") == handle.channel:
            handle = handle.but(thread=job.message.get("thread"))
        try:
            shown = await desk.delivery.share(job, job.outcome, handle)
        except LOST as fault:
            # Slack may have taken it or not. Only the person can see that, so another press is theirs to decide.
            log.info("share_unanswered", job_id=job.job_id, fault=type(fault).__name__)
            await jobs.amend_message(job.job_id, {_SHARES_FAILED: failed + 1})
            await desk.whisper(handle, texts.say(Say.SHARE_UNSURE, share=texts.say(Say.BUTTON_SHARE)))
            return
        except Exception:
            # Slack took nothing, so the next press is not the second one of a double click.
            await jobs.amend_message(job.job_id, {_SHARES_FAILED: failed + 1})
            raise
        if not await self._noted(job, shown):
            return
        root = handle.thread or shown.get("ts")
        if root:
            lineage = job.request.lineage
            place = handle.but(thread=root).place
            await desk.threads.add(str(place), job.job_id, lineage.parent_id if lineage else None)
        await self._remove_pressed(handle)

    async def _noted(self, job: Job, shown: Mapping[str, Any]) -> bool:
        """Where the shared picture stands, so that deleting finds it. False if it was deleted meanwhile."""
        desk, jobs = self._desk, self._desk.studio.parts.jobs
        if "ts" in job.message:  # others see it elsewhere already, and that message is to be found as well
            await desk.delivery.copies.add([job.job_id], shown)
            gone = await desk.studio.is_gone(job.job_id)
        else:
            files = [*job.message.get("files", ()), *shown.get("files", ())]
            entries = {**shown, "shared": True, **({"files": files} if files else {})}
            gone = not await jobs.amend_message(job.job_id, entries)
            if gone:
                await jobs.leave_shown(job.job_id, shown)
        if gone:
            # The message that has just come goes as well, however long Slack cannot be asked.
            await self._take_back(job.job_id)
        return not gone

    async def _take_back(self, job_id: JobId) -> None:
        """What is left of a deleted job in the chat goes at once if Slack can be asked, else with the janitor."""
        parts = self._desk.studio.parts
        left = await parts.jobs.get(job_id)
        if left is not None:
            await retract(parts, parts.adapters[left.request.requester.platform], left)

    async def _remove_pressed(self, handle: Handle) -> None:
        """Take away the message that was pressed; of no consequence if it fails: whoever sees it may press again."""
        try:
            await self._desk.delivery.respond(handle, None, delete_original=True)
        except (Refusal, *LOST):
            await self._desk.delivery.take_back(handle)

    async def _delete(self, job: Job, requester: Requester, handle: Handle, texts: Texts) -> None:
        result = await self._desk.studio.delete(job.job_id, requester)
        if isinstance(result, Refused):
            await self._desk.whisper(handle, texts.refusal(result))
        elif handle.private or not _is_noted(handle.placeholder, job):
            await self._remove_pressed(handle)

    async def _report(
        self, job_id: JobId, requester: Requester, text: str, handle: Handle, texts: Texts
    ) -> None:
        """Before the moderators, or past them if a second look finds an appeal harmless."""
        result = await self._desk.studio.report(job_id, requester, text)
        if isinstance(result, Refused):
            said = texts.refusal(result)
        elif result.granted:
            said = desk_texts(texts.language).say(DeskSay.APPEAL_GRANTED)
        else:
            said = texts.say(Say.REPORTED)
        await self._desk.whisper(handle, said)

    async def _stop(self, job: Job, requester: Requester, handle: Handle, texts: Texts) -> None:
        result = await self._desk.studio.cancel(job.job_id, requester)
        if isinstance(result, Refused):
            await self._desk.whisper(handle, texts.refusal(result))
            return
        if (
            not handle.private
            and job.state is not JobState.ACCEPTED
            and not _is_noted(handle.placeholder, job)
        ):
            await self._remove_pressed(handle)  # a first sign that nothing will ever replace
        if result.state.final:
            await self._desk.whisper(handle, texts.say(Say.TOO_LATE))


def _is_noted(ts: str | None, job: Job) -> bool:
    """Whether a message is where the job stands, or where its answer will stand."""
    return ts in {job.message.get("ts"), (job.handle or {}).get("placeholder")}
