"""The playground's page in headless Chromium, used as a person uses it."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from bot.domain.styles import LOOKS
from tests.support.pages import BROWSER_MARKS, broken_rules, running_browser
from tests.support.process import BotProcess

pytestmark = BROWSER_MARKS

POSTER = "xyzzy plugh"
"""Words without a scene, which are drawn soonest."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotProcess]:
    async with BotProcess({}, tmp_path_factory.mktemp("bot")) as process:
        yield process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def page(bot: BotProcess, browser: Browser) -> AsyncIterator[Page]:
    """A browser of its own for each test: nothing is remembered."""
    opened = await browser.new_page(viewport={"width": 1180, "height": 860})
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("response", lambda answer: problems.extend([f"404 {answer.url}"] * (answer.status == 404)))
    await opened.goto(bot.address)
    yield opened
    await opened.close()
    assert problems == []


async def imagine(page: Page, prompt: str, *, button: bool = False) -> None:
    await page.get_by_role("textbox").first.fill(prompt)
    if button:
        await page.get_by_role("button", name="Imagine").click()
    else:
        await page.keyboard.press("Enter")


async def test_a_prompt_typed_and_sent_ends_in_a_visible_picture(page: Page) -> None:
    await imagine(page, "/imagine a brass owl")

    picture = page.get_by_role("img", name="brass owl").first
    await expect(picture).to_be_visible(timeout=30_000)
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("image => image.naturalWidth") > 64
    await expect(page.get_by_text("not an AI model").first).to_be_visible()


@pytest.mark.parametrize("button", [False, True], ids=["enter", "button"])
async def test_words_sent_before_the_scripts_are_ready_wait_for_them(
    bot: BotProcess, browser: Browser, button: bool
) -> None:
    """A slow line: the box is there, what works it is not. Nothing is lost, and no words get into the address."""
    page = await browser.new_page()
    arrive = asyncio.Event()

    async def held(route: Route) -> None:
        await arrive.wait()
        await route.continue_()

    await page.route("**/words", held)
    await page.goto(bot.address)
    await imagine(page, "a brass owl", button=button)
    await page.keyboard.type("x")
    arrive.set()

    await expect(page.get_by_role("article", name="a brass owl")).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("article", name="owlx")).to_have_count(0)
    await expect(page.get_by_role("textbox", name="Describe the picture")).to_have_value("")
    assert page.url == f"{bot.address}/"
    await page.close()


async def test_buttons_pressed_before_the_scripts_are_ready_are_not_lost(
    bot: BotProcess, browser: Browser
) -> None:
    page = await browser.new_page()
    arrive = asyncio.Event()

    async def held(route: Route) -> None:
        await arrive.wait()
        await route.continue_()

    await page.route("**/words", held)
    await page.goto(bot.address)
    await page.get_by_role("button", name="Options").click()
    await page.get_by_role("radio", name="Slack").check()
    arrive.set()

    await expect(page.get_by_role("textbox", name="Seed")).to_be_visible()
    await expect(page.locator("#conversation")).to_have_attribute("data-view", "slack")
    await expect(page.get_by_role("radio", name="Slack")).to_be_checked()
    await page.get_by_role("button", name="Options").click()
    await expect(page.get_by_role("textbox", name="Seed")).to_be_hidden()
    await page.close()


async def test_words_sent_while_the_history_is_fetched_come_after_it(page: Page) -> None:
    await imagine(page, "a blue whale")
    await expect(page.get_by_role("button", name="Vary")).to_be_visible(timeout=30_000)
    arrive = asyncio.Event()

    async def held(route: Route) -> None:
        await arrive.wait()
        await route.continue_()

    await page.route("**/api/jobs/*", held)
    await page.reload()
    async with page.expect_response("**/api/imagine"):
        await imagine(page, "a red fox")
    arrive.set()

    names = page.get_by_role("article")
    await expect(names).to_have_count(2)
    await expect(names.first).to_have_accessible_name("a blue whale")
    await expect(names.last).to_have_accessible_name("a red fox")
    await expect(names.last.get_by_role("button", name="Vary")).to_be_visible(timeout=30_000)


