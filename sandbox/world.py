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
from typing import TYPE_CHECKING, Any

from sandbox.clock import timestamp
from sandbox.cloudflare_state import CloudflareState
from sandbox.deployed.ledger import Ledger
from sandbox.deployed.sessions import McpSessions
from sandbox.generation import Generation, Part, spoken_by
from sandbox.github_state import GitHubState
from sandbox.initial import initial_services, label_of, seeded_in_bulk
from sandbox.switchboard import Faults

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

_CERTIFIED_FIELDS = (
    *("name", "description", "version", "endpoints", "metadata"),
    *("entity_type", "subtype", "tier", "domain"),
)


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


class World:
    """Everything that a sandbox remembers."""

    def __init__(self, origin: str, generation: Generation = Generation.DESIGN) -> None:
        """Start with the ecosystem's active workers deployed and registered; `origin` is scheme, host and port."""
        self.origin = origin
        self.tokens = Tokens(*(f"sandbox-{name}-{secrets.token_hex(8)}" for name in ("register", "key", "admin")))
        self.faults = Faults()
        self.github = GitHubState(origin, f"sandbox-github-{secrets.token_hex(8)}")
        self.cloudflare = CloudflareState(origin, f"sandbox-cloudflare-{secrets.token_hex(8)}")
        self.deployed: dict[str, Deployment] = {}
        self.registry: dict[str, Json] = {}
        self.tools: list[Json] = []
        self.catalogue: set[str] = set()
        self.tasks: dict[str, Json] = {}
        self.conflicts: list[Json] = []
        self.requests: list[Recorded] = []
        self._lock = threading.RLock()
        self._latest: dict[str, str] = {}  # the name that was deployed last, by label
        self._registered_at: dict[str, float] = {}
        self._answers: dict[str, tuple[bytes, int, Json]] = {}
        self._first_generation = generation
        self.reset()

    def reset(self, generation: Generation | None = None) -> None:
        """Start over with the initial services, in a generation or in that of the start; origin and tokens stay."""
        with self._lock:
            self.generation = generation or self._first_generation
            self.faults.clear()
            self.github.reset()
            self.cloudflare.reset()
            for remembered in (
                self.deployed,
                self.registry,
                self.tasks,
                self._latest,
                self._registered_at,
                self._answers,
            ):
                remembered.clear()
            for listed in (self.tools, self.conflicts, self.requests):
                listed.clear()
            self.catalogue.clear()
            self.discovery_lag = 0.0
            self.ledger, self.mcp = Ledger(), McpSessions()
            self.seeded = seeded_in_bulk()
            for service in initial_services():
                name = service["name"]
                self.deploy(name)
                self.registry[name] = self._row(name, {**service, "status": "active"})
                if name not in self.seeded:
                    self.ledger.certify(name)
            # The gatekeeper's store and the registry were never quite of one mind about the rows seeded in bulk.
            self.ledger.certify(min(self.seeded), status="pending_cert")

    def spoken_by(self, part: Part) -> Generation:
        """Say which generation a part of the hub speaks now: `DESIGN` or `DEPLOYED`."""
        return spoken_by(part, self.generation)

    def deploy(
        self,
        name: str,
        version: str = "1.0.0",
        commit: str = "",
        tools: tuple[str, ...] = ("status", "query"),
        *,
        catalogued: bool = True,
    ) -> None:
        """Let a service appear (or appear anew) at its address, and in the static catalogue of the deployed hub."""
        with self._lock:
            self.deployed[name] = Deployment(name, version, commit, tools)
            self._latest[label_of(name)] = name
            if catalogued:
                self.catalogue.add(name)

    def segment(self, part: Part, name: str) -> str:
        """Give what stands for a service in the paths of a part: its name, or deployed its sub-domain label."""
        return label_of(name) if self.spoken_by(part) is Generation.DEPLOYED else name

    def deployment_at(self, part: Part, segment: str) -> Deployment | None:
        """Give the service that answers at a segment of a part's paths; of two with one label the later."""
        is_label = self.spoken_by(part) is Generation.DEPLOYED
        return self.deployed.get(self._latest.get(segment, "") if is_label else segment)

    def service_url(self, name: str) -> str:
        """Give the address at which a deployed service of this sandbox answers."""
        return f"{self.origin}/services/{self.segment(Part.SERVICES, name)}"

    def service_named(self, segment: str) -> str:
        """Name the service whose address has a segment, deployed or registered; else the segment itself."""
        if deployment := self.deployment_at(Part.SERVICES, segment):
            return deployment.name
        names = tuple(self.registry)
        return next((name for name in names if self.segment(Part.SERVICES, name) == segment), segment)

    def certify(self, document: Json) -> Json:
        """Write a registration of the deployed form into the register and the registry; give what compliance says."""
        name = document["name"]
        with self._lock:
            self.seeded.discard(name)
            kept = {field: document[field] for field in _CERTIFIED_FIELDS if field in document}
            self.registry[name] = self._row(name, {**kept, "status": "active"})
            return self.ledger.certify(name)

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
