"""ChittyConnect answers and says that it is well.

Why: a deployment that goes out while the hub is down can be neither registered nor verified, and adds to an outage.
Otherwise: in `pre` an error, and the deployment is aborted. When this runner was not allowed to look, level
`on-blocked`. In `reconcile`, where it is the control look, a warning.
Remedy: wait for the hub or its status page and run the job again; a blocked runner needs a WAF skip rule for `/health`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.documents.health import describe, evidence
from chitty_action.model.check import Check
from chitty_action.model.evidence import Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.subject import Phase, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.observation import Snapshot
    from chitty_action.model.reading import Reading

ID = "connect-reachable"


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    return (ecosystem.hub_health(subject.hub, subject.health_condition),)


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    if subject.phase is Phase.RECONCILE:
        yield from _judge_in_sweep(subject, snapshot)
        return
    observation = snapshot[ecosystem.hub_health(subject.hub, subject.health_condition)]
    url = f"{subject.hub.connect}/health"
    match evidence(observation):
        case Evidence.HEALTHY:
            return
        case Evidence.BLOCKED:
            yield Finding(
                ID,
                "chittyconnect",
                subject.on_blocked,
                f"ChittyConnect did not let this runner look: {url} {describe(observation)}",
                "let the runner's addresses through to /health (a WAF skip rule), or use a runner that may look",
            )
        case other:
            yield Finding(
                ID,
                "chittyconnect",
                Level.ERROR,
                f"ChittyConnect is unavailable, deployment aborted: {url} is {other} ({describe(observation)})",
                "run the job again once ChittyConnect answers healthy; if the address is wrong, correct connect-url",
            )


def _judge_in_sweep(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    observation = snapshot[ecosystem.hub_health(subject.hub, subject.health_condition)]
    seen = evidence(observation)
    if seen is not Evidence.HEALTHY:
        level = Level.NOTICE if seen in {Evidence.BLOCKED, Evidence.SKIPPED, Evidence.MISSING} else Level.WARNING
        message = f"ChittyConnect is {seen}: {subject.hub.connect}/health {describe(observation)}"
        yield Finding(
            ID, "chittyconnect", level, message, "see ChittyConnect's log; if the address is wrong, correct connect-url"
        )


CHECK = Check(
    ID, "ChittyConnect answers healthy", frozenset({Phase.PRE, Phase.RECONCILE}), 1, _readings, _judge, of_hub=True
)