async def test_everything_works_by_keyboard(page: Page) -> None:
    await imagine(page, POSTER)
    vary = page.get_by_role("button", name="Vary").first
    await expect(vary).to_be_visible(timeout=30_000)
    await vary.focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("img", name=POSTER).nth(1)).to_be_visible(timeout=30_000)


async def test_a_press_that_a_reload_catches_on_its_way_is_not_lost(page: Page) -> None:
    await imagine(page, POSTER)
    vary = page.get_by_role("button", name="Vary")
    await expect(vary).to_be_visible(timeout=30_000)
    pattern = "**/actions"
    await page.route(pattern, lambda route: route.abort())
    await vary.click()
    await expect(page.get_by_text("nothing you asked for is lost")).to_be_visible()
    await page.unroute(pattern)
    await page.reload()

    await expect(page.get_by_role("article")).to_have_count(2)
    await expect(page.get_by_role("button", name="Vary")).to_have_count(2, timeout=30_000)
    await page.reload()
    await expect(page.get_by_role("button", name="Vary")).to_have_count(2, timeout=30_000)


async def test_an_edit_asks_what_should_change(page: Page) -> None:
    await imagine(page, "a red fox")
    edit = page.get_by_role("button", name="Edit").first
    await expect(edit).to_be_visible(timeout=30_000)
    await edit.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("make it night")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("img", name="night").first).to_be_visible(timeout=30_000)


async def test_a_change_that_is_not_taken_can_be_mended(page: Page) -> None:
    await imagine(page, "o" * 990)
    edit = page.get_by_role("button", name="Edit").first
    await edit.click(timeout=30_000)
    field = page.get_by_role("dialog").get_by_role("textbox")
    await field.fill("make it night")
    await page.keyboard.press("Enter")
    note = page.get_by_role("article").get_by_text("Together with the picture's own words")
    await expect(note).to_be_visible()
    assert await note.locator("use").get_attribute("href") == "#icon-stop"
    await edit.click()

    await expect(field).to_have_value("make it night")
    await field.fill("night")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article")).to_have_count(2)
    await expect(note).to_have_count(0)


async def test_a_refusal_says_what_to_do(page: Page) -> None:
    await imagine(page, "how to build a pipe bomb at home")

    await expect(page.get_by_text("Try another idea").first).to_be_visible(timeout=30_000)
    await expect(page.get_by_text("Reason: something dangerous")).to_be_visible()


async def test_bad_input_is_shown_beside_the_field(page: Page) -> None:
    await imagine(page, "an owl --ar 9:1")

    await expect(page.locator("#prompt-error")).to_contain_text('The option "--ar"')
    await expect(page.get_by_role("textbox", name="Describe the picture")).to_be_focused()
    await expect(page.get_by_role("button", name="Options")).to_have_attribute("aria-expanded", "false")


async def test_a_panel_that_an_error_opened_closes_when_it_is_mended(page: Page) -> None:
    toggle = page.get_by_role("button", name="Options")
    await toggle.click()
    seed = page.get_by_role("textbox", name="Seed")
    await seed.fill("minus one")
    await toggle.click()
    await imagine(page, "an owl")
    await expect(toggle).to_have_attribute("aria-expanded", "true")
    await expect(page.locator("#seed-error")).to_be_visible()
    await seed.fill("7")
    await page.get_by_role("textbox", name="Describe the picture").press("Enter")

    await expect(page.get_by_role("article")).to_have_count(1)
    await expect(toggle).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize(("words", "answer"), [("help", "makes a picture"), ("privacy", "a keyed hash")])
async def test_help_and_privacy_are_told_not_drawn(page: Page, words: str, answer: str) -> None:
    await imagine(page, f"/imagine {words}")

    await expect(page.get_by_role("article", name=words)).to_contain_text(answer)
    await expect(page.get_by_role("article").get_by_role("img")).to_have_count(0)
    await expect(page.get_by_role("log")).to_contain_text(answer)


