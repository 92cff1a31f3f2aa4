"""What the sandbox's Cloudflare remembers: one account with its zones, Workers, routes and custom domains."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

from sandbox.clock import timestamp
from sandbox.initial import initial_services, label_of

Json = dict[str, Any]
ZONES = ("chitty.cc", "ch1tty.com")
READ = frozenset({"Zone Read", "Workers Routes Read", "Workers Scripts Read"})
WRITE = frozenset({"Workers Routes Write", "Workers Scripts Write"})
_PERIOD = 300.0


@dataclass(frozen=True, slots=True)
class Denied:
    """A permission that the token does not have, everywhere or in one zone."""

    permission: str
    zone_id: str | None = None


class CloudflareState:
    """One account. A test reads and changes what is here; the server's thread takes the lock to change it.

    Attributes:
        zones: by id, as the API shows them.
        scripts: by name.
        routes: by id, with the `zone_id` that the API does not show.
        domains: by id.
        permissions: what the token may do.
        denied: what it may not do in single zones.
        budget: requests in five minutes; then 429.
    """

    def __init__(self, origin: str, token: str) -> None:
        """Start with an account in which no claim meets another; address, account and token stay."""
        self.lock = threading.RLock()
        self.api_url = f"{origin}/cloudflare/client/v4"
        self.token = token
        self.account = secrets.token_hex(16)
        self.reset()

    def reset(self) -> None:
        """Start over."""
        with self.lock:
            self.zones: dict[str, Json] = {}
            self.scripts: dict[str, Json] = {}
            self.routes: dict[str, Json] = {}
            self.domains: dict[str, Json] = {}
            self.permissions = set(READ | WRITE)
            self.denied: set[Denied] = set()
            self.budget = 1_200
            self._asked: list[float] = []
            for zone in ZONES:
                self.add_zone(zone)
            for service in initial_services():
                self.add_script(service["name"])
                if service["domain"].endswith(f".{ZONES[0]}"):
                    self.add_domain(f"{label_of(service['name'])}.{ZONES[0]}", service["name"])

    def add_zone(self, name: str) -> str:
        """Add a zone and give its id."""
        zone_id = _id_of("zone", name)
        self.zones[zone_id] = {
            "id": zone_id,
            "name": name,
            "status": "active",
            "paused": False,
            "type": "full",
            "account": {"id": self.account, "name": "ChittyCorp"},
            "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
            "created_on": timestamp(),
            "modified_on": timestamp(),
        }
        return zone_id

    def add_script(self, name: str) -> None:
        """Deploy a Worker."""
        now = timestamp()
        self.scripts[name] = {
            "id": name,
            "etag": _id_of("etag", name),
            "handlers": ["fetch"],
            "usage_model": "standard",
            "created_on": now,
            "modified_on": now,
        }

    def remove_script(self, name: str) -> None:
        """Remove a Worker and leave its routes and domains behind, as happens."""
        self.scripts.pop(name, None)

    def add_route(self, pattern: str, script: str | None, zone: str = ZONES[0]) -> str:
        """Add a route whatever it says, also what Cloudflare would refuse today, and give its id."""
        route_id = secrets.token_hex(16)
        self.routes[route_id] = {"id": route_id, "pattern": pattern, "zone_id": self.zone_id(zone), "script": script}
        return route_id

    def add_domain(self, hostname: str, service: str, zone: str | None = None) -> str:
        """Attach a custom domain and give its id."""
        name = zone or next((one for one in self.zone_names() if hostname.endswith(one)), ZONES[0])
        domain_id = _id_of("domain", hostname)
        self.domains[domain_id] = {
            "id": domain_id,
            "zone_id": self.zone_id(name),
            "zone_name": name,
            "hostname": hostname,
            "service": service,
            "environment": "production",
            "cert_id": _id_of("cert", hostname),
        }
        return domain_id

    def deny(self, permission: str, zone: str | None = None) -> None:
        """Take a permission from the token, everywhere or in one zone."""
        if zone is None:
            self.permissions.discard(permission)
        else:
            self.denied.add(Denied(permission, self.zone_id(zone)))

    def may(self, permission: str, zone_id: str | None = None) -> bool:
        """Say whether the token may do something."""
        return permission in self.permissions and Denied(permission, zone_id) not in self.denied

    def zone_names(self) -> list[str]:
        """Name all zones."""
        return [zone["name"] for zone in self.zones.values()]

    def zone_id(self, name: str) -> str:
        """Give the id of a zone. Raises KeyError where there is none of that name."""
        return {zone["name"]: zone_id for zone_id, zone in self.zones.items()}[name]

    def take(self) -> float | None:
        """Count a request; give the seconds to wait where the budget of five minutes is used up."""
        with self.lock:
            now = time.monotonic()
            self._asked = [moment for moment in self._asked if now - moment < _PERIOD]
            if len(self._asked) >= self.budget:
                return _PERIOD - (now - self._asked[0]) if self._asked else _PERIOD
            self._asked.append(now)
            return None


def _id_of(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind} {name}".encode()).hexdigest()[:32]
