"""A sweep among those that are remembered, and the numbers that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.metrics.openmetrics import openmetrics
from chitty_action.metrics.overview import numbers_of
from chitty_action.metrics.services import services_of
from chitty_action.metrics.trend import trend

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from chitty_action.metrics.numbers import Number
    from chitty_action.metrics.services import Remembered
    from chitty_action.state.history import History
    from chitty_action.state.sweep import Sweep


class Outlook(Struct, frozen=True):
    """What is known at the end of a sweep.

    Attributes:
        sweep: this one.
        history: what is remembered of others, and of deployments.
        numbers: all of them.
        services: what is remembered of each service.
        trend: healthy share by day, for the last 90 days.
        metrics: the numbers as OpenMetrics text.
    """

    sweep: Sweep
    history: History
    numbers: tuple[Number, ...]
    services: Mapping[str, Remembered]
    trend: tuple[tuple[date, float | None], ...]
    metrics: str


def outlook_of(sweep: Sweep, history: History, now: datetime) -> Outlook:
    """Compute all of it."""
    numbers, services = numbers_of(history, now, sweep), services_of(history, now, sweep)
    text = openmetrics(numbers, sweep, services)
    return Outlook(sweep, history, numbers, services, trend(history, now, sweep), text)
