"""Phase pre: before a deployment, is the hub well?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chitty_action import ecosystem
from chitty_action.checks import checks_of
from chitty_action.documents.health import evidence
from chitty_action.documents.registration import knows
from chitty_action.engine.account import account_of, with_zones
from chitty_action.engine.conclude import conclude
from chitty_action.engine.judge import applicable, judge
from chitty_action.engine.observe import observe
from chitty_action.engine.survey import subject_of
from chitty_action.model.evidence import Evidence
from chitty_action.model.observation import Seen, Snapshot
from chitty_action.model.report import Report
from chitty_action.model.subject import Account, Phase, Service

if TYPE_CHECKING:
    from chitty_action.inputs import Inputs
    from chitty_action.model.ports import Ports
    from chitty_action.model.report import Outcome
    from chitty_action.model.repository import Claims
    from chitty_action.model.subject import Run, Subject

_REGISTERED = {True: "true", False: "false", None: "unknown"}


class Plans(Struct, frozen=True):
    """What `main` has found out before the phase begins; `claims` are None where nobody would compare them."""

    name: str
    run: Run
    claims: Claims | None = None
    remarks: tuple[Outcome, ...] = ()


async def pre(inputs: Inputs, plans: Plans, ports: Ports) -> Report:
    """Look at the hub, the registry and the routes, and hand the discovery document on."""
    subject = await _survey(inputs, plans, ports)
    checks = checks_of(Phase.PRE)
    readings = (reading for check in applicable(checks, subject) for reading in check.readings(subject))
    snapshot = await observe(readings, ports)
    outcomes = judge(checks, subject, snapshot)
    facts = (("environment", inputs.environment), ("hub", inputs.connect_url))
    report = Report(Phase.PRE, plans.name, (*plans.remarks, *outcomes), _outputs(subject, snapshot), facts=facts)
    return conclude(report, inputs.fail_on, ports.clock)


async def _survey(inputs: Inputs, plans: Plans, ports: Ports) -> Subject:
    """Say who is deployed, and which zones of the account its claims could lie in."""
    account = account_of(inputs, {})
    if isinstance(account, Account) and plans.claims and plans.claims.claims:
        account = await with_zones(account, ports)
    subject = subject_of(inputs, Service(plans.name, inputs.environment), plans.run)
    return replace(subject, account=account, claims=plans.claims)


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
