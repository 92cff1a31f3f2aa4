"""What incidents of each kind are called, and what to do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.incident import Kind

if TYPE_CHECKING:
    from datetime import datetime


class Words(Struct, frozen=True):
    """How to speak of one kind.

    Attributes:
        title: of the issue.
        subject: heading of the column of names.
        one: what is said of one subject, after the number.
        many: the same of several.
        none: what is said when it is over.
        cure: what to do.
    """

    title: str
    subject: str
    one: str
    many: str
    none: str
    cure: str

    def counted(self, number: int) -> str:
        """Return a clause such as "2 services are unhealthy"."""
        return f"{number:,} {self.one if number == 1 else self.many}"


_TITLE = "🚨 Ecosystem Reconciliation: "

WORDS = {
    Kind.UNHEALTHY_SERVICES: Words(
        _TITLE + "Unhealthy Services Detected",
        "Service",
        "service is unhealthy",
        "services are unhealthy",
        "every service that was looked at is well",
        "Look at the service's own health address and logs first; then at its last deployment. A service that is meant "
        "to be down belongs into the input `ignore`, with the reason and a date.",
    ),
    Kind.ROUTE_CONFLICTS: Words(
        _TITLE + "Route Conflicts Detected",
        "Route",
        "claim of a Worker is in conflict",
        "claims of Workers are in conflict",
        "no claim of a Worker is in conflict",
        "Open the URL of a line to see who answers. Decide which Worker should, and remove the other claim from its "
        "configuration. What is meant to be so belongs into the input `ignore`: `route`, the pattern, and the reason.",
    ),
    Kind.PROXY_FAILURES: Words(
        _TITLE + "Proxy Failures Detected",
        "Proxy",
        "proxy does not lead to its service",
        "proxies do not lead to their services",
        "every proxy that was looked at leads to its service",
        "Look at the API gateway's own health and routes: the services themselves answer directly.",
    ),
    Kind.HUB_UNREACHABLE: Words(
        _TITLE + "Hub Unreachable",
        "What",
        "thing in the middle cannot be reached",
        "things in the middle cannot be reached",
        "the hub can be reached",
        "Ask for ChittyConnect's health address from another network. If it answers there, it was this runner: run the "
        "workflow again. What is listed as suppressed is judged again as soon as this is over.",
    ),
    Kind.REGISTRY_DRIFT: Words(
        _TITLE + "Registry Drift Detected",
        "Entry",
        "entry of the registry is wrong",
        "entries of the registry are wrong",
        "the registry's entries are in order",
        "Correct these entries of the registry: no service is meant by them, or not where it is.",
    ),
    Kind.DISCOVERY_ERRORS: Words(
        _TITLE + "Discovery Errors Detected",
        "Document",
        "discovery document cannot be used",
        "discovery documents cannot be used",
        "the discovery document can be used",
        "Refresh ChittyConnect's discovery document, and look at its logs if that does not help.",
    ),
}


def moment_told(moment: datetime | None) -> str:
    """Return a time for people, to the minute."""
    return "not remembered" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def duration_told(begin: datetime, end: datetime) -> str:
    """Return how long something lasted, in its two largest units."""
    minutes = max(0, int((end - begin).total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = [(days, "day"), (hours, "hour"), (rest, "minute")]
    told = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in units if number][:2]
    return " and ".join(told) or "less than a minute"
