"""What phase post saw, as outputs (interface, section 7); what was not seen is `unknown`, or empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action import ecosystem
from chitty_action.documents.health import evidence
from chitty_action.model.evidence import Evidence
from chitty_action.model.observation import Seen
from chitty_action.model.subject import Address, Lack

if TYPE_CHECKING:
    from chitty_action.model.observation import Snapshot
    from chitty_action.model.subject import Subject

_UNSEEN = {Evidence.MISSING, Evidence.BLOCKED, Evidence.SKIPPED, Evidence.UNPROBEABLE}


def outputs_seen(subject: Subject, snapshot: Snapshot) -> dict[str, str]:
    """Return the outputs that follow from the looks of the phase."""
    hub, service = subject.hub, subject.service
    discovery = snapshot[ecosystem.discovery(hub)]
    conflicts = snapshot[ecosystem.route_conflicts(hub, service.name)]
    tools = snapshot[ecosystem.mcp_tools(hub, service.name, service.label)] if service.has_mcp_manifest else None
    address = service.address
    return {
        "service-url": address.url if isinstance(address, Address) else "",
        "health": health_seen(subject, snapshot),
        "proxied": _proxied(subject, snapshot),
        "discovered": truth(isinstance(discovery, Seen) and discovery.value.entry(service.name) is not None),
        "route-conflicts": str(len(conflicts.value.conflicts)) if isinstance(conflicts, Seen) else "unknown",
        "mcp-tools": str(tools.value.count) if isinstance(tools, Seen) else "",
    }


def _proxied(subject: Subject, snapshot: Snapshot) -> str:
    address = subject.service.address
    if not isinstance(address, Address) and address.lack is Lack.NO_HTTP:
        return "unknown"
    service = subject.service
    reading = ecosystem.proxied_health(subject.hub, service.name, subject.health_condition, service.label)
    seen = evidence(snapshot[reading])
    return "unknown" if seen in _UNSEEN else truth(seen is Evidence.HEALTHY)


def truth(value: bool) -> str:  # noqa: FBT001 - it is the value that is spelt
    """Spell a boolean as outputs do."""
    return "true" if value else "false"


def health_seen(subject: Subject, snapshot: Snapshot) -> Evidence:
    """Return the evidence class of the service's own address."""
    address = subject.service.address
    if isinstance(address, Address):
        return evidence(snapshot[ecosystem.health_at(address.health, subject.health_condition)])
    return Evidence.UNPROBEABLE if address.lack is Lack.UNUSABLE else Evidence.SKIPPED
