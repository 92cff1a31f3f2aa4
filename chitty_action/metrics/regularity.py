"""How regularly sweeps come, and how often they refreshed discovery."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from chitty_action.metrics.catalogue import number
from chitty_action.metrics.sources import of_sweeps, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chitty_action.metrics.numbers import Number
    from chitty_action.state.sweep import Sweep

WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)
_DAY: Final = timedelta(days=1)


def regularity_of(sweeps: Sequence[Sweep], now: datetime, this: Sweep | None) -> tuple[Number, ...]:
    """Return lateness, the worst of 7 days, the share of expected sweeps of 7 days, and refreshes a day of 30 days.

    Args:
        sweeps: what is remembered and this one, the oldest first.
        now: the end of the windows.
        this: the sweep of this run.
    """
    return (
        _lateness(this or (sweeps[-1] if sweeps else None), this),
        _worst([sweep for sweep in sweeps if sweep.at > now - WEEK], this),
        _happened([sweep for sweep in sweeps if _is_scheduled(sweep)], now, this),
        _refreshes([sweep for sweep in sweeps if sweep.at > now - MONTH], now, this),
    )


def _is_scheduled(sweep: Sweep) -> bool:
    return sweep.late is not None and sweep.every is not None and sweep.every > 0


def _lateness(newest: Sweep | None, this: Sweep | None) -> Number:
    if newest is None or newest.late is None:
        reason = "No schedule started it." if newest else "No sweep is remembered."
        return number("sweep-lateness", None, notes=(reason,))
    return number("sweep-lateness", newest.late, at=newest.at, sources=of_sweeps((newest,), this))


def _worst(week: Sequence[Sweep], this: Sweep | None) -> Number:
    scheduled = [sweep for sweep in week if sweep.late is not None]
    return number(
        "sweep-lateness-worst",
        max((sweep.late for sweep in scheduled if sweep.late is not None), default=None),
        at=max((sweep.at for sweep in scheduled), default=None),
        sources=of_sweeps(scheduled, this),
        notes=(
            "" if scheduled else "No scheduled sweep of the last 7 days is remembered.",
            told(
                len(week) - len(scheduled),
                "1 sweep was not started by a schedule and is not counted.",
                "{} sweeps were not started by a schedule and are not counted.",
            ),
        ),
    )


def _happened(scheduled: Sequence[Sweep], now: datetime, this: Sweep | None) -> Number:
    """Compare the scheduled sweeps of 7 days with the firings that there were, as far as scheduled sweeps tell.

    Between two of them, and from the last one to now, the schedule fires in the steps that the earlier one tells. That
    is exact for firings at equal distances, and an estimate for others. A run that is later than the next firing counts
    as that firing's, so two runs may share one: the share is never above 1. Before the first nothing is expected.
    """
    start = now - WEEK
    before = [sweep for sweep in scheduled if _due(sweep) <= start][-1:]
    within = [sweep for sweep in scheduled if _due(sweep) > start]
    if not before and not within:
        return number("sweeps-happened", None, notes=("No scheduled sweep is remembered.",))
    expected = 0 if before else 1
    for sweep, following in pairwise([*before, *within]):
        expected += _firings(sweep, round((_due(following) - _due(sweep)) / _step(sweep)), start)
    last = [*before, *within][-1]
    expected += _firings(last, (now - _due(last)) // _step(last), start)
    newest = max(sweep.at for sweep in (*before, *within))
    return number(
        "sweeps-happened",
        min(1.0, len(within) / expected) if expected else None,
        at=newest,
        sources=of_sweeps((*before, *within), this),
        notes=(
            f"{len(within)} of {expected}." if expected else "None was expected.",
            "" if before else "Nothing was expected before the first scheduled sweep that is remembered.",
        ),
    )


def _due(sweep: Sweep) -> datetime:
    return sweep.at - timedelta(seconds=sweep.late or 0)


def _step(sweep: Sweep) -> timedelta:
    return timedelta(seconds=sweep.every or 0)


def _firings(sweep: Sweep, steps: int, start: datetime) -> int:
    """Return how many of so many firings after that of a sweep lie after the start of the window."""
    early = (start - _due(sweep)) // _step(sweep)
    return steps - min(max(early, 0), steps)


def _refreshes(month: Sequence[Sweep], now: datetime, this: Sweep | None) -> Number:
    """Count the refreshes after the first remembered sweep, which only says when remembering began."""
    start = month[0].at if month else now
    span = (now - start) / _DAY
    if span < 1:
        return number("discovery-refreshes", None, notes=("Less than a day of sweeps is remembered.",))
    return number(
        "discovery-refreshes",
        sum(sweep.refreshed for sweep in month[1:]) / span,
        at=month[-1].at,
        sources=of_sweeps(month, this),
        notes=(f"Counted over {span:.1f} days, from the oldest sweep that is remembered one by one.",),
    )
