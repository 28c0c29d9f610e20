"""What many tests of the ledger do first."""

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.domain.jobs import Job, SafeWords, Steps
from bot.domain.limits import Limit
from bot.domain.outcomes import Outcome
from bot.domain.requests import ImagineRequest
from bot.ports import Accepted
from bot.store import Store
from tests.support.make import NOW, request

PLATFORMS = ("discord",)

OpenAnother = Callable[..., Awaitable[Store]]
"""Opens one more store on a test's database."""


@dataclass
class SetClock:
    """A clock that stands where the test puts it."""

    at: float = NOW

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


async def queued(
    store: Store, key: str = "discord:1", *, limits: tuple[Limit, ...] = (), **changes: Any
) -> ImagineRequest:
    """An acknowledged request."""
    wanted = request(**{"key": key, "created_at": time.time(), **changes})
    assert isinstance(await store.jobs.accept(wanted, limits, [], 1), Accepted)
    assert await store.jobs.begin(
        wanted.job_id, {"token": "t0k3n"}, {"message_id": "5"}, wanted.created_at + 600
    )
    return wanted


async def running(store: Store, key: str = "discord:1", **changes: Any) -> Job:
    """The only queued job, claimed."""
    wanted = await queued(store, key, **changes)
    job = await store.jobs.claim(PLATFORMS)
    assert job is not None
    assert job.job_id == wanted.job_id
    return job


async def finished(store: Store, outcome: Outcome, key: str = "discord:1", **changes: Any) -> Job:
    """A job that has ended so; `steps` are what it stored on its way."""
    steps = changes.pop("steps", Steps(words=SafeWords("a safe owl", "An owl.")))  # type: ignore[arg-type]
    job = await running(store, key, **changes)
    await store.jobs.finish(
        dataclasses.replace(job, steps=dataclasses.replace(steps, outcome=outcome)), outcome
    )
    return await get(store, job.job_id)


async def get(store: Store, job_id: str) -> Job:
    found = await store.jobs.get(job_id)  # type: ignore[arg-type]
    assert found is not None
    return found
