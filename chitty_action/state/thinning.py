"""What goes when it is old, by reconcile's commit only; the outcome is the same whenever and however often that runs.

A day's line rests on its own sweeps and on the last one before them, which stays until that line is written.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from chitty_action.state.days import day_of, read_days, written_days
from chitty_action.state.deployment_lines import only_the_last
from chitty_action.state.layout import DAYS, DEPLOYMENTS, SWEEPS, is_entry, is_last, last_of, month, month_in, sweeps_of
from chitty_action.state.outbox import entry_at, is_claimed, is_too_old
from chitty_action.state.sweep_lines import read_sweeps, written_sweeps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from chitty_action.state.history import Day
    from chitty_action.state.pending import Pending
    from chitty_action.state.sweep import Sweep

LATENCIES: Final = timedelta(days=8)
"""How long sweeps keep the latency of each service."""
SINGLE: Final = timedelta(days=100)
"""How long sweeps are kept one by one."""
WHOLE_MONTHS: Final = 13
"""How many months before this one keep all their deployments."""
LAST_MONTHS: Final = 60
"""How many months before this one keep at least the last deployments."""


def thinned_paths(files: Iterable[str], now: datetime) -> Iterable[str]:
    """Yield the files that thinning has to read."""
    listed = set(files)
    due = {path for path in listed if _is_due(path, now)}
    yield from due | {last_of(path) for path in due}
    yield from (path for path in listed if path == DAYS or is_entry(path) or month_in(path, SWEEPS) is not None)


def thinned(texts: Mapping[str, str], now: datetime) -> Mapping[str, str | None]:
    """Return the files of deployments and sweeps as they have to be now."""
    return {**_thinned_deployments(texts, now), **_thinned_sweeps(texts, now)}


def let_go(texts: Mapping[str, str], now: datetime) -> Mapping[str, Pending]:
    """Return the writes that have waited too long, and that nobody is delivering just now."""
    entries = {path: entry_at(path, texts[path]) for path in sorted(texts)}
    return {
        path: entry
        for path, entry in entries.items()
        if entry is not None and is_too_old(entry, now) and not is_claimed(entry, now)
    }


def _age(path: str, now: datetime) -> int:
    """Return how many months ago a file's deployments were; 0 for other files."""
    number = month_in(path, DEPLOYMENTS)
    return 0 if number is None else month(now) - number


def _is_due(path: str, now: datetime) -> bool:
    return _age(path, now) > (LAST_MONTHS if is_last(path) else WHOLE_MONTHS)


def _thinned_deployments(texts: Mapping[str, str], now: datetime) -> dict[str, str | None]:
    after: dict[str, str | None] = {}
    for path in sorted(path for path in texts if _is_due(path, now)):
        after[path] = None
        if _age(path, now) <= LAST_MONTHS:
            last = last_of(path)
            after[last] = only_the_last(((last, texts.get(last, "")), (path, texts[path])))
    return after


def _thinned_sweeps(texts: Mapping[str, str], now: datetime) -> dict[str, str | None]:
    months = {path: read_sweeps(path, texts[path]) for path in texts if month_in(path, SWEEPS) is not None}
    sweeps = sorted((line.value for one in months.values() for line in one.lines), key=lambda one: (one.at, one.key))
    border = now - SINGLE
    old = [one for one in sweeps if one.at.date() < border.date()]
    kept = [*old[-1:], *(_aged(one, now) for one in sweeps[len(old) :])]
    days = read_days(DAYS, texts.get(DAYS, ""))
    known = [line.value for line in days.lines]
    after = {DAYS: written_days((*known, *_new_days(old, known)), days.unread, now.date())}
    for path, one in months.items():
        is_over = (month_in(path, SWEEPS) or 0) < month(border)
        of_month = [sweep for sweep in kept if sweeps_of(sweep.at) == path]
        after[path] = written_sweeps(of_month, () if is_over else one.unread)
    return after


def _new_days(old: Iterable[Sweep], known: Iterable[Day]) -> Iterable[Day]:
    """Yield a line for each day that has none."""
    there = {one.day for one in known}
    before: Sweep | None = None
    for day, group in groupby(old, key=lambda one: one.at.date()):
        sweeps = tuple(group)
        if day not in there:
            yield day_of(day, before, sweeps)
        before = sweeps[-1]


def _aged(sweep: Sweep, now: datetime) -> Sweep:
    return replace(sweep, latency={}) if sweep.latency and now - sweep.at > LATENCIES else sweep
