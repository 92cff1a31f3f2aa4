"""What the newest sweep says of the whole: this run's, else the last that is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.metrics.catalogue import number
from chitty_action.metrics.percentiles import percentile
from chitty_action.metrics.sources import age_of, of_sweeps, told
from chitty_action.model.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from chitty_action.metrics.numbers import Number
    from chitty_action.state.sweep import OpenIncident, Sweep

IDS = (
    "route-conflicts",
    "discovery-age",
    *(f"services-{seen}" for seen in Evidence),
    "latency-median",
    "latency-p95",
    "registered-share",
    "incidents-open",
    "incident-age",
)
NO_SWEEP = "No sweep is remembered."


def newest_of(sweep: Sweep | None, now: datetime, this: Sweep | None) -> Iterator[Number]:
    """Yield the numbers of one sweep; what it did not know is unknown, whatever earlier ones knew."""
    if sweep is None:
        yield from (number(which, None, notes=(NO_SWEEP,)) for which in IDS)
        return
    sources = of_sweeps((sweep,), this)
    for which, value, note in _facts(sweep, now):
        is_none = which == "incident-age" and sweep.incidents == ()
        yield replace(number(which, value, at=sweep.at, sources=sources, notes=(note,)), is_none=is_none)


def _facts(sweep: Sweep, now: datetime) -> Iterator[tuple[str, float | None, str]]:
    """Yield id, value and note of each number."""
    yield "route-conflicts", sweep.conflicts, _unless(sweep.conflicts, "No list of routes could be read.")
    yield (
        "discovery-age",
        sweep.discovery_age,
        _unless(sweep.discovery_age, "The age of the discovery document was not seen."),
    )
    for seen in Evidence:
        yield f"services-{seen}", sweep.counts.get(seen, 0), ""
    yield from _latency(sweep)
    yield "registered-share", *_registered(sweep)
    yield from _incidents(sweep.incidents, now)


def _latency(sweep: Sweep) -> Iterator[tuple[str, float | None, str]]:
    """Yield the latencies in seconds, of the services that answered."""
    seconds = [milliseconds / 1000 for milliseconds in sweep.latency.values()]
    silent = len(sweep.classes) - len(seconds)
    note = told(
        silent,
        "1 service has no latency in this sweep and is not counted.",
        "{} services have no latency in this sweep and are not counted.",
    )
    for percent, which in ((50, "latency-median"), (95, "latency-p95")):
        yield which, percentile(seconds, percent), note if seconds else "No service has a latency in this sweep."


def _registered(sweep: Sweep) -> tuple[float | None, str]:
    coverage = sweep.coverage
    if coverage is None:
        return None, "Neither the discovery document nor an account was read."
    if not coverage.public:
        return None, "Nothing names a service with a public host."
    return coverage.registered / coverage.public, f"{coverage.registered} of {coverage.public} services."


def _incidents(incidents: Iterable[OpenIncident] | None, now: datetime) -> Iterator[tuple[str, float | None, str]]:
    if incidents is None:
        yield from (
            (which, None, "GitHub did not say which incidents are open.")
            for which in ("incidents-open", "incident-age")
        )
        return
    begun = [each.since for each in incidents]
    ages = [age_of(since, now) for since in begun if since]
    yield "incidents-open", len(begun), ""
    undated = told(
        len(begun) - len(ages),
        "Of 1 incident the beginning is not known; it is not counted.",
        "Of {} incidents the beginning is not known; they are not counted.",
    )
    yield "incident-age", max(ages, default=None), undated if begun else "No incident is open."


def _unless(value: int | None, note: str) -> str:
    return note if value is None else ""
