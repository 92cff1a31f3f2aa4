"""The deployed service answers healthy at its own address.

Why: a deployment that nobody can reach, or that says it is not well, is not done.
Otherwise: in `post` an error, after `wait-for-health` seconds of asking. `redirected` and `unprobeable` end the wait at
once; `blocked` does too, with level `on-blocked`. Without any address the look is skipped, with a warning. In
`reconcile` a warning for `degraded`, `down` and `missing`, a notice for the rest: there the incident is the alarm.
Remedy: open the health URL, read the service's log; name the right address with the input `service-url`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.documents.health import describe, evidence
from chitty_action.model.check import Check
from chitty_action.model.evidence import BROKEN, Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.subject import Address, Lack, Nowhere, Phase, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.observation import Snapshot
    from chitty_action.model.reading import Reading

ID = "service-healthy"
_CURES = {
    Evidence.BLOCKED: (
        "let this runner through to the health URL (a WAF skip rule, an Access bypass policy), "
        "or use a runner that may look"
    ),
    Evidence.REDIRECTED: "let the health URL answer itself, or name the address that does with the input service-url",
    Evidence.UNPROBEABLE: "name a public address with service-url, or permit private ones with allow-private-hosts",
    Evidence.MISSING: "deploy a handler for the health URL, or name the right address with the input service-url",
    Evidence.DEGRADED: "see what the service says at the health URL and in its log, then deploy again",
    Evidence.DOWN: "see the service's log, and whether service-url is right; a new host may need more wait-for-health",
    Evidence.SKIPPED: "raise the input deadline, and see which system was slow",
}


_SWEEP_CURES = {
    **_CURES,
    Evidence.UNPROBEABLE: "correct its registration, or permit private addresses with allow-private-hosts",
    Evidence.REDIRECTED: "let the health URL answer itself, or correct its registration",
    Evidence.MISSING: "deploy a handler for the health URL, or correct its registration",
    Evidence.DEGRADED: "see what the service says at the health URL and in its log",
    Evidence.DOWN: "see whether the service is deployed, and its log",
}


def _applies(subject: Subject) -> str | None:
    address = subject.service.address
    return address.reason if isinstance(address, Nowhere) and address.lack is Lack.NO_HTTP else None


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    address = subject.service.address
    return (ecosystem.health_at(address.health, subject.health_condition),) if isinstance(address, Address) else ()


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    name, address = subject.service.name, subject.service.address
    if subject.phase is Phase.RECONCILE:
        yield from _judge_in_sweep(subject, snapshot)
        return
    if isinstance(address, Nowhere):
        level = Level.WARNING if address.lack is Lack.NOT_NAMED else Level.ERROR
        yield Finding(
            ID, name, level, f"{name} was not looked at: {address.reason}", "name its address with service-url"
        )
        return
    observation = snapshot[ecosystem.health_at(address.health, subject.health_condition)]
    seen = evidence(observation)
    if seen is Evidence.HEALTHY:
        return
    level = subject.on_blocked if seen is Evidence.BLOCKED else Level.ERROR
    looks = f", after {observation.looks} looks" if observation.looks > 1 else ""
    message = f"{name} was not seen healthy ({seen}): {address.health} {describe(observation)}{looks}"
    yield Finding(ID, name, level, message, _CURES[seen])


def _judge_in_sweep(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    name, address = subject.service.name, subject.service.address
    if isinstance(address, Nowhere):
        yield Finding(
            ID, name, Level.NOTICE, f"{name} cannot be looked at: {address.reason}", "correct its registration"
        )
        return
    observation = snapshot[ecosystem.health_at(address.health, subject.health_condition)]
    seen = evidence(observation)
    if seen is not Evidence.HEALTHY:
        level = Level.WARNING if seen in BROKEN else Level.NOTICE
        yield Finding(
            ID, name, level, f"{name} is {seen}: {address.health} {describe(observation)}", _SWEEP_CURES[seen]
        )


CHECK = Check(
    ID, "the service answers healthy", frozenset({Phase.POST, Phase.RECONCILE}), 1, _readings, _judge, _applies
)
