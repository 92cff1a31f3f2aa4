"""Which fault is on where: the switches that tests and `POST /_sandbox/faults` turn."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from sandbox.faults import Flapping

if TYPE_CHECKING:
    from sandbox.faults import Fault

# The first pattern that fits names the target of a request; `/_sandbox` has none.
_PATHS = (
    (re.compile(r"/connect/health"), "connect.health"),
    (re.compile(r"/connect/\.well-known/chitty\.json"), "connect.discovery"),
    (re.compile(r"/connect/api/admin/routes"), "connect.routes"),
    (re.compile(r"/connect/api/admin/refresh-discovery"), "connect.refresh"),
    (re.compile(r"/connect/api/context/tasks(/.*)?"), "connect.tasks"),
    (re.compile(r"/registry(/.*)?"), "registry"),
    (re.compile(r"/register/api/(v1/)?register"), "register"),
    (re.compile(r"/register/api/v1/compliance/[^/]+"), "register.compliance"),
    (re.compile(r"/register/api/services/[^/]+/status"), "register.status"),
    (re.compile(r"/api/api/context/tasks(/.*)?"), "api.tasks"),
    (re.compile(r"/api/[^/]+/api/health"), "api.proxy"),
    (re.compile(r"/mcp(/.*)?"), "mcp"),
    (re.compile(r"/github(/.*)?"), "github"),
    (re.compile(r"/cloudflare(/.*)?"), "cloudflare"),
)
_SERVICE = re.compile(r"/services/([^/]+)(/.*)?")
_CONTROL = "/_sandbox"
EVERYWHERE = "*"

TARGETS = (*(target for _, target in _PATHS), "service:<name>", EVERYWHERE)


def target_of(path: str) -> str | None:
    """Name the part of ChittyOS that a path belongs to; None for a path that no part owns."""
    for pattern, target in _PATHS:
        if pattern.fullmatch(path):
            return target
    segment = service_in(path)
    return None if segment is None else f"service:{segment}"


def service_in(path: str) -> str | None:
    """Give what stands for a service in a path below `/services`: its name, or deployed its label."""
    service = _SERVICE.fullmatch(path)
    return service[1] if service else None


def is_control(path: str) -> bool:
    """Say whether a path steers the sandbox: never at fault, never recorded."""
    return path.startswith(_CONTROL)


class Faults:
    """The faults that are switched on, by target; a target's own fault goes before that of `*`."""

    def __init__(self) -> None:
        """Start with everything well."""
        self._lock = threading.Lock()
        self._on: dict[str, Fault] = {}
        self._taken: dict[str, int] = {}

    def set(self, target: str, fault: Fault) -> None:
        """Switch a fault on in place of the one before.

        Raises:
            ValueError: for a target that is none of `TARGETS`.
        """
        if target not in TARGETS and not target.startswith("service:"):
            raise ValueError(f"unknown target {target!r}; known are {', '.join(TARGETS)}")
        with self._lock:
            self._on[target] = fault
            self._taken[target] = 0

    def clear(self, target: str | None = None) -> None:
        """Switch one target's fault off, or all of them."""
        with self._lock:
            if target is None:
                self._on.clear()
            else:
                self._on.pop(target, None)

    def take(self, target: str | None, *, or_everywhere: bool = True) -> Fault | None:
        """Give the fault that the next answer of a target shall have, and count it."""
        with self._lock:
            switch = EVERYWHERE if or_everywhere and target not in self._on else target
            if switch is None or switch not in self._on:
                return None
            fault, earlier = self._on[switch], self._taken[switch]
            self._taken[switch] = earlier + 1
        if isinstance(fault, Flapping):
            return fault.bad_answer if fault.is_bad(earlier) else None
        return fault
