"""Pictures out of an Images API answer as it arrives: its base64 is decoded piece by piece and never kept.

So an answer takes the memory of its pictures and about a third of the usual CPU time. The JSON around the base64 is
parsed with the base64 cut out; anything odd falls back to a plain parse of the whole.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pybase64

from bot.domain.images import PictureData
from bot.images.spool import IN_MEMORY, Intake, Spool, opened
from bot.providers.inline_pictures import decoded_now

_KEY: Final = b'"b64_json"'
_VALUE: Final = re.compile(rb'\s*:\s*"')
_UNDECIDED: Final = re.compile(rb"\s*:?\s*\Z")
"""What follows a key may go on in the next piece."""
_LARGE: Final = 4 * 1024 * 1024
"""Bytes of JSON from which parsing holds up the event loop."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Pictures in order, and the rest of the answer (usage, quality, size …)."""

    pictures: Sequence[PictureData]
    rest: Mapping[str, Any]


class AnswerReader:
    """Takes the bytes of one answer in pieces of any size.

    Args:
        expected: About how many bytes a picture will have, 0 if nobody knows.
        spool: Where large pictures go.
    """

    def __init__(self, expected: int = 0, spool: Spool = IN_MEMORY) -> None:
        self._expected = expected
        self._spool = spool
        self._pictures: list[PictureData] = []
        self._around = bytearray()
        self._searched = 0
        self._picture: Intake | None = None
        self._carry = b""
        self._plain: bytearray | None = None

    @property
    def large(self) -> bool:
        """The next call belongs into a thread: it parses megabytes, or the disk has a part in it."""
        text = self._around if self._plain is None else self._plain
        arriving = self._picture is not None and self._picture.large
        # At the end of an odd answer those that are complete are put back into it.
        complete = any(len(one) > _LARGE or not isinstance(one, bytes) for one in self._pictures)
        return len(text) > _LARGE or arriving or complete

    def feed(self, piece: bytes) -> None:
        """Take the next piece. Raises OSError: the disk did not give back what was spooled."""
        while piece:
            if self._plain is not None:
                self._plain += piece
                return
            piece = self._outside(piece) if self._picture is None else self._inside(self._picture, piece)

    def end(self) -> Answer:
        """The whole answer.

        Raises:
            ValueError: not JSON, not an object, or base64 that is none.
            OSError: as `feed`.
        """
        if self._plain is None and self._picture is None:
            rest = json.loads(self._around)
            if isinstance(rest, dict) and len(self._pictures) == len(rest.get("data") or ()):
                return Answer(self._pictures, rest)
        return _plain(self._plain if self._plain is not None else self._put_together(), self._spool)

    def _outside(self, piece: bytes) -> bytes:
        """Look for the next base64 text; what comes after its opening quote is handed back.

        A key inside a JSON string cannot match, since its quotes would be escaped.
        """
        self._around += piece
        while (key := self._around.find(_KEY, self._searched)) >= 0:
            after = key + len(_KEY)
            value = _VALUE.match(self._around, after)
            if value is not None:
                rest = bytes(self._around[value.end() :])
                del self._around[value.end() :]
                self._searched = value.end()
                self._picture = self._spool.intake(self._expected)
                return rest
            if _UNDECIDED.match(self._around, after):
                self._searched = key
                return b""
            self._searched = after
        self._searched = max(self._searched, len(self._around) - len(_KEY) + 1)
        return b""

    def _inside(self, picture: Intake, piece: bytes) -> bytes:
        """Decode up to the closing quote; what comes after it is handed back.

        Base64 goes by fours: what the last piece left over is filled up first, so that this one is never copied.
        """
        quote = piece.find(b'"')
        text = memoryview(piece) if quote < 0 else memoryview(piece)[:quote]
        fill = -len(self._carry) % 4
        end = len(text) if quote >= 0 else len(text) - (len(text) - fill) % 4
        if end < fill and quote < 0:
            self._carry += piece
            return b""
        try:
            first = pybase64.b64decode(self._carry + text[:fill], validate=True)
            others = pybase64.b64decode(text[fill:end], validate=True)
        except ValueError:
            self._plain = self._put_together() + piece
            return b""
        picture.write(first)
        picture.write(others)
        self._carry = bytes(text[end:])
        if quote < 0:
            return b""
        self._pictures.append(picture.getvalue())
        self._picture = None
        return piece[quote:]

    def _put_together(self) -> bytearray:
        """All that was read, with the base64 back in its place."""
        whole = bytearray()
        position = 0
        for picture in self._pictures:
            start = _next_value(self._around, position)
            whole += self._around[position:start] + _encoded(picture)
            position = start
        whole += self._around[position:]
        if self._picture is not None:
            whole += _encoded(self._picture.getvalue()) + self._carry
        return whole


def _encoded(picture: PictureData) -> bytes:
    return pybase64.b64encode(opened(picture).read())


def _next_value(around: bytearray, position: int) -> int:
    """Where the next base64 text was cut out."""
    while True:
        key = around.index(_KEY, position)
        value = _VALUE.match(around, key + len(_KEY))
        if value is not None:
            return value.end()
        position = key + len(_KEY)


def _plain(body: bytearray, spool: Spool) -> Answer:
    answer = json.loads(body)
    if not isinstance(answer, dict):
        raise ValueError("not an object")  # noqa: TRY004
    entries = answer.get("data") or []
    texts = [entry.get("b64_json") for entry in entries if isinstance(entry, dict)]
    return Answer([decoded_now(text, spool) for text in texts if text], answer)
