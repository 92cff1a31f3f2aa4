"""What phase `post` does with the data branch: make way before it registers, and record the deployment at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from chitty_action.engine.chronicle import run_key
from chitty_action.engine.remember import remember
from chitty_action.model.document import decoded
from chitty_action.model.finding import Finding, Level
from chitty_action.model.ports import StateError
from chitty_action.model.report import Outcome, Status
from chitty_action.state.facts import Facts
from chitty_action.state.layout import OUTBOX, is_entry
from chitty_action.state.outbox import REGISTRATION, STATUS, Claim, Keep, Release, Settle, entry_at, is_claimed
from chitty_action.state.pending import Pending

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from chitty_action.engine.deliver import Postman
    from chitty_action.model.change import Receipt, Undone
    from chitty_action.model.ports import Ports
    from chitty_action.model.subject import Subject
    from chitty_action.state.deployment import Deployment
    from chitty_action.state.outbox import Became, Operation

ID: Final = "memory"
_BETWEEN_LOOKS: Final = 3.0
"""Seconds between two looks at a claim of somebody else."""


class Deployed(Struct, frozen=True):
    """The deployment of this run, as what waits for it is identified."""

    service: str
    environment: str
    at: datetime
    run: str
    attempt: str
    repository: str

    def pending(self, change: str, undone: Undone, reason: str) -> Pending:
        """Return what waits when a write of this deployment could not be done."""
        return Pending(
            service=self.service,
            change=change,
            environment=self.environment,
            repository=self.repository,
            deployed_at=self.at,
            run=self.run,
            attempt=self.attempt,
            form=undone.form,
            idempotency_key=undone.idempotency_key,
            payload=decoded(undone.body, dict[str, object]),
            reason=reason,
        )


def deployed_of(subject: Subject, moment: datetime) -> Deployed:
    """Return the deployment that a run is about; `moment` is when it began."""
    service, run = subject.service, subject.run
    key = run_key(run, moment)
    return Deployed(service.name, service.environment, moment, key, run.run_attempt, run.repository)


class Way(Struct, frozen=True):
    """What was found in the outbox before this run registered.

    Attributes:
        others: what waits for the service and is not superseded: a status of another environment.
        busy: who could overtake what this run would send to ChittyRegister, so that it is left to the outbox; empty
            where nobody could.
        own: this run's own registration, which stands there for the case that the run ends before its time.
        outcomes: what a person should know.
    """

    others: tuple[Pending, ...] = ()
    busy: str = ""
    own: Pending | None = None
    outcomes: tuple[Outcome, ...] = ()


async def make_way(deployed: Deployed, undone: Undone | None, postman: Postman, until: float, ports: Ports) -> Way:
    """Take what an older deployment of the service left out of the hands of whoever would deliver it from now on.

    `undone` is the registration that is about to be sent, where it is known already: it takes the older one's place, so
    that it is not lost either if this run dies. While somebody is delivering, this waits, `until` so many seconds are
    over since the phase began.
    """
    busy = ""
    try:
        while entries := await _waiting(deployed.service, postman):
            others = tuple(entry for entry in entries if not _is_ours(entry, deployed))
            operations = tuple(_taken_over(entries, deployed, undone, postman))
            if not operations:
                return Way(others)
            busy = _being_delivered(entries, deployed, postman, ports)
            if not busy:
                message = f"Make way for {deployed.service}"
                done = await remember(postman.branch, Facts(outbox=operations), ports.clock, message)
                if all(became.is_done for became in done.became):
                    own = next((one.pending for one in operations if isinstance(one, Keep)), None)
                    return Way(others, own=own)
            if ports.clock.ended() or ports.clock.elapsed() >= until:
                return _busy(deployed.service, busy, others) if busy and undone is not None else Way(others)
            await ports.clock.sleep(min(ports.clock.jittered(_BETWEEN_LOOKS), until - ports.clock.elapsed()))
    except StateError as error:
        return unknown_way(deployed.service, error.message, error.hint)
    return Way()


def unknown_way(service: str, reason: str, hint: str) -> Way:
    """Say that the outbox could not be looked at; the run goes on without."""
    finding = Finding(ID, service, Level.WARNING, f"what waits for {service} is unknown: {reason}", hint)
    return Way(outcomes=(Outcome(ID, service, Status.WARNED, "the outbox was not read", (finding,)),))


async def recorded(
    deployment: Deployment,
    writes: Mapping[str, Receipt],
    way: Way,
    postman: Postman,
    ports: Ports,
) -> Outcome:
    """Put the deployment onto the branch, and with it each write that could not be done."""
    it = deployment
    deployed = Deployed(it.service, it.environment, it.at, it.run, it.attempt, it.repository)
    operations = tuple(_left(writes, deployed, way, postman))
    facts = Facts(deployments=(deployment,), outbox=operations)
    waits = [one.pending.change if isinstance(one, Keep) else one.change for one in operations if _waits(one)]
    message = f"Record a deployment of {deployed.service}"
    try:
        remembered = await remember(postman.branch, facts, ports.clock, message)
    except StateError as error:
        kept = [one.pending.change for one in operations if isinstance(one, Keep)]
        lost = f", and nothing will deliver its {' and '.join(kept)} later" if kept else ""
        known = "may not be recorded" if error.is_doubted else "is not recorded"
        told = f"this deployment of {deployed.service} {known}{lost}: {error.message}"
        # The next run records its own deployment, so nobody makes up for this one by itself.
        hint = error.hint if error.is_lasting else "run the job again, which records it once"
        finding = Finding(ID, deployed.service, Level.WARNING, told, hint)
        return Outcome(ID, deployed.service, Status.WARNED, "not recorded", (finding,))
    findings = tuple(_notices(deployed.service, remembered.became))
    seen = f"recorded; its {' and '.join(waits)} will be delivered later" if waits and not findings else "recorded"
    return Outcome(ID, deployed.service, Status.NOTED if findings else Status.PASSED, seen, findings)


def _busy(service: str, busy: str, others: tuple[Pending, ...]) -> Way:
    message = f"ChittyRegister is not told of this deployment of {service} by this run: {busy}"
    finding = Finding(ID, service, Level.WARNING, message, "a later run delivers it; see what became of the other run")
    return Way(others, busy, outcomes=(Outcome(ID, service, Status.WARNED, "left to a later run", (finding,)),))


async def _waiting(service: str, postman: Postman) -> tuple[Pending, ...]:
    head = await postman.branch.head()
    paths = sorted(path for path in head.files if path.startswith(f"{OUTBOX}{service}.") and is_entry(path))
    entries = [entry_at(path, await postman.branch.text(head, path)) for path in paths]
    return tuple(entry for entry in entries if entry is not None)


def _is_ours(entry: Pending, deployed: Deployed) -> bool:
    """Whether this deployment supersedes the entry."""
    return entry.change == REGISTRATION or entry.environment == deployed.environment


def _taken_over(
    entries: Iterable[Pending], deployed: Deployed, undone: Undone | None, postman: Postman
) -> Iterable[Operation]:
    for entry in entries:
        if entry.order >= (deployed.at.replace(microsecond=0), deployed.run) or not _is_ours(entry, deployed):
            continue
        if entry.change == STATUS or undone is None:
            yield Claim.of(entry, postman.by, postman.until)
        else:
            own = deployed.pending(REGISTRATION, undone, "the run that was to send it did not say what became of it")
            yield Keep(replace(own, claimed_by=postman.by, claimed_until=postman.until))


def _being_delivered(entries: Iterable[Pending], deployed: Deployed, postman: Postman, ports: Ports) -> str:
    """Say who is delivering something that this deployment supersedes."""
    now = ports.clock.now()
    for entry in entries:
        if _is_ours(entry, deployed) and is_claimed(entry, now) and entry.claimed_by != postman.by:
            return f"run {entry.claimed_by} is still delivering the {entry.change} of an older deployment"
    return ""


def _left(writes: Mapping[str, Receipt], deployed: Deployed, way: Way, postman: Postman) -> Iterable[Operation]:
    """Say what becomes of the outbox by what this run did, or could not do."""
    for change, receipt in writes.items():
        if way.own is not None and change == REGISTRATION:
            is_over = receipt.undone is None
            yield Settle.of(way.own) if is_over else Release.of(way.own, postman.by, receipt.detail)
        elif receipt.undone is not None:
            yield Keep(deployed.pending(change, receipt.undone, receipt.detail))


def _waits(operation: Operation) -> bool:
    return isinstance(operation, Keep | Release)


def _notices(service: str, became: Iterable[Became]) -> Iterable[Finding]:
    """Say so where a write that failed is not kept, because something newer is there."""
    for one in became:
        if isinstance(one.operation, Keep) and not one.is_done:
            message = f"the {one.operation.pending.change} of {service} is not kept for later: {one.reason}"
            yield Finding(ID, service, Level.NOTICE, message)
