"""How the services were, moment by moment: the slow and obvious way, and histories to try it on."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from chitty_action.state.sweep import Sweep
from tests.metrics.facts import LEDGER, NOW, PROOF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

SERVICES = (LEDGER, PROOF)
CLASSES = ["healthy", "degraded", "down", "missing", "blocked", "redirected", "unprobeable", "skipped"]


@st.composite
def histories(draw: st.DrawFn, unit: timedelta, most: int) -> tuple[tuple[Sweep, ...], Sweep | None]:
    """Draw sweeps at whole units before now, the oldest first, and one of this run, or none."""
    back = draw(st.lists(st.integers(0, most), max_size=8))
    mappings = draw(
        st.lists(st.dictionaries(st.sampled_from(SERVICES), st.sampled_from(CLASSES)), min_size=1, max_size=3)
    )
    sweeps = tuple(
        Sweep(
            at=NOW - units * unit,
            run=str(number),
            blame=draw(st.sampled_from(["them", "hub", "us"])),
            classes=draw(st.sampled_from(mappings)),  # often the same object
            counts={},
            every=draw(st.none() | st.integers(1, most // 4).map(lambda units: int(units * unit.total_seconds()))),
        )
        for number, units in enumerate(sorted(back, reverse=True))
    )
    is_sweep = bool(sweeps) and draw(st.booleans())
    return (sweeps[:-1], sweeps[-1]) if is_sweep else (sweeps, None)


def told_at(moment: datetime, sweeps: Sequence[Sweep], this: Sweep | None) -> Sweep | None:
    """Return the sweep that holds at a moment, if any does; `sweeps` are all of them, that of this run included."""
    before = [each for each in sweeps if each.at <= moment]
    if not before:
        return None
    last = before[-1]
    if last is this:
        return last
    every = next((each.every for each in reversed(before) if each.every), None)
    recent = [each.at for each in sweeps if each.at > NOW - timedelta(days=90)]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(recent)]
    usual = every or (median(gaps) if gaps else 0)
    return last if (moment - last.at).total_seconds() < 2 * usual else None


def well_at(moment: datetime, name: str, sweeps: Sequence[Sweep], this: Sweep | None) -> bool | None:
    """Whether a service was well at a moment; None where that is not known."""
    holds = told_at(moment, sweeps, this)
    seen = holds.classes.get(name) if holds else None
    if holds and seen == "down" and holds.blame == "us":
        return None
    return {"healthy": True, "degraded": False, "down": False, "missing": False}.get(seen or "")


def moments(days: float, step: timedelta) -> Iterator[datetime]:
    """Yield the moments of a window, the oldest first."""
    steps = timedelta(days=days) // step
    yield from (NOW - back * step for back in range(steps, 0, -1))


def share(seen: Sequence[bool | None]) -> tuple[float | None, float]:
    """Return the healthy share of what is known, None where that is under 1 % of all; and the known share of all."""
    known = [well for well in seen if well is not None]
    return (sum(known) / len(known) if known and 100 * len(known) >= len(seen) else None), len(known) / len(seen)
