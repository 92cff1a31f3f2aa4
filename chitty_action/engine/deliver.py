"""The verb *deliver*: what waits in the outbox reaches ChittyRegister, once, and never over something newer."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from chitty_action import ecosystem
from chitty_action.changes.register_service import RegisterService
from chitty_action.changes.set_status import SetStatus
from chitty_action.changes.submit_registration import SubmitRegistration
from chitty_action.documents.registration import knows
from chitty_action.documents.submission import Known, RefusedError, Submission, submission_of
from chitty_action.engine.chronicle import run_key
from chitty_action.engine.judge import status_of
from chitty_action.engine.observe import take
from chitty_action.engine.remember import remember
from chitty_action.engine.submit import is_open
from chitty_action.model.change import Fate, Receipt
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Seen, trouble
from chitty_action.model.ports import StateError
from chitty_action.model.reading import Generation
from chitty_action.model.report import Outcome, Status
from chitty_action.model.subject import PRODUCTION
from chitty_action.model.text import timestamp
from chitty_action.state.facts import Facts
from chitty_action.state.outbox import REGISTRATION, Claim, Release, Settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from chitty_action.model.ports import Branch, Ports
    from chitty_action.model.subject import Hub, Subject
    from chitty_action.state.pending import Pending

ID: Final = "outbox"
_GRACE: Final = timedelta(minutes=1)
"""After the deadline, until a run has surely ended."""
_AGAIN = "the next run of reconcile tries again"


class Postman(Struct, frozen=True):
    """Who writes what waits.

    Attributes:
        branch: that remembers it.
        hub: whose ChittyRegister it goes to.
        by: what identifies this run and attempt.
        until: when this run will have ended at the latest.
    """

    branch: Branch
    hub: Hub
    by: str
    until: datetime


def postman_of(branch: Branch, subject: Subject, began: datetime, deadline: float) -> Postman:
    """Return who delivers for a run that began then and has `deadline` seconds."""
    run = subject.run
    ends = began + timedelta(seconds=deadline) + _GRACE
    return Postman(branch, subject.hub, f"{run_key(run, began)}/{run.run_attempt}", ends)


async def deliver(
    waiting: Iterable[Pending], postman: Postman, ports: Ports
) -> tuple[tuple[Outcome, ...], tuple[Pending, ...]]:
    """Deliver what waits: claim it, write it, and let it go; registrations before the status that needs them.

    Returns what became of it, and what still waits.
    """
    entries = tuple(sorted(waiting, key=lambda entry: (entry.change != REGISTRATION, entry.service)))
    if not entries:
        return (), ()
    claims = tuple(Claim.of(entry, postman.by, postman.until) for entry in entries)
    try:
        claimed = await remember(
            postman.branch, Facts(outbox=tuple(claims)), ports.clock, "Claim what waits in the outbox"
        )
    except StateError as error:
        return (_unclaimed(entries, error),), entries
    outcomes: list[Outcome] = []
    left: list[Pending] = []
    operations: list[Settle | Release] = []
    for entry, became in zip(entries, claimed.became, strict=True):
        if became.is_done:
            receipt = await _delivered(entry, postman.hub, ports)
            operations.append(_after(entry, receipt, postman))
            outcomes.append(_outcome(entry, receipt))
            left += [entry] if isinstance(operations[-1], Release) else []
        else:
            left.append(entry)
            outcomes.append(Outcome(ID, entry.service, Status.SKIPPED, f"not delivered: {became.reason}"))
    try:
        await remember(postman.branch, Facts(outbox=tuple(operations)), ports.clock, "Let go what was delivered")
    except StateError as error:
        outcomes.append(_undecided(error))
    return tuple(outcomes), tuple(left)


async def _delivered(entry: Pending, hub: Hub, ports: Ports) -> Receipt:
    """Write one entry, in the form that ChittyRegister speaks today."""
    if entry.change != REGISTRATION:
        return await _activated(entry, hub, ports)
    if entry.payload.get("name") != entry.service:  # whoever may write to the branch may have put it there
        return _refused(entry, "its document is about another service", "see who may write to the data branch")
    if entry.form == Generation.DESIGN:
        change = RegisterService(entry.service, ecosystem.registration_url(hub), entry.idempotency_key, _body(entry))
        receipt = await change.apply(ports.remote)
        if receipt.fate is not Fate.NOT_OFFERED:
            return receipt
    return await _submitted(entry, hub, ports)


async def _activated(entry: Pending, hub: Hub, ports: Ports) -> Receipt:
    """Set a status; where ChittyRegister turns out to be the one that is deployed today, there is none to set."""
    change = SetStatus(entry.service, ecosystem.status_url(hub, entry.service), _body(entry))
    receipt = await change.apply(ports.remote)
    if receipt.fate is Fate.APPLIED:
        return receipt
    if isinstance(await take(ecosystem.compliance(hub, entry.service), ports), Seen):
        return _refused(entry, "the ChittyRegister that is deployed offers no status", "nothing is to be done")
    return receipt


async def _submitted(entry: Pending, hub: Hub, ports: Ports) -> Receipt:
    """Register with the ChittyRegister that is deployed today: look first, submit at most once."""
    record = ecosystem.compliance(hub, entry.service)
    seen = await take(record, ports)
    if knows(seen):
        return Receipt(REGISTRATION, entry.service, Fate.APPLIED, "registered already, so nothing was sent")
    if knows(seen) is None and not is_open(seen):
        return Receipt(REGISTRATION, entry.service, Fate.HELD, f"nothing was sent: {seen.url} {trouble(seen)}")
    if entry.environment != PRODUCTION:
        reason = f"ChittyRegister knows no environments, and this is {entry.environment}"
        return _refused(entry, reason, "deploy it to production, which registers it")
    try:
        submission = Submission(entry.payload) if entry.form == Generation.DEPLOYED else _converted(entry)
    except RefusedError as error:
        return _refused(entry, f"nothing was sent: {error.message}", error.hint)
    url, source = ecosystem.submission_url(hub), "the outbox"
    proof = "deploy the service again: its own run proves the host"
    change = SubmitRegistration(entry.service, url, submission, source, proof, record.sources[0].url)
    receipt = await change.apply(ports.remote)
    if receipt.fate is Fate.DOUBTED and knows(await take(record, ports)):
        return Receipt(REGISTRATION, entry.service, Fate.APPLIED, "registered, as its compliance record shows")
    return receipt


def _refused(entry: Pending, reason: str, hint: str) -> Receipt:
    """Say that a write can never be done, and why."""
    finding = Finding(ID, entry.service, Level.NOTICE, reason, hint)
    return Receipt(entry.change, entry.service, Fate.FAILED, reason, (finding,))


def _converted(entry: Pending) -> Submission:
    """Make a submission of a document of the design: what waits was written before anybody knew what is spoken here."""
    endpoints = _texts(entry.payload.get("endpoints"))
    known = _texts(entry.payload)
    capabilities = entry.payload.get("capabilities")
    return submission_of(
        None,
        Known(
            name=entry.service,
            version=known.get("version"),
            description=known.get("description"),
            url=endpoints.get("api", "").removesuffix("/api") or None,
            health=endpoints.get("health"),
            capabilities=tuple(map(str, capabilities)) if isinstance(capabilities, list) else (),
            maintainer=entry.repository.partition("/")[0] or None,
        ),
    )


def _texts(value: object) -> dict[str, str]:
    """Return the members of an object that are texts."""
    members: Mapping[object, Any] = value if isinstance(value, dict) else {}
    return {str(name): member for name, member in members.items() if isinstance(member, str)}


def _body(entry: Pending) -> bytes:
    """Return the body, byte for byte as it was sent first."""
    return json.dumps(entry.payload, sort_keys=True).encode()


def _after(entry: Pending, receipt: Receipt, postman: Postman) -> Settle | Release:
    is_over = receipt.fate is Fate.APPLIED or _is_given_up(receipt)
    return Settle.of(entry) if is_over else Release.of(entry, postman.by, receipt.detail)


def _is_given_up(receipt: Receipt) -> bool:
    """Whether it would be refused again, however often it is sent."""
    return receipt.fate is Fate.FAILED and receipt.undone is None


def _outcome(entry: Pending, receipt: Receipt) -> Outcome:
    what = f"the {entry.change} of {entry.service}, deployed at {timestamp(entry.deployed_at)},"
    if receipt.fate is Fate.APPLIED:
        return Outcome(ID, entry.service, Status.PASSED, f"{what} was delivered: {receipt.detail}")
    is_given_up = _is_given_up(receipt)
    told = f"{'is given up' if is_given_up else 'still waits'}: {receipt.detail}"
    hint = next((finding.hint for finding in receipt.findings if finding.hint), "") or _AGAIN
    level = max((one.level for one in receipt.findings), key=lambda one: one.rank) if is_given_up else Level.WARNING
    finding = Finding(ID, entry.service, level, f"{what} {told}", hint)
    return Outcome(ID, entry.service, status_of((finding,)), told, (finding,))


def _unclaimed(entries: Iterable[Pending], error: StateError) -> Outcome:
    names = ", ".join(dict.fromkeys(entry.service for entry in entries))
    message = f"what waits in the outbox for {names} was not delivered: {error.message}"
    finding = Finding(ID, "the outbox", Level.WARNING, message, error.hint or _AGAIN)
    return Outcome(ID, "the outbox", Status.WARNED, "nothing was delivered", (finding,))


def _undecided(error: StateError) -> Outcome:
    message = f"what became of the outbox was not recorded, so it may be delivered once more: {error.message}"
    finding = Finding(ID, "the outbox", Level.WARNING, message, error.hint or _AGAIN)
    return Outcome(ID, "the outbox", Status.WARNED, "not recorded", (finding,))
