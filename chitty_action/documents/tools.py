"""The list of MCP tools that a service offers."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

PROJECTION: Final = (
    'if (.tools | type) == "array" then {count: (.tools | length)} else error("there is no list of tools") end'
)


class Tools(BaseModel):
    """How many tools there are."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    count: int

    def told(self) -> str:
        """Say how many there are."""
        return f"{self.count or 'no'} tool{'' if self.count == 1 else 's'}"
