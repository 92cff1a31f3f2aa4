"""The deployed ChittyRegistry: the read-only directory at paths of its own."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from sandbox.clock import timestamp
from sandbox.deployed.rows import id_of, tools
from sandbox.deployed.servers import page
from sandbox.deployed.sweep import sweep

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.world import Json, World

_CHANGES = ["POST", "PUT", "PATCH", "DELETE"]
_CORS = {"access-control-allow-origin": "*"}
_ENDPOINTS = [
    "GET /health",
    "GET /api/v1/stats",
    "GET /api/v1/search",
    "GET /api/v1/recommendations",
    "GET /api/v1/duplicates",
    "GET /api/v1/categories",
    "GET /api/v1/tools",
    "POST /api/v1/chittychat/recommendations",
    "POST /api/v1/sync",
    "GET /v0.1/servers",
    "GET /v0.1/servers/:name/versions/latest",
    "GET /v0.1/servers/:name/versions/:version",
    "POST /v0.1/servers",
    "GET /allowed-list",
]
# The deployed health counts the files of a source tree of long ago, whatever is registered.
_STATS = {
    "totalFiles": 3214,
    "categories": {
        "tools": 80,
        "scripts": 774,
        "services": 975,
        "agents": 71,
        "libraries": 272,
        "documentation": 188,
        "configs": 200,
    },
    "duplicates": 1,
    "alternatives": 323,
    "directories": 769,
}


@dataclass(frozen=True, slots=True)
class DeployedRegistry:
    """What answers under `/registry` where the registry is the deployed one."""

    world: World

    def router(self) -> Router:
        """Give the system as one application."""
        return Router(
            [
                Route("/health", self.health),
                Route("/api/v1/tools", self.tools),
                Route("/api/v1/tools/{chitty_id}", self.tool),
                Route("/api/v1/manifest", self.manifest),
                Route("/v0.1/servers", self.servers),
                Route("/api/v1/health-check", self.health_check, methods=["POST"]),
                Route("/{path:path}", self.unknown),
                Route("/{path:path}", self.change, methods=_CHANGES),
            ],
            redirect_slashes=False,
        )

    async def health(self, _request: Request) -> Response:
        """Say that the registry is well, at length."""
        now = timestamp()
        return _answer(
            {
                "status": "ok",
                "service": "chittyregistry",
                "service_variant": "universal",
                "version": "2.0.0",
                "tier": 2,
                "role": f"Directory: a read-only catalog of certified entries. Submit to {self._submission}.",
                "submission_endpoint": self._submission,
                "register_vs_registry": "register (verb) takes submissions, registry (noun) lists what was certified.",
                "canonical_uri": "chittycanon://core/services/chitty-registry",
                "timestamp": now,
                "deployment": "cloudflare-workers",
                "uptime": int(time.time() * 1000),
                "stats": {**_STATS, "lastUpdated": now},
            }
        )

    async def tools(self, _request: Request) -> Response:
        """List every row, in both forms; there are no pages."""
        rows = tools(self.world)
        return _answer({"success": True, "tools": rows, "count": len(rows)})

    async def tool(self, request: Request) -> Response:
        """Give one row by its id; a name is no id."""
        wanted = request.path_params["chitty_id"]
        row = next((row for row in tools(self.world) if id_of(row) == wanted), None)
        return _answer({"error": "Tool not found"}, 404) if row is None else _answer({"success": True, "tool": row})

    async def manifest(self, _request: Request) -> Response:
        """Give one short entry a row, and a digest of them all."""
        entries = [_entry(row) for row in tools(self.world)]
        digest = hashlib.sha256(json.dumps(entries).encode()).hexdigest()
        manifest = {
            "version": "1.0.0",
            "generated_at": timestamp(),
            "count": len(entries),
            "entries": entries,
            "content_hash": digest,
            "manifest_hash": digest,
        }
        return _answer({"success": True, "manifest": manifest})

    async def servers(self, request: Request) -> Response:
        """Give a page of the MCP catalogue."""
        return _answer(page(request.query_params.get("limit"), request.query_params.get("cursor")))

    async def health_check(self, request: Request) -> Response:
        """Sweep, for whoever brings a token."""
        if refusal := self._refusal(request):
            return refusal
        return _answer({"success": True, "summary": sweep(self.world)})

    async def unknown(self, _request: Request) -> Response:
        """Answer a path that the registry does not know, naming those that it does."""
        return _answer({"error": "Endpoint not found", "availableEndpoints": _ENDPOINTS}, 404)

    async def change(self, request: Request) -> Response:
        """Refuse a change: without a token before routing (401), with one because nothing takes changes (404)."""
        return self._refusal(request) or await self.unknown(request)

    @property
    def _submission(self) -> str:
        return f"{self.world.origin}/register/api/v1/register"

    def _refusal(self, request: Request) -> Response | None:
        if "authorization" in request.headers:
            return None
        message = (
            f"Registry is read-only for clients. Submit registrations to {self._submission}; "
            "the Gatekeeper propagates here."
        )
        return _answer({"error": message, "code": "READ_ONLY", "submission_endpoint": self._submission}, 401)


def _entry(row: Json) -> Json:
    fields = ("entity_type", "subtype", "name", "version", "health", "last_health_check", "updated_at")
    return {"chitty_id": id_of(row), **{field: row.get(field) for field in fields}}


def _answer(document: Json, status: int = 200) -> Response:
    return JSONResponse(document, status, _CORS)
