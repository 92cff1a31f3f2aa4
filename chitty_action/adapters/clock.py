"""Time: the deadline of the phase and the signal that ends it early are one thing to everybody who waits."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Deadline:
    """A clock that knows when the phase must end; the port `Clock`."""

    def __init__(self, seconds: float) -> None:
        """Start now; `seconds` is the whole time that the phase may take."""
        self._seconds = seconds
        self._started = datetime.now(UTC)
        self._began = time.monotonic()
        self._stopped: str | None = None
        self._waits: set[asyncio.Timeout] = set()

    def started(self) -> datetime:
        """Return when the phase began, in UTC."""
        return self._started

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Return the seconds since the phase began."""
        return time.monotonic() - self._began

    def left(self) -> float:
        """Return the seconds until the deadline; 0 after it or after a signal."""
        return 0.0 if self._stopped else max(0.0, self._seconds - self.elapsed())

    def overdue(self) -> bool:
        """Whether it was the deadline that ended the time, and not a signal."""
        return self._stopped is None and self.left() == 0

    def ended(self) -> str | None:
        """Return why there is no time left, or None while there is."""
        if self._stopped:
            return self._stopped
        return f"the deadline of {self._seconds:g} s was reached" if self.overdue() else None

    def stop(self, reason: str) -> None:
        """End the time now; everything that waits wakes up."""
        self._stopped = reason
        now = asyncio.get_running_loop().time()
        for wait in self._waits:
            with suppress(RuntimeError):  # one that has just ended by itself
                wait.reschedule(now)

    @asynccontextmanager
    async def limit(self, seconds: float) -> AsyncIterator[None]:
        """Bound what happens inside to `seconds` and to the time that is left. Raises TimeoutError."""
        async with asyncio.timeout(min(seconds, self.left())) as wait:
            self._waits.add(wait)
            try:
                yield
            finally:
                self._waits.discard(wait)

    async def sleep(self, seconds: float) -> None:
        """Wait; return early when the deadline or a signal comes first."""
        with suppress(TimeoutError):
            async with self.limit(seconds):
                await asyncio.Event().wait()

    def jittered(self, seconds: float) -> float:
        """Return a pause within a quarter of `seconds`, so that many runs do not ask in step."""
        return seconds * random.uniform(0.75, 1.25)  # noqa: S311 - no secret depends on it

    def below(self, seconds: float) -> float:
        """Return a pause anywhere from 0 to `seconds`, so that runs which collided do not collide again."""
        return random.uniform(0, seconds)  # noqa: S311 - no secret depends on it
