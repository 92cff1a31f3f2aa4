"""From what a run saw and what is remembered to `Status`, which is all that the page knows."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from msgspec import Struct

from chitty_action.model.evidence import BROKEN, Evidence
from chitty_action.model.route import Unread
from chitty_action.model.text import one_line
from chitty_action.routes.words import conflict_told
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
from chitty_action.state.layout import OUTBOX, deployments_of, outbox_of, sweeps_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from chitty_action.metrics.outlook import Outlook
    from chitty_action.metrics.services import Remembered
    from chitty_action.model.report import Report
    from chitty_action.model.route import Claim, RouteVerdict
    from chitty_action.model.sweep import Swept
    from chitty_action.state.deployment import Deployment
    from chitty_action.state.history import History

MOST_DEPLOYMENTS: Final = 500
SELDOM: Final = 6 * 3600
"""Seconds between two sweeps where no schedule says it."""
_NOT_PROXIED = frozenset({Evidence.DEGRADED, Evidence.DOWN, Evidence.REDIRECTED})


class Backdrop(Struct, frozen=True, kw_only=True):
    """What the page shows besides the services.

    Attributes:
        generated: when.
        hub: base URL of ChittyConnect.
        environment: that was looked at.
        run_url: of the workflow run; empty outside of GitHub.
        repository: whose data branch it is, `owner/name`; empty where there is none.
        branch: the data branch; empty where there is none.
        server: of GitHub, to which sources are linked.
        by_registry: whether the list of services is the registry's own.
        discovered: names on the list that discovery has too; None where the document was not read.
        claims: those of the Cloudflare account, or why they are not known whole.
    """

    generated: datetime
    hub: str
    environment: str
    run_url: str = ""
    repository: str = ""
    branch: str = ""
    server: str = "https://github.com"
    by_registry: bool = True
    discovered: frozenset[str] | None = None
    claims: tuple[Claim, ...] | Unread = Unread("nobody asked", "")


def status_of(report: Report, outlook: Outlook, backdrop: Backdrop) -> Status:
    """Put the page's values together; the report is concluded, and holds no secret."""
    sweep, history = outlook.sweep, outlook.history
    last = {one.service: one for one in history.deployments if one.environment == backdrop.environment}
    services = tuple(_services(report.sweep, outlook.services, last, backdrop))
    routes = _routes(report.routes, backdrop.claims, sweep.conflicts)
    return Status(
        generated=backdrop.generated,
        stale_after=2 * (sweep.every or SELDOM),
        run=backdrop.run_url,
        hub=backdrop.hub,
        environment=backdrop.environment,
        verdict=report.verdict,
        blame=sweep.blame,
        counts=dict(Counter(str(row.evidence) for row in report.sweep)),
        services=services,
        incidents=tuple(_incidents(report, outlook)),
        deployments=tuple(map(_deployment, reversed(history.deployments[-MOST_DEPLOYMENTS:]))),
        numbers=outlook.numbers,
        trend=tuple(TrendDay(day=day, healthy=healthy) for day, healthy in outlook.trend),
        routes=routes,
        sources=tuple(_sources(history, backdrop)),
        missing=tuple(_missing(outlook, services, routes, backdrop)),
    )


def _services(
    rows: Iterable[Swept], remembered: Mapping[str, Remembered], last: Mapping[str, Deployment], backdrop: Backdrop
) -> Iterator[ServiceStatus]:
    """Yield every row; what is remembered by a name belongs to the first row of it."""
    named: set[str] = set()
    for row in rows:
        known = remembered.get(row.name) if row.name not in named else None
        deployment = last.get(row.name) if row.name not in named else None
        named.add(row.name)
        since = known.since if known and known.since else row.since if row.evidence in BROKEN else None
        yield ServiceStatus(
            name=row.name,
            position=row.position,
            evidence=row.evidence,
            reason=row.reason,
            since=since,
            latency=None if row.elapsed is None else round(row.elapsed * 1000),
            history=known.latencies if known else (),
            availability=known.availability if known else (),
            integration=_integration(row, deployment, backdrop),
            deployment=_deployment(deployment) if deployment else None,
        )


def _integration(row: Swept, deployment: Deployment | None, backdrop: Backdrop) -> Integration:
    discovered, tools = backdrop.discovered, deployment.mcp_tools if deployment else None
    return Integration(
        registered="yes" if backdrop.by_registry else "unknown",
        discovered="unknown" if discovered is None else _word(row.name in discovered),
        proxied=_word(row.proxy is Evidence.HEALTHY) if row.proxy in {Evidence.HEALTHY, *_NOT_PROXIED} else "unknown",
        mcp="unknown" if tools is None else _word(tools > 0),
        mcp_tools=tools,
    )


