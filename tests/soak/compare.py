"""Every counter of the metrics against what the twins counted themselves, each with the difference that is allowed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.soak.asked import Ask, DiscordAsk
from tests.soak.counters import Counters
from tests.soak.town import ELDER, Town
from tests.soak.twins_counts import Ends, attempts, bill, store_operations, text_calls
from tests.twins.discord_twin.interactions import CallbackKind

_Tally = Counter[tuple[str, ...]]
_NOTHING: _Tally = Counter()

NEVER = "no process that counts here was ended"
KILLED = "ended within a window of a killed or terminated process"
SILENT = "accepted, but the chat took no answer (the request is closed unseen)"


@dataclass(frozen=True)
class Row:
    """One comparison."""

    metric: str
    labels: str
    ours: float
    theirs: float
    allowed: float
    why: str

    @property
    def holds(self) -> bool:
        return abs(self.ours - self.theirs) <= self.allowed + 1e-6

    def json(self) -> Mapping[str, Any]:
        return {
            "metric": self.metric,
            "labels": self.labels,
            "ours": round(self.ours, 4),
            "twins": round(self.theirs, 4),
            "allowed": round(self.allowed, 4),
            "why": self.why,
        }


def compare(town: Town, counters: Counters, asked: Sequence[Ask], unseen: Mapping[str, int]) -> list[Row]:
    """`unseen` has, by chat, the requests that were accepted although their person saw nothing of it."""
    return [
        *_requests(counters, asked, unseen),
        *_refusals(counters, asked),
        *_acknowledgements(town, counters, asked),
        *_calls(town, counters),
        *_costs(town, counters),
        *_gauges(counters),
    ]


def _requests(counters: Counters, asked: Sequence[Ask], unseen: Mapping[str, int]) -> Iterable[Row]:
    """Requests that ended, by chat and outcome; deliveries are those with the outcome "delivered"."""
    ours = counters.sums("imagine_requests_total", "platform", "outcome")
    ends: dict[tuple[str, ...], list[float | None]] = defaultdict(list)
    for ask in asked:
        end = ask.end()
        if end.counts:
            ends[ask.chat, end.kind].append(end.at)
    for key in sorted({*ours, *ends}):
        silent = unseen.get(key[0], 0)
        why = f"{KILLED}; {SILENT}: {silent}" if silent else KILLED
        lost = counters.lost(ends.get(key, [])) + silent
        yield Row(
            "imagine_requests_total", ", ".join(key), ours.get(key, 0), len(ends.get(key, [])), lost, why
        )


def _refusals(counters: Counters, asked: Sequence[Ask]) -> Iterable[Row]:
    """By reason; the layers that gave it are named beside it."""
    ours = counters.sums("imagine_refusals_total", "reason")
    layers: dict[str, set[str]] = defaultdict(set)
    for layer, reason in counters.sums("imagine_refusals_total", "decided_by", "reason"):
        layers[reason].add(layer)
    ends: dict[str, list[float | None]] = defaultdict(list)
    for ask in asked:
        end = ask.end()
        if end.kind == "refused":
            ends[end.code].append(end.at)
    for reason in sorted({*(key[0] for key in ours), *ends}):
        by = ", ".join(sorted(layers[reason])) or "nobody"
        found = ends.get(reason, [])
        yield Row(
            "imagine_refusals_total",
            f"{reason}, by {by}",
            ours.get((reason,), 0),
            len(found),
            counters.lost(found),
            KILLED,
        )


def _acknowledgements(town: Town, counters: Counters, asked: Sequence[Ask]) -> Iterable[Row]:
    ours = counters.sums("imagine_ack_seconds_count", "platform")
    acks: dict[str, list[float | None]] = {"slack": [*town.slack.acknowledged], "discord": []}
    for ask in asked:
        if isinstance(ask, DiscordAsk) and ask.interaction.ack is not None:
            ack = ask.interaction.ack
            if ack.kind is CallbackKind.DEFER:
                acks["discord"].append(ask.interaction.sent_at + ack.latency)
    for chat, ends in acks.items():
        yield Row(
            "imagine_ack_seconds_count", chat, ours.get((chat,), 0), len(ends), counters.lost(ends), KILLED
        )


def _calls(town: Town, counters: Counters) -> Iterable[Row]:
    """Each kind of call, of the elder exactly, of the others but for what their ends cost."""
    elder, younger = [town.models[ELDER]], [one for n, one in enumerate(town.models) if n != ELDER]
    for name, labels, count in (
        ("imagine_provider_attempts_total", ("provider", "result"), attempts),
        ("imagine_text_calls_total", ("use", "result"), text_calls),
        ("imagine_store_operations_total", ("operation",), store_operations),
    ):
        yield from _pairs(counters, name, labels, count(elder), "elder", places=[ELDER])
        yield from _pairs(counters, name, labels, count(younger), "the others", places=[1, 2])
    for who, models, places in (("elder", elder, [ELDER]), ("the others", younger, [1, 2])):
        ours = sum(
            (counters.sums("imagine_provider_seconds_count", place=one) for one in places), start=_NOTHING
        )
        every = [end for ends in attempts(models).values() for end in ends]
        lost = 0 if places == [ELDER] else counters.lost(every)
        why = NEVER if places == [ELDER] else KILLED
        yield Row("imagine_provider_seconds_count", who, sum(ours.values()), len(every), lost, why)


def _pairs(
    counters: Counters, name: str, labels: tuple[str, ...], twins: Ends, who: str, *, places: list[int]
) -> Iterable[Row]:
    ours = sum((counters.sums(name, *labels, place=place) for place in places), start=_NOTHING)
    if name == "imagine_store_operations_total":
        ok = sum(
            (counters.sums(name, "operation", "result", place=place) for place in places), start=_NOTHING
        )
        ours = _Tally({key[:1]: value for key, value in ok.items() if key[1] == "ok"})
    for key in sorted({*ours, *twins}):
        ends = twins.get(key, [])
        lost = sum(counters.lost(ends, place) for place in places if place != ELDER)
        why = NEVER if places == [ELDER] else KILLED
        yield Row(name, f"{who}: {', '.join(key)}", ours.get(key, 0), len(ends), lost, why)


def _costs(town: Town, counters: Counters) -> Iterable[Row]:
    """Dollars of what arrived. What was made and did not arrive is the ledger's "maybe", compared elsewhere."""
    groups = (("elder", [ELDER]), ("the others", [1, 2]))
    for who, places in groups:
        models = [town.models[place] for place in places]
        ours = sum(
            (counters.sums("imagine_cost_usd_total", "provider", place=place) for place in places),
            start=_NOTHING,
        )
        ends = attempts(models)
        for provider, billed in bill(models).items():
            count = ends.get((provider, "ok"), [])
            dearest = 0.07
            lost = sum(counters.lost(count, place) for place in places if place != ELDER)
            why = NEVER if places == [ELDER] else f"{KILLED}, at most {dearest} dollars each"
            yield Row(
                "imagine_cost_usd_total",
                f"{who}: {provider}",
                ours.get((provider,), 0.0),
                billed.answered,
                lost * dearest + 1e-4,
                why,
            )


def _gauges(counters: Counters) -> Iterable[Row]:
    for name in ("imagine_jobs_in_flight", "imagine_jobs_overdue"):
        yield Row(name, "in the end", counters.now(name), 0, 0, "nothing is asked any more")
