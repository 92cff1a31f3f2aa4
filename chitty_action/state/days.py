"""What is left of a day's sweeps once they are old: `sweeps/days.jsonl`."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from chitty_action.model.evidence import PROBED, Evidence
from chitty_action.state.history import Day
from chitty_action.state.lines import encoded, joined, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from chitty_action.state.lines import Lines
    from chitty_action.state.sweep import Sweep

USUAL: Final = timedelta(hours=6)
"""Between two sweeps that no schedule started."""
LONGEST: Final = timedelta(days=7)
"""Between two sweeps of any schedule."""
KEPT: Final = timedelta(days=3653)
_OURS: Final = "us"


def holds_for(sweep: Sweep) -> timedelta:
    """Return how long what a sweep saw counts as known, should no other one follow: twice the usual interval."""
    every = USUAL if sweep.every is None else timedelta(seconds=min(max(sweep.every, 0), LONGEST.total_seconds()))
    return 2 * every


def known_classes(sweep: Sweep) -> Mapping[str, str]:
    """Return the classes that say how a service was; what is down says nothing where the fault was ours."""
    silent = {Evidence.DOWN} if sweep.blame == _OURS else set()
    return {name: seen for name, seen in sweep.classes.items() if seen in PROBED and seen not in silent}


def day_of(day: date, before: Sweep | None, sweeps: Sequence[Sweep]) -> Day:
    """Return what is left of a day's sweeps. `before` is the last one of an earlier day, which holds into this one."""
    start = datetime.combine(day, time(), UTC)
    end = start + timedelta(days=1)
    samples = (*filter(None, [before]), *sweeps)
    looks = [known_classes(sample) for sample in samples]
    healthy = known = 0.0
    for sample, look, following in zip(samples, looks, (*(one.at for one in samples[1:]), end), strict=True):
        until = min(sample.at + holds_for(sample), following)
        seconds = max((until - max(sample.at, start)).total_seconds(), 0)
        classes = Counter(look.values())
        healthy += classes[Evidence.HEALTHY] * seconds
        known += classes.total() * seconds
    return Day(
        day=day,
        sweeps=len(sweeps),
        services=sum(sweeps[-1].counts.values()),
        healthy=round(healthy / known, 6) if known else None,
        transitions=sum(_changes(one, other) for one, other in pairwise(looks)),
        conflicts=max((one.conflicts for one in sweeps if one.conflicts is not None), default=None),
    )


def read_days(path: str, text: str) -> Lines[Day]:
    """Read the file of days."""
    return read(path, text, Day.read)


def written_days(days: Iterable[Day], unread: Iterable[str], today: date) -> str | None:
    """Return the file of days: one line a day, and of two the one that rests on more; after ten years they go."""
    by_day = {one.day: one for one in sorted(days, key=lambda one: (one.sweeps, encoded(one)))}
    kept = (by_day[day] for day in sorted(by_day) if day >= today - KEPT)
    return joined(map(encoded, kept), unread)


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> int:
    return sum(name in before and before[name] != seen for name, seen in after.items())
