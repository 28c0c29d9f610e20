"""Every way to reach the bot in Slack beside the command: threads, shortcuts, windows, App Home, workflows."""

import dataclasses
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from tests.support.make import brand_loras, picture
from tests.support.slack_stage import Stage, open_stage
from tests.twins import http_twin
from tests.twins.flux_twins import FalTwin
from tests.twins.self_hosted_twins import SERVED_MODEL, VllmOmniTwin
from tests.twins.slack_twin import Message, Person
from tests.twins.slack_twin.records import TEAM

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("slack_surfaces"),
    pytest.mark.asyncio(loop_scope="module"),
]

CDN = "pictures.example"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    brands = {"ours": f"slack:{TEAM}", "theirs": "slack:T0THERS"}
    async with (
        FalTwin() as fal,
        VllmOmniTwin(loras=tuple(brands)) as own,
        open_stage(
            tmp_path_factory.mktemp("bot"),
            PUBLIC_BASE_URL=f"https://{CDN}",
            IMAGE_ROUTE=f"openai:gpt-image-2,fal:fal-ai/flux-2/lora,flux:{SERVED_MODEL}",
            FAL_KEY=fal.key,
            FAL_BASE_URL=fal.base_url,
            FLUX_BASE_URL=own.base_url,
            FLUX_LORA=brand_loras(brands),
        ) as opened,
    ):
        opened.slack.hosts[CDN] = opened.address
        yield dataclasses.replace(opened, fal=fal, own=own)


async def test_a_thread_is_refined_compared_and_taken_back(stage: Stage) -> None:
    ada, thread = stage.slack.person("U000ADA01"), "1700000001.000100"
    await ada.mention("a login page --style web-page", thread=thread)
    first = await stage.version(ada, 1, thread)
    assert first.pictures[0]["image_url"].startswith(f"https://{CDN}/")

    await ada.mention("make the button blue", thread=thread, times=4)
    second = await stage.version(ada, 2, thread)
    edit = stage.openai.image_requests[-1]
    assert edit.files, "the first version goes along"
    assert stage.openai.billed_images == 2

    await ada.mention("v1: at night", thread=thread)
    third = await stage.version(ada, 3, thread)
    assert "v3, from v1" in third.all_text

    await ada.click(second, "Compare")
    compared = await stage.seen(ada, "The versions so far")
    assert len(compared.pictures) == 3
    assert [button["text"]["text"] for button in compared.buttons] == ["Use v1", "Use v2"]
    await ada.click(compared, "Use v1")
    await stage.seen(ada, "change v1")

    await ada.mention("bigger letters", thread=thread)
    fourth = await stage.version(ada, 4, thread)
    assert "v4, from v1" in fourth.all_text
    assert stage.slack.statuses


async def test_new_words_in_a_thread_begin_afresh(stage: Stage) -> None:
    ada, thread = stage.slack.person("U000ADA02"), "1700000002.000100"
    await ada.mention("a castle", thread=thread)
    await stage.version(ada, 1, thread)
    before = len(stage.openai.image_requests)

    await ada.mention("new: a lighthouse", thread=thread)
    await stage.version(ada, 2, thread)

    assert len(stage.openai.image_requests) == before + 1
    assert not stage.openai.image_requests[-1].files


async def test_a_shared_preview_is_the_first_version_of_its_own_thread(stage: Stage) -> None:
    ada = stage.slack.person("U000ADA03")
    before = len(ada.sees())
    await ada.slash("a brass owl")
    shown = await stage.picture(ada, after=before)
    await ada.click(shown, "Share")
    shared = await stage.until(
        lambda: next((m for m in ada.sees() if m.only_for is None and m.pictures and not m.thread), None)
    )

    await ada.mention("with a hat", thread=shared.ts)
    edited = await stage.version(ada, 2, shared.ts)
    assert edited.pictures


