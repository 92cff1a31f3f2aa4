from __future__ import annotations

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chitty_action.site.drawing import HEIGHT, LOOKS, STEP, TREND_HEIGHT, WIDTH, path, shares, sparkline, trend
from chitty_action.site.status import TrendDay

looks = st.lists(st.none() | st.integers(0, 60_000), max_size=80)
DAY = date(2026, 11, 27)


def points(drawn: str) -> list[tuple[int, int]]:
    """Follow a path, and return where it comes by."""
    found = []
    x = y = 0
    for command, one, other in re.findall(r"([Mlh])(\d+) ?(-?\d+)?", drawn):
        if command == "M":
            x, y = int(one), int(other)
        elif command == "l":
            x, y = x + int(one), y + int(other)
        else:
            x += int(one)
        found.append((x, y))
    return found


@given(looks)
def test_a_sparkline_stays_in_its_frame(history: list[int | None]) -> None:
    """Whatever came, and the newest look is at its right edge."""
    spark = sparkline(history)
    if spark is None:
        assert len(history) < 2 or not any(look is not None for look in history[-LOOKS:])
        return
    drawn = points(spark.line)
    assert all(0 <= x <= WIDTH and 0 <= y < HEIGHT for x, y in drawn)
    assert history[-1] is None or drawn[-1][0] == WIDTH


@given(looks)
def test_every_look_is_in_the_sparkline(history: list[int | None]) -> None:
    """As a point of the line, or as a gap."""
    spark = sparkline(history)
    if spark is not None:
        seen = history[-LOOKS:]
        assert len({x for x, _ in points(spark.line)}) == sum(look is not None for look in seen)
        assert spark.gaps.count("M") == seen.count(None)


def test_a_line_breaks_where_nothing_is_known() -> None:
    """And a point between two gaps is a dot."""
    assert path([(0, 5), (3, 4), (6, 4), (9, None), (12, 7)]) == "M0 5h0l3-1h3M12 7h0"


def test_a_sparkline_is_told_in_words() -> None:
    """The fastest, the slowest, how many, and how many came to nothing."""
    told = [spark.told for history in ((80, None, 1_200), (5, 5)) if (spark := sparkline(history))]
    assert told == ["80 to 1,200 ms in 2 looks, 1 without an answer", "5 to 5 ms in 2 looks"]


def test_slow_is_high() -> None:
    """The slowest look touches the top."""
    spark = sparkline((10, 1_000))
    assert spark is not None
    (first, low), (last, high) = sorted(set(points(spark.line)))
    assert last - first == STEP
    assert (low, high) == (HEIGHT - 1, 2)


@given(st.lists(st.none() | st.floats(0, 1) | st.floats(), max_size=90))
def test_the_trend_stays_in_its_frame(values: list[float | None]) -> None:
    """Also for what is no ratio at all, and every day is there."""
    drawn = trend([TrendDay(day=DAY + timedelta(days=place), healthy=value) for place, value in enumerate(values)])
    if not values:
        assert drawn is None
        return
    assert drawn is not None
    assert len(drawn.days) == len(values)
    assert all(mark.y is None or 0 <= mark.y <= TREND_HEIGHT for mark in drawn.days)


def test_the_lower_edge_of_the_trend_is_told() -> None:
    """A round number below the worst day, so that small losses are seen."""
    days = [TrendDay(day=DAY, healthy=value) for value in (1.0, 0.973, None, 0.931)]
    drawn = trend(days)
    assert drawn is not None
    assert drawn.floor == 90
    assert [mark.y for mark in drawn.days] == [4, 30, None, 70]
    assert drawn.area.count("z") == 1
    assert "nothing is known of 1 of 4 days (grey)" in drawn.told


def test_a_trend_of_nothing_says_so() -> None:
    """Days of which nothing is known draw no line."""
    drawn = trend([TrendDay(day=DAY)])
    assert drawn is not None
    assert (drawn.line, drawn.area, drawn.told) == ("", "", "Nothing is known of these 1 days.")


def test_a_trend_without_gaps_says_so() -> None:
    """A day may be known in part only, so nobody says that all of it is."""
    drawn = trend([TrendDay(day=DAY, healthy=1.0)])
    assert drawn is not None
    assert drawn.told.endswith("something is known of each day.")


@given(st.lists(st.integers(0, 5_000), max_size=9))
def test_the_bar_of_classes_is_full(counts: list[int]) -> None:
    """The parts follow one another over the whole width, and nobody is too thin to be seen."""
    parts = shares([(str(place), count) for place, count in enumerate(counts)])
    assert [part.name for part in parts] == [str(place) for place, count in enumerate(counts) if count]
    assert sum(part.width for part in parts) == (1_000 if any(counts) else 0)
    assert all(part.width >= 5 for part in parts)
