"""Pictures of the playground for the README: `make screenshots`. Needs Debian's chromium."""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.support.process import BotProcess

DOCS = Path(__file__).resolve().parents[1] / "docs"
_SHOWN = (
    "[...document.querySelectorAll('img')].filter(i => i.alt && i.complete && i.naturalWidth > 64).length"
)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


async def main() -> int:
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with BotProcess({}, Path(folder)) as bot, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            try:
                page = await browser.new_page(
                    viewport={"width": 1180, "height": 1000}, device_scale_factor=1.5
                )
                await page.goto(bot.address)
                await imagine(page, "a brass owl on a stack of books --ar 3:2")
                await page.screenshot(path=DOCS / "playground.png")
                phone = await browser.new_page(
                    viewport={"width": 390, "height": 844}, device_scale_factor=2, color_scheme="dark"
                )
                await phone.goto(bot.address)
                await imagine(phone, "three red foxes in a snowy forest at night")
                await phone.screenshot(path=DOCS / "playground-phone.png")
            finally:
                await browser.close()
    return 0


async def imagine(page: Page, prompt: str) -> None:
    """Type, send, and wait for the picture to be loaded."""
    before = await page.evaluate(_SHOWN)
    await page.get_by_role("textbox").first.fill(prompt)
    await page.keyboard.press("Enter")
    async with asyncio.timeout(20):
        while await page.evaluate(_SHOWN) <= before:
            await page.wait_for_timeout(100)
    await page.wait_for_timeout(600)


if __name__ == "__main__":
    os.environ.pop("CI", None)
    sys.exit(asyncio.run(main()))
