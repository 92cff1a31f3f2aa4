"""`status.json`: everything that the page shows, for machines (docs/status.schema.json).

Built from values that are named here one by one, never from inputs or the environment: nothing else can leak.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import field

from chitty_action.metrics.numbers import Availability, Number
from chitty_action.model.document import Document
from chitty_action.state.moment import Moment


class Source(Document, frozen=True, kw_only=True):
    """Something that the page rests on.

    Attributes:
        name: `this run`, or a file of the data branch.
        repository: `owner/name`; empty for this run outside of GitHub.
        branch: the data branch; empty for this run.
        at: of its newest fact; None where it holds none.
        url: where a person can look; empty where there is no such place.
    """

    name: str
    repository: str = ""
    branch: str = ""
    at: Moment | None = None
    url: str = ""


class LastDeployment(Document, frozen=True, kw_only=True):
    """A deployment as the page lists it; attributes as in `state.deployment.Deployment`."""

    at: Moment
    service: str
    environment: str
    verdict: str
    result: str = "success"
    version: str | None = None
    commit: str = ""
    actor: str = ""
    url: str = ""
    repository: str = ""
    failed: tuple[str, ...] = ()
    seconds: float | None = None
    source: str = ""


class Integration(Document, frozen=True, kw_only=True):
    """Whether a service is integrated; every word is `yes`, `no` or `unknown`.

    Attributes:
        registered: the registry lists it.
        discovered: the discovery document lists it.
        proxied: the API gateway reaches it.
        mcp: the MCP gateway lists tools of it, by its last deployment.
        mcp_tools: how many; None where unknown.
    """

    registered: str = "unknown"
    discovered: str = "unknown"
    proxied: str = "unknown"
    mcp: str = "unknown"
    mcp_tools: int | None = None


class ServiceStatus(Document, frozen=True, kw_only=True):
    """One row of the list of services.

    Attributes:
        name: the service's, or `row <position>`.
        position: of the row.
        evidence: its class in this run.
        reason: what was seen, or why nothing was.
        since: since when it has been in this class, as far as is remembered.
        latency: milliseconds in this run; None where nothing came.
        history: latency of the sweeps that still have it, oldest first; None where nothing came.
        availability: over 1, 7, 30 and 90 days.
        integration: by this run and the last deployment.
        deployment: the last one that is recorded.
    """

    name: str
    position: int
    evidence: str
    reason: str = ""
    since: Moment | None = None
    latency: int | None = None
    history: tuple[int | None, ...] = ()
    availability: tuple[Availability, ...] = ()
    integration: Integration = Integration()
    deployment: LastDeployment | None = None


class Incident(Document, frozen=True, kw_only=True):
    """An incident at the end of this run."""

    kind: str
    action: str
    url: str = ""
    since: Moment | None = None


class ClaimConflict(Document, frozen=True, kw_only=True):
    """A conflict of routes, as each claim that takes part in it has it.

    Attributes:
        name: what identifies it from run to run.
        kind: `identical`, `shadowed`, `overlap`, `dangling` or `mismatch`.
        witness: a URL at which it shows; empty where none is known.
        story: what conflicts, a sentence.
    """

    name: str
    kind: str = ""
    witness: str = ""
    story: str = ""


class MapClaim(Document, frozen=True, kw_only=True):
    """A claim of the route map.

    Attributes:
        zone: its zone.
        pattern: the pattern or host name as it is written at Cloudflare.
        kind: `route`, `null route` or `custom domain`.
        worker: whose it is; empty for a null route.
        conflicts: all that it takes part in.
    """

    zone: str
    pattern: str
    kind: str
    worker: str = ""
    conflicts: tuple[ClaimConflict, ...] = ()


class RouteMap(Document, frozen=True, kw_only=True):
    """The account's routes; `known` is False where they were not read whole, and `reason` says why."""

    known: bool
    reason: str = ""
    claims: tuple[MapClaim, ...] = ()
    conflicts: int | None = None


class TrendDay(Document, frozen=True, kw_only=True):
    """One day of the whole: healthy time of all services over known time, 0 to 1; None where nothing was known."""

    day: date
    healthy: float | None = None


class Status(Document, frozen=True, kw_only=True):
    """The state of the whole, at one time.

    Attributes:
        schema: of this document; 1.
        generated: when.
        stale_after: seconds after which a reader should call this stale.
        run: URL of the workflow run that made it; empty outside of GitHub.
        hub: base URL of ChittyConnect.
        environment: that was looked at.
        verdict: of that run.
        blame: `them`, `hub` or `us`.
        counts: rows by evidence class.
        services: every row, by name.
        incidents: what became of each.
        deployments: the newest first, at most 500.
        numbers: the metrics.
        trend: the last 90 days, the oldest first.
        routes: the route map.
        sources: what this rests on.
        missing: what is not known, and why; sentences.
    """

    schema: int = 1
    generated: Moment
    stale_after: int
    run: str = ""
    hub: str = ""
    environment: str = "production"
    verdict: str = "passed"
    blame: str = "them"
    counts: Mapping[str, int] = field(default_factory=dict)
    services: tuple[ServiceStatus, ...] = ()
    incidents: tuple[Incident, ...] = ()
    deployments: tuple[LastDeployment, ...] = ()
    numbers: tuple[Number, ...] = ()
    trend: tuple[TrendDay, ...] = ()
    routes: RouteMap = RouteMap(known=False, reason="nobody asked")
    sources: tuple[Source, ...] = ()
    missing: tuple[str, ...] = ()
