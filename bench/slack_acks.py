"""How fast Slack's commands are acknowledged while Slack's own `auth.test` takes two seconds.

A real bot process over signed HTTP with an installation of its own, warmed up, before a Slack on loopback; beside it
the least that bolt does for many workspaces, which asks `auth.test` before each acknowledgement.
"""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import aiohttp

from bench.results import Results
from tests.support.process import BotProcess
from tests.twins.openai_twin import OpenAITwin
from tests.twins.slack_twin import BOT_TOKEN, TEAM, SlackTwin

AUTH_SECONDS: Final = 2.0
COMMANDS: Final = 400
PLAIN_COMMANDS: Final = 40
AT_ONCE: Final = 4
HEAD: Final = ("bot", "commands", "p50 ms", "p99 ms", "worst ms", "auth.test asked")


async def report(results: Results) -> None:
    """Adds a section."""
    rows: list[Sequence[object]] = []
    for name, measure in (("plain bolt, many workspaces", plain()), ("ours, many workspaces", ours())):
        latencies, asked = await measure
        figures = [f"{at(latencies, share):.0f}" for share in (0.5, 0.99, 1.0)]
        rows.append((name, len(latencies), *figures, asked))
    text = (
        f"From Slack's request to its answer over HTTP, {AT_ONCE} at once, after warm-up, while `auth.test` takes "
        f"{AUTH_SECONDS * 1000:.0f} ms. Slack's limit is 3000 ms. Load average before: {os.getloadavg()[0]:.1f} on "
        f"{os.cpu_count()} cores, which the bot shares with the Slack it talks to."
    )
    results.section("Acknowledgements in Slack", text, HEAD, rows)


def at(latencies: Sequence[float], share: float) -> float:
    """A quantile in milliseconds."""
    ordered = sorted(latencies)
    return ordered[max(0, int(len(ordered) * share) - 1)] * 1000


async def rush(slack: SlackTwin, count: int) -> tuple[list[float], int]:
    """Latencies, and how often `auth.test` was asked meanwhile."""
    before = asked(slack)
    latencies: list[float] = []

    async def one(name: str) -> None:
        person = slack.person(name)
        latencies.extend([(await person.slash("help")).latency for _ in range(count // AT_ONCE)])

    await asyncio.gather(*(one(f"U000ADA{number:02d}") for number in range(AT_ONCE)))
    return latencies, asked(slack) - before


def asked(slack: SlackTwin) -> int:
    return sum(name == "auth.test" for name, _, _ in slack.calls)


async def plain() -> tuple[list[float], int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with SlackTwin() as slack:
        slack.auth_delay = AUTH_SECONDS
        environment = {**os.environ, **slack.environment, "TOKEN": BOT_TOKEN, "TEAM": TEAM}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.plain_bolt", str(port), env=environment
        )
        try:
            slack.bot_url = f"http://127.0.0.1:{port}"
            await until_open(port)
            await slack.person().slash("help")
            return await rush(slack, PLAIN_COMMANDS)
        finally:
            process.kill()
            await process.wait()


async def ours() -> tuple[list[float], int]:
    with tempfile.TemporaryDirectory() as folder:
        async with SlackTwin() as slack, OpenAITwin() as openai:
            slack.auth_delay = AUTH_SECONDS
            environment = {
                **slack.oauth_environment,
                **openai.environment,
                "IMAGE_ROUTE": "openai:gpt-image-2",
                "LOG_LEVEL": "WARNING",
            }
            async with BotProcess(environment, Path(folder)) as bot:
                slack.bot_url = bot.address
                await install(bot.address, slack)
                await slack.person().slash("help")
                return await rush(slack, COMMANDS)


async def install(address: str, slack: SlackTwin) -> None:
    """As an admin's browser does."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(f"{address}/slack/install", allow_redirects=False) as away:
            state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
        given = {"code": slack.code(), "state": state}
        async with browser.get(f"{address}/slack/oauth_redirect", params=given) as back:
            back.raise_for_status()


async def until_open(port: int, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await writer.wait_closed()
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("it does not listen")
