"""A second request for one that is late, where a request costs nothing: when it is due, how often, and who wins.

A few slow answers make the slowest hundredth of all waits; asking once more after most would have come cuts it for a
few requests more (Dean and Barroso, "The Tail at Scale", 2013). Nothing here knows what is asked of whom: callers
hedge what is free, and only that.
"""

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable
from typing import Any, Final, Protocol, TypeVar

SHARE: Final = 0.06
"""Second requests, as a share of the first ones."""
FIRST: Final = 3
"""Second requests that may be sent from the start, so that a bot with little to do may send one at all."""
SAVED: Final = 8
"""Those that may be saved up."""
MEASURED: Final = 12
"""Answers without which nobody knows what is late."""
_NEWEST: Final = 100
_MOST: Final = 0.75
_FACTOR: Final = 1.5
"""Late is half as long again as three in four of the newest took: a slow tail does not move that, not even where it
happens to be a fifth of the few that were measured.
"""

T = TypeVar("T")


class Clock(Protocol):
    """Epoch seconds, and waiting."""

    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class Lateness:
    """After how many seconds a request is late: as configured, else by what the newest of its kind took.

    A kind is whatever takes alike: a model, a quality, a number of pictures. Those that are still under way count with
    what they have taken so far: while all slow down, nobody is late.
    """

    def __init__(self, clock: Clock, seconds: float | None = None, *, least: float = 0.0) -> None:
        """`seconds` are configured; with `least` nothing is late sooner."""
        self._clock = clock
        self._seconds = seconds
        self._least = least
        self._newest: dict[Hashable, deque[float]] = defaultdict(lambda: deque(maxlen=_NEWEST))
        self._waiting: dict[Hashable, list[float]] = defaultdict(list)
        self._known: dict[Hashable, asyncio.Event] = defaultdict(asyncio.Event)

    def took(self, kind: Hashable, seconds: float) -> None:
        """An answer came after so long, or was given up after so long because another one was quicker."""
        newest = self._newest[kind]
        newest.append(seconds)
        if len(newest) >= MEASURED:
            self._known[kind].set()

    def after(self, kind: Hashable) -> float | None:
        """Seconds; None as long as too few answers were measured."""
        if self._seconds is not None:
            return self._seconds
        newest = self._newest[kind]
        if len(newest) < MEASURED:
            return None
        now = self._clock.now()
        taken = sorted([*newest, *(now - since for since in self._waiting[kind])])
        return max(self._least, taken[int(len(taken) * _MOST)] * _FACTOR)

    async def passed(self, kind: Hashable, since: float) -> None:
        """Returns when a request that left at `since` (epoch seconds) and is still under way is late."""
        waiting = self._waiting[kind]
        waiting.append(since)
        try:
            while True:
                after = self.after(kind)
                if after is None:
                    await self._known[kind].wait()
                elif (left := since + after - self._clock.now()) > 0:
                    await self._clock.sleep(left)
                else:
                    return
        finally:
            waiting.remove(since)


class Allowance:
    """Lets a small share of all requests be sent twice, so that a server with too much to do is not given twice that.

    Who has been late for longest comes first, so that the slow ones get what there is and not the almost quick ones.
    """

    def __init__(self, share: float = SHARE) -> None:
        self._share = share
        self._part = 0.0
        self._whole = FIRST
        self._free = asyncio.Semaphore(FIRST)

    def earn(self) -> None:
        """A first request leaves."""
        self._part += self._share
        if self._part >= 1.0:
            self._part -= 1.0
            self.give_back()

    async def take(self) -> None:
        """Returns when a second request may leave."""
        await self._free.acquire()
        self._whole -= 1

    def give_back(self) -> None:
        """No second request left after all."""
        if self._whole < SAVED:
            self._whole += 1
            self._free.release()


async def ask_again_if_late(
    ask: Callable[[], Coroutine[Any, Any, T]],
    kind: Hashable,
    clock: Clock,
    lateness: Lateness,
    allowance: Allowance,
) -> T:
    """A free request, and the same one again beside it if it is late. Raises as `race`."""
    begun = clock.now()
    allowance.earn()

    async def first() -> T:
        answer = await ask()
        lateness.took(kind, clock.now() - begun)
        return answer

    async def late() -> None:
        await lateness.passed(kind, begun)
        await allowance.take()

    # What is given up took at least as long: without it the slow ones would be missing from what is usual.
    return await race(first(), late(), first)


async def race(
    first: Coroutine[Any, Any, T],
    late: Awaitable[None],
    second: Callable[[], Coroutine[Any, Any, T] | None],
) -> T:
    """What the first request brings, or the second one, which begins when the first is late; the loser is cancelled.

    Args:
        first: Begins at once.
        late: Returns when it is time for a second one.
        second: Makes it, or tells by None that there is to be none.

    Raises:
        Exception: the first one's, when there was no second one or that failed as well. A fault of one alone is not
            the end: the other goes on.
    """
    async with contextlib.AsyncExitStack() as owned:
        leading = await owned.enter_async_context(_running(first))
        timer = await owned.enter_async_context(_running(late))
        due: set[asyncio.Future[Any]] = {leading, timer}
        await asyncio.wait(due, return_when=asyncio.FIRST_COMPLETED)
        follower = None if leading.done() else second()
        if follower is None:
            return await leading
        following = await owned.enter_async_context(_running(follower))
        await asyncio.wait({leading, following}, return_when=asyncio.FIRST_COMPLETED)
        for one, other in ((leading, following), (following, leading)):
            if one.done():
                return one.result() if one.exception() is None else await _rest(other, leading)
        raise AssertionError("one of two is done")


async def _rest(other: asyncio.Future[T], leading: asyncio.Future[T]) -> T:
    """After the end of one without a result: the other's, or the first one's fault."""
    await asyncio.wait({other})
    return other.result() if other.exception() is None else leading.result()


@contextlib.asynccontextmanager
async def _running(work: Awaitable[T]) -> AsyncIterator[asyncio.Future[T]]:
    """A task that does not outlive the block."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
