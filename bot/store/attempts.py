"""Paid attempts: a row is written before each paid request and closed after it, so that money is never forgotten."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from bot.domain.errors import LostJob, StorageError
from bot.domain.money import MicroUSD
from bot.domain.purchases import Purchase, Speed
from bot.domain.requests import JobId, Quality
from bot.store.database import Row, Transaction
from bot.store.ledger import Ledger
from bot.store.reserve import rebook

log = structlog.get_logger(__name__)

_OPEN: Final = (
    "INSERT INTO attempt(attempt_id, job_id, tenant, provider, model, opened_at, quality, pictures, pixels, "
    "inputs, billed, price, result) VALUES (:attempt_id, :job_id, :tenant, :provider, :model, :opened_at, :quality, "
    ":pictures, :pixels, :inputs, 'maybe', :price, 'open')"
)
_CLOSE: Final = (
    "UPDATE attempt SET closed_at = :closed_at, billed = :billed, cost = :cost, request_id = :request_id, "
    "result = :result, seconds = :seconds WHERE attempt_id = :attempt_id"
)
_LOST: Final = (
    "SELECT attempt_id, job_id FROM attempt WHERE closed_at IS NULL AND opened_at < :before LIMIT 500"
)
_CLOSE_LOST: Final = (
    "UPDATE attempt SET closed_at = :closed_at, result = 'lost' WHERE attempt_id = :attempt_id"
)
_LOST_AFTER: Final = 86_400.0
"""Seconds; no request to a host takes as long, and no chat waits as long for a job."""
_MAYBE_PAID: Final = (
    "SELECT 1 AS one FROM attempt WHERE job_id = :job_id AND billed <> 'no' "
    "AND (coalesce(cost, price) IS NULL OR coalesce(cost, price) > 0) LIMIT 1"
)
_JOB_OF: Final = "SELECT job_id FROM attempt WHERE attempt_id = :attempt_id"
_COSTS: Final = (
    "SELECT tenant, provider, model, billed, quality, pixels, inputs, count(*) AS attempts, "
    "cast(sum(pictures) AS bigint) AS pictures, cast(sum(coalesce(cost, price, 0)) AS bigint) AS micros FROM attempt "
    "WHERE opened_at >= :since AND opened_at < :until AND billed <> 'no'"
)
_LIKE: Final = "tenant, provider, model, billed, quality, pixels, inputs"
_SPEEDS: Final = (
    "SELECT provider, model, quality, avg(seconds) AS seconds FROM (SELECT provider, model, quality, seconds "
    "FROM attempt WHERE opened_at >= :since AND result = 'ok' ORDER BY opened_at DESC LIMIT :newest) AS recent "
    "GROUP BY provider, model, quality"
)
_SPEED_DAYS: Final = 7
_NEWEST: Final = 1000
_BILLED: Final[Mapping[bool | None, str]] = {True: "yes", False: "no", None: "maybe"}


class AttemptLedger(Ledger):
    """Implements the `AttemptLog` port."""

    async def open_attempt(self, job_id: JobId, purchase: Purchase) -> str:
        """Write the attempt down and return its id.

        Raises:
            LostJob: the job belongs to another process now.
            StorageError: this process cannot show that it is alive; then nothing may be paid.
        """
        if not self._liveness.held:
            raise StorageError("the database session was lost")
        values = {
            "attempt_id": str(uuid.uuid4()),
            "job_id": job_id,
            "provider": purchase.provider,
            "model": purchase.model,
            "quality": purchase.quality.value,
            "pictures": purchase.pictures,
            "pixels": purchase.pixels,
            "inputs": purchase.references,
            "price": purchase.price,
            "opened_at": self._clock.now(),
        }

        async def unit(tx: Transaction) -> str:
            mine = "SELECT tenant FROM job WHERE job_id = :job_id AND owner = :owner AND state = 'running'"
            rows = await tx.rows(mine, job_id=job_id, owner=self._owner)
            if not rows:
                raise LostJob(job_id)
            await tx.run(_OPEN, tenant=rows[0]["tenant"], **values)
            return str(values["attempt_id"])

        return await self._database.write(unit)

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
        """`billed` None means maybe. A job that was settled meanwhile has its budgets corrected."""
        values: dict[str, Any] = {
            "attempt_id": attempt_id,
            "closed_at": self._clock.now(),
            "billed": _BILLED[billed],
            "cost": cost,
            "request_id": request_id,
            "result": result,
            "seconds": seconds,
        }

        async def unit(tx: Transaction) -> tuple[str, int]:
            rows = await tx.rows(_JOB_OF, attempt_id=attempt_id)
            await tx.run(_CLOSE, **values)
            job_id = str(rows[0]["job_id"]) if rows else ""
            return job_id, await rebook(tx, job_id)

        job_id, change = await self._database.write(unit)
        if change:
            log.info("budget_corrected", job_id=job_id, micros=change, result=result)

    async def may_have_paid(self, job_id: JobId) -> bool:
        """A row stands here before its request leaves: what is not here was not asked for."""
        return bool(await self._database.read(_MAYBE_PAID, job_id=job_id))

    async def close_lost(self) -> int:
        """Close attempts whose process died before it could, and settle what was booked for them for good.

        They count as billed maybe, at their expected price. Returns how many.
        """
        opened_before = self._clock.now() - _LOST_AFTER

        async def unit(tx: Transaction) -> int:
            rows = await tx.rows(_LOST, before=opened_before)
            for row in rows:
                await tx.run(_CLOSE_LOST, attempt_id=row["attempt_id"], closed_at=self._clock.now())
                await rebook(tx, row["job_id"])
            return len(rows)

        lost = await self._database.write(unit)
        if lost:
            log.info("attempts_lost", attempts=lost)
        return lost

    async def speeds(self) -> Sequence[Speed]:
        """Means over the newest successful requests of all processes, of the last days."""
        rows = await self._database.read(
            _SPEEDS, since=self._clock.now() - _SPEED_DAYS * 86_400.0, newest=_NEWEST
        )
        return [
            Speed(row["provider"], row["model"], Quality(row["quality"]), float(row["seconds"]))
            for row in rows
        ]

    async def costs(self, since: float, until: float, tenant: str | None = None) -> Sequence[Row]:
        """What was or may have been spent between two times (seconds since the epoch), oldest month first.

        A row sums up a `month` ("2026-11", UTC), `tenant`, `provider`, `model`, `billed` ("yes" or "maybe"),
        `quality`, `pixels` (of one picture) and `inputs` (references along with it): `attempts`, `pictures` asked
        for, and `micros` (micro-dollars: the cost, else the expected price).
        """
        ends = (
            await self._database.read(
                "SELECT min(opened_at) AS first, max(opened_at) AS last FROM attempt "
                "WHERE opened_at >= :since AND opened_at < :until",
                since=since,
                until=until,
            )
        )[0]
        if ends["first"] is None:
            return ()
        whose = "AND tenant = :tenant " if tenant is not None else ""
        values = {"tenant": tenant} if tenant is not None else {}
        found: list[Row] = []
        for month, start, end in _months(float(ends["first"]), float(ends["last"])):
            rows = await self._database.read(
                f"{_COSTS} {whose}GROUP BY {_LIKE} ORDER BY {_LIKE}",
                since=max(since, start),
                until=min(until, end),
                **values,
            )
            found += [{"month": month, **row} for row in rows]
        return found


def _months(first: float, last: float) -> Iterator[tuple[str, float, float]]:
    """Name, start and end of each month that the two times span."""
    start = datetime.fromtimestamp(first, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while start.timestamp() <= last:
        end = (start + timedelta(days=32)).replace(day=1)
        yield start.strftime("%Y-%m"), start.timestamp(), end.timestamp()
        start = end
