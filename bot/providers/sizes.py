"""Fit a wished size to what a model takes."""

import math

from bot.domain.profile import SizeRule


def fit_size(width: int, height: int, rule: SizeRule) -> tuple[int, int]:
    """The allowed size nearest to the wish: the same aspect ratio as far as the rule lets it, then the same area.

    All numbers are pixels. A rule whose bounds exclude each other is met as far as its maximum.
    """
    if rule.fixed:
        return min(rule.fixed, key=lambda size: _distance(size, (width, height)))
    scale = _scale(width, height, rule)
    step = rule.multiple
    wide, high = (max(step, round(side * scale / step) * step) for side in (width, height))
    return _not_too_long(*_within(wide, high, rule), rule)


def _distance(size: tuple[int, int], wish: tuple[int, int]) -> tuple[float, float]:
    aspect = abs(math.log(size[0] / size[1]) - math.log(wish[0] / wish[1]))
    area = abs(math.log(size[0] * size[1]) - math.log(wish[0] * wish[1]))
    return round(aspect, 6), area


def _scale(width: int, height: int, rule: SizeRule) -> float:
    """Factor that brings the area and the longest side into the rule's bounds."""
    area = width * height
    scale = math.sqrt(max(rule.min_pixels, min(rule.max_pixels, area)) / area)
    return min(scale, rule.max_side / max(width, height))


def _within(width: int, height: int, rule: SizeRule) -> tuple[int, int]:
    """Repair what rounding to the multiple pushed over a bound, one step of one side at a time."""
    step = rule.multiple
    longest = rule.max_side // step * step
    width, height = min(width, longest), min(height, longest)
    while width * height < rule.min_pixels and min(width, height) < longest:
        if width <= height:
            width += step
        else:
            height += step
    while width * height > rule.max_pixels and max(width, height) > step:
        if width >= height:
            width -= step
        else:
            height -= step
    return width, height


def _not_too_long(width: int, height: int, rule: SizeRule) -> tuple[int, int]:
    """Shorten the longer side to the rule's ratio, unless that leaves too few pixels: then widen the shorter one."""
    step = rule.multiple
    shorter, longer = sorted((width, height))
    while longer > shorter * rule.max_ratio:
        if (longer - step) * shorter >= rule.min_pixels:
            longer -= step
        else:
            shorter += step
    return (longer, shorter) if width > height else (shorter, longer)
