"""What is remembered of a run: a deployment as phase `post` saw it, and a sweep as phase `reconcile` did."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from chitty_action.inputs.values import is_service_name
from chitty_action.metrics.schedule import punctuality
from chitty_action.model.incident import Action
from chitty_action.model.report import Status
from chitty_action.model.text import one_line, timestamp
from chitty_action.state.deployment import Deployment, Durations
from chitty_action.state.sweep import OpenIncident, Sweep

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chitty_action.incidents.decision import Decision
    from chitty_action.inputs import Inputs
    from chitty_action.model.incident import Told
    from chitty_action.model.report import Report
    from chitty_action.model.subject import Run, Subject
    from chitty_action.model.sweep import Blame, Swept
    from chitty_action.state.sweep import Coverage

INTEGRATION: Final = (
    "registration",
    "service-healthy",
    "proxy-reachable",
    "listed-in-discovery",
    "context-sync",
    "mcp-tools-listed",
    "status",
)
"""Checks and changes whose failure is one of integration."""
_LONGEST = timedelta(days=7)
"""A deployment does not take longer; what seems to has another cause, such as a wrong `started-at`."""
_TRUTH = {"true": True, "false": False}
_TROUBLE = frozenset({Status.WARNED, Status.FAILED})
_OPENS = frozenset({Action.OPENED, Action.REOPENED})
_STAYS = frozenset({Action.UPDATED, Action.COMMENTED, Action.UNCHANGED, Action.FAILED})


def run_key(run: Run, began: datetime) -> str:
    """Return what identifies a run; outside of GitHub its time."""
    return run.run_id or f"local-{timestamp(began)}"


def duration_of(started: datetime | None, ended: datetime) -> float | None:
    """Return the seconds that a deployment took; None where its beginning is not given, or cannot be right."""
    if started is None or not timedelta(0) <= ended - started <= _LONGEST:
        return None
    return (ended - started).total_seconds()


def deployment_of(report: Report, subject: Subject, inputs: Inputs, began: datetime, ended: datetime) -> Deployment:
    """Return the line of a deployment, of a report that has everything but whether it is remembered."""
    service, run, outputs = subject.service, subject.run, report.outputs
    failed = {outcome.id for outcome in report.outcomes if outcome.status in _TROUBLE}
    registered = {outcome.status for outcome in report.outcomes if outcome.id == INTEGRATION[0]}
    tools = outputs.get("mcp-tools", "")
    return Deployment(
        at=began,
        service=service.name,
        environment=service.environment,
        verdict=report.verdict,
        result=inputs.deployment_result,
        version=service.version and one_line(service.version, 100),
        commit=one_line(run.commit, 64),
        branch=one_line(run.branch, 200),
        actor=one_line(run.actor, 100),
        run=run_key(run, began),
        attempt=run.run_attempt,
        repository=run.repository,
        url=run.url,
        registered=None if registered <= {Status.SKIPPED} else not registered & _TROUBLE,
        health=outputs.get("health", "skipped"),
        proxied=_TRUTH.get(outputs.get("proxied", "")),
        discovered=_TRUTH.get(outputs.get("discovered", "")),
        mcp_tools=int(tools) if tools else None,
        failed=tuple(id_ for id_ in INTEGRATION if id_ in failed),
        durations=Durations(report.elapsed, duration_of(inputs.started_at, ended)),
    )


class Surroundings(Struct, frozen=True):
    """What a sweep is remembered with, besides what it saw of the services.

    Attributes:
        blame: where the trouble is.
        incidents: those that are open; None where GitHub was not asked.
        conflicts: of routes; None where they are unknown.
        discovery_age: of the document; None where it is unknown.
        refreshed: whether discovery was refreshed.
        coverage: None where it is not known.
    """

    blame: Blame
    incidents: tuple[OpenIncident, ...] | None
    conflicts: int | None
    discovery_age: timedelta | None
    refreshed: bool
    coverage: Coverage | None


def sweep_of(swept: Iterable[Swept], around: Surroundings, run: Run, began: datetime, elapsed: float) -> Sweep:
    """Return what is remembered of a sweep; of two rows of one name the first one."""
    rows = tuple(swept)
    classes: dict[str, str] = {}
    latency: dict[str, int] = {}
    for row in rows:
        if row.name not in classes and is_service_name(row.name):
            classes[row.name] = str(row.evidence)
            if row.elapsed is not None:
                latency[row.name] = round(row.elapsed * 1000)
    timing = punctuality(run.schedule, began) if run.schedule else None
    age = around.discovery_age
    return Sweep(
        at=began,
        run=run_key(run, began),
        attempt=run.run_attempt,
        url=run.url,
        blame=around.blame.value,  # the plain text, which is left out of the line where it is the usual one
        classes=classes,
        counts=dict(Counter(str(row.evidence) for row in rows)),
        latency=latency,
        conflicts=around.conflicts,
        discovery_age=None if age is None else max(0, round(age.total_seconds())),
        refreshed=around.refreshed,
        incidents=around.incidents,
        late=timing.late if timing else None,
        every=timing.every if timing else None,
        coverage=around.coverage,
        elapsed=elapsed,
    )


def open_incidents(decisions: Iterable[Decision], told: Iterable[Told]) -> tuple[OpenIncident, ...]:
    """Return the incidents that are open once the decisions were carried out, and since when each has been."""
    became = {one.kind: one for one in told}
    found = []
    for decision in decisions:
        one, issue, memory = became.get(decision.kind), decision.issue, decision.memory
        was_open = issue is not None and issue.is_open
        if one is not None and (one.action in _OPENS or (was_open and one.action in _STAYS)):
            created = issue.created if issue else None
            found.append(OpenIncident(one.kind, one.url, memory.opened if memory else created))
    return tuple(found)
