"""Pictures out of an answer, wherever the network cuts it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.decode import Answer, AnswerReader


def read(body: bytes, size: int, expected: int = 0) -> Answer:
    reader = AnswerReader(expected)
    for start in range(0, len(body), size):
        reader.feed(body[start : start + size])
    return reader.end()


@pytest.mark.parametrize("expected", [0, 1, 2, 4, 5000])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 13, 1000])
@pytest.mark.parametrize(
    ("body", "pictures"),
    [
        (
            b'{"data":[{"b64_json":"YWJj"},{"b64_json" : "ZGVm"}],"usage":{"output_tokens":3}}',
            [b"abc", b"def"],
        ),
        (b'{"response_format":"b64_json","data":[{"b64_json":"YWJj"}]}', [b"abc"]),
        (b'{"data":[{"b64_json":"YWJjZA=="},{"b64_json":"YW\\u004aj"}]}', [b"abcd", b"abc"]),
        (b'{"data":[{"b64_json":"Pz8\\/"}],"b64_json":1}', [b"???"]),
        (b'{"data":[{"b64_json":null}]}', []),
        (b'{"data":[{"b64_json":null},{"b64_json":"YWJj"}]}', [b"abc"]),
        (b'{"data":[{"url":"x","note":"\\"b64_json\\":\\"YWJj\\""}]}', []),
        (b'{"created":1}', []),
    ],
)
def test_pictures_are_found_where_they_lie(
    body: bytes, pictures: list[bytes], size: int, expected: int
) -> None:
    assert list(read(body, size, expected).pictures) == pictures


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":[{"b64_json":null},{"b64_json":"' + b"YWJj" * 1_400_000 + b'"}]}',
        b'{"data":[{"picture":"' + b"YWJj" * 1_400_000 + b'"}]}',
    ],
    ids=["one of two", "another name"],
)
def test_megabytes_that_are_parsed_at_the_end_belong_into_a_thread(body: bytes) -> None:
    reader = AnswerReader()
    assert not reader.large
    reader.feed(body)
    assert reader.large


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        b'{"data":[{"b64_json":"%%%"}]}',
        b'"b64_json":"YWJj"',
        b'{"data":[{"b64_json":"YWJj',
    ],
)
def test_what_is_no_answer_is_an_error(body: bytes, size: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any kind will do
        read(body, size)


def test_the_rest_of_an_answer_is_kept() -> None:
    rest = read(b'{"data":[{"b64_json":"YWJj"}],"usage":{"output_tokens":3}}', 10).rest
    assert rest["usage"] == {"output_tokens": 3}


@given(
    pictures=st.lists(st.binary(max_size=60), max_size=4),
    indent=st.sampled_from([None, 2]),
    size=st.integers(1, 90),
)
def test_any_pictures_in_any_pieces(pictures: list[bytes], indent: int | None, size: int) -> None:
    entries = [{"b64_json": base64.b64encode(picture).decode()} for picture in pictures]
    body = json.dumps({"data": entries, "usage": {"output_tokens": 3}}, indent=indent).encode()

    answer = read(body, size)

    # An empty text is no picture to a plain parse.
    assert [picture for picture in answer.pictures if picture] == [picture for picture in pictures if picture]
    assert answer.rest["usage"] == {"output_tokens": 3}
