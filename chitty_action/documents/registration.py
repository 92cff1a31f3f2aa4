"""Whether a service is registered, as the registry or the gatekeeper says it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from chitty_action.model.document import Document
from chitty_action.model.observation import Absent, Observation, Seen
from chitty_action.model.reading import NotFound

_DENIED: Final = """
if type != "object" then error("it is not an object")
elif .success == false or .ok == false then error("it says that the look-up failed")
"""
PROJECTION: Final = (
    _DENIED
    + """
elif (.name // $name) != $name then error("it is another service's row")
else {deployed_at: ((.deployment.deployed_at? | strings) // "")} end
"""
)
"""One row of the design's registry."""
COMPLIANCE: Final = (
    _DENIED
    + """
elif (.name // $name) != $name then error("it is another service's record")
elif .registered == false then {rows: 0}
elif .status == "pending_cert" then {note: "its certificate is pending"}
elif .status == "active" or .chitty_id != null or .registeredAt != null then
  if .compliant == false then {note: "not compliant"} else {} end
elif .status == "not_registered" or .status == "not_found" then {rows: 0}
else error("it does not say whether the service is registered") end
"""
)
"""ChittyRegister's compliance record of one service; to be not compliant is no evidence of a registration."""
ROWS: Final = (
    _DENIED
    + """
elif (.tools | type) != "array" then error("there is no list of tools")
else {rows: ([.tools[] | select(type == "object" and .name == $name)] | length)} end
"""
)
"""The registry's whole list, of which the rows of one name count."""


class Registered(Document, frozen=True):
    """How many rows a service has, and what is worth telling of its record.

    `deployed_at` is when the deployment that the row tells of was; empty where it does not say.
    """

    rows: int = 1
    note: str = ""
    deployed_at: str = ""

    def told(self) -> str:
        """Say what the document says."""
        if self.rows == 1:
            return f"registered, {self.note}" if self.note else "registered"
        return f"registered {self.rows} times" if self.rows else "not registered"


def is_newer(observation: Observation[Registered], moment: datetime) -> bool:
    """Whether a deployment after that moment is registered; a row that does not say when is none."""
    if not isinstance(observation, Seen):
        return False
    try:
        deployed = datetime.fromisoformat(observation.value.deployed_at)
    except ValueError:
        return False
    return (deployed if deployed.tzinfo else deployed.replace(tzinfo=UTC)) > moment


def knows(observation: Observation[Registered]) -> bool | None:
    """Whether the service is registered; None where that was not seen."""
    match observation:
        case Seen(value=registered):
            return registered.rows > 0
        case Absent(what=NotFound.SUBJECT):
            return False
        case _:
            return None
