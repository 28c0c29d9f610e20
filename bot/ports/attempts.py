"""What is paid, attempt by attempt."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.money import MicroUSD
from bot.domain.purchases import Purchase, Speed
from bot.domain.requests import JobId


class AttemptLog(Protocol):
    """The ledger of paid attempts: a row is written before each POST and closed after it."""

    async def open_attempt(self, job_id: JobId, purchase: Purchase) -> str:
        """Write the attempt down and return its id.

        Raises:
            LostJob: the job belongs to another process now; do not pay.
        """
        ...

    async def close_attempt(
        self,
        attempt_id: str,
        *,
        billed: bool | None,
        cost: MicroUSD | None,
        request_id: str | None,
        result: str,
        seconds: float,
    ) -> None:
        """`billed` None means maybe. `result` is from a closed set (the router's row names)."""
        ...

    async def speeds(self) -> Sequence[Speed]:
        """What the models' recent requests took, by all processes that share the ledger."""
        ...
