from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chitty_action.state.history import History
from tests.metrics.facts import ago, scheduled, sweep, the

if TYPE_CHECKING:
    from chitty_action.state.sweep import Sweep

SIX_HOURS = 21_600


def told(which: str, *sweeps: Sweep, this: Sweep | None = None) -> tuple[object, str]:
    """Give value and note of a number."""
    number = the(which, History(sweeps=sweeps), this)
    return number.value, number.note


def on_time(*firings: int, late: int = 0) -> list[Sweep]:
    """Give sweeps of the firings so many times six hours before now, which is a firing; the oldest first."""
    return [scheduled(ago(hours=6 * back, seconds=-late), late) for back in firings]


def test_lateness_is_that_of_this_run() -> None:
    """A run by hand has none."""
    assert told("sweep-lateness", *on_time(1, late=900), this=scheduled(ago(), late=60)) == (60.0, "")
    assert told("sweep-lateness", *on_time(1, late=900), this=sweep(ago())) == (None, "No schedule started it.")
    assert told("sweep-lateness") == (None, "No sweep is remembered.")


def test_the_worst_lateness_is_that_of_seven_days() -> None:
    """Sweeps by hand are not late, and the note says how many there were."""
    old, late = scheduled(ago(7), late=9000), scheduled(ago(6), late=5000)
    assert told("sweep-lateness-worst", old, late, sweep(ago(5)), this=scheduled(ago(), late=10)) == (
        5000.0,
        "1 sweep was not started by a schedule and is not counted.",
    )
    assert told("sweep-lateness-worst", old) == (None, "No scheduled sweep of the last 7 days is remembered.")


def test_every_firing_had_its_sweep() -> None:
    """28 of 28 in seven days, with an older one that says that there was nothing to miss before."""
    sweeps = on_time(*range(30, -1, -1))
    assert told("sweeps-happened", *sweeps) == (1.0, "28 of 28.")


def test_a_firing_without_a_sweep_is_missed() -> None:
    """Between two sweeps, before the first of the window, and up to now."""
    assert told("sweeps-happened", *on_time(30, 27, 26, 24, 1)) == (pytest.approx(4 / 28), "4 of 28.")
    assert told("sweeps-happened", *on_time(60)) == (0.0, "0 of 28.")


def test_nothing_was_expected_before_the_schedule_is_remembered() -> None:
    """A schedule that is two days old did not miss five days."""
    value, note = told("sweeps-happened", *on_time(*range(8, -1, -1)))
    assert value == 1.0
    assert note == "9 of 9. Nothing was expected before the first scheduled sweep that is remembered."


def test_late_sweeps_are_no_missed_ones() -> None:
    """Each belongs to its firing, however unequal the distances between their beginnings."""
    late = [900, 20_000, 3_600, 0, 21_000]
    sweeps = [scheduled(ago(hours=6 * (5 - at), seconds=-each), each) for at, each in enumerate(late)]
    assert told("sweeps-happened", *sweeps)[1].startswith("5 of 6.")


def test_two_runs_for_one_firing_do_not_make_more_than_all() -> None:
    """A run that is later than the next firing is taken for that one's, because no more is known."""
    twelve, again = scheduled(ago(hours=12), 0), scheduled(ago(hours=11), 3600)
    assert told("sweeps-happened", *on_time(3), twelve, again, *on_time(1, 0))[0] == 1.0


def test_sweeps_by_hand_do_not_stand_for_scheduled_ones() -> None:
    """What the schedule dropped is missing, even if somebody helped out."""
    assert told("sweeps-happened", *on_time(2), sweep(ago(hours=6)), *on_time(0))[1].startswith("2 of 3.")
    assert told("sweeps-happened", sweep(ago(hours=6))) == (None, "No scheduled sweep is remembered.")


def test_a_schedule_that_did_not_fire_yet_expects_nothing() -> None:
    """Once a month is none in seven days, where its last firing was before them."""
    monthly = scheduled(ago(10), every=30 * 86_400)
    assert told("sweeps-happened", monthly) == (None, "None was expected.")


def test_an_interval_of_nothing_is_no_schedule() -> None:
    """A line that somebody wrote by hand does not divide by zero."""
    assert told("sweeps-happened", scheduled(ago(1), every=0)) == (None, "No scheduled sweep is remembered.")


@settings(deadline=None)
@given(
    happened=st.sets(st.integers(0, 60), min_size=1),
    late=st.lists(st.integers(0, SIX_HOURS - 1), min_size=61, max_size=61),
)
def test_firings_are_counted_one_by_one(happened: set[int], late: list[int]) -> None:
    """Whichever of the firings every six hours had a sweep, and however late: the same as listing them all.

    Now is the second before a firing, so that no sweep is of the future.
    """
    sweeps = [
        scheduled(ago(hours=6 * (back + 1), seconds=-(late[back] + 1)), late[back])
        for back in sorted(happened, reverse=True)
    ]
    window = range(28)
    expected = [back for back in window if back <= max(happened)]
    value, _ = told("sweeps-happened", *sweeps)
    assert value == pytest.approx(len(happened.intersection(window)) / len(expected))


def test_refreshes_are_counted_per_day() -> None:
    """Over what is remembered one by one; the oldest sweep only says since when that is."""
    sweeps = [replace(each, refreshed=True) for each in on_time(*range(8, -1, -1))]
    assert told("discovery-refreshes", *sweeps) == (
        4.0,
        "Counted over 2.0 days, from the oldest sweep that is remembered one by one.",
    )
    assert told("discovery-refreshes", *sweeps[:5], *on_time(3, 2, 1, 0))[0] == 2.0


def test_refreshes_of_less_than_a_day_say_nothing_about_days() -> None:
    """One refresh in the first hour is not 24 a day."""
    assert told("discovery-refreshes", *on_time(2, 1)) == (None, "Less than a day of sweeps is remembered.")
    assert told("discovery-refreshes") == (None, "Less than a day of sweeps is remembered.")


def test_refreshes_of_thirty_days_count() -> None:
    """An older sweep is outside of the window."""
    old, young = (replace(scheduled(ago(back)), refreshed=True) for back in (30, 10))
    number = the("discovery-refreshes", History(sweeps=(old, young, scheduled(ago(5)))))
    assert number.value == 0.0
    assert number.sources == ("sweeps/2026-11.jsonl",)
    assert number.at == ago(5)
