"""The service answers healthy through the API gateway.

Why: other services and clients reach it there; a deployment can be well and still not be proxied.
Otherwise: warning. Where the gateway does not offer the path, or does not let this runner look, a notice, and the
output `proxied` is `unknown`. No credential is ever sent, because the gateway hands it on to the service.
Remedy: have the gateway route `/<name>/api/*` to the service; new services are often not yet configured there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.documents.health import describe, evidence
from chitty_action.model.address import origin_of
from chitty_action.model.check import Check
from chitty_action.model.evidence import Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Unprobeable
from chitty_action.model.subject import Lack, Nowhere, Phase, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.documents.health import HealthDocument
    from chitty_action.model.observation import Observation, Snapshot
    from chitty_action.model.reading import Reading

ID = "proxy-reachable"
_SUCCESS = range(200, 300)


def _applies(subject: Subject) -> str | None:
    address = subject.service.address
    return address.reason if isinstance(address, Nowhere) and address.lack is Lack.NO_HTTP else None


def _reading(subject: Subject) -> Reading[HealthDocument]:
    service = subject.service
    return ecosystem.proxied_health(subject.hub, service.name, subject.health_condition, service.label)


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    return (_reading(subject),)


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    name = subject.service.name
    observation = snapshot[_reading(subject)]
    host = origin_of(subject.hub.api)[1]
    match evidence(observation):
        case Evidence.HEALTHY | Evidence.SKIPPED:
            return
        case Evidence.MISSING:
            yield Finding(
                ID, name, Level.NOTICE, f"not offered by {host}: a proxy for {name} ({describe(observation)})"
            )
        case Evidence.BLOCKED:
            yield Finding(
                ID,
                name,
                Level.NOTICE,
                f"{host} did not let this runner look at {name} through the proxy: {describe(observation)}",
                "let the runner's addresses through, if the proxy is to be watched",
            )
        case other:
            yield Finding(
                ID,
                name,
                Level.WARNING,
                f"{name} is {other} through the proxy: {observation.url} {describe(observation)}",
                _cure(observation, subject.service.label or name),
            )


def _cure(observation: Observation[HealthDocument], label: str) -> str:
    if observation.status in _SUCCESS:
        return "the proxy works: see what the service itself says"
    if isinstance(observation, Unprobeable):
        return "correct the input api-url, or permit private addresses with allow-private-hosts"
    return f"have the gateway route /{label}/api/* to the service; a new one may not be configured there yet"


CHECK = Check(
    ID,
    "the service answers through the proxy",
    frozenset({Phase.POST, Phase.RECONCILE}),
    2,
    _readings,
    _judge,
    _applies,
)
