"""What a studio of our own can suffer from has words of its own, in every language."""

import pytest

from bot.domain import errors as e
from bot.domain.outcomes import FailureClass
from bot.domain.requests import JobId
from bot.messages.catalogue import languages, texts_for
from bot.pipeline.faults import failure_of

STUDIO = {
    e.WarmingUp("flux", ready_in=60.0): FailureClass.WARMING_UP,
    e.ColdStart("runpod"): FailureClass.COLD_START,
    e.QueueFull("flux"): FailureClass.QUEUE_FULL,
    e.OutOfMemory("flux"): FailureClass.OUT_OF_MEMORY,
    e.NotFetched("bfl", maybe_billed=True): FailureClass.NOT_FETCHED,
    e.ProviderFailed("bfl"): FailureClass.BUSY,
}


@pytest.mark.parametrize("language", languages())
def test_each_has_a_sentence_of_its_own(language: str) -> None:
    texts = texts_for(language)

    told = {texts.failure(failure_of(fault), JobId("job")) for fault in STUDIO}

    assert [failure_of(fault).failure for fault in STUDIO] == list(STUDIO.values())
    assert len(told) == len(STUDIO)


def test_a_studio_that_warms_up_says_how_long() -> None:
    words = texts_for("en").failure(failure_of(e.WarmingUp("flux", ready_in=60.0)), JobId("job"))

    assert words.startswith("The studio is warming up, which takes about a minute.")