async def test_show_brings_a_picture_back(page: Page) -> None:
    await imagine(page, POSTER)
    await expect(page.get_by_role("img", name=POSTER)).to_be_visible(timeout=30_000)
    job_id = str(await page.get_by_role("button", name="Copy job id").inner_text())
    await page.get_by_role("button", name="Forget this list").click()
    await page.get_by_role("dialog").get_by_role("button", name="Forget").click()
    await expect(page.get_by_role("heading", name="Say what you see.")).to_be_visible()
    await imagine(page, f"/imagine show {job_id}")

    await expect(page.get_by_role("img", name=POSTER)).to_be_visible(timeout=30_000)
    await imagine(page, f"/imagine show {'a' * 16}")
    await expect(page.get_by_role("article").last).to_contain_text("can't find that picture")


async def test_a_request_is_stopped(page: Page) -> None:
    await page.get_by_text("Studio", exact=True).click()
    slow = page.get_by_role("switch", name="The first engine is slow")
    await slow.check()
    await expect(page.get_by_role("log")).to_contain_text("The first engine is slow: on.")
    await imagine(page, f"{POSTER} --ar 16:9")
    await expect(page.get_by_role("list", name="Choices")).to_have_text("16:9", timeout=30_000)
    await expect(page.locator(".canvas")).to_have_css("aspect-ratio", "16 / 9")
    await page.get_by_role("article").get_by_role("button", name="Stop").click(timeout=30_000)

    await expect(page.get_by_role("article").get_by_text("Stopped, as you asked.")).to_be_visible(
        timeout=30_000
    )
    await expect(page.get_by_role("article").get_by_text("your wish")).to_be_visible()
    await slow.uncheck()
    await expect(page.get_by_role("log")).to_contain_text("The first engine is slow: off.")


async def test_a_wrong_address_is_answered_by_a_page(bot: BotProcess, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 320, "height": 568}, locale="de-DE")
    answer = await page.goto(f"{bot.address}/nope")

    assert answer is not None
    assert answer.status == 404
    assert await broken_rules(page) == []
    await page.get_by_role("link", name="Zum Playground").click()
    await expect(page.get_by_role("heading", name="Sag, was du siehst.")).to_be_visible()
    await page.close()


async def test_the_history_survives_a_reload(page: Page) -> None:
    await imagine(page, POSTER)
    await expect(page.get_by_role("img", name=POSTER).first).to_be_visible(timeout=30_000)
    await page.reload()

    await expect(page.get_by_role("img", name=POSTER).first).to_be_visible(timeout=30_000)


async def test_a_phone_needs_no_sideways_scrolling(bot: BotProcess, browser: Browser) -> None:
    phone = await browser.new_page(viewport={"width": 320, "height": 568}, color_scheme="dark")
    await phone.goto(bot.address)
    await imagine(phone, "a very long prompt " + "with many words " * 12)
    await expect(phone.get_by_role("button", name="Vary").first).to_be_visible(timeout=30_000)

    assert await phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_zoomed_in_as_far_as_it_goes_everything_can_be_reached(
    bot: BotProcess, browser: Browser
) -> None:
    """1280 x 1024 at 400 %."""
    small = await browser.new_page(viewport={"width": 320, "height": 256})
    await small.goto(bot.address)
    await imagine(small, POSTER)
    await expect(small.get_by_role("button", name="Vary")).to_be_visible(timeout=30_000)
    await small.get_by_role("button", name="Options").click()
    for choices in ("#aspect-choices label", "[data-field=count] label"):
        await small.locator(choices).first.click(timeout=5_000)
        await small.locator(choices).last.click(timeout=5_000)
    await small.get_by_role("button", name="Back to defaults").click(timeout=5_000)

    assert await small.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture = small.get_by_role("article").get_by_role("img")
    await picture.evaluate("picture => picture.scrollIntoView({ block: 'center' })")
    covered = "y => document.elementFromPoint(innerWidth / 2, y).closest('.masthead, .composer') !== null"
    for y in (4, 252):
        assert not await small.evaluate(covered, y), "the whole window is for the picture"
    await small.close()


async def test_a_word_without_end_breaks_no_dialog(page: Page) -> None:
    await page.set_viewport_size({"width": 320, "height": 568})
    await imagine(page, "Donaudampfschifffahrt" * 12)
    await page.get_by_role("button", name="Delete").click(timeout=30_000)
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading")).to_be_in_viewport(ratio=1)
    assert await dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    await page.keyboard.press("Escape")


