"""Which issues are ours, and which one of a kind survives."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.incidents.block import STANDING, first_line, marker
from chitty_action.incidents.memory import read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chitty_action.incidents.memory import Memory
    from chitty_action.model.incident import Issue, Kind

LISTED_FOR = timedelta(days=8)
"""How long a closed incident is looked at; list issues that were closed since then."""
_TRUSTED = frozenset({"OWNER", "COLLABORATOR"})
_DUPLICATE = "duplicate"


class Own(Struct, frozen=True):
    """Our issues of one kind: the open ones, the oldest first, and the one closed last and not as a duplicate."""

    opened: tuple[Issue, ...]
    closed: Issue | None

    @property
    def survivor(self) -> Issue | None:
        """The issue that stands for the kind."""
        return self.opened[0] if self.opened else self.closed


def is_ours(issue: Issue, first: str, login: str) -> bool:
    """Whether the marker stands in the first line, written by ourselves or by somebody who may."""
    is_own = bool(login) and issue.author.casefold() == login.casefold()
    return first_line(issue.body) == first and (is_own or issue.association in _TRUSTED)


def own(kind: Kind, issues: Iterable[Issue], login: str, now: datetime) -> Own:
    """Find our issues of this kind."""
    ours = [issue for issue in issues if is_ours(issue, marker(kind), login)]
    opened = sorted((issue for issue in ours if issue.is_open), key=lambda issue: (issue.created, issue.number))
    closed = [
        (issue.closed, issue.number, issue)
        for issue in ours
        if not issue.is_open and issue.closed and issue.closed >= now - LISTED_FOR and issue.reason != _DUPLICATE
    ]
    last = max(closed, key=lambda found: found[:2])[2] if closed else None
    return Own(tuple(opened), last)


def standing_issue(issues: Iterable[Issue], login: str) -> Issue | None:
    """Find the issue that remembers what has no incident yet; the oldest if there are several."""
    ours = [issue for issue in issues if is_ours(issue, STANDING, login)]
    return min(ours, key=lambda issue: issue.number, default=None)


def waiting(kind: Kind, standing: Issue | None) -> Memory | None:
    """Return what the standing issue remembers of this kind."""
    return read(standing.body, kind) if standing else None
