"""The registry knows the service.

Why: a developer sees before the deployment whether it will be the service's first registration.
Otherwise: notice when it is not registered, because `post` will register it, and when nobody may ask; warning when the
registry cannot be asked, or has several rows of the name.
Remedy: none before the first deployment; otherwise see what the registry answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.model.address import origin_of
from chitty_action.model.check import Check
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Absent, Blocked, Seen, Snapshot, Unfinished, trouble
from chitty_action.model.reading import NotFound
from chitty_action.model.subject import Phase, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.reading import Reading

ID = "service-registered"


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    return (ecosystem.registered(subject.hub, subject.service.name),)


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    name = subject.service.name
    observation = snapshot[ecosystem.registered(subject.hub, name)]
    gatekeeper = _gatekeeper(subject, observation.url)
    match observation:
        case Unfinished():
            return
        case Seen(value=registered) if registered.rows:
            if registered.rows > 1:
                yield Finding(
                    ID,
                    name,
                    Level.WARNING,
                    f"the registry has {registered.rows} rows of the name {name}: {observation.url}",
                    "have all but one of them removed: by name nobody can tell which one counts",
                )
        case Seen() | Absent(what=NotFound.SUBJECT):
            yield Finding(
                ID,
                name,
                Level.NOTICE,
                f"{name} is not registered yet; phase post will register it after the deployment",
            )
        case Absent():
            host = origin_of(subject.hub.registry)[1]
            yield Finding(
                ID, name, Level.NOTICE, f"not offered by {host}: asking for one service, so whether {name} is unknown"
            )
        case Blocked(status=401 | 403):
            yield Finding(
                ID,
                name,
                Level.NOTICE,
                f"whether {name} is registered is unknown: {observation.url} is protected ({trouble(observation)})",
                f"let the runner read {gatekeeper or 'the registry'}, if the output registered is to say it",
            )
        case _:
            failed = f"the registry could not be asked whether it knows {name}"
            if gatekeeper:
                failed = f"whether {name} is registered could not be asked"
            yield Finding(
                ID,
                name,
                Level.WARNING,
                f"{failed}: {observation.url} {trouble(observation)}",
                "nothing to do for this deployment; "
                f"if it stays so, see what {gatekeeper or 'the registry'} answers at that address",
            )


def _gatekeeper(subject: Subject, url: str) -> str | None:
    """Return ChittyRegister's host where the answer was its own; None where it was the registry's."""
    record = ecosystem.compliance(subject.hub, subject.service.name).sources[0]
    return origin_of(url)[1] if url == record.url else None


CHECK = Check(ID, "the registry knows the service", frozenset({Phase.PRE}), 3, _readings, _judge)
