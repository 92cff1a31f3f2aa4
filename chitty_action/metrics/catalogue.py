"""Every number there is: what people and machines call it, and its unit (docs/metrics.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from chitty_action.metrics.availability import WINDOWS
from chitty_action.metrics.numbers import Number
from chitty_action.model.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

RATIO: Final = "ratio"
COUNT: Final = "count"
SECONDS: Final = "seconds"
PER_DAY: Final = "per-day"


class Kind(Struct, frozen=True):
    """What a number is called.

    Attributes:
        id: kebab-case.
        title: as people read it; with the window, where it has one.
        unit: as in `Number`.
        family: its name in OpenMetrics, which ends with the unit where that is a base unit.
        label: name and value that tell it from the others of its family; empty where it is alone.
    """

    id: str
    title: str
    unit: str
    family: str
    label: tuple[str, str] | tuple[()] = ()


KINDS: Final[Mapping[str, Kind]] = {
    kind.id: kind
    for kind in (
        Kind(
            "registration-success-rate",
            "Registration success rate (30 days)",
            RATIO,
            "chitty_registration_success_ratio",
        ),
        Kind("integration-pass-rate", "Integration pass rate (30 days)", RATIO, "chitty_integration_pass_ratio"),
        Kind("route-conflicts", "Route conflicts", COUNT, "chitty_route_conflicts"),
        Kind(
            "discovery-refreshes",
            "Discovery refreshes per day (30 days)",
            PER_DAY,
            "chitty_discovery_refreshes_per_day",
        ),
        Kind("discovery-age", "Age of the discovery document", SECONDS, "chitty_discovery_age_seconds"),
        Kind(
            "deployment-time-mean",
            "Deployment time, mean (30 days)",
            SECONDS,
            "chitty_deployment_mean_seconds",
        ),
        Kind(
            "deployment-time-p95",
            "Deployment time, 95th percentile (30 days)",
            SECONDS,
            "chitty_deployment_p95_seconds",
        ),
        *(
            Kind(f"services-{seen}", f"Services {seen}", COUNT, "chitty_services", ("evidence", seen.value))
            for seen in Evidence
        ),
        *(
            Kind(
                f"availability-{days}d",
                f"Availability of all services ({days} day{'s' if days > 1 else ''})",
                RATIO,
                "chitty_availability_ratio",
                ("window", f"{days}d"),
            )
            for days in WINDOWS
        ),
        Kind("latency-median", "Latency, median", SECONDS, "chitty_latency_median_seconds"),
        Kind("latency-p95", "Latency, 95th percentile", SECONDS, "chitty_latency_p95_seconds"),
        Kind("registered-share", "Services with a public host that are registered", RATIO, "chitty_registered_ratio"),
        Kind("incidents-open", "Open incidents", COUNT, "chitty_incidents_open"),
        Kind("incident-age", "Age of the oldest open incident", SECONDS, "chitty_oldest_incident_age_seconds"),
        Kind("sweep-lateness", "Lateness of the last sweep", SECONDS, "chitty_sweep_lateness_seconds"),
        Kind("sweep-lateness-worst", "Worst lateness (7 days)", SECONDS, "chitty_sweep_lateness_max_seconds"),
        Kind("sweeps-happened", "Expected sweeps that happened (7 days)", RATIO, "chitty_sweeps_happened_ratio"),
        Kind("outbox-pending", "Writes that wait for ChittyRegister", COUNT, "chitty_outbox_pending"),
        Kind("outbox-age", "Age of the oldest write that waits", SECONDS, "chitty_outbox_oldest_age_seconds"),
    )
}


def number(
    which: str,
    value: float | None,
    *,
    at: datetime | None = None,
    sources: Iterable[str] = (),
    notes: Iterable[str] = (),
) -> Number:
    """Build the number with this id; empty notes are left out, the others are joined."""
    kind = KINDS[which]
    return Number(
        id=which,
        title=kind.title,
        value=None if value is None else float(value),
        unit=kind.unit,
        at=at,
        sources=tuple(sources),
        note=" ".join(filter(None, notes)),
    )
