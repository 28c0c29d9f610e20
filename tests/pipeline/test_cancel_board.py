"""A wish to stop reaches a job of this process at once, and only that job."""

import asyncio

from bot.domain.requests import JobId
from bot.pipeline.cancel import CancelBoard


async def test_a_wish_reaches_everybody_who_listens_for_the_job_and_nobody_else() -> None:
    board = CancelBoard()
    mine, other = JobId("mine"), JobId("other")

    with board.listening(mine) as first, board.listening(mine) as second, board.listening(other) as third:
        board.cancel(mine)

        assert first.is_set()
        assert second.is_set()
        assert not third.is_set()


async def test_who_has_ended_is_forgotten() -> None:
    board, mine = CancelBoard(), JobId("mine")
    with board.listening(mine) as second:
        with board.listening(mine) as first:
            pass
        board.cancel(mine)

        assert not first.is_set()
        assert second.is_set()
    board.cancel(mine)
    assert vars(board) == {"_listening": {}}


async def test_a_stop_is_told_while_somebody_waits() -> None:
    board, mine = CancelBoard(), JobId("mine")
    with board.listening(mine) as event:
        waiting = asyncio.create_task(event.wait())
        await asyncio.sleep(0)
        board.cancel(mine)
        async with asyncio.timeout(5):
            assert await waiting
