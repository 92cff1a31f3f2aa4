"""The rules of the outbox: one write a service and change, the newest deployment's, delivered once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.json import format as indented
from msgspec.structs import replace

from chitty_action.model.text import timestamp
from chitty_action.state.layout import is_entry, outbox_of
from chitty_action.state.lines import UNREADABLE, encoded
from chitty_action.state.moment import utc
from chitty_action.state.pending import MOST_TRIES, Pending

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chitty_action.state.deployment import Deployment

REGISTRATION: Final = "registration"
STATUS: Final = "status"
KEPT: Final = timedelta(days=30)
LONGEST_CLAIM: Final = timedelta(days=1)
"""Longer than any run lives; a claim that says otherwise was not written by one."""
SUCCESS: Final = "success"


class Keep(Struct, frozen=True):
    """Remember a write that failed. The line of its deployment belongs into the same facts."""

    pending: Pending

    @property
    def path(self) -> str:
        """Where it waits."""
        return outbox_of(self.pending.service, self.pending.change)


class _OnEntry(Struct, frozen=True, kw_only=True):
    """Something about one entry.

    Attributes:
        service: of the entry.
        change: of the entry.
        deployed_at: of the entry.
        run: of the entry.
    """

    service: str
    change: str
    deployed_at: datetime
    run: str

    @property
    def path(self) -> str:
        """Where the entry waits."""
        return outbox_of(self.service, self.change)

    @property
    def order(self) -> tuple[datetime, str]:
        """As `Pending.order`."""
        return utc(self.deployed_at), self.run


class Claim(_OnEntry, frozen=True, kw_only=True):
    """Be the one that delivers the entry. `by` is this run and attempt, `until` when it will have ended."""

    by: str
    until: datetime

    @classmethod
    def of(cls, entry: Pending, by: str, until: datetime) -> Claim:
        """Make it of the entry."""
        at, run = entry.order
        return cls(service=entry.service, change=entry.change, deployed_at=at, run=run, by=by, until=until)


class Settle(_OnEntry, frozen=True, kw_only=True):
    """The entry was delivered, or will never be: let it go."""

    @classmethod
    def of(cls, entry: Pending) -> Settle:
        """Make it of the entry."""
        at, run = entry.order
        return cls(service=entry.service, change=entry.change, deployed_at=at, run=run)


class Release(_OnEntry, frozen=True, kw_only=True):
    """The entry could not be delivered by the run that had claimed it; `reason` is why, a clause."""

    by: str
    reason: str

    @classmethod
    def of(cls, entry: Pending, by: str, reason: str) -> Release:
        """Make it of the entry."""
        at, run = entry.order
        return cls(service=entry.service, change=entry.change, deployed_at=at, run=run, by=by, reason=reason)


Operation = Keep | Claim | Settle | Release


class Became(Struct, frozen=True):
    """What became of an operation; `reason` is a clause where it is not done, or had nothing to do."""

    operation: Operation
    is_done: bool
    reason: str = ""


class Ruling(Struct, frozen=True):
    """What an operation makes of an entry.

    Attributes:
        entry: what stays; None for nothing.
        became: what is told.
        is_unsure: it rests on something that is not there, and might be on a newer tip of the branch.
    """

    entry: Pending | None
    became: Became
    is_unsure: bool = False


def entry_in(path: str, text: str) -> Pending:
    """Read an entry. Raises ValueError (or OverflowError) for what is none, or lies in the wrong place."""
    entry = Pending.read(text)
    if path != outbox_of(entry.service, entry.change):
        raise ValueError(f"it belongs into {outbox_of(entry.service, entry.change)}")
    if not is_entry(path):
        raise ValueError("it is no write of a service that this version knows")
    if not (entry.idempotency_key.isascii() and entry.idempotency_key.isprintable()):
        raise ValueError("its idempotency key cannot be sent in a header")
    encoded(entry)
    return entry


def entry_at(path: str, text: str | None) -> Pending | None:
    """Return an entry; None where there is none that can be read."""
    try:
        return entry_in(path, text) if text is not None and is_entry(path) else None
    except UNREADABLE:
        return None


def written_entry(entry: Pending) -> str:
    """Return the text of an entry's file."""
    return f"{indented(encoded(entry), indent=1)}\n"


