"""A ledger that tells when it is asked."""

import asyncio
from typing import Any

from bot.domain.jobs import Job
from bot.domain.requests import JobId


class Looks:
    """A ledger that tells when somebody has looked at a job."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger
        self.number = 0
        self.looked = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def get(self, job_id: JobId) -> Job | None:
        job: Job | None = await self._ledger.get(job_id)
        self.number += 1
        self.looked.set()
        return job
