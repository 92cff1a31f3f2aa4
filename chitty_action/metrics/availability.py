"""How much of the time services were seen healthy, from samples that come at irregular times.

Each sweep is a sample that holds for a while (`metrics.timeline`). Only `healthy` is healthy; `degraded`, `down` and
`missing` are not. Every other class, a service that a sweep does not list, what is `down` in a sweep with blame `us`,
and gaps are time of which nothing is known: it counts neither for nor against. What rests on less than a hundredth of
its window is unknown too: one look says nothing of 90 days.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from chitty_action.metrics.numbers import Availability
from chitty_action.metrics.timeline import judgement
from chitty_action.model.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from chitty_action.metrics.timeline import Held
    from chitty_action.state.history import Day
    from chitty_action.state.sweep import Sweep

WINDOWS: Final = (1, 7, 30, 90)
"""Days before now."""
DAY: Final = 86_400.0
"""Seconds."""
LEAST: Final = 0.01
"""The part of a window that has to be known for a value of it."""


class Whole(Struct, frozen=True):
    """How much of a window all services together were seen healthy.

    Attributes:
        days: the length of the window.
        value: healthy time of all services over their known time, 0 to 1; None where less than LEAST of the window is
            known, days of which only their line is left included.
        known: known time, sweep by sweep, over the window of as many services as were ever to be looked at in one
            sweep, 0 to 1. What is `skipped` is not to be looked at.
        lines: days that only their line is left of. Each weighs like a day of which all was known.
    """

    days: int
    value: float | None
    known: float
    lines: int


def by_service(held: Sequence[Held], now: datetime) -> dict[str, tuple[Availability, ...]]:
    """Return the availability over WINDOWS of every service that a sweep names, by name.

    The windows all end now, so time is cut into rings, the last day, the six days before it and so on, and each piece
    of time is added up once. Neighbours that share their mapping of classes are one piece.
    """
    rings = [_pieces(held, now - timedelta(days=outer), now - timedelta(days=inner)) for inner, outer in _RINGS]
    names = sorted({name for classes in _mappings(held) for name in classes})
    return {name: _windows([_time(name, ring) for ring in rings]) for name in names}


def of_all(held: Sequence[Held], days: Iterable[Day], now: datetime) -> tuple[Whole, ...]:
    """Return the availability of all services together over WINDOWS.

    Of a day that only its line is left of, the line stands for as many services as the line says.
    """
    lines = lines_of(held, days)
    counted = [(each, *count(each.sweep)) for each in held]
    return tuple(_whole(window, counted, lines, now) for window in WINDOWS)


def lines_of(held: Sequence[Held], days: Iterable[Day]) -> tuple[Day, ...]:
    """Return the lines that know something of days without a sweep of their own."""
    swept = {each.sweep.at.astimezone(UTC).date() for each in held}
    return tuple(line for line in days if line.healthy is not None and line.services > 0 and line.day not in swept)


def midnight_after(day: date) -> datetime:
    """Return the end of a day in UTC."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def count(sweep: Sweep) -> tuple[int, int]:
    """Return how many services a sweep saw healthy, and of how many it can say whether they are."""
    well = judgement(sweep)
    classes = Counter(sweep.classes.values())
    known = {seen: number for seen, number in classes.items() if seen in well}
    return sum(number for seen, number in known.items() if well[seen]), sum(known.values())


_RINGS: Final = tuple(pairwise((0, *WINDOWS)))
_Piece = tuple["Mapping[str, str]", "Mapping[str, bool]", float]
"""Classes by service, what they say, and seconds."""


def _mappings(held: Iterable[Held]) -> Iterable[Mapping[str, str]]:
    """Return each mapping of classes once, however many sweeps share it."""
    return {id(each.sweep.classes): each.sweep.classes for each in held}.values()


def _pieces(held: Iterable[Held], start: datetime, end: datetime) -> list[_Piece]:
    pieces: list[_Piece] = []
    for each in held:
        seconds = each.seconds(start, end)
        if not seconds:
            continue
        classes, well = each.sweep.classes, judgement(each.sweep)
        if pieces and pieces[-1][0] is classes and pieces[-1][1] is well:
            seconds += pieces.pop()[2]
        pieces.append((classes, well, seconds))
    return pieces


def _time(name: str, pieces: Iterable[_Piece]) -> tuple[float, float]:
    """Return the healthy and the known seconds of one service."""
    healthy = broken = 0.0
    for classes, well, seconds in pieces:
        seen = well.get(classes.get(name, ""))
        if seen:
            healthy += seconds
        elif seen is False:
            broken += seconds
    return healthy, healthy + broken


def _share(healthy: float, known: float, window: float) -> float | None:
    """Return the healthy share of the known seconds of a window; None where they are too few of it to tell."""
    return healthy / known if known and known / window >= LEAST else None


def _windows(rings: Iterable[tuple[float, float]]) -> tuple[Availability, ...]:
    sums = accumulate(rings, lambda inner, ring: (inner[0] + ring[0], inner[1] + ring[1]))
    return tuple(
        Availability(days, _share(healthy, known, days * DAY), known / (days * DAY))
        for days, (healthy, known) in zip(WINDOWS, sums, strict=True)
    )


def _whole(days: int, counted: Sequence[tuple[Held, int, int]], lines: Iterable[Day], now: datetime) -> Whole:
    start = now - timedelta(days=days)
    within = [(each.seconds(start, now), each, well, known) for each, well, known in counted]
    within = [entry for entry in within if entry[0]]
    healthy = sum(seconds * well for seconds, _, well, _ in within)
    known = sum(seconds * number for seconds, _, _, number in within)
    listed = max((_to_be_seen(each.sweep) for _, each, _, _ in within), default=0)
    weights = list(_weighed(lines, start, now))
    most = max((listed, *(line.services for line, _ in weights)))
    good = healthy + sum(weight * (line.healthy or 0.0) for line, weight in weights)
    total = known + sum(weight for _, weight in weights)
    return Whole(
        days,
        _share(good, total, most * days * DAY),
        known / (listed * days * DAY) if listed else 0.0,
        len(weights),
    )


def _to_be_seen(sweep: Sweep) -> int:
    return sum(seen != Evidence.SKIPPED for seen in sweep.classes.values())


def _weighed(lines: Iterable[Day], start: datetime, end: datetime) -> Iterator[tuple[Day, float]]:
    """Yield the lines of days that lie in a window, with the services' seconds that they stand for."""
    for line in lines:
        following = midnight_after(line.day)
        inside = min(following, end) - max(following - timedelta(days=1), start)
        if inside > timedelta():
            yield line, line.services * inside.total_seconds()
