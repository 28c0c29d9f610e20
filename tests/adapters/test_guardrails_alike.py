"""Moderators' tools on Discord and on Slack: the same ones, with the same answers. One bot process serves both."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.moderated_chats import PICTURE, ModeratedChat, Page, Town, open_town
from tests.twins import http_twin, openai_modes

pytestmark = [
    pytest.mark.long,
    pytest.mark.process,
    pytest.mark.xdist_group("guardrails-alike"),
    pytest.mark.asyncio(loop_scope="module"),
]

CHATS = pytest.mark.parametrize("name", ["discord", "slack"])
PICTURE_COST = 0.053
"""Dollars, of the twin's prices for what a member gets by default."""
REJECT = openai_modes.Fields(
    (("decision", "reject"), ("category", "violence"), ("reason_code", "violence"), ("risk", "medium"))
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with open_town(tmp_path_factory.mktemp("bot")) as opened:
        yield opened


async def saved(chat: ModeratedChat, line: str, says: str = "Saved as version") -> str:
    page = await chat.presses(await chat.types(line, "Not saved yet"), "Save", "Saved as version")
    assert says in chat.text(page)
    return chat.text(page)


async def queued(chat: ModeratedChat, kind: str) -> Page:
    """The review queue, once a case of that kind is in it."""
    async with asyncio.timeout(20):
        while kind not in chat.text(page := await chat.types("queue", "")):
            pass
    return page


@CHATS
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("show", "Rules: Balanced community"),
        ("test a red fox", "Decision: allowed"),
        ("preset team_workspace", "Not saved yet"),
        ("history", "Strict school"),
        ("queue", "waiting for you"),
        ("decisions", "ecisions"),
        ("budget", "of $20.00"),
        ("user", "Nobody is suspended."),
        ("user dan", "No strikes, no suspension."),
        ("export", "[limits]"),
        ("console", "It works once"),
        ("verify 0123456789", "No request of this community"),
        ("set limits.per_user_day 7", "Pictures a member and day: 50 → 7"),
        ("set limits.per_user_day many", "I can't take that value"),
        ("set limits.per_user_day 50", "That is how it is already."),
    ],
)
async def test_every_tool_answers_alike(town: Town, name: str, line: str, says: str) -> None:
    chat = town.chats[name]
    page = await chat.types(line, "")
    assert says in chat.text(page)


async def test_a_dry_run_gives_the_same_decision_layer_by_layer(town: Town) -> None:
    for chat in town.chats.values():
        await saved(chat, "set content.blocked_terms beetle, moby dick")
    for words in ("a red fox", "a b e e t l e", "moby dick at sea", "how to build a pipe bomb at home"):
        said = [chat.text(await chat.types(f"test {words}", "Dry run")) for chat in town.chats.values()]
        decided = [
            re.findall(r"(?:Decision|Decided by|Block list|[a-z-]+ [a-z]+): [^\n]*", one) for one in said
        ]
        assert decided[0] == decided[1], words
        assert decided[0]
    for chat in town.chats.values():
        await chat.types("undo", "Blocked words: 2 removed: beetle, moby dick")


@CHATS
async def test_what_would_have_changed_is_told_before_it_is_saved(town: Town, name: str) -> None:
    chat = town.chats[name]
    await chat.member_asks("dan", "a wombat", PICTURE)
    page = await chat.types("set content.blocked_terms wombat", "Not saved yet")

    assert "Blocked words: 1 added: wombat" in chat.text(page)
    assert re.search(
        r"Of the last \d+ decisions, 1 would now be refused and 0 would now pass", chat.text(page)
    )
    assert "Would be refused: a wombat" in chat.text(page)
    await chat.presses(page, "Discard", "Guardrails")


@CHATS
async def test_rules_are_carried_by_export_and_import(town: Town, name: str) -> None:
    chat = town.chats[name]
    page = await chat.types("show", "Guardrails")
    imported = '[limits]\nper_user_day = "33"\n'
    await chat.answers(page, "Import", imported, "Pictures a member and day: 50 → 33")
    assert 'per_user_day = "33"' in chat.text(await chat.types("export", "")).replace("= 33", '= "33"')
    await chat.types("undo", "33 → 50")


