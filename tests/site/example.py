"""An example of everything that the page shows: the real names of the ecosystem, and a bad Friday night."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from chitty_action.metrics.catalogue import KINDS, number
from chitty_action.metrics.numbers import Availability, Number
from chitty_action.site.status import (
    ClaimConflict,
    Incident,
    Integration,
    LastDeployment,
    MapClaim,
    RouteMap,
    ServiceStatus,
    Source,
    Status,
    TrendDay,
)

NOW = datetime(2026, 11, 27, 21, 3, 12, tzinfo=UTC)
REPOSITORY = "chittyos/chittyconnect"
RUN = f"https://github.com/{REPOSITORY}/actions/runs/19844021377"
BRANCH = "chitty-state"
STALE_AFTER = 7 * 3_600
SERVICES = json.loads((Path(__file__).resolve().parents[2] / "sandbox" / "services.json").read_text("utf-8"))

BARE = Status(generated=NOW, stale_after=3_600)
"""A status that knows nothing."""

_SICK = {
    "chittyrouter": ("down", "GET https://router.chitty.cc/health answered 502 with “error code: 1101”", 2),
    "chittyscore": ("down", "GET https://score.chitty.cc/health was not answered within 10 seconds", 9),
    "chittybeacon": ("missing", "GET https://beacon.cloudeto.com/health answered 404: there is no such host", 312),
    "chittyledger": ("degraded", "it says “degraded”: database replica is 340 s behind", 5),
    "chittychronicle": ("degraded", "it says “unhealthy”: queue chronicle-events is full", 40),
    "chittyswarm": ("blocked", "Cloudflare asked for a challenge (403, cf-mitigated: challenge)", 600),
    "chittyhelper": ("redirected", "GET https://helper.chitty.cc/health led to https://chitty.cc/login", 1_100),
}
_ACTORS = ("nbianchi", "octo-lee", "dependabot[bot]", "m-okafor", "chitty-deploy")
_REASONS = ("mcp-tools-listed", "proxy-reachable", "listed-in-discovery")


def row(**facts: object) -> ServiceStatus:
    """Make a row of the list of services."""
    return replace(ServiceStatus(name="chittyrouter", position=1, evidence="healthy"), **facts)


def example(services: int | None = None) -> Status:
    """Return the same example each time; with a number of services, these are made up beyond the real ones."""
    chance = random.Random(8)  # noqa: S311 - an example, always the same
    names = _names(services)
    rows = tuple(_row(place, name, domain, chance) for place, (name, domain) in enumerate(names, 1))
    deployments = _deployments([row.name for row in rows if row.latency], chance)
    newest = {one.service: one for one in reversed(deployments)}
    rows = tuple(replace(row, deployment=newest.get(row.name)) for row in rows)
    classes = [row.evidence for row in rows]
    return Status(
        generated=NOW,
        stale_after=STALE_AFTER,
        run=RUN,
        hub="https://connect.chitty.cc",
        verdict="failed",
        counts={evidence: classes.count(evidence) for evidence in dict.fromkeys(classes)},
        services=rows,
        incidents=_incidents(),
        deployments=deployments,
        numbers=_numbers(),
        trend=_trend(chance),
        routes=_routes(names),
        sources=_sources(),
        missing=(
            "proxies of 4 services were not looked at: the API gateway answered 429",
            "sweeps before 2026-09-17 are not remembered: the data branch is younger",
            "deployments of chittyagent: its repository does not use the action yet",
        ),
    )


def _names(services: int | None) -> list[tuple[str, str | None]]:
    known = {one["name"]: one["domain"] for one in SERVICES if one["name"][0].isalpha()}
    names: list[tuple[str, str | None]] = list(known.items())
    if services is None:
        return names
    more = [(f"{name}-{region}", f"{name}-{region}.chitty.cc") for region in range(1, 40) for name, _ in names]
    return [*names, *more][:services]


def _row(position: int, name: str, domain: str | None, chance: random.Random) -> ServiceStatus:
    base = chance.randint(38, 420)
    history = tuple(max(8, int(base * chance.gauss(1, 0.16))) for _ in range(40))
    if domain is None:
        return ServiceStatus(
            name=name,
            position=position,
            evidence="unprobeable",
            reason="it has no HTTP address: an npm package or a tool",
            since=NOW - timedelta(days=70),
            integration=Integration(registered="yes", discovered=chance.choice(["yes", "no"]), mcp="unknown"),
        )
    evidence, reason, hours = _SICK.get(name, ("healthy", f"GET https://{domain}/health answered 200", None))
    known = 1.0 if position % 4 else round(chance.uniform(0.3, 0.99), 3)
    sick = hours or 0
    looks: tuple[int | None, ...] = history
    if sick and evidence in {"down", "missing"}:
        looks = (*history[: max(0, 40 - sick // 6 - 1)], *[None] * min(40, sick // 6 + 1))
    elif not position % 9:
        looks = (*history[:20], None, history[20] * 4, *history[22:])
    good = 1 if position % 3 else round(chance.uniform(0.985, 0.9999), 5)
    is_known = evidence not in {"blocked", "redirected"}
    answered = "yes" if evidence in {"healthy", "degraded"} else "no" if is_known else "unknown"
    return ServiceStatus(
        name=name,
        position=position,
        evidence=evidence,
        reason=reason,
        since=NOW - timedelta(hours=hours or chance.randint(30, 1_600)),
        latency=None if evidence in {"down", "missing"} else history[-1],
        history=looks[:40],
        availability=tuple(
            Availability(days, max(0.0, round(good - sick / (24 * days) * 0.98, 5)) if is_known else None, part)
            for days, part in ((1, 1.0), (7, 1.0), (30, known), (90, round(known * 0.78, 3)))
        ),
        integration=Integration(
            registered="yes" if position % 11 else "no",
            discovered="yes" if position % 7 else "no",
            proxied=answered if position % 13 else "unknown",
            mcp=("yes", "yes", "no", "unknown")[position % 4],
            mcp_tools=chance.randint(1, 24) if position % 4 < 2 else None,
        ),
    )


def _deployments(names: list[str], chance: random.Random) -> tuple[LastDeployment, ...]:
    count = min(500, 4 * len(names))
    minutes = 22
    made = []
    for place in range(count):
        minutes += chance.randint(9, 420)
        verdict = chance.choices(("passed", "warned", "failed"), (88, 8, 4))[0]
        service = chance.choice(names)
        made.append(
            LastDeployment(
                at=NOW - timedelta(minutes=minutes),
                service=service,
                environment="production" if chance.random() < 0.8 else "staging",
                verdict=verdict,
                result="failure" if verdict == "failed" and place % 2 else "success",
                version=f"{chance.randint(0, 4)}.{chance.randint(0, 30)}.{chance.randint(0, 12)}",
                commit=f"{chance.getrandbits(160):040x}",
                actor=chance.choice(_ACTORS),
                url=f"https://github.com/chittyos/{service}/actions/runs/{19_800_000_000 - 7_919 * place}",
                repository=f"chittyos/{service}",
                failed=() if verdict == "passed" else (chance.choice(_REASONS),),
                seconds=None if place % 17 == 5 else round(chance.lognormvariate(4.6, 0.7), 1),
                source=f"deployments/2026-{11 if minutes < 40_000 else 10}.jsonl",
            )
        )
    return tuple(made)


def _incidents() -> tuple[Incident, ...]:
    issues = f"https://github.com/{REPOSITORY}/issues"
    return (
        Incident(
            kind="unhealthy-services",
            action="commented",
            url=f"{issues}/214",
            since=NOW - timedelta(hours=9, minutes=2),
        ),
        Incident(kind="route-conflicts", action="unchanged", url=f"{issues}/209", since=NOW - timedelta(days=6)),
        Incident(kind="registry-drift", action="opened", url=f"{issues}/215", since=NOW),
        Incident(kind="proxy-failures", action="closed", url=f"{issues}/212", since=NOW - timedelta(hours=30)),
    )


def _numbers() -> tuple[Number, ...]:
    deployments = ("deployments/2026-10.jsonl", "deployments/2026-11.jsonl")
    sweeps = ("sweeps/2026-11.jsonl",)
    recent = NOW - timedelta(minutes=31)
    this = ("this run",)
    lost = "6 deployments did not end with success and are not counted."
    known = {
        "registration-success-rate": number(
            "registration-success-rate", 0.9741, at=recent, sources=deployments, notes=[lost]
        ),
        "integration-pass-rate": number("integration-pass-rate", 0.913, at=recent, sources=deployments, notes=[lost]),
        "route-conflicts": number("route-conflicts", 3, at=NOW, sources=this),
        "discovery-refreshes": number("discovery-refreshes", 4.02, at=NOW, sources=(*sweeps, *this)),
        "discovery-age": number("discovery-age", 2_940, at=NOW, sources=this),
        "deployment-time-mean": number("deployment-time-mean", 100.6, at=recent, sources=deployments, notes=[lost]),
        "outbox-pending": number("outbox-pending", 0, at=NOW, sources=("outbox/",)),
        "outbox-age": replace(number("outbox-age", None, at=NOW, sources=("outbox/",)), is_none=True),
    }
    return tuple(known.get(which, number(which, None, notes=["No schedule has started a run yet."])) for which in KINDS)


def _trend(chance: random.Random) -> tuple[TrendDay, ...]:
    first = NOW.date() - timedelta(days=89)
    dip = {52: 0.941, 53: 0.958, 88: 0.968, 89: 0.952}
    return tuple(
        TrendDay(
            day=first + timedelta(days=place),
            healthy=None
            if place < 18 or place in {40, 41}
            else dip.get(place, round(1 - abs(chance.gauss(0, 0.007)), 4)),
        )
        for place in range(90)
    )


def _routes(names: list[tuple[str, str | None]]) -> RouteMap:
    claims = [_claim(name, domain) for name, domain in names if domain]
    shadowed = {
        worker: ClaimConflict(
            name=f"{host} (shadowed)",
            kind="shadowed",
            witness=f"https://{host}/",
            story=f"chittygateway answers where {worker} is meant: any matching route goes before a custom domain.",
        )
        for worker, host in (("chittyscore", "score.chitty.cc"), ("chittyswarm", "swarm.chitty.cc"))
    }
    claims = [
        replace(claim, conflicts=(shadowed[claim.worker],)) if claim.worker in shadowed else claim for claim in claims
    ]
    dangling = ClaimConflict(
        name="track.chitty.cc/old/* (dangling)",
        kind="dangling",
        witness="https://track.chitty.cc/old/",
        story="its Worker chittytrack-old does not exist any more, so requests end in an error.",
    )
    claims += [
        _route("*.chitty.cc/*", "chittygateway", *shadowed.values()),
        _route("api.chitty.cc/*/api/*", "chittygateway"),
        _route("api.chitty.cc/v1/*", "chittyapi"),
        _route("connect.chitty.cc/.well-known/chitty.json", "chittydiscovery"),
        MapClaim(zone="chitty.cc", pattern="assets.chitty.cc/private/*", kind="null route"),
        _route("track.chitty.cc/old/*", "chittytrack-old", dangling),
    ]
    return RouteMap(known=True, claims=tuple(claims), conflicts=3)


def _route(pattern: str, worker: str, *conflicts: ClaimConflict) -> MapClaim:
    return MapClaim(zone="chitty.cc", pattern=pattern, kind="route", worker=worker, conflicts=conflicts)


def _claim(name: str, domain: str | None) -> MapClaim:
    host = domain or ""
    zone = ".".join(host.split(".")[-2:])
    return MapClaim(zone=zone, pattern=host, kind="custom domain", worker=name)


def _sources() -> tuple[Source, ...]:
    tree = f"https://github.com/{REPOSITORY}/blob/{BRANCH}"
    files = {
        "deployments/2026-11.jsonl": timedelta(minutes=31),
        "deployments/2026-10.jsonl": timedelta(days=27),
        "sweeps/2026-11.jsonl": timedelta(hours=6),
        "sweeps/days.jsonl": timedelta(days=31),
    }
    return (
        Source(name="this run", repository=REPOSITORY, at=NOW, url=RUN),
        *(
            Source(name=name, repository=REPOSITORY, branch=BRANCH, at=NOW - age, url=f"{tree}/{name}")
            for name, age in files.items()
        ),
        Source(name="outbox/", repository=REPOSITORY, branch=BRANCH),
    )
