"""Lines as SVG paths: the latency of a service, and the trend of the whole."""

from __future__ import annotations

from itertools import pairwise
from math import floor
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.site.words import percent, ratio

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from chitty_action.site.status import TrendDay

LOOKS = 28
"""Looks that a sparkline shows: a week of sweeps every six hours."""
_FEWEST = 2
STEP = 3
HEIGHT = 18
WIDTH = STEP * (LOOKS - 1)


class Spark(Struct, frozen=True):
    """A sparkline: `line` where something answered, `gaps` where nothing did, and both in words."""

    line: str
    gaps: str
    told: str


def sparkline(history: Sequence[int | None]) -> Spark | None:
    """Draw the newest looks at a service; None where they draw no line. Its height is the slowest of them."""
    looks = history[-LOOKS:]
    answered = [look for look in looks if look is not None]
    if not answered or len(looks) < _FEWEST:
        return None
    top = max(*answered, 1)
    first = LOOKS - len(looks)  # the newest look is at the right edge
    points = [
        (STEP * (first + place), None if look is None else HEIGHT - 1 - round((HEIGHT - 3) * look / top))
        for place, look in enumerate(looks)
    ]
    gaps = "".join(f"M{x} {HEIGHT - 6}v5" for x, y in points if y is None)
    lost = len(looks) - len(answered)
    told = f"{min(answered):,} to {max(answered):,} ms in {len(answered)} looks" + (
        f", {lost} without an answer" if lost else ""
    )
    return Spark(path(points), gaps, told)


def path(points: Sequence[tuple[int, int | None]]) -> str:
    """Write a line through points in few characters; it breaks where there is none, and one alone becomes a dot."""
    pieces: list[str] = []
    before: tuple[int, int] | None = None
    for x, y in points:
        if y is None:
            before = None
            continue
        if before is None:
            pieces.append(f"M{x} {y}h0")
        else:
            rise = y - before[1]
            pieces.append(f"l{x - before[0]}{'' if rise < 0 else ' '}{rise}" if rise else f"h{x - before[0]}")
        before = x, y
    return "".join(pieces)


class DayMark(Struct, frozen=True):
    """One day of the trend: where it is, and what it says."""

    day: date
    x: int
    y: int | None
    told: str


class Trend(Struct, frozen=True):
    """The trend, ready to be drawn.

    Attributes:
        line: a path that breaks where nothing is known.
        area: what lies below it.
        days: a mark for each day.
        floor: the healthy share at the lower edge, in percent.
        told: the trend in one sentence.
    """

    line: str
    area: str
    days: tuple[DayMark, ...]
    floor: int
    told: str


DAY = 8
TREND_HEIGHT = 100


def trend(days: Sequence[TrendDay]) -> Trend | None:
    """Draw the days; None where there are none. The lower edge is a round number below the worst day, and is told."""
    if not days:
        return None
    values = [ratio(day.healthy) for day in days]
    known = [value for value in values if value is not None]
    lowest = 10 * max(0, floor(10 * min(known, default=0.0) - 0.01)) if known else 0
    marks = [
        DayMark(day.day, DAY * place + DAY // 2, _height(value, lowest / 100), percent(value))
        for place, (day, value) in enumerate(zip(days, values, strict=True))
    ]
    return Trend(
        line=path([(mark.x, mark.y) for mark in marks]),
        area="".join(_area(one, two) for one, two in pairwise(marks)),
        days=tuple(marks),
        floor=lowest,
        told=_told(known, len(days)),
    )


def _height(value: float | None, lowest: float) -> int | None:
    if value is None:
        return None
    share = (value - lowest) / (1 - lowest)
    return TREND_HEIGHT - round((TREND_HEIGHT - 4) * share)


def _area(one: DayMark, two: DayMark) -> str:
    if one.y is None or two.y is None:
        return ""
    return f"M{one.x} {TREND_HEIGHT}V{one.y}L{two.x} {two.y}V{TREND_HEIGHT}z"


def _told(known: Sequence[float], days: int) -> str:
    if not known:
        return f"Nothing is known of these {days} days."
    lost = days - len(known)
    mean = percent(sum(known) / len(known))
    lead = f"{mean} healthy on average, {percent(min(known))} on the worst day"
    rest = f"nothing is known of {lost} of {days} days (grey)" if lost else "something is known of each day"
    return f"{lead}; {rest}."


class Share(Struct, frozen=True):
    """The part of a bar that a class takes, in thousandths of its width."""

    name: str
    x: int
    width: int


_WHOLE_BAR = 1_000
_LEAST = 6
"""So that one service of a thousand is seen."""


def shares(counts: Sequence[tuple[str, int]]) -> tuple[Share, ...]:
    """Divide a bar among classes by their counts; nobody who is there becomes too thin to be seen."""
    there = [(name, count) for name, count in counts if count]
    total = sum(count for _, count in there)
    widths = [max(_LEAST, _WHOLE_BAR * count / total) for _, count in there]
    scale = _WHOLE_BAR / sum(widths) if widths else 1
    edges = [0, *(round(scale * sum(widths[: place + 1])) for place in range(len(widths)))]
    return tuple(Share(name, x, end - x) for (name, _), (x, end) in zip(there, pairwise(edges), strict=True))
