"""The console in headless Chromium before real pictures: held ones, provenance, imported rules, a link to a case."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.messages.console import console_languages, console_words
from tests.support.console import visited
from tests.support.pages import BROWSER_MARKS, broken_rules, running_browser
from tests.support.process import BotProcess
from tests.twins import http_twin, openai_modes
from tests.twins.openai_twin import OpenAITwin

AREAS = ("overview", "rules", "test", "queue", "decisions", "people", "history")
RULE = {
    "name": "Insects",
    "words": ["beet*", "ant"],
    "patterns": ["a+b"],
    "allow": ["beetroot"],
    "exempt": [],
}

pytestmark = BROWSER_MARKS


class House:
    """A bot that draws by a twin of OpenAI, and everything that a test wants of it."""

    def __init__(self, openai: OpenAITwin, api: httpx2.AsyncClient, browser: Browser) -> None:
        self.openai, self.api, self.browser = openai, api, browser

    async def asked(self, prompt: str) -> dict[str, Any]:
        """A request, when it has ended."""
        asked = await self.api.post("/api/imagine", json={"prompt": prompt})
        job_id = asked.json()["job_id"]
        async with asyncio.timeout(20):
            while True:
                job: dict[str, Any] = (await self.api.get(f"/api/jobs/{job_id}")).json()
                if job["state"] in {"delivered", "refused", "failed"}:
                    return job
                await asyncio.sleep(0.05)

    async def held(self, prompt: str) -> str:
        """A request whose picture fails its check and is held; its number."""
        self.openai.images.always(openai_modes.UnsafePicture("violence/graphic"))
        job = await self.asked(prompt)
        self.openai.images.always(http_twin.Normal())
        assert "waiting for a moderator" in job["message"]
        return str(job["job_id"])

    async def link(self, language: str = "en-GB") -> str:
        answer = await self.api.post("/api/console", headers={"accept-language": language})
        return str(answer.json()["url"])

    async def changed(self, **settings: str) -> None:
        """Rules by the console's API; a setting's dot is written as two underscores."""
        edits = [{"key": key.replace("__", "."), "text": text} for key, text in settings.items()]
        async with visited(str(self.api.base_url), await self.link()) as visit:
            state = (await visit.client.get("/console/api/state")).json()
            answer = await visit.client.post(
                "/console/api/change", json={"edits": edits}, headers={"x-csrf-token": state["csrf"]}
            )
            assert answer.status_code == 200 or "already" in answer.text

    async def opened(self, language: str = "en-GB", width: int = 1180, scheme: Any = "light") -> Page:
        """The console, inside."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 860},
            locale=language,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        page = await context.new_page()
        await page.goto(await self.link(language))
        await page.locator("form button").click()
        await page.locator("#nav-overview[aria-current]").wait_for()
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("bot")
    async with OpenAITwin() as openai, running_browser() as browser:
        models = {
            **openai.environment,
            "IMAGE_ROUTE": "openai:gpt-image-2",
        }
        async with (
            BotProcess(models, folder) as bot,
            httpx2.AsyncClient(base_url=bot.address, timeout=20) as api,
        ):
            opened = House(openai, api, browser)
            await opened.changed(content__on_unsafe_picture="hold")
            yield opened


async def area(page: Page, name: str) -> None:
    """Go there as a link does, and wait until it is drawn."""
    await page.goto(page.url.partition("#")[0] + f"#{name}")
    await page.locator(f"#nav-{name.partition('/')[0]}[aria-current]").wait_for()
    await page.locator("main:not([aria-busy]) h2").wait_for()


def case(page: Page, job_id: str) -> Locator:
    return page.get_by_role("article", name=job_id[:8].upper())


