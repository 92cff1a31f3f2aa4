from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from chitty_action.metrics.availability import LEAST, WINDOWS, by_service, of_all
from chitty_action.metrics.timeline import timeline
from chitty_action.state.history import Day, History
from tests.metrics.brute_force import SERVICES, histories, moments, share, well_at
from tests.metrics.facts import LEDGER, NOW, PROOF, ago, scheduled, sweep

if TYPE_CHECKING:
    from chitty_action.metrics.numbers import Availability
    from chitty_action.state.sweep import Sweep

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
MOMENTS = 2400
"""Seconds of the shorter histories: long enough for more than a hundredth of a day."""
OF_HOURS = histories(HOUR, most=100 * 24)
OF_SECONDS = histories(SECOND, most=MOMENTS)


def services(sweeps: tuple[Sweep, ...], this: Sweep | None = None) -> dict[str, tuple[Availability, ...]]:
    """Give the availability of each service."""
    return by_service(timeline(History(sweeps=sweeps), NOW, this), NOW)


def last_day(name: str, *sweeps: Sweep, this: Sweep | None = None) -> tuple[object, object]:
    """Give the availability of the last day, and how many hours are known."""
    day = services(sweeps, this)[name][0]
    return day.value, round(day.known * 24, 6)


@settings(deadline=None, max_examples=60)
@given(history=OF_HOURS)
def test_every_window_agrees_with_looking_hour_by_hour(history: tuple[tuple[Sweep, ...], Sweep | None]) -> None:
    """For each service and window: the share of known hours in which it was well, and the share that is known."""
    sweeps, this = history
    everything = (*sweeps, this) if this else sweeps
    found = services(sweeps, this)
    for name, windows in found.items():
        hours = [well_at(moment, name, everything, this) for moment in moments(90, HOUR)]
        for window in windows:
            value, known = share(hours[-24 * window.days :])
            assert window.value == (None if value is None else pytest.approx(value))
            assert window.known == pytest.approx(known)
    assert set(found) == {name for each in everything for name in each.classes}


@settings(deadline=None, max_examples=40)
@given(history=OF_SECONDS)
def test_the_last_forty_minutes_agree_with_looking_second_by_second(
    history: tuple[tuple[Sweep, ...], Sweep | None],
) -> None:
    """The same in seconds, in which times are remembered; of the rest of the day nothing is known."""
    sweeps, this = history
    everything = (*sweeps, this) if this else sweeps
    for name, windows in services(sweeps, this).items():
        seen = [well_at(moment, name, everything, this) for moment in moments(MOMENTS / 86_400, SECOND)]
        value, known = share([*[None] * (86_400 - MOMENTS), *seen])
        assert windows[0].value == (None if value is None else pytest.approx(value))
        assert windows[0].known == pytest.approx(known)


@settings(deadline=None, max_examples=60)
@given(history=OF_HOURS)
def test_the_whole_agrees_with_looking_hour_by_hour(history: tuple[tuple[Sweep, ...], Sweep | None]) -> None:
    """Hours of all services together, those in which nothing of a service is known left out."""
    sweeps, this = history
    everything = (*sweeps, this) if this else sweeps
    hours = [[well_at(moment, name, everything, this) for name in SERVICES] for moment in moments(90, HOUR)]
    for whole in of_all(timeline(History(sweeps=sweeps), NOW, this), (), NOW):
        judged = [well for hour in hours[-24 * whole.days :] for well in hour if well is not None]
        is_known = bool(judged) and whole.known >= LEAST
        assert whole.value == (pytest.approx(sum(judged) / len(judged)) if is_known else None)
        assert 0 <= whole.known <= 1


@pytest.mark.parametrize("seen", ["degraded", "down", "missing"])
def test_only_healthy_is_healthy(seen: str) -> None:
    """Degraded, down and missing are time in which the service was not well."""
    assert last_day(LEDGER, sweep(ago(hours=8), chittyledger="healthy"), sweep(ago(hours=6), chittyledger=seen)) == (
        pytest.approx(2 / 6),
        6,
    )


