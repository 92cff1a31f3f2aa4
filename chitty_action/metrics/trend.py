"""How the whole has been, day by day."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from chitty_action.metrics.availability import count, lines_of
from chitty_action.metrics.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.metrics.timeline import Held
    from chitty_action.state.history import History
    from chitty_action.state.sweep import Sweep

DAYS: Final = 90


def trend(history: History, now: datetime, this: Sweep | None) -> tuple[tuple[date, float | None], ...]:
    """Return the healthy share of the last 90 days in UTC, the oldest first, today included as far as it has come.

    The share is healthy time of all services over their known time, 0 to 1; None where nothing is known. It comes from
    the sweeps; of a day without one, from its line where there is one, else from what the sweep before still holds.
    """
    held = timeline(history, now, this)
    today = now.astimezone(UTC).date()
    shares = {**_shares(held, now), **{line.day: line.healthy for line in lines_of(held, history.days)}}
    days = (today - timedelta(days=back) for back in reversed(range(DAYS)))
    return tuple((day, shares.get(day)) for day in days)


def _shares(held: tuple[Held, ...], now: datetime) -> dict[date, float]:
    healthy: defaultdict[date, float] = defaultdict(float)
    known: defaultdict[date, float] = defaultdict(float)
    for each in held:
        well, number = count(each.sweep)
        for day, seconds in _days(each, now - timedelta(days=DAYS)):
            healthy[day] += seconds * well
            known[day] += seconds * number
    return {day: healthy[day] / seconds for day, seconds in known.items() if seconds}


def _days(held: Held, start: datetime) -> Iterator[tuple[date, float]]:
    """Yield the days in UTC that a sweep holds on, and for how many seconds."""
    midnight = datetime.combine(max(held.sweep.at, start).astimezone(UTC).date(), time(), UTC)
    while midnight < held.until:
        following = midnight + timedelta(days=1)
        yield midnight.date(), held.seconds(midnight, following)
        midnight = following
