"""docs/soak.md, written by the run itself."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from tests.soak.counters import TOLD_BEFORE
from tests.soak.report import Report

_HEAD = """# Soak

Written by `make soak` of {day}: {minutes:g} minutes, {asked} requests, {killed} SIGKILLs and {terminated} SIGTERMs of two of
three replicas, on a machine with 2 cores that other programs used as well. The replicas share PostgreSQL and SeaweedFS;
around them are a Discord with two servers (one without limits; one with quotas, a blocked word and a style of its own),
a Slack workspace (signed HTTP through a balancer, quotas of its own), the playground, OpenAI and BFL. All of these are
the servers of `tests/twins`, with real sockets and real processes, not the platforms themselves.

Went wrong at random: models (5xx, 429, resets, cut and damaged answers, refusals, unsafe pictures), the text model and
moderation, the object store (500), Discord (502, 429, lost answers), Slack (503, 429, lost answers, expired
`response_url`s, pictures it could not fetch, events delivered several times with `X-Slack-Retry-Num`). People pressed
twice at once, shared, deleted and erased everything about themselves; moderators changed quotas by the bot's panels.

**Verdict: {verdict}**
{wrong}
## Found at the end

{figures}

## Metrics against the twins' own counts

Counters are per process. Each replica is read every 5 s and once more right before it is ended; what a process counted
between its last reading and its death is lost. These windows were {lost} s long in all, of {processes} ended processes.
What a twin saw end within a window, or up to {before:g} s before one (the books are settled between what people see and
the counter), may be missing from ours: that is how much less the rows "{killed_why}" allow. The elder is never ended and
has models and a door to the object store of its own, so its rows allow none but for calls that it gave up itself. Ends
that nobody could see (the chat took no answer, or the person erased everything meanwhile) are how much more is allowed.

| metric | labels | ours | the twins' | difference | allowed | why |
|---|---|---|---|---|---|---|
{rows}

Not compared, as no twin can count them: `imagine_stage_seconds` (stages are inside), `imagine_jobs_recovered_total`,
`imagine_event_loop_lag_seconds`, `imagine_circuit_open`, `imagine_alerts_total`, `imagine_up`, `imagine_jobs`,
`imagine_budget_used_ratio`, `imagine_model_shutdown_timestamp_seconds`.
"""


def page(report: Report) -> str:
    figures = dict(report.figures)
    rows: list[dict[str, Any]] = figures.pop("compared")
    wrong = "".join(f"\n- {one}" for one in report.wrong)
    return _HEAD.format(
        day=datetime.now(UTC).date().isoformat(),
        minutes=figures["minutes"],
        asked=figures["asked"],
        killed=figures["killed"],
        terminated=figures["terminated"],
        processes=figures["killed"] + figures["terminated"],
        verdict="nothing is wrong"
        if not report.wrong
        else f"{len(report.wrong)} finding{'s' if len(report.wrong) > 1 else ''}",
        wrong=wrong + "\n" if wrong else "",
        figures=f"```json\n{_readable(figures)}\n```",
        lost=figures["seconds_of_lost_counting"],
        before=TOLD_BEFORE,
        killed_why="ended within a window",
        rows="\n".join(_row(row) for row in rows),
    )


def _readable(figures: dict[str, Any]) -> str:
    """JSON, a list of plain values on one line."""
    text = json.dumps(figures, indent=2, ensure_ascii=False)
    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text)


def _row(row: dict[str, Any]) -> str:
    difference = round(row["ours"] - row["twins"], 4)
    cells = (
        f"`{row['metric']}`",
        row["labels"],
        row["ours"],
        row["twins"],
        difference,
        f"-{row['less']:g} to +{row['more']:g}" if row["less"] or row["more"] else "0",
        row["why"],
    )
    return "| " + " | ".join(f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in cells) + " |"
