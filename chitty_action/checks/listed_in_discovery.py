"""The discovery document lists the service.

Why: what is not listed there is not found by others.
Otherwise: warning; a notice when the service was registered for the first time in this very run, because the document
is cached for up to 5 minutes.
Remedy: wait for the cache (input `wait-for-discovery`); if it stays so, see why ChittyConnect does not list it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.model.address import origin_of
from chitty_action.model.check import Check
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Absent, Seen, Snapshot, Unfinished, trouble
from chitty_action.model.subject import Phase, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.reading import Reading

ID = "listed-in-discovery"


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    return (ecosystem.discovery(subject.hub),)


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    name = subject.service.name
    observation = snapshot[ecosystem.discovery(subject.hub)]
    match observation:
        case Unfinished():
            return
        case Seen(value=document):
            if document.entry(name) is None:
                new = subject.newly_registered
                yield Finding(
                    ID,
                    name,
                    Level.NOTICE if new else Level.WARNING,
                    f"{name} is not in the discovery document yet"
                    if new
                    else f"{name} is not in the discovery document",
                    "its cache lives up to 5 minutes: raise wait-for-discovery, or see whether it is registered",
                )
        case Absent():
            host = origin_of(subject.hub.connect)[1]
            yield Finding(
                ID, name, Level.NOTICE, f"not offered by {host}: a discovery document ({trouble(observation)})"
            )
        case _:
            yield Finding(
                ID,
                name,
                Level.WARNING,
                f"whether {name} is listed is unknown: {observation.url} {trouble(observation)}",
                "see what ChittyConnect answers at that address",
            )


CHECK = Check(ID, "discovery lists the service", frozenset({Phase.POST}), 3, _readings, _judge)
