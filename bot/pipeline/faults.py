"""Faults to outcomes: which of our own words stand for which exception."""

from typing import Final

from bot.domain.errors import (
    BotError,
    ColdStart,
    ConfigurationError,
    DeliveryError,
    Exhausted,
    InvalidImage,
    Misconfigured,
    NotFetched,
    NoVerdict,
    OutOfMemory,
    Overloaded,
    ProviderError,
    ProviderFailed,
    QueueFull,
    StorageError,
    Throttled,
    UnknownOutcome,
    Unreachable,
    Unsupported,
    WarmingUp,
)
from bot.domain.outcomes import Failed, FailureClass

# The first matching row counts, so that a subclass stands before its base.
_CLASSES: Final[tuple[tuple[type[BotError], FailureClass], ...]] = (
    (Throttled, FailureClass.BUSY),
    (ColdStart, FailureClass.COLD_START),
    (WarmingUp, FailureClass.WARMING_UP),
    (QueueFull, FailureClass.QUEUE_FULL),
    (OutOfMemory, FailureClass.OUT_OF_MEMORY),
    (Overloaded, FailureClass.BUSY),
    (Exhausted, FailureClass.OUT_OF_FUNDS),
    (Misconfigured, FailureClass.MISCONFIGURED),
    (Unsupported, FailureClass.UNSUPPORTED),
    (UnknownOutcome, FailureClass.UNKNOWN_OUTCOME),
    (NotFetched, FailureClass.NOT_FETCHED),
    (Unreachable, FailureClass.BUSY),
    (ProviderFailed, FailureClass.BUSY),
    (ProviderError, FailureClass.BUSY),
    (NoVerdict, FailureClass.SANITIZER_DOWN),
    (InvalidImage, FailureClass.BUSY),
    (StorageError, FailureClass.STORAGE),
    (DeliveryError, FailureClass.DELIVERY),
    (ConfigurationError, FailureClass.MISCONFIGURED),
)


def failure_of(fault: BotError) -> Failed:
    """The outcome that tells a person about a fault."""
    failure = next((row for kind, row in _CLASSES if isinstance(fault, kind)), FailureClass.INTERNAL)
    match fault:
        case Throttled(retry_after=wait) | WarmingUp(ready_in=wait):
            return Failed(failure, wait=wait, maybe_billed=fault.maybe_billed)
        case ProviderError():
            return Failed(failure, maybe_billed=fault.maybe_billed)
        case _:
            return Failed(failure)
