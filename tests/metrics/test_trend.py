from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from chitty_action.metrics.trend import trend
from chitty_action.state.history import Day, History
from tests.metrics.brute_force import SERVICES, histories, moments, share, well_at
from tests.metrics.facts import NOW, ago, scheduled, sweep

if TYPE_CHECKING:
    from chitty_action.state.sweep import Sweep

HOUR = timedelta(hours=1)


@settings(deadline=None, max_examples=40)
@given(history=histories(HOUR, most=100 * 24))
def test_every_day_agrees_with_looking_hour_by_hour(history: tuple[tuple[Sweep, ...], Sweep | None]) -> None:
    """For each day in UTC: the share of the services' known hours in which they were well."""
    sweeps, this = history
    everything = (*sweeps, this) if this else sweeps
    seen: dict[object, list[bool | None]] = {}
    for moment in moments(89.5, HOUR):
        hours = seen.setdefault(moment.astimezone(UTC).date(), [])
        hours += [well_at(moment, name, everything, this) for name in SERVICES]
    for day, healthy in trend(History(sweeps=sweeps), NOW, this):
        value, _ = share(seen[day])
        assert healthy == (None if value is None else pytest.approx(value))


def test_there_are_ninety_days_and_today_is_the_last() -> None:
    """Each day once, the oldest first, whether anything is known of it or not."""
    days = trend(History(), NOW, None)
    assert [day for day, _ in days] == [ago(back).date() for back in range(89, -1, -1)]
    assert {healthy for _, healthy in days} == {None}


def test_a_sweep_late_in_the_evening_speaks_for_two_days() -> None:
    """It holds over midnight; the sweep that follows takes over."""
    evening = sweep(NOW.replace(hour=22) - timedelta(days=1), chittyledger="healthy")
    noon = sweep(NOW.replace(hour=9), chittyledger="down")
    assert [healthy for _, healthy in trend(History(sweeps=(evening,)), NOW, noon)][-2:] == [1.0, pytest.approx(9 / 12)]


def test_lines_tell_of_days_that_sweeps_are_no_longer_kept_of() -> None:
    """A line says how its day was; a sweep of that day knows better."""
    lines = tuple(Day(day=ago(back).date(), sweeps=4, services=1, healthy=0.5) for back in (95, 80, 5))
    history = History(sweeps=(scheduled(ago(5)),), days=lines)
    known = {day: healthy for day, healthy in trend(history, NOW, None) if healthy is not None}
    assert known == {ago(80).date(): 0.5, ago(5).date(): 1.0}
