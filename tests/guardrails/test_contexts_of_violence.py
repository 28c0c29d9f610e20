"""Words of violence are refused where they are meant, and not where they name a star, a cocktail or a card."""

import pytest

from bot.domain.outcomes import RefusalReason
from bot.domain.policy import BlockedTerm, Content
from bot.guardrails.words import check_words, flagged_terms
from tests.guardrails.harmless_violence import BLOCKED, HARMLESS, MEANT

CONTENT = Content(blocked_terms=tuple(map(BlockedTerm, BLOCKED)))


@pytest.mark.parametrize("prompt", HARMLESS)
def test_a_harmless_expression_is_at_most_a_hint(prompt: str) -> None:
    assert check_words(prompt, CONTENT) is None


@pytest.mark.parametrize("prompt", MEANT)
def test_what_is_meant_is_refused(prompt: str) -> None:
    refused = check_words(prompt, CONTENT)

    assert refused is not None
    assert refused.reason is RefusalReason.BLOCKED_TERM


def test_the_text_model_is_told_of_a_word_in_a_harmless_expression() -> None:
    assert flagged_terms("a shooting star and a killer whale", CONTENT) == ("shooting", "killer")


def test_a_term_that_is_meant_everywhere_has_no_harmless_context() -> None:
    everywhere = Content(blocked_terms=(BlockedTerm("shooting", "substring"),))

    assert check_words("a shooting star", everywhere)
