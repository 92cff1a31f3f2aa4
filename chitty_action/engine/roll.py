"""The roll: who is listed, who of them is left out by a person, and what is odd about the list itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chitty_action import ecosystem
from chitty_action.engine.judge import status_of
from chitty_action.engine.roster import roster
from chitty_action.incidents.pictures import oddities_by_name
from chitty_action.inputs.values import Ignored, is_over
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Blocked, Observation, Seen, trouble
from chitty_action.model.report import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from chitty_action.documents.discovery import Discovery
    from chitty_action.documents.services import Services
    from chitty_action.engine.roster import Listed
    from chitty_action.inputs import Inputs
    from chitty_action.inputs.values import Ignore, IgnoredRoute
    from chitty_action.model.observation import Snapshot
    from chitty_action.model.subject import Hub

ID = "service-list"
_REGISTRY = "registry"


class Roll(Struct, frozen=True):
    """Everybody on the list, in its order; nobody where it could not be read or is empty.

    `oddities` are those of the registry's rows by name; None where discovery stood in for the registry.
    """

    listed: tuple[Listed, ...]
    outcome: Outcome
    oddities: Mapping[str, str] | None = None


def roll_of(snapshot: Snapshot, hub: Hub, discovery: Discovery | None, inputs: Inputs, today: date) -> Roll:
    """Call the roll. An unreadable or empty list is an error, and then nothing may be written anywhere."""
    observation = snapshot[ecosystem.services(hub)]
    if not isinstance(observation, Seen) or not observation.value.rows:
        return Roll((), _unreadable(observation))
    rows = roster(observation.value, observation.generation, discovery, inputs)
    left_out = {ignored.name: ignored for ignored in inputs.ignore.services if not is_over(ignored, today)}
    listed = tuple(_ignored(row, left_out) for row in rows)
    by_registry = observation.url != ecosystem.discovery(hub).sources[0].url
    oddities = oddities_by_name((row.name, row.oddities) for row in rows) if by_registry else None
    findings = (
        *(Finding(ID, name, Level.WARNING, told, "have the row corrected") for name, told in (oddities or {}).items()),
        *_remarks(inputs.ignore, {row.name for row in rows}, today),
        *(() if by_registry else (_stood_in(observation),)),
    )
    seen = f"{observation.value.told()}: {trouble(observation)}"
    outcome = Outcome(ID, _REGISTRY, status_of(findings), seen, findings, observation.generation)
    return Roll(listed, outcome, oddities)


def _unreadable(observation: Observation[Services]) -> Outcome:
    if isinstance(observation, Seen):
        message = f"the list of services is empty: {observation.url} {trouble(observation)}"
        hint = "see whether registry-url is right, and what happened to the registry's rows"
    else:
        message = f"the list of services cannot be read: {observation.url} {trouble(observation)}"
        hint = (
            "let this runner read the registry"
            if isinstance(observation, Blocked)
            else "see whether the registry is up"
        )
    finding = Finding(ID, _REGISTRY, Level.ERROR, f"{message}; nothing was looked at, and nothing written", hint)
    return Outcome(ID, _REGISTRY, status_of([finding]), trouble(observation), (finding,))


def _stood_in(observation: Seen[Services]) -> Finding:
    message = f"the registry could not be read, so the list is that of the discovery document: {observation.url}"
    return Finding(
        ID, _REGISTRY, Level.WARNING, message, "let this runner read the registry: discovery knows fewer services"
    )


def _ignored(row: Listed, left_out: Mapping[str, Ignored]) -> Listed:
    """Leave out a service that a person does not want looked at; what is left out anyway keeps its own reason."""
    ignored = left_out.get(row.name)
    if ignored is None or row.where is None:
        return row
    until = f" until {ignored.until}" if ignored.until else ""
    return replace(row, where=None, skipped=f"ignored{until}: {ignored.reason}")


def _remarks(ignore: Ignore, names: set[str], today: date) -> Iterator[Finding]:
    """Say which lines are over, and which name a service that is not there."""
    named: tuple[tuple[str, Ignored | IgnoredRoute], ...] = (
        *((service.name, service) for service in ignore.services),
        *((f"route {route.pattern}", route) for route in ignore.routes),
    )
    for name, line in named:
        if is_over(line, today):
            message = f"input ignore no longer leaves {name} out: its line ended on {line.until}"
            yield Finding(ID, name, Level.WARNING, message, "remove the line, or give it another date")
        elif isinstance(line, Ignored) and name not in names:
            message = f"input ignore names {name}, which is not on the list"
            yield Finding(ID, name, Level.NOTICE, message, "remove the line")
