"""What is decided about one kind: plain values, without a word of what people will read."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from chitty_action.incidents.memory import Memory
    from chitty_action.model.incident import Action, Issue, Kind
    from chitty_action.model.route import Move


class Settings(Struct, frozen=True):
    """How patient incidents are, and which run this is (empty outside of GitHub)."""

    open_after: int = 1
    close_after: int = 1
    run_id: str = ""


class Why(StrEnum):
    """The occasion of a comment."""

    CHANGED = "the set of subjects changed"
    OVER = "all is well again"
    STILL_OVER = "a person reopened it, and all is well"
    AGAIN = "it is broken again"
    STILL_TRUE = "a person closed it as completed, and it is still broken"


class Create(Struct, frozen=True):
    """Open an issue."""


class Comment(Struct, frozen=True):
    """Write a comment on this occasion."""

    why: Why


class Rewrite(Struct, frozen=True):
    """Bring our part of the body up to date, the memory with it."""


class Close(Struct, frozen=True):
    """Close the issue as completed."""


class Reopen(Struct, frozen=True):
    """Open the issue again."""


class CloseDuplicate(Struct, frozen=True):
    """Close another issue of the same kind, with a link to the one that stays."""

    number: int


Step = Create | Comment | Rewrite | Close | Reopen | CloseDuplicate


class Case(Struct, frozen=True):
    """A subject of an incident; `since` is None where that was forgotten, `move` is what would resolve it."""

    name: str
    state: str
    detail: str
    since: datetime | None
    move: Move | None = None


class Decision(Struct, frozen=True):
    """What is decided about one kind.

    Attributes:
        kind: which one.
        action: for the output; None where there is nothing to tell.
        issue: the one that survives; None where there is none, or a new one is created.
        steps: what to do, in this order; each may be the last one that works.
        affected: who is broken, the ones that this run could not judge included; nobody when it is over.
        suppressed: names of what is probably broken because of this.
        memory: to be written with the body.
        added: who is broken now, and was not when people were last told.
        recovered: the other way round.
        waiting: what has to be remembered in the standing issue, because there is no incident yet.
        clean_runs_wanted: further clean runs until it closes; None where this run did not see it clean.
    """

    kind: Kind
    action: Action | None
    issue: Issue | None = None
    steps: tuple[Step, ...] = ()
    affected: tuple[Case, ...] = ()
    suppressed: tuple[str, ...] = ()
    memory: Memory | None = None
    added: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()
    waiting: Memory | None = None
    clean_runs_wanted: int | None = None


class Standing(Struct, frozen=True):
    """What the standing issue has to remember; `issue` is None where it has to be created first."""

    issue: Issue | None
    memories: tuple[Memory, ...]
    is_rewritten: bool
    """False where only closing and locking it is left to do."""
