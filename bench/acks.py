"""How fast 200 commands in one second are acknowledged while 50 jobs run and 8 large pictures are being encoded.

Real bot processes against a Discord on loopback, in turns with the least that discord.py can do on the same machine:
a bot that acknowledges and does nothing else, idle but for that.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.results import Results
from bot.domain.policy import Limits, Policy
from tests.support.discord_rush import COMMANDS, ENCODED, RUNNING, occupy, rush
from tests.support.discord_stage import set_policy
from tests.support.process import BotProcess
from tests.twins import http_twin
from tests.twins.discord_twin import DiscordTwin, Interaction
from tests.twins.openai_twin import OpenAITwin

ROUNDS: Final = 3
HEAD: Final = ("bot", "acknowledged", "p50 ms", "p99 ms", "worst ms")


async def report(results: Results, *, rounds: int = ROUNDS) -> None:
    """Adds a section: the median of the rounds for each, and ours over the plain one."""
    load = os.getloadavg()[0]
    runs: dict[str, list[list[float]]] = {"plain discord.py, idle": [], "ours, idle": [], "ours, busy": []}
    for _ in range(rounds):
        runs["plain discord.py, idle"].append(await plain())
        runs["ours, idle"].append(await ours(busy=False))
        runs["ours, busy"].append(await ours(busy=True))
    rows: list[Sequence[object]] = []
    base = [
        statistics.median(at(run, share) for run in runs["plain discord.py, idle"]) for share in (0.5, 0.99)
    ]
    for name, each in runs.items():
        figures = [statistics.median(at(run, share) for run in each) for share in (0.5, 0.99, 1.0)]
        ratios = [f"{figure:.0f} ({figure / low:.1f}x)" for figure, low in zip(figures, base, strict=False)]
        got = sum(map(len, each)) / (COMMANDS * len(each))
        rows.append((name, f"{got:.1%}", *ratios, f"{figures[2]:.0f}"))
    text = (
        f"From Discord's event to the acknowledgement's arrival, {COMMANDS} `/imagine` within one second; medians of "
        f"{rounds} rounds. Busy: {RUNNING + ENCODED} jobs are running, {ENCODED} of them with a picture of 11 MB to be "
        "decoded and made smaller. Discord's limit is 3000 ms. Load average before: "
        f"{load:.1f} on {os.cpu_count()} cores, which the bot shares with the Discord it talks to."
    )
    results.section("Acknowledgements", text, HEAD, rows)


def at(latencies: Sequence[float], share: float) -> float:
    """A quantile in milliseconds."""
    ordered = sorted(latencies)
    return ordered[max(0, int(len(ordered) * share) - 1)] * 1000


def latencies_of(asked: Sequence[Interaction]) -> list[float]:
    return [one.ack.latency for one in asked if one.ack]


async def plain() -> list[float]:
    async with DiscordTwin() as discord:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.plain_bot", env={**os.environ, **discord.environment}
        )
        try:
            await discord.until_ready()
            return latencies_of(await rush(discord))
        finally:
            process.kill()
            await process.wait()


async def ours(*, busy: bool) -> list[float]:
    with tempfile.TemporaryDirectory() as name:
        async with DiscordTwin() as discord, OpenAITwin() as openai:
            limits = Limits(per_tenant_day=0, budget_day=0, budget_month=0)
            await set_policy(Path(name), f"discord:{discord.home.id}", Policy(limits=limits))
            environment = {
                **discord.environment,
                **openai.environment,
            }
            environment |= {"IMAGE_ROUTE": "openai:gpt-image-2", "LOG_LEVEL": "WARNING"}
            bot = BotProcess(environment, Path(name))
            await bot.start()
            try:
                await discord.until_ready()
                openai.images.always(http_twin.Slow(60.0))
                if busy:
                    await occupy(discord, openai)
                return latencies_of(await rush(discord))
            finally:
                await bot.kill()
