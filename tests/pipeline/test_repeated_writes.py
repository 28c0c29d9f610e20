"""A write that is harmless to repeat: when it is, with which pauses, and when it is given up."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.domain.errors import StorageError
from bot.domain.policy import Policy
from bot.pipeline.run import Run
from tests.support.fakes import FakeClock
from tests.support.make import NOW, job
from tests.support.rig import Rig

AWAY = StorageError("postgres: away")
FORBIDDEN = StorageError("403 AccessDenied", retryable=False)


@dataclasses.dataclass
class Write:
    """Fails so often, then is done."""

    faults: Sequence[StorageError]
    calls: int = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.calls <= len(self.faults):
            raise self.faults[self.calls - 1]
        return "done"


def running(rig: Rig, seconds: float = 600.0) -> tuple[Run, FakeClock]:
    clock = FakeClock(NOW)
    parts = dataclasses.replace(rig.parts, clock=clock, retry_seconds=0.5)
    return Run(parts, job(deadline=NOW + seconds), Policy()), clock


async def test_pauses_double_up_to_five_seconds(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        run, clock = running(rig)

        assert await run.until_stored(Write([AWAY] * 7)) == "done"
        assert clock.slept == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0]


@pytest.mark.parametrize(
    ("faults", "tries", "seconds", "calls"),
    [
        ([FORBIDDEN], None, 600.0, 1),
        ([AWAY, FORBIDDEN], None, 600.0, 2),
        ([AWAY] * 9, 3, 600.0, 3),
        ([AWAY] * 9, 1, 600.0, 1),
        ([AWAY] * 9, None, 0.5, 1),
        ([AWAY] * 9, None, 1.75, 3),
        ([AWAY] * 9, None, 0.0, 1),
    ],
)
async def test_it_is_given_up_where_no_other_try_would_help_or_may_be_made(
    tmp_path: Path, faults: Sequence[StorageError], tries: int | None, seconds: float, calls: int
) -> None:
    async with Rig(tmp_path) as rig:
        run, clock = running(rig, seconds)
        write = Write(faults)

        with pytest.raises(StorageError) as raised:
            await run.until_stored(write, tries)
        assert raised.value is faults[calls - 1]
        assert write.calls == calls
        assert len(clock.slept) == calls - 1
        assert clock.now() <= NOW + seconds