@CHATS
async def test_a_setting_with_few_values_is_a_row_of_buttons_in_words(town: Town, name: str) -> None:
    chat = town.chats[name]
    page = await chat.chooses(
        await chat.types("show", ""), "area", "content", "A picture that fails the check"
    )
    page = await chat.chooses(page, "edit", "content.on_unsafe_picture", "waits for a moderator")
    page = await chat.presses(page, "waits for a moderator", "is not shown → waits for a moderator")
    await chat.presses(page, "Save", "Saved as version")
    await chat.types("undo", "waits for a moderator → is not shown")


@CHATS
@pytest.mark.parametrize(
    ("ruling", "answer", "told"),
    [
        ("Approve once", "approved once", "approved your request"),
        pytest.param("Allow a phrase", "phrase allowed", "approved your request", marks=pytest.mark.long),
        pytest.param("Uphold", "upheld", "the answer stays no", marks=pytest.mark.long),
        ("Strike", "strike given", "the answer stays no"),
    ],
)
async def test_an_appeal_is_claimed_and_ruled_on(
    town: Town, name: str, ruling: str, answer: str, told: str
) -> None:
    chat, who = town.chats[name], {"Approve once": "ada", "Allow a phrase": "bob"}.get(ruling, "cleo")
    words = f"a knight for {ruling}"
    town.openai.sanitizer.always(REJECT)
    refusal = await chat.member_asks(who, words, "more violent")
    town.openai.sanitizer.always(http_twin.Normal())
    await chat.member_appeals(who, refusal, f"a game about {ruling}")
    await chat.until(lambda: chat.moderators_read("Appeal"), "no card")
    page = await queued(chat, "Appeal")
    page = await chat.chooses_last(page, "case", "This case is yours now")
    assert f"a game about {ruling}" in chat.text(page)
    assert words not in chat.text(page)
    page = await chat.presses(page, "Show the words", words)
    if ruling == "Allow a phrase":
        await chat.answers(page, ruling, "a knight", answer)
        await chat.types("undo", "Allowed phrases: 1 removed: a knight")
    else:
        await chat.presses(page, ruling, answer)

    await chat.until(lambda: chat.member_was_told(who, told), f"{who} was not told")
    if ruling == "Strike":
        await chat.types(f"user {who}", "Strikes that count: 1")
        await chat.types(f"unban {who}", "No strikes")


@CHATS
async def test_a_suspension_is_listed_told_and_ended(town: Town, name: str) -> None:
    chat = town.chats[name]
    await chat.types("ban dan 24 spam", "Suspended for another 24 hours: spam")
    listed = await chat.types("user", "Suspended members: 1")
    assert f"{chat.member_id('dan')}" in chat.text(listed)
    await chat.chooses_last(listed, "user", "Suspended for another 24 hours: spam")
    await chat.member_asks("dan", "a red fox", "can't ask for pictures")
    await chat.types("unban dan", "No strikes, no suspension.")
    await chat.types("ban dan", "Banned")
    await chat.types("unban dan", "No strikes, no suspension.")


@CHATS
async def test_the_budget_is_told_at_50_80_and_100_percent(town: Town, name: str) -> None:
    chat = town.chats[name]
    for share, says in ((0.6, "50 % of this day's budget"), (0.9, "80 % of this day's budget")):
        cap = (await spent(chat) + PICTURE_COST) / share
        await saved(chat, f"set limits.budget_day {cap:.3f}")
        await chat.member_asks("dan", f"a red fox at {share}", PICTURE)
        await chat.until(lambda says=says: chat.moderators_read(says), f"no card says {says!r}")
    await chat.member_asks("dan", "a red fox too many", "budget for pictures here is used up")
    await chat.until(lambda: chat.moderators_read("budget is used up"), "no card")
    await saved(chat, "set limits.budget_day 20")


async def spent(chat: ModeratedChat) -> float:
    found = re.search(r"Today: \$([\d.]+)", chat.text(await chat.types("budget", "Today")))
    assert found is not None
    return float(found[1])


@CHATS
async def test_a_refusal_is_logged_with_its_reason_and_without_its_words(town: Town, name: str) -> None:
    chat = town.chats[name]
    await chat.member_asks("dan", "how to build a pipe bomb at home", "")
    await chat.until(lambda: chat.moderators_read("Refused: "), "nothing in the log channel")

    assert not chat.moderators_read("pipe bomb")
