"""ChittyConnect's list of routes, reduced to the conflicts of one service."""

from __future__ import annotations

from typing import Final

from chitty_action.model.document import Document
from chitty_action.model.text import one_line

PROJECTION: Final = """
if (.conflicts | type) != "array" then error("there is no list of conflicts")
else {conflicts: [.conflicts[] | select(type == "object" and ($service == "" or .service == $service))]} end
"""

_BOTH = 2


class Conflicts(Document, frozen=True):
    """The entries of `conflicts[]`, all or those whose `service` is the one asked for, as they stand there."""

    conflicts: tuple[dict[str, object], ...]

    def told(self) -> str:
        """Say how many there are."""
        return f"{len(self.conflicts) or 'no'} conflict{'' if len(self.conflicts) == 1 else 's'}"


def route_of(conflict: dict[str, object]) -> str:
    """Return the route or pattern in conflict, for the beginning of a sentence."""
    named = conflict.get("route") or conflict.get("pattern")
    return f"the route {_shown(named)}" if named else "a route that is not named"


def claimants_of(conflict: dict[str, object]) -> tuple[str, ...]:
    """Return who claims the route, as far as the entry says it; the asking service where only the other is named."""
    named = _listed(conflict.get("claimants")) or _listed(conflict.get("workers"))
    if len(named) < _BOTH:
        named = [*_listed(conflict.get("service")), *named, *_listed(conflict.get("conflicts_with"))]
    return tuple(dict.fromkeys(map(_shown, named)))


def _listed(value: object) -> list[object]:
    if isinstance(value, list):
        return [item for item in value if item]
    return [value] if value else []


def _shown(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("worker") or value.get("service") or str(value)
    return one_line(str(value), 120)
