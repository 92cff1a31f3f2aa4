"""One write that waits, delivered in the form that ChittyRegister turns out to speak."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.changes.register_service import RegisterService
from chitty_action.changes.set_status import SetStatus
from chitty_action.changes.submit_registration import SubmitRegistration
from chitty_action.documents.registration import is_newer, knows
from chitty_action.documents.submission import Known, RefusedError, Submission, submission_of
from chitty_action.engine.observe import take
from chitty_action.engine.submit import is_open
from chitty_action.model.change import Fate, Receipt
from chitty_action.model.exchange import Retry
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Seen, trouble
from chitty_action.model.reading import Generation
from chitty_action.model.subject import PRODUCTION
from chitty_action.state.outbox import REGISTRATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chitty_action.model.ports import Ports
    from chitty_action.model.subject import Hub
    from chitty_action.state.pending import Pending


async def delivered(entry: Pending, hub: Hub, ports: Ports) -> Receipt:
    """Write one entry, in the form that ChittyRegister speaks today; never raises for what it does."""
    if entry.change != REGISTRATION:
        return await _activated(entry, hub, ports)
    if entry.payload.get("name") != entry.service:  # whoever may write to the branch may have put it there
        hint = "see who may write to the data branch"
        return _refused(entry, "its document is about another service", hint, Level.WARNING)
    # A run that has registered a newer deployment records it at its end only; until then the registry knows of it.
    row = await take(ecosystem.registry_row(hub, entry.service), ports, Retry.NEVER)
    if is_newer(row, entry.deployed_at):
        return _refused(entry, "a newer deployment of it is registered already", "nothing is to be done")
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
        return _refused(entry, f"nothing was sent: {error.message}", error.hint, Level.WARNING)
    url, source = ecosystem.submission_url(hub), "the outbox"
    proof = "deploy the service again: its own run proves the host"
    change = SubmitRegistration(entry.service, url, submission, source, proof, record.sources[0].url)
    receipt = await change.apply(ports.remote)
    if receipt.fate is Fate.DOUBTED and knows(await take(record, ports)):
        return Receipt(REGISTRATION, entry.service, Fate.APPLIED, "registered, as its compliance record shows")
    return receipt


def _refused(entry: Pending, reason: str, hint: str, level: Level = Level.NOTICE) -> Receipt:
    """Say that a write can never be done, and why."""
    finding = Finding(entry.change, entry.service, level, reason, hint)
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


def is_given_up(receipt: Receipt) -> bool:
    """Whether it would be refused again, however often it is sent."""
    return receipt.fate is Fate.FAILED and receipt.undone is None
