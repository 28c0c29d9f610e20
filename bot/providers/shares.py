"""A task for more pictures than a request gives, as several requests, and their ends as one."""

import dataclasses
from collections.abc import Sequence

from bot.domain.errors import ProviderError
from bot.domain.images import ImageTask, Produced, ProviderRefusal
from bot.domain.money import MicroUSD
from bot.providers.decisions import most_binding


def shares_of(task: ImageTask, most: int) -> list[ImageTask]:
    """Tasks of at most so many pictures each; fixed seeds go up by one."""
    shares: list[ImageTask] = []
    left = task.count
    while left > 0:
        count = min(left, most)
        seed = None if task.seed is None else task.seed + task.count - left
        shares.append(dataclasses.replace(task, count=count, seed=seed, partials=0))
        left -= count
    return shares


def end_of(ends: Sequence[Produced | ProviderRefusal | BaseException]) -> Produced | ProviderRefusal:
    """All pictures that were made; without any a refusal, else the most binding fault.

    Raises:
        ProviderError: of the shares, which knows whether any of them may be billed.
        BaseException: one that is no fault of the provider's.
    """
    if produced := [end for end in ends if isinstance(end, Produced)]:
        return _together(produced)
    faults: list[ProviderError] = []
    for end in ends:
        if isinstance(end, ProviderRefusal):
            return end
        if isinstance(end, ProviderError):
            faults.append(end)
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, ProviderError):
            raise end
    binding = most_binding(faults)
    binding.maybe_billed = any(fault.maybe_billed for fault in faults)
    raise binding


def _together(produced: Sequence[Produced]) -> Produced:
    costs = [one.cost for one in produced]
    known = [cost for cost in costs if cost is not None]
    return dataclasses.replace(
        produced[0],
        images=tuple(image for one in produced for image in one.images),
        cost=MicroUSD(sum(known)) if len(known) == len(costs) else None,
    )
