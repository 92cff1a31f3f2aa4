from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.metrics.schedule import Punctuality, punctuality

EVERY_SIX_HOURS = "43 */6 * * *"
HOUR = 3600
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def at(text: str) -> datetime:
    """Read a time of day in UTC."""
    return datetime.fromisoformat(f"2026-11-27T{text}+00:00")


@pytest.mark.parametrize(
    ("began", "late"),
    [
        ("06:43:00", 0),
        ("06:43:59", 59),
        ("07:43:00", HOUR),
        ("06:42:59", 6 * HOUR - 1),
        ("12:42:59.999999", 6 * HOUR - 1),
        ("06:43:00.999999", 0),
        ("00:10:00", 5 * HOUR + 27 * 60),
    ],
)
def test_lateness_counts_from_the_last_firing(began: str, late: int) -> None:
    """A run that begins in the second of a firing is on time; one a second before is almost a whole interval late."""
    assert punctuality(EVERY_SIX_HOURS, at(began)) == Punctuality(late, 6 * HOUR)


def test_firings_can_be_at_unequal_distances() -> None:
    """The interval is that around the beginning of the run."""
    assert punctuality("0 8,20,22 * * *", at("09:00:00")) == Punctuality(HOUR, 12 * HOUR)
    assert punctuality("0 8,20,22 * * *", at("21:00:00")) == Punctuality(HOUR, 2 * HOUR)


def test_weekdays_have_names() -> None:
    """GitHub takes MON to SUN; 2026-11-27 is a Friday."""
    assert punctuality("0 9 * * MON-FRI", at("10:00:00")) == Punctuality(HOUR, 3 * 24 * HOUR)


def test_the_schedule_is_in_utc() -> None:
    """Wherever the clock that read the beginning stands."""
    began = at("07:43:00").astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert punctuality(EVERY_SIX_HOURS, began) == Punctuality(HOUR, 6 * HOUR)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "often",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "0 0 30 2 *",
        "0 0 L * *",
        "0 0 * * 5L",
        "0 0 * * 5#2",
        "0 0 ? * *",
        "@daily",
        "*/0 * * * *",
        "5-1 * * * *",
        "1/1/1 * * * *",
        "0 0 * * ٣",
        "0 0 * * FOO",
        f"{'9' * 5000} * * * *",
        f"{'*,' * 60}* * * * *",
    ],
)
def test_what_is_no_cron_expression_tells_nothing(expression: str) -> None:
    """Nor does one of another cron's dialect, which GitHub would have refused, or one that never fires."""
    assert punctuality(expression, at("06:43:00")) is None


@settings(deadline=None)
@given(
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=4),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=4),
    began=MOMENTS,
)
def test_firings_are_those_of_a_clock(minutes: set[int], hours: set[int], began: datetime) -> None:
    """A clock that is read minute by minute, backwards and forwards, finds the same two firings."""

    def fires(moment: datetime) -> bool:
        return moment.minute in minutes and moment.hour in hours

    minute = began.replace(second=0, microsecond=0)
    last = next(moment for back in range(1441) if fires(moment := minute - timedelta(minutes=back)))
    following = next(moment for ahead in range(1, 1441) if fires(moment := minute + timedelta(minutes=ahead)))
    expression = f"{','.join(map(str, minutes))} {','.join(map(str, hours))} * * *"
    late = int((began - last).total_seconds())
    assert punctuality(expression, began) == Punctuality(late, int((following - last).total_seconds()))


FIELDS = st.text("0123456789*,/-MON", min_size=1, max_size=5) | st.sampled_from(["*", "*/2", "29", "2", "MON", "1-5"])


@settings(deadline=None)
@given(fields=st.lists(FIELDS, min_size=4, max_size=6), began=MOMENTS)
def test_a_run_is_less_than_an_interval_late(fields: list[str], began: datetime) -> None:
    """Whatever the expression, if it is one: which firing a later run belongs to cannot be known."""
    found = punctuality(" ".join(fields), began)
    assert found is None or 0 <= found.late < found.every


@settings(deadline=None)
@given(expression=st.text(), began=MOMENTS)
def test_no_text_crashes(expression: str, began: datetime) -> None:
    """Text that is no expression is none, and nothing else happens."""
    assert punctuality(expression, began) is None or len(expression.split()) == 5
