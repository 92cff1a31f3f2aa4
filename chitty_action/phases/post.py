"""Phase post: after a deployment, register the service, prove that it answers, and mark it active."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from chitty_action import ecosystem
from chitty_action.changes.exercise_context import ID as CONTEXT_SYNC
from chitty_action.changes.exercise_context import ExerciseContext, unasked, without_key
from chitty_action.changes.register_service import RegisterService
from chitty_action.changes.set_status import ID as STATUS
from chitty_action.changes.set_status import SetStatus
from chitty_action.checks import checks_of
from chitty_action.documents.health import HealthDocument, evidence
from chitty_action.documents.registration import knows
from chitty_action.engine.apply import apply
from chitty_action.engine.conclude import conclude, outcome_of, remarked
from chitty_action.engine.judge import applicable, judge
from chitty_action.engine.observe import observe, observe_until
from chitty_action.engine.submit import is_record, submit
from chitty_action.engine.survey import needs_discovery, service_of, subject_of
from chitty_action.model.change import Fate, Plan
from chitty_action.model.evidence import Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Observation, Seen, Snapshot
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import PRODUCTION, Address, Phase
from chitty_action.reporting.post_outputs import health_seen, outputs_seen, truth

if TYPE_CHECKING:
    from datetime import datetime

    from chitty_action.documents.discovery import Discovery
    from chitty_action.documents.registration import Registered
    from chitty_action.engine.recorder import Recorder
    from chitty_action.inputs import Inputs
    from chitty_action.model.change import Change, Receipt
    from chitty_action.model.ports import Ports
    from chitty_action.model.reading import Reading
    from chitty_action.model.repository import Repository
    from chitty_action.model.subject import Run, Subject

_TIME_FOR_WAITS = 0.8
"""Share of the deadline after which nothing is waited for, where the deployment is to be recorded."""
_NOTHING_SENT = {Fate.HELD, Fate.NOT_OFFERED}
_ENDS_THE_WAIT = {Evidence.HEALTHY, Evidence.BLOCKED, Evidence.REDIRECTED, Evidence.UNPROBEABLE}


class Task(Struct, frozen=True):
    """What `main` has found out before the phase begins.

    `held`: why nothing remote may be written; None when it may.
    `recorder`: what records the deployment, if anything does.
    """

    name: str
    run: Run
    repository: Repository
    moment: datetime
    held: str | None = None
    remarks: tuple[Outcome, ...] = ()
    recorder: Recorder | None = None


async def post(inputs: Inputs, task: Task, ports: Ports) -> Report:
    """Survey, register, look, exercise context, set the status, record it all."""
    held = task.held or _not_deployed(inputs)
    subject, record = await _survey(inputs, task, ports)
    known_before = knows(record)

    by_design = bool(held) or not is_record(subject, record)
    document = RegisterService.of(subject, task.moment)
    recorder = None if task.held else task.recorder
    way = None
    if recorder is not None and not held:
        way = await recorder.make_way(subject, document.undone() if by_design else None, ports)
    busy = way.busy if way is not None else ""
    if by_design:
        registration = await _write(document, held, busy, ports)
        by_design = registration.fate is not Fate.NOT_OFFERED
    looked = await _look_at_service(inputs, subject, ports)
    health = health_seen(subject, looked)
    if not by_design:
        registration = await submit(subject, health, ports, known_before=known_before, later=document.undone())
    registered = registration.fate is Fate.APPLIED
    subject = replace(subject, newly_registered=registered and known_before is False)

    subject, snapshot = await _look_around(inputs, subject, looked, ports)
    judged = judge(checks_of(Phase.POST), subject, snapshot)

    context, task_id = await _context(subject, held, ports)
    activation = SetStatus.active(subject, task.moment, by_design=by_design)
    status, activated = _unset(subject, health), None
    if status is None:
        activated = await _write(activation, held, busy, ports)
        status = outcome_of(activated)
    active = activated is not None and activated.fate is Fate.APPLIED

    outcomes = (*task.remarks, *_result(inputs, task.name), outcome_of(registration), *judged, context, status)
    outputs = {
        "registered": truth(registered or (registration.fate in _NOTHING_SENT and known_before is True)),
        **outputs_seen(subject, snapshot),
        "context-task-id": task_id,
        "status": "active" if active else "unchanged",
    }
    report = Report(Phase.POST, task.name, outcomes, outputs, facts=_facts(subject, held))
    report = conclude(report, inputs.fail_on, ports.clock)
    if recorder is None:
        return report
    writes = {"registration": registration, **({"status": activated} if activated else {})}
    memory = await recorder.record(report, subject, writes, way, ports)
    return replace(report, outcomes=(*report.outcomes, *memory), elapsed=ports.clock.elapsed())


async def _survey(inputs: Inputs, task: Task, ports: Ports) -> tuple[Subject, Observation[Registered]]:
    """Return whom this is about, and what was said of its registration before."""
    bare = subject_of(inputs, service_of(inputs, task.name, task.repository, None), task.run)
    registered = ecosystem.registered(bare.hub, task.name)
    discovery = ecosystem.discovery(bare.hub)
    wanted: list[Reading[Any]] = [registered]
    if needs_discovery(inputs, task.repository):
        wanted.append(discovery)
    snapshot = await observe(wanted, ports)
    document = snapshot[discovery] if discovery in wanted else None
    seen = document.value if isinstance(document, Seen) else None
    service = service_of(inputs, task.name, task.repository, seen)
    return replace(bare, service=service), snapshot[registered]


def _not_deployed(inputs: Inputs) -> str | None:
    result = inputs.deployment_result
    return None if result == "success" else f"the deployment ended with {result}"


def _result(inputs: Inputs, name: str) -> tuple[Outcome, ...]:
    reason = _not_deployed(inputs)
    if not reason:
        return ()
    message = f"{reason}, so nothing was registered and no status was set"
    finding = Finding("deployment-result", name, Level.ERROR, message, "see the job that deploys, and deploy again")
    return remarked("deployment-result", name, [finding])


async def _apply_one(change: Change, held: str | None, ports: Ports) -> Receipt:
    (receipt,) = await apply(Plan.of([change], held), ports)
    return receipt


async def _write(change: RegisterService | SetStatus, held: str | None, busy: str, ports: Ports) -> Receipt:
    """Write to ChittyRegister; while somebody else does so for an older deployment, it is left to be done later."""
    receipt = await _apply_one(change, held or busy or None, ports)
    return replace(receipt, undone=change.undone()) if busy and not held else receipt


async def _look_at_service(inputs: Inputs, subject: Subject, ports: Ports) -> Snapshot:
    """Wait until the service answers healthy; without a deployment nothing is waited for."""
    address = subject.service.address
    if not isinstance(address, Address):
        return Snapshot()
    budget = 0 if _not_deployed(inputs) else _patience(inputs.wait_for_health, inputs, ports)
    health = ecosystem.health_at(address.health, inputs.health_condition)
    seen: tuple[Reading[Any], Observation[Any]] = health, await observe_until(health, _waited_enough, budget, ports)
    return Snapshot([seen])


async def _look_around(inputs: Inputs, subject: Subject, looked: Snapshot, ports: Ports) -> tuple[Subject, Snapshot]:
    """Wait for discovery, which may know the service by another label, and with that read everything else."""
    name = subject.service.name
    discovery = ecosystem.discovery(subject.hub)

    def listed(observation: Observation[Discovery]) -> bool:
        return isinstance(observation, Seen) and observation.value.entry(name) is not None

    budget = 0 if _not_deployed(inputs) else _patience(inputs.wait_for_discovery, inputs, ports)
    seen = await observe_until(discovery, listed, budget, ports)
    entry = seen.value.entry(name) if isinstance(seen, Seen) else None
    subject = replace(subject, service=replace(subject.service, label=entry.label if entry else None))
    pair: tuple[Reading[Any], Observation[Any]] = discovery, seen
    looked = looked.joined(Snapshot([pair]))
    checks = applicable(checks_of(Phase.POST), subject)
    others = (reading for check in checks for reading in check.readings(subject) if reading not in looked)
    return subject, looked.joined(await observe(others, ports))


def _patience(asked: float, inputs: Inputs, ports: Ports) -> float:
    """Return the seconds to wait: as many as are asked for, but what is to be recorded leaves the time for that."""
    if inputs.state_branch is None:
        return asked
    return min(asked, max(0.0, _TIME_FOR_WAITS * inputs.deadline - ports.clock.elapsed()))


def _waited_enough(observation: Observation[HealthDocument]) -> bool:
    """Whether waiting cannot improve what was seen; "too many requests" passes by itself."""
    return evidence(observation) in _ENDS_THE_WAIT and observation.status != HTTPStatus.TOO_MANY_REQUESTS


async def _context(subject: Subject, held: str | None, ports: Ports) -> tuple[Outcome, str]:
    name = subject.service.name
    if reason := unasked(subject):
        return Outcome(CONTEXT_SYNC, name, Status.SKIPPED, reason), ""
    if not subject.has_api_key:
        return Outcome(CONTEXT_SYNC, name, Status.SKIPPED, "there is no api-key", (without_key(subject),)), ""
    receipt = await _apply_one(ExerciseContext.of(subject), held, ports)
    return outcome_of(receipt), receipt.facts.get("task_id", "")


def _unset(subject: Subject, health: Evidence) -> Outcome | None:
    """Say why the status is left as it is; None where it is to be set."""
    service = subject.service
    if service.environment != PRODUCTION:
        message = (
            f"the status of {service.name} is unchanged: it belongs to production, and this is {service.environment}"
        )
        finding = Finding(STATUS, service.name, Level.NOTICE, message)
        return Outcome(STATUS, service.name, Status.SKIPPED, f"environment {service.environment}", (finding,))
    if health is not Evidence.HEALTHY:
        return Outcome(STATUS, service.name, Status.SKIPPED, f"unchanged: {service.name} was not found healthy")
    return None


def _facts(subject: Subject, held: str | None) -> tuple[tuple[str, str], ...]:
    address = subject.service.address
    where = f"{address.url} ({address.source})" if isinstance(address, Address) else address.reason
    facts = [("address", where), ("environment", subject.service.environment)]
    if subject.service.version:
        facts.append(("version", subject.service.version))
    if held:
        facts.append(("nothing was written", held))
    return tuple(facts)
