"""Everything that names the service's address names the same host.

Why: what is looked at may not be what others use: they find a service where the discovery document says, while a
deployment follows its repository's own files.
Otherwise: a notice that names every source and its host, and which of them counted. Only production is compared,
because discovery describes that.
Remedy: correct the source that is out of date, or leave it if the service answers at all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.model.address import origin_of
from chitty_action.model.check import Check
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Seen, Snapshot
from chitty_action.model.subject import PRODUCTION, Phase, Subject
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.reading import Reading

ID = "addresses-agree"


def _applies(subject: Subject) -> str | None:
    service = subject.service
    if service.environment != PRODUCTION:
        return f"the discovery document describes production, and this is {service.environment}"
    return None if service.declared else "neither an input nor a file of the repository names an address"


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    return (ecosystem.discovery(subject.hub),)


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    observation = snapshot[ecosystem.discovery(subject.hub)]
    name, declared = subject.service.name, subject.service.declared
    entry = observation.value.entry(name) if isinstance(observation, Seen) else None
    named = [(each.address, each.source) for each in declared]
    if entry and (url := entry.url or entry.health):
        named.append((url, "the discovery document"))
    hosts: dict[str, str] = {}
    for address, source in named:
        if host := _host(address):
            hosts.setdefault(host, source)
    if len(hosts) > 1:
        told = ", ".join(f"{source} names {one_line(host, 120)}" for host, source in hosts.items())
        message = f"sources disagree about the address of {name}: {told}; the first one counted"
        yield Finding(ID, name, Level.NOTICE, message, "correct the one that is out of date")


def _host(address: str) -> str | None:
    """Return host and port; None for what is no address, which is told where it is used."""
    try:
        scheme, host, port = origin_of(address if "://" in address else f"https://{address}")
    except ValueError:
        return None
    usual = {"https": 443, "http": 80}.get(scheme)
    return host if port == usual else f"{host}:{port}"


CHECK = Check(ID, "all sources name the same address", frozenset({Phase.POST}), 6, _readings, _judge, _applies)
