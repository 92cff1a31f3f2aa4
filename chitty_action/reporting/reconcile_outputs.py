"""What phase reconcile saw and did, as outputs (interface, section 7)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from chitty_action.inputs.values import is_service_name
from chitty_action.model.evidence import BROKEN
from chitty_action.reporting.post_outputs import truth
from chitty_action.reporting.sweep import UNREACHED, tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chitty_action.model.incident import Told
    from chitty_action.model.sweep import Swept


def outputs_of(
    sweep: Sequence[Swept], told: Sequence[Told], *, route_conflicts: str, discovery_refreshed: bool
) -> dict[str, str]:
    """Return the outputs; names are in the order of the list of services."""
    unhealthy = [row.name for row in sweep if row.evidence in BROKEN]
    return {
        "services": str(len(sweep)),
        "counts": _json(tally(sweep)),
        "unhealthy": _json(unhealthy),
        "unhealthy-count": str(len(unhealthy)),
        "unproxied": _json([row.name for row in sweep if row.proxy in UNREACHED]),
        "route-conflicts": route_conflicts,
        "incidents": _json([{"kind": one.kind, "url": one.url, "action": one.action} for one in told]),
        "discovery-refreshed": truth(discovery_refreshed),
        **{f"{name}_unhealthy": "true" for name in unhealthy if is_service_name(name)},
    }


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
