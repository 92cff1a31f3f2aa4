"""Phase pre: before a deployment, is the hub well?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action import ecosystem
from chitty_action.checks import checks_of
from chitty_action.documents.health import evidence
from chitty_action.documents.registration import knows
from chitty_action.engine.conclude import conclude
from chitty_action.engine.judge import judge
from chitty_action.engine.observe import observe
from chitty_action.engine.survey import subject_of
from chitty_action.model.evidence import Evidence
from chitty_action.model.observation import Seen, Snapshot
from chitty_action.model.report import Report
from chitty_action.model.subject import Phase, Service

if TYPE_CHECKING:
    from chitty_action.inputs import Inputs
    from chitty_action.model.ports import Ports
    from chitty_action.model.report import Outcome
    from chitty_action.model.subject import Run, Subject

_REGISTERED = {True: "true", False: "false", None: "unknown"}


async def pre(inputs: Inputs, name: str, run: Run, remarks: tuple[Outcome, ...], ports: Ports) -> Report:
    """Look at the hub and the registry, and hand the discovery document on."""
    subject = subject_of(inputs, Service(name, inputs.environment), run)
    checks = checks_of(Phase.PRE)
    snapshot = await observe((reading for check in checks for reading in check.readings(subject)), ports)
    outcomes = judge(checks, subject, snapshot)
    facts = (("environment", inputs.environment), ("hub", inputs.connect_url))
    report = Report(Phase.PRE, name, (*remarks, *outcomes), _outputs(subject, snapshot), facts=facts)
    return conclude(report, inputs.fail_on, ports.clock)


def _outputs(subject: Subject, snapshot: Snapshot) -> dict[str, str]:
    discovery = snapshot[ecosystem.discovery(subject.hub)]
    return {
        "discovery": discovery.value.compact() if isinstance(discovery, Seen) else "",
        "connect-healthy": _healthy(evidence(snapshot[ecosystem.hub_health(subject.hub, subject.health_condition)])),
        "registered": _REGISTERED[knows(snapshot[ecosystem.registered(subject.hub, subject.service.name)])],
    }


def _healthy(seen: Evidence) -> str:
    if seen in {Evidence.BLOCKED, Evidence.SKIPPED, Evidence.UNPROBEABLE}:
        return "unknown"
    return "true" if seen is Evidence.HEALTHY else "false"
