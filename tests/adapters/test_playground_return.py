"""The playground: something is down, the person wants to hear when it works again, and their page tells them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Page, expect

from tests.support.pages import CHROMIUM, running_browser
from tests.support.process import BotProcess

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("playground-return")]

WAIT = 60.0


async def turn(api: httpx2.AsyncClient, fault: str, *, on: bool) -> None:
    assert (await api.put(f"/api/faults/{fault}", json={"on": on})).json()["on"] is on


async def failed(api: httpx2.AsyncClient, prompt: str) -> str:
    answer = await api.post("/api/imagine", json={"prompt": prompt})
    job_id = str(answer.json()["job_id"])
    async with asyncio.timeout(WAIT):
        while (view := (await api.get(f"/api/jobs/{job_id}")).json())["state"] != "failed":
            await asyncio.sleep(0.05)
    assert "notify" in view["actions"]
    assert (view["awaiting"], view["works_again"]) == (False, None)
    return job_id


async def press(api: httpx2.AsyncClient, job_id: str, action: str = "notify") -> dict[str, Any]:
    answer = await api.post(f"/api/jobs/{job_id}/actions", json={"action": action})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def news(api: httpx2.AsyncClient, job_id: str) -> AsyncIterator[dict[str, Any]]:
    async with api.stream("GET", f"/api/jobs/{job_id}/events", timeout=WAIT) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line[6:])


async def test_the_events_stay_open_until_it_is_told_also_across_a_kill(tmp_path: Path) -> None:
    async with BotProcess({}, tmp_path) as bot:
        async with httpx2.AsyncClient(base_url=bot.address, timeout=20) as api:
            await turn(api, "sanitizer_down", on=True)
            job_id = await failed(api, "words that nobody has judged before")
            assert await press(api, job_id) == await press(api, job_id) == {"job_id": job_id}
            assert (await api.get(f"/api/jobs/{job_id}")).json()["awaiting"] is True
        await bot.kill()  # all switches are off after a start
        await bot.start()
        async with httpx2.AsyncClient(base_url=bot.address, timeout=20) as api:
            told = [view async for view in news(api, job_id)]

            assert [view["awaiting"] for view in told] == [True, False]
            assert told[-1]["works_again"] == "You wanted to know: it should work again now."
            assert "reroll" in told[-1]["actions"]
            again = await press(api, job_id, "reroll")
            assert [view async for view in news(api, again["job_id"])][-1]["state"] == "delivered"

            refused = await api.post(f"/api/jobs/{again['job_id']}/actions", json={"action": "notify"})
            assert refused.status_code == 404


async def test_a_page_that_waits_does_not_keep_a_process_from_leaving(tmp_path: Path) -> None:
    async with BotProcess({}, tmp_path) as bot, httpx2.AsyncClient(base_url=bot.address, timeout=20) as api:
        await turn(api, "sanitizer_down", on=True)
        job_id = await failed(api, "words that nobody has judged before")
        await press(api, job_id)
        told = news(api, job_id)
        assert (await anext(told))["awaiting"] is True

        assert await bot.stop() == 0
        assert [view async for view in told] == []
        assert not any("Traceback" in line or "graceful shutdown" in line for line in bot.log), bot.log


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
async def test_the_page_tells_it_without_being_asked(tmp_path: Path) -> None:
    async with (
        BotProcess({}, tmp_path) as bot,
        running_browser() as browser,
        httpx2.AsyncClient(base_url=bot.address, timeout=20) as api,
    ):
        page: Page = await browser.new_page()
        await page.goto(bot.address)
        await turn(api, "provider_down", on=True)
        await turn(api, "backup_down", on=True)
        await page.get_by_role("textbox").first.fill("a brass owl")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Tell me when it works again").click(timeout=30_000)
        await expect(page.get_by_text("I will tell you here").first).to_be_visible()

        await page.reload()
        await expect(page.get_by_text("I will tell you here").first).to_be_visible()
        await turn(api, "provider_down", on=False)
        await turn(api, "backup_down", on=False)

        await expect(page.get_by_role("article").get_by_text("it should work again now")).to_be_visible(
            timeout=60_000
        )
        await expect(page.get_by_role("log")).to_contain_text("it should work again now")
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_role("img", name="brass owl").first).to_be_visible(timeout=30_000)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
async def test_several_bells_ring_and_leave_the_page_its_connections(tmp_path: Path) -> None:
    """A browser has six connections for all tabs: a page that waits for much keeps one of them open, not all."""
    async with (
        BotProcess({}, tmp_path) as bot,
        running_browser() as browser,
        httpx2.AsyncClient(base_url=bot.address, timeout=20) as api,
    ):
        page: Page = await browser.new_page()
        await page.goto(bot.address)
        await turn(api, "sanitizer_down", on=True)
        bells = page.get_by_role("button", name="Tell me when it works again")
        for number in range(4):
            await page.get_by_role("textbox").first.fill(f"bell number {number}")
            await page.keyboard.press("Enter")
            await expect(bells).to_have_count(number + 1, timeout=30_000)
        streams: list[str] = []
        page.on("request", lambda request: streams.extend(re.findall("/api/jobs/.*/events$", request.url)))
        for number in range(4):
            async with page.expect_response("**/actions"):
                await bells.nth(number).click()
        await expect(page.get_by_role("article").get_by_text("I will tell you here")).to_have_count(4)
        assert len(streams) == 1
        await turn(api, "sanitizer_down", on=False)

        told = page.get_by_role("article").get_by_text("it should work again now")
        await expect(told).to_have_count(4, timeout=60_000)
