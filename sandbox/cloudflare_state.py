"""What the sandbox's Cloudflare remembers: one account with its zones and Workers, and what its token may see."""

from __future__ import annotations

import hashlib
import math
import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.initial import initial_services, label_of

Json = dict[str, Any]
ACCOUNT_NAME = "ChittyCorp"
ZONE = "chitty.cc"
BUDGET = 1200
"""Requests a token has in one `WINDOW`."""
WINDOW = timedelta(minutes=5)

ZONE_READ = "Zone Read"
ROUTES_READ = "Workers Routes Read"
ROUTES_WRITE = "Workers Routes Write"
SCRIPTS_READ = "Workers Scripts Read"
SCRIPTS_WRITE = "Workers Scripts Write"


class CloudflareState:
    """One account. A test reads and changes what is here; the server's thread takes the lock to change it.

    Attributes:
        zones: by id, as Cloudflare shows them.
        routes: by id, with the `zone_id` that Cloudflare does not show; `script` is None where no Worker shall run.
        scripts: by name, as Cloudflare shows them.
        domains: custom domains by id, as Cloudflare shows them.
        permissions: the names of what the token may do; at first it reads everything and writes nothing.
        hidden: ids of zones that the token was not given.
        budget: requests that the token has in five minutes.
        ahead: how far the clock is moved forward.
    """

    def __init__(self, origin: str, token: str) -> None:
        """Start with the ecosystem's active workers, each at a custom domain."""
        self.lock = threading.RLock()
        self.api_url = f"{origin}/cloudflare/client/v4"
        self.account_id = secrets.token_hex(16)
        self.token = token
        self.reset()

    def reset(self) -> None:
        """Start over; address, account and token stay."""
        with self.lock:
            self.ahead = timedelta()
            self.zones: dict[str, Json] = {}
            self.routes: dict[str, Json] = {}
            self.scripts: dict[str, Json] = {}
            self.domains: dict[str, Json] = {}
            self.permissions = {ZONE_READ, ROUTES_READ, SCRIPTS_READ}
            self.hidden: set[str] = set()
            self.budget = BUDGET
            self._spent = 0
            self._window_ends = self.now() + WINDOW
            for zone in (ZONE, "ch1tty.com"):
                self.add_zone(zone)
            for service in initial_services():
                self.add_script(service["name"])
                self.add_domain(f"{label_of(service['name'])}.{ZONE}", service["name"])
            if "chittyagent" in self.scripts:
                self.add_route(f"*.agent.{ZONE}/*", "chittyagent")

    def now(self) -> datetime:
        """Give the time that Cloudflare goes by."""
        return datetime.now(UTC) + self.ahead

    def timestamp(self) -> str:
        """Give it as Cloudflare writes it."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def add_zone(self, name: str, status: str = "active") -> str:
        """Let the account have one more zone, and give its id."""
        zone_id, now = secrets.token_hex(16), self.timestamp()
        zone: Json = {
            "id": zone_id,
            "name": name,
            "status": status,
            "paused": False,
            "type": "full",
            "development_mode": 0,
            "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
            "original_name_servers": None,
            "original_registrar": None,
            "original_dnshost": None,
            "modified_on": now,
            "created_on": now,
            "activated_on": now if status == "active" else None,
            "meta": {"step": 2, "custom_certificate_quota": 0, "page_rule_quota": 3, "phishing_detected": False},
            "owner": {"id": None, "type": "user", "email": None},
            "account": {"id": self.account_id, "name": ACCOUNT_NAME},
            "tenant": {"id": None, "name": None},
            "tenant_unit": {"id": None},
            "permissions": ["#zone:read", "#worker:read"],
            "plan": {
                "name": "Free Website",
                "legacy_id": "free",
                "price": 0,
                "currency": "USD",
                "is_subscribed": False,
            },
        }
        with self.lock:
            self.zones[zone_id] = zone
        return zone_id

    def add_route(self, pattern: str, script: str | None, zone: str = ZONE) -> str:
        """Plant a route, as it stands and even where Cloudflare would refuse it today, and give its id."""
        route_id = secrets.token_hex(16)
        with self.lock:
            row = {"id": route_id, "pattern": pattern, "script": script, "zone_id": self.zone_id(zone)}
            self.routes[route_id] = row
        return route_id

    def add_domain(self, hostname: str, service: str, zone: str | None = None) -> str:
        """Plant a custom domain in a zone (None: the one that its name ends with), and give its id."""
        domain_id = secrets.token_hex(16)
        with self.lock:
            zone_id = self.zone_id(zone or self.zone_above(hostname) or hostname)
            self.domains[domain_id] = {
                "id": domain_id,
                "zone_id": zone_id,
                "zone_name": self.zones[zone_id]["name"],
                "hostname": hostname,
                "service": service,
                "environment": "production",
                "cert_id": secrets.token_hex(16),
            }
        return domain_id

    def add_script(self, name: str) -> None:
        """Let the account have one more Worker."""
        now = self.timestamp()
        with self.lock:
            self.scripts[name] = {
                "id": name,
                "tag": secrets.token_hex(16),
                "etag": hashlib.sha256(name.encode()).hexdigest(),
                "handlers": ["fetch"],
                "modified_on": now,
                "created_on": now,
                "usage_model": "standard",
                "compatibility_date": "2026-01-01",
                "compatibility_flags": [],
                "has_assets": False,
                "has_modules": True,
                "logpush": False,
                "last_deployed_from": "wrangler",
            }

    def remove_script(self, name: str) -> None:
        """Let a Worker be gone; routes and domains that name it stay."""
        with self.lock:
            del self.scripts[name]

    def hide_zone(self, zone: str) -> None:
        """Take a zone from what the token was given; the account's custom domains in it are still listed."""
        self.hidden.add(self.zone_id(zone))

    def zone_id(self, zone: str) -> str:
        """Give the id of a zone that is named, or given by its id already.

        Raises:
            ValueError: for a zone that the account does not have.
        """
        known = tuple(self.zones.values())
        found: str | None = next((row["id"] for row in known if zone in {row["name"], row["id"]}), None)
        if found is None:
            raise ValueError(f"no zone {zone!r}; add_zone() it first")
        return found

    def zone_above(self, hostname: str) -> str | None:
        """Give the id of the zone with the longest name that a hostname ends with; None when there is none."""
        labels = hostname.lower().split(".")
        ends = {".".join(labels[start:]) for start in range(len(labels))}
        fitting = [zone for zone in tuple(self.zones.values()) if zone["name"] in ends]
        return max(fitting, key=lambda zone: len(zone["name"]))["id"] if fitting else None

    def may(self, *accepted: str) -> bool:
        """Say whether the token has one of the permissions."""
        return not self.permissions.isdisjoint(accepted)

    def spend(self) -> tuple[int, int]:
        """Take one request from the budget; give what is left (below zero: refuse it) and until when, in seconds."""
        with self.lock:
            now = self.now()
            if now >= self._window_ends:
                self._spent, self._window_ends = 0, now + WINDOW
            self._spent += 1
            left = self.budget - self._spent
            if left == -1:
                self._window_ends = now + WINDOW  # who exceeds it waits for five minutes from then on
            return left, math.ceil((self._window_ends - now).total_seconds())
