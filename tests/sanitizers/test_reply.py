"""A text model's free text is cleaned before a chat shows it, however it was put together."""

import pytest

from bot.sanitizers.reply import clean


@pytest.mark.parametrize(
    "text",
    [
        "an owl @every\u200bone",
        "an owl @every_one",
        "an owl <@1<@2>3>",
        "an owl @ever@everyoneyone",
        "an owl ht*tps://evil.example/a",
        "an owl htt\u2060ps://evil.example/a",
        "an owl w`ww.evil.example",
        "an owl <!chan|nel>",
    ],
)
def test_nothing_becomes_a_mention_or_an_address_by_what_is_taken_out(text: str) -> None:
    shown = clean(text)

    assert shown.startswith("an owl")
    assert not [sign for sign in ("@everyone", "@channel", "https:", "www.", "<", "*", "`") if sign in shown]
    assert clean(shown) == shown


def test_words_stay_apart() -> None:
    assert clean("a brass\nowl,\ta *lamp*") == "a brass owl, a lamp"
