"""How the providers of a router stand: who is set aside or wants to be left alone, and what an end means for that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import ProviderError, Throttled, Unreachable
from bot.ports import Clock, Telemetry
from bot.providers.decisions import SHORT_WAIT, Breaker, Decision
from bot.providers.route import Route

_ALERTS: Final = {"exhausted", "misconfigured", "rejected"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Judges routes by their breakers, and tells operators."""

    routes: Sequence[Route]
    clock: Clock
    telemetry: Telemetry

    def closed(self, route: Route) -> ProviderError | None:
        """Why a route is not tried now, None if it is."""
        wait = route.not_before - self.clock.now()
        name, model = route.provider.name, route.provider.model
        if wait > SHORT_WAIT:
            return Throttled(name, model, "asked to wait", retry_after=wait)
        if not route.circuit.admit():
            return Unreachable(name, model, "set aside")
        return None

    def at_ease(self, route: Route) -> bool:
        """Whether a route is neither set aside nor wants to be left alone, and has a free place."""
        rests = route.circuit.is_open or route.not_before > self.clock.now()
        return not rests and not route.gate.locked()

    def note(self, route: Route, decision: Decision, fault: ProviderError) -> None:
        """What an attempt's end means for the provider's standing."""
        match decision.breaker:
            case Breaker.COUNTS:
                route.circuit.failed()
            case Breaker.OPENS_LONG:
                route.circuit.fault_of_ours()
            case Breaker.NOTHING:
                pass
        if isinstance(fault, Throttled) and fault.retry_after:
            route.not_before = self.clock.now() + fault.retry_after
        self._show_circuit(route)
        if decision.result in _ALERTS:
            self.telemetry.alert(f"provider_{decision.result}", f"{route.label}: {fault.detail}")

    def _show_circuit(self, route: Route) -> None:
        """One sign for all models of a host: open while any of them is set aside."""
        name = route.provider.name
        is_open = any(one.circuit.is_open for one in self.routes if one.provider.name == name)
        self.telemetry.circuit(name, is_open=is_open)

    def worked(self, route: Route) -> None:
        """It has made a picture."""
        route.circuit.succeeded()
        self._show_circuit(route)
