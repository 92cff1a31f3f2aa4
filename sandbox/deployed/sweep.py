"""`POST /api/v1/health-check`: the registry looks at the health of its rows and says which ones it left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sandbox.clock import timestamp
from sandbox.deployed.rows import id_of, tools
from sandbox.generation import Part

if TYPE_CHECKING:
    from sandbox.world import Json, World

_LOOPBACK = ("http://127.0.0.1", "http://localhost")
_UNRESOLVABLE = "no_resolvable_health_url"


def sweep(world: World) -> Json:
    """Give the summary of one sweep; nothing is remembered of it."""
    rows = tools(world)
    skipped, results = [], []
    for row in rows:
        health = _health_address(row)
        if reason := _reason_to_skip(world, row, health):
            skipped.append({"name": row.get("name"), "chitty_id": id_of(row), "reason": reason})
        else:
            results.append({"chitty_id": id_of(row), **_look(world, health)})
    cleared = [entry for entry in skipped if entry["reason"] != _UNRESOLVABLE]
    return {
        "swept_at": timestamp(),
        "total": len(rows),
        "count": len(results),
        "skipped_count": len(skipped),
        "skipped_by_reason": dict(Counter(entry["reason"] for entry in skipped)),
        "skipped": skipped,
        "skipped_detail_truncated": False,
        "cleared_stale_count": len(cleared),
        "cleared_stale": cleared,
        "clear_failures_count": 0,
        "clear_failures": [],
        "results": results,
    }


def _health_address(row: Json) -> str:
    """Give the first absolute endpoint whose path ends in `/health`; empty when there is none."""
    listed = row.get("endpoints")
    endpoints = listed if isinstance(listed, list) else []
    absolute = (endpoint for endpoint in endpoints if isinstance(endpoint, str) and "://" in endpoint)
    return next((endpoint for endpoint in absolute if endpoint.endswith("/health")), "")


def _reason_to_skip(world: World, row: Json, health: str) -> str | None:
    if not health:
        return _UNRESOLVABLE
    if row.get("name") == "chittyregistry":
        return "self_origin"
    # Every service of the sandbox is on loopback; what is foreign to it is what the deployed sweep would not ask.
    is_ours = health.startswith(world.origin + "/")
    return None if is_ours or not health.startswith(_LOOPBACK) else "loopback_or_private_host"


def _look(world: World, health: str) -> Json:
    prefix = f"{world.origin}/services/"
    segment = health.removeprefix(prefix).removesuffix("/health")
    if health.startswith(prefix) and world.deployment_at(Part.SERVICES, segment):
        return {"health": "healthy"}
    return {"health": "unreachable", "error": "internal error; nothing answers at this address"}
