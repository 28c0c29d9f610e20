"""What has to change in a community's rules because AutoMod has changed, and what moderators did themselves."""

from collections.abc import Sequence
from typing import Any

from adapters.discord.automod import Translated, edits_of
from adapters.discord.follow import Seen, news_of
from bot.domain.policy import Content, ImportedRule, Policy, Strictness
from bot.moderation.rules import drafted

CAT, DOG = ImportedRule("A", ("cat",)), ImportedRule("B", ("dog",))


def automod(*rules: ImportedRule, lists: Sequence[str] = ()) -> Translated:
    return Translated(rules, (("L", tuple(lists)),) if lists else (), ())


def policy_of(*rules: ImportedRule, **content: Any) -> Policy:
    return Policy(content=Content(imported_rules=rules, follow_imported=True, **content))


def following(before: Policy, seen: Seen, now: Translated) -> Content | None:
    """The content after AutoMod is read; None if nothing has to change."""
    edits = news_of(now, before, seen)
    after = drafted(before, edits) if edits else None
    assert after is None or isinstance(after, Policy)
    return after.content if after else None


def test_a_change_is_taken_over() -> None:
    after = following(policy_of(CAT), Seen.of(automod(CAT)), automod(CAT, DOG))

    assert after is not None
    assert after.imported_rules == (CAT, DOG)


def test_rules_that_are_gone_are_gone() -> None:
    after = following(policy_of(CAT), Seen.of(automod(CAT)), automod())

    assert after is not None
    assert after.imported_rules == ()


def test_what_moderators_did_to_imported_rules_stays_until_automod_changes() -> None:
    seen = Seen.of(automod(CAT, DOG))

    assert following(policy_of(CAT), seen, automod(CAT, DOG)) is None
    assert following(policy_of(), seen, automod(CAT, DOG)) is None
    after = following(policy_of(), seen, automod(DOG))
    assert after is not None
    assert after.imported_rules == (DOG,)


def test_the_first_look_takes_over_what_differs_and_nothing_else() -> None:
    levels = (("sexual", Strictness.RELAXED),)

    assert following(policy_of(CAT, categories=levels), Seen(), automod(CAT, lists=["sexual"])) is None
    after = following(policy_of(CAT, categories=levels), Seen(), automod(DOG, lists=["sexual"]))
    assert after is not None
    assert dict(after.categories) == {"sexual": Strictness.STRICT}


def test_only_a_list_that_was_switched_on_makes_its_categories_strict() -> None:
    relaxed = policy_of(CAT, categories=(("sexual", Strictness.RELAXED),))
    seen = Seen.of(automod(CAT, lists=["sexual"]))

    assert following(relaxed, seen, automod(CAT, lists=["sexual"])) is None
    assert following(relaxed, seen, automod(CAT)) is None
    after = following(relaxed, seen, automod(CAT, lists=["sexual", "hate"]))
    assert after is not None
    assert dict(after.categories) == {"sexual": Strictness.RELAXED, "hate": Strictness.STRICT}


def test_the_first_import_turns_following_on_and_a_later_one_does_not_turn_it_on_again() -> None:
    def follows(before: Policy, *, follow: bool) -> bool:
        after = drafted(before, edits_of(automod(CAT), before, follow=follow))
        assert isinstance(after, Policy)
        return after.content.follow_imported

    assert follows(Policy(), follow=True)
    assert not follows(Policy(), follow=False)
    assert not follows(Policy(content=Content(imported_rules=(DOG,))), follow=True)
    assert follows(policy_of(DOG), follow=False)
