import string

import pytest

from bot.domain.jobs import JobState, Stage
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
from bot.domain.requests import Action, JobId
from bot.messages.catalogue import languages, texts_for
from bot.messages.job_view import actions_for, job_json
from bot.messages.keys import Say
from tests.support.make import hosted, job

JOB = JobId("abcdefghijklmnop")
ENGLISH = texts_for("en")


def braces(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_key_with_the_same_braces(language: str) -> None:
    tables, english = texts_for(language).tables, ENGLISH.tables

    assert {name: set(table) for name, table in tables.items()} == {
        name: set(table) for name, table in english.items()
    }
    for name, table in english.items():
        for key, text in table.items():
            assert braces(tables[name][key]) == braces(text), f"{language} {name}.{key}"


@pytest.mark.parametrize("language", languages())
def test_no_sentence_is_empty(language: str) -> None:
    for table in texts_for(language).tables.values():
        assert all(text.strip() for text in table.values())


def test_english_covers_every_enum() -> None:
    tables = ENGLISH.tables
    assert set(tables["refusal"]) == set(RefusalReason)
    assert set(tables["failure"]) == set(FailureClass)
    assert set(tables["stage"]) == set(Stage)
    assert set(tables["say"]) == set(Say)
    assert set(tables["notice"]) == {*NoticeKey, "reworded_term"}


@pytest.mark.parametrize(
    ("locale", "language"), [("en-GB", "en"), ("EN_us", "en"), ("tlh", "en"), ("", "en")]
)
def test_the_closest_language_is_taken(locale: str, language: str) -> None:
    assert texts_for(locale).language == language


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "2 seconds"),
        (60, "60 seconds"),
        (600, "10 minutes"),
        (10_000, "3 hours"),
        (170_000, "47 hours"),
        (1_209_600, "14 days"),
    ],
)
def test_waits_are_rounded_for_people(seconds: float, text: str) -> None:
    assert text in ENGLISH.wait(seconds)


def test_a_refusal_says_why_what_next_and_that_nothing_was_charged() -> None:
    refused = Refused(
        RefusalReason.QUOTA, DecidedBy.LIMITS, suggestion="a meteor", wait=90, params=(("limit", "5"),)
    )

    text = ENGLISH.refusal(refused, JOB)

    assert "limit: 5" in text
    assert "90 seconds" in text
    assert "How about “a meteor”? Nothing was charged" in text
    assert "Nothing was charged" in text
    assert "ABCDEFGH" in text


@pytest.mark.parametrize("language", languages())
def test_words_and_pictures_that_cannot_be_read_are_told_apart(language: str) -> None:
    said = texts_for(language).tables["refusal"]

    assert not {"PNG", "WebP", "MB"} & set(said[RefusalReason.UNREADABLE_WORDS].split())
    assert "WebP" in said[RefusalReason.UNREADABLE]


def test_a_missing_value_leaves_a_gap_not_an_error() -> None:
    assert "…" in ENGLISH.refusal(Refused(RefusalReason.QUOTA, DecidedBy.LIMITS))


def test_braces_in_a_persons_value_stay_text() -> None:
    refused = Refused(
        RefusalReason.BAD_OPTION, DecidedBy.GUARD, params=(("option", "{limit.__class__}"), ("allowed", "x"))
    )

    assert "{limit.__class__}" in ENGLISH.refusal(refused)


def test_a_failure_is_honest_about_money() -> None:
    assert "given back" in ENGLISH.failure(Failed(FailureClass.UNKNOWN_OUTCOME, maybe_billed=True), JOB)
    assert "12 seconds" in ENGLISH.failure(Failed(FailureClass.BUSY, wait=12), JOB)
    assert "little while" not in ENGLISH.failure(Failed(FailureClass.BUSY, wait=12), JOB), (
        "said once, precisely"
    )
    assert "little while" in ENGLISH.failure(Failed(FailureClass.BUSY), JOB)
    assert JOB in ENGLISH.failure(Failed(FailureClass.DELIVERY), JOB)


def test_a_changed_term_is_told() -> None:
    notice = Notice(NoticeKey.REWORDED, (("term", "shooting star"), ("reading", "meteor")))

    assert ENGLISH.notice(notice) == 'I described "shooting star" as "meteor".'


def test_the_public_view_of_a_delivered_job() -> None:
    done = job(
        Delivered((hosted(),), (Notice(NoticeKey.OFFLINE_PREVIEW),)),
        JobState.DELIVERED,
        finished_at=1795600003.5,
    )

    view = job_json(done, ENGLISH)

    assert (view["state"], view["stage"], view["seconds"]) == ("delivered", "done", 3.5)
    assert view["images"][0]["sha256"] == "ab" * 32
    assert "not an AI model" in view["notice"]
    assert "delete" in view["actions"]
    assert not {"handle", "fence", "deadline"} & set(view)


@pytest.mark.parametrize(
    ("outcome", "state", "code", "actions"),
    [
        (
            Refused(RefusalReason.HATE, DecidedBy.SANITIZER, appealable=True),
            JobState.REFUSED,
            "hate",
            {"reword", "appeal"},
        ),
        (Refused(RefusalReason.MINORS, DecidedBy.PROVIDER), JobState.REFUSED, "minors", {"reroll", "reword"}),
        (Failed(FailureClass.BUSY), JobState.FAILED, "busy", {"reroll", "reword", "notify"}),
        (Failed(FailureClass.TIMED_OUT), JobState.FAILED, "timed_out", {"reroll", "reword"}),
        (Delivered((hosted(),)), JobState.DELETED, None, set()),
        (None, JobState.RUNNING, None, {"cancel"}),
        (None, JobState.ACCEPTED, None, {"cancel"}),
    ],
)
def test_the_public_view_of_other_ends(
    outcome: object, state: JobState, code: str | None, actions: set[str]
) -> None:
    view = job_json(job(outcome, state), ENGLISH)

    assert view["reason_code"] == code
    assert set(view["actions"]) == actions
    assert view["message"]
    assert view["images"] == []
    assert view["state"] == ("queued" if state is JobState.ACCEPTED else state)


def test_actions_are_typed() -> None:
    assert Action.UPSCALE in actions_for(job(Delivered((hosted(),)), JobState.DELIVERED))
