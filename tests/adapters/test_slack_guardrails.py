"""A moderator's day on Slack: one bot process, the real bolt, a strict Slack and a strict OpenAI."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.console import listening_at, visited
from tests.support.leaks import leaks
from tests.support.make import picture
from tests.support.process import BotProcess
from tests.twins import http_twin, openai_modes
from tests.twins.openai_twin import OpenAITwin
from tests.twins.slack_twin import Message, Person, SlackTwin

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("slack-guardrails"),
    pytest.mark.asyncio(loop_scope="module"),
]

ART = "C000ART00"
REJECT = openai_modes.Fields(
    (("decision", "reject"), ("category", "violence"), ("reason_code", "violence"), ("risk", "medium"))
)


@dataclass(frozen=True)
class Office:
    slack: SlackTwin
    openai: OpenAITwin
    bot: BotProcess
    admin: Person

    async def page(self, line: str, says: str, by: Person | None = None) -> Message:
        """The private page that a line behind `/guardrails` gives."""
        who = by or self.admin
        known = len(self.slack.messages)
        await who.slash(line, command="/guardrails")
        return await self.slack.until(
            lambda: next(
                (m for m in self.slack.messages[known:] if says in m.all_text and m.only_for == who.id), None
            ),
            f"/guardrails {line} did not say {says!r}",
        )

    async def click(self, page: Message, label: str, says: str) -> Message:
        await self.admin.click(page, label)
        return await self.reads(page, says)

    async def reads(self, page: Message, says: str) -> Message:
        await self.slack.until(lambda: says in page.all_text, f"no {says!r}: {page.all_text}")
        return page

    async def saved(self, line: str) -> Message:
        return await self.click(await self.page(line, "Not saved yet"), "Save", "Saved as version")

    async def reviews_in(self, channel: str) -> None:
        """Cards go there; whichever test comes first sets it."""
        page = await self.page(f"set presentation.review_channel {channel}", "")
        if "Not saved yet" in page.all_text:
            await self.click(page, "Save", "Saved as version")

    async def console_leads_to(self, url: str) -> str:
        """What kind of case a link to the console opens, with a picture that can be looked at."""
        async with visited(listening_at(self.bot.log), url) as visit:
            area, _, case_id = visit.area.partition("/")
            cases = (await visit.client.get(f"/console/api/{area}")).json()
            case = next(one for one in cases if one["case_id"] == case_id)
            picture = await visit.client.get(f"/console/api/cases/{case_id}/pictures/0")
            assert picture.headers["content-type"] == "image/jpeg"
            return str(case["kind"])

    async def said(self, person: Person, look: Callable[[Message], bool], what: str) -> Message:
        return await self.slack.until(
            lambda: next((message for message in reversed(person.sees()) if look(message)), None), what
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    folder: Path = tmp_path_factory.mktemp("bot")
    async with SlackTwin() as slack, OpenAITwin() as openai:
        admin = slack.person("U000MOD00")
        slack.admins.add(admin.id)
        environment = {
            **slack.environment,
            **openai.environment,
            "IMAGE_ROUTE": "openai:gpt-image-2",
            "PUBLIC_BASE_URL": "https://bot.example",
        }
        async with BotProcess(environment, folder) as bot:
            await slack.until_connected()
            slack.bot_url = bot.address
            yield Office(slack, openai, bot, admin)
        assert slack.violations == []
        # The private link to the console names the bot's own address, which is this machine here.
        assert leaks(text for text in slack.transcript() if "/console/enter?link=" not in text) == []


async def test_the_panel_leads_to_every_setting(office: Office) -> None:
    page = await office.page("", "Team workspace")

    await office.admin.choose(page, "Show settings", "limits")
    await office.reads(page, "Pictures a member and day: 100")
    await office.admin.choose(page, "Change a setting", "limits.per_user_day")
    view = await office.slack.until(lambda: office.slack.views[-1] if office.slack.views else None)
    await office.admin.submit(view, "40")
    await office.reads(page, "100 → 40")
    await office.click(page, "Save", "Saved as version 1")
    await office.click(page, "Undo last change", "40 → 100")


async def test_a_preset_is_chosen_looked_at_and_undone(office: Office) -> None:
    page = await office.saved("preset strict_school")
    assert "Rating: PG → G" in page.all_text

    history = await office.page("history", "Strict school")
    assert office.admin.id in history.all_text
    await office.page("undo", "Rating: G → PG")


async def test_a_picture_is_verified_by_its_file_and_by_its_number(office: Office) -> None:
    opened = len(office.slack.views)
    await office.admin.slash("verify", command="/guardrails")
    view = await office.slack.until(
        lambda: office.slack.views[opened] if len(office.slack.views) > opened else None
    )
    await office.admin.fill(view, files=[office.slack.file_of(picture(8, 8))])
    foreign = await office.said(office.admin, lambda m: "not known here" in m.all_text, "nothing was said")
    assert "carries no Content Credentials" in foreign.all_text

    await office.page("verify 0123456789", "No request of this community")
    await office.page(f"verify {'0' * 64}", "not at hand")


async def test_a_prompt_is_tested_and_nothing_is_made(office: Office) -> None:
    page = await office.page("test a shooting star over the sea", "Dry run")

    assert "Decision: allowed" in page.all_text
    assert "text model: " in page.all_text
    assert office.openai.billed_images == 0


async def test_an_appeal_goes_from_the_refusal_to_the_picture(office: Office) -> None:
    await office.reviews_in(ART)
    ada = office.slack.person()
    office.openai.sanitizer.always(REJECT)
    await ada.slash("a knight at dawn")
    refusal = await office.said(ada, lambda m: "more violent" in m.all_text, "no refusal")
    await office.page("decisions", "refused · violence · by text model")

    views = len(office.slack.views)
    await ada.click(refusal, "Ask a moderator")
    view = await office.slack.until(lambda: office.slack.views[views:] or None)
    await ada.submit(view[0], "it is a painting")
    card = await office.said(office.admin, lambda m: "Appeal" in m.all_text and m.only_for is None, "no card")
    assert "knight" not in card.all_text
    known = len(office.slack.messages)
    await office.admin.click(card, "Have a look")
    case = await office.slack.until(
        lambda: next((m for m in office.slack.messages[known:] if "it is a painting" in m.all_text), None)
    )
    assert case.only_for == office.admin.id
    await office.click(case, "Show the words", "a knight at dawn")
    await office.click(case, "Approve once", "approved once")
    told = await office.said(ada, lambda m: "approved your request" in m.all_text, "nobody told ada")
    assert told.only_for == ada.id

    await ada.click(told, "Make it now")
    await office.said(ada, lambda m: bool(m.pictures), "no picture")
    office.openai.sanitizer.always(http_twin.Normal())


async def test_words_that_the_own_list_stops_go_before_a_moderator_too(office: Office) -> None:
    await office.reviews_in(ART)
    await office.saved("set content.blocked_terms beetle")
    gil = office.slack.person("U000GIL00")
    await gil.slash("a beetle on a leaf")
    refusal = await office.said(gil, lambda m: "blocked a word" in m.all_text, "no refusal")
    known, views = len(office.slack.messages), len(office.slack.views)
    await gil.click(refusal, "Ask a moderator")
    view = await office.slack.until(lambda: office.slack.views[views:] or None)
    await gil.submit(view[0], "it is an insect")
    card = await office.slack.until(
        lambda: next((m for m in office.slack.messages[known:] if "Appeal" in m.all_text), None), "no card"
    )
    await office.admin.click(card, "Have a look")
    case = await office.slack.until(
        lambda: next((m for m in office.slack.messages[known:] if "it is an insect" in m.all_text), None)
    )
    await office.click(case, "Show the words", "a beetle on a leaf")
    await office.click(case, "Approve once", "approved once")

    await gil.slash("a beetle on a leaf")
    await office.said(gil, lambda m: bool(m.pictures), "no picture")
    await office.saved("set content.blocked_terms ")


def _since(office: Office, known: int, look: Callable[[Message], bool]) -> Message | None:
    """The first such message of those after the first `known`."""
    return next((message for message in office.slack.messages[known:] if look(message)), None)


def _says(words: str, message: Message) -> bool:
    return words in message.all_text


async def test_a_held_picture_is_released_and_another_one_discarded(office: Office) -> None:
    fay = office.slack.person("U000FAY00")
    await office.reviews_in(ART)
    await office.saved("set content.on_unsafe_picture hold")
    office.openai.images.always(openai_modes.UnsafePicture("violence/graphic"))
    for label, told in (("Release", "released your picture"), ("Discard", "will not be shown")):
        known = len(office.slack.messages)
        await fay.slash(f"a red wall to {label}")
        await office.said(fay, lambda m: "waiting for a moderator" in m.all_text, "not held")
        waiting = await office.slack.until(
            partial(_since, office, known, lambda m: "Held picture" in m.all_text), "no card"
        )
        assert not waiting.pictures
        await office.admin.click(waiting, "Have a look")
        case = await office.slack.until(
            partial(_since, office, known, lambda m: "Discard" in m.all_text and bool(m.only_for)), "no case"
        )
        assert "no copy stays in this workspace" in case.all_text
        show = next(one for one in case.buttons if one["text"]["text"] == "Show the picture")
        await (await office.admin.click(case, "Show the picture")).acked.wait()
        assert await office.console_leads_to(show["url"]) == "held"
        assert not case.pictures
        await office.click(case, label, "Done: ")
        await office.said(fay, partial(_says, told), f"not told {told!r}")
    pictures = [m for m in fay.sees() if m.pictures]
    await office.slack.until(lambda: len([m for m in fay.sees() if m.pictures]) == 1, f"{len(pictures)}")
    office.openai.images.always(http_twin.Normal())
    await office.page("undo", "")


async def test_a_member_is_banned_and_unbanned(office: Office) -> None:
    bob = office.slack.person("U000BOB00")
    await office.page(f"ban <@{bob.id}|bob> 24 spam", "Suspended for another 24 hours: spam")
    await bob.slash("a brass owl")
    await office.said(bob, lambda m: "can't ask for pictures" in m.all_text, "no refusal")

    await office.page(f"unban {bob.id}", "No strikes, no suspension")
    await bob.slash("a brass owl")
    await office.said(bob, lambda m: bool(m.pictures), "no picture")


async def test_a_budget_is_set_and_hit(office: Office) -> None:
    await office.saved(f"set presentation.log_channel {ART}")
    await office.saved("set limits.budget_day 0.01")
    cleo = office.slack.person("U000CLEO0")

    await cleo.slash("a brass owl")

    await office.said(cleo, lambda m: "budget for pictures here is used up" in m.all_text, "no refusal")
    await office.said(
        office.admin, lambda m: "budget is used" in m.all_text and m.only_for is None, "no card"
    )
    await office.page("budget", "of $0.01")
    await office.page("undo", "0.01 → 20.00")


async def test_rules_leave_as_text(office: Office) -> None:
    page = await office.page("export", "per_user_day")

    assert "[limits]" in page.all_text


async def test_a_console_link_is_private_and_leads_to_the_console(office: Office) -> None:
    page = await office.page("console", "It works once")

    found = re.search(r"https?://[^\s|>]+/console\S*?(?=[\s|>]|$)", page.all_text)
    assert found
    assert page.only_for == office.admin.id


async def test_who_is_no_admin_any_more_does_not_get_into_the_console(office: Office) -> None:
    boss, address = office.slack.person("U000BOSS2"), listening_at(office.bot.log)
    office.slack.admins.add(boss.id)
    early, late = [await office.page("console", "It works once", by=boss) for _ in range(2)]
    async with visited(address, (await office.page("console", "It works once")).all_text) as visit:
        assert visit.status == 303
        assert (await visit.client.get("/console/api/rules")).status_code == 200

    office.slack.admins.discard(boss.id)

    for page in (early, late):
        async with visited(address, page.all_text) as visit:
            assert visit.status == 410
            assert (await visit.client.get("/console/api/rules")).status_code == 401


async def test_members_do_not_moderate(office: Office) -> None:
    stranger = office.slack.person("U000EVE00")

    await office.page("show", "for moderators", by=stranger)
    await office.page("ban U000MOD00", "for moderators", by=stranger)


async def test_app_home_has_the_panel_for_admins_alone(office: Office) -> None:
    slack, boss, eve = office.slack, office.slack.person("U000BOSS1"), office.slack.person("U000EVE01")
    slack.admins.add(boss.id)

    async def shows(person: Person, words: str) -> None:
        await slack.until(lambda: words in str(slack.homes.get(person.id)), f"no {words!r} in App Home")

    await eve.open_home()
    await shows(eve, "Your pictures")
    assert "Guardrails" not in str(slack.homes[eve.id])
    await boss.open_home()
    await shows(boss, "Guardrails")
    assert "of $20.00" in str(slack.homes[boss.id]), "the budget"

    await boss.choose_home("Show settings", "limits")
    await shows(boss, "Pictures a member and day: ")
    views = len(slack.views)
    await boss.choose_home("Change a setting", "limits.budget_day")
    view = await slack.until(lambda: slack.views[views:] or None)
    await boss.submit(view[0], "33")
    await shows(boss, "20.00 → 33")
    await boss.press_home("Save")
    await shows(boss, "Saved as version")
    await office.page("budget", "of $33.00")
    await boss.press_home("Undo last change")
    await shows(boss, "33.00 → 20.00")
    await boss.press_home("Your pictures")
    await shows(boss, "Delete my data")

    slack.homes[eve.id] = slack.homes[boss.id]
    await eve.choose_home("Choose a preset", "strict_school")
    await shows(eve, "for moderators")
    slack.admins.discard(boss.id)
    await boss.press_home("Export")
    await shows(boss, "for moderators")
    assert "per_user_day" not in str(slack.homes[boss.id])
