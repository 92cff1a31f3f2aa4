"""What is remembered of each service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from chitty_action.metrics.availability import by_service
from chitty_action.metrics.timeline import judgement, timeline
from chitty_action.model.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from chitty_action.metrics.numbers import Availability
    from chitty_action.state.history import History
    from chitty_action.state.sweep import Sweep

_NOT_LOOKED_AT: Final = frozenset({Evidence.SKIPPED, Evidence.UNPROBEABLE})
LATENCIES: Final = 40
"""Sweeps whose latencies are shown."""


class Remembered(Struct, frozen=True):
    """One service, as far as sweeps remember it.

    Attributes:
        since: when it was first seen in the class of the newest sweep, and in no other class after that; None where
            the newest sweep does not list it, or says nothing of it.
        latencies: milliseconds in those of the last 40 sweeps with latencies in which it was looked at, oldest first;
            None where no answer came.
        availability: over 1, 7, 30 and 90 days.
    """

    since: datetime | None
    latencies: tuple[int | None, ...]
    availability: tuple[Availability, ...]


def services_of(history: History, now: datetime, this: Sweep | None) -> dict[str, Remembered]:
    """Return what is remembered of every service that a sweep names, by name, those of this run included."""
    held = timeline(history, now, this)
    sweeps = [each.sweep for each in held]
    latest = [sweep for sweep in sweeps if sweep.latency][-LATENCIES:]
    return {
        name: Remembered(_since(name, sweeps), tuple(_latencies(name, latest)), availability)
        for name, availability in by_service(held, now).items()
    }


def _latencies(name: str, sweeps: Sequence[Sweep]) -> Iterator[int | None]:
    """Yield what each look took; where nobody looked there is nothing to yield."""
    for sweep in sweeps:
        if sweep.classes.get(name, Evidence.SKIPPED) not in _NOT_LOOKED_AT:
            yield sweep.latency.get(name)


def _since(name: str, sweeps: Sequence[Sweep]) -> datetime | None:
    """Walk back until the service was in another class, or in none: between sweeps nobody looked.

    What is down in a sweep with blame `us` is passed over, because it says nothing.
    """
    seen = sweeps[-1].classes.get(name)
    since = None
    for sweep in reversed(sweeps):
        then = sweep.classes.get(name)
        if then == Evidence.DOWN and then not in judgement(sweep):
            continue
        if then is None or then != seen:
            break
        since = sweep.at
    return since
