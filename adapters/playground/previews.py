"""`GET /api/jobs/{job_id}/as/{platform}`: the message that a chat platform would be sent, from its own renderer."""

import asyncio
from collections.abc import Mapping

from bot.adapter_api import Preview, PreviewedMessage, find_previews
from bot.domain.jobs import Job
from bot.guardrails.places import rules_for
from bot.ports import PolicyStore


class Previews:
    """Renderers are loaded when somebody first asks for a view: the chat libraries behind them are large."""

    def __init__(self, policies: PolicyStore) -> None:
        self._policies = policies
        self._loading: asyncio.Task[Mapping[str, Preview]] | None = None

    async def message(self, job: Job, platform: str) -> PreviewedMessage | None:
        """None when no adapter of that name draws previews."""
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(find_previews), name="load previews")
        preview = (await asyncio.shield(self._loading)).get(platform)
        if preview is None:
            return None
        requester = job.request.requester
        policy = rules_for(await self._policies.policy(requester.tenant), requester)
        return preview(job, policy.presentation)

    async def aclose(self) -> None:
        """Wait for a loading that is under way."""
        if self._loading is not None:
            await asyncio.gather(self._loading, return_exceptions=True)
