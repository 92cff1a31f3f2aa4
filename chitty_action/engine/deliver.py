"""The verb *deliver*: what waits in the outbox reaches ChittyRegister, once, and never over something newer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from chitty_action.engine.chronicle import run_key
from chitty_action.engine.delivery import delivered, is_given_up
from chitty_action.engine.judge import status_of
from chitty_action.engine.remember import remember
from chitty_action.model.change import Fate, Receipt
from chitty_action.model.finding import Finding, Level
from chitty_action.model.ports import StateError
from chitty_action.model.report import Outcome, Status
from chitty_action.model.text import timestamp
from chitty_action.state.facts import Facts
from chitty_action.state.outbox import REGISTRATION, Claim, Release, Settle

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chitty_action.model.ports import Branch, Ports
    from chitty_action.model.subject import Hub, Subject
    from chitty_action.state.pending import Pending

ID: Final = "outbox"
_GRACE: Final = timedelta(minutes=1)
"""After the deadline, until a run has surely ended."""
_SHARE: Final = 0.85
"""Of the deadline, after which nothing more is delivered."""
_AT_ONCE: Final = 50
"""Entries that are claimed together: each claim and each letting go is a commit."""
_ENOUGH: Final = 3
"""Writes that could not be done, after which a run stops trying."""
_AGAIN = "the next run of reconcile tries again"


class Postman(Struct, frozen=True):
    """Who writes what waits.

    Attributes:
        branch: that remembers it.
        hub: whose ChittyRegister it goes to.
        by: what identifies this run and attempt.
        until: when this run will have ended at the latest.
        stops: seconds since the run began, after which nothing more is delivered: what the run saw is recorded then.
    """

    branch: Branch
    hub: Hub
    by: str
    until: datetime
    stops: float


def postman_of(branch: Branch, subject: Subject, began: datetime, deadline: float) -> Postman:
    """Return who delivers for a run that began then and has `deadline` seconds."""
    run = subject.run
    ends = began + timedelta(seconds=deadline) + _GRACE
    # With service and environment, because one run may deploy several at once, and they are not to be taken for one.
    service, key = subject.service, f"{run_key(run, began)}/{run.run_attempt}"
    return Postman(branch, subject.hub, f"{key} of {service.name} ({service.environment})", ends, _SHARE * deadline)


async def deliver(
    waiting: Iterable[Pending], postman: Postman, ports: Ports
) -> tuple[tuple[Outcome, ...], tuple[Pending, ...]]:
    """Deliver what waits: claim some, write them, let them go, and so on; registrations before what needs them.

    What has failed least comes first, so that no entry holds the others up for ever. It ends when the time for it is
    over, or when several writes in this run could not be done, because then the others hardly can.
    Returns what became of it, and what still waits.
    """
    entries = sorted(waiting, key=lambda entry: (entry.tries, entry.change != REGISTRATION, entry.service))
    outcomes: list[Outcome] = []
    left: list[Pending] = []
    for first in range(0, len(entries), _AT_ONCE):
        batch = entries[first : first + _AT_ONCE]
        if reason := _reason_to_end(left, postman, ports):
            rest = entries[first:]
            return (*outcomes, _postponed(len(rest), reason)), (*left, *rest)
        try:
            done, still = await _batch(batch, postman, ports)
        except StateError as error:
            return (*outcomes, _unclaimed(batch, error)), (*left, *entries[first:])
        outcomes += done
        left += still
    return tuple(outcomes), tuple(left)


async def _batch(entries: Iterable[Pending], postman: Postman, ports: Ports) -> tuple[list[Outcome], list[Pending]]:
    """Claim entries, write them as long as there is no reason to end, and let go what was done.

    Raises StateError where they could not be claimed: then nothing was written.
    """
    listed = tuple(entries)
    claims = tuple(Claim.of(entry, postman.by, postman.until) for entry in listed)
    claimed = await remember(postman.branch, Facts(outbox=claims), ports.clock, "Claim what waits in the outbox")
    outcomes: list[Outcome] = []
    left: list[Pending] = []
    postponed: list[Pending] = []
    operations: list[Settle | Release] = []
    reason = ""
    for entry, became in zip(listed, claimed.became, strict=True):
        if not became.is_done:
            left.append(entry)
            outcomes.append(Outcome(ID, entry.service, Status.SKIPPED, f"not delivered: {became.reason}"))
        elif reason := reason or _reason_to_end(left, postman, ports):
            postponed.append(entry)
            operations.append(Release.of(entry, postman.by, entry.reason))
        else:
            receipt = await _in_time(entry, postman, ports)
            operations.append(_after(entry, receipt, postman))
            outcomes.append(_outcome(entry, receipt))
            left += [entry] if isinstance(operations[-1], Release) else []
    outcomes += [_postponed(len(postponed), reason)] if postponed else []
    try:
        await remember(postman.branch, Facts(outbox=tuple(operations)), ports.clock, "Let go what was delivered")
    except StateError as error:
        outcomes.append(_undecided(error))
    return outcomes, [*left, *postponed]


def _reason_to_end(left: Iterable[Pending], postman: Postman, ports: Ports) -> str:
    if ports.clock.ended() or ports.clock.elapsed() >= postman.stops:
        return "there was no time left for them"
    return "ChittyRegister took none of the last ones" if len(tuple(left)) >= _ENOUGH else ""


async def _in_time(entry: Pending, postman: Postman, ports: Ports) -> Receipt:
    """Write one entry, or give it up until the next run when the time for deliveries is over."""
    try:
        async with asyncio.timeout(max(0.0, postman.stops - ports.clock.elapsed())):
            return await delivered(entry, postman.hub, ports)
    except TimeoutError:
        return Receipt(entry.change, entry.service, Fate.HELD, "there was no time to wait for an answer")


def _after(entry: Pending, receipt: Receipt, postman: Postman) -> Settle | Release:
    is_over = receipt.fate is Fate.APPLIED or is_given_up(receipt)
    return Settle.of(entry) if is_over else Release.of(entry, postman.by, receipt.detail)


def _outcome(entry: Pending, receipt: Receipt) -> Outcome:
    what = f"the {entry.change} of {entry.service}, deployed at {timestamp(entry.deployed_at)},"
    if receipt.fate is Fate.APPLIED:
        return Outcome(ID, entry.service, Status.PASSED, f"{what} was delivered: {receipt.detail}")
    is_over = is_given_up(receipt)
    told = f"{'is given up' if is_over else 'still waits'}: {receipt.detail}"
    hint = next((finding.hint for finding in receipt.findings if finding.hint), "") or _AGAIN
    level = max((one.level for one in receipt.findings), key=lambda one: one.rank) if is_over else Level.WARNING
    finding = Finding(ID, entry.service, level, f"{what} {told}", hint)
    return Outcome(ID, entry.service, status_of((finding,)), told, (finding,))


def _postponed(count: int, reason: str) -> Outcome:
    writes = "1 more write waits" if count == 1 else f"{count:,} more writes wait"
    finding = Finding(ID, "the outbox", Level.WARNING, f"{writes} in the outbox: {reason}", "the next run goes on")
    return Outcome(ID, "the outbox", Status.WARNED, f"{writes}: {reason}", (finding,))


def _unclaimed(entries: Iterable[Pending], error: StateError) -> Outcome:
    names = ", ".join(dict.fromkeys(entry.service for entry in entries))
    message = f"what waits in the outbox for {names} was not delivered: {error.message}"
    finding = Finding(ID, "the outbox", Level.WARNING, message, error.hint or _AGAIN)
    return Outcome(ID, "the outbox", Status.WARNED, "nothing was delivered", (finding,))


def _undecided(error: StateError) -> Outcome:
    message = f"what became of the outbox was not recorded, so it may be delivered once more: {error.message}"
    finding = Finding(ID, "the outbox", Level.WARNING, message, error.hint or _AGAIN)
    return Outcome(ID, "the outbox", Status.WARNED, "not recorded", (finding,))
