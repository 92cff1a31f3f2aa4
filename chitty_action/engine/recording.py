"""What phase `post` does with the data branch: make way before it registers, and record the deployment at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from chitty_action.engine.chronicle import run_key
from chitty_action.engine.remember import remember
from chitty_action.model.change import Fate
from chitty_action.model.document import decoded
from chitty_action.model.finding import Finding, Level
from chitty_action.model.ports import StateError
from chitty_action.model.report import Outcome, Status
from chitty_action.state.facts import Facts
from chitty_action.state.layout import OUTBOX
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
        own: this run's own registration, which stands there for the case that the run ends before its time.
        others: what waits for the service and is not superseded: a status of another environment.
        outcomes: what a person should know.
    """

    own: Pending | None = None
    others: tuple[Pending, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


async def make_way(deployed: Deployed, undone: Undone | None, postman: Postman, ports: Ports) -> Way:
    """Take what an older deployment of the service left out of the hands of whoever would deliver it from now on.

    `undone` is the registration that is about to be sent, where it is known already: it takes the older one's place, so
    that it is not lost either if this run dies. While somebody is delivering, this waits.
    """
    try:
        while entries := await _waiting(deployed.service, postman):
            others = tuple(entry for entry in entries if not _is_ours(entry, deployed))
            operations = tuple(_taken_over(entries, deployed, undone, postman))
            if not operations:
                return Way(others=others)
            if not _being_delivered(entries, postman, ports):
                message = f"Make way for {deployed.service}"
                done = await remember(postman.branch, Facts(outbox=operations), ports.clock, message)
                if all(became.is_done for became in done.became):
                    own = next((one.pending for one in operations if isinstance(one, Keep)), None)
                    return Way(own, others)
            if ports.clock.ended():
                break
            await ports.clock.sleep(ports.clock.jittered(_BETWEEN_LOOKS))
    except StateError as error:
        message = f"what waits for {deployed.service} is unknown: {error.message}"
        finding = Finding(ID, deployed.service, Level.WARNING, message, error.hint)
        return Way(outcomes=(Outcome(ID, deployed.service, Status.WARNED, "the outbox was not read", (finding,)),))
    return Way()


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
        lost = f", and nothing will deliver its {' and '.join(waits)} later" if waits else ""
        told = f"this deployment of {deployed.service} is not recorded{lost}: {error.message}"
        finding = Finding(ID, deployed.service, Level.WARNING, told, error.hint)
        return Outcome(ID, deployed.service, Status.WARNED, "not recorded", (finding,))
    findings = tuple(_notices(deployed.service, remembered.became))
    seen = f"recorded; its {' and '.join(waits)} will be delivered later" if waits and not findings else "recorded"
    return Outcome(ID, deployed.service, Status.NOTED if findings else Status.PASSED, seen, findings)


async def _waiting(service: str, postman: Postman) -> tuple[Pending, ...]:
    head = await postman.branch.head()
    paths = sorted(path for path in head.files if path.startswith(f"{OUTBOX}{service}."))
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
        if entry.change == STATUS:
            yield Settle.of(entry)
        elif undone is None:
            yield Claim.of(entry, postman.by, postman.until)
        else:
            own = deployed.pending(REGISTRATION, undone, "the run that was to send it did not say what became of it")
            yield Keep(replace(own, claimed_by=postman.by, claimed_until=postman.until))


def _being_delivered(entries: Iterable[Pending], postman: Postman, ports: Ports) -> bool:
    now = ports.clock.now()
    return any(is_claimed(entry, now) and entry.claimed_by != postman.by for entry in entries)


def _left(writes: Mapping[str, Receipt], deployed: Deployed, way: Way, postman: Postman) -> Iterable[Operation]:
    """Say what becomes of the outbox by what this run did, or could not do."""
    for change, receipt in writes.items():
        if way.own is not None and change == REGISTRATION:
            is_over = receipt.undone is None
            yield Settle.of(way.own) if is_over else Release.of(way.own, postman.by, receipt.detail)
        elif receipt.undone is not None and receipt.fate in {Fate.FAILED, Fate.DOUBTED}:
            yield Keep(deployed.pending(change, receipt.undone, receipt.detail))


def _waits(operation: Operation) -> bool:
    return isinstance(operation, Keep | Release)


def _notices(service: str, became: Iterable[Became]) -> Iterable[Finding]:
    """Say so where a write that failed is not kept, because something newer is there."""
    for one in became:
        if isinstance(one.operation, Keep) and not one.is_done:
            message = f"the {one.operation.pending.change} of {service} is not kept for later: {one.reason}"
            yield Finding(ID, service, Level.NOTICE, message)
