"""Runs that work at the same time, step by step, and the clock that they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.state.branch import Turn
from tests.state.facts import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from chitty_action.state.pending import Pending

LIFE = timedelta(hours=1)
"""Of a run, and so of a claim."""


@dataclass(slots=True)
class Time:
    """The port `Clock` of all runs; only the life lets time pass."""

    at: datetime = NOON

    def started(self) -> datetime:
        """Nobody asks."""
        return self.at

    def now(self) -> datetime:
        """Tell the time."""
        return self.at

    def elapsed(self) -> float:
        """Nobody asks."""
        return 0.0

    def ended(self) -> str | None:
        """There is always time; who has none dies."""
        return None

    def overdue(self) -> bool:
        """It never is."""
        return False

    async def sleep(self, seconds: float) -> None:
        """Let others have their turn."""
        assert 0 <= seconds <= 5
        await Turn()

    def jittered(self, seconds: float) -> float:
        """Nobody asks."""
        return seconds

    def below(self, seconds: float) -> float:
        """As long as it may be."""
        return seconds


class Running:
    """A run that has not ended; `until` it lives, and `unsettled` is what it has delivered and not yet told."""

    def __init__(self, work: Callable[[Running], Coroutine[None, None, None]], until: datetime) -> None:
        """Begin, without a first step."""
        self.until = until
        self.unsettled: list[Pending] = []
        self.work = work(self)
