"""What is left when the storm is over: orphans, double payments, reservations, memory, metrics against the twins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.soak.town import ELDER, Town

_DOUBLE = (
    "SELECT count(*) AS n FROM (SELECT job_id FROM attempt WHERE result = 'ok' "
    "GROUP BY job_id HAVING count(*) > 1) AS twice"
)
# What a killed process may have paid for stays booked until its open attempt is closed, a day later.
_LEFT = (
    "SELECT count(*) AS n FROM hold WHERE kind <> 'booked' "
    "OR job_id NOT IN (SELECT job_id FROM attempt WHERE closed_at IS NULL)"
)
_FIGURES: Mapping[str, str] = {
    "reservations_left": _LEFT,
    "held_left": "SELECT coalesce(sum(held), 0) AS n FROM budget",
    "paid_twice": _DOUBLE,
    "attempts_open": "SELECT count(*) AS n FROM attempt WHERE result = 'open' AND closed_at IS NULL",
    "billed_yes": "SELECT coalesce(sum(pictures), 0) AS n FROM attempt WHERE billed = 'yes'",
    "billed_maybe": "SELECT coalesce(sum(pictures), 0) AS n FROM attempt WHERE billed NOT IN ('yes', 'no')",
    "undelivered": "SELECT count(*) AS n FROM job WHERE message LIKE '%\"undelivered\": true%'",
}


@dataclass
class Report:
    """Figures, and those that must not be what they are."""

    figures: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def note(self, name: str, value: Any) -> None:
        self.figures[name] = value

    def must(self, name: str, value: Any, *, be: Any) -> None:
        self.figures[name] = value
        if value != be:
            self.wrong.append(f"{name} is {value}, not {be}")


async def look(town: Town, report: Report) -> None:
    """Once nothing runs any more."""
    rows = await town.store.database.read("SELECT state, count(*) AS n FROM job GROUP BY state")
    report.note("jobs", {row["state"]: int(row["n"]) for row in rows})
    found = {name: await _number(town, sql) for name, sql in _FIGURES.items()}
    for name in ("reservations_left", "held_left", "paid_twice"):
        report.must(name, found[name], be=0)
    for name in ("attempts_open", "undelivered"):
        report.note(name, found[name])
    billed = town.shared.billed_images + town.elders.billed_images
    report.note("billed_by_the_twins", billed)
    report.note("billed_by_the_ledger", [found["billed_yes"], found["billed_yes"] + found["billed_maybe"]])
    report.must(
        "ledger_encloses_the_bill",
        found["billed_yes"] <= billed <= found["billed_yes"] + found["billed_maybe"],
        be=True,
    )
    report.must("messages_at_thinking", len(town.discord.thinking), be=0)
    report.must("broken_rules_of_discord", len(town.discord.violations), be=0)
    report.note("what_broke", sorted(set(town.discord.violations))[:5])
    report.must("requests_refused_by_openais_rules", len(town.shared.refused + town.elders.refused), be=0)
    await _metrics(town, report)


async def _metrics(town: Town, report: Report) -> None:
    """The elder's own counters against the server that only it uses."""
    text = (await town.http.get(f"{town.bots[ELDER].address}/metrics")).text
    values = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }

    def total(name: str) -> float:
        return sum(value for key, value in values.items() if key[0] == name)

    attempts = int(total("imagine_provider_attempts_total"))
    report.must("elders_attempts", attempts, be=len(town.elders.image_requests))
    report.must("elders_jobs_in_flight", total("imagine_jobs_in_flight"), be=0)
    report.must("open_jobs_by_the_gauge", total("imagine_jobs"), be=0)
    report.must("elders_seconds_counted", int(total("imagine_provider_seconds_count")), be=attempts)
    report.note("elders_cost_usd", round(total("imagine_cost_usd_total"), 3))
    report.note("taken_over_by_the_elder", int(total("imagine_jobs_recovered_total")))


def memory_is_flat(report: Report, samples: Sequence[tuple[float, int, int]], longest: float) -> None:
    """Least squares over the second half; `samples` are seconds, resident bytes, open files."""
    half = samples[len(samples) // 2 :]
    slope = _slope([(at, rss) for at, rss, _ in half]) * 60 / 1024
    report.note("elder_rss_mb", [round(rss / 2**20) for _, rss, _ in (samples[0], half[0], samples[-1])])
    report.note("elder_rss_slope_kb_a_minute", round(slope))
    report.note("elder_open_files", [half[0][2], samples[-1][2]])
    if longest >= 10 and slope > 512:
        report.wrong.append(f"memory grows by {slope:.0f} kB a minute")
    if samples[-1][2] > half[0][2] + 50:
        report.wrong.append("open files grow")


def _slope(points: Sequence[tuple[float, float]]) -> float:
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


async def _number(town: Town, sql: str) -> int:
    return int((await town.store.database.read(sql))[0]["n"])
