"""Accepting requests: each once, with all its reservations or none; many at once cost what one does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.jobs import DeliveryHandle, Steps
from bot.domain.limits import Limit, LimitReached, Rate
from bot.domain.requests import ImagineRequest
from bot.ports import Accepted, Duplicate
from bot.store.database import Row, Statement, Transaction
from bot.store.fairness import Turns, look_at_turns, taking_turn
from bot.store.inserting import inserting
from bot.store.ledger import BY_ID, Ledger
from bot.store.reserve import Counters, look_at_limits, look_at_rates, reserving
from bot.store.rows import new_job, new_row, reference_keys
from bot.store.uses import using

_VERSION: Final = "SELECT version FROM job WHERE job_id = :job_id"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, the limits that it must pass, and its row."""

    request: ImagineRequest
    limits: Sequence[Limit]
    rates: Sequence[Rate]
    weight: int
    handle: DeliveryHandle | None
    row: dict[str, Any]

    @property
    def tenant(self) -> str:
        return self.request.requester.tenant

    def looks(self) -> dict[str, Statement | None]:
        """All that its acceptance depends on."""
        lineage = self.request.lineage
        return {
            "known": Statement(BY_ID, {"job_id": self.request.job_id}),
            "parent": Statement(_VERSION, {"job_id": lineage.parent_id}) if lineage else None,
            "budgets": look_at_limits(self.limits),
            "buckets": look_at_rates(self.rates),
            "turns": look_at_turns(self.tenant),
        }


class AcceptingLedger(Ledger):
    """The part of the `JobStore` port that takes requests in."""

    async def accept(
        self,
        request: ImagineRequest,
        limits: Sequence[Limit],
        rates: Sequence[Rate],
        weight: int,
        handle: DeliveryHandle | None = None,
    ) -> Accepted | Duplicate | LimitReached:
        row = new_row(request, self._vault.seal(handle) if handle else None)
        asked = _Asked(request, limits, rates, weight, handle, row)
        return await self._database.write_together(self._accept_each, asked)

    async def _accept_each(
        self, tx: Transaction, callers: Sequence[_Asked]
    ) -> Sequence[Accepted | Duplicate | LimitReached]:
        """The unit of `accept`: what one caller has reserved is taken for those after it."""
        found = await tx.look_each([asked.looks() for asked in callers])
        now = self._clock.now()
        counters = Counters.of(_all(found, "budgets"), _all(found, "buckets"))
        turns = Turns.of(_all(found, "turns"))
        known = {row["job_id"]: self._job(row) for row in _all(found, "known")}
        answers: list[Accepted | Duplicate | LimitReached] = []
        writes: list[Sequence[Statement | None]] = []
        for asked, seen in zip(callers, found, strict=True):
            job_id = asked.request.job_id
            if job_id in known:
                answers.append(Duplicate(known[job_id]))
            elif full := counters.first_full(asked.limits, asked.rates, now):
                answers.append(full)
            else:
                # A child is the next version of its parent.
                version = max((int(one["version"]) + 1 for one in seen["parent"]), default=1)
                writes.append(_inserts(asked, version, turns, counters, now))
                known[job_id] = new_job(asked.request, asked.handle, version)
                answers.append(Accepted(known[job_id]))
        await tx.run_each(writes)
        return answers


def _all(found: Sequence[Any], name: str) -> Sequence[Row]:
    return [row for rows in found for row in rows[name]]


def _inserts(
    asked: _Asked, version: int, turns: Turns, counters: Counters, now: float
) -> Sequence[Statement | None]:
    job_id = asked.request.job_id
    vstart = turns.take(asked.tenant, asked.weight)
    values = {**asked.row, "vstart": vstart, "version": version}
    return (
        inserting("job", tuple(values), [tuple(values.values())]),
        taking_turn(asked.tenant, vstart, asked.weight),
        *reserving(job_id, asked.limits, asked.rates, counters, now),
        using(job_id, reference_keys(asked.request, Steps())),
    )
