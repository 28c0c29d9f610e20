"""The console's page in headless Chromium: a moderator's day, by mouse and keyboard, with axe looking on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Dialog, Page, Route, expect

from tests.support.pages import BROWSER_MARKS, broken_rules, running_browser
from tests.support.process import BotProcess

AREAS = ("Overview", "Rules", "Test a prompt", "Review queue", "Decisions", "People", "History")

pytestmark = BROWSER_MARKS


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotProcess]:
    folder: Path = tmp_path_factory.mktemp("bot")
    async with BotProcess({}, folder) as process:
        yield process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(bot: BotProcess) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=bot.address, timeout=20) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def page(api: httpx2.AsyncClient, browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1180, "height": 860}, locale="en-GB")
    opened = await context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda message: problems.extend([message.text] * _is_problem(message)))
    await opened.goto(await link(api))
    await opened.get_by_role("button", name="Open the console").click()
    await expect(opened.get_by_role("heading", name="Overview")).to_be_visible()
    yield opened
    await context.close()
    assert problems == []


def _is_problem(message: ConsoleMessage) -> bool:
    """A no of the console is news for the moderator, and for Chromium an error."""
    expected = (
        "status of 401",
        "status of 403",
        "status of 409",
        "status of 410",
        "status of 422",
        "status of 503",
    )
    return message.type == "error" and not any(status in message.text for status in expected)


async def link(api: httpx2.AsyncClient) -> str:
    return str((await api.post("/api/console")).json()["url"])


async def refused(api: httpx2.AsyncClient, appeal: str) -> None:
    """A request that is turned away, and an appeal against that."""
    answer = await api.post("/api/imagine", json={"prompt": "how to build a pipe bomb at home"})
    job_id = answer.json()["job_id"]
    async with asyncio.timeout(20):
        while (await api.get(f"/api/jobs/{job_id}")).json()["state"] != "refused":
            await asyncio.sleep(0.05)
    body = {"action": "appeal", "instruction": appeal}
    assert (await api.post(f"/api/jobs/{job_id}/actions", json=body)).status_code == 202


async def go(page: Page, area: str) -> None:
    await page.get_by_role("navigation").get_by_role("link", name=area).click()
    await expect(page.get_by_role("heading", name=area, level=2)).to_be_visible()


async def save(page: Page) -> None:
    """Returns when the area shows what was saved."""
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved as version")).to_be_visible()
    await expect(page.get_by_text("not saved")).to_have_count(0)
    await expect(page.get_by_role("main")).not_to_have_attribute("aria-busy", "true")


async def test_a_link_that_was_used_is_a_closed_door(page: Page, api: httpx2.AsyncClient) -> None:
    used = await link(api)
    await page.goto(used)
    await page.get_by_role("button", name="Open the console").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    answer = await api.post("/console/enter", data={"link": used.partition("link=")[2]})

    assert answer.status_code == 410
    assert "This link was used already or is over." in answer.text
    assert answer.text.count("Ask for a new link") == 1
    assert "in chat by /guardrails" in answer.text
    assert "on the playground under “Studio”" in answer.text


async def test_rules_are_tried_saved_seen_in_the_history_and_undone(page: Page) -> None:
    """The first test here that changes a rule."""
    await go(page, "Rules")
    await expect(page.get_by_text("The defaults · never changed")).to_be_visible()
    await expect(page.get_by_text("Version 0")).to_have_count(0)
    await page.get_by_label("Blocked words").fill("wombat")
    await expect(page.get_by_text("1 change is not saved")).to_be_visible()
    await go(page, "Test a prompt")
    await page.get_by_label("Prompt").fill("a wombat in the rain")
    await page.get_by_role("button", name="Test").click()
    await expect(page.get_by_text("Decided by local rules (blocked word)")).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved as version")).to_be_visible()
    await go(page, "History")
    await expect(page.get_by_text("Blocked words: 1 added: wombat")).to_be_visible()
    await expect(page.get_by_text("The chain of entries is whole")).to_be_visible()
    await page.get_by_role("main").locator("summary", has_text="Show the entries").click()
    await expect(page.get_by_text("rules changed").first).to_be_visible()
    await expect(page.get_by_text("console opened").first).to_be_visible()

    await page.get_by_role("button", name="Undo the last change: rules before the first change").click()
    await expect(
        page.get_by_role("dialog").get_by_text("as they were before the first change")
    ).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    await expect(page.get_by_text("Blocked words: 1 removed: wombat")).to_be_visible()
    await go(page, "Rules")
    await expect(page.get_by_text("Your own rules · Version 2")).to_be_visible()
    await expect(page.get_by_label("Blocked words")).to_have_value("")


async def test_a_preset_is_taken_over_after_a_question(page: Page) -> None:
    await go(page, "Rules")
    await page.get_by_role("button", name="Take this preset: Strict school").click()
    await expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("In force")).to_have_count(0)
    await page.get_by_role("button", name="Take this preset: Strict school").click()
    await page.get_by_role("dialog").get_by_role("button", name="Yes").click()

    await expect(page.get_by_text("In force")).to_be_visible()
    await expect(page.get_by_label("Rating", exact=True)).to_have_value("G")
    await page.get_by_role("button", name="Take this preset: Balanced community").click()
    await page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    await expect(page.get_by_label("Rating", exact=True)).to_have_value("PG")


async def test_an_appeal_is_read_and_ruled_on(page: Page, api: httpx2.AsyncClient) -> None:
    await refused(api, "for a film")
    await go(page, "Review queue")
    case = page.get_by_role("article").filter(has_text="for a film")
    await case.get_by_role("button", name="Take this case").click()
    await expect(case.get_by_role("button", name="Approve once")).to_be_focused()
    await case.get_by_text("Show the words").click()
    await expect(case.get_by_text("pipe bomb")).to_be_visible()
    await case.get_by_role("button", name="Uphold", exact=True).click()

    await expect(case).to_have_count(0)
    await go(page, "Overview")
    await expect(page.get_by_role("img", name="refused.")).to_be_visible()


async def test_somebody_is_banned_and_pardoned(page: Page) -> None:
    await go(page, "People")
    await page.get_by_label("Id of a member").fill("mallory")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Ban").click()
    await expect(page.get_by_role("main").get_by_text("Banned")).to_be_visible()
    await page.get_by_role("button", name="End it and forgive the strikes").click()

    await expect(page.get_by_text("No strikes, no suspension.")).to_be_visible()


async def test_a_value_that_is_none_is_explained(page: Page) -> None:
    await go(page, "Rules")
    await page.get_by_label("Strike ladder").fill("three and out")
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_role("status").filter(has_text="I can't take that value")).to_be_visible()
    await expect(page.get_by_label("Strike ladder")).to_have_value("three and out")


async def test_a_place_that_is_not_saved_yet_is_still_there_after_a_look_elsewhere(page: Page) -> None:
    rating = page.locator(".setting").filter(has=page.get_by_label("Rating", exact=True))
    await go(page, "Rules")
    await rating.get_by_text("Other values in single places").click()
    await rating.get_by_label("Id", exact=True).fill("<#123>")
    await rating.get_by_label("Value there").select_option("PG-13")
    await rating.get_by_role("button", name="Add a place").click()
    await go(page, "Test a prompt")
    await go(page, "Rules")
    await expect(rating.get_by_role("listitem")).to_have_text("in channel <#123>: PG-13Remove")
    await save(page)
    await expect(rating.get_by_role("listitem")).to_have_text("in channel 123: PG-13Remove")

    await rating.get_by_role("button", name="Remove: in channel 123").click()
    await expect(rating.locator("summary")).to_be_focused()
    await go(page, "Test a prompt")
    await go(page, "Rules")
    await expect(rating.get_by_role("listitem")).to_have_count(0)
    await save(page)


async def test_what_is_not_saved_survives_somebody_elses_change(page: Page, bot: BotProcess) -> None:
    """The other moderator's rules are shown, and the draft may be saved on top of them."""
    await go(page, "Rules")
    await page.get_by_label("Blocked words").fill("wombat")
    async with httpx2.AsyncClient(base_url=bot.address, timeout=20) as other:
        await other.post("/console/enter", data={"link": (await link(other)).partition("link=")[2]})
        headers = {"x-csrf-token": (await other.get("/console/api/state")).json()["csrf"]}
        edits = [{"key": "content.allow_phrases", "text": "owl"}]
        changed = await other.post("/console/api/change", json={"edits": edits}, headers=headers)
        assert changed.status_code == 200, changed.text
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Somebody else has changed the rules meanwhile")).to_be_visible()
    await expect(page.get_by_label("Blocked words")).to_have_value("wombat")
    await save(page)
    await page.get_by_label("Blocked words").fill("")
    await save(page)


