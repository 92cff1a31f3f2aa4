"""The services that are there from the start, and the sub-domain label under which each one answers."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

_SERVICES: list[dict[str, Any]] = json.loads(
    resources.files("sandbox").joinpath("services.json").read_text(encoding="utf-8")
)
_LABELS: dict[str, str] = {row["name"]: row["domain"].partition(".")[0] for row in _SERVICES if row["domain"]}
_TIER_SEEDED_IN_BULK = 4


def initial_services() -> list[dict[str, Any]]:
    """Give the ecosystem's active workers that have a domain."""
    return [row for row in _SERVICES if row["active"] and row["type"] == "cloudflare-worker" and row["domain"]]


def known_services() -> list[dict[str, Any]]:
    """Give everything of the ecosystem that is active and has a tier: its Workers, and tools, packages and clients."""
    return [row for row in _SERVICES if row["active"] and row["tier"] is not None]


def seeded_in_bulk() -> set[str]:
    """Name the services whose rows came past the gatekeeper: the deployed registry holds them in an older form."""
    return {row["name"] for row in initial_services() if row["tier"] == _TIER_SEEDED_IN_BULK}


def label_of(name: str) -> str:
    """Give the first label of a service's host: that of its known domain, else its name without a leading `chitty`."""
    return _LABELS.get(name) or name.removeprefix("chitty").lstrip("-") or name
