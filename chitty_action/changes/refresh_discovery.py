"""The discovery document is made anew.

Why: it is cached, so what was registered or mended since is not in it yet.
Otherwise: warning. Without `admin-token` it is skipped with a notice; where the hub does not offer it, or protects it
from this token, a notice. While the hub is in doubt nothing is refreshed.
Remedy: give the input `admin-token`; otherwise what the answer names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action import ecosystem
from chitty_action.changes import cure, deliver
from chitty_action.model.address import origin_of
from chitty_action.model.change import Fate, Receipt
from chitty_action.model.exchange import Request
from chitty_action.model.finding import Finding, Level
from chitty_action.model.reading import Credential, Generation

if TYPE_CHECKING:
    from chitty_action.changes import Delivery
    from chitty_action.model.ports import Remote
    from chitty_action.model.subject import Hub

ID = "discovery-refresh"
_WHOM = "chittyconnect"
_UNAUTHORISED = 401


class RefreshDiscovery(Struct, frozen=True):
    """Ask ChittyConnect to make the document anew."""

    id = ID
    subject = _WHOM
    url: str

    @classmethod
    def of(cls, hub: Hub) -> RefreshDiscovery:
        """Make the change."""
        return cls(ecosystem.refresh_url(hub))

    @property
    def key(self) -> str:
        """Once a run."""
        return ID

    def describe(self) -> str:
        """Say what would be done."""
        return "refresh the discovery document"

    async def apply(self, remote: Remote) -> Receipt:
        """Post an empty document."""
        delivery = await deliver(remote, [Request("POST", self.url, b"{}", credential=Credential.ADMIN_TOKEN)])
        if delivery.fate is Fate.APPLIED:
            detail = f"refreshed: {delivery.detail}"
            return Receipt(ID, _WHOM, delivery.fate, detail, generation=Generation.DESIGN)
        return Receipt(ID, _WHOM, delivery.fate, delivery.detail, (self._finding(delivery),))

    def _finding(self, delivery: Delivery) -> Finding:
        host = origin_of(self.url)[1]
        if delivery.fate is Fate.NOT_OFFERED:
            return Finding(ID, _WHOM, Level.NOTICE, f"not offered by {host}: a refresh of the discovery document")
        if delivery.status == _UNAUTHORISED:
            # The deployed hub asks for its API key before it looks whether there is such a path.
            message = f"{host} protects the refresh of the discovery document, or does not offer it ({delivery.detail})"
            return Finding(ID, _WHOM, Level.NOTICE, message, "see whether the admin-token is the right one")
        known = "was not refreshed" if delivery.certain else "may not have been refreshed"
        message = f"the discovery document {known}: {self.url} {delivery.detail}"
        return Finding(ID, _WHOM, Level.WARNING, message, cure(delivery, "admin-token"))


def without_token() -> Finding:
    """Say that it could not be asked for."""
    message = "the discovery document was not refreshed, because there is no admin-token"
    return Finding(ID, _WHOM, Level.NOTICE, message, "give the input admin-token")
