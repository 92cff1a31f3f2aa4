"""What a sweep saw of each listed service (interface, section 4, reconcile)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from chitty_action.model.evidence import Evidence


class Blame(StrEnum):
    """Where the trouble is: with the services, with the hub alone, or with this runner and not with them."""

    THEM = "them"
    HUB = "hub"
    US = "us"


class Swept(Struct, frozen=True, gc=False):
    """One row of the list of services, and what was seen of it.

    Attributes:
        position: its place in the list, from 1.
        name: the service's, or `row <position>`.
        evidence: its class; every row is in exactly one.
        reason: what was seen, or why nothing was.
        url: the health URL that was looked at; empty where none was.
        elapsed: seconds from connect to the last byte; None where nothing came.
        proxy: the class of the look through the API gateway; None where that was not judged.
        proxy_reason: what that look showed, or why it was not judged.
        since: since when the service has been degraded, down or missing, as far as earlier runs remember.
    """

    position: int
    name: str
    evidence: Evidence
    reason: str
    url: str = ""
    elapsed: float | None = None
    proxy: Evidence | None = None
    proxy_reason: str = ""
    since: datetime | None = None

    def is_new(self, started: datetime | None) -> bool:
        """Whether no run before the one that started then saw it broken."""
        return self.since is None or (started is not None and self.since >= started)
