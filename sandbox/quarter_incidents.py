"""The incidents of the simulated quarter: one a kind, from the first sweep that saw it to the first that did not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.model.evidence import BROKEN, Evidence
from chitty_action.model.incident import Kind
from chitty_action.model.sweep import Blame
from chitty_action.state.sweep import OpenIncident
from sandbox.github_state import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from chitty_action.state.sweep import Sweep

_REOPENED_WITHIN = timedelta(hours=24)
_STATES = {
    Kind.UNHEALTHY_SERVICES: BROKEN,
    Kind.PROXY_FAILURES: frozenset({Evidence.REDIRECTED}),
    Kind.REGISTRY_DRIFT: frozenset({Evidence.UNPROBEABLE}),
}
"""The classes that make an incident of a kind."""


@dataclass(slots=True)
class Incident:
    """One incident.

    Attributes:
        kind: which one.
        number: of its issue.
        since: when it began.
        seen: by which run last, its time and its page.
        closed: when it ended last; None while it is open.
        affected: state, and since when it is so, by who is concerned; nobody once it is closed.
    """

    kind: Kind
    number: int
    since: datetime
    seen: tuple[datetime, str]
    closed: datetime | None = None
    affected: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def shown(self) -> OpenIncident:
        """Give it as a sweep remembers it."""
        return OpenIncident(self.kind, f"https://github.com/{REPOSITORY}/issues/{self.number}", self.since)


def followed(sweeps: Iterable[Sweep]) -> tuple[tuple[Sweep, ...], tuple[Incident, ...]]:
    """Give the sweeps with the incidents that were open at the end of each, and all incidents by their number."""
    incidents: list[Incident] = []
    told = []
    for sweep in sweeps:
        for kind in Kind:
            _follow(kind, sweep, incidents)
        is_open = (one for one in incidents if one.closed is None)
        told.append(replace(sweep, incidents=tuple(one.shown() for one in is_open)))
    return tuple(told), tuple(incidents)


def _follow(kind: Kind, sweep: Sweep, incidents: list[Incident]) -> None:
    now = _affected(kind, sweep)
    if now is None:
        return
    ours = next((one for one in reversed(incidents) if one.kind is kind), None)
    if now and (ours is None or (ours.closed and sweep.at - ours.closed > _REOPENED_WITHIN)):
        ours = Incident(kind, len(incidents) + 1, sweep.at, (sweep.at, sweep.url))
        incidents.append(ours)
    if ours is None or not (now or ours.closed is None):
        return
    ours.affected = {name: (state, ours.affected.get(name, ("", sweep.at))[1]) for name, state in now.items()}
    ours.closed = None if now else sweep.at
    ours.seen = sweep.at, sweep.url


def _affected(kind: Kind, sweep: Sweep) -> Mapping[str, str] | None:
    """Give the state of everybody who is concerned; None where the sweep could not say."""
    match kind:
        case Kind.HUB_UNREACHABLE:
            whose = {Blame.US: "this runner or the hub", Blame.HUB: "ChittyConnect"}
            return {whose[Blame(sweep.blame)]: "unreachable"} if sweep.blame in whose else {}
        case Kind.ROUTE_CONFLICTS:
            if sweep.conflicts is None:
                return None
            return {f"old-{number}.chitty.cc/*": "shadowed" for number in range(sweep.conflicts)}
        case Kind.DISCOVERY_ERRORS:
            return {}
        case _ if sweep.blame == Blame.US:
            return None
        case _:
            return {name: seen for name, seen in sweep.classes.items() if seen in _STATES[kind]}
