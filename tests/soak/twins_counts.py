"""What the servers around the bot counted: provider calls and their results, the bill, words, scores, objects."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.soak.town import Models
from tests.twins import flux_modes
from tests.twins.flux_host import Task
from tests.twins.http_twin import CutBody, Recorded, ResetBeforeHeaders, ResetMidBody, ServerError
from tests.twins.openai_modes import EmptyData, RateLimit, Refuse
from tests.twins.openai_rules import TODAY, check_edit, check_generation, output_tokens

TEXT_IN, IMAGE_IN, IMAGE_OUT = 5.0, 8.0, 30.0
"""Dollars a million tokens of gpt-image-2, as the vendor lists them."""

Ends = dict[tuple[str, ...], list[float | None]]
"""By labels, when each of the counted things ended; None if it never did."""


@dataclass(frozen=True)
class Bill:
    """Dollars of answers that arrived, and of everything that was made."""

    answered: float
    made: float


def openai_result(seen: Recorded) -> str:
    """How an attempt must have ended that met this behaviour."""
    match seen.mode:
        case RateLimit():
            return "throttled"
        case Refuse():
            return "refused"
        case ServerError():
            return "failed"
        case ResetBeforeHeaders() | ResetMidBody() | CutBody():
            return "unknown"
        case EmptyData():
            return "failed"
    return "ok"


def flux_result(seen: Recorded, task: Task | None) -> str:
    match seen.mode:
        case flux_modes.Overloaded():
            return "queue_full"
        case flux_modes.ModeratedOutput():
            return "refused"
        case flux_modes.Failed():
            return "failed"
    return "ok" if task is not None else "failed"


def _submits(models: Models) -> list[tuple[Recorded, Task | None]]:
    tasks = {id(task.submitted): task for task in models.bfl.tasks.values()}
    posts = [seen for seen in models.bfl.requests if seen.method == "POST"]
    return [(seen, tasks.get(id(seen))) for seen in posts]


def attempts(several: Iterable[Models]) -> Ends:
    """By provider and result."""
    found: Ends = defaultdict(list)
    for models in several:
        for seen in models.openai.image_requests:
            found["openai", openai_result(seen)].append(seen.ended)
        last = _last_words(models)
        for seen, task in _submits(models):
            ended = last.get(task.id, seen.ended) if task else seen.ended
            found["bfl", flux_result(seen, task)].append(ended)
    return dict(found)


def _last_words(models: Models) -> dict[str, float | None]:
    """By task, when its last poll or download was over."""
    last: dict[str, float | None] = {}
    for seen in sorted((*models.bfl.requests, *models.bfl.cdn.requests), key=lambda one: one.at):
        task_id = seen.query.get("id") or next(iter(seen.path.split("/")[2:3]), "")
        last[task_id] = seen.ended
    return last


def openai_price(seen: Recorded) -> float:
    """Dollars of the pictures of one request, by the usage that the vendor bills."""
    order = check_edit(seen.parts, None, TODAY) if seen.parts else check_generation(seen.json, None, TODAY)
    words = max(1, len(order.prompt) // 4)
    pixels = 1024 * len(order.images)
    output = order.n * output_tokens(order, 0)
    return (words * TEXT_IN + pixels * IMAGE_IN + output * IMAGE_OUT) / 1e6


def bill(several: Iterable[Models]) -> dict[str, Bill]:
    """By provider."""
    answered = made = flux_answered = flux_made = 0.0
    for models in several:
        for seen in models.openai.image_requests:
            result, price = openai_result(seen), openai_price(seen)
            answered += price if result == "ok" else 0.0
            undone = isinstance(seen.mode, ResetBeforeHeaders) and not seen.mode.work_done
            made += price if result in {"ok", "unknown"} and not undone else 0.0
        for seen, task in _submits(models):
            if task is not None and task.data is not None:
                price = models.bfl._accepted(task)["cost"] / 100
                flux_answered += price if flux_result(seen, task) == "ok" else 0.0
                flux_made += price
    return {"openai": Bill(answered, made), "bfl": Bill(flux_answered, flux_made)}


def text_calls(several: Iterable[Models]) -> Ends:
    """By use and result."""
    found: Ends = defaultdict(list)
    for models in several:
        for seen in models.openai.text_requests:
            found["sanitizer", _http_result(seen)].append(seen.ended)
        for seen in models.openai.sent_to("/moderations"):
            found["moderation", _http_result(seen)].append(seen.ended)
    return dict(found)


def _http_result(seen: Recorded) -> str:
    if seen.status is None:
        return "lost"
    return ("ok", "refused", "failed")[max(0, min(seen.status // 100 - 3, 2))]


def store_operations(several: Iterable[Models]) -> Ends:
    """By operation, those that went well. What exists already under a content key is stored as well (412)."""
    found: Ends = defaultdict(list)
    kinds: dict[str, Callable[[Recorded], bool]] = {
        "publish": lambda seen: seen.method == "PUT" and "x-amz-copy-source" in seen.headers,
        "keep": lambda seen: seen.method == "PUT" and not _public(seen),
        "publish_bytes": lambda seen: seen.method == "PUT",
        "read": lambda seen: seen.method == "GET",
        "delete": lambda seen: seen.method == "DELETE",
    }
    for models in several:
        for seen in models.objects.requests:
            if seen.status is None or not (seen.status < 300 or seen.status == 412):
                continue
            kind = next((name for name, fits in kinds.items() if fits(seen)), None)
            if kind is not None:
                found[(kind,)].append(seen.ended)
    return dict(found)


def _public(seen: Recorded) -> bool:
    return seen.path.split("/", 2)[2].startswith("i/")
