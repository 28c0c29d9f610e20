"""The event stream between news: comments, so that neither the page nor a proxy takes silence for death."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from adapters.playground.stream import kept_alive


async def test_silence_is_filled_with_comments_and_no_news_is_lost() -> None:
    more = asyncio.Event()

    async def views() -> AsyncIterator[Mapping[str, Any]]:
        yield {"state": "queued"}
        await more.wait()
        yield {"state": "delivered"}

    chunks: list[bytes] = []
    async for chunk in kept_alive(views(), asyncio.Event(), every=0.001):
        chunks.append(chunk)
        if chunks.count(b": still here\n\n") == 2:
            more.set()

    events = [chunk for chunk in chunks if chunk.startswith(b"id")]
    assert events == [
        b'id: 1\nevent: job\ndata: {"state": "queued"}\n\n',
        b'id: 2\nevent: job\ndata: {"state": "delivered"}\n\n',
    ]
    assert chunks.count(b": still here\n\n") >= 2


async def test_a_reader_who_leaves_ends_the_watching() -> None:
    watching = asyncio.Event()
    ended = asyncio.Event()

    async def views() -> AsyncIterator[Mapping[str, Any]]:
        try:
            watching.set()
            await asyncio.Event().wait()
            yield {}
        finally:
            ended.set()

    stream = kept_alive(views(), asyncio.Event(), every=0.001)
    await anext(stream)
    assert watching.is_set()
    await stream.aclose()

    assert ended.is_set()


async def test_a_process_that_leaves_lets_its_readers_go() -> None:
    """Without a word: the page takes it for a lost connection and asks whoever answers next."""
    leaving, ended = asyncio.Event(), asyncio.Event()

    async def views() -> AsyncIterator[Mapping[str, Any]]:
        try:
            yield {"state": "queued"}
            await asyncio.Event().wait()
        finally:
            ended.set()

    stream = kept_alive(views(), leaving)
    assert b"queued" in await anext(stream)
    leaving.set()

    assert [chunk async for chunk in stream] == []
    assert ended.is_set()
