"""What the alarms read, on both databases."""

import time

from bot.domain.limits import Limit, LimitKind
from bot.domain.vitals import Vitals
from bot.store import Store
from bot.store.vitals import read_vitals
from tests.support.ledger import queued


async def test_open_and_overdue_jobs_and_money(store: Store) -> None:
    now = time.time()
    assert await read_vitals(store.database, now) == Vitals(0, 0, 0)
    cost = Limit(LimitKind.BUDGET, "discord:4711/money", "2026-11", 500, 1000, now + 100)
    past = Limit(LimitKind.BUDGET, "discord:4711/money", "2026-10", 500, 1000, now - 100)
    people = Limit(LimitKind.QUOTA, "discord:4711/all", "2026-11", 1, 10, now + 100)

    await queued(store, "discord:1", limits=(cost, past, people))
    await queued(store, "discord:2", created_at=now - 3600)
    assert await store.jobs.claim(["discord"]) is not None
    vitals = await read_vitals(store.database, now)

    assert (vitals.queued, vitals.running, vitals.overdue) == (1, 1, 1)
    assert vitals.money == (("discord:4711", "2026-11", 500),)
