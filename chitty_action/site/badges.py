"""Badges by the schema of shields.io's endpoint: one for each service, and one for the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.inputs.values import is_service_name
from chitty_action.model.document import Document
from chitty_action.model.evidence import BROKEN, Evidence
from chitty_action.model.sweep import Blame
from chitty_action.site.verdict import verdict
from chitty_action.site.words import UNKNOWN, class_of

if TYPE_CHECKING:
    from chitty_action.site.status import ServiceStatus, Status

ECOSYSTEM = "ecosystem"
"""The badge of the whole; a service of this name has none."""
_COLOURS = {
    Evidence.HEALTHY: "brightgreen",
    Evidence.DEGRADED: "orange",
    Evidence.DOWN: "red",
    Evidence.MISSING: "red",
}
_UNJUDGED = "lightgrey"
_TONES = {"well": "brightgreen", "warning": "orange", "broken": "red"}


class Badge(Document, frozen=True, kw_only=True, rename="camel"):
    """What shields.io's endpoint badge asks for."""

    schema_version: int = 1
    label: str
    message: str
    color: str


def badges(status: Status) -> dict[str, Badge]:
    """Return every badge by its name, which is safe to be a file's; of several rows of one name the first counts."""
    found = {
        row.name: _badge(row, status)
        for row in sorted(status.services, key=lambda row: -row.position)
        if is_service_name(row.name)
    }
    said = verdict(status)
    found[ECOSYSTEM] = Badge(label=ECOSYSTEM, message=said.short, color=_TONES.get(said.tone, _UNJUDGED))
    return dict(sorted(found.items()))


def _badge(row: ServiceStatus, status: Status) -> Badge:
    """Tell a row; in a run whose own network is to blame, what looks broken is unknown."""
    evidence = class_of(row.evidence)
    if evidence == "other" or (status.blame == Blame.US and evidence in BROKEN):
        return Badge(label=row.name, message=UNKNOWN, color=_UNJUDGED)
    return Badge(label=row.name, message=evidence, color=_COLOURS.get(Evidence(evidence), _UNJUDGED))
