"""Where what lies on the data branch (docs/state.md)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

DEPLOYMENTS: Final = "deployments/"
SWEEPS: Final = "sweeps/"
OUTBOX: Final = "outbox/"
DAYS: Final = "sweeps/days.jsonl"
"""A line for each day of which the sweeps themselves are no longer kept."""
METRICS: Final = "metrics.txt"
OURS: Final = (DEPLOYMENTS, SWEEPS, OUTBOX)
"""Folders of which every file is merged by meaning, and none is overwritten whole."""

_PLAIN, _LAST = ".jsonl", ".last.jsonl"
_WAITS = re.compile(r"outbox/(?=[^.]{1,63}\.)[a-z0-9]+(?:-[a-z0-9]+)*\.(?:registration|status)\.json")
_MONTH = re.compile(r"(deployments/|sweeps/)([0-9]{4})-(0[1-9]|1[0-2])(?:\.last)?\.jsonl")


def deployments_of(at: datetime) -> str:
    """Return the file of a deployment at this time, in UTC."""
    return f"{DEPLOYMENTS}{at.year:04}-{at.month:02}{_PLAIN}"


def sweeps_of(at: datetime) -> str:
    """Return the file of a sweep at this time, in UTC."""
    return f"{SWEEPS}{at.year:04}-{at.month:02}{_PLAIN}"


def outbox_of(service: str, change: str) -> str:
    """Return the file of a write that waits; both are kebab-case words."""
    return f"{OUTBOX}{service}.{change}.json"


def last_of(path: str) -> str:
    """Return where the last deployments of a month stay, once the others are gone; its name says so to readers."""
    return path if is_last(path) else path.removesuffix(_PLAIN) + _LAST


def is_last(path: str) -> bool:
    """Whether only the last deployments of that month are left."""
    return path.endswith(_LAST)


def month(at: datetime) -> int:
    """Number the months, so that they can be counted."""
    return at.year * 12 + at.month - 1


def month_in(path: str, folder: str) -> int | None:
    """Return the number of the month that a file of this folder is about; None for any other file."""
    found = _MONTH.fullmatch(path)
    if found is None or found[1] != folder or (folder == SWEEPS and is_last(path)):
        return None
    return int(found[2]) * 12 + int(found[3]) - 1


def is_outbox(path: str) -> bool:
    """Whether a file lies where writes wait, be it one or not."""
    return path.startswith(OUTBOX) and path.endswith(".json")


def is_entry(path: str) -> bool:
    """Whether a file is a write that waits: of a service with a name that can be one, and of a kind that is known."""
    return _WAITS.fullmatch(path) is not None
