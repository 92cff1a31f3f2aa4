"""An incident: what is broken in the ecosystem, and what GitHub's issues say of it (interface, section 6)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from chitty_action.model.route import Move


class Kind(StrEnum):
    """One issue per kind."""

    UNHEALTHY_SERVICES = "unhealthy-services"
    ROUTE_CONFLICTS = "route-conflicts"
    PROXY_FAILURES = "proxy-failures"
    HUB_UNREACHABLE = "hub-unreachable"
    REGISTRY_DRIFT = "registry-drift"
    DISCOVERY_ERRORS = "discovery-errors"


class Affected(Struct, frozen=True):
    """One subject of an incident, as this run saw it.

    Attributes:
        name: what makes the set: a service, a route, a row of the registry.
        state: one word of ours, such as an evidence class.
        detail: what was seen, a clause that may quote remote text.
        move: what would resolve it, where that is known.
    """

    name: str
    state: str
    detail: str = ""
    move: Move | None = None


class Picture(Struct, frozen=True):
    """What this run saw of one kind.

    Attributes:
        kind: which one.
        affected: who is broken, without two of one name; nobody means that all was seen to be well.
        unjudged: why the run cannot say (nothing is opened, changed or closed then); None when it can.
        may_close: False where what is not broken in this picture may be so all the same: nothing is closed.
        suppressed: names of what is probably broken because of this one; they are listed in it.
        unseen: names of which this run saw nothing (blocked, cut short): whoever of them was affected stays so.
    """

    kind: Kind
    affected: tuple[Affected, ...] = ()
    unjudged: str | None = None
    may_close: bool = True
    suppressed: tuple[str, ...] = ()
    unseen: frozenset[str] = frozenset()


class Issue(Struct, frozen=True):
    """An issue as GitHub has it; pull requests are none.

    `reason` is GitHub's `state_reason` (completed, not_planned, reopened, duplicate), `association` its
    `author_association`; times are UTC.
    """

    number: int
    title: str
    body: str
    is_open: bool
    author: str
    association: str
    created: datetime
    closed: datetime | None = None
    reason: str | None = None
    url: str = ""


class Action(StrEnum):
    """What became of an incident, as the output `incidents` spells it; `would-` stands before it in a dry run."""

    OPENED = "opened"
    UPDATED = "updated"
    COMMENTED = "commented"
    CLOSED = "closed"
    REOPENED = "reopened"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Told(Struct, frozen=True):
    """One incident at the end of a run: an element of the output `incidents`."""

    kind: Kind
    url: str
    action: str
