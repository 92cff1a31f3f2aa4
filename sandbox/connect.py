"""ChittyConnect: the hub's health, its discovery document, its admin API and its context tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from sandbox.answers import bearer_refusal, not_found
from sandbox.clock import timestamp
from sandbox.tasks import ContextTasks

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.world import Json, World

_VERSION = "2.2.0"
_IN_DISCOVERY = (None, "service", "mcp-server")
"""Subtypes of rows that answer somewhere; the registry lists packages and tools too."""


@dataclass(frozen=True, slots=True)
class Connect:
    """What answers under `/connect`."""

    world: World

    def router(self) -> Router:
        """Give the system as one application."""
        return Router(
            [
                Route("/health", self.health),
                Route("/.well-known/chitty.json", self.discovery),
                Route("/api/admin/routes", self.admin_routes),
                Route("/api/admin/refresh-discovery", self.refresh_discovery, methods=["POST"]),
                *ContextTasks(self.world).routes(),
                Route("/api/{unknown:path}", self.unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
            ],
            redirect_slashes=False,
        )

    async def health(self, _request: Request) -> Response:
        """Say that the hub is well."""
        return JSONResponse(
            {"status": "ok", "service": "chittyconnect", "version": _VERSION, "timestamp": timestamp()},
        )

    async def discovery(self, _request: Request) -> Response:
        """Give the discovery document, in the shape of the deployed hub."""
        origin = self.world.origin
        return JSONResponse(
            {
                "version": "1.0.0",
                "ecosystem": "ChittyOS",
                "updated_at": timestamp(),
                "endpoints": {
                    "connect_base": f"{origin}/connect",
                    "api_base": f"{origin}/api",
                    "mcp_base": f"{origin}/mcp",
                    "sse": f"{origin}/connect/sse",
                    "auth": f"{origin}/auth",
                    "registry": f"{origin}/registry",
                    "register": f"{origin}/register",
                },
                "capabilities": {
                    "mcp": {"protocol_version": "2025-06-18", "tools_count": 71, "supports_streaming": True},
                    "api": {"version": "v1", "authentication": ["api_key", "bearer_token"], "rate_limiting": False},
                    "services": {
                        "discovery": f"{origin}/registry/api/services",
                        "health_check": f"{origin}/connect/health",
                    },
                },
                "services": [self._entry(row) for row in self.world.listed() if row.get("subtype") in _IN_DISCOVERY],
                "onboarding": {"register_url": f"{origin}/register/api/register"},
                "resource_uri_scheme": "chitty://",
                "context_sync": {"files": {}, "tasks": {"create": f"{origin}/api/api/context/tasks"}},
            }
        )

    async def admin_routes(self, request: Request) -> Response:
        """Give the route table and its conflicts to the bearer of the API key."""
        if refusal := bearer_refusal(request, self.world.tokens.api_key):
            return refusal
        routes = [
            {"service": name, "pattern": f"{name}.chitty.cc/*", "worker": name} for name in tuple(self.world.deployed)
        ]
        return JSONResponse({"routes": routes, "conflicts": self.world.conflicts})

    async def refresh_discovery(self, request: Request) -> Response:
        """Let discovery catch up with the registry at once, for the bearer of the admin token."""
        if refusal := bearer_refusal(request, self.world.tokens.admin_token):
            return refusal
        return JSONResponse({"ok": True, "services": self.world.refresh_discovery(), "updated_at": timestamp()})

    async def unknown(self, request: Request) -> Response:
        """Answer the rest of the API: authentication comes before routing, so 401 and only then 404."""
        return bearer_refusal(request, self.world.tokens.api_key) or not_found(request)

    def _entry(self, row: Json) -> Json:
        name, origin = row["name"], self.world.origin
        endpoints = row.get("endpoints") or {}
        direct_api = endpoints.get("api") or f"{self.world.service_url(name)}/api"
        url = direct_api.removesuffix("/api")
        return {
            "name": name,
            "url": url,
            "mcp": f"{origin}/mcp/{name}/mcp",
            "direct_mcp": endpoints.get("mcp") or f"{url}/mcp",
            "api": f"{origin}/api/{name}/api",
            "direct_api": direct_api,
            "health": endpoints.get("health") or f"{url}/health",
            "status": row.get("status", "unknown"),
        }
