from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chitty_action.model.evidence import PROBED
from chitty_action.state.days import day_of, holds_for, known_classes, read_days, written_days
from chitty_action.state.history import Day
from tests.state.facts import CLASSES, DAY, HOUR, NOON, classes, sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

TODAY = NOON.date()
MIDNIGHT = NOON - 12 * HOUR


def test_a_sample_holds_until_the_next_one() -> None:
    """Six hours of the day half of them were well, twelve all of them; the first six nobody knows."""
    made = [
        sweep(MIDNIGHT + 6 * HOUR, "1", classes={"a": "healthy", "b": "down"}, conflicts=2),
        sweep(MIDNIGHT + 12 * HOUR, "2", classes={"a": "healthy", "b": "healthy"}),
    ]
    assert day_of(TODAY, None, made) == Day(
        day=TODAY, sweeps=2, services=2, healthy=round(30 / 36, 6), transitions=1, conflicts=2
    )


def test_the_last_sample_of_the_day_before_holds_into_the_day() -> None:
    """And a service that changed overnight has changed on the later day."""
    before = sweep(MIDNIGHT - 3 * HOUR, "1", classes={"a": "down"})
    made = [sweep(MIDNIGHT + 3 * HOUR, "2", every=8 * 3_600)]
    day = day_of(TODAY, replace(before, classes={"alpha": "down"}), made)
    assert (day.healthy, day.transitions) == (round(16 / 19, 6), 1)


@pytest.mark.parametrize(("every", "hours"), [(None, 12), (3_600, 2), (21_600, 12), (-5, 0), (2**53, 14 * 24)])
def test_a_sample_holds_for_two_intervals_at_most(every: int | None, hours: int) -> None:
    """Whatever somebody wrote there."""
    assert holds_for(sweep(every=every)) == timedelta(hours=hours)


def test_only_looks_that_show_how_a_service_is_are_known() -> None:
    """And what is down says nothing where the fault was ours."""
    seen = dict(zip("abcdefgh", CLASSES, strict=True))
    assert known_classes(sweep(classes=seen)) == dict(zip("abcd", CLASSES[:4], strict=True))
    assert known_classes(sweep(classes=seen, blame="us")) == {"a": "healthy", "b": "degraded", "d": "missing"}


def test_a_day_without_knowledge_has_no_share() -> None:
    """Nothing is not zero."""
    day = day_of(TODAY, None, [sweep(classes={"a": "blocked"})])
    assert (day.healthy, day.conflicts, day.services) == (None, None, 1)


def _minute_by_minute(samples: list[tuple[int, Mapping[str, str], str]]) -> float | None:
    """Say it in another way: look at every minute of the day."""
    healthy = known = 0
    for minute in range(24 * 60):
        current = [one for one in samples if one[0] <= minute]
        if not current or minute - current[-1][0] >= 120:
            continue
        _, seen, blame = current[-1]
        for one in seen.values():
            is_known = one in PROBED and not (one == "down" and blame == "us")
            known += is_known
            healthy += is_known and one == "healthy"
    return round(healthy / known, 6) if known else None


@given(
    st.lists(
        st.tuples(st.integers(-60, 24 * 60 - 1), classes, st.sampled_from(["them", "us"])),
        min_size=1,
        max_size=6,
        unique_by=lambda one: one[0],
    ).map(sorted)
)
def test_the_share_is_that_of_the_minutes(samples: list[tuple[int, Mapping[str, str], str]]) -> None:
    """Time-weighted means that every minute counts the same."""
    made = [
        sweep(MIDNIGHT + timedelta(minutes=minute), str(minute), classes=seen, blame=blame, every=3_600)
        for minute, seen, blame in samples
    ]
    early = [one for one in made if one.at < MIDNIGHT]
    today = [one for one in made if one.at >= MIDNIGHT]
    if today:
        samples = samples[max(len(early) - 1, 0) :]
        assert day_of(TODAY, early[-1] if early else None, today).healthy == _minute_by_minute(samples)


def test_days_are_kept_ten_years_and_one_line_each() -> None:
    """Of two lines of a day, the one that rests on more sweeps stays."""
    days = [Day(day=TODAY, sweeps=3), Day(day=TODAY, sweeps=4), Day(day=date(2016, 11, 26), sweeps=4)]
    text = written_days([*days, Day(day=date(2016, 11, 27), sweeps=1)], ["oh"], TODAY) or ""
    found = read_days("sweeps/days.jsonl", text)
    assert [(line.value.day, line.value.sweeps) for line in found.lines] == [(date(2016, 11, 27), 1), (TODAY, 4)]
    assert found.unread == ("oh",)
    assert datetime.combine(TODAY, datetime.min.time(), UTC) == MIDNIGHT < MIDNIGHT + DAY