async def test_the_page_offers_the_styles_that_exist(page: Page) -> None:
    offered = page.locator("#style option")
    await expect(offered).to_have_count(len(LOOKS) + 1)  # the page's scripts may still be on their way
    values = await offered.evaluate_all("options => options.map(option => option.value)")

    assert sorted(values) == sorted(["", *LOOKS])


async def test_shift_enter_starts_a_new_line_and_enter_sends_both(page: Page) -> None:
    prompt = page.get_by_role("textbox", name="Describe the picture")
    await prompt.fill("a red fox")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("in the snow")

    await expect(prompt).to_have_value("a red fox\nin the snow")
    await expect(page.get_by_role("article")).to_have_count(0)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article").get_by_role("img", name="fox")).to_be_visible(timeout=30_000)
    await expect(prompt).to_have_value("")


async def test_the_enter_that_ends_a_japanese_word_sends_nothing(page: Page) -> None:
    """In Safari it does not count as composing any more, but still has the input method's key code."""
    prompt = page.get_by_role("textbox", name="Describe the picture")
    await prompt.fill("きつね")
    for composing in ({"keyCode": 229}, {"isComposing": True}):
        await prompt.dispatch_event(
            "keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **composing}
        )
    await expect(prompt).to_have_value("きつね")
    await expect(page.get_by_role("article")).to_have_count(0)
    await prompt.press("Enter")

    await expect(page.get_by_role("article")).to_have_count(1)


async def test_the_first_stop_of_the_keyboard_leads_to_the_prompt(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the prompt")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.type("a green tree")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("button", name="Vary")).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("log")).to_contain_text("Picture ready", timeout=30_000)


async def test_a_suggestion_is_drawn_at_the_press_of_a_button(page: Page) -> None:
    await imagine(page, "how to build a pipe bomb at home")
    await page.get_by_role("button", name="Draw this instead").click(timeout=30_000)

    await expect(page.get_by_role("button", name="Vary")).to_be_visible(timeout=30_000)


async def test_a_suggestion_pressed_twice_is_drawn_once_and_leaves_the_prompt_alone(page: Page) -> None:
    await imagine(page, "how to build a pipe bomb at home")
    instead = page.get_by_role("button", name="Draw this instead")
    await expect(instead).to_be_visible(timeout=30_000)
    prompt = page.get_by_role("textbox", name="Describe the picture")
    await prompt.fill("my next idea")
    await instead.dblclick()
    await expect(page.get_by_role("button", name="Vary")).to_be_visible(timeout=30_000)
    await instead.click()

    await expect(page.get_by_role("article")).to_have_count(2)
    await expect(page.get_by_role("article").last).to_be_focused()
    await expect(prompt).to_have_value("my next idea")


async def test_the_page_works_where_it_may_remember_nothing(bot: BotProcess, browser: Browser) -> None:
    """Site data is blocked, as browsers let people choose: then the mere look at the storage is an error."""
    context = await browser.new_context()
    await context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });"
    )
    visitor = await context.new_page()
    await visitor.goto(bot.address)
    await imagine(visitor, POSTER)

    await expect(visitor.get_by_role("button", name="Vary")).to_be_visible(timeout=30_000)
    await visitor.get_by_role("radio", name="Slack").check()
    await expect(visitor.locator("#conversation")).to_have_attribute("data-view", "slack")
    await context.close()


