"""Registration with the deployed ChittyRegister: look first, submit at most once, look again where the answer was lost.

Its budget is ten submissions an hour for an address, which runners share, and what it has registered it never updates.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action import ecosystem
from chitty_action.changes.submit_registration import ID, SubmitRegistration
from chitty_action.documents.registration import knows
from chitty_action.documents.submission import Known, RefusedError, submission_of
from chitty_action.engine.apply import apply
from chitty_action.engine.observe import take
from chitty_action.model.change import Fate, Plan, Receipt
from chitty_action.model.evidence import Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Absent, Blocked, Rejected, Seen, trouble
from chitty_action.model.reading import Generation
from chitty_action.model.subject import PRODUCTION, Address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.documents.registration import Registered
    from chitty_action.documents.submission_rules import Complaint
    from chitty_action.model.change import Undone
    from chitty_action.model.observation import Observation
    from chitty_action.model.ports import Ports
    from chitty_action.model.repository import Oddity
    from chitty_action.model.subject import Subject

_NOT_WELL = {Evidence.DEGRADED, Evidence.DOWN, Evidence.MISSING, Evidence.REDIRECTED, Evidence.UNPROBEABLE}


async def submit(
    subject: Subject, health: Evidence, ports: Ports, *, known_before: bool | None, later: Undone | None = None
) -> Receipt:
    """Register the service, unless it is registered already or was seen not to be well.

    `known_before` is what the registry or the gatekeeper said at the beginning of the phase; it counts where the
    gatekeeper does not say now. `later` is what can be delivered where it does not even do that.
    """
    name = subject.service.name
    record = await take(ecosystem.compliance(subject.hub, name), ports)
    if unneeded := _unneeded(subject, record, health, known_before=known_before):
        return unneeded if unneeded.fate is not Fate.FAILED else replace(unneeded, undone=later)
    receipt = await _submitted(subject, ports)
    if receipt.fate is not Fate.DOUBTED:
        return receipt
    if knows(await take(ecosystem.compliance(subject.hub, name), ports)):
        detail = f"registered, as its compliance record shows: {receipt.detail}"
        return replace(receipt, fate=Fate.APPLIED, detail=detail, findings=(), undone=None)
    return replace(receipt, fate=Fate.FAILED)


def is_record(subject: Subject, observation: Observation[Registered]) -> bool:
    """Whether it was ChittyRegister's own record that answered: then that host speaks the deployed form."""
    source = ecosystem.compliance(subject.hub, subject.service.name).sources[0]
    return isinstance(observation, Seen) and observation.url == source.url


def _unneeded(
    subject: Subject, record: Observation[Registered], health: Evidence, *, known_before: bool | None
) -> Receipt | None:
    """Say why nothing is submitted; None where the service is to be registered."""
    name, environment, is_known = subject.service.name, subject.service.environment, knows(record)
    if is_known or (is_known is None and known_before):
        generation = Generation.DEPLOYED if is_known else None
        return Receipt(ID, name, Fate.APPLIED, "registered already, so nothing was sent", generation=generation)
    if environment != PRODUCTION:
        reason = "ChittyRegister knows no environments, and updates nothing"
        message = f"{name} was not submitted for registration from {environment}: {reason}"
        finding = Finding(ID, name, Level.NOTICE, message, "deploy it to production, which registers it")
        return Receipt(ID, name, Fate.HELD, f"not submitted: {reason}", (finding,))
    if health in _NOT_WELL:
        return Receipt(ID, name, Fate.HELD, f"not submitted, because {name} was not found healthy ({health})")
    if is_known is None and not is_open(record):
        message = f"{name} was not submitted for registration: {record.url} {trouble(record)}"
        finding = Finding(ID, name, Level.WARNING, message, "run the job again once ChittyRegister answers")
        return Receipt(ID, name, Fate.FAILED, f"nothing was sent: {trouble(record)}", (finding,))
    return None


def is_open(record: Observation[Registered]) -> bool:
    """Whether ChittyRegister may be asked to register, although it has no record to show; one that is busy may not."""
    return isinstance(record, Absent | Blocked | Rejected) and record.status != HTTPStatus.TOO_MANY_REQUESTS


async def _submitted(subject: Subject, ports: Ports) -> Receipt:
    """Draft the document and submit it; what would be refused is not sent."""
    service, own = subject.service, subject.service.own_registration
    name = service.name
    remarks = _warnings(subject, own.passed_over) if own else ()
    if own and own.refusal and service.registration is None:
        findings = (*_warnings(subject, [own.refusal]), *remarks)
        return Receipt(ID, name, Fate.FAILED, f"nothing was sent: {own.source} cannot be used", findings)
    document, source = service.registration, "the input registration-file"
    if document is None and own and own.document:
        document, source = own.document, own.source
    if document is None:
        source = "the manifest"
    try:
        submission = submission_of(document, _known(subject))
    except RefusedError as refused:
        refusals = tuple(_refused(name, source, problem) for problem in refused.problems)
        return Receipt(
            ID, name, Fate.FAILED, f"nothing was sent, because {source} would be refused", refusals + remarks
        )
    (receipt,) = await apply(Plan.of([SubmitRegistration.of(subject, submission, source)]), ports)
    return replace(receipt, findings=(*receipt.findings, *remarks))


def _refused(name: str, source: str, problem: Complaint) -> Finding:
    message = f"{name} is deployed but not registered: {problem.message} (by {source})"
    return Finding(ID, name, Level.WARNING, message, problem.cure)


def _warnings(subject: Subject, oddities: Iterable[Oddity]) -> tuple[Finding, ...]:
    name = subject.service.name
    return tuple(Finding(ID, name, Level.WARNING, odd.message, odd.hint) for odd in oddities)


def _known(subject: Subject) -> Known:
    service, run = subject.service, subject.run
    address = service.address if isinstance(service.address, Address) else None
    return Known(
        name=service.name,
        version=service.version,
        description=service.description,
        url=address.url if address else None,
        health=address.health if address else None,
        capabilities=service.capabilities,
        maintainer=service.author or run.repository.partition("/")[0] or None,
        repository_url=f"{run.server}/{run.repository}" if run.repository else None,
    )