async def test_the_shortcut_of_a_message_brings_its_words_and_pictures(stage: Stage) -> None:
    ada = stage.slack.person("U000ADA04")
    before, opened = len(ada.sees()), len(stage.slack.views)
    file = stage.slack.file_of(picture())
    await ada.shortcut(message={"text": "our login page", "files": [file]})
    view = await stage.view(opened)
    prompt = view["blocks"][0]["element"]
    assert prompt["initial_value"] == "our login page"

    await ada.fill(view, style="mobile-screen", count="2")
    shown = await stage.picture(ada, after=before)

    request = stage.openai.image_requests[-1]
    assert shown.only_for == ada.id
    assert len(shown.pictures) == 2
    assert request.files
    assert request.form["n"] == "2"
    width, height = map(int, request.form["size"].split("x"))
    assert height > width
    assert "mobile app screen" in request.form["prompt"]


async def test_the_global_shortcut_asks_where_and_takes_uploads(stage: Stage) -> None:
    ada, elsewhere = stage.slack.person("U000ADA05"), "C000OTHER"
    opened = len(stage.slack.views)
    await ada.shortcut()
    view = await stage.view(opened)
    await ada.fill(
        view,
        prompt="a slide about bees",
        style="slide",
        files=[stage.slack.file_of(picture())],
        where=elsewhere,
    )

    shown = await stage.picture(ada, elsewhere)
    assert shown.only_for == ada.id
    assert "presentation slide" in stage.openai.image_requests[-1].form["prompt"]


async def test_app_home_shows_pictures_quota_and_settings(stage: Stage) -> None:
    ada = stage.slack.person("U000ADA06")
    before = len(ada.sees())
    await ada.slash("a tin lighthouse")
    await stage.picture(ada, after=before)
    await ada.open_home()
    home = await stage.until(lambda: stage.slack.homes.get(ada.id))
    words = str(home)
    assert "a tin lighthouse" in words
    assert "1 of 100" in words
    assert "Brand style" not in words

    opened = len(stage.slack.views)
    await ada.press_home("Show")
    assert (await stage.view(opened))["blocks"][0]["type"] == "image"

    await ada.press_home("Settings")
    view = await stage.view(opened + 1)
    await ada.fill(view, style="watercolor", aspect="16:9", language="de")
    await stage.until(lambda: "Deine Bilder" in str(stage.slack.homes[ada.id]))
    before = len(ada.sees())
    await ada.slash("a barn")
    await stage.picture(ada, after=before)
    sent = stage.openai.image_requests[-1].json
    assert "watercolor" in sent["prompt"]
    width, height = map(int, sent["size"].split("x"))
    assert width > height

    await ada.press_home("Meine Daten")
    await stage.until(lambda: "a tin lighthouse" not in str(stage.slack.homes[ada.id]))


async def test_app_home_is_drawn_although_slack_had_a_bad_moment(stage: Stage) -> None:
    eve = stage.slack.person("U000EVE06")
    stage.slack.answers["views.publish"] = "service_unavailable"

    async def better() -> None:
        stage.slack.answers.pop("views.publish", None)

    stage.slack.meanwhile["views.publish"] = better
    await eve.open_home()
    assert "100" in str(await stage.until(lambda: stage.slack.homes.get(eve.id)))
    del stage.slack.meanwhile["views.publish"]


async def test_an_admin_sets_the_brand_that_every_picture_has(stage: Stage) -> None:
    boss, ada = stage.slack.person("U000BOSS0"), stage.slack.person("U000ADA07")
    stage.slack.admins.add(boss.id)
    await boss.open_home()
    await stage.until(lambda: "Brand style" in str(stage.slack.homes.get(boss.id)))
    opened = len(stage.slack.views)
    await boss.press_home("Brand style")
    view = await stage.view(opened)
    await boss.fill(
        view, words="in our house style", palette="#1A73E8, fff", files=[stage.slack.file_of(picture())]
    )
    await stage.seen(boss, "Saved", f"D{boss.id[1:]}")

    before = len(ada.sees())
    await ada.slash("a jug")
    await stage.picture(ada, after=before)
    request = stage.openai.image_requests[-1]
    assert "in our house style" in request.form["prompt"]
    assert "#1a73e8, #fff" in request.form["prompt"]
    assert request.files

    await boss.press_home("Brand style")
    again = await stage.view(opened + 1)
    assert "in our house style" in str(again)
    await boss.fill(again, words="a naked woman in the background")
    await stage.seen(boss, "would not pass", f"D{boss.id[1:]}")
    await boss.fill(again, clear=True)
    await ada.fill(view, words="mine now")
    await stage.seen(ada, "Only admins", f"D{ada.id[1:]}")


