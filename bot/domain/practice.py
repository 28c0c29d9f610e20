"""Faults that somebody switches on to watch how the bot copes. The one value here that changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What can be broken on purpose. "Provider" is the first of the route."""

    PROVIDER_DOWN = "provider_down"
    PROVIDER_SLOW = "provider_slow"
    PROVIDER_REFUSES = "provider_refuses"
    BACKUP_DOWN = "backup_down"
    SANITIZER_DOWN = "sanitizer_down"


@dataclass
class Switchboard:
    """Switches of one process; all are off after a start.

    Attributes:
        everywhere: Also in front of providers that cost money; otherwise only where everything is drawn by rules.
    """

    everywhere: bool = False
    _on: set[Fault] = field(default_factory=set)

    def is_on(self, fault: Fault) -> bool:
        return fault in self._on

    def turn(self, fault: Fault, *, on: bool) -> None:
        if on:
            self._on.add(fault)
        else:
            self._on.discard(fault)

    def state(self) -> Mapping[Fault, bool]:
        return {fault: fault in self._on for fault in Fault}
