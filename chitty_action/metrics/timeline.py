"""The sweeps in the order of their time, and how long what each saw is taken to hold."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from chitty_action.model.evidence import PROBED, Evidence
from chitty_action.model.sweep import Blame

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chitty_action.state.history import History
    from chitty_action.state.sweep import Sweep

REMEMBERED: Final = timedelta(days=90)
"""The longest window, which is also what the usual interval is taken from."""
_HOLDS: Final = 2
"""Usual intervals for which a sweep holds where no other follows: one may be hours late, or dropped."""
_WELL: Final[Mapping[str, bool]] = {seen: seen is Evidence.HEALTHY for seen in PROBED}
_WELL_IN_DOUBT: Final[Mapping[str, bool]] = {seen: well for seen, well in _WELL.items() if seen is not Evidence.DOWN}


class Held(Struct, frozen=True):
    """A sweep, and until when what it saw is taken to hold; then comes another, or a gap of which nothing is known.

    Attributes:
        sweep: holds from its `at`.
        until: not before that.
    """

    sweep: Sweep
    until: datetime

    def seconds(self, start: datetime, end: datetime) -> float:
        """Return how much of a window lies in it."""
        return max(0.0, (min(self.until, end) - max(self.sweep.at, start)).total_seconds())


def timeline(history: History, now: datetime, this: Sweep | None) -> tuple[Held, ...]:
    """Return the sweeps, the oldest first, each as long as it holds.

    A sweep holds until the next one, but at most twice the usual interval: that of its schedule (`Sweep.every`), else
    of the last scheduled sweep before it, else the median gap of the sweeps of the last 90 days. The intervals are the
    same for every window, so what is known in one is known in all of them. The sweep of this run holds until now. A
    sweep that no interval is known for (the only one there is, and not of this run) holds for no time at all.
    """
    sweeps = in_order(history, now, this)
    usual = _median_gap([sweep.at for sweep in sweeps if sweep.at > now - REMEMBERED])
    held = []
    every: float | None = None
    for sweep, end in zip(sweeps, [*(following.at for following in sweeps[1:]), now], strict=False):
        every = sweep.every or every
        longest = timedelta(seconds=_HOLDS * (every or usual))
        until = end if sweep is this else min(end, sweep.at + longest)
        held.append(Held(sweep, max(sweep.at, until)))
    return tuple(held)


def in_order(history: History, now: datetime, this: Sweep | None) -> list[Sweep]:
    """Return what is remembered of sweeps and this one, by time: the last one is the newest.

    This run may be remembered already, then what it holds in memory counts; what claims to be of the future does not.
    """
    own = this.key if this else None
    sweeps = [sweep for sweep in history.sweeps if sweep.key != own and sweep.at <= now]
    return sorted([*sweeps, this] if this else sweeps, key=lambda sweep: sweep.at)


def judgement(sweep: Sweep) -> Mapping[str, bool]:
    """Return which classes of this sweep say that a service is well, and which that it is not; no other says either.

    In a sweep with blame `us` what is down says nothing of the services.
    """
    return _WELL_IN_DOUBT if sweep.blame == Blame.US else _WELL


def _median_gap(moments: list[datetime]) -> float:
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    return median(gaps) if gaps else 0.0