def is_claimed(entry: Pending, now: datetime) -> bool:
    """Whether a run that may still live is delivering it."""
    until = entry.claimed_until
    return bool(entry.claimed_by) and until is not None and now < until <= now + 2 * LONGEST_CLAIM


def is_superseded(entry: Pending, deployments: Iterable[Deployment]) -> bool:
    """Whether a newer deployment succeeded, so that delivering this would put something older over it.

    A registration only where the newer one was accepted: otherwise there is nothing newer to put it over, or it waits
    in the same place.
    """
    return any(
        one.service == entry.service
        and one.result == SUCCESS
        and one.at > entry.deployed_at
        and (one.run, one.attempt, one.environment) != (entry.run, entry.attempt, entry.environment)
        and (one.registered is True if entry.change == REGISTRATION else one.environment == entry.environment)
        for one in deployments
    )


def is_too_old(entry: Pending, now: datetime) -> bool:
    """Whether nobody waits for it any more."""
    return now - entry.deployed_at > KEPT


def rule(operation: Operation, entry: Pending | None, deployments: Iterable[Deployment], now: datetime) -> Ruling:
    """Carry an operation out on what waits in its place. `deployments` are those that the branch holds since then."""
    match operation:
        case Keep():
            return _kept(operation, entry, deployments, now)
        case Claim():
            return _claimed(operation, entry, now)
        case Settle():
            return _settled(operation, entry)
        case Release():
            return _released(operation, entry)


def _kept(keep: Keep, entry: Pending | None, deployments: Iterable[Deployment], now: datetime) -> Ruling:
    new = keep.pending
    reason = ""
    if is_too_old(new, now):
        reason = f"its deployment was more than {KEPT.days} days ago"
    elif is_superseded(new, deployments):
        reason = "a newer deployment has succeeded"
    elif entry is not None and entry.order > new.order:
        reason = "what a newer deployment left waits already"
    elif entry is not None and new.claimed_by and is_claimed(entry, now) and entry.claimed_by != new.claimed_by:
        reason = f"run {entry.claimed_by} is delivering what waits"  # its write could arrive after the newer one
    if reason:
        return Ruling(entry, Became(keep, is_done=False, reason=reason))
    is_there = entry is not None and entry.order == new.order  # with its claim and its tries
    return Ruling(entry if is_there else new, Became(keep, is_done=True))


def _claimed(claim: Claim, entry: Pending | None, now: datetime) -> Ruling:
    reason = ""
    if entry is None or not _is_it(claim, entry):
        reason = _elsewhere(entry)
    elif is_too_old(entry, now):
        reason = f"its deployment was more than {KEPT.days} days ago"
    elif is_claimed(entry, now) and entry.claimed_by != claim.by:
        reason = f"run {entry.claimed_by} is delivering it"
    if entry is None or reason:
        return Ruling(entry, Became(claim, is_done=False, reason=reason))
    until = min(claim.until, now + LONGEST_CLAIM)
    claimed = replace(entry, claimed_by=claim.by, claimed_until=until)
    return Ruling(claimed, Became(claim, is_done=True))


def _settled(settle: Settle, entry: Pending | None) -> Ruling:
    if entry is not None and _is_it(settle, entry):
        return Ruling(None, Became(settle, is_done=True))
    return Ruling(entry, Became(settle, is_done=True, reason=_elsewhere(entry)), _is_unsure(settle, entry))


def _released(release: Release, entry: Pending | None) -> Ruling:
    if entry is None or not _is_it(release, entry):
        became = Became(release, is_done=False, reason=_elsewhere(entry))
        return Ruling(entry, became, _is_unsure(release, entry))
    if entry.claimed_by != release.by:
        return Ruling(entry, Became(release, is_done=False, reason="its claim has ended"), is_unsure=True)
    tries = min(entry.tries + 1, MOST_TRIES)
    released = replace(entry, claimed_by="", claimed_until=None, tries=tries, reason=release.reason)
    return Ruling(released, Became(release, is_done=True))


def _is_it(operation: _OnEntry, entry: Pending) -> bool:
    return entry.order == operation.order


def _is_unsure(operation: _OnEntry, entry: Pending | None) -> bool:
    """Whether a newer tip of the branch may say something else: what waits only ever becomes newer."""
    return entry is None or entry.order < operation.order


def _elsewhere(entry: Pending | None) -> str:
    if entry is None:
        return "it does not wait any more"
    return f"what the deployment of {timestamp(entry.deployed_at)} left has taken its place"
