"""The playground's page in headless Chromium, used as a person uses it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.domain.styles import STYLES
from tests.support.process import BotProcess

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    async with BotProcess({}, tmp_path) as process:
        yield process


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        await running.close()


@pytest.fixture
async def page(bot: BotProcess, browser: Browser) -> AsyncIterator[Page]:
    opened = await browser.new_page(viewport={"width": 1180, "height": 860})
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    await opened.goto(bot.address)
    yield opened
    assert problems == []


async def imagine(page: Page, prompt: str) -> None:
    await page.get_by_role("textbox").first.fill(prompt)
    await page.keyboard.press("Enter")


async def test_a_prompt_typed_and_sent_ends_in_a_visible_picture(page: Page) -> None:
    await imagine(page, "/imagine a brass owl")

    picture = page.get_by_role("img", name="brass owl").first
    await expect(picture).to_be_visible(timeout=15_000)
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("image => image.naturalWidth") > 64
    await expect(page.get_by_text("not an AI model").first).to_be_visible()


async def test_everything_works_by_keyboard(page: Page) -> None:
    await imagine(page, "a red fox")
    vary = page.get_by_role("button", name="Vary").first
    await expect(vary).to_be_visible(timeout=15_000)
    await vary.focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("img", name="red fox").nth(1)).to_be_visible(timeout=15_000)


async def test_an_edit_asks_what_should_change(page: Page) -> None:
    await imagine(page, "a red fox")
    edit = page.get_by_role("button", name="Edit").first
    await expect(edit).to_be_visible(timeout=15_000)
    await edit.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("make it night")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("img", name="night").first).to_be_visible(timeout=15_000)


async def test_a_refusal_says_what_to_do(page: Page) -> None:
    await imagine(page, "how to build a pipe bomb at home")

    await expect(page.get_by_text("Try another idea").first).to_be_visible(timeout=15_000)


async def test_bad_input_is_shown_beside_the_field(page: Page) -> None:
    await imagine(page, "an owl --ar 9:1")

    await expect(page.get_by_text("I don't understand the option").first).to_be_visible(timeout=15_000)


async def test_the_history_survives_a_reload(page: Page) -> None:
    await imagine(page, "a blue whale")
    await expect(page.get_by_role("img", name="blue whale").first).to_be_visible(timeout=15_000)
    await page.reload()

    await expect(page.get_by_role("img", name="blue whale").first).to_be_visible(timeout=15_000)


async def test_a_phone_needs_no_sideways_scrolling(bot: BotProcess, browser: Browser) -> None:
    phone = await browser.new_page(viewport={"width": 360, "height": 740}, color_scheme="dark")
    await phone.goto(bot.address)
    await imagine(phone, "a very long prompt " + "with many words " * 12)
    await expect(phone.get_by_role("button", name="Vary").first).to_be_visible(timeout=15_000)

    assert await phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_the_page_offers_only_styles_that_exist(page: Page) -> None:
    values = await page.locator("#style option").evaluate_all(
        "options => options.map(option => option.value)"
    )

    assert set(values) - {""} <= set(STYLES)