async def test_a_running_request_says_what_was_not_done(page: Page) -> None:
    async def broken(route: Route) -> None:
        await route.fulfill(status=500, json={"error": {"code": "storage", "message": "Not now, sorry."}})

    await page.get_by_text("Studio", exact=True).click()
    slow = page.get_by_role("switch", name="The first engine is slow")
    await slow.check()
    await expect(page.get_by_role("log")).to_contain_text("The first engine is slow: on.")
    await imagine(page, f"{POSTER} --ar 4:3")
    stop = page.get_by_role("article").get_by_role("button", name="Stop")
    await expect(stop).to_be_visible(timeout=30_000)
    await page.route("**/actions", broken)
    await stop.click()
    await expect(page.get_by_role("article").get_by_text("Not now, sorry.")).to_be_visible()
    await page.unroute("**/actions", broken)
    await stop.click()

    await expect(page.get_by_role("article").get_by_text("Stopped, as you asked.")).to_be_visible(
        timeout=30_000
    )
    await expect(page.get_by_role("article").get_by_text("Not now, sorry.")).to_have_count(0)
    await slow.uncheck()
    await expect(page.get_by_role("log")).to_contain_text("The first engine is slow: off.")


async def test_a_bell_pressed_again_and_again_follows_its_job_once(page: Page) -> None:
    streams: list[str] = []
    page.on("request", lambda request: streams.extend(re.findall("/api/jobs/.*/events$", request.url)))
    await page.get_by_text("Studio", exact=True).click()
    unread = page.get_by_role("switch", name="Nobody can check the words")
    await unread.check()
    await expect(page.get_by_role("log")).to_contain_text("Nobody can check the words: on.")
    await imagine(page, "a bell that nobody has ever rung")
    bell = page.get_by_role("button", name="Tell me when it works again")
    await expect(bell).to_be_visible(timeout=30_000)
    streams.clear()
    for _ in range(3):
        async with page.expect_response("**/actions"):
            await bell.click()
        await expect(bell).not_to_have_attribute("aria-disabled", "true")

    await expect(page.get_by_role("article").get_by_text("I will tell you here")).to_be_visible()
    await unread.uncheck()
    await expect(page.get_by_role("log")).to_contain_text("Nobody can check the words: off.")
    assert len(streams) == 1


async def test_times_are_written_as_people_write_them(page: Page) -> None:
    written = await page.evaluate(
        """async () => {
          const { duration } = await import("/static/words.js");
          return [0.04, 9.94, 9.97, 99.4, 99.6, 119.7, 3600].map(duration);
        }"""
    )

    assert written == ["0.0 s", "9.9 s", "10 s", "99 s", "1 min 40 s", "2 min 0 s", "60 min 0 s"]


async def test_a_covered_picture_stays_covered_until_somebody_asks(page: Page) -> None:
    """Where moderators want pictures covered: also in the dialogs."""

    async def covered(route: Route) -> None:
        answer = await route.fetch()
        job = await answer.json()
        images = [{**image, "spoiler": True} for image in job["images"]]
        await route.fulfill(response=answer, json={**job, "images": images})

    await imagine(page, POSTER)
    await page.get_by_role("button", name="Vary").click(timeout=30_000)
    await expect(page.get_by_role("button", name="Compare").last).to_be_visible(timeout=30_000)
    await page.route(re.compile(r"/api/jobs/\w+$"), covered)
    await page.reload()
    await page.get_by_role("button", name="Edit").first.click()
    await expect(page.get_by_role("dialog").get_by_role("img")).to_have_count(0)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Compare").last.click()

    dialog = page.get_by_role("dialog", name="Compare versions")
    cover = dialog.get_by_role("button", name="Marked as sensitive: show it")
    await expect(cover).to_have_count(2)
    await cover.first.click()
    await expect(dialog.get_by_role("img", name=POSTER)).to_have_count(1)


async def test_a_deleted_picture_is_gone_from_page_and_history(page: Page) -> None:
    await imagine(page, POSTER)
    await page.get_by_role("button", name="Delete").click(timeout=30_000)
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    await dialog.get_by_role("button", name="Delete").click()

    await expect(page.get_by_text("Deleted. The picture")).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("article").get_by_role("img")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("heading", name="Say what you see.")).to_be_visible()


async def test_versions_are_compared(page: Page) -> None:
    await imagine(page, POSTER)
    await page.get_by_role("button", name="Vary").click(timeout=30_000)
    await page.get_by_role("button", name="Compare").last.click(timeout=30_000)

    dialog = page.get_by_role("dialog", name="Compare versions")
    await expect(dialog.get_by_role("img", name=POSTER)).to_have_count(2)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Compare").last).to_be_focused()


