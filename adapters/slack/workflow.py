"""The Workflow Builder step "Generate an image": a prompt goes in, the picture's public address comes out."""

from collections.abc import Awaitable
from typing import Any, Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.acknowledging import in_the_ledger
from adapters.slack.desk import LIFETIME, Desk, told_by_the_ledger
from adapters.slack.handle import Handle
from adapters.slack.manifest import FUNCTION
from adapters.slack.requester import requester_of, tenant_of
from adapters.slack.web_api import Refusal, api
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered, Failed, Outcome, Refused
from bot.domain.policy import DeliveryMode
from bot.messages.catalogue import Texts, texts_for
from bot.messages.keys import Say
from bot.pipeline.studio import Ask
from bot.ports import Accepted

log = structlog.get_logger(__name__)

_OVER: Final = "execution_not_in_running_state"


class Workflow:
    """Starts a run's job; `answer` ends the run with what came of it, from whichever process that is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def execute(self, body: dict[str, Any]) -> None:
        event, desk = body["event"], self._desk
        if (event.get("function") or {}).get("callback_id") != FUNCTION:
            return
        inputs = event.get("inputs") or {}
        user = str(inputs.get("user_id") or "")
        execution = str(event["function_execution_id"])
        handle = Handle(
            team=tenant_of(body),
            user=user,
            channel="",
            execution=execution,
            execution_token=str(event.get("bot_access_token") or ""),
        )
        texts = await desk.texts(body)
        requester = requester_of(body, user, "", public=True, locale=texts.language)
        result = await desk.studio.submit(
            Ask(
                key=f"{handle.team}:{execution}",
                requester=requester,
                text=str(inputs.get("prompt") or ""),
                references=await desk.brands.references(handle.team),
                lifetime=LIFETIME,
                handle=handle.to_json(),
            )
        )
        in_the_ledger()
        if isinstance(result, Refused):
            client = await self._client(handle)
            await _fail(client, handle, texts.refusal(result))
        elif isinstance(result, Accepted):
            with told_by_the_ledger():
                await desk.studio.begin(result.job.job_id, handle.to_json())

    async def apologize(self, body: dict[str, Any], text: str) -> bool:
        """End a run that could not be started. False if the event is no run. Raises Refusal, OSError."""
        execution = str(body.get("event", {}).get("function_execution_id") or "")
        if not execution:
            return False
        token = str(body["event"].get("bot_access_token") or "")
        handle = Handle(tenant_of(body), "", "", execution=execution, execution_token=token)
        await _fail(await self._client(handle), handle, text)
        return True

    async def answer(self, job: Job, outcome: Outcome, handle: Handle) -> None:
        """End the run. Raises Refusal, OSError."""
        texts = texts_for(job.request.requester.locale)
        client = await self._client(handle)
        match outcome:
            case Delivered():
                await self._complete(client, job, outcome, handle, texts)
            case Refused():
                await _fail(client, handle, texts.refusal(outcome, job.job_id))
            case Failed():
                await _fail(client, handle, texts.failure(outcome, job.job_id))

    async def _complete(
        self, client: AsyncWebClient, job: Job, outcome: Delivered, handle: Handle, texts: Texts
    ) -> None:
        presentation = (await self._desk.context.policies.policy(handle.team)).presentation
        if not self._desk.context.images.public or presentation.delivery is not DeliveryMode.CDN:
            await _fail(client, handle, texts.say(Say.WORKFLOW_PRIVATE, job=job.job_id))
            return
        image = outcome.images[0]
        outputs = {
            "image_url": await self._desk.delivery.ladder.picture_url(job, image),
            "alt_text": image.alt_text,
            "job_id": job.job_id,
        }
        await _ended(
            client.functions_completeSuccess(function_execution_id=handle.execution, outputs=outputs)
        )

    async def _client(self, handle: Handle) -> AsyncWebClient:
        """Speaks with the run's own token where Slack has given one."""
        client = await self._desk.delivery.client_for(handle.team)
        if not handle.execution_token:
            return client
        return AsyncWebClient(
            token=handle.execution_token,
            base_url=client.base_url,
            session=client.session,
            retry_handlers=client.retry_handlers,
        )


async def _fail(client: AsyncWebClient, handle: Handle, text: str) -> None:
    await _ended(client.functions_completeError(function_execution_id=handle.execution, error=text))


async def _ended(request: Awaitable[Any]) -> None:
    """End a run; one that is over already, by a call whose answer was lost or by whoever stopped it, needs no other end."""
    try:
        await api(request)
    except Refusal as refusal:
        if refusal.code != _OVER:
            raise
        log.info("run_over_already")
