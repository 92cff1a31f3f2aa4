"""A health document, and the evidence class that a look at it shows (interface, section 4)."""

from __future__ import annotations

import json
from functools import lru_cache
from sys import intern
from typing import Final

from chitty_action.model.document import Document, decoded
from chitty_action.model.evidence import Evidence
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Observation,
    Redirected,
    Rejected,
    Seen,
    Unfinished,
    Unprobeable,
    Unreachable,
    trouble,
)
from chitty_action.model.text import one_line

WELL: Final = frozenset({"ok", "healthy", "up", "pass", "live", "operational"})
_SUCCESS = range(200, 300)
_SHORT: Final = 200
"""Characters of a document that is worth keeping for others that are equal."""
_TROUBLES: Final = {
    Absent: Evidence.MISSING,
    Blocked: Evidence.BLOCKED,
    Redirected: Evidence.REDIRECTED,
    Rejected: Evidence.DEGRADED,
    Unreachable: Evidence.DOWN,
    Unprobeable: Evidence.UNPROBEABLE,
    Unfinished: Evidence.SKIPPED,
}

PROJECTION: Final = """
if type == "object" and has("status") then {given: true, status: .status}
elif type == "object" and (.data | type) == "object" and (.data | has("status"))
then {given: true, status: .data.status}
else {given: false} end
"""
"""The status at the top level, else the one under `data`."""


class HealthDocument(Document, frozen=True):
    """What of a health document matters.

    Attributes:
        given: whether it has a status at all.
        status: the status as it stands there, of any JSON type.
        verdict: what the user's own `health-condition` says of it; None where the built-in rule decides.
        note: why the condition could not be asked.
    """

    given: bool = False
    status: object = None
    verdict: bool | None = None
    note: str = ""

    @classmethod
    def read(cls, text: bytes | str) -> HealthDocument:
        """Read JSON text; equal documents, of which a sweep has thousands, are one value.

        Raises ValueError, with what is wrong, for anything of another shape.
        """
        return _shared(text) if len(text) <= _SHORT else decoded(text, cls)

    def is_well(self) -> bool:
        """Whether the service says that it is well."""
        if self.verdict is not None:
            return self.verdict
        return not self.given or is_well(self.status)

    def told(self) -> str:
        """Say what the document says, and which rule that was read by."""
        if self.verdict is True:
            return "health-condition holds"
        if self.verdict is False:
            return self.note or "health-condition does not hold"
        if not self.given or (not isinstance(self.status, str) and is_well(self.status)):
            return "no status field"
        return f"status {one_line(json.dumps(self.status, ensure_ascii=False), 60)}"


@lru_cache(maxsize=64)
def _shared(text: bytes | str) -> HealthDocument:
    return decoded(text, HealthDocument)


def is_well(status: object) -> bool:
    """Apply the built-in rule to a status: one of our words, text that ends in one, `true`, or a number 200 to 299."""
    if isinstance(status, str):
        words = status.split(" ")
        spelled = all(word.isalpha() for word in words if word)
        last = next((word for word in reversed(words) if word), "")
        return spelled and last.lower() in WELL
    if isinstance(status, bool):
        return status
    return isinstance(status, int | float) and status in _SUCCESS


def evidence(observation: Observation[HealthDocument]) -> Evidence:
    """Return the evidence class of one look."""
    if isinstance(observation, Seen):
        return Evidence.HEALTHY if observation.value.is_well() else Evidence.DEGRADED
    return _TROUBLES[type(observation)]


def describe(observation: Observation[HealthDocument]) -> str:
    """Say what the look showed, for the middle of a sentence; thousands of services that are well say the same."""
    if isinstance(observation, Seen):
        return intern(f"answered {observation.status}, {observation.value.told()}")
    return trouble(observation)
