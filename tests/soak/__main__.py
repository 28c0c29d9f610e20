"""`make soak`: three replicas under load, with random faults and kills; ends with a report, and 1 if something is lost.

python -m tests.soak --minutes 30 --people 3 --seed 1 --page docs/soak.md
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.asked import PlaygroundAsk
from tests.soak.compare import compare
from tests.soak.counters import Counters
from tests.soak.crowd import Crowd
from tests.soak.page import page
from tests.soak.report import Report, look, memory_is_flat, unseen
from tests.soak.town import ELDER, Town, memory, open_files, open_town, settled
from tests.soak.trouble import Trouble

_SETTLE = 120.0
"""Seconds in which every open job has to end when the faults are over; the slowest fault is the breaker's pause."""
_MEASURE = 5.0


async def soak(
    minutes: float, people: int, pause: float, kill_every: float, seed: int, logs: Path | None = None
) -> Report:
    report = Report()
    if logs is not None:
        logs.mkdir(parents=True, exist_ok=True)  # now: after half an hour it would cost the report
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as name:
        async with open_town(Path(name), seed) as town:
            counters = Counters(town.http)
            for place in range(len(town.bots)):
                counters.started(place)
            crowd = Crowd(town, random.Random(seed), pause)
            trouble = Trouble(town, random.Random(seed), counters)
            samples: list[tuple[float, int, int]] = []
            async with asyncio.TaskGroup() as group:
                group.create_task(trouble.make_faults())
                group.create_task(trouble.kill(kill_every))
                group.create_task(counters.rounds(town, trouble.stop))
                group.create_task(crowd.moderator(10.0))
                for _ in range(people):
                    group.create_task(crowd.member("home"))
                    group.create_task(crowd.member("second"))
                    group.create_task(crowd.colleague())
                    group.create_task(crowd.visitor())
                await _measure(town, minutes * 60, samples, trouble, crowd)
                trouble.stop.set()
                crowd.stop.set()
            done = await settled(town, _SETTLE)
            report.must("every_job_ended", done, be=True)
            print("settled", done, file=sys.stderr)
            await asyncio.sleep(16)  # one round of the gauges, and of the janitor
            for name_, value in {
                "minutes": minutes,
                "seed": seed,
                "asked": len(crowd.asked),
                "killed": trouble.kills,
                "terminated": trouble.terminations,
                "ended_at": trouble.ended_at,
                "pressed_twice_at_once": crowd.double,
                "redelivered_by_slack": crowd.redelivered,
                "erased_everything": crowd.erased,
                "deleted": crowd.deleted,
                "shared": crowd.shared,
                "rules_saved_by_moderators": crowd.rules,
                "faults_of_slack": dict(town.slack.faults),
                "faults_of_discord": trouble.discord_faults,
            }.items():
                report.note(name_, value)
            for ask in crowd.asked:
                if isinstance(ask, PlaygroundAsk) and ask.job_id:
                    await crowd.looks(ask)
            await look(town, crowd, report)
            for place, bot in enumerate(town.bots):
                await counters.read(place, bot)
            rows = compare(town, counters, crowd.asked, await unseen(town, crowd.asked))
            report.note(
                "seconds_of_lost_counting", round(sum(w.until - w.since for w in counters.windows), 1)
            )
            report.note("compared", [row.json() for row in rows])
            report.wrong += [
                f"{row.metric} ({row.labels}): {row.ours:g}, the twins counted {row.theirs:g} (-{row.less:g} to +{row.more:g} allowed)"
                for row in rows
                if not row.holds
            ]
            if logs is not None:
                for place, bot in enumerate(town.bots):
                    lines = [*trouble.logs.get(place, []), *bot.log]
                    (logs / f"replica{place}.log").write_text("\n".join(lines))
            memory_is_flat(report, samples, minutes)
    return report


async def _measure(
    town: Town, seconds: float, samples: list[tuple[float, int, int]], trouble: Trouble, crowd: Crowd
) -> None:
    started = time.monotonic()
    while (passed := time.monotonic() - started) < seconds:
        elder = town.bots[ELDER]
        samples.append((passed, memory(elder), open_files(elder)))
        print(
            f"{passed:6.0f} s  {len(crowd.asked)} asked, {trouble.kills} killed, "
            f"{trouble.terminations} terminated, elder {samples[-1][1] / 2**20:.0f} MB",
            file=sys.stderr,
        )
        await asyncio.sleep(min(_MEASURE, max(0.1, seconds - passed)))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--people", type=int, default=3, help="in each of the four communities")
    parser.add_argument(
        "--pause", type=float, default=4.0, help="seconds between a person's requests, on average"
    )
    parser.add_argument("--kill-every", type=float, default=30.0, help="seconds, on average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logs", type=Path, help="keep what the replicas wrote in this folder")
    parser.add_argument("--page", type=Path, help="write the report there, as docs/soak.md")
    choice = parser.parse_args()
    report = asyncio.run(
        soak(choice.minutes, choice.people, choice.pause, choice.kill_every, choice.seed, choice.logs)
    )
    print(json.dumps({**report.figures, "wrong": report.wrong}, indent=2))
    if choice.page is not None:
        choice.page.write_text(page(report))
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