async def test_a_workspaces_lora_goes_to_the_model_that_takes_it(stage: Stage) -> None:
    """Models that take it come first; where another one stands in, the picture says so."""
    boss, ada = stage.slack.person("U000BOSS2"), stage.slack.person("U000ADA13")
    stage.slack.admins.add(boss.id)
    mail, fal = f"D{boss.id[1:]}", stage.fal
    assert fal is not None

    async def brand(lora: str, says: str) -> None:
        await boss.open_home()
        await stage.until(lambda: "Brand style" in str(stage.slack.homes.get(boss.id)))
        opened = len(stage.slack.views)
        await boss.press_home("Brand style")
        known = len(boss.sees(mail))
        await boss.fill(await stage.view(opened), words="", palette="", lora=lora)
        await stage.until(lambda: any(says in m.all_text for m in boss.sees(mail)[known:]), says)

    async def drawn() -> str:
        known = len(ada.sees())
        await ada.slash("a plain mug")
        return (await stage.picture(ada, after=known)).all_text

    await brand("file:///etc/passwd", "read the LoRA")
    await brand("nobody-knows-it", "None of the image models")
    assert "gpt-image-2" in await drawn()
    assert stage.own is not None
    await brand("theirs", "None of the image models")
    assert "gpt-image-2" in await drawn()
    assert stage.own.made == [], "who knows another workspace's name for a LoRA does not get it"
    await brand("ours @0.5", "Saved.")
    assert SERVED_MODEL in await drawn()
    assert [made.lora for made in stage.own.made] == ["ours"]
    await brand("acme/brand @0.8", "Saved.")
    assert "flux-2/lora" in await drawn()
    asked = next(r.json for r in fal.requests if r.method == "POST")
    assert asked["loras"] == [{"path": "acme/brand", "scale": 0.8}]

    fal.script.always(http_twin.ServerError(503))
    stood_in = await drawn()
    assert "gpt-image-2 takes no LoRA" in stood_in
    await brand("", "Saved.")
    assert "LoRA" not in await drawn()


async def test_a_workflows_step_gives_back_the_address(stage: Stage) -> None:
    ada = stage.slack.person("U000ADA08")
    run = await ada.workflow(prompt="a paper boat")
    done = await stage.until(lambda: stage.slack.runs.get(run))
    assert done["outputs"]["image_url"].startswith(f"https://{CDN}/")
    assert done["outputs"]["alt_text"]

    refused = await ada.workflow(prompt="a boat --ar 9999:1")
    assert "Possible: " in (await stage.until(lambda: stage.slack.runs.get(refused)))["error"]


async def test_a_direct_message_is_answered_in_its_thread(stage: Stage) -> None:
    ada = stage.slack.person("U000ADA09")
    channel = f"D{ada.id[1:]}"
    await ada.write("a copper kettle")
    shown = await stage.picture(ada, channel)
    await ada.write("make it green", thread=shown.thread)
    assert shown.thread
    await stage.version(ada, 2, shown.thread, channel)


async def test_what_was_declined_steps_back(stage: Stage) -> None:
    """Without files:write and with a host that Slack cannot reach: words, a link and buttons."""
    ada, before = stage.slack.person("U000ADA10"), 0
    stage.slack.declined |= {"files:write", "files:read", "users:read", "im:write"}
    stage.slack.fail_images = 99
    try:
        before = len(ada.sees())
        await ada.slash("a copper pot")
        told = await stage.until(
            lambda: next((m for m in ada.sees()[before:] if "Share" in m.all_text), None)
        )
        assert "Open original" in told.all_text
        assert not told.pictures
    finally:
        stage.slack.declined.clear()
        stage.slack.fail_images = 0