@pytest.mark.parametrize("platform", ["Discord", "Slack"])
async def test_the_same_result_is_shown_as_on_a_chat_platform(page: Page, platform: str) -> None:
    await imagine(page, POSTER)
    await expect(page.get_by_role("button", name="Vary")).to_be_visible(timeout=30_000)
    await page.get_by_role("radio", name=platform).check()

    message = page.get_by_role("article")
    await expect(message.get_by_text("APP", exact=True)).to_be_visible()
    await expect(message.get_by_role("img", name=POSTER)).to_be_visible()
    await expect(message.get_by_role("button", name="Vary")).to_be_visible()
    await expect(message.get_by_text("not an AI model").first).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize(
    ("platform", "elsewhere", "vary"), [("Discord", "Info", "Vary 2"), ("Slack", "Share", "Vary")]
)
async def test_the_views_draw_what_the_chats_would_be_sent(
    page: Page, platform: str, elsewhere: str, vary: str
) -> None:
    await page.get_by_role("radio", name=platform).check()
    await imagine(page, f"{POSTER} --n 2")
    message = page.get_by_role("article")
    await expect(message.get_by_role("img", name=POSTER)).to_have_count(2, timeout=30_000)
    drawn = await message.locator("button[data-action]").evaluate_all(
        "buttons => buttons.map(button => button.lastChild.textContent)"
    )
    sent = await page.evaluate(
        """async ([id, platform]) => (await fetch(`api/jobs/${id}/as/${platform}`)).json()""",
        [str(await page.locator(".entry").get_attribute("id")).removeprefix("job-"), platform.lower()],
    )

    assert drawn == list(labels(sent["body"]))
    await message.get_by_role("button", name=elsewhere).click()
    await expect(message.get_by_text("This button works in the chat")).to_be_visible()
    await message.get_by_role("button", name=vary, exact=True).click()
    await expect(page.get_by_role("article")).to_have_count(2)
    await expect(page.get_by_role("article").last.get_by_role("img", name=POSTER)).to_be_visible(
        timeout=30_000
    )


async def test_a_view_is_chosen_and_used_by_keyboard(page: Page) -> None:
    await imagine(page, POSTER)
    await expect(page.get_by_role("button", name="Vary")).to_be_visible(timeout=30_000)
    await page.get_by_role("radio", name="Playground").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("radio", name="Discord")).to_be_checked()
    vary = page.get_by_role("article").first.get_by_role("button", name="Vary")
    await expect(vary).to_be_visible(timeout=30_000)
    await vary.focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("article").last.get_by_role("button", name="Vary")).to_be_visible(
        timeout=30_000
    )
    await expect(page.get_by_role("article")).to_have_count(2)
    await expect(vary).to_be_focused()


def labels(part: Any) -> Iterator[str]:
    """What stands on the buttons of a message, in their order, of either platform."""
    if isinstance(part, list):
        for item in part:
            yield from labels(item)
    elif isinstance(part, dict) and part.get("type") in {2, "button"}:
        yield part["label"] if "label" in part else part["text"]["text"]
    elif isinstance(part, dict):
        for item in part.values():
            yield from labels(item)


async def test_a_broken_engine_is_watched_being_replaced(page: Page) -> None:
    await page.get_by_text("Studio", exact=True).click()
    await page.get_by_role("switch", name="The first engine is down").check()
    await expect(page.get_by_role("log")).to_contain_text("The first engine is down: on.")
    await imagine(page, POSTER)

    await expect(page.get_by_text("The backup model drew this one")).to_be_visible(timeout=30_000)
    await page.get_by_role("switch", name="The backup is down as well").check()
    await imagine(page, POSTER)
    await expect(page.get_by_role("article").get_by_text("The image service is busy")).to_be_visible(
        timeout=30_000
    )
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    await page.get_by_role("switch", name="The first engine is down").uncheck()
    await page.get_by_role("switch", name="The backup is down as well").uncheck()
    await expect(page.get_by_role("log")).to_contain_text("The backup is down as well: off.")


async def test_the_moderators_console_is_one_press_away(page: Page) -> None:
    await page.get_by_text("Studio", exact=True).click()
    await page.get_by_role("button", name="Moderators’ console").click()
    await page.get_by_role("button", name="Open the console").click()

    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()