@pytest.mark.parametrize("seen", ["blocked", "redirected", "unprobeable", "skipped", "a word of tomorrow"])
def test_what_does_not_show_the_service_is_unknown(seen: str) -> None:
    """Such time counts neither for the service nor against it."""
    first, second = sweep(ago(hours=8), chittyledger="healthy"), sweep(ago(hours=6), chittyledger=seen)
    assert last_day(LEDGER, first, second) == (1.0, 2)


def test_a_service_that_is_not_listed_is_unknown() -> None:
    """What left the list, or was not on it yet, is nowhere said to be well or broken."""
    first, second = sweep(ago(hours=8), chittyledger="healthy"), sweep(ago(hours=6), chittyproof="healthy")
    assert last_day(LEDGER, first, second) == (1.0, 2)
    assert last_day(PROOF, first, second) == (1.0, 4)


def test_our_own_trouble_is_not_theirs() -> None:
    """In a sweep with blame `us` what is down is unknown; what was seen otherwise stands."""
    ours = replace(sweep(ago(hours=4), chittyledger="down", chittyproof="degraded"), blame="us")
    assert last_day(LEDGER, sweep(ago(hours=8), chittyledger="healthy"), this=ours) == (1.0, 4)
    assert last_day(PROOF, this=ours) == (0.0, 4)


def test_the_same_classes_can_mean_less_in_another_sweep() -> None:
    """Sweeps that share their mapping are told apart by whom they blame."""
    them = sweep(ago(hours=8), chittyledger="down")
    us = replace(them, at=ago(hours=6), run="2", blame="us")
    assert last_day(LEDGER, them, us) == (0.0, 2)


def test_a_sweep_holds_for_two_usual_intervals() -> None:
    """With an hour between sweeps, the last one says something for two hours; after that is a gap."""
    hourly = [sweep(ago(hours=hours), chittyledger="healthy") for hours in (10, 9, 8)]
    assert last_day(LEDGER, *hourly) == (1.0, 4)


def test_the_schedule_says_what_is_usual() -> None:
    """A sweep that a schedule started holds for twice its interval, however near the others are."""
    near = [sweep(ago(hours=20, seconds=seconds), chittyledger="down") for seconds in (60, 30)]
    assert last_day(LEDGER, *near, scheduled(ago(hours=20))) == (pytest.approx(12 / (12 + 1 / 60)), 12.016667)


def test_a_sweep_by_hand_goes_by_the_schedule_before_it() -> None:
    """Someone who starts three sweeps in a minute does not make a minute the usual interval."""
    by_hand = [sweep(ago(hours=20, seconds=-seconds), chittyledger="healthy") for seconds in (20, 40, 60)]
    assert last_day(LEDGER, scheduled(ago(hours=20)), *by_hand) == (1.0, pytest.approx(12 + 1 / 60, abs=1e-5))


def test_the_sweep_of_this_run_holds_until_now() -> None:
    """However long the run takes: it is the last that is known."""
    assert last_day(LEDGER, this=sweep(ago(hours=3), chittyledger="healthy")) == (1.0, 3)


def test_one_sweep_alone_says_nothing_of_the_time_after_it() -> None:
    """Where no interval is known, and it is not of this run, it may have been long ago."""
    assert last_day(LEDGER, sweep(ago(hours=3), chittyledger="healthy")) == (None, 0)


def test_this_run_counts_once() -> None:
    """A run that is remembered already is not a second sweep."""
    this = sweep(ago(hours=3), chittyledger="healthy")
    assert last_day(LEDGER, replace(this, classes={LEDGER: "down"}), this=this) == (1.0, 3)


def test_what_claims_to_be_of_the_future_does_not_count() -> None:
    """A clock that was wrong once does not decide what holds now."""
    this = sweep(ago(hours=3), chittyledger="healthy")
    assert last_day(LEDGER, sweep(ago(hours=-3), chittyledger="down"), this=this) == (1.0, 3)


def test_nothing_remembered_is_nothing_known() -> None:
    """The first run of all has no services to speak of, and no availability of the whole."""
    assert services(()) == {}
    assert [(whole.value, whole.known) for whole in of_all((), (), NOW)] == [(None, 0.0)] * 4


@pytest.mark.parametrize(("seconds", "value"), [(863, None), (864, 1.0)])
def test_a_window_has_to_be_known_to_a_hundredth(seconds: int, value: float | None) -> None:
    """Of each service and of all together: a shorter look says nothing of a day."""
    this = sweep(ago(seconds=seconds), chittyledger="healthy")
    assert services((), this)[LEDGER][0].value == value
    assert of_all(timeline(History(), NOW, this), (), NOW)[0].value == value


