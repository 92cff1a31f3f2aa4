"""The branch's files as a history. Their texts are somebody else's: what cannot be read is told, and never fatal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.model.text import one_line
from chitty_action.state.days import read_days
from chitty_action.state.deployment_lines import read_deployments
from chitty_action.state.history import History
from chitty_action.state.layout import DAYS, DEPLOYMENTS, SWEEPS, is_outbox, month, month_in
from chitty_action.state.lines import UNREADABLE
from chitty_action.state.outbox import entry_in
from chitty_action.state.sweep_lines import read_sweeps
from chitty_action.state.thinning import SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from chitty_action.state.pending import Pending


def history_paths(files: Iterable[str], now: datetime, months: int) -> tuple[str, ...]:
    """Return the files that tell of this month and as many before it, and of all sweeps that are kept one by one."""
    return tuple(sorted(path for path in files if _is_wanted(path, now, months)))


def history(texts: Mapping[str, str]) -> History:
    """Read files; those that are no history are left alone."""
    files = sorted(path for path in texts if _is_history(path))
    days = read_days(DAYS, texts.get(DAYS, ""))
    deployments = [read_deployments(path, texts[path]) for path in files if month_in(path, DEPLOYMENTS) is not None]
    sweeps = [read_sweeps(path, texts[path]) for path in files if month_in(path, SWEEPS) is not None]
    told = (*(one.damaged for one in deployments), *(one.damaged for one in sweeps), days.damaged)
    thinned = {line.value.day for line in days.lines}
    damaged = [sentence for sentences in told for sentence in sentences]
    pending = tuple(_pending(((path, texts[path]) for path in files if is_outbox(path)), damaged))
    recorded = (line.value for one in deployments for line in one.lines)
    swept = (line.value for one in sweeps for line in one.lines)
    return History(
        deployments=tuple(sorted(recorded, key=lambda one: (one.at, one.key))),
        sweeps=tuple(sorted((one for one in swept if one.at.date() not in thinned), key=lambda one: (one.at, one.key))),
        days=tuple(sorted((line.value for line in days.lines), key=lambda one: one.day)),
        pending=tuple(sorted(pending, key=lambda one: (one.order, one.service, one.change))),
        files=tuple(files),
        damaged=tuple(damaged),
    )


def _pending(files: Iterable[tuple[str, str]], damaged: list[str]) -> Iterator[Pending]:
    for path, text in files:
        try:
            yield entry_in(path, text)
        except UNREADABLE as error:
            damaged.append(f"{one_line(path)} cannot be read: {one_line(str(error))}")


def _is_history(path: str) -> bool:
    folders = (DEPLOYMENTS, SWEEPS)
    return path == DAYS or is_outbox(path) or any(month_in(path, folder) is not None for folder in folders)


def _is_wanted(path: str, now: datetime, months: int) -> bool:
    deployed, swept = month_in(path, DEPLOYMENTS), month_in(path, SWEEPS)
    if deployed is not None:
        return month(now) - months <= deployed <= month(now) + 1
    if swept is not None:
        return month(now - SINGLE) <= swept <= month(now) + 1
    return _is_history(path)
