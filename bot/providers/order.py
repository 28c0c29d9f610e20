"""Which of the able routes is asked first: as configured, by price, or by what they have taken of late."""

import math
from collections.abc import Sequence

from bot.domain.images import ImageTask
from bot.domain.policy import RouteOrder
from bot.providers.route import Route


def in_order(routes: Sequence[Route], order: RouteOrder, task: ImageTask, now: float) -> Sequence[Route]:
    """Ties keep the configured order. A LoRA goes before it: who chose one wants its look."""
    match order:
        case RouteOrder.FIXED:
            ordered = list(routes)
        case RouteOrder.CHEAPEST:
            ordered = sorted(routes, key=lambda route: _price(route, task))
        case RouteOrder.FASTEST:
            ordered = _fastest(routes, task, now)
    lora = task.lora
    if lora is None:
        return ordered
    return sorted(ordered, key=lambda route: not route.provider.profile.takes(lora))


def _price(route: Route, task: ImageTask) -> float:
    """An unknown price comes last. A server of our own costs the same whether it works or not: nothing a picture."""
    price = route.price(task)
    return math.inf if price is None else price


def _fastest(routes: Sequence[Route], task: ImageTask, now: float) -> list[Route]:
    """By measured speed, and one that nobody has asked for long before all: else it could never become the fastest."""
    ordered = sorted(routes, key=lambda route: route.usual_seconds(task.quality))
    unheard = next((route for route in routes if route.unheard_of(task.quality, now)), None)
    return ordered if unheard is None else [unheard, *(route for route in ordered if route is not unheard)]