async def test_what_is_not_saved_survives_the_end_of_the_session(page: Page, api: httpx2.AsyncClient) -> None:
    await go(page, "Rules")
    await page.get_by_label("Blocked words").fill("numbat")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Save").click()
    told = page.get_by_role("status").filter(has_text="This session is over. Ask for a new link")
    await expect(told).to_be_visible()
    door = await page.context.new_page()
    await door.goto(await link(api))
    await door.get_by_role("button", name="Open the console").click()
    await expect(door.get_by_role("heading", name="Overview")).to_be_visible()
    await expect(page.get_by_label("Blocked words")).to_have_value("numbat")
    await save(page)
    await page.get_by_label("Blocked words").fill("")
    await save(page)


async def test_a_page_with_unsaved_changes_is_not_left_without_a_question(page: Page) -> None:
    asked: list[str] = []

    async def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    page.on("dialog", answer)
    await go(page, "Rules")
    await page.reload()
    assert asked == []
    await page.get_by_label("Blocked words").fill("quokka")
    await page.reload()

    assert asked == ["beforeunload"]
    await expect(page.get_by_label("Blocked words")).to_have_value("")


async def test_the_page_comes_up_when_the_bot_is_away_for_a_moment(page: Page) -> None:
    failed: list[str] = []

    async def away(route: Route) -> None:
        if failed:
            return await route.continue_()
        failed.append(route.request.url)
        return await route.fulfill(status=503, body="later")

    await page.route("**/console/api/state", away)
    await page.reload()

    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert len(failed) == 1


