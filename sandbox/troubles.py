"""What is the matter with some services when the simulated quarter ends, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chitty_action.model.evidence import Evidence
from sandbox.faults import Body, Challenge, Down, Redirect, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.faults import Fault


@dataclass(frozen=True, slots=True)
class Trouble:
    """One service's trouble.

    Attributes:
        seen: the class that a look ends in.
        lasts: how long before the end it began.
        fault: how the sandbox plays it; None where not the service but its row in the registry is at fault.
    """

    seen: Evidence
    lasts: timedelta
    fault: Fault | None


TROUBLES: Mapping[str, Trouble] = {
    "chittyrouter": Trouble(Evidence.DOWN, timedelta(minutes=50), Down()),
    "chittysync": Trouble(Evidence.MISSING, timedelta(days=3, hours=2), Status(404, body={"error": "Not found"})),
    "chittyledger": Trouble(
        Evidence.DEGRADED,
        timedelta(days=5, hours=9),
        Body({"status": "degraded", "reason": "the replica is 340 s behind"}),
    ),
    "chittychronicle": Trouble(
        Evidence.DEGRADED,
        timedelta(hours=19),
        Body({"status": "unhealthy", "reason": "queue chronicle-events is full"}),
    ),
    "chittyintel": Trouble(Evidence.BLOCKED, timedelta(days=21), Challenge()),
    "chittystorage": Trouble(Evidence.REDIRECTED, timedelta(days=16), Redirect("https://chitty.cc/login")),
    "get-chitty": Trouble(Evidence.UNPROBEABLE, timedelta(days=12), None),
}
"""By service. `chittyrouter` broke after the last sweep of the quarter, so the next one is the first to see it."""
