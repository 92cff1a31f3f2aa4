"""What the core needs from the outside; `adapters/` provides it and `main` connects the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from chitty_action.errors import ChittyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from chitty_action.model.branch import Head
    from chitty_action.model.exchange import Answer, Failure, Request
    from chitty_action.model.finding import Finding
    from chitty_action.model.incident import Issue
    from chitty_action.model.reading import Projection


class Remote(Protocol):
    """The network, with retries, bounds, the deadline and the credentials behind it."""

    async def prepare(self, urls: Iterable[str]) -> None:
        """Resolve and check the hosts of what will be asked, all at once; never raises."""
        ...

    async def ask(self, request: Request) -> Answer | Failure:
        """Send one request; never raises for what the other side does."""
        ...


class Projector(Protocol):
    """jq."""

    async def project(self, projection: Projection, body: bytes) -> bytes:
        """Return the program's last output as JSON text; of a foreign program only whether it is truthy.

        Raises ValueError when it fails or gives nothing.
        """
        ...


class Clock(Protocol):
    """Time, how much of it is left, and chance."""

    def started(self) -> datetime:
        """Return when the phase began, in UTC."""
        ...

    def now(self) -> datetime:
        """Return the current time in UTC."""
        ...

    def elapsed(self) -> float:
        """Return the seconds since the phase began."""
        ...

    def ended(self) -> str | None:
        """Return why there is no time left (the deadline, or a signal), or None while there is."""
        ...

    def overdue(self) -> bool:
        """Whether it was the deadline that ended the time, and not a signal."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; return early when the deadline or a signal comes first."""
        ...

    def jittered(self, seconds: float) -> float:
        """Return a pause near `seconds`, so that many runs do not ask in step."""
        ...

    def below(self, seconds: float) -> float:
        """Return a pause anywhere from 0 to `seconds`, so that runs which collided do not collide again."""
        ...


class Log(Protocol):
    """Structured events for diagnosis: a dotted name and key-values. What people must read is in the report."""

    def debug(self, event: str, **values: object) -> None:
        """Record a routine event."""
        ...

    def info(self, event: str, **values: object) -> None:
        """Record an event that explains why a run takes long."""
        ...


class IssuesError(ChittyError):
    """GitHub did not do what was asked; the message names the thing and the cause, the hint the cure.

    `is_lasting` where asking again in this run is of no use: no token, no permission, issues are disabled.
    `is_doubted` where a write may have been carried out all the same.
    """

    def __init__(self, message: str, hint: str = "", *, is_lasting: bool = False, is_doubted: bool = False) -> None:
        """Say what happened."""
        super().__init__(message, hint)
        self.is_lasting = is_lasting
        self.is_doubted = is_doubted


class StateError(ChittyError):
    """The data branch could not be read or written; the message names the thing and the cause, the hint the cure.

    `is_doubted` where a write may have been carried out all the same; `is_lasting` where asking again in this run is
    of no use.
    """

    def __init__(self, message: str, hint: str = "", *, is_lasting: bool = False, is_doubted: bool = False) -> None:
        """Say what happened."""
        super().__init__(message, hint)
        self.is_lasting = is_lasting
        self.is_doubted = is_doubted


class Branch(Protocol):
    """One branch of a repository that holds data. Every method may raise StateError, and nothing else."""

    async def head(self) -> Head:
        """Return the tip, with its files; one without a commit where there is no such branch yet."""
        ...

    async def text(self, head: Head, path: str) -> str:
        """Return a file of that tip."""
        ...

    async def commit(self, head: Head, files: Mapping[str, str | None], message: str) -> bool:
        """Put a commit with these files on that tip; None removes one. False where the branch has moved meanwhile."""
        ...


class Issues(Protocol):
    """The issues of the repository that the run belongs to. Every method may raise IssuesError, and nothing else."""

    async def login(self) -> str:
        """Return the login that this token writes as."""
        ...

    async def listed(self, since: datetime) -> tuple[Issue, ...]:
        """Return all open issues and those changed since, whole or not at all, without pull requests."""
        ...

    async def create(self, title: str, body: str, labels: Sequence[str], assignees: Sequence[str]) -> Issue:
        """Open an issue. Labels that are missing are created; what cannot be set is left out and told by `remarks`."""
        ...

    async def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        """Rewrite title or body."""
        ...

    async def close(self, number: int, reason: str) -> None:
        """Close, as `completed`, `not_planned` or `duplicate`."""
        ...

    async def reopen(self, number: int) -> None:
        """Open it again."""
        ...

    async def lock(self, number: int) -> None:
        """Let nobody but collaborators write on it."""
        ...

    async def comment(self, number: int, body: str) -> None:
        """Write a comment."""
        ...

    def remarks(self) -> tuple[Finding, ...]:
        """Return the warnings about labels and assignees that could not be set in this run."""
        ...


def silent(_done: int, _of: int) -> None:
    """Show nothing."""


class Ports(Struct, frozen=True):
    """Everything that the engine needs from the outside, in one value."""

    remote: Remote
    projector: Projector
    clock: Clock
    log: Log
    progress: Callable[[int, int], None] = silent
    """Hears how much of a long piece of work is done, and of how much."""
