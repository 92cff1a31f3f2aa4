from __future__ import annotations

from math import inf, nan

import pytest

from chitty_action.metrics.numbers import Availability, Number
from chitty_action.site.words import (
    class_of,
    duration,
    kind_told,
    latency,
    listed,
    percent,
    quantity,
    seen_healthy,
    severity,
    told_action,
    whole,
    window,
)


def plain(text: str) -> str:
    """Return a text with ordinary spaces."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "unknown"), (nan, "unknown"), (inf, "unknown"), (-0.1, "unknown"), (1.1, "unknown"),
        (0.0, "0.00 %"), (0.5, "50.00 %"), (0.29, "29.00 %"),
        (0.98765, "98.76 %"), (0.99999, "99.99 %"), (1.0, "100 %"),
    ],
)  # fmt: skip
def test_a_ratio_is_rounded_down(value: float | None, said: str) -> None:
    """Only what is whole is called whole, and what is not known is no number."""
    assert plain(percent(value)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "unknown"), (nan, "unknown"), (0, "0 s"), (0.25, "250 ms"), (42.4, "42 s"), (59.6, "1 min"),
        (75, "1 min 15 s"), (3_600, "1 h"), (15_480, "4 h 18 min"), (90_061, "1 d 1 h"), (864_000_000, "10,000 d"),
    ],
)  # fmt: skip
def test_a_duration_has_at_most_two_units(seconds: float | None, said: str) -> None:
    """As people say it."""
    assert plain(duration(seconds)) == said


@pytest.mark.parametrize(
    ("value", "unit", "figures", "beside"),
    [
        (0.974, "ratio", "97.40", "%"), (1.0, "ratio", "100", "%"), (1_234.0, "count", "1,234", ""),
        (2.5, "count", "2.50", ""), (75.0, "seconds", "1 min 15 s", ""), (6.44, "per-day", "6.4", "a day"),
        (7.5, "bananas", "7.5", "bananas"), (None, "ratio", "unknown", ""),
        (7.0, "ratio", "unknown", ""), (inf, "count", "unknown", ""),
    ],
)  # fmt: skip
def test_a_number_is_said_by_its_unit(value: float | None, unit: str, figures: str, beside: str) -> None:
    """Figures, and what stands beside them."""
    said = quantity(Number(id="x", title="X", value=value, unit=unit))
    assert (plain(said.figures), said.unit) == (figures, beside)


@pytest.mark.parametrize(
    ("milliseconds", "evidence", "said"),
    [(1_200, "healthy", "1,200 ms"), (None, "down", "no answer"), (None, "skipped", "not asked"), (0, "down", "0 ms")],
)
def test_no_latency_has_a_reason(milliseconds: int | None, evidence: str, said: str) -> None:
    """Who was not asked did not fail to answer."""
    assert plain(latency(milliseconds, evidence)) == said


def test_the_worst_stands_first() -> None:
    """What needs somebody, then what is well, then what nobody can look at."""
    words = ["healthy", "skipped", "on fire", "down", "blocked", "missing", "unprobeable", "degraded", "redirected"]
    assert sorted(words, key=severity) == [
        "down", "missing", "degraded", "blocked", "redirected", "on fire", "healthy", "unprobeable", "skipped",
    ]  # fmt: skip


def test_a_class_is_one_of_ours_or_another() -> None:
    """So that no remote word becomes the name of a style."""
    assert [class_of(word) for word in ("down", "Down", "", "HEALTHY", "c x")] == ["down", *["other"] * 4]


def test_a_window_that_is_known_only_in_part_says_so() -> None:
    """A gap is no good time, and one look says nothing of 90 days."""
    seen = (
        Availability(1, 1.0, 1.0),
        Availability(7, 1.0, 0.4267),
        Availability(30, 1.0, nan),
        Availability(90, None, 0.0001),
    )
    assert [tuple(map(plain, seen_healthy(window(seen, days)))) for days in (1, 7, 30, 90, 365)] == [
        ("100 %", ""), ("100 %", "42 % known"), ("100 %", "how much is known is unknown"),
        ("unknown", "<1 % known"), ("unknown", ""),
    ]  # fmt: skip


def test_what_became_of_an_incident_is_said_as_it_is() -> None:
    """A dry run did nothing, and a failure is no change."""
    said = [told_action(word) for word in ("opened", "unchanged", "failed", "would-closed")]
    assert said == [
        "opened by this run",
        "unchanged",
        "GitHub could not be told",
        "would be closed: this was a dry run",
    ]


def test_only_what_was_clipped_is_repeated() -> None:
    """A title that says the same again is noise."""
    assert whole("short", 10) == ""
    assert whole("a longer text", 10) == "a longer text"


def test_words_are_joined_as_in_a_sentence() -> None:
    """None, one, two, three."""
    assert [listed(list("abc"[:count])) for count in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert kind_told("route-conflicts") == "Route conflicts"
