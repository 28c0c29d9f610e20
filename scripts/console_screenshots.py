"""Pictures of the moderators' console before a bot that draws by a twin of OpenAI: held pictures, provenance, history."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Final

import httpx2
from PIL import Image
from playwright.async_api import Browser, Page

from tests.support.console import visited
from tests.support.process import BotProcess
from tests.twins import http_twin, openai_modes
from tests.twins.openai_twin import OpenAITwin

_RULES: Final = [
    {
        "name": "Insults",
        "words": ["clown*", "numpty"],
        "patterns": [],
        "allow": ["clownfish"],
        "exempt": [],
    },
    {"name": "Spoilers", "words": ["season nine", "*finale*"], "patterns": [], "allow": [], "exempt": []},
]


async def review(browser: Browser, docs: Path) -> None:
    """`console-held.png`, `console-verify.png`, `console-history.png` and `console-phone.png`."""
    with tempfile.TemporaryDirectory() as folder:
        async with OpenAITwin() as openai:
            models = {
                **openai.environment,
                "IMAGE_ROUTE": "openai:gpt-image-2",
            }
            async with (
                BotProcess(models, Path(folder)) as bot,
                httpx2.AsyncClient(base_url=bot.address, timeout=20) as api,
            ):
                # As for a copy of the twin's plain picture: a watermark stays in it, credentials were never there.
                openai.provenance.always(openai_modes.Provenance("not_detected", "detected"))
                await _history(api)
                made = await _ended(api, "a lighthouse in a storm")
                openai.moderation.always(http_twin.ServerError())
                await _ended(api, "two acrobats on a wire")
                openai.moderation.always(http_twin.Normal())
                page = await browser.new_page(
                    viewport={"width": 1000, "height": 880}, locale="en-GB", color_scheme="dark"
                )
                await page.goto(await _link(api))
                await page.get_by_role("button", name="Open the console").click()
                await _held(page, docs)
                await _verified(page, docs, made)
                await _area(page, "history")
                await page.screenshot(animations="disabled", path=docs / "console-history.png")
                await _phone(browser, api, docs)
                await page.close()


def smaller(picture: Path) -> None:
    """256 colours are enough for a page."""
    with Image.open(picture) as page:
        few = page.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


async def _history(api: httpx2.AsyncClient) -> None:
    """Some versions of the rules."""
    changes = (
        {"content.on_unsafe_picture": "hold", "strikes.ladder": "3 in 24h -> 1h; 5 in 168h -> ask"},
        {"content.imported_rules": "\n".join(json.dumps(rule) for rule in _RULES)},
        {"limits.budget_day": "5", "content.categories": "violence=strict"},
        {"content.blocked_terms": "wombat\nmoby dick | soft"},
    )
    async with visited(str(api.base_url), await _link(api)) as visit:
        state = (await visit.client.get("/console/api/state")).json()
        for change in changes:
            edits = [{"key": key, "text": text} for key, text in change.items()]
            headers = {"x-csrf-token": state["csrf"]}
            answer = await visit.client.post("/console/api/change", json={"edits": edits}, headers=headers)
            answer.raise_for_status()


async def _phone(browser: Browser, api: httpx2.AsyncClient, docs: Path) -> None:
    """The same queue on a phone, in a moderator's own language."""
    page = await browser.new_page(viewport={"width": 360, "height": 800}, locale="de-DE")
    await page.goto(await _link(api, "de-DE"))
    await page.locator("form button").click()
    await _area(page, "queue")
    await page.locator(".held > summary").click()
    picture = page.locator(".held img")
    await picture.wait_for()
    await picture.evaluate("image => image.decode()")
    await page.screenshot(animations="disabled", path=docs / "console-phone.png")
    await page.close()


async def _held(page: Page, docs: Path) -> None:
    await _area(page, "queue")
    await page.get_by_role("button", name="Take this case").click()
    await page.get_by_text("Show the picture").click()
    picture = page.get_by_role("img", name="Held picture 1")
    await picture.wait_for()
    await picture.evaluate("image => image.decode()")
    await page.screenshot(animations="disabled", path=docs / "console-held.png")


async def _verified(page: Page, docs: Path, job_id: str) -> None:
    await _area(page, "test")
    await page.get_by_label("Or the number of a request").fill(job_id)
    await page.keyboard.press("Enter")
    await page.get_by_text("Made here").wait_for()
    found = page.get_by_role("status").filter(has=page.get_by_text("Made here"))
    await found.screenshot(animations="disabled", path=docs / "console-verify.png")


async def _link(api: httpx2.AsyncClient, language: str = "en-GB") -> str:
    return str((await api.post("/api/console", headers={"accept-language": language})).json()["url"])


async def _area(page: Page, name: str) -> None:
    await page.goto(page.url.partition("#")[0] + f"#{name}")
    await page.locator(f"#nav-{name}[aria-current]").wait_for()
    await page.locator("main:not([aria-busy]) h2").wait_for()


async def _ended(api: httpx2.AsyncClient, prompt: str) -> str:
    """A request that has ended somehow; its number."""
    job_id = (await api.post("/api/imagine", json={"prompt": prompt})).json()["job_id"]
    async with asyncio.timeout(30):
        while (await api.get(f"/api/jobs/{job_id}")).json()["state"] in {"queued", "running"}:
            await asyncio.sleep(0.1)
    return str(job_id)