def _word(truth: bool) -> str:  # noqa: FBT001 - it is the value that is spelt
    return "yes" if truth else "no"


def _deployment(one: Deployment) -> LastDeployment:
    return LastDeployment(
        at=one.at,
        service=one.service,
        environment=one.environment,
        verdict=one.verdict,
        result=one.result,
        version=one.version,
        commit=one.commit,
        actor=one.actor,
        url=one.url,
        repository=one.repository,
        failed=one.failed,
        seconds=one.durations.deployment,
        source=deployments_of(one.at),
    )


def _incidents(report: Report, outlook: Outlook) -> Iterator[Incident]:
    since = {one.kind: one.since for one in outlook.sweep.incidents or ()}
    for one in report.incidents:
        yield Incident(kind=one.kind, action=one.action, url=one.url, since=since.get(one.kind))


def _routes(verdict: RouteVerdict | None, claims: tuple[Claim, ...] | Unread, conflicts: int | None) -> RouteMap:
    """Draw what was read whole, with all conflicts that each claim takes part in."""
    if isinstance(claims, Unread):
        return RouteMap(known=False, reason=claims.why, conflicts=conflicts)
    told: defaultdict[Claim, list[ClaimConflict]] = defaultdict(list)
    for each in verdict.conflicts if verdict else ():
        story = ClaimConflict(name=each.name, kind=each.kind, witness=each.witness, story=conflict_told(each))
        for claim in {each.claim, *each.rivals}:
            told[claim].append(story)
    drawn = tuple(
        MapClaim(
            zone=claim.zone,
            pattern=claim.text,
            kind=claim.kind,
            worker=claim.worker or "",
            conflicts=tuple(told[claim]),
        )
        for claim in claims
    )
    return RouteMap(known=True, claims=drawn, conflicts=conflicts)


def _sources(history: History, backdrop: Backdrop) -> Iterator[Source]:
    """Yield this run, and every file that was read, with the time of its newest fact.

    A file of the outbox is a source while its entry waits; of one that cannot be read `_missing` tells.
    """
    yield Source(name="this run", at=backdrop.generated, url=backdrop.run_url)
    newest: dict[str, datetime] = {}
    facts = (
        *((deployments_of(one.at), one.at) for one in history.deployments),
        *((sweeps_of(one.at), one.at) for one in history.sweeps),
        *((outbox_of(one.service, one.change), one.deployed_at) for one in history.pending),
    )
    for path, at in facts:
        newest[path] = max(at, newest.get(path, at))
    for path in history.files:
        if path.startswith(OUTBOX) and path not in newest:
            continue  # it does not wait any more since this run, or cannot be read: which of both is not known here
        place = f"{backdrop.server}/{backdrop.repository}/blob/{quote(backdrop.branch)}/{quote(path)}"
        yield Source(name=path, repository=backdrop.repository, branch=backdrop.branch, at=newest.get(path), url=place)


def _missing(
    outlook: Outlook, services: Iterable[ServiceStatus], routes: RouteMap, backdrop: Backdrop
) -> Iterator[str]:
    """Say what is not known, and why."""
    rows = tuple(services)
    if not backdrop.branch:
        yield "Nothing is remembered, because there is no state-branch: what takes time to know is unknown."
    yield from (f"{sentence[:1].upper()}{sentence[1:]}." for sentence in outlook.history.damaged)
    looked_at = [row for row in rows if row.evidence != Evidence.SKIPPED]
    without = sum(row.deployment is None for row in looked_at)
    if outlook.history.is_read and without:
        whose = f"{backdrop.repository}, {backdrop.branch}"
        yield (
            f"No deployment of {without:,} of {len(looked_at):,} services is recorded here ({whose}): "
            "they were not deployed lately, keep their records in their own repositories, or keep none."
        )
    if backdrop.discovered is None:
        yield "The discovery document was not read, so whether services are listed there is unknown."
    if not backdrop.by_registry:
        yield "The registry could not be read: the list is that of the discovery document, which knows fewer services."
    if not routes.known:
        yield f"The routes of the account are unknown: {one_line(routes.reason, 300)}."
    if outlook.sweep.incidents is None:
        yield "GitHub did not say which incidents are open."
