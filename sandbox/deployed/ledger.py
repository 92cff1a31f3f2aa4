"""What the deployed ChittyRegister remembers: who is certified, and how often it was asked in the last hour."""

from __future__ import annotations

import math
import time
import zlib
from collections import deque
from typing import Any

from sandbox.clock import timestamp

HOUR = 3600.0
BUDGET = 10
"""Submissions an hour and address."""


def chitty_id_of(name: str) -> str:
    """Give the ChittyID of a service; its parts mean nothing here, as an id is opaque."""
    number = zlib.crc32(name.encode())
    return f"03-1-USA-{number % 10_000:04}-T-2608-1-{number // 10_000 % 100:02}"


class Ledger:
    """The gatekeeper's own store, which may disagree with the registry."""

    def __init__(self) -> None:
        """Start with an empty one."""
        self.compliance: dict[str, dict[str, Any]] = {}
        self.budget = BUDGET
        self._submissions: deque[float] = deque()

    def certify(self, name: str, status: str = "active") -> dict[str, Any]:
        """Write down a service as registered and give what compliance says of it."""
        self.compliance[name] = {
            "name": name,
            "chitty_id": chitty_id_of(name),
            "status": status,
            "compliant": status == "active",
            "registeredAt": timestamp(),
            "certificate": {"certificate_id": f"cert_{zlib.crc32(name.encode()):08x}"},
        }
        return self.compliance[name]

    def seconds_to_wait(self) -> int:
        """Count one submission; give 0 while the budget lasts, else the seconds until it is there again."""
        now = time.monotonic()
        while self._submissions and self._submissions[0] <= now - HOUR:
            self._submissions.popleft()
        if len(self._submissions) < self.budget:
            self._submissions.append(now)
            return 0
        oldest = self._submissions[0] if self._submissions else now
        return math.ceil(HOUR - (now - oldest))
