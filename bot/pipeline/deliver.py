"""Stage 6: tell the end, whatever it is, and settle the books."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import structlog

from bot.domain.errors import DeliveryError, LostJob, StorageError
from bot.domain.jobs import JobState, Stage
from bot.domain.outcomes import Delivered, Failed, Outcome, Refused
from bot.pipeline.run import Run
from bot.ports import Progress

log = structlog.get_logger(__name__)

_TRIES: Final = 4


async def deliver(run: Run, outcome: Outcome) -> Outcome:
    """Show the outcome by the adapter's doors, then finish the row.

    A picture that no door takes stays under its job id; it is not lost and not bought again.
    """
    message = await _tell(run, outcome)
    # Repeated here: a second journey would post a second message where there is none to edit.
    await run.until_stored(lambda: run.parts.jobs.update_message(run.job.job_id, message), _TRIES)
    # Before the row is final, so that the next request meets its strikes.
    await run.parts.watch.ended(run.job, outcome)
    try:
        await run.until_stored(lambda: run.parts.jobs.finish(run.job, outcome), _TRIES)
    except LostJob:
        # Deleted by its person in the moment between: it ended all the same. Whoever took it over counts it themselves.
        with suppress(StorageError):
            current = await run.parts.jobs.get(run.job.job_id)
            if current is None or current.state is JobState.DELETED:
                _count(run, outcome)
        raise
    run.parts.progress.publish(Progress(run.job.job_id, Stage.DONE))
    _count(run, outcome)
    return outcome


async def _tell(run: Run, outcome: Outcome) -> Mapping[str, Any]:
    adapter = run.parts.adapters.get(run.job.request.requester.platform)
    if adapter is None:
        return {"undelivered": True}
    for attempt in range(1, _TRIES + 1):
        try:
            return await adapter.deliver(run.job, outcome)
        except DeliveryError as fault:
            log.warning("delivery_failed", problem=fault.problem, attempt=attempt)
            if not fault.retryable:
                break
        except Exception:
            log.exception("delivery_crashed", attempt=attempt)
        if attempt == _TRIES or run.remaining() <= 0:
            break
        await run.parts.clock.sleep(min(run.parts.retry_seconds * 2 ** (attempt - 1), run.remaining()))
    run.parts.telemetry.alert("delivery", "a finished job could not be shown")
    return run.job.message | {"undelivered": True}


def _count(run: Run, outcome: Outcome) -> None:
    telemetry = run.parts.telemetry
    platform = run.job.request.requester.platform
    match outcome:
        case Delivered():
            telemetry.request_ended(platform, "delivered")
        case Refused(reason=reason, decided_by=decided_by):
            telemetry.request_ended(platform, "refused")
            telemetry.refused(decided_by, reason)
        case Failed():
            telemetry.request_ended(platform, "failed")
