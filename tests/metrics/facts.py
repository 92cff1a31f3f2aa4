"""What is remembered, in a few words."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.metrics.overview import numbers_of
from chitty_action.state.deployment import Deployment, Durations
from chitty_action.state.history import History
from chitty_action.state.sweep import Sweep

if TYPE_CHECKING:
    from chitty_action.metrics.numbers import Number

NOW = datetime(2026, 11, 27, 12, 0, 0, tzinfo=UTC)
LEDGER, PROOF = "chittyledger", "chittyproof"


def ago(days: float = 0, *, hours: float = 0, seconds: float = 0) -> datetime:
    """When that was."""
    return NOW - timedelta(days=days, hours=hours, seconds=seconds)


def sweep(at: datetime, **classes: str) -> Sweep:
    """Give a sweep that saw these classes; its run is its time."""
    return Sweep(at=at, run=at.isoformat(), classes=classes, counts=Counter(classes.values()))


def scheduled(at: datetime, late: int = 0, every: int = 21_600) -> Sweep:
    """Give a sweep that a schedule started, every six hours unless told otherwise."""
    return replace(sweep(at, chittyledger="healthy"), late=late, every=every)


def deployment(at: datetime, run: str = "", **known: object) -> Deployment:
    """Give a deployment that was well in every respect, but for what is told."""
    facts: dict[str, object] = {
        "service": LEDGER,
        "environment": "production",
        "verdict": "passed",
        "registered": True,
        "health": "healthy",
        "durations": Durations(post=3.0, deployment=60.0),
    }
    return Deployment(**{"at": at, "run": run or at.isoformat(), **facts, **known})  # type: ignore[arg-type] # by name


def the(which: str, history: History | None = None, this: Sweep | None = None, now: datetime = NOW) -> Number:
    """Give one number of them all."""
    numbers = {number.id: number for number in numbers_of(history or History(), now, this)}
    return numbers[which]