async def test_a_held_picture_is_looked_at_and_released_by_the_keyboard_alone(house: House) -> None:
    job_id, page = await house.held("a red wall"), await house.opened()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    await area(page, "queue")
    held = case(page, job_id)
    await held.get_by_role("button", name="Take this case").focus()
    await page.keyboard.press("Enter")
    await expect(held.get_by_text("Show the picture")).to_be_focused()
    assert [url for url in fetched if "/pictures/" in url] == []

    await page.keyboard.press("Enter")
    picture = held.get_by_role("img", name="Held picture 1")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("image => image.naturalWidth") > 0
    await page.keyboard.press("Tab")
    await expect(held.get_by_role("button", name="Release")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("status").filter(has_text="Done.")).to_be_visible()
    await expect(held).to_have_count(0)
    async with asyncio.timeout(20):
        while (await house.api.get(f"/api/jobs/{job_id}")).json()["state"] != "delivered":
            await asyncio.sleep(0.05)
    await page.context.close()


async def test_a_held_picture_is_discarded_and_stays_unseen(house: House) -> None:
    job_id, page = await house.held("a red door"), await house.opened()
    await area(page, "queue")
    held = case(page, job_id)
    await held.get_by_role("button", name="Take this case").click()
    await held.get_by_role("button", name="Discard", exact=True).click()

    await expect(held).to_have_count(0)
    job = (await house.api.get(f"/api/jobs/{job_id}")).json()
    assert (job["state"], job["images"]) == ("refused", [])
    await page.context.close()


async def test_a_link_to_a_case_shows_that_case(house: House) -> None:
    """As Slack hands it out; taken already there, so the picture is open."""
    other, job_id = await house.held("a red roof"), await house.held("a red tower")
    page = await house.opened()
    await area(page, "queue")
    await case(page, job_id).get_by_role("button", name="Take this case").click()
    await expect(case(page, job_id).get_by_role("button", name="Release")).to_be_visible()
    async with visited(str(house.api.base_url), await house.link()) as visit:
        cases = (await visit.client.get("/console/api/queue")).json()
    case_id = next(one["case_id"] for one in cases if one["job_id"] == job_id)
    await area(page, f"queue/{case_id}")

    await expect(case(page, job_id)).to_be_focused()
    await expect(case(page, job_id).get_by_role("img", name="Held picture 1")).to_be_visible()
    await expect(case(page, other).get_by_role("img")).to_have_count(0)
    for words in ("false", "null", "undefined"):
        await expect(page.get_by_role("main")).not_to_contain_text(words)
    await page.context.close()


async def test_an_appeal_shows_words_only(house: House) -> None:
    rejected = openai_modes.Fields(
        (("decision", "reject"), ("category", "violence"), ("reason_code", "violence"), ("risk", "medium"))
    )
    house.openai.sanitizer.always(rejected)
    job = await house.asked("a knight at dusk")
    house.openai.sanitizer.always(http_twin.Normal())
    body = {"action": "appeal", "instruction": "it is a painting"}
    assert (await house.api.post(f"/api/jobs/{job['job_id']}/actions", json=body)).status_code == 202
    page = await house.opened()
    await area(page, "queue")
    appeal = case(page, job["job_id"])
    await appeal.get_by_role("button", name="Take this case").click()
    await expect(appeal.get_by_role("button", name="Approve once")).to_be_visible()

    lines = (await appeal.inner_text()).splitlines()
    assert not {"false", "null", "undefined"} & set(lines), lines
    await appeal.get_by_text("Show the words").click()
    await appeal.get_by_label("Phrase to allow from now on").fill("a knight")
    await appeal.get_by_role("button", name="Allow the phrase").click()
    await expect(appeal).to_have_count(0)
    await area(page, "history")
    await expect(page.get_by_text("Allowed phrases: 1 added: a knight")).to_be_visible()
    await page.context.close()


