"""ChittyRegistry: the read-only directory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from sandbox.clock import timestamp

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.world import World

_ENDPOINTS = ["GET /health", "GET /api/services", "GET /api/services/:name"]


@dataclass(frozen=True, slots=True)
class Registry:
    """What answers under `/registry`."""

    world: World

    def router(self) -> Router:
        """Give the system as one application."""
        return Router(
            [
                Route("/health", self.health),
                Route("/api/services", self.services),
                Route("/api/services/{name}", self.service),
                Route("/{path:path}", self.unknown),
                Route("/{path:path}", self.change, methods=["POST", "PUT", "PATCH", "DELETE"]),
            ],
            redirect_slashes=False,
        )

    async def health(self, _request: Request) -> Response:
        """Say that the registry is well."""
        return JSONResponse({"status": "ok", "service": "chittyregistry", "timestamp": timestamp()})

    async def services(self, _request: Request) -> Response:
        """List every row."""
        return JSONResponse({"services": list(self.world.registry.values())})

    async def service(self, request: Request) -> Response:
        """Give one row by its name."""
        row = self.world.registry.get(request.path_params["name"])
        return JSONResponse({"error": "Service not found"}, 404) if row is None else JSONResponse(row)

    async def unknown(self, _request: Request) -> Response:
        """Answer a path that the registry does not know, naming those that it does."""
        return JSONResponse({"error": "Endpoint not found", "availableEndpoints": _ENDPOINTS}, 404)

    async def change(self, request: Request) -> Response:
        """Refuse a change: without a token before routing (401), with one because nothing takes changes (404)."""
        if "authorization" in request.headers:
            return await self.unknown(request)
        submission = f"{self.world.origin}/register/api/register"
        message = f"Registry is read-only for clients. Submit registrations to {submission}."
        return JSONResponse({"error": message, "code": "READ_ONLY", "submission_endpoint": submission}, 401)
