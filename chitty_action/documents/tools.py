"""The list of MCP tools that a service offers."""

from __future__ import annotations

from typing import Final

from chitty_action.model.document import Document

PROJECTION: Final = """
if (.error | type) == "object" then error("it says: \\(.error.message // .error.code)")
elif (.tools | type) == "array" then {count: (.tools | length)}
else error("there is no list of tools") end
"""


class Tools(Document, frozen=True):
    """How many tools there are."""

    count: int

    def told(self) -> str:
        """Say how many there are."""
        return f"{self.count or 'no'} tool{'' if self.count == 1 else 's'}"
