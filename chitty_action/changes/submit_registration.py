"""The service is registered with the ChittyRegister that is deployed today.

Why: where the design's registration is not offered, this is the only way into registry and discovery.
Otherwise: warning, and the deployment stays good. It is submitted after the look at the service, at most once a run,
and not at all when ChittyRegister already has the service: a registration cannot be updated there. A lost answer is
followed by one look at the compliance record, never by a second submission.
Remedy: what the answer names: a field of the registration file or manifest, proof that the host is yours, or patience,
because all runners behind one address share ten submissions an hour.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action import ecosystem
from chitty_action.changes import cure, deliver, is_rate_limit, may_succeed_later, patience
from chitty_action.documents.refusal import Refusal
from chitty_action.documents.submission import problems_told
from chitty_action.model.address import origin_of
from chitty_action.model.change import Fate, Receipt, Undone
from chitty_action.model.exchange import Request, Retry
from chitty_action.model.finding import Finding, Level
from chitty_action.model.reading import Credential, Generation
from chitty_action.model.subject import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.changes import Delivery
    from chitty_action.documents.submission import Submission
    from chitty_action.model.ports import Remote
    from chitty_action.model.subject import Subject

ID = "registration"
_PROOF_FAILED = 412


class SubmitRegistration(Struct, frozen=True):
    """Submit the registration document, once.

    `source` says what the document was made of, `proof` how control of the service's host is proven, and `record` where
    ChittyRegister's own record of the service is.
    """

    id = ID
    subject: str
    url: str
    submission: Submission
    source: str
    proof: str
    record: str

    @classmethod
    def of(cls, subject: Subject, submission: Submission, source: str) -> SubmitRegistration:
        """Make the change."""
        name, hub = subject.service.name, subject.hub
        record = ecosystem.compliance(hub, name).sources[0].url
        return cls(name, ecosystem.submission_url(hub), submission, source, _proof(subject), record)

    @property
    def key(self) -> str:
        """One registration a service."""
        return f"{ID}:{self.subject}"

    def describe(self) -> str:
        """Say what would be done."""
        return f"register {self.subject}"

    async def apply(self, remote: Remote) -> Receipt:
        """Post the document; a receipt in doubt asks for a look at the compliance record."""
        # Sorted, so that what waits in the outbox is sent byte for byte as it was the first time.
        body = json.dumps(self.submission.document, sort_keys=True).encode()
        request = Request("POST", self.url, body, credential=Credential.REGISTER_TOKEN, retry=Retry.UNSENT)
        delivery = await deliver(remote, [request])
        refusal = Refusal.of(delivery.answer.body) if delivery.answer else Refusal()
        fate = _fate(delivery, refusal)
        if fate is Fate.APPLIED:
            notes = () if refusal.is_known_already else self.submission.notes
            version = self.submission.document.get("version")
            known = "registered already" if refusal.is_known_already else f"registered {version} by {self.source}"
            detail = "; ".join((f"{known}: {delivery.detail}", *notes))
            return Receipt(ID, self.subject, fate, detail, generation=Generation.DEPLOYED)
        findings = tuple(self._findings(fate, delivery, refusal))
        generation = None if fate is Fate.NOT_OFFERED else Generation.DEPLOYED
        undone = Undone(Generation.DEPLOYED, body) if may_succeed_later(delivery) else None
        return Receipt(ID, self.subject, fate, delivery.detail, findings, generation=generation, undone=undone)

    def _findings(self, fate: Fate, delivery: Delivery, refusal: Refusal) -> Iterator[Finding]:
        """Say why it was not registered, and the cure; what is wrong with the document is told field by field."""
        lost = f"{self.subject} is deployed but not registered: {self.url}"
        if fate is Fate.NOT_OFFERED:
            host = origin_of(self.url)[1]
            message = f"not offered by {host}: registration, so {self.subject} was not registered"
            yield Finding(ID, self.subject, Level.NOTICE, message)
        elif is_rate_limit(delivery):
            message = f"{lost} {delivery.detail}: the budget of submissions is used up"
            hint = "then run the job again: runners that share an address share its ten submissions an hour"
            yield self._warning(message, f"{patience(delivery)}, {hint}")
        elif fate is Fate.DOUBTED:
            message = f"{self.subject} is deployed but its registration is not confirmed: {self.url} {delivery.detail}"
            yield self._warning(message, f"see {self.record}, and run the job again once ChittyRegister is well")
        elif delivery.status == _PROOF_FAILED:
            yield self._warning(f"{lost} {delivery.detail}: control of its host was not proven", self.proof)
        elif refusal.errors:
            for problem in problems_told(refusal.errors):
                refused = f"refused {problem.field}" if problem.field else "refused the document"
                yield self._warning(f"{lost} {refused}: {problem.message}", problem.cure)
        else:
            yield self._warning(f"{lost} {delivery.detail}", cure(delivery, "register-token"))

    def _warning(self, message: str, hint: str) -> Finding:
        return Finding(ID, self.subject, Level.WARNING, message, hint)


def _fate(delivery: Delivery, refusal: Refusal) -> Fate:
    if refusal.is_known_already:
        return Fate.APPLIED
    if is_rate_limit(delivery) or (delivery.fate is Fate.FAILED and delivery.certain):
        return Fate.FAILED
    return delivery.fate if delivery.certain else Fate.DOUBTED


def _proof(subject: Subject) -> str:
    address = subject.service.address
    site = address.url if isinstance(address, Address) else "the service's own address"
    challenge = ecosystem.challenge_url(subject.hub)
    return (
        f"have POST {challenge} give a token, serve it at {site}/.well-known/chitty-register-challenge/<token> "
        "within 15 minutes, and run the job again"
    )