async def test_leaving_closes_the_door(page: Page) -> None:
    await go(page, "Test a prompt")
    await expect(page.get_by_text("Known are the exact bytes that were made here.")).to_be_visible()
    await expect(page.get_by_text("OpenAI")).to_have_count(0)
    await page.get_by_role("button", name="Leave").click()

    await expect(page.get_by_role("heading", name="This session is over")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
async def test_no_area_breaks_an_accessibility_rule_or_a_phone(
    page: Page, api: httpx2.AsyncClient, scheme: str
) -> None:
    await refused(api, f"in the {scheme}")
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await page.set_viewport_size({"width": 320, "height": 640})
    for area in AREAS if scheme == "light" else ("Overview", "Rules", "Review queue"):
        await go(page, area)
        await page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert await broken_rules(page) == [], area
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), area
        small = "texts => texts.filter(text => text.getBoundingClientRect().height < 10).length"
        assert await page.locator(".chart text").evaluate_all(small) == 0, area


async def test_a_german_moderator_reads_german(api: httpx2.AsyncClient, browser: Browser) -> None:
    headers = {"accept-language": "de-DE"}
    address = (await api.post("/api/console", headers=headers)).json()["url"]
    context = await browser.new_context(locale="de-DE")
    german = await context.new_page()
    await german.goto(address)
    await german.get_by_role("button", name="Konsole öffnen").click()

    await expect(german.get_by_role("heading", name="Überblick")).to_be_visible()
    assert await german.evaluate("document.documentElement.lang") == "de"
    await context.close()