async def test_a_reported_picture_is_looked_at_and_taken_down(house: House) -> None:
    job = await house.asked("a brass swan")
    body = {"action": "report", "instruction": "this is my teacher"}
    assert (await house.api.post(f"/api/jobs/{job['job_id']}/actions", json=body)).status_code == 202
    page = await house.opened()
    await area(page, "queue")
    report = case(page, job["job_id"])
    await report.get_by_role("button", name="Take this case").click()
    await report.get_by_text("Show the picture").click()
    await expect(report.get_by_role("img")).to_be_visible()
    await expect(report.get_by_role("button", name="Leave it")).to_be_visible()
    await report.get_by_role("button", name="Take it down", exact=True).click()

    await expect(report).to_have_count(0)
    assert (await house.api.get(f"/api/jobs/{job['job_id']}")).json()["state"] == "deleted"
    await page.context.close()


async def test_a_picture_is_verified_by_its_file_and_by_its_number(house: House, tmp_path: Path) -> None:
    job = await house.asked("a brass owl")
    file, rubbish = tmp_path / "owl.png", tmp_path / "note.png"
    file.write_bytes((await house.api.get(job["images"][0]["url"])).content)
    rubbish.write_bytes(b"no picture")
    page = await house.opened()
    await area(page, "test")
    form = page.locator("form").filter(has=page.get_by_role("heading", name="Where a picture comes from"))
    await expect(form.get_by_text("The file is also sent to OpenAI")).to_be_visible()
    await form.get_by_label("Or the number of a request").fill(job["job_id"])
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(f"request {job['job_id']}")).to_be_visible()

    await form.get_by_label("File (PNG").set_input_files(file)
    await form.get_by_role("button", name="Look it up").click()
    await expect(page.get_by_text("Made here: ")).to_be_visible()
    await form.get_by_label("File (PNG").set_input_files(rubbish)
    await form.get_by_role("button", name="Look it up").click()
    await expect(page.get_by_role("status").filter(has_text="That is no PNG, JPEG or WebP")).to_be_visible()
    await page.context.close()


async def test_imported_rules_are_words_in_settings_draft_and_history(house: House) -> None:
    await house.changed(content__imported_rules=json.dumps(RULE))
    page = await house.opened()
    await area(page, "rules")
    words = "“Insects” (words: 2, patterns: 1, exceptions: 1)"
    await expect(page.get_by_role("main").get_by_text(words, exact=True)).to_be_visible()
    text = page.get_by_label("Rules taken over from AutoMod")
    await expect(text).to_be_hidden()
    await page.get_by_text("Edit as text").click()
    await text.fill("")
    await page.get_by_role("button", name="What would have changed").click()
    gone = f"Rules taken over from AutoMod: 1 removed: {words}"
    await expect(page.get_by_text(gone)).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved as version")).to_be_visible()

    await area(page, "history")
    await expect(page.get_by_text(gone)).to_be_visible()
    assert '{"name"' not in await page.inner_text("main")
    await page.context.close()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
async def test_held_pictures_and_provenance_shut_nobody_out(house: House, scheme: str) -> None:
    job_id, page = await house.held(f"a {scheme} red wall"), await house.opened(width=320, scheme=scheme)
    await area(page, "queue")
    await case(page, job_id).get_by_role("button", name="Take this case").click()
    await case(page, job_id).get_by_text("Show the picture").click()
    await expect(case(page, job_id).get_by_role("img")).to_be_visible()
    assert await broken_rules(page) == []
    await area(page, "test")
    await page.get_by_label("Or the number of a request").fill("0" * 64)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("not at hand")).to_be_visible()
    assert await broken_rules(page) == []
    await area(page, "overview")
    await page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert await broken_rules(page) == []
    await page.context.close()


@pytest.mark.parametrize(
    "language",
    [
        language if language == "de" else pytest.param(language, marks=pytest.mark.long)
        for language in console_languages()
    ],
)
async def test_every_language_fits_on_a_phone(house: House, language: str) -> None:
    await house.held(f"a red wall for {language}")
    page = await house.opened(language, width=320)
    for name in AREAS:
        await area(page, name)
        await page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, name
        heading = page.get_by_role("heading", level=2)
        await expect(heading).to_have_text(console_words(language)[1][name])
    await page.context.close()
