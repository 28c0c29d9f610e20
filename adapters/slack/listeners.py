"""What happens on each event from Slack. A listener hands the work to a task of ours and acknowledges in time."""

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.slack.acknowledging import Acknowledgement
from adapters.slack.buttons import Buttons
from adapters.slack.compose import Compose
from adapters.slack.desk import Desk, unknown_job
from adapters.slack.handle import Handle, handle_kept_in
from adapters.slack.home import Home
from adapters.slack.leaving import Leaving
from adapters.slack.net import safe
from adapters.slack.render import ACTION_PREFIX, text_message
from adapters.slack.requester import channel_of, tenant_of, user_of
from adapters.slack.status import Status
from adapters.slack.talk import Talk
from adapters.slack.workflow import Workflow
from bot.domain.outcomes import Delivered, Failed, FailureClass, Refused
from bot.domain.requests import JobId
from bot.guardrails.subcommands import Help, Privacy, Show, read_subcommand
from bot.messages.catalogue import Texts, reference, texts_for
from bot.messages.keys import Say

Work = Callable[[dict[str, Any]], Awaitable[None]]


class Listeners:
    """One set for Socket Mode and HTTP."""

    def __init__(self, desk: Desk, status: Status) -> None:
        self.desk = desk
        self._buttons = Buttons(desk)
        self._compose = Compose(desk)
        self.home = Home(desk)
        self._talk = Talk(desk, self._buttons, status)
        self._workflow = Workflow(desk)
        self._leaving = Leaving(desk)

    def register(self, app: AsyncApp) -> None:
        app.command("/imagine")(self.behind(self._command, "command"))
        app.event("app_mention")(self.behind(self._talk.mention, "mention"))
        app.event("message")(self.behind(self._talk.direct_message, "message"))
        app.event("agent_session_stopped")(self.behind(self._talk.stopped, "stop"))
        app.event("app_home_opened")(self.behind(self.home.opened, "home"))
        app.event("function_executed")(self.behind(self._workflow.execute, "workflow"))
        app.event("app_uninstalled")(self.behind(self._leaving.uninstalled, "uninstalled"))
        app.event("tokens_revoked")(self.behind(self._leaving.revoked, "revoked"))
        app.shortcut("imagine_message")(self.behind(self._compose.from_message, "message shortcut"))
        app.shortcut("imagine_global")(self.behind(self._compose.from_anywhere, "shortcut"))
        app.view("imagine_compose")(self.behind(self._compose.submitted, "compose"))
        app.view("imagine_question")(self.behind(self._buttons.answered, "answer"))
        app.view("imagine_settings")(self.behind(self.home.settings_saved, "settings"))
        app.view("imagine_brand")(self.behind(self.home.brand.saved, "brand"))
        app.action(re.compile("^home_"))(self.behind(self.home.pressed, "home button"))
        app.action(re.compile(f"^{ACTION_PREFIX}"))(self.behind(self._buttons.pressed, "button"))

    def behind(self, work: Work, name: str) -> Callable[..., Awaitable[None]]:
        """A listener that does the work in a task of ours below the net; see `acknowledging` for when it says so."""

        async def listener(ack: Any, body: dict[str, Any]) -> None:
            started = time.monotonic()
            with Acknowledgement() as acknowledgement:
                task = self.desk.background.start(safe(self, work, name)(body), f"slack {name}")
            await acknowledgement.due(task)
            await ack()
            self.desk.context.telemetry.acknowledged("slack", time.monotonic() - started)

        return listener

    async def apologize(self, body: dict[str, Any]) -> None:
        """One friendly line to whoever triggered the event, privately; nothing in here may need the database."""
        user = user_of(body)
        texts = texts_for(self.desk.locales.known(tenant_of(body), user))
        if not user:
            return
        handle = self._door(body)
        failed = texts.failure(Failed(FailureClass.INTERNAL), JobId(_reference_of(body)))
        if not await self._workflow.apologize(body, failed):
            await self.desk.delivery.tell(handle, text_message(failed))

    def _door(self, body: dict[str, Any]) -> Handle:
        """Where an event came from. What is typed into a window comes from where the window was opened."""
        if kept := handle_kept_in(body.get("view") or {}):
            return kept
        event = body.get("event") or {}
        thread = event.get("thread_ts") or (body.get("container") or {}).get("thread_ts")
        return self.desk.handle(body, thread=thread)

    async def _command(self, body: dict[str, Any]) -> None:
        desk, text = self.desk, str(body.get("text") or "").strip()
        texts, handle = await desk.texts(body), desk.handle(body)
        match read_subcommand(text or "help"):
            case Help():
                await desk.whisper(handle, f"{texts.say(Say.HELP)}\n{texts.say(Say.THREAD_HELP)}")
            case Privacy():
                await desk.whisper(handle, texts.say(Say.PRIVACY))
            case Show(job_id):
                await self._show(body, handle, job_id, texts)
            case None if desk.taking:
                requester = await desk.requester(body, handle, texts)
                key = f"{tenant_of(body)}:{body['trigger_id']}"
                await desk.start(handle, await desk.submit(key, requester, text, handle), texts)
            case None:
                await desk.restarting(handle, texts)

    async def _show(self, body: dict[str, Any], handle: Handle, job_id: JobId, texts: Texts) -> None:
        job = await self.desk.studio.find(job_id, await self.desk.requester(body, handle, texts))
        if isinstance(job, Refused) or not isinstance(job.outcome, Delivered):
            refused = job if isinstance(job, Refused) else unknown_job()
            await self.desk.whisper(handle, texts.refusal(refused))
            return
        await self.desk.delivery.show_again(job, job.outcome, handle)


def _reference_of(body: dict[str, Any]) -> str:
    """What operators can find the event by in their log, in the form of a reference."""
    marks = body.get("event_id") or body.get("trigger_id") or channel_of(body) or "x"
    return reference(JobId(re.sub(r"[^A-Za-z0-9]", "", str(marks))[-8:].rjust(8, "x")))
