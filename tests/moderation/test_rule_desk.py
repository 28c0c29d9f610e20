"""Rules in moderators' hands: presets, single settings, places, history, undo, files, replay."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.domain.policy import BlockedTerm, Policy, Rung, Strictness
from bot.guardrails.identity import KeyedIdentities
from bot.guardrails.places import rules_for
from bot.guardrails.presets import PRESETS, default_policy
from bot.guardrails.rule_files import export_rules, import_rules
from bot.guardrails.rule_texts import BadValue
from bot.guardrails.rulebook import BY_KEY, SETTINGS, Place, changed, diffs
from bot.moderation.answers import No, Problem
from bot.moderation.replay import Replay
from bot.moderation.rules import Changed, Edit, RuleDesk, RulesView
from bot.store import open_store
from tests.support.make import requester
from tests.support.rig import ELSEWHERE, MODERATOR, OTHER, Rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as opened:
        yield opened


def test_every_rule_is_a_setting() -> None:
    policy = Policy()
    rules = {
        f"{area.name}.{rule.name}"
        for area in dataclasses.fields(policy)
        if dataclasses.is_dataclass(getattr(policy, area.name))
        for rule in dataclasses.fields(getattr(policy, area.name))
    }

    assert rules == set(BY_KEY)


@pytest.mark.parametrize("name", PRESETS)
def test_every_value_is_written_as_text_that_is_read_back(name: str) -> None:
    policy = PRESETS[name]

    for setting in SETTINGS:
        assert setting.read(setting.write(setting.of(policy))) == setting.of(policy), setting.key
    assert import_rules(export_rules(policy), Policy()) == policy


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("access.enabled", "no", False),
        ("limits.budget_day", "$2,50", 2_500_000),
        ("content.strictness", "Strict", Strictness.STRICT),
        ("access.channels", "<#123> 456,456", frozenset({"123", "456"})),
        (
            "content.blocked_terms",
            "moby dick | soft\nslur",
            (BlockedTerm("moby dick", "phrase", "soft"), BlockedTerm("slur")),
        ),
        (
            "content.blocked_terms",
            "cat, moby dick,",
            (BlockedTerm("cat"), BlockedTerm("moby dick", "phrase")),
        ),
        (
            "content.blocked_terms",
            "one, two\nthree",
            (BlockedTerm("one, two", "phrase"), BlockedTerm("three")),
        ),
        ("content.categories", "violence=relaxed", (("violence", Strictness.RELAXED),)),
        ("limits.per_role_day", "<@&9>=100", (("9", 100),)),
        ("strikes.ladder", "5 in 24h -> ask; 2 in 1h -> 3h", (Rung(2, 1, 3), Rung(5, 24, 0))),
    ],
)
def test_values_are_read_as_people_type_them(key: str, text: str, value: object) -> None:
    assert BY_KEY[key].read(text) == value


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("limits.budget_user_day", 125_000, "0.125"),
        ("limits.budget_user_day", 4_000, "0.004"),
        ("limits.budget_user_day", 2_500_000, "2.50"),
        ("limits.cooldown_seconds", 0.00001, "0.00001"),
        ("limits.cooldown_seconds", 43200.25, "43200.25"),
        ("access.max_megapixels", 4.0, "4"),
    ],
)
def test_a_number_is_written_as_it_is(key: str, value: float, text: str) -> None:
    """A cap of less than a cent that is written as 0.00 would be none once it is read back."""
    assert BY_KEY[key].write(value) == text
    assert BY_KEY[key].read(text) == value


def test_a_term_with_a_comma_of_its_own_is_read_back() -> None:
    terms = (BlockedTerm("one, two", "phrase"),)

    assert BY_KEY["content.blocked_terms"].read(BY_KEY["content.blocked_terms"].write(terms)) == terms


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("access.enabled", "perhaps"),
        ("access.max_count", "9"),
        ("limits.budget_day", "1e9"),
        ("limits.budget_month", "1,000"),
        ("limits.cooldown_seconds", "1,000"),
        ("content.categories", "sexual/minors=relaxed"),
        ("content.patterns", "(a"),
        ("content.blocked_terms", "x" * 61),
        ("strikes.ladder", "0 in 1h -> 1h"),
        ("access.channels", "a'; DROP"),
    ],
)
def test_what_is_no_value_is_told(key: str, text: str) -> None:
    with pytest.raises(BadValue):
        BY_KEY[key].read(text)


def test_a_role_wins_over_a_channel_and_a_channel_over_the_community() -> None:
    policy = changed(Policy(), "limits.per_user_day", "7", Place("channel", "7"))
    policy = changed(policy, "limits.per_user_day", "90", Place("role", "artists"))
    policy = changed(policy, "content.rating", "G", Place("channel", "7"))

    assert rules_for(policy, requester(channel_id="1")).limits.per_user_day == 50
    here = rules_for(policy, requester(channel_id="7"))
    assert (here.limits.per_user_day, here.content.rating) == (7, "G")
    artist = rules_for(policy, requester(channel_id="7", roles=frozenset({"artists"})))
    assert (artist.limits.per_user_day, artist.content.rating) == (90, "G")
    assert import_rules(export_rules(policy), Policy()) == policy
    back = changed(
        changed(policy, "limits.per_user_day", "", Place("role", "artists")),
        "content.rating",
        "",
        Place("channel", "7"),
    )
    assert [diff.key for diff in diffs(Policy(), back)] == ["limits.per_user_day"]


def test_what_is_the_same_everywhere_has_no_place() -> None:
    with pytest.raises(BadValue):
        changed(Policy(), "access.moderators", "9", Place("channel", "7"))


async def test_a_preset_is_chosen_and_undone(rig: Rig) -> None:
    chosen = await rig.desk.choose_preset(MODERATOR, "strict_school")
    assert isinstance(chosen, Changed)
    view = await rig.desk.show(MODERATOR)
    assert isinstance(view, RulesView)
    assert (view.preset, view.setting("access.max_count").value) == ("strict_school", "2")

    undone = await rig.desk.undo(MODERATOR)
    assert isinstance(undone, Changed)
    assert (await rig.store.policies.policy(MODERATOR.tenant)).access.max_count == 4
    history = await rig.desk.history(MODERATOR)
    assert not isinstance(history, Problem)
    assert [(entry.version, entry.reason) for entry in history] == [
        (2, "undo:0"),
        (1, "preset:strict_school"),
    ]
    assert any(diff.key == "access.max_count" for diff in history[1].diffs)
    audit = await rig.desk.audit_page(MODERATOR)
    assert not isinstance(audit, Problem)
    assert [entry.event for entry in audit] == ["rules_changed", "rules_changed"]
    assert await rig.desk.audit_is_whole(MODERATOR) is True


async def test_a_change_that_somebody_else_was_faster_with_is_not_lost(rig: Rig) -> None:
    assert isinstance(await rig.desk.change(MODERATOR, [Edit("access.max_count", "2")], seen=0), Changed)

    late = await rig.desk.change(OTHER_MODERATOR, [Edit("access.max_count", "3")], seen=0)

    assert late == Problem(No.CHANGED_MEANWHILE)


async def test_only_moderators_and_those_they_name_may(rig: Rig) -> None:
    edits = [Edit("access.moderators", "artists, 43")]
    assert await rig.desk.change(OTHER, edits) == Problem(No.NOT_A_MODERATOR)
    assert isinstance(await rig.desk.change(MODERATOR, edits), Changed)

    assert isinstance(await rig.desk.show(OTHER), RulesView)  # named by id
    assert isinstance(await rig.desk.show(requester(roles=frozenset({"artists"}))), RulesView)
    assert await rig.desk.show(requester()) == Problem(No.NOT_A_MODERATOR)


async def test_another_community_has_its_own_rules(rig: Rig) -> None:
    await rig.desk.choose_preset(MODERATOR, "strict_school")

    theirs = await rig.desk.show(dataclasses.replace(ELSEWHERE, moderator=True))

    assert isinstance(theirs, RulesView)
    assert theirs.preset == "balanced_community"


async def test_a_file_is_taken_whole_or_not_at_all(rig: Rig) -> None:
    text = await rig.desk.export_file(MODERATOR)
    assert isinstance(text, str)
    broken = text.replace('max_count = "4"', 'max_count = "40"').replace('enabled = "on"', 'enabled = "off"')

    no = await rig.desk.import_file(MODERATOR, broken)
    assert isinstance(no, Problem)
    assert "max_count" in str(no.params)
    assert (await rig.store.policies.policy(MODERATOR.tenant)).access.enabled
    assert isinstance(
        await rig.desk.import_file(MODERATOR, text.replace('max_count = "4"', 'max_count = "1"')), Changed
    )
    assert (await rig.store.policies.policy(MODERATOR.tenant)).access.max_count == 1


async def test_replay_tells_what_a_draft_would_have_changed(rig: Rig) -> None:
    assert rig.moderator is not None
    rig.moderator.text_scores = {"sword": {"violence": 0.5}}
    await rig.finished("a brass owl")
    await rig.finished("a sword fight", key="discord:77")

    stricter = await rig.desk.what_would_change(MODERATOR, [Edit("content.strictness", "strict")])
    words = await rig.desk.what_would_change(MODERATOR, [Edit("content.blocked_terms", "owl")])

    assert isinstance(stricter, Replay)
    assert isinstance(words, Replay)
    assert (stricter.replayed, [turn.words for turn in stricter.now_refused]) == (2, ["a sword fight"])
    assert [(turn.words, turn.reason) for turn in words.now_refused] == [("a brass owl", "blocked_term")]
    assert (words.replayed, words.now_allowed) == (2, ())


async def test_replay_shows_what_would_pass_again(rig: Rig) -> None:
    await rig.desk.change(MODERATOR, [Edit("content.blocked_terms", "owl")])
    await rig.studio.submit(rig.ask("a brass owl"))

    milder = await rig.desk.what_would_change(MODERATOR, [Edit("content.blocked_terms", "")])

    assert isinstance(milder, Replay)
    assert [turn.words for turn in milder.now_allowed] == ["a brass owl"]


OTHER_MODERATOR = requester(user_id="45", moderator=True)


async def test_the_first_version_tells_its_own_changes_only(tmp_path: Path) -> None:
    """What a workspace had before it is the preset of workspaces."""
    boss = requester(platform="slack", tenant="slack:T1", moderator=True)
    store = await open_store(
        f"sqlite:///{tmp_path / 'x.db'}",
        data_dir=tmp_path,
        clock=SystemClock(),
        default_policy=default_policy,
    )
    try:
        desk = RuleDesk(store.policies, KeyedIdentities(store.identity_key))
        await desk.change(boss, [Edit("content.block_message", "not here")])
        versions = await desk.history(boss)
    finally:
        await store.aclose()

    assert not isinstance(versions, Problem)
    assert [diff.key for diff in versions[0].diffs] == ["content.block_message"]


@pytest.mark.parametrize(
    ("suffix", "saved"),
    [("in our brand colours", True), ("a naked woman in the background", False), ("with a quagga", False)],
)
async def test_a_house_style_has_to_pass_the_local_checks_when_it_is_saved(
    rig: Rig, suffix: str, saved: bool
) -> None:
    """It is put behind each prompt after the last check of words."""
    await rig.desk.change(MODERATOR, [Edit("content.blocked_terms", "quagga")])
    changed = await rig.desk.change(MODERATOR, [Edit("presentation.style_suffix", suffix)])
    imported = await rig.desk.import_file(MODERATOR, f'[presentation]\nstyle_suffix = "{suffix}!"\n')

    for answer in (changed, imported):
        assert isinstance(answer, Changed) if saved else answer == Problem(No.UNFIT_STYLE)
