"""Where what lies on the data branch (docs/state.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

DEPLOYMENTS: Final = "deployments/"
SWEEPS: Final = "sweeps/"
OUTBOX: Final = "outbox/"
DAYS: Final = "sweeps/days.jsonl"
"""A line for each day of which the sweeps themselves are no longer kept."""
METRICS: Final = "metrics.txt"


def deployments_of(at: datetime) -> str:
    """Return the file of a deployment at this time, in UTC."""
    return f"{DEPLOYMENTS}{at:%Y-%m}.jsonl"


def sweeps_of(at: datetime) -> str:
    """Return the file of a sweep at this time, in UTC."""
    return f"{SWEEPS}{at:%Y-%m}.jsonl"


def outbox_of(service: str, change: str) -> str:
    """Return the file of a write that waits; both are kebab-case words."""
    return f"{OUTBOX}{service}.{change}.json"
