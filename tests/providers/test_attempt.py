"""One request at one route: what its row and the metrics say, and ends that no provider should have."""

import asyncio
import contextlib
from typing import Any

import pytest

from bot.domain.clock import Deadline
from bot.domain.errors import StorageError, Throttled, UnknownOutcome
from bot.domain.images import Produced
from bot.domain.profile import ModelProfile
from bot.domain.purchases import Purchase
from bot.domain.requests import JobId
from bot.providers.attempt import Attempt, Errand
from bot.providers.profiles import FLUX_SELF_HOSTED, GPT_IMAGE_2
from bot.providers.standing import Standing
from tests.support.fakes import MemoryAttempts, ScriptedProvider, produced
from tests.support.routing import JOB, TASK, Setup, two


class Ledger(MemoryAttempts):
    """Keeps what was told of a purchase, and cannot close its row."""

    purchase: Purchase

    async def open_attempt(self, job_id: JobId, purchase: Purchase) -> str:
        self.purchase = purchase
        return await super().open_attempt(job_id, purchase)

    async def close_attempt(self, attempt_id: str, **told: Any) -> None:
        raise StorageError("the disk is full")


def attempt(
    script: list[Any], profile: ModelProfile = GPT_IMAGE_2, ledger: MemoryAttempts | None = None, **said: Any
) -> Attempt:
    setup = Setup(ScriptedProvider("first", [script], profile=profile))
    standing = Standing(setup.router.routes, setup.clock, setup.telemetry)
    errand = Errand(JOB, Deadline(setup.clock.now() + 600), ledger or setup.log, standing)
    return Attempt(errand, setup.router.routes[0], TASK, fell_back=False, **said)


async def test_the_metrics_hear_of_each_end_once() -> None:
    setup = two([Throttled("first")])
    await setup.run()

    assert setup.telemetry.attempts == [("first", "throttled"), ("second", "ok")]


async def test_a_row_that_cannot_be_closed_does_not_lose_the_picture() -> None:
    ledger = Ledger()
    end = await attempt([produced("first")], ledger=ledger).end()

    assert isinstance(end, Produced)
    assert ledger.purchase.pixels == 1024 * 1024
    assert [row.result for row in ledger.rows.values()] == ["open"]


@pytest.mark.parametrize(("profile", "billed"), [(GPT_IMAGE_2, True), (FLUX_SELF_HOSTED, False)])
async def test_a_provider_without_any_end_may_have_billed_if_it_bills(
    profile: ModelProfile, billed: bool
) -> None:
    with pytest.raises(UnknownOutcome) as told:
        await attempt([], profile).end()

    assert told.value.maybe_billed is billed


async def test_one_that_is_not_patient_does_not_wait_for_a_place() -> None:
    hurried = attempt([produced("first")], patient=False)
    assert isinstance(await hurried.end(), Produced)

    async with contextlib.AsyncExitStack() as places:
        while not hurried.route.gate.locked():
            await places.enter_async_context(hurried.route.gate)
        with pytest.raises(Throttled):
            async with asyncio.timeout(5):
                await hurried.end()
