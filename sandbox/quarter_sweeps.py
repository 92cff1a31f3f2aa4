"""The sweeps of the simulated quarter: every six hours, as regularly as GitHub starts them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from chitty_action.model.evidence import Evidence
from chitty_action.model.sweep import Blame
from chitty_action.state.moment import utc
from chitty_action.state.sweep import Coverage, Sweep
from sandbox.github_state import REPOSITORY
from sandbox.quarter_lives import DAYS, GONE, HUB, happens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from random import Random

    from sandbox.quarter_lives import Life

EVERY = timedelta(hours=6)
LATE = timedelta(minutes=9)
"""How long before the end the schedule fired last: the sweep of that firing is not there yet."""
_BY_DAY = timedelta(days=1) // EVERY
_DROPPED = (143, 288)
"""Firings, counted from the first, that GitHub did not start a run for."""
_SILENT = timedelta(days=33)
"""Before the end: a day without any sweep."""
_US, _HUB = timedelta(days=44), timedelta(days=71)
"""Before the end: when this runner, and when the hub alone, was in trouble."""
_LASTED = timedelta(hours=11)
_BY_HAND = (9.3, 31.8, 70.9)
"""Days before the end on which somebody did not wait for the schedule."""
_CONFLICTS = ((83, 80, 1), (58, 56.9, 2), (27, 21, 1), (12, 11.4, 1))
"""From and until how many days before the end there were how many route conflicts."""
_UNREAD = (66, 65)
"""From and until how many days before the end nobody could read the routes."""


def schedule(end: datetime) -> str:
    """Give the cron expression, whose last firing was shortly before the end."""
    last = utc(end - LATE)
    hours = sorted((last.hour + turn * EVERY // timedelta(hours=1)) % 24 for turn in range(_BY_DAY))
    return f"{last.minute} {','.join(map(str, hours))} * * *"


def sweeps(lives: Iterable[Life], end: datetime, chance: Random) -> tuple[Sweep, ...]:
    """Give them by time, without the incidents that were open."""
    everybody = tuple(lives)
    return tuple(_sweep(everybody, at, late, end, chance) for at, late in sorted(_begins(end, chance)))


def run_url(repository: str, run: str) -> str:
    """Give the page of a workflow run."""
    return f"https://github.com/{repository}/actions/runs/{run}"


def run_id(at: datetime, salt: int = 0) -> str:
    """Give what GitHub could have called a workflow run at a time; the numbers grow with it."""
    return str(int(at.timestamp()) * 11 + salt)


def _begins(end: datetime, chance: Random) -> Iterator[tuple[datetime, int | None]]:
    """Yield when each sweep began, and how late it was; None for one that somebody started by hand."""
    firings = DAYS * _BY_DAY
    for number in range(firings - 1, 0, -1):
        due = utc(end - LATE).replace(second=0) - number * EVERY
        minutes = chance.lognormvariate(2.4, 0.5) if happens(chance, 0.93) else chance.uniform(60, 300)
        at = due + timedelta(minutes=minutes)
        if firings - number not in _DROPPED and at.date() != (end - _SILENT).date():
            yield utc(at), int((at - due).total_seconds())
    for days in _BY_HAND:
        yield utc(end - timedelta(days=days)), None


def _sweep(lives: Iterable[Life], at: datetime, late: int | None, end: datetime, chance: Random) -> Sweep:
    ago = end - at
    blame = Blame.US if _US - _LASTED < ago <= _US else Blame.HUB if _HUB - _LASTED < ago <= _HUB else Blame.THEM
    known = {life.name: life.at(at) for life in lives}
    listed = {name: seen for name, seen in known.items() if seen != GONE}
    classes = {name: _in_doubt(name, seen, blame) for name, seen in listed.items()}
    answers = ((life.name, life.latency(classes[life.name], chance)) for life in lives if life.name in classes)
    public = sum(seen != Evidence.SKIPPED for seen in classes.values())
    run = run_id(at)
    return Sweep(
        at=at,
        run=run,
        url=run_url(REPOSITORY, run),
        blame=blame,
        classes=classes,
        counts=dict(Counter(classes.values())),
        latency=_heard(answers, blame),
        conflicts=_conflicts(ago / timedelta(days=1)),
        discovery_age=None if blame is not Blame.THEM else chance.randint(20, 3_300),
        refreshed=blame is Blame.THEM,
        late=late,
        every=None if late is None else int(EVERY.total_seconds()),
        coverage=Coverage(public, public + 2),
        elapsed=chance.uniform(2.5, 9.0),
    )


def _in_doubt(name: str, seen: str, blame: Blame) -> str:
    """Give what a look shows where it is not the services that are in trouble."""
    is_looked_at = seen not in {Evidence.SKIPPED, Evidence.UNPROBEABLE}
    is_hidden = (blame is Blame.US and is_looked_at) or (blame is Blame.HUB and name == HUB)
    return Evidence.DOWN if is_hidden else seen


def _heard(answers: Iterable[tuple[str, int | None]], blame: Blame) -> Mapping[str, int]:
    took = {name: milliseconds for name, milliseconds in answers if milliseconds is not None}
    return {} if blame is Blame.US else took


def _conflicts(days: float) -> int | None:
    if _UNREAD[1] < days <= _UNREAD[0]:
        return None
    return next((count for first, last, count in _CONFLICTS if last < days <= first), 0)
