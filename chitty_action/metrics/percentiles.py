"""Percentiles that are values somebody saw."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def percentile(values: Collection[float], percent: int) -> float | None:
    """Return the smallest value that at least so many percent of all do not exceed (nearest rank); None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]