async def test_a_picture_that_slack_cannot_fetch_comes_as_a_file(stage: Stage) -> None:
    ada = stage.slack.person("U000ADA11")
    stage.slack.fail_images = 2
    before = len(ada.sees())
    await ada.slash("a copper pan")
    shown = await stage.picture(ada, after=before)
    assert "slack_file" in shown.pictures[0]


async def test_stop_is_honoured(stage: Stage) -> None:
    ada = stage.slack.person("U000ADA12")
    stage.openai.images.queue(http_twin.Slow(20.0))
    before, asked = len(ada.sees()), len(stage.openai.image_requests)
    await ada.slash("a slow snail")
    waiting = await stage.until(lambda: next((m for m in ada.sees()[before:] if m.buttons), None))
    await stage.until(lambda: len(stage.openai.image_requests) > asked)
    await ada.click(waiting, "Stop")
    await stage.until(lambda: "Stopped" in waiting.all_text)


async def test_an_agents_session_is_at_work_and_can_be_stopped(stage: Stage) -> None:
    """Slack shows its Stop button while the session is "processing"; it stops that person's work and no other."""
    ada, bob = stage.slack.person("U000ADA14"), stage.slack.person("U000BOB14")
    channel, sessions = f"D{ada.id[1:]}", stage.slack.sessions
    stage.openai.images.queue(http_twin.Slow(20.0))
    known = len(stage.openai.image_requests)
    await ada.write("a slow owl")
    waiting = await stage.seen(ada, "On it", channel)
    thread = str(waiting.thread)
    await stage.until(lambda: sessions.get((channel, thread)) == ["processing"], "at work")
    asked = next(a for name, a, _ in stage.slack.calls if name == "agents.sessions.setStatus")
    assert asked["title"]
    await stage.until(lambda: len(stage.openai.image_requests) > known)

    await bob.stop(thread, channel)
    await stage.until(lambda: sessions[channel, thread][-1] == "active")
    assert "Stopped" not in waiting.all_text
    sessions[channel, thread].append("processing")
    await ada.stop(thread)
    await stage.until(lambda: "Stopped" in waiting.all_text)
    await stage.until(lambda: sessions[channel, thread][-1] == "active")
    await stage.until(lambda: stage.slack.statuses[-1] == "", "the line goes too")

    await ada.write("a quick owl", thread=thread)
    await stage.version(ada, 2, thread, channel)
    await stage.until(lambda: sessions[channel, thread][-2:] == ["processing", "active"])


def _picture_of(someone: Person, channel: str, text: str) -> Message | None:
    return next((m for m in someone.sees(channel) if m.pictures and text in m.all_text), None)


@pytest.mark.parametrize("missing", ["scope", "method", "feature"])
async def test_a_workspace_without_sessions_misses_nothing(stage: Stage, missing: str) -> None:
    """What Slack says that it does not have is not asked for again, and the bot's own Stop button is there."""
    names = {"agents.sessions.setStatus", "assistant.threads.setStatus"}
    slack, ada = stage.slack, stage.slack.person(f"U000ADA15{missing[0].upper()}")
    channel = f"D{ada.id[1:]}"
    slack.agents = missing != "feature"
    slack.answers |= dict.fromkeys(names, "missing_scope") if missing == "scope" else {}
    slack.answers |= dict.fromkeys(names, "unknown_method") if missing == "method" else {}
    team = f"T000{missing.upper()[:5]}"
    someone = slack.person(ada.id, team)
    try:
        for text in ("a brass owl", "a tin owl"):
            known = len(slack.calls)
            await someone.write(text)
            shown = await stage.until(partial(_picture_of, someone, channel, text))
            assert shown.buttons
            asked = {name for name, _, _ in slack.calls[known:]} & names
            assert asked == (names if text == "a brass owl" else set())
    finally:
        slack.agents = True
        slack.answers.clear()