def test_a_line_of_few_services_is_too_little_of_many() -> None:
    """A day of one service in ten is a thousandth of a hundred days of them."""
    many = replace(sweep(ago(hours=1)), classes=dict.fromkeys("abcdefghij", "blocked"))
    held = timeline(History(), NOW, many)
    assert [whole.value for whole in of_all(held, (day(50, 1.0, services=1),), NOW)] == [None] * 4
    assert of_all(held, (day(50, 1.0, services=10),), NOW)[3].value == 1.0


def test_the_whole_weighs_services_by_their_known_time() -> None:
    """A service that was known for two hours counts as much as two of six."""
    sweeps = (
        sweep(ago(hours=8), chittyledger="healthy", chittyproof="down"),
        replace(sweep(ago(hours=6), chittyledger="healthy", chittyproof="skipped"), every=10_800),
    )
    day = of_all(timeline(History(sweeps=sweeps), NOW, None), (), NOW)[0]
    assert day.value == pytest.approx(8 / 10)
    assert day.known == pytest.approx(10 / 48)


def day(back: int, healthy: float | None, services: int = 2) -> Day:
    """Give the line of a day."""
    return Day(day=ago(back).date(), sweeps=4, services=services, healthy=healthy)


def test_lines_stand_for_days_without_sweeps() -> None:
    """Each weighs like a whole day of as many services; its share of the window where it is cut."""
    lines = (day(40, 1.0), day(30, 0.25), day(20, 0.5), day(19, 1.0, services=6), day(18, None))
    whole = {each.days: each for each in of_all((), lines, NOW)}
    assert whole[7].value is None
    assert whole[30].value == pytest.approx((0.25 + 2 * 0.5 + 6) / 9)
    assert whole[90].value == pytest.approx((2 + 2 * 0.25 + 2 * 0.5 + 6) / 12)
    assert [whole[days].lines for days in (1, 7, 30, 90)] == [0, 0, 3, 4]
    assert {each.known for each in whole.values()} == {0.0}


def test_a_line_that_ends_where_a_window_begins_is_not_in_it() -> None:
    """At midnight the day before the window is over."""
    midnight = NOW.replace(hour=0)
    lines = (Day(day=(midnight - timedelta(days=8)).date(), sweeps=4, services=2, healthy=1.0),)
    assert [whole.lines for whole in of_all((), lines, midnight)] == [0, 0, 1, 1]


def test_how_much_is_known_is_of_those_listed_in_the_window() -> None:
    """A list that was longer before the window does not make less known in it."""
    old = replace(scheduled(ago(20)), classes=dict.fromkeys("abcd", "healthy"))
    held = timeline(History(sweeps=(old, scheduled(ago(hours=6)))), NOW, None)
    assert [round(whole.known * whole.days, 6) for whole in of_all(held, (), NOW)] == [0.25, 0.25, 0.5625, 0.5625]


def test_a_day_with_sweeps_needs_no_line() -> None:
    """What is known sweep by sweep is not known twice."""
    sweeps = timeline(History(sweeps=(scheduled(ago(5)), scheduled(ago(5, hours=-6)))), NOW, None)
    assert of_all(sweeps, (day(5, 0.0),), NOW) == of_all(sweeps, (), NOW)


def test_days_are_in_utc() -> None:
    """A sweep at half past eleven in the evening west of Greenwich belongs to the next day."""
    evening = datetime.fromisoformat("2026-11-20T23:30:00-05:00")
    line = Day(day=evening.date(), sweeps=1, services=1, healthy=0)
    whole = of_all(timeline(History(sweeps=(scheduled(evening),)), NOW, None), (line,), NOW)
    assert whole[2].lines == 1


def test_windows_are_nested() -> None:
    """Time that is known in a window is known in every longer one."""
    found = services(tuple(scheduled(ago(hours=6 * back)) for back in range(100, 0, -1)))[LEDGER]
    seconds = [window.known * window.days for window in found]
    assert [window.days for window in found] == list(WINDOWS)
    assert seconds == sorted(seconds)
