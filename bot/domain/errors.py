"""Faults, as one tree. An expected end (a refusal, a full quota) is a value in `outcomes`, never an exception.

BotError
├── ConfigurationError          the operator has to act; carries a remedy
│   └── NotUp                   what is needed did not come up in time; starting again later may help
├── BadArgument                 what a command was given cannot be used; carries a remedy
├── ProviderError               an image or text service failed; carries provider, model, maybe_billed
│   ├── Throttled               429; carries retry_after
│   ├── Exhausted               out of money or quota: long breaker, operator alert
│   ├── Misconfigured           our key or model name is wrong: operator alert
│   │   └── Rejected            this one request is not to the provider's liking; others may be
│   ├── Unreachable             nothing was sent: safe to repeat
│   ├── ProviderFailed          it answered, but not with a picture
│   │   └── Overloaded          it has no room
│   │       ├── QueueFull       too many are waiting
│   │       └── OutOfMemory     the GPU's memory does not hold this picture
│   ├── WarmingUp               a self-hosted model is being loaded; carries ready_in
│   │   └── ColdStart           a host has to start a machine first
│   ├── UnknownOutcome          sent, and no answer: the picture may have been paid for
│   └── NotFetched              the host took it, or made it, and we cannot get at it
├── NoVerdict                   the sanitizer gave anything but a valid verdict
├── InvalidImage                bytes that are no complete picture of an accepted type
├── StorageError                the image store or the database failed; carries retryable
├── DeliveryError               the chat refused a message; carries retryable
└── LostJob                     another owner took this job over: stop, write nothing
"""

from dataclasses import dataclass


class BotError(Exception):
    """Root of every fault that this project raises on purpose."""


@dataclass(eq=False)
class ConfigurationError(BotError):
    """Settings that cannot work. `problem` and `remedy` are shown to the operator as they are."""

    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.problem}. {self.remedy}".strip()


class NotUp(ConfigurationError):
    """What the settings name was not there in time. They may be right: a later start may find it."""


@dataclass(eq=False)
class BadArgument(BotError):
    """A file or an option of a command that cannot be used. Shown to whoever typed it as it is."""

    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.problem}. {self.remedy}".strip()


@dataclass(eq=False)
class ProviderError(BotError):
    """A provider failed. `detail` is for logs only and never reaches chat."""

    provider: str
    model: str = ""
    detail: str = ""
    maybe_billed: bool = False
    request_id: str | None = None

    def __str__(self) -> str:
        return f"{type(self).__name__} from {self.provider}:{self.model} {self.detail}".rstrip()


@dataclass(eq=False)
class Throttled(ProviderError):
    """Too many requests. `retry_after` is in seconds, None when the provider did not say."""

    retry_after: float | None = None


class Exhausted(ProviderError):
    """The account has no money or quota left."""


class Misconfigured(ProviderError):
    """Wrong key, unknown model: no request has a chance until an operator acts."""


class Rejected(Misconfigured):
    """A parameter or a reference that the provider does not take. It says nothing about other requests."""


class Unsupported(ProviderError):
    """None of the configured models has what the request needs, such as a mask or references."""


class Unreachable(ProviderError):
    """No connection was made, so nothing can have been billed."""


class ProviderFailed(ProviderError):
    """The provider answered with a server error or with something that is no picture."""


class Overloaded(ProviderFailed):
    """The server has no room."""


class QueueFull(Overloaded):
    """Too many requests are waiting, or ours waited in vain."""


class OutOfMemory(Overloaded):
    """The GPU's memory does not hold this picture; a smaller one may fit."""


@dataclass(eq=False)
class WarmingUp(ProviderError):
    """The model is being loaded. `ready_in` is the expected wait in seconds, None if unknown."""

    ready_in: float | None = None


class ColdStart(WarmingUp):
    """A serverless host has to start a machine and load the model first."""


class UnknownOutcome(ProviderError):
    """The request was sent and no complete answer came: it may have been billed."""


class NotFetched(ProviderError):
    """The host has the task or the picture, but the free calls for its state or its bytes fail. It is paid for."""


@dataclass(eq=False)
class NoVerdict(BotError):
    """The sanitizer produced no valid verdict.

    `kind` is from a closed set: "outage" (no answer), "garbage" (an answer that is no verdict), "refusal" (the
    text model itself declined), "leak" (the canary came back). `answered`: an outage for this one request only; the
    service was there, and did not like it.
    """

    kind: str
    detail: str = ""
    answered: bool = False

    def __str__(self) -> str:
        return f"no verdict ({self.kind}) {self.detail}".rstrip()


@dataclass(eq=False)
class InvalidImage(BotError):
    """The bytes are not a complete picture within the limits."""

    problem: str

    def __str__(self) -> str:
        return self.problem


@dataclass(eq=False)
class StorageError(BotError):
    """The image store or the database failed."""

    problem: str
    retryable: bool = True

    def __str__(self) -> str:
        return self.problem


@dataclass(eq=False)
class DeliveryError(BotError):
    """The chat platform did not take the message by any door."""

    problem: str
    retryable: bool = False

    def __str__(self) -> str:
        return self.problem


@dataclass(eq=False)
class LostJob(BotError):
    """The job's fence has moved on: another process owns it now."""

    job_id: str

    def __str__(self) -> str:
        return f"job {self.job_id} is owned by another process now"
