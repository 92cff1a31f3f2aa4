"""What the data branch remembers, read: facts in the order of their time."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from chitty_action.model.document import Document
from chitty_action.state.deployment import Deployment
from chitty_action.state.moment import YEARS, Count
from chitty_action.state.pending import Pending
from chitty_action.state.sweep import Sweep


class Day(Document, frozen=True, kw_only=True, omit_defaults=True):
    """What is left of a day's sweeps: a line of `sweeps/days.jsonl`.

    Attributes:
        day: in UTC.
        sweeps: how many there were.
        services: rows of the last one.
        healthy: healthy time of all services over known time, 0 to 1; None where nothing was known.
        transitions: how many times a service changed from one known class to another.
        conflicts: the most route conflicts that a sweep saw; None where they were unknown all day.
    """

    day: date
    sweeps: Count
    services: Count = 0
    healthy: Annotated[float, Meta(ge=0, le=1)] | None = None
    transitions: Count = 0
    conflicts: Count | None = None

    def __post_init__(self) -> None:
        if self.day.year not in YEARS:
            raise ValueError(f"its day is in the year {self.day.year}")


class History(Document, frozen=True, kw_only=True):
    """Everything that was read, the oldest first.

    Attributes:
        deployments: as far back as they were read.
        sweeps: those that are still kept one by one, of days without a line of their own.
        days: those of which only that line is left.
        pending: the outbox.
        files: the files that were read.
        is_read: whether the branch was read, be it empty.
        damaged: what could not be read of them, a sentence each.
    """

    deployments: tuple[Deployment, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
    days: tuple[Day, ...] = ()
    pending: tuple[Pending, ...] = ()
    files: tuple[str, ...] = ()
    is_read: bool = False
    damaged: tuple[str, ...] = ()
