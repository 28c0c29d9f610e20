"""Many jobs in flight through the whole pipeline, their pictures arriving at the same moment.

Run as PORT MODE COUNT SPOOL_ABOVE_MB -> one line of JSON; nothing is spooled above 0. The server's modes are `hold`
(pictures of 2 MB) and `holdhuge` (20 MB): it holds all answers back until every request that can come is there.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.errors import InvalidImage
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered, Outcome
from bot.domain.policy import Content, Limits, OutputCheck, Policy
from bot.domain.requests import Reference, Requester
from bot.guardrails.identity import KeyedIdentities
from bot.hosting.local import LocalStore
from bot.images.budget import ByteBudget
from bot.images.spool import IN_MEMORY, Spool
from bot.memory import few_arenas
from bot.pipeline.progress import ProgressBus
from bot.pipeline.run import Parts
from bot.pipeline.studio import Ask, Studio
from bot.pipeline.workers import Workers
from bot.ports import Accepted, Check, Health, Progress
from bot.providers.registry import open_router
from bot.sanitizers.offline import OfflineSanitizer
from bot.sanitizers.rules import RuleSanitizer
from bot.settings import ModelSettings, ProviderSettings
from bot.store import open_store
from bot.telemetry.metrics import Metrics

MB = 1024 * 1024
POLICY = Policy(
    content=Content(output_check=OutputCheck.FALLBACK_ONLY),
    limits=Limits(
        per_user_day=0, per_user_hour=0, per_tenant_day=0, concurrent_per_user=0, budget_day=0, budget_month=0
    ),
)


class Counter:
    """A chat that only counts what it is given."""

    name = "bench"

    def __init__(self) -> None:
        self.delivered = 0
        self.other = 0

    async def start(self) -> None: ...

    async def stop_intake(self) -> None: ...

    async def aclose(self) -> None: ...

    async def progress(self, job: Job, progress: Progress) -> None: ...

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        if isinstance(outcome, Delivered):
            self.delivered += 1
        else:
            self.other += 1
        return {}

    async def fetch(self, reference: Reference) -> bytes:
        raise InvalidImage("nobody attaches anything here")

    async def retract(self, job: Job) -> None: ...

    async def health(self) -> Health:
        return Health(ok=True)

    async def examine(self) -> Sequence[Check]:
        return ()

    def routes(self) -> Sequence[Any]:
        return ()


async def drive(port: int, mode: str, count: int, above: int, folder: Path) -> dict[str, Any]:
    few_arenas()
    clock, metrics, chat = SystemClock(), Metrics(), Counter()
    store = await open_store(
        f"sqlite:///{folder / 'bench.db'}", data_dir=folder, clock=clock, default_policy=lambda _: POLICY
    )
    providers = ProviderSettings(
        openai_api_key=SecretStr("x"), openai_base_url=f"http://127.0.0.1:{port}/{mode}/v1"
    )
    models = ModelSettings(image_route=("openai:gpt-image-2",))
    spool = Spool(folder, above=above * MB).checked() if above else IN_MEMORY
    router = await open_router(models, providers, store.jobs, clock, metrics, spool=spool)
    parts = Parts(
        clock=clock,
        jobs=store.jobs,
        policies=store.policies,
        images=LocalStore(folder / "images", "https://cdn.example", public=True, spool=spool),
        router=router,
        sanitizer=OfflineSanitizer(),
        moderator=None,
        rules=RuleSanitizer(),
        identities=KeyedIdentities(SecretStr("x")),
        telemetry=metrics,
        progress=ProgressBus(),
        adapters={"bench": chat},
        memory=ByteBudget(256 * MB, largest=spool.above),
    )
    workers = Workers(parts, count)
    studio = Studio(parts, workers.wake)
    await workers.start()
    await _one(studio, chat, "warm-up", 1)
    idle, started = _rss(), time.perf_counter()
    watch = asyncio.create_task(_watch(idle))
    await asyncio.gather(*(_one(studio, None, f"job {number}", 0) for number in range(count)))
    while chat.delivered + chat.other < count + 1:
        await asyncio.sleep(0.02)
    seconds = time.perf_counter() - started
    watch.cancel()
    peak, stall = await watch
    await workers.stop(5)
    await router.aclose()
    await store.aclose()
    return {
        "jobs": count,
        "delivered": chat.delivered - 1,
        "idle_mb": idle / 1e6,
        "peak_mb": peak / 1e6,
        "mb_per_job": (peak - idle) / 1e6 / count,
        "stall_ms": stall * 1000,
        "seconds": seconds,
    }


async def _one(studio: Studio, chat: Counter | None, name: str, wait_for: int) -> None:
    requester = Requester("bench", "bench", name)
    accepted = await studio.submit(Ask(f"bench:{name}", requester, "a brass owl"))
    assert isinstance(accepted, Accepted), accepted
    await studio.begin(accepted.job.job_id, {})
    while chat is not None and chat.delivered + chat.other < wait_for:
        await asyncio.sleep(0.02)


async def _watch(idle: int) -> tuple[int, float]:
    """Peak memory and the longest stall of the event loop until cancelled."""
    peak, longest = idle, 0.0
    loop = asyncio.get_running_loop()
    try:
        while True:
            due = loop.time() + 0.002
            await asyncio.sleep(0.002)
            longest = max(longest, loop.time() - due)
            peak = max(peak, _rss())
    except asyncio.CancelledError:
        return peak, longest


def _rss() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        port, mode, count, above = sys.argv[1:]
        print(json.dumps(asyncio.run(drive(int(port), mode, int(count), int(above), Path(name)))))
