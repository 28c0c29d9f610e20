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
_READ_BY_ONE = {"ok": GIVEN_UP, "lost": GIVEN_UP}
_TEXT_USES = {"sanitizer", "moderation"}
_WHY_GIVEN_UP = {
    GIVEN_UP: "given up, perhaps before it left",
    "failed": "given up, perhaps before the error came",
}
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
        yield Row("imagine_provider_seconds_count", who, sum(ours.values()), every, lost, _why(places))


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
    twins = {place: _joined(count([town.models[place]])) for place in places}
    lost_here = sum((counters.sums(name, *labels, place=place) for place in places), start=_NOTHING)
    for key in sorted({*ours, *(key for ends in twins.values() for key in ends)}):
        theirs = sum(len(ends.get(key, [])) for ends in twins.values())
        lost = sum(counters.lost(ends.get(key, []), place) for place, ends in twins.items())
        why = _why(places)
        if key[-1] in _WHY_GIVEN_UP and (unsent := lost_here.get((key[0], "lost"), 0)):
            lost, why = lost + int(unsent), f"{why}; {_WHY_GIVEN_UP[key[-1]]}: {unsent:g}"
        yield Row(name, f"{who}: {', '.join(key)}", ours.get(key, 0), theirs, lost, why)


def _why(places: list[int]) -> str:
    return NEVER if places == [ELDER] else KILLED


def _counted(counters: Counters, name: str, labels: tuple[str, ...], place: int) -> _Tally:
    if name == "imagine_store_operations_total":
        found = counters.sums(name, "operation", "result", place=place)
        return Counter({key[:1]: value for key, value in found.items() if key[1] == "ok"})
    return _given_up(counters.sums(name, *labels, place=place))


def _given_up(counted: _Tally) -> _Tally:
    """A call that its client gives up while the answer is on the way ended well for one side only: they count as one."""
    joined: _Tally = Counter()
    for (use, result), value in counted.items():
        joined[use, _READ_BY_ONE.get(result, result) if use in _TEXT_USES else result] += value
    return joined


def _joined(ends: Ends) -> Ends:
    joined: Ends = defaultdict(list)
    for key, moments in ends.items():
        given_up = len(key) == 2 and key[0] in _TEXT_USES and key[1] in _READ_BY_ONE
        joined[(key[0], GIVEN_UP) if given_up else key] += moments
    return joined


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
                why,
            )


def _gauges(counters: Counters) -> Iterable[Row]:
    for name in ("imagine_jobs_in_flight", "imagine_jobs_overdue"):
        yield Row(name, "in the end", counters.now(name), 0, 0, "nothing is asked any more")
