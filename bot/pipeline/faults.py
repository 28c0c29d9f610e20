"""Faults to outcomes: which of our own words stand for which exception."""

from typing import Final

from bot.domain.errors import (
    BotError,
    ConfigurationError,
    DeliveryError,
    Exhausted,
    InvalidImage,
    Misconfigured,
    NoVerdict,
    Overloaded,
    ProviderError,
    ProviderFailed,
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
    (WarmingUp, FailureClass.WARMING_UP),
    (Overloaded, FailureClass.BUSY),
    (Exhausted, FailureClass.OUT_OF_FUNDS),
    (Misconfigured, FailureClass.MISCONFIGURED),
    (Unsupported, FailureClass.UNSUPPORTED),
    (UnknownOutcome, FailureClass.UNKNOWN_OUTCOME),
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
