"""Which files a number comes from, how old a fact is, and what a number says of what was left out."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from chitty_action.state.layout import deployments_of, sweeps_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chitty_action.state.deployment import Deployment
    from chitty_action.state.sweep import Sweep

THIS_RUN: Final = "this run"


def of_deployments(deployments: Iterable[Deployment]) -> tuple[str, ...]:
    """Return the files that these deployments lie in, each once."""
    return tuple(sorted({deployments_of(deployment.at.astimezone(UTC)) for deployment in deployments}))


def of_sweeps(sweeps: Iterable[Sweep], this: Sweep | None) -> tuple[str, ...]:
    """Return the files that these sweeps lie in, each once; that of this run is still in memory."""
    return tuple(sorted({THIS_RUN if sweep is this else sweeps_of(sweep.at.astimezone(UTC)) for sweep in sweeps}))


def age_of(began: datetime, now: datetime) -> float:
    """Return how many seconds ago that was; none where another machine's clock is ahead of ours."""
    return max(0.0, (now - began).total_seconds())


def told(number: int, one: str, many: str) -> str:
    """Say one sentence of one thing and the other of several, which has a place for how many; nothing of none."""
    if not number:
        return ""
    return one if number == 1 else many.format(number)
