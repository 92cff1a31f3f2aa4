"""The registry's rows as the deployed registry holds them: one in the form of its worker, or one seeded in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox.clock import timestamp
from sandbox.deployed.ledger import chitty_id_of
from sandbox.initial import label_of

if TYPE_CHECKING:
    from sandbox.world import Json, World

# Seeded in bulk like others, and written anew by the worker since: its own fields around the endpoints of before.
_REWRITTEN = "chittyverify"
_RELATIVE = {"health": "/health", "status": "/api/v1/status"}


def tools(world: World) -> list[Json]:
    """Give every row: those of the registrations in their deployed form, then those that a test has planted."""
    registered = [
        _seeded(world, row) if name in world.seeded else _written(world, {**row, "name": name})
        for name, row in tuple(world.registry.items())
    ]
    return registered + list(world.tools)


def id_of(row: Json) -> str:
    """Give the id that a row goes by, in either form."""
    return str(row.get("chitty_id") or row.get("id") or row.get("did"))


def _written(world: World, row: Json) -> Json:
    name = row["name"]
    is_rewritten = name == _REWRITTEN
    metadata = {field: row[field] for field in ("tier", "domain") if row.get(field) is not None}
    if isinstance(own := row.get("metadata"), dict):
        metadata |= own
    registered_at = row.get("registered_at") or timestamp()
    certificate = world.ledger.compliance.get(name, {}).get("certificate", {})
    return {
        "chitty_id": f"did:chitty:foundation:{name}" if is_rewritten else chitty_id_of(name),
        "entity_type": row.get("entity_type", "T"),
        "subtype": row.get("subtype", "service"),
        "name": name,
        "description": row.get("description") or "",
        "version": row.get("version") or "0.0.0",
        "endpoints": dict(_RELATIVE) if is_rewritten else _addresses(world, row),
        "certificate_ref": None if is_rewritten else certificate.get("certificate_id"),
        "parent_chitty_id": None,
        "metadata": metadata,
        "compliance_score": None,
        "trust_score": None,
        "registered_at": registered_at,
        "updated_at": row.get("updated_at") or registered_at,
        "status": row.get("status", "active"),
        "last_health_check": None,
        "health": "unknown",
    }


def _seeded(world: World, row: Json) -> Json:
    name = row["name"]
    did = f"did:chitty:foundation:{name}"
    return {
        "id": did,
        "did": did,
        "name": name,
        "description": row.get("description") or "",
        "version": row.get("version") or "0.0.0",
        "hostname": row.get("domain") or f"{label_of(name)}.chitty.cc",
        "url": world.service_url(name),
        "endpoints": dict(_RELATIVE),
        "category": "service",
        "security": {"auth_required": False, "scopes": []},
        "status": None,
        "health": None,
        "registered_at": row.get("registered_at"),
    }


def _addresses(world: World, row: Json) -> list[str]:
    """Give absolute addresses, from a list that was registered or from the object of the design."""
    base = world.service_url(row["name"])
    match row.get("endpoints"):
        case [*listed]:
            return [_absolute(base, str(endpoint)) for endpoint in listed]
        case {"health": str(health)}:
            return [health, f"{base}/api/v1/status"]
        case _:
            return [f"{base}/health", f"{base}/api/v1/status"]


def _absolute(base: str, endpoint: str) -> str:
    return endpoint if urlsplit(endpoint).scheme else base + endpoint