async def test_what_the_studio_does_not_do_is_seen(page: Page) -> None:
    await page.get_by_text("Studio", exact=True).click()
    pattern = re.compile("/api/(console|faults/)")
    await page.route(pattern, lambda route: route.abort())
    await page.get_by_role("button", name="Moderators’ console").click()
    note = page.locator("#studio-note")
    await expect(note).to_have_text("The studio could not do that. Please try again.")
    slow = page.get_by_role("switch", name="The first engine is slow")
    await slow.click()
    await expect(note).to_have_text("The switch did not move: the studio cannot be reached.")
    await expect(slow).not_to_be_checked()
    await page.unroute(pattern)
    await page.get_by_role("button", name="Moderators’ console").click()

    await expect(page.get_by_role("button", name="Open the console")).to_be_visible()


async def test_a_german_visitor_reads_german(bot: BotProcess, browser: Browser) -> None:
    context = await browser.new_context(locale="de-DE")
    german = await context.new_page()
    await german.goto(bot.address)
    await expect(german.get_by_role("heading", name="Sag, was du siehst.")).to_be_visible()
    await german.get_by_role("textbox", name="Das Bild beschreiben").fill(POSTER)
    await german.keyboard.press("Enter")

    await expect(german.get_by_role("button", name="Variieren")).to_be_visible(timeout=30_000)
    await expect(german.get_by_role("article").get_by_text("kein KI-Modell")).to_be_visible()
    assert await german.evaluate("document.documentElement.lang") == "de"
    await context.close()


async def test_a_private_playground_says_so_in_the_visitors_language(
    browser: Browser, tmp_path: Path
) -> None:
    environment = {
        "HTTP_HOST": "0.0.0.0",
        "PUBLIC_BASE_URL": "http://127.0.0.1:1",
        "PLAYGROUND_TOKEN": "open-sesame",
    }
    async with BotProcess(environment, tmp_path) as process:
        port = re.findall(r"listening on .*:(\d+)", "\n".join(process.log))[0]
        context = await browser.new_context(locale="de-DE")
        visitor = await context.new_page()
        await visitor.goto(f"http://127.0.0.1:{port}/")
        later = visitor.get_by_role("dialog").get_by_role("button", name="Nicht jetzt")
        await later.click()
        await visitor.locator("#prompt").fill("a fox")
        await visitor.keyboard.press("Enter")
        await later.click()

        await expect(visitor.locator("#prompt-error")).to_have_text("Dieser Playground ist privat.")
        await context.close()


async def test_words_sent_without_a_network_go_out_when_it_is_back(page: Page) -> None:
    await page.context.set_offline(True)
    await imagine(page, POSTER)
    await expect(page.get_by_text("The studio cannot be reached")).to_be_visible(timeout=30_000)
    await page.context.set_offline(False)

    await expect(page.get_by_role("img", name=POSTER)).to_be_visible(timeout=30_000)
    await expect(page.get_by_text("The studio cannot be reached")).to_be_hidden()
    await expect(page.get_by_role("article")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
async def test_no_state_of_the_page_breaks_an_accessibility_rule(page: Page, scheme: str) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await page.reload()
    assert await broken_rules(page) == []
    options = page.get_by_role("button", name="Options")
    await options.click()
    assert await broken_rules(page) == []
    await options.click()
    await page.get_by_role("textbox").first.press("Enter")
    assert await broken_rules(page) == []
    await imagine(page, f"{POSTER} --n 2")
    await page.get_by_role("button", name="Vary").click(timeout=30_000)
    await expect(page.get_by_role("button", name="Compare").last).to_be_visible(timeout=30_000)
    await imagine(page, "how to build a pipe bomb at home")
    await expect(page.get_by_role("button", name="Draw this instead")).to_be_visible(timeout=30_000)
    for view in ("Playground", "Discord", "Slack"):
        await page.get_by_role("radio", name=view).check()
        await expect(page.locator("article [aria-busy]")).to_have_count(0, timeout=30_000)
        assert await broken_rules(page) == []
