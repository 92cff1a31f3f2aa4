"""What the deployed MCP gateway remembers: its sessions, and in which form it answers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass


@dataclass(slots=True)
class Session:
    """One session after `initialize`: the service, the negotiated protocol, and whether the client said it is ready."""

    label: str
    protocol: str
    is_ready: bool = False


class McpSessions:
    """The sessions by id, and two settings of the answers."""

    def __init__(self) -> None:
        """Start without sessions and with plain JSON answers."""
        self.streams = False
        self.keeps_streams_open = False
        self.open: dict[str, Session] = {}

    def begin(self, label: str, protocol: str) -> str:
        """Open a session and give its id."""
        session_id = secrets.token_hex(16)
        self.open[session_id] = Session(label, protocol)
        return session_id
