"""Every text in every language within Slack's limits, and none of ours cut short by them."""

import dataclasses
from typing import Any

import pytest

from adapters.slack.compose import compose_view
from adapters.slack.guardrails_pages import dialog
from adapters.slack.render import (
    Message,
    Source,
    failure_message,
    picture_message,
    question,
    refusal_message,
    text_message,
    texts_of,
)
from bot.domain.outcomes import (
    DecidedBy,
    Delivered,
    Failed,
    FailureClass,
    Notice,
    NoticeKey,
    RefusalReason,
    Refused,
)
from bot.domain.requests import Action
from bot.messages.catalogue import languages, texts_for
from bot.messages.keys import Say
from bot.moderation.pages import Form
from scripts.slack_gallery import messages, windows
from tests.support.make import hosted, job, request, requester
from tests.twins.slack_blocks import problems, texts, view_problems

_LONG = "x" * 4000
_FALLBACK = 4000
"""Slack cuts a message's top-level text behind this many characters."""

LANGUAGES = pytest.mark.parametrize("language", languages())


def made(language: str) -> Any:
    return job(request=request(requester=requester(platform="slack", locale=language)))


def accepted(message: Message) -> bool:
    return problems(message.blocks) == [] and 0 < len(message.text) <= _FALLBACK


@LANGUAGES
def test_every_message_and_window_of_the_gallery_is_accepted(language: str) -> None:
    for title, message in messages(language):
        assert accepted(message), title
    for title, view in windows(language):
        assert view_problems(view) == [], title


@LANGUAGES
def test_no_label_of_ours_is_cut_short(language: str) -> None:
    """A label that ends in "…" did not fit, unless the catalogue has it so."""
    said = {sentence.strip() for sentence in texts_for(language).tables["say"].values()}
    shown = [words for _, message in messages(language) for words in texts(message.blocks)]
    shown += [view[part]["text"] for _, view in windows(language) for part in ("title", "submit", "close")]

    assert [words for words in shown if words.endswith("…") and words not in said] == []


@LANGUAGES
@pytest.mark.parametrize("reason", list(RefusalReason))
def test_every_refusal_fits(language: str, reason: RefusalReason) -> None:
    params = (
        ("message", _LONG),
        ("term", _LONG),
        ("limit", "99"),
        ("option", "count"),
        ("allowed", "1, 2, 3"),
    )
    for given in ((), params[2:], params):
        refused = Refused(
            reason, DecidedBy.SANITIZER, suggestion="a calm scene", appealable=True, wait=90.0, params=given
        )
        assert accepted(_fallback_cut(refusal_message(made(language), refused))), reason


@LANGUAGES
@pytest.mark.parametrize("failure", list(FailureClass))
def test_every_failure_fits(language: str, failure: FailureClass) -> None:
    for billed in (False, True):
        assert accepted(failure_message(made(language), Failed(failure, wait=30.0, maybe_billed=billed)))


@LANGUAGES
def test_a_picture_with_every_notice_and_long_words_fits(language: str) -> None:
    notices = tuple(
        Notice(key, (("model", _LONG), ("text", _LONG), ("made", "1"), ("asked", "2"))) for key in NoticeKey
    )
    outcome = Delivered((hosted(alt_text=_LONG),) * 4, notices)
    for source in (Source(url=hosted().url), Source(file_id="F0123456789"), Source()):
        for private in (True, False):
            message = picture_message(
                made(language), outcome, [source] * 4, private=private, cost=True, version=(12, 3)
            )
            assert accepted(message)


@LANGUAGES
def test_every_sentence_can_be_whispered(language: str) -> None:
    for key in Say:
        sentence = texts_for(language).tables["say"][key]
        assert accepted(text_message(sentence)), key
        assert "**" not in text_message(sentence).text


@pytest.mark.parametrize(("words", "most"), [("a brass owl", 1000), ("x" * 1000, 1000), ("🦉" * 900, 1800)])
def test_slack_itself_stops_a_text_that_is_too_long_and_shows_all_of_one_that_is_not(
    words: str, most: int
) -> None:
    made, said = job(request=request(words=words)), texts_for("en")
    for view in (
        question(Action.REWORD, made, said, "{}"),
        compose_view(said, "{}", words=words, pictures=0, uploads=False, asks_where=False),
    ):
        field = view["blocks"][0]["element"]

        assert view_problems(view) == []
        assert (field["initial_value"], field["max_length"]) == (words, most)


@pytest.mark.parametrize(("most", "taken"), [(60, 60), (0, 3000)])
def test_a_moderators_form_takes_what_its_setting_takes(most: int, taken: int) -> None:
    view = dialog(Form("Phrase", "rule:x", "Phrase", "an owl", most=most), {}, texts_for("en"))

    assert view_problems(view) == []
    assert view["blocks"][0]["element"]["max_length"] == taken


def test_a_persons_words_can_ping_nobody() -> None:
    hostile = "<!channel> <@U1> <https://evil.example|here> & *bold*"
    shown = dataclasses.replace(Refused(RefusalReason.OTHER, DecidedBy.SANITIZER), suggestion=hostile)
    message = refusal_message(made("en"), shown)

    for words in (*texts(message.blocks), message.fallback):
        assert "<" not in words
    assert texts_of(made("en")).language == "en"


def test_a_notifications_words_fit_an_edit_however_many_have_to_be_escaped() -> None:
    assert len(Message("&" * 3000, []).fallback) <= _FALLBACK


def _fallback_cut(message: Message) -> Message:
    """Slack itself cuts the top-level text; only the blocks have to fit."""
    return Message(message.text[:_FALLBACK], message.blocks)
