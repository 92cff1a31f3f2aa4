"""The deployments of the simulated quarter, about one a week and service, and the registration that still waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chitty_action.model.evidence import Evidence
from chitty_action.model.subject import PRODUCTION
from chitty_action.model.text import timestamp
from chitty_action.state.deployment import Deployment, Durations
from chitty_action.state.moment import utc
from chitty_action.state.outbox import REGISTRATION, SUCCESS
from chitty_action.state.pending import Pending
from sandbox.initial import known_services
from sandbox.quarter_lives import DAYS, happens
from sandbox.quarter_sweeps import run_id, run_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from random import Random

    from sandbox.quarter_lives import Life

_ACTORS = (("nbianchi", "m-okafor", "octo-lee", "dependabot[bot]", "chitty-deploy"), (34, 26, 18, 14, 8))
_STAGING = "staging"
_WORKING = (7, 19)
"""Hours in which most people deploy, in UTC."""
_FAILURES = ("proxy-reachable", "listed-in-discovery", "context-sync", "mcp-tools-listed")
_OFTEN = timedelta(days=7)
_WAITS = "chittycore"
"""A package: its registration has no address."""
_WAITED = timedelta(days=2, hours=5)
_UNDONE = "answered 503 with “Service unavailable”"


@dataclass(slots=True)
class _Repository:
    """How one service is deployed."""

    life: Life
    name: str
    tools: int | None
    says_when: bool
    version: tuple[int, int, int]

    def release(self, chance: Random) -> str:
        """Give the next version."""
        major, minor, patch = self.version
        self.version = (major, minor + 1, 0) if happens(chance, 0.3) else (major, minor, patch + 1)
        return ".".join(map(str, self.version))


@dataclass(frozen=True, slots=True)
class _Release:
    """What is deployed, and when; `before` is the attempt that failed."""

    at: datetime
    version: str
    commit: str
    before: Deployment | None = None


def deployments(lives: Iterable[Life], end: datetime, chance: Random) -> tuple[Deployment, ...]:
    """Give them by time."""
    places = {service["name"]: service["repo"] for service in known_services()}
    made: list[Deployment] = [_waiting(places[_WAITS], end)]
    for life in lives:
        if life.usual == Evidence.HEALTHY and life.name in places:
            version = (chance.choice((0, 1, 1, 2)), chance.randint(0, 14), chance.randint(0, 6))
            tools = chance.choice((None, 0, *range(2, 19)))
            one = _Repository(life, places[life.name], tools, happens(chance, 0.8), version)
            made += _of(one, end, chance)
    return tuple(sorted(made, key=lambda each: (each.at, each.key)))


def pending(known: Iterable[Deployment]) -> Pending:
    """Give what still waits: a registration as phase `post` left it."""
    one = next(each for each in known if each.service == _WAITS)
    deployment = {
        "commit": one.commit,
        "branch": one.branch,
        "deployed_at": timestamp(one.at),
        "workflow_run": one.run,
        "environment": one.environment,
    }
    return Pending(
        service=one.service,
        change=REGISTRATION,
        environment=one.environment,
        repository=one.repository,
        deployed_at=one.at,
        run=one.run,
        idempotency_key=f"{one.service}-{one.environment}-{one.run}-{one.attempt}",
        payload={
            "name": one.service,
            "version": one.version,
            "endpoints": {},
            "capabilities": [],
            "deployment": deployment,
        },
        reason=_UNDONE,
        tries=9,
    )


def _waiting(repository: str, end: datetime) -> Deployment:
    at = utc(end - _WAITED)
    run = run_id(at)
    return Deployment(
        at=at,
        service=_WAITS,
        environment=PRODUCTION,
        verdict="warned",
        version="3.2.0",
        commit="1c5b7e02d9a84f63b1e05c7a9d3f8e6042b7c915",
        branch="main",
        actor="nbianchi",
        run=run,
        repository=repository,
        url=run_url(repository, run),
        registered=False,
        health=Evidence.UNPROBEABLE,
        failed=(REGISTRATION,),
        durations=Durations(6.412, 41.87),
    )


def _of(one: _Repository, end: datetime, chance: Random) -> Iterator[Deployment]:
    at = end - timedelta(days=DAYS - chance.uniform(0, 7))
    while at < end:
        release = _Release(at, one.release(chance), f"{chance.getrandbits(160):040x}")
        first = _deployment(one, release, chance)
        yield first
        if first.result != SUCCESS and happens(chance, 0.6):
            again = min(at + timedelta(minutes=chance.uniform(4, 30)), end)
            yield _deployment(one, replace(release, at=again, before=first), chance)
        at = _awake(at + chance.expovariate(1) * _OFTEN + timedelta(minutes=35), chance)


def _awake(at: datetime, chance: Random) -> datetime:
    """Give a time on that day or the next one when somebody works."""
    first, last = _WORKING
    is_night = not first <= at.hour < last and happens(chance, 0.9)
    return at + timedelta(hours=(first - at.hour) % 24 + chance.randrange(last - first)) if is_night else at


def _deployment(one: _Repository, release: _Release, chance: Random) -> Deployment:
    at, before = release.at, release.before
    result = SUCCESS if before else chance.choices((SUCCESS, "failure", "cancelled"), (95, 4, 1))[0]
    is_done = result == SUCCESS
    seen = _seen(one.life.at(at))
    failed = tuple(_failed(seen, chance)) if is_done else ()
    is_well = seen in {Evidence.HEALTHY, Evidence.BLOCKED}
    run = before.run if before else run_id(at, chance.randrange(11))
    post = chance.lognormvariate(2.1, 0.4) + (0 if is_well else 60)
    took = post + chance.lognormvariate(4.4, 0.45)
    return Deployment(
        at=utc(at),
        service=one.life.name,
        environment=before.environment if before else chance.choices((PRODUCTION, _STAGING), (85, 15))[0],
        verdict="failed" if not is_done or not is_well else "warned" if failed else "passed",
        result=result,
        version=release.version,
        commit=release.commit,
        branch="main" if happens(chance, 0.94) else "hotfix/health",
        actor=before.actor if before else chance.choices(*_ACTORS)[0],
        run=run,
        attempt="2" if before else "1",
        repository=one.name,
        url=run_url(one.name, run),
        registered=REGISTRATION not in failed if is_done else None,
        health=seen if is_done else Evidence.SKIPPED,
        proxied=is_well and "proxy-reachable" not in failed if is_done else None,
        discovered="listed-in-discovery" not in failed if is_done else None,
        mcp_tools=one.tools if is_done else None,
        failed=failed,
        durations=Durations(post, took if one.says_when else None),
    )


def _seen(seen: str) -> str:
    """Give what a deployment sees: its repository knows the address that the registry's row may have wrong."""
    return Evidence.HEALTHY if seen == Evidence.UNPROBEABLE else seen


def _failed(seen: str, chance: Random) -> Iterator[str]:
    """Yield the checks of integration that did not pass, in their order."""
    if happens(chance, 0.05):
        yield REGISTRATION
    if seen != Evidence.HEALTHY:
        yield "service-healthy"
    elif happens(chance, 0.05):
        yield chance.choice(_FAILURES)
