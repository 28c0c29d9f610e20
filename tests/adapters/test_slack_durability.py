"""Slack through restarts: kills, drains, buttons of old messages, redelivered events, a slow `auth.test`."""

import asyncio
from pathlib import Path

import pytest

from tests.support.process import BotProcess
from tests.support.slack_stage import ART, Stage
from tests.twins import http_twin
from tests.twins.openai_twin import OpenAITwin
from tests.twins.slack_twin import SlackTwin

pytestmark = [pytest.mark.long, pytest.mark.process, pytest.mark.xdist_group("slack_durability")]


def environment(slack: SlackTwin, openai: OpenAITwin) -> dict[str, str]:
    return {
        **slack.environment,
        **openai.environment,
        "IMAGE_ROUTE": "openai:gpt-image-2",
    }


async def test_killed_while_painting_it_is_finished_or_apologised_and_old_buttons_work(
    tmp_path: Path,
) -> None:
    """S13, S14: the plug is pulled while a picture is made; the next process ends it, and the buttons go on."""
    async with SlackTwin() as slack, OpenAITwin() as openai:
        given = environment(slack, openai)
        ada, bob = slack.person(), slack.person("U000BOB00")
        thread = "1700000000.000100"
        async with BotProcess(given, tmp_path) as bot:
            await slack.until_connected()
            stage = Stage(slack, openai, bot, tmp_path)
            await ada.mention("a login page", thread=thread)
            await stage.version(ada, 1, thread)
            openai.images.queue(http_twin.Slow(30.0))
            await bob.slash("a brass owl")
            await slack.until(lambda: len(openai.image_requests) == 2)
            await bot.kill()
        slack._sockets.clear()
        async with BotProcess(given, tmp_path) as bot:
            await slack.until_connected()
            stage = Stage(slack, openai, bot, tmp_path)
            ended = await stage.until(
                lambda: next(
                    (
                        m
                        for m in bob.sees()
                        if m.only_for and ("connection broke" in m.all_text or m.pictures)
                    ),
                    None,
                )
            )
            assert ended.only_for == bob.id
            assert not [m for m in bob.sees() if m.only_for == bob.id and "On it" in m.all_text]

            first = await stage.version(ada, 1, thread)
            await ada.click(first, "Vary")
            varied = await stage.version(ada, 2, thread)
            assert varied.thread == thread
            await ada.mention("make it dark", thread=thread)
            await stage.version(ada, 3, thread)
            assert openai.image_requests[-1].files, "the thread is still known"
        assert slack.violations == []


async def test_twenty_jobs_are_not_lost_by_a_polite_stop(tmp_path: Path) -> None:
    async with SlackTwin() as slack, OpenAITwin() as openai:
        openai.images.always(http_twin.Slow(1.0))
        people = [slack.person(f"U000P{number:04d}") for number in range(20)]
        async with BotProcess(environment(slack, openai), tmp_path) as bot:
            await slack.until_connected()
            await asyncio.gather(*(person.slash("a brass owl") for person in people))
            await slack.until(lambda: len(openai.image_requests) >= 5)
            assert await bot.stop() == 0
        served = {m.only_for for m in slack.messages if m.pictures or "restarted" in m.all_text}
        if served != {person.id for person in people}:
            slack._sockets.clear()
            async with BotProcess(environment(slack, openai), tmp_path):
                await slack.until(
                    lambda: {m.only_for for m in slack.messages if m.pictures} == {p.id for p in people}
                )
        waiting = [m for m in slack.messages if not m.deleted and m.text == "On it …"]
        assert waiting == []
        assert openai.billed_images == 20
        assert slack.violations == []


async def test_over_http_nothing_of_slacks_comes_before_an_acknowledgement(tmp_path: Path) -> None:
    """`auth.test` takes 2 s, once at start; a hundred commands later nobody has asked it again."""
    async with SlackTwin() as slack, OpenAITwin() as openai:
        slack.auth_delay = 2.0
        given = environment(slack, openai)
        del given["SLACK_APP_TOKEN"]
        async with BotProcess(given, tmp_path) as bot:
            slack.bot_url = bot.address
            await slack.until(lambda: any(name == "auth.test" for name, _, _ in slack.calls))
            ada = slack.person()
            latencies = sorted([(await ada.slash("help")).latency for _ in range(100)])
            asked = sum(name == "auth.test" for name, _, _ in slack.calls)
            await slack.until(lambda: len(ada.sees(ART)) == 100)
        print(f"ack p50 {latencies[50] * 1000:.1f} ms, p99 {latencies[98] * 1000:.1f} ms")
        assert asked == 1
        assert slack.violations == []
