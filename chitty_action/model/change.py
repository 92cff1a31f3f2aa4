"""A change: what to alter and how, keyed and safe to repeat; a plan of changes; and what happened to each."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chitty_action.model.finding import Finding
    from chitty_action.model.ports import Remote
    from chitty_action.model.reading import Generation


class Fate(StrEnum):
    """What happened to a change; a doubted one may have been carried out, and nobody has looked yet."""

    APPLIED = "applied"
    FAILED = "failed"
    DOUBTED = "doubted"
    NOT_OFFERED = "not offered"
    HELD = "held"


class Undone(Struct, frozen=True):
    """A write that was not done and may succeed later, as it was sent.

    Attributes:
        form: which of the two APIs it was for.
        body: JSON text, which holds no secret.
        idempotency_key: sent with it; empty where there is none.
    """

    form: Generation
    body: bytes
    idempotency_key: str = ""


class Receipt(Struct, frozen=True):
    """What happened to one change.

    Attributes:
        change: id of the change.
        subject: whom it was about.
        fate: what happened.
        detail: what was seen, for the middle of a sentence; for a held change, why.
        findings: what a person should know of it.
        facts: values that outputs need (a task id).
        generation: which of the two APIs took it, where they differ.
        undone: what can be delivered later; None where it was done, or would be refused again.
    """

    change: str
    subject: str
    fate: Fate
    detail: str
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    generation: Generation | None = None
    undone: Undone | None = None


class Change(Protocol):
    """Something to alter. `key` makes a plan's changes unique; applying twice does what applying once does."""

    @property
    def id(self) -> str:
        """Kebab-case; the file is its snake_case."""
        ...

    @property
    def key(self) -> str:
        """Identify the change within a plan."""
        ...

    @property
    def subject(self) -> str:
        """Name whom it is about."""
        ...

    def describe(self) -> str:
        """Say what would be altered, after "would"."""
        ...

    async def apply(self, remote: Remote) -> Receipt:
        """Do it; never raises for what the other side does."""
        ...


class Plan(Struct, frozen=True):
    """Ordered changes with unique keys, or a plan that is held with a reason and does nothing."""

    changes: tuple[Change, ...]
    held: str | None = None

    @classmethod
    def of(cls, changes: Iterable[Change], held: str | None = None) -> Plan:
        """Keep the first change of each key."""
        unique: dict[str, Change] = {}
        for change in changes:
            unique.setdefault(change.key, change)
        return cls(tuple(unique.values()), held)
