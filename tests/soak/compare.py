"""Every counter of the metrics against what the twins counted themselves, each with the difference that is allowed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.soak.asked import Ask, DiscordAsk
from tests.soak.counters import Counters
from tests.soak.town import ELDER, Models, Town
from tests.soak.twins_counts import Ends, attempts, bill, store_operations, text_calls
from tests.twins.discord_twin.interactions import CallbackKind

_Tally = Counter[tuple[str, ...]]
_NOTHING: _Tally = Counter()

GIVEN_UP = "ok or given up"
_ENDS_OF_ONE_SIDE = {
    "imagine_text_calls_total": "lost",
    "imagine_provider_attempts_total": "cancelled",
}
"""A call that its client gives up while the answer is on the way ended well for one side only: it counts with "ok"."""
_WHY_GIVEN_UP = {
    GIVEN_UP: "given up, perhaps before it left",
    "failed": "given up, perhaps before the error came",
}
NEVER = "no process that counts here was ended"
KILLED = "ended within a window of a killed or terminated process"
ERASED = "erased by its person before an end could be seen"
SILENT = "accepted, but the chat took no answer (the request is closed unseen)"


@dataclass(frozen=True)
class Row:
    """One comparison, with how much less than the twins and how much more than they our counter may have."""

    metric: str
    labels: str
    ours: float
    theirs: float
    less: float
    more: float
    why: str

    @property
    def holds(self) -> bool:
        return -self.less - 1e-6 <= self.ours - self.theirs <= self.more + 1e-6

    def json(self) -> Mapping[str, Any]:
        return {
            "metric": self.metric,
            "labels": self.labels,
            "ours": round(self.ours, 4),
            "twins": round(self.theirs, 4),
            "less": round(self.less, 4),
            "more": round(self.more, 4),
            "why": self.why,
        }


def compare(town: Town, counters: Counters, asked: Sequence[Ask], unseen: Mapping[str, int]) -> list[Row]:
    """`unseen` has, by chat, the requests that were accepted although their person saw nothing of it."""
    return [
        *_requests(counters, asked, unseen),
        *_refusals(counters, asked, unseen),
        *_acknowledgements(town, counters, asked),
        *_calls(town, counters),
        *_costs(town, counters),
        *_gauges(counters),
    ]


def _requests(counters: Counters, asked: Sequence[Ask], unseen: Mapping[str, int]) -> Iterable[Row]:
    """Requests that ended, by chat and outcome; deliveries are those with the outcome "delivered"."""
    ours = counters.sums("imagine_requests_total", "platform", "outcome")
    ends: dict[tuple[str, ...], list[float | None]] = defaultdict(list)
    erased: Counter[str] = Counter()
    for ask in asked:
        end = ask.end()
        erased[ask.chat] += end.kind == "erased"
        if end.counts:
            ends[ask.chat, end.kind].append(end.at)
    for key in sorted({*ours, *ends}):
        found = ends.get(key, [])
        unknown, why = _unknown(unseen.get(key[0], 0), erased[key[0]])
        yield Row(
            "imagine_requests_total",
            ", ".join(key),
            ours.get(key, 0),
            len(found),
            counters.lost(found),
            unknown,
            why,
        )


def _unknown(silent: int, erased: int) -> tuple[int, str]:
    """How many ends nobody could see, and the words for it."""
    told = {SILENT: silent, ERASED: erased}
    return silent + erased, "; ".join(
        (KILLED, *(f"{words}: {count}" for words, count in told.items() if count))
    )


def _refusals(counters: Counters, asked: Sequence[Ask], unseen: Mapping[str, int]) -> Iterable[Row]:
    """By reason; the layers that gave it are named beside it."""
    ours = counters.sums("imagine_refusals_total", "reason")
    layers: dict[str, set[str]] = defaultdict(set)
    for layer, reason in counters.sums("imagine_refusals_total", "decided_by", "reason"):
        layers[reason].add(layer)
    ends: dict[str, list[float | None]] = defaultdict(list)
    erased = 0
    for ask in asked:
        end = ask.end()
        erased += end.kind == "erased"
        if end.kind == "refused":
            ends[end.code].append(end.at)
    unknown, why = _unknown(sum(unseen.values()), erased)
    for reason in sorted({*(key[0] for key in ours), *ends}):
        by = ", ".join(sorted(layers[reason])) or "nobody"
        found = ends.get(reason, [])
        yield Row(
            "imagine_refusals_total",
            f"{reason}, by {by}",
            ours.get((reason,), 0),
            len(found),
            counters.lost(found),
            unknown,
            why,
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
            "imagine_ack_seconds_count", chat, ours.get((chat,), 0), len(ends), counters.lost(ends), 0, KILLED
        )


def _calls(town: Town, counters: Counters) -> Iterable[Row]:
    """Each kind of call, of the elder exactly, of the others but for what their ends cost."""
    younger = [place for place in range(len(town.models)) if place != ELDER]
    for name, labels, count in (
        ("imagine_provider_attempts_total", ("provider", "result"), attempts),
        ("imagine_text_calls_total", ("use", "result"), text_calls),
        ("imagine_store_operations_total", ("operation",), store_operations),
    ):
        for who, places in (("elder", [ELDER]), ("the others", younger)):
            yield from _kinds(town, counters, name, labels, count, who, places)
    for who, places in (("elder", [ELDER]), ("the others", younger)):
        ours = sum(
            (counters.sums("imagine_provider_seconds_count", place=one) for one in places), start=_NOTHING
        )
        ends = {
            one: [end for ends in attempts([town.models[one]]).values() for end in ends] for one in places
        }
        lost = sum(counters.lost(found, one) for one, found in ends.items())
        every = sum(len(found) for found in ends.values())
        yield Row("imagine_provider_seconds_count", who, sum(ours.values()), every, lost, 0, _why(places))


def _kinds(
    town: Town,
    counters: Counters,
    name: str,
    labels: tuple[str, ...],
    count: Callable[[Iterable[Models]], Ends],
    who: str,
    places: list[int],
) -> Iterable[Row]:
    ours = sum((_counted(counters, name, labels, place) for place in places), start=_NOTHING)
    twins = {place: _joined(name, count([town.models[place]])) for place in places}
    lost_here = sum((counters.sums(name, *labels, place=place) for place in places), start=_NOTHING)
    for key in sorted({*ours, *(key for ends in twins.values() for key in ends)}):
        theirs = sum(len(ends.get(key, [])) for ends in twins.values())
        lost = sum(counters.lost(ends.get(key, []), place) for place, ends in twins.items())
        more, why = 0, _why(places)
        given_up = int(lost_here.get((key[0], _ENDS_OF_ONE_SIDE.get(name, "")), 0))
        if given_up and key[-1] in _WHY_GIVEN_UP:
            why = f"{why}; {_WHY_GIVEN_UP[key[-1]]}: {given_up}"
            more, lost = (given_up, lost) if key[-1] == GIVEN_UP else (more, lost + given_up)
        yield Row(name, f"{who}: {', '.join(key)}", ours.get(key, 0), theirs, lost, more, why)


def _why(places: list[int]) -> str:
    return NEVER if places == [ELDER] else KILLED


def _counted(counters: Counters, name: str, labels: tuple[str, ...], place: int) -> _Tally:
    if name == "imagine_store_operations_total":
        found = counters.sums(name, "operation", "result", place=place)
        return Counter({key[:1]: value for key, value in found.items() if key[1] == "ok"})
    joined: _Tally = Counter()
    for (use, result), value in counters.sums(name, *labels, place=place).items():
        joined[use, _kind(name, result)] += value
    return joined


def _joined(name: str, ends: Ends) -> Ends:
    joined: Ends = defaultdict(list)
    for key, moments in ends.items():
        joined[(*key[:-1], _kind(name, key[-1]))] += moments
    return joined


def _kind(name: str, result: str) -> str:
    given_up = _ENDS_OF_ONE_SIDE.get(name)
    return GIVEN_UP if given_up and result in {"ok", given_up} else result


def _costs(town: Town, counters: Counters) -> Iterable[Row]:
    """Dollars of what arrived. What was made and did not arrive is the ledger's "maybe", compared elsewhere."""
    groups = (("elder", [ELDER]), ("the others", [1, 2]))
    for who, places in groups:
        models = [town.models[place] for place in places]
        ours = sum(
            (counters.sums("imagine_cost_usd_total", "provider", place=place) for place in places),
            start=_NOTHING,
        )
        for provider, billed in bill(models).items():
            dearest = 0.07
            lost = sum(
                counters.lost(attempts([town.models[place]]).get((provider, "ok"), []), place)
                for place in places
            )
            why = NEVER if places == [ELDER] else f"{KILLED}, at most {dearest} dollars each"
            yield Row(
                "imagine_cost_usd_total",
                f"{who}: {provider}",
                ours.get((provider,), 0.0),
                billed.answered,
                lost * dearest + 1e-4,
                1e-4,
                why,
            )


def _gauges(counters: Counters) -> Iterable[Row]:
    for name in ("imagine_jobs_in_flight", "imagine_jobs_overdue"):
        yield Row(name, "in the end", counters.now(name), 0, 0, 0, "nothing is asked any more")
