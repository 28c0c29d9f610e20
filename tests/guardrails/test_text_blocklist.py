"""Block lists: what is found, how sure, what is left alone. The terms are made up or mild on purpose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guardrails.text import BlockList, How, MatchMode, Strength, Term, hidden_text

LIST = BlockList.compile(
    [
        Term("klopwig"),
        Term("zorbel snaf"),
        Term("ass"),
        Term("coon"),
        Term("dick"),
        Term("flibby"),
        Term("anal"),
    ],
    ["Maine coon", "Moby Dick"],
)


def found(text: str, blocklist: BlockList = LIST) -> list[tuple[str, str, str]]:
    """Term, matched text and strength of each hit that no allow-phrase covers."""
    return [
        (hit.term, text[hit.start : hit.end], hit.match.value)
        for hit in blocklist.scan(text)
        if hit.suppressed_by is None
    ]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("a klopwig", How.PLAIN),
        ("KLOPWIG!", How.PLAIN),
        ("two klopwigs", How.PLAIN),
        ("ｋｌｏｐｗｉｇ", How.PLAIN),
        ("ⓚⓛⓞⓟⓦⓘⓖ", How.PLAIN),
        ("𝐤𝐥𝐨𝐩𝐰𝐢𝐠", How.PLAIN),
        ("🇰🇱🇴🇵🇼🇮🇬", How.LOOKALIKE),
        ("🅺🅻🅾🅿🆆🅸🅶", How.LOOKALIKE),
        ("k\u200bl\u200bo\u00adp\u2060wig", How.PLAIN),
        ("kl0pw1g", How.LEET),
        ("k|0pw!g", How.LEET),
        ("k l o p w i g", How.SPACED),
        ("k.l.o.p.w.i.g.", How.SPACED),
        ("k🔥l🔥o🔥p🔥w🔥i🔥g", How.SPACED),
        ("kkloppwigg", How.REPEATED),
        ("klooooopwig", How.REPEATED),
        ("kłopwіg ... klорwіg", How.LOOKALIKE),
        ("ᴋʟᴏᴘᴡɪɢ", How.LOOKALIKE),
        ("k̷͓l̷͓o̷͓p̷͓w̷͓i̷͓g̷͓", How.LOOKALIKE),
        ("kl*pwig", How.MASKED),
        ("klop-wig", How.SPLIT),
        ("\u202egiwpolk\u202c", How.REVERSED),
        ("".join(chr(0xE0000 + ord(letter)) for letter in "klopwig"), How.HIDDEN),
    ],
)
def test_disguises_are_hard_matches(text: str, how: How) -> None:
    hits = [hit for hit in LIST.scan(text) if hit.match is Strength.HARD]

    assert ("klopwig", how) in [(hit.term, hit.view) for hit in hits]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("klöpwíg", How.ACCENT),
        ("klop wig", How.SPLIT),
        ("klo pw ig", How.SPLIT),
        ("kl-pwig", How.MASKED),
        ("kl?pwig", How.MASKED),
        ("kIopwlg", How.LOOKALIKE),
        ("kklopwig", How.REPEATED),
    ],
)
def test_doubtful_readings_are_soft_matches(text: str, how: How) -> None:
    [hit] = LIST.scan(text)

    assert (Strength.SOFT, how) == (hit.match, hit.view)


@pytest.mark.parametrize(
    "text",
    [
        "Zorbel snaf",
        "z0rbel 5naf",
        "zorbelsnaf",
        "z o r b e l s n a f",
        "zorbel\n snafs",
        "zorb*l snaf",
        "zor bel snaf",
    ],
)
def test_phrases_are_found_in_every_disguise(text: str) -> None:
    assert [hit.term for hit in LIST.scan(text)] == ["zorbel snaf"]


@pytest.mark.parametrize(
    "text",
    [
        "Dickens in Scunthorpe, the Arsenal document, assassin, cocoon, analysis",
        "a class act; grass and glass",
        "a c l a s s i c car",
        "costs 455 or $455, model 4S5, size as5",
        "as it is, as is, as he said",
        "annals of history",
        "zorbel and snaf",
        "Кот сидит на крыше и смотрит на рассвет, касса и сухой хлеб",
        "Küçük bir kız sıcak çay içiyor, Zażółć gęślą jaźń",
        "Một con mèo đen ngồi trên mái nhà lúc bình minh",
        "Η γάτα κάθεται στη στέγη",
        "猫が屋根の上に座っている",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f and 👨‍👩‍👧‍👦",
    ],
)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_allow_phrases_cover_their_span_only() -> None:
    text = "Moby Dick, two Maine coons, and a dick"

    covered = [hit.suppressed_by for hit in LIST.scan(text)]
    assert covered == ["Moby Dick", "Maine coon", None]
    assert found(text) == [("dick", "dick", "hard")]


def test_an_allow_phrase_in_disguise_allows_nothing() -> None:
    assert found("a m4ine c00n") == [("coon", "c00n", "hard")]


def test_a_soft_term_is_never_a_hard_match() -> None:
    assert found("toy guns", BlockList.compile([Term("gun", strength="soft")])) == [("gun", "guns", "soft")]


def test_plurals_can_be_switched_off() -> None:
    once = BlockList.compile([Term("flibby", plural=False)])

    assert found("flibbies") == [("flibby", "flibbies", "hard")]
    assert found("flibbies", once) == []


def test_substrings_match_inside_words_unless_allowed() -> None:
    blocklist = BlockList.compile([Term("ass", MatchMode.SUBSTRING)], ["classic"])

    assert found("a classic assistant", blocklist) == [("ass", "ass", "hard")]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("клопвиг", "КЛОПВИГ", "hard"),
        ("клопвиг", "к л о п в и г", "hard"),
        ("клопвиг", "kлопвиг", "soft"),
        ("клопвигый", "клопвигыи", "soft"),
        ("клопвиг", "клопвигами", None),
        ("猫耳", "白い猫耳の女", "hard"),
        ("🖕", "hello 🖕", "hard"),
        ("b&q", "the B&Q shop", "hard"),
        ("b&q", "the b q shop", None),
        ("pédo", "PÉDO", "hard"),
        ("pédo", "pedo", "soft"),
        ("시", "신", None),
        ("시", "도시", "hard"),
    ],
)
def test_terms_in_any_script(term: str, text: str, expected: str | None) -> None:
    hits = found(text, BlockList.compile([Term(term)]))

    assert ([] if expected is None else [expected]) == [hit[2] for hit in hits]


def test_an_unknown_mode_or_strength_is_an_error() -> None:
    with pytest.raises(ValueError, match="glob"):
        Term("x", "glob")
    with pytest.raises(ValueError, match="medium"):
        Term("x", strength="medium")


def test_an_empty_list_finds_nothing() -> None:
    assert BlockList.compile([Term(""), Term("  "), Term("\u200b")]).scan("anything at all") == ()


def test_hidden_text_is_reported_and_flags_of_nations_are_none() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "obey me")

    assert hidden_text(f"a cat{hidden}") == "obey me"
    assert hidden_text("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f a cat") == ""


LETTERS = st.text(alphabet="abcilsox01!@$*.-_ \u0301\u200b\u202e\u202cАсѕ\U000e0061ｆ🇦ß", max_size=80)


@given(st.one_of(st.text(max_size=200), LETTERS))
def test_spans_lie_in_the_text_and_nothing_raises(text: str) -> None:
    for hit in LIST.scan(text):
        assert 0 <= hit.start < hit.end <= len(text)


@given(
    st.text(alphabet="klopwig", min_size=4, max_size=9), st.sampled_from(["{}", "a {}!", "({})", "x, {}; y"])
)
def test_every_term_is_found_as_typed(term: str, carrier: str) -> None:
    text = carrier.format(term.upper())

    assert (term, term.upper(), "hard") in found(text, BlockList.compile([Term(term)]))


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_term_can_be_compiled(term: str, text: str) -> None:
    BlockList.compile([Term(term), Term(term, MatchMode.SUBSTRING)], [term]).scan(text)


@pytest.mark.parametrize(
    "text",
    ["a" + "\u0301" * 100_000, "a" * 100_000, "f*" * 50_000, "*" * 100_000, "a " * 50_000, "ass " * 25_000,
     "\U000e0061" * 100_000, "\u202e" * 100_000, "a.b" * 33_000, "!" * 100_000, "l1i!" * 25_000],
)  # fmt: skip
def test_hostile_input_is_read_in_bounded_time(text: str) -> None:
    LIST.scan(text)
