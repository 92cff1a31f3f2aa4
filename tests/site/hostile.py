"""Texts that want to run, to break out of their place, or to spoil the layout; and a status full of them."""

from __future__ import annotations

from datetime import UTC, datetime

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

AT = datetime(2026, 11, 27, 21, 3, 12, tzinfo=UTC)
TEXTS = (
    "<script>window.owned = 1</script>",
    "</script><script>window.owned = 2</script>",
    '<img src=x onerror="window.owned = 3">',
    '"><svg onload="window.owned = 4">',
    "' onmouseover='window.owned = 5",
    "</title></style></svg><iframe srcdoc='<script>top.owned = 6</script>'></iframe>",
    "<!-- <script> --!> <script>window.owned = 7</script>",
    "{{ 7 * 7 }}{% raw %}{# #}",
    "&lt;script&gt;&#0;&#x202e;&amp;quot;",
    "javascript:window.owned = 8",
    'https://example.com/"onclick="window.owned=9',
    "\x00\x1b[31m\x7f\u2028\u2029\r\n\tcontrol",
    "\u202egnp.exe \u2066 bidi \u200f override",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324" * 40,
    "مرحبا بالعالم, שלום עולם",
    "W" * 10_000,
    "漢" * 10_000,
    "<a href=//evil.invalid>" * 500,
    "",
)  # fmt: skip


def filled(text: str, place: int = 1) -> Status:
    """Return a status that has a text in every place that can hold any."""
    deployment = LastDeployment(
        at=AT,
        service=text,
        environment=text,
        verdict=text,
        result=text,
        version=text,
        commit=text,
        actor=text,
        url=text,
        repository=text,
        failed=(text, text),
        seconds=3.0,
        source=text,
    )
    return Status(
        generated=AT,
        stale_after=3_600,
        run=text,
        hub=text,
        environment=text,
        verdict=text,
        blame=text,
        counts={text: 1},
        services=(
            ServiceStatus(
                name=text,
                position=place,
                evidence=text,
                reason=text,
                since=AT,
                latency=12,
                history=(12, None, 14),
                availability=(Availability(1, 0.5, 0.5),),
                integration=Integration(registered=text, discovered=text, proxied=text, mcp=text, mcp_tools=3),
                deployment=deployment,
            ),
        ),
        incidents=(Incident(kind=text, action=text, url=text, since=AT),),
        deployments=(deployment,),
        numbers=(Number(id=text, title=text, value=1.5, unit=text, at=AT, sources=(text, text), note=text),),
        trend=(TrendDay(day=AT.date(), healthy=0.5),),
        routes=RouteMap(
            known=False,
            reason=text,
            claims=(
                MapClaim(zone=text, pattern=text, kind=text, worker=text),
                MapClaim(
                    zone=text,
                    pattern=text,
                    kind=text,
                    worker=text,
                    conflicts=(
                        ClaimConflict(name=text, kind=text, witness=text, story=text),
                        ClaimConflict(name=f"{text} again", kind=text, witness=text, story=text),
                    ),
                ),
            ),
        ),
        sources=(Source(name=text, repository=text, branch=text, at=AT, url=text),),
        missing=(text,),
    )


def hostile() -> Status:
    """Return a status with every hostile text in every place."""
    parts = [filled(text, place) for place, text in enumerate(TEXTS, 1)]
    return Status(
        generated=AT,
        stale_after=3_600,
        verdict=TEXTS[0],
        run=TEXTS[9],
        hub=TEXTS[10],
        environment=TEXTS[2],
        services=tuple(row for part in parts for row in part.services),
        incidents=tuple(one for part in parts for one in part.incidents),
        deployments=tuple(one for part in parts for one in part.deployments),
        numbers=tuple(one for part in parts for one in part.numbers),
        trend=parts[0].trend,
        routes=RouteMap(
            known=False, reason=TEXTS[1], claims=tuple(one for part in parts for one in part.routes.claims)
        ),
        sources=tuple(one for part in parts for one in part.sources),
        missing=tuple(one for part in parts for one in part.missing),
    )
