"""The evidence classes: what one look at a service shows (interface, section 4)."""

from __future__ import annotations

from enum import StrEnum


class Evidence(StrEnum):
    """One look at a service ends in exactly one of these, and each is a distinct word in report and outputs."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    DOWN = "down"
    MISSING = "missing"
    BLOCKED = "blocked"
    REDIRECTED = "redirected"
    UNPROBEABLE = "unprobeable"
    SKIPPED = "skipped"


BROKEN = frozenset({Evidence.DEGRADED, Evidence.DOWN, Evidence.MISSING})
"""The classes of a service that something is wrong with, as far as anybody can see (output `unhealthy`)."""
PROBED = BROKEN | {Evidence.HEALTHY}
"""The classes of a look that showed how the service is."""
