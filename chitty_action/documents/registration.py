"""What the registry says of one service."""

from __future__ import annotations

from typing import Final

from chitty_action.model.document import Document
from chitty_action.model.observation import Absent, Observation, Seen
from chitty_action.model.reading import NotFound

PROJECTION: Final = """
if type != "object" then error("it is not an object")
elif .success == false or .ok == false then error("it says that the look-up failed")
elif (.name // $name) != $name then error("it is another service's row")
else {} end
"""


class Registered(Document, frozen=True):
    """The registry knows the service; nothing more is asked of its row."""

    def told(self) -> str:
        """Say what the document says."""
        return "registered"


def knows(observation: Observation[Registered]) -> bool | None:
    """Whether the registry knows the service; None where that was not seen."""
    match observation:
        case Seen():
            return True
        case Absent(what=NotFound.SUBJECT):
            return False
        case _:
            return None
