"""The service is registered with ChittyRegister.

Why: the registry, discovery and the sweep know only what was registered.
Otherwise: warning, and the deployment stays good: the service is deployed but not registered. Where the host does not
offer this form, the one that is deployed today is tried.
Remedy: what the answer names: mostly a missing or wrong `register-token`, or a document that is not accepted.
"""

from __future__ import annotations

import json
from string import punctuation
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec import Struct

from chitty_action import ecosystem
from chitty_action.changes import cure, deliver, may_succeed_later
from chitty_action.documents.refusal import Refusal
from chitty_action.model.change import Fate, Receipt, Undone
from chitty_action.model.exchange import Request
from chitty_action.model.finding import Finding, Level
from chitty_action.model.reading import Credential, Generation
from chitty_action.model.subject import Address
from chitty_action.model.text import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chitty_action.changes import Delivery
    from chitty_action.model.ports import Remote
    from chitty_action.model.subject import Subject

ID = "registration"


def registration_document(subject: Subject, moment: datetime) -> dict[str, Any]:
    """Build the document of interface section 5; what is not known is left out.

    A registration file of the repository is sent as it is, with `deployment` set to this run.
    """
    service, run = subject.service, subject.run
    deployment = {
        "commit": run.commit,
        "branch": run.branch,
        "deployed_at": timestamp(moment),
        "workflow_run": run.run_id,
        "environment": service.environment,
    }
    if service.registration is not None:
        return {**service.registration, "deployment": deployment}
    known: Mapping[str, object] = {"name": service.name, "version": service.version, "description": service.description}
    return {
        **{key: value for key, value in known.items() if value is not None},
        "endpoints": _endpoints(service.address) if isinstance(service.address, Address) else {},
        "capabilities": list(service.capabilities),
        "deployment": deployment,
    }


def _endpoints(address: Address) -> dict[str, str]:
    return {"health": address.health, "api": f"{address.url}/api", "mcp": f"{address.url}/mcp"}


class RegisterService(Struct, frozen=True):
    """Send the registration document. Body and idempotency key are the same over all retries of one run."""

    id = ID
    subject: str
    url: str
    idempotency_key: str
    body: bytes

    @classmethod
    def of(cls, subject: Subject, moment: datetime) -> RegisterService:
        """Make the change from what is known now; `moment` is the time of the deployment."""
        service, run = subject.service, subject.run
        run_id = run.run_id or f"local-{timestamp(moment)}"
        key = f"{service.name}-{service.environment}-{run_id}-{run.run_attempt}"
        # Sorted, so that what waits in the outbox is sent byte for byte as it was the first time.
        body = json.dumps(registration_document(subject, moment), sort_keys=True).encode()
        return cls(
            service.name,
            ecosystem.registration_url(subject.hub),
            quote(key, safe=punctuation + " ", errors="replace"),
            body,
        )

    @property
    def key(self) -> str:
        """One registration a service."""
        return f"{ID}:{self.subject}"

    def describe(self) -> str:
        """Say what would be done."""
        return f"register {self.subject}"

    async def apply(self, remote: Remote) -> Receipt:
        """Post the document."""
        headers = (("Idempotency-Key", self.idempotency_key),)
        request = Request("POST", self.url, self.body, headers, Credential.REGISTER_TOKEN)
        delivery = await deliver(remote, [request])
        if delivery.answer and Refusal.of(delivery.answer.body).is_known_already:
            detail = f"registered already: {delivery.detail}"
            return Receipt(ID, self.subject, Fate.APPLIED, detail, generation=Generation.DESIGN)
        if delivery.fate is Fate.APPLIED:
            detail = f"registered: {delivery.detail}"
            return Receipt(ID, self.subject, delivery.fate, detail, generation=Generation.DESIGN)
        findings = () if delivery.fate is Fate.NOT_OFFERED else (self._finding(delivery),)
        undone = self.undone() if may_succeed_later(delivery) else None
        return Receipt(ID, self.subject, delivery.fate, delivery.detail, findings, undone=undone)

    def undone(self) -> Undone:
        """Give what can be delivered later."""
        return Undone(Generation.DESIGN, self.body, self.idempotency_key)

    def _finding(self, delivery: Delivery) -> Finding:
        known = "not registered" if delivery.certain else "its registration is not confirmed"
        message = f"{self.subject} is deployed but {known}: {self.url} {delivery.detail}"
        return Finding(ID, self.subject, Level.WARNING, message, cure(delivery, "register-token"))
