"""`make soak`: three replicas under load, with random faults and kills; ends with a report, and 1 if something is lost.

python -m tests.soak --minutes 30 --people 12 --seed 1
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.report import Report, look, memory_is_flat
from tests.soak.town import ELDER, Town, memory, open_files, open_town, settled
from tests.soak.trouble import Trouble

_SETTLE = 120.0
"""Seconds in which every open job has to end when the faults are over; the slowest fault is the breaker's pause."""
_MEASURE = 5.0


async def soak(minutes: float, people: int, pause: float, kill_every: float, seed: int) -> Report:
    report = Report()
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as name:
        async with open_town(Path(name)) as town:
            trouble = Trouble(town, random.Random(seed))
            samples: list[tuple[float, int, int]] = []
            async with asyncio.TaskGroup() as group:
                group.create_task(trouble.make_faults())
                group.create_task(trouble.kill(kill_every))
                for _ in range(people):
                    group.create_task(trouble.ask_in_discord(pause))
                    group.create_task(trouble.ask_in_playground(pause))
                await _measure(town, minutes * 60, samples, trouble)
                trouble.stop.set()
            report.must("every_job_ended", await settled(town, _SETTLE), be=True)
            await asyncio.sleep(16)  # one round of the gauges
            report.note("minutes", minutes)
            report.note("seed", seed)
            report.note("asked", trouble.asked)
            report.note("not_taken", trouble.not_taken)
            report.note("killed", trouble.kills)
            report.note("terminated", trouble.terminations)
            await look(town, report)
            memory_is_flat(report, samples, minutes)
    return report


async def _measure(
    town: Town, seconds: float, samples: list[tuple[float, int, int]], trouble: Trouble
) -> None:
    started = time.monotonic()
    while (passed := time.monotonic() - started) < seconds:
        elder = town.bots[ELDER]
        samples.append((passed, memory(elder), open_files(elder)))
        print(
            f"{passed:6.0f} s  {trouble.asked} asked, {trouble.kills} killed, {trouble.terminations} terminated, "
            f"elder {samples[-1][1] / 2**20:.0f} MB",
            file=sys.stderr,
        )
        await asyncio.sleep(min(_MEASURE, max(0.1, seconds - passed)))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--people", type=int, default=8, help="in each of Discord and the playground")
    parser.add_argument(
        "--pause", type=float, default=4.0, help="seconds between a person's requests, on average"
    )
    parser.add_argument("--kill-every", type=float, default=20.0, help="seconds, on average")
    parser.add_argument("--seed", type=int, default=1)
    choice = parser.parse_args()
    report = asyncio.run(soak(choice.minutes, choice.people, choice.pause, choice.kill_every, choice.seed))
    print(json.dumps({**report.figures, "wrong": report.wrong}, indent=2))
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
