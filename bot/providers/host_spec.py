"""How a host that takes a task and lets us poll for it is described: data and a few small functions, no engine."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.images import ImageTask, ReferenceImage, RefusalStage
from bot.domain.profile import ModelProfile


class State(StrEnum):
    """What a host's status word means."""

    QUEUED = "queued"
    STARTING = "starting"
    """A machine is booting or a model is being loaded."""
    RUNNING = "running"
    READY = "ready"
    REFUSED_INPUT = "refused_input"
    REFUSED_OUTPUT = "refused_output"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ABORTED = "aborted"
    """Given up before it started: nothing is billed."""
    EXPIRED = "expired"
    """The host's own time limit; billed only if it had started."""
    LOST = "lost"
    """The host knows the task no more."""


WAITING = frozenset({State.QUEUED, State.STARTING, State.RUNNING})


@dataclass(frozen=True, slots=True)
class Order:
    """One request, fitted to the model.

    Attributes:
        endpoint: What stands in the address: the model, or an endpoint of our own at the host.
        width, height: Pixels, within the profile's size rule.
        seconds: Time left until the deadline.
        lora: One in the folder of an endpoint of our own, as `{"name", "path", "scale"}`.
    """

    task: ImageTask
    profile: ModelProfile
    endpoint: str
    width: int
    height: int
    seconds: float
    lora: Mapping[str, Any] | None = None

    @property
    def seed(self) -> int | None:
        """The one that was asked for, where the model takes one."""
        return self.task.seed if self.profile.seed else None

    @property
    def references(self) -> Sequence[ReferenceImage]:
        """As many as the model takes."""
        return self.task.references[: self.profile.max_references]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A host's safety system said no."""

    stage: RefusalStage
    categories: tuple[str, ...] = ()


def never_refused(answer: Any) -> Refusal | None:
    return None


@dataclass(frozen=True, slots=True)
class HostSpec:
    """One host.

    A path such as `urls.get` leads into an answer, `*` stands for every element of a list. An address is a path to one
    in the first answer or, with a slash in front, a template with `{endpoint}` and `{id}` for our own base URL.

    Attributes:
        auth: Headers made from the key; sent to this host only.
        limits: Headers of the paid POST that make our deadline the host's, from the seconds left.
        submit: Path of the paid POST.
        body: Its JSON body.
        states: Status words to states; an unknown word is a failure at once.
        poll, cancel, result: Addresses; empty without a cancel call or without a result apart from the status.
        pictures: Paths to result URLs, `data:` URLs or base64.
        cost_cents: Path to the cost in US cents in the first answer.
        reasons: Path to the categories of a refusal.
        refused: Finds a refusal that no status word tells.
        unpaid: HTTP statuses of the POST that prove that nothing was made.
        unpaid_results: Those of the result.
        poll_hosts, download_hosts: Names and patterns; the key goes to the former only.
        max_active: Tasks that a key may have at once; None without a limit.
        several: A task may be for more than one picture; `body` then says for how many.
        probe: Template of an address that answers 200 if the key works.
    """

    name: str
    auth: Callable[[str], Mapping[str, str]]
    submit: Callable[[Order], str]
    body: Callable[[Order], dict[str, Any]]
    states: Mapping[str, State]
    poll: str
    pictures: tuple[str, ...]
    limits: Callable[[float], Mapping[str, str]] = lambda seconds: {}
    task_id: str = "id"
    status: str = "status"
    cancel: str = ""
    cancel_method: str = "POST"
    result: str = ""
    cost_cents: str = ""
    seed: str = ""
    reasons: str = ""
    refused: Callable[[Any], Refusal | None] = never_refused
    unpaid: frozenset[int] = frozenset()
    unpaid_results: frozenset[int] = frozenset()
    poll_hosts: tuple[str, ...] = ()
    download_hosts: tuple[str, ...] = ()
    poll_seconds: float = 1.0
    max_active: int | None = None
    several: bool = False
    probe: str = ""


def values_at(answer: Any, path: str) -> Iterator[Any]:
    """Everything that lies at a path; lists at its end are unfolded, None is left out."""
    head, _, rest = path.partition(".")
    if not path:
        yield from answer if isinstance(answer, list) else () if answer is None else (answer,)
    elif head == "*":
        for element in answer if isinstance(answer, list) else ():
            yield from values_at(element, rest)
    elif isinstance(answer, Mapping):
        yield from values_at(answer.get(head), rest)


def text_at(answer: Any, path: str) -> str:
    """The first text or number at a path, "" if there is none."""
    found = (
        (value for value in values_at(answer, path) if isinstance(value, str | int | float)) if path else ()
    )
    return str(next(iter(found), ""))


def base64_of(reference: ReferenceImage) -> str:
    return base64.b64encode(reference.data).decode()


def data_url(reference: ReferenceImage) -> str:
    return f"data:{reference.media_type};base64,{base64_of(reference)}"
