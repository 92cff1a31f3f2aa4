"""The state of the sandbox: what is deployed, registered and asked of it. Plain containers and one lock.

The server's thread and the test's thread meet here; every method that touches more than one
thing takes the lock.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING, Any

from sandbox.switchboard import Faults

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The three secrets of one sandbox, as the inputs name them."""

    register_token: str
    api_key: str
    admin_token: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """A service that answers: its version and commit as its health document shows them, and its MCP tools."""

    name: str
    version: str
    commit: str
    tools: tuple[str, ...]


@dataclass(slots=True)
class Recorded:
    """One request as it arrived; `path` as sent, percent signs and all.

    Not frozen, because `status` comes with the answer (None: none was sent).
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    target: str | None
    at: float = field(default_factory=time.monotonic)
    status: int | None = None

    @property
    def document(self) -> Any:  # noqa: ANN401  # whatever JSON the client sent
        """The body as JSON; raises ValueError when it is none."""
        return json.loads(self.body)


def timestamp() -> str:
    """Now, as JavaScript writes it: UTC, milliseconds, `Z`."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class World:
    """Everything that a sandbox remembers."""

    def __init__(self, origin: str) -> None:
        """Start with the ecosystem's active workers deployed and registered; `origin` is scheme, host and port."""
        self.origin = origin
        self.tokens = Tokens(*(f"sandbox-{name}-{secrets.token_hex(8)}" for name in ("register", "key", "admin")))
        self.faults = Faults()
        self.deployed: dict[str, Deployment] = {}
        self.registry: dict[str, Json] = {}
        self.tasks: dict[str, Json] = {}
        self.conflicts: list[Json] = []
        self.requests: list[Recorded] = []
        self.discovery_lag = 0.0
        self._lock = threading.RLock()
        self._registered_at: dict[str, float] = {}
        self._answers: dict[str, tuple[bytes, int, Json]] = {}
        self.reset()

    def reset(self) -> None:
        """Forget everything but the origin and the tokens, and start over with the initial services."""
        with self._lock:
            self.faults.clear()
            for remembered in (self.deployed, self.registry, self.tasks, self._registered_at, self._answers):
                remembered.clear()
            self.conflicts.clear()
            self.requests.clear()
            self.discovery_lag = 0.0
            for service in _initial_services():
                self.deploy(service["name"])
                self.registry[service["name"]] = self._row(service["name"], {**service, "status": "active"})

    def deploy(
        self, name: str, version: str = "1.0.0", commit: str = "", tools: tuple[str, ...] = ("status", "query")
    ) -> None:
        """Let a service appear (or appear anew) at `/services/<name>`."""
        with self._lock:
            self.deployed[name] = Deployment(name, version, commit, tools)

    def service_url(self, name: str) -> str:
        """Give the address at which a deployed service of this sandbox answers."""
        return f"{self.origin}/services/{name}"

    def register(self, document: Json) -> tuple[bool, Json]:
        """Write a registration into the registry; say whether the name is new, and give the row."""
        name = document["name"]
        with self._lock:
            is_new = name not in self.registry
            earlier = self.registry.get(name) or self._row(name, {"status": "pending"})
            self.registry[name] = {**earlier, **document, "updated_at": timestamp()}
            if is_new:
                self._registered_at[name] = time.monotonic()
            return is_new, self.registry[name]

    def answered(self, key: str) -> tuple[bytes, int, Json] | None:
        """Give the request body, status and answer remembered under an idempotency key."""
        with self._lock:
            return self._answers.get(key)

    def remember(self, key: str, body: bytes, status: int, answer: Json) -> None:
        """Remember an answer under its idempotency key."""
        with self._lock:
            self._answers[key] = (body, status, answer)

    def set_status(self, name: str, changed: Json) -> Json | None:
        """Write `status` and `last_deployed` into a row; None when there is no such row."""
        with self._lock:
            if name not in self.registry:
                return None
            self.registry[name] = {**self.registry[name], **changed, "updated_at": timestamp()}
            return self.registry[name]

    def listed(self) -> list[Json]:
        """Give the rows that discovery shows: those registered at least `discovery_lag` seconds ago."""
        with self._lock:
            latest = time.monotonic() - self.discovery_lag
            return [row for name, row in self.registry.items() if self._registered_at.get(name, 0.0) <= latest]

    def refresh_discovery(self) -> int:
        """Let discovery show every registered service at once; give their number."""
        with self._lock:
            self._registered_at.clear()
            return len(self.registry)

    def create_task(self, fields: Json) -> Json:
        """Remember a context task and give it, with its new `task_id`."""
        now = timestamp()
        task = {"task_id": str(uuid.uuid4()), "status": "pending", **fields, "created_at": now, "updated_at": now}
        self.tasks[task["task_id"]] = task
        return task

    def update_task(self, task_id: str, changed: Json) -> Json:
        """Change fields of a known task and give it."""
        task = {**self.tasks[task_id], **changed, "updated_at": timestamp()}
        self.tasks[task_id] = task
        return task

    def _row(self, name: str, known: Json) -> Json:
        url = self.service_url(name)
        now = timestamp()
        return {
            "name": name,
            "version": "1.0.0",
            "description": "",
            "endpoints": {"health": f"{url}/health", "api": f"{url}/api", "mcp": f"{url}/mcp"},
            "capabilities": ["api", "mcp"],
            **known,
            "last_deployed": None,
            "registered_at": now,
            "updated_at": now,
        }


def _initial_services() -> list[Json]:
    services: list[Json] = json.loads(resources.files("sandbox").joinpath("services.json").read_text(encoding="utf-8"))
    return [row for row in services if row["active"] and row["type"] == "cloudflare-worker" and row["domain"]]
