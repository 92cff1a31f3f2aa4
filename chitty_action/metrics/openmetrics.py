"""The numbers as OpenMetrics text, for whoever collects them (`metrics.txt`, docs/metrics.md).

Names follow https://prometheus.io/docs/practices/naming/: base units, the unit at the end. All are gauges, since what
is remembered has an end and no counter may go down. What is unknown is left out: a NaN would be a claim of its own, and
a rule can ask with `absent()`. Samples have no timestamps, because collectors drop old ones; the time of the sweep is a
metric itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from chitty_action.metrics.catalogue import KINDS, RATIO, SECONDS
from chitty_action.model.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prometheus_client.metrics_core import Metric

    from chitty_action.metrics.numbers import Number
    from chitty_action.metrics.services import Remembered
    from chitty_action.state.sweep import Sweep

FAMILIES: Final[Mapping[str, str]] = {
    "chitty_registration_success_ratio": "Registrations that were accepted over those that are known, in 30 days.",
    "chitty_integration_pass_ratio": "Deployments without a failed check or change of integration over those verified, "
    "in 30 days.",
    "chitty_route_conflicts": "Conflicts of routes.",
    "chitty_discovery_refreshes_per_day": "Refreshes of the discovery document by sweeps, per day, in 30 days.",
    "chitty_discovery_age_seconds": "Age of the discovery document.",
    "chitty_deployment_mean_seconds": "Mean time from the start of deployments to the end of phase post, in 30 days.",
    "chitty_deployment_p95_seconds": "95th percentile (nearest rank) of the same.",
    "chitty_services": "Rows of the list of services by evidence class.",
    "chitty_availability_ratio": "Healthy time of all services over their known time.",
    "chitty_latency_median_seconds": "Median latency of the services that answered.",
    "chitty_latency_p95_seconds": "95th percentile (nearest rank) of the same.",
    "chitty_registered_ratio": "Registered services over services, of those with a public host.",
    "chitty_incidents_open": "Incidents that are open.",
    "chitty_oldest_incident_age_seconds": "Age of the oldest open incident; left out where none is open.",
    "chitty_sweep_lateness_seconds": "How far behind its schedule the sweep began, at least.",
    "chitty_sweep_lateness_max_seconds": "The most of the same in 7 days.",
    "chitty_sweeps_happened_ratio": "Scheduled sweeps over those expected, in 7 days.",
    "chitty_outbox_pending": "Writes that wait for ChittyRegister.",
    "chitty_outbox_oldest_age_seconds": "Age of the oldest write that waits; left out where none does.",
    "chitty_sweep_timestamp_seconds": "When the sweep began, since 1970: how old all the rest is.",
    "chitty_service_evidence": "Evidence class of a service.",
    "chitty_service_latency_seconds": "Latency of a service; left out where nothing came.",
    "chitty_service_availability_ratio": "Healthy time of a service over its known time.",
}
"""What HELP says of each name, in the order of the text."""
_UNITS: Final = (SECONDS, RATIO)
_STATES: Final = "chitty_service_evidence"


class Sample(Struct, frozen=True):
    """One value of a family, with its labels."""

    family: str
    value: float
    labels: Mapping[str, str] = {}


def openmetrics(numbers: Iterable[Number], sweep: Sweep | None, services: Mapping[str, Remembered]) -> str:
    """Return the text, which ends in `# EOF`; the same values give the same text.

    Args:
        numbers: of the catalogue.
        sweep: that the services are told of: the newest. None leaves them out.
        services: what is remembered of them, by name; those that the sweep does not list are left out.
    """
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - 150 ms that only who wants the text has to pay
    from prometheus_client.openmetrics.exposition import generate_latest  # noqa: PLC0415 - same

    samples: dict[str, list[Sample]] = {name: [] for name in FAMILIES}
    for sample in (*_of_numbers(numbers), *(_of_sweep(sweep, services) if sweep else ())):
        samples[sample.family].append(sample)
    registry = CollectorRegistry()
    registry.register(_Collector([_family(name, found) for name, found in samples.items() if found]))
    text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call] # the library has no types here
    return text.decode()


class _Collector:
    """What the registry asks for its families."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _family(name: str, samples: Iterable[Sample]) -> Metric:
    from prometheus_client.metrics_core import Metric  # noqa: PLC0415 - as above

    unit = next((unit for unit in _UNITS if name.endswith(f"_{unit}")), "")
    family = Metric(name, FAMILIES[name], "stateset" if name == _STATES else "gauge", unit)
    for sample in samples:
        family.add_sample(name, dict(sample.labels), sample.value)
    return family


def _of_numbers(numbers: Iterable[Number]) -> Iterator[Sample]:
    for each in numbers:
        if each.value is not None:
            kind = KINDS[each.id]
            yield Sample(kind.family, each.value, dict([kind.label] if kind.label else []))


def _of_sweep(sweep: Sweep, services: Mapping[str, Remembered]) -> Iterator[Sample]:
    yield Sample("chitty_sweep_timestamp_seconds", sweep.at.timestamp())
    for name, seen in sorted(sweep.classes.items()):
        service = {"service": _encodable(name)}
        for evidence in Evidence:
            yield Sample(_STATES, evidence == seen, {**service, _STATES: evidence.value})
        if name in sweep.latency:
            yield Sample("chitty_service_latency_seconds", sweep.latency[name] / 1000, service)
        for each in services[name].availability if name in services else ():
            if each.value is not None:
                labels = {**service, "window": f"{each.days}d"}
                yield Sample("chitty_service_availability_ratio", each.value, labels)


def _encodable(name: str) -> str:
    """Return a name as it can be written in UTF-8; half of a surrogate pair cannot."""
    return name.encode("utf-8", "replace").decode()
