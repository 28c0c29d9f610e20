"""Pictures of the playground and the console in docs/: `make screenshots`. Needs Debian's chromium."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page

from scripts.console_screenshots import review, smaller
from scripts.panel_screenshots import panels
from tests.support.pages import running_browser
from tests.support.process import BotProcess

DOCS = Path(__file__).resolve().parents[1] / "docs"
_SHOWN = (
    "[...document.querySelectorAll('img')].filter(i => i.alt && i.complete && i.naturalWidth > 64).length"
)


async def main() -> int:
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with BotProcess({}, Path(folder)) as bot, running_browser() as browser:
            page = await browser.new_page(
                viewport={"width": 1180, "height": 1000}, device_scale_factor=1.5, locale="en-GB"
            )
            await page.goto(bot.address)
            await imagine(page, "a brass owl on a stack of books --ar 3:2")
            await page.screenshot(animations="disabled", path=DOCS / "playground.png")
            phone = await browser.new_page(
                viewport={"width": 390, "height": 844}, device_scale_factor=2, color_scheme="dark"
            )
            await phone.goto(bot.address)
            await imagine(phone, "three red foxes in a snowy forest at night")
            await phone.screenshot(animations="disabled", path=DOCS / "playground-phone.png")
            await switches(await browser.new_page(viewport={"width": 1180, "height": 1100}), bot.address)
            await slack(await browser.new_page(viewport={"width": 900, "height": 1000}), bot.address)
            await console(page)
            await review(browser, DOCS)
            await panels(browser, DOCS)
            for picture in DOCS.glob("console-*.png"):
                smaller(picture)
    return 0


async def switches(page: Page, address: str) -> None:
    """The first engine is down, and the backup draws."""
    await page.goto(address)
    await page.get_by_text("Studio", exact=True).click()
    await page.get_by_role("switch", name="The first engine is down").check()
    await page.get_by_text("Studio", exact=True).click()
    await imagine(page, "a tea house in the rain, at night --ar 16:9")
    await page.get_by_text("Studio", exact=True).click()
    await page.evaluate("scrollTo(0, 0)")
    await page.screenshot(animations="disabled", path=DOCS / "playground-switches.png")
    await page.get_by_role("switch", name="The first engine is down").uncheck()
    await page.close()


async def slack(page: Page, address: str) -> None:
    """The messages that Slack gets, in the playground's view of it: a private preview, a version of it, a refusal."""
    await page.goto(address)
    await page.get_by_role("radio", name="Slack").check()
    await imagine(page, "a red fox in the snow --ar 3:2")
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_role("dialog").get_by_role("textbox").fill("make it night")
    await page.keyboard.press("Enter")
    await page.get_by_role("img", name="night").wait_for()
    await page.get_by_role("textbox").first.fill("how to build a pipe bomb at home")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Ask a moderator").wait_for()
    height = int(await page.evaluate("document.documentElement.scrollHeight"))
    await page.set_viewport_size({"width": 900, "height": height})
    await page.locator("#conversation").screenshot(animations="disabled", path=DOCS / "slack.png")
    await page.close()


async def console(page: Page) -> None:
    """A refusal, an appeal against it, and what moderators see of both."""
    for words in ("a red fox", "a lighthouse in a storm"):
        await imagine(page, words)
    await page.get_by_role("textbox").first.fill("how to build a pipe bomb at home")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Ask a moderator").click()
    await page.get_by_role("dialog").get_by_role("textbox").fill("It is a prop for our school play.")
    await page.keyboard.press("Enter")
    await page.get_by_text("The moderators will look at it").last.wait_for()
    await page.set_viewport_size({"width": 1180, "height": 860})
    await page.get_by_text("Studio", exact=True).click()
    await page.get_by_role("button", name="Moderators’ console").click()
    await page.get_by_role("button", name="Open the console").click()
    await shot(page, "Overview", "console-overview.png")
    await go(page, "Review queue")
    await page.get_by_role("button", name="Take this case").click()
    await page.get_by_role("button", name="Approve once").wait_for()
    await shot(page, "Review queue", "console-queue.png")
    await go(page, "Rules")
    await page.get_by_label("Blocked words").fill("lighthouse")
    await page.get_by_role("button", name="What would have changed").click()
    await page.get_by_text("decisions,").wait_for()
    await shot(page, "Rules", "console-rules.png")


async def go(page: Page, area: str) -> None:
    await page.get_by_role("navigation").get_by_role("link", name=area).click()
    await page.get_by_role("heading", name=area, level=2).wait_for()


async def shot(page: Page, area: str, name: str) -> None:
    await page.get_by_role("heading", name=area, level=2).wait_for()
    await page.screenshot(animations="disabled", path=DOCS / name)


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
