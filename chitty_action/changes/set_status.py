"""The service is marked active in the registry.

Why: the registry's status and `last_deployed` are what people and other systems go by.
Otherwise: warning. It is set only for `production`, and only when the service was found healthy in this run; otherwise
it stays as it is, and the summary says why. Where the host does not offer it, as today's ChittyRegister, a notice.
Remedy: what the answer names: mostly a missing or wrong `register-token`, or a service that is not registered.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action import ecosystem
from chitty_action.changes import cure, deliver, may_succeed_later
from chitty_action.model.address import origin_of
from chitty_action.model.change import Fate, Receipt, Undone
from chitty_action.model.exchange import Request
from chitty_action.model.finding import Finding, Level
from chitty_action.model.reading import Credential, Generation, NotFound
from chitty_action.model.text import timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from chitty_action.changes import Delivery
    from chitty_action.model.ports import Remote
    from chitty_action.model.subject import Subject

ID = "status"
_PROTECTED_OR_NOT_THERE = frozenset({401, 404})
"""What the deployed hosts say of a path that they do not have: 401 without a token, 404 with one."""


class SetStatus(Struct, frozen=True):
    """Set the status of a service to active, with the time of its deployment."""

    id = ID
    subject: str
    url: str
    body: bytes
    by_design: bool = True
    """False where the host does not offer the design's registration, and so hardly its status."""

    @classmethod
    def active(cls, subject: Subject, moment: datetime, *, by_design: bool = True) -> SetStatus:
        """Make the change; `moment` is the time of the deployment."""
        body = {"status": "active", "last_deployed": timestamp(moment)}
        name = subject.service.name
        # Sorted, so that what waits in the outbox is sent byte for byte as it was the first time.
        text = json.dumps(body, sort_keys=True)
        return cls(name, ecosystem.status_url(subject.hub, name), text.encode(), by_design)

    @property
    def key(self) -> str:
        """One status a service."""
        return f"{ID}:{self.subject}"

    def describe(self) -> str:
        """Say what would be done."""
        return f"mark {self.subject} active"

    async def apply(self, remote: Remote) -> Receipt:
        """Patch the status."""
        request = Request("PATCH", self.url, self.body, credential=Credential.REGISTER_TOKEN)
        delivery = await deliver(remote, [request], NotFound.SUBJECT)
        if delivery.fate is Fate.APPLIED:
            detail = f"active: {delivery.detail}"
            return Receipt(ID, self.subject, delivery.fate, detail, generation=Generation.DESIGN)
        undone = self.undone() if self._may_succeed_later(delivery) else None
        return Receipt(ID, self.subject, delivery.fate, delivery.detail, (self._finding(delivery),), undone=undone)

    def undone(self) -> Undone:
        """Give what can be delivered later."""
        return Undone(Generation.DESIGN, self.body)

    def _may_succeed_later(self, delivery: Delivery) -> bool:
        """Whether it can be set another time: also once a service that is not registered yet is."""
        if not self.by_design and delivery.status in _PROTECTED_OR_NOT_THERE:
            return False
        is_unregistered = delivery.fate is Fate.FAILED and delivery.absent is NotFound.SUBJECT
        return is_unregistered or may_succeed_later(delivery)

    def _finding(self, delivery: Delivery) -> Finding:
        name, host = self.subject, origin_of(self.url)[1]
        if not self.by_design and delivery.status in _PROTECTED_OR_NOT_THERE:
            lack = f"not offered by {host}, or protected: a status"
            message = f"{lack}, so that of {name} is unchanged ({delivery.detail})"
            return Finding(ID, name, Level.NOTICE, message)
        if delivery.fate is Fate.NOT_OFFERED:
            return Finding(ID, name, Level.NOTICE, f"not offered by {host}: a status, so that of {name} is unchanged")
        if delivery.absent and delivery.certain:
            hint = "register the service first: see the finding about registration, or run the job again"
            return Finding(ID, name, Level.WARNING, f"{name} is not registered, so it was not marked active", hint)
        known = "was not marked active" if delivery.certain else "is not confirmed to be marked active"
        message = f"{name} {known}: {self.url} {delivery.detail}"
        return Finding(ID, name, Level.WARNING, message, cure(delivery, "register-token"))
