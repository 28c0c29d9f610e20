"""Who watches a job sees each sign of progress, also while its row stays as it is."""

import asyncio
import contextlib
from pathlib import Path

from bot.domain.jobs import Stage
from bot.ports import Accepted, Progress
from tests.support.rig import Rig


async def test_progress_is_seen_although_the_row_is_the_same(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        accepted = await rig.studio.submit(rig.ask())
        assert isinstance(accepted, Accepted)
        job_id = accepted.job.job_id
        async with contextlib.aclosing(rig.studio.watch(job_id)) as seen:
            job, nothing = await anext(seen)
            following = asyncio.ensure_future(anext(seen))
            for _ in range(10):
                await asyncio.sleep(0)
            rig.parts.progress.publish(Progress(job_id, Stage.GENERATE))

            assert nothing is None
            assert await following == (job, Progress(job_id, Stage.GENERATE))
