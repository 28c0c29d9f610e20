"""A job as the ledger sees it, its stages doing nothing: shared by the cells that measure the ledger."""

import dataclasses
import time

from bot.domain.images import HostedImage, KeptImage, MediaType, SafePrompt
from bot.domain.jobs import Job, PaidPictures, SafeWords, Stage
from bot.domain.money import MicroUSD
from bot.domain.outcomes import Delivered
from bot.domain.policy import Limits
from bot.domain.purchases import Purchase
from bot.domain.requests import ImagineRequest, JobId, RawWords, Requester
from bot.guardrails.quotas import limits_for, rates_for
from bot.ports import Accepted
from bot.store import Store

PLATFORM = "bench"
PRICE = MicroUSD(53_000)
CAPS = Limits(
    per_user_day=10_000, per_user_hour=10_000, per_tenant_day=10_000_000, concurrent_per_user=1_000,
    budget_day=MicroUSD(10**12), budget_month=MicroUSD(10**12),
)  # fmt: skip
"""All kinds of limits in force and none reached, so that each acceptance reserves them all."""
WORDS = SafeWords(SafePrompt("a brass owl on a branch, in the light of the morning"), "An owl of brass.")


def new_request(name: str, tenant: str = "bench:1", user: str = "") -> ImagineRequest:
    now = time.time()
    return ImagineRequest(
        name,
        Requester(PLATFORM, tenant, user or name, channel_id="1"),
        RawWords("a brass owl on a branch"),
        created_at=now,
        deadline=now + 600,
    )


async def accept(store: Store, request: ImagineRequest) -> JobId:
    """Write it down with its reservations, then put it into the queue."""
    limits = limits_for(request.requester, CAPS, pictures=1, price=PRICE, now=request.created_at)
    accepted = await store.jobs.accept(request, limits, rates_for(request.requester, CAPS), 1, {"token": "x"})
    assert isinstance(accepted, Accepted), accepted
    await store.jobs.begin(request.job_id, {"token": "x"}, {"id": "1"}, request.deadline)
    return request.job_id


async def work_off(store: Store, *, pay: bool = False) -> Job:
    """Claim the next job, pass three stages, deliver it; with `pay` a paid attempt is written down as well."""
    job = await store.jobs.claim((PLATFORM,))
    assert job is not None
    steps = dataclasses.replace(job.steps, words=WORDS)
    await store.jobs.checkpoint(job, Stage.SANITIZE, steps)
    if pay:
        attempt = await store.jobs.open_attempt(job.job_id, Purchase("openai", "gpt-image-2", PRICE))
        await store.jobs.close_attempt(
            attempt, billed=True, cost=PRICE, request_id=None, result="ok", seconds=9
        )
    digest = job.job_id.ljust(64, "0")
    kept = KeptImage(digest, digest, 1_500_000, MediaType.PNG, 1024, 1024)
    steps = dataclasses.replace(steps, pictures=PaidPictures((kept,), "openai", "gpt-image-2", PRICE))
    await store.jobs.checkpoint(job, Stage.GENERATE, steps)
    address = f"https://cdn.example/{digest}"
    hosted = HostedImage(
        digest, f"{address}.png", digest, f"{address}.webp", digest, kept.size, kept.media_type, 1024, 1024,
        WORDS.alt_text, "openai", "gpt-image-2",
    )  # fmt: skip
    end = Delivered((hosted,), cost=PRICE)
    job = dataclasses.replace(job, steps=dataclasses.replace(steps, outcome=end))
    await store.jobs.checkpoint(job, Stage.REHOST, job.steps)
    await store.jobs.finish(job, end)
    return job
