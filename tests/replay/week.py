"""The registry of the audited week, and what each of its hosts answered (summer 2026).

49 rows: 20 that the registry's worker wrote, with whole URLs, and 29 that were seeded in bulk, with paths. The audit
says how many hosts answered what; which of them it was is not public, so that the names below only play their parts.
"""

from __future__ import annotations

from typing import Any, Final

from chitty_action.model.exchange import Answer
from tests.world import json_answer

WRITTEN: Final = {
    "chittyfinance": "finance.chitty.cc",
    "chittyregistry": "registry.chitty.cc",  # its own sweep asked itself, and recorded three months of 522
    "chittyconnect": "connect.chitty.cc",
    "chittyverify": "verify.chitty.cc",
    "chittyrouter": "router.chitty.cc",
    "chittyapi": "api.chitty.cc",
    "chittygateway": "gateway.chitty.cc",
    "chittymonitor": "monitor.chitty.cc",
    "chittydiscovery": "discovery.chitty.cc",
    "chittybeacon": "beacon.cloudeto.com",
    "chittytrack": "track.chitty.cc",
    "chittymcp": "mcp.chitty.cc",
    "chittycontext": "context.chitty.cc",
    "chittyscore": "score.chitty.cc",
    "chittyintel": "intel.chitty.cc",
    "chittychronicle": "chronicle.chitty.cc",
    "chittyledger": "ledger.chitty.cc",
    "chittyagent": "agent.chitty.cc",
    "chittyassets": "assets.chitty.cc",
}
"""Rows with a chitty_id; the twentieth is OPENCLAW."""
OPENCLAW: Final = "http://127.0.0.1:18789/health"
SEEDED: Final = {
    "chittyid": "id.chitty.cc",
    "chittyauth": "auth.chitty.cc",
    "chittycases": "cases.chitty.cc",
    "chittyevidence": "evidence.chitty.cc",
    "chittysync": "sync.chitty.cc",
    "chittycontextual": "contextual.chitty.cc",
    "chittyschema": "schema.chitty.cc",
    "chittytrust": "trust.chitty.cc",
    "chittychain": "chain.chitty.cc",
    "chittydispute": "dispute.chitty.cc",
    "chittyconcierge": "concierge.chitty.cc",
    "chittytask": "tasks.chitty.cc",
    "chittyswarm": "swarm.chitty.cc",
    "chittystorage": "storage.chitty.cc",
    "chittycommand": "command.chitty.cc",
    "chittyhelper": "helper.chitty.cc",
    "get-chitty": "get.chitty.cc",
    "chittyforce": "force.chitty.cc",
    "chittyentry": "entry.chitty.cc",
    "chittyreception": "reception.chitty.cc",
    "chittyregister": "register.chitty.cc",
    "chittycert": "cert.chitty.cc",
    "chittymint": "mint.chitty.cc",
    "chittydna": "dna.chitty.cc",
    "chittycanon": "canon.chitty.cc",
    "chittycharge": "charge.chitty.cc",
    "chittyscrape": "scrape.chitty.cc",
    "chittydlvr": "dlvr.chitty.cc",
    "documint": "documint.chitty.cc",
}
HOSTS: Final = {**WRITTEN, **SEEDED}
CATALOG: Final = (
    *("chittyid", "chittyauth", "chittygateway", "chittyrouter", "chittyregistry", "chittycases", "chittyfinance"),
    *("chittyevidence", "chittysync", "chittychronicle", "chittycontextual", "chittyschema", "chittytrust"),
    *("chittyscore", "chittychain", "chittyledger", "chittydispute", "chittyconcierge", "chittytrack", "chittytask"),
)
"""What ChittyConnect's discovery document names, whatever the registry holds."""

DOWN: Final = ("chittyintel", "chittychain", "chittydispute", "chittycert", "chittydlvr")
MISSING: Final = "chittyschema"
GATED: Final = "chittyswarm"
BEHIND_ACCESS: Final = "chittystorage"

_LOGIN = "https://chitty.cloudflareaccess.com/cdn-cgi/access/login/storage.chitty.cc?kid=0"
NO_ORIGIN: Final = Answer(530, {"content-type": "text/plain; charset=UTF-8"}, b"error code: 1016")
NOT_FOUND: Final = Answer(404, {"content-type": "text/plain; charset=UTF-8"}, b"404 Not Found")
TO_LOGIN: Final = Answer(302, {"location": _LOGIN})
KEY_MISSING: Final = json_answer({"error": "Missing API key"}, 401)
FORBIDDEN: Final = Answer(403, {"content-type": "text/html"}, b"<html>Forbidden</html>")


def registry() -> list[dict[str, Any]]:
    """Give the 49 rows, the two kinds mixed as they lay."""
    written = [_written(name, f"https://{host}/health", {"domain": host}) for name, host in WRITTEN.items()]
    return [*written[:10], *map(_seeded, SEEDED), _written("openclaw", OPENCLAW, {}), *written[10:]]


def discovery() -> dict[str, Any]:
    """Give the discovery document of that week: exactly its own catalog."""
    return {
        "version": "1.0.0",
        "ecosystem": "ChittyOS",
        "capabilities": {"mcp": {"tools_count": 71}, "services": {"health_check": "https://connect.chitty.cc/health"}},
        "services": [_entry(name, HOSTS[name].partition(".")[0]) for name in CATALOG],
    }


def health_of(name: str, gate: Answer) -> Answer:
    """Give what a host answered at /health; the auth-gated one answers `gate`."""
    if name in DOWN:
        return NO_ORIGIN
    special = {MISSING: NOT_FOUND, GATED: gate, BEHIND_ACCESS: TO_LOGIN}
    return special.get(name, json_answer({"status": "ok", "service": name, "version": "1.0.0"}))


def _written(name: str, health: str, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "chitty_id": f"03-1-USA-0001-T-2602-0-{name}",
        "entity_type": "T",
        "subtype": "service",
        "name": name,
        "description": "",
        "version": "0.0.0",
        "endpoints": [f"{health.removesuffix('/health')}/api/v1/status", health],
        "certificate_ref": None,
        "parent_chitty_id": None,
        "metadata": metadata,
        "compliance_score": None,
        "trust_score": None,
        "registered_at": "2026-02-18T21:35:26.118Z",
        "updated_at": "2026-08-18T21:35:26.118Z",
        "status": "active",
        "last_health_check": None,
        "health": "unknown",
    }


def _seeded(name: str) -> dict[str, Any]:
    did = f"did:chitty:foundation:{name}"
    return {
        "id": did,
        "did": did,
        "name": name,
        "hostname": SEEDED[name],
        "url": f"https://{SEEDED[name]}",
        "category": "foundation",
        "version": "0.0.0",
        "endpoints": {"health": "/health", "status": "/api/v1/status"},
        "relationships": [],
        "security": {"auth_required": True, "scopes": []},
        "status": None,
        "health": None,
    }


def _entry(name: str, label: str) -> dict[str, Any]:
    url = f"https://{label}.chitty.cc"
    return {
        "name": name,
        "url": url,
        "mcp": f"https://mcp.chitty.cc/{label}/mcp",
        "direct_mcp": f"{url}/mcp",
        "api": f"https://api.chitty.cc/{label}/api",
        "direct_api": f"{url}/api",
        "health": f"{url}/health",
        "status": "unknown",
    }
