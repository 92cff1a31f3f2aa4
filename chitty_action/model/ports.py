"""What the core needs from the outside; `adapters/` provides it and `main` connects the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chitty_action.model.exchange import Answer, Failure, Request
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


class Log(Protocol):
    """Structured events for diagnosis: a dotted name and key-values. What people must read is in the report."""

    def debug(self, event: str, **values: object) -> None:
        """Record a routine event."""
        ...

    def info(self, event: str, **values: object) -> None:
        """Record an event that explains why a run takes long."""
        ...


class Ports(Struct, frozen=True):
    """Everything that the engine needs from the outside, in one value."""

    remote: Remote
    projector: Projector
    clock: Clock
    log: Log
