"""Years of an ecosystem: 200 services, a deployment a week and service, four sweeps a day; some fail, some flap."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chitty_action.state.deployment import Deployment, Durations
from chitty_action.state.sweep import Coverage, OpenIncident, Sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = datetime(2026, 12, 1, 0, 43, tzinfo=UTC)
SERVICES = [f"chitty-service-{number:03}" for number in range(200)]
FLAPPING = SERVICES[:10]
WEEK = timedelta(days=7)
EVERY = timedelta(hours=6)
_WORSE = ["degraded", "down", "missing", "blocked"]


def deployments(begin: datetime, end: datetime) -> Iterator[Deployment]:
    """Yield the deployments of a time, each service's at its own hour of the week; one in ten has trouble."""
    for number, service in enumerate(SERVICES):
        at = BEGIN + timedelta(minutes=50 * number)
        at += WEEK * max(-((at - begin) // WEEK), 0)
        while at < end:
            yield _deployment(service, at)
            at += WEEK


def _deployment(service: str, at: datetime) -> Deployment:
    chance = random.Random(f"{service} {at}")  # noqa: S311 - made up
    run = str(19_000_000_000 + int((at - BEGIN).total_seconds()))
    is_failing = chance.random() < 0.1
    return Deployment(
        at=at,
        service=service,
        environment="production",
        verdict="failed" if is_failing else "passed",
        result=chance.choice(["failure", "success"]) if is_failing else "success",
        version=f"1.{chance.randrange(90)}.{chance.randrange(20)}",
        commit=f"{chance.getrandbits(160):040x}",
        branch="main",
        actor=chance.choice(["ann-of-chittyos", "dependabot[bot]"]),
        run=run,
        repository=f"chittyos/{service}",
        url=f"https://github.com/chittyos/{service}/actions/runs/{run}",
        registered=not is_failing,
        health="down" if is_failing else "healthy",
        proxied=not is_failing,
        discovered=True,
        mcp_tools=chance.randrange(30),
        failed=("service-healthy", "register-service") if is_failing else (),
        durations=Durations(post=chance.uniform(5, 90), deployment=chance.uniform(60, 600)),
    )


def sweeps(begin: datetime, end: datetime) -> Iterator[Sweep]:
    """Yield the sweeps of a time; ten services flap all the time, and of the others one is broken in every third."""
    at = begin
    while at < end:
        yield _sweep(at)
        at += EVERY


def _sweep(at: datetime) -> Sweep:
    chance = random.Random(f"{at}")  # noqa: S311 - made up
    classes = dict.fromkeys(SERVICES, "healthy")
    classes |= {name: chance.choice(["healthy", *_WORSE]) for name in FLAPPING}
    if chance.random() < 1 / 3:
        classes[chance.choice(SERVICES)] = chance.choice(_WORSE)
    run = str(29_000_000_000 + int((at - BEGIN).total_seconds()))
    url = "https://github.com/chittyos/chitty-action"
    return Sweep(
        at=at,
        run=run,
        url=f"{url}/actions/runs/{run}",
        classes=classes,
        counts={seen: list(classes.values()).count(seen) for seen in sorted({*classes.values()})},
        latency=dict(zip(SERVICES, chance.choices(range(20, 3_000), k=len(SERVICES)), strict=True)),
        conflicts=chance.randrange(3),
        discovery_age=chance.randrange(90_000),
        refreshed=True,
        incidents=tuple(
            OpenIncident(kind, f"{url}/issues/{number}", at - WEEK)
            for number, kind in enumerate(["unhealthy-services", "proxy-failures"], 100)
        ),
        late=chance.randrange(900),
        every=int(EVERY.total_seconds()),
        coverage=Coverage(190, 200),
        elapsed=chance.uniform(10, 60),
    )
