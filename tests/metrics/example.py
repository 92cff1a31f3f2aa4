"""An ecosystem of which every number is known."""

from __future__ import annotations

from msgspec.structs import replace

from chitty_action.state.history import Day, History
from chitty_action.state.pending import Pending
from chitty_action.state.sweep import Coverage, OpenIncident
from tests.metrics.facts import ago, deployment, scheduled, sweep

HISTORY = History(
    is_read=True,
    deployments=(deployment(ago(3)), deployment(ago(2), registered=False, failed=("service-registered",))),
    sweeps=tuple(replace(scheduled(ago(hours=6 * back)), refreshed=True) for back in range(40, 0, -1)),
    days=(Day(day=ago(50).date(), sweeps=4, services=2, healthy=0.9),),
    pending=(
        Pending(
            service="chittyledger",
            change="registration",
            environment="production",
            deployed_at=ago(1),
            run="1",
            payload={},
            reason="it answered 503",
        ),
    ),
    files=("deployments/2026-11.jsonl", "sweeps/2026-11.jsonl"),
)
THIS = replace(
    sweep(ago(seconds=60), chittyledger="healthy", chittyproof="down"),
    latency={"chittyledger": 42},
    conflicts=2,
    discovery_age=120,
    incidents=(OpenIncident("unhealthy-services", since=ago(1)),),
    late=300,
    every=21_600,
    coverage=Coverage(1, 2),
)
"""What this run saw."""
