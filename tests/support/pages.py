"""A headless Chromium for the tests of our pages, and axe to look for what shuts people out."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources

import pytest
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = shutil.which("chromium")
_AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")

BROWSER_MARKS = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]
"""For modules whose fixtures live as long as the module."""


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield running
        finally:
            await running.close()


async def broken_rules(page: Page) -> list[str]:
    """The axe rules that the page breaks now, each with its first place. Evaluated, not injected, so that the page's policy stays on."""
    await page.evaluate(_AXE)
    violations = await page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in violations]
