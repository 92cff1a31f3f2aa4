"""The deployed ChittyConnect: health, a static discovery document, context tasks, and no admin API at all."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from sandbox.answers import bearer_refusal, not_found
from sandbox.clock import timestamp
from sandbox.deployed.discovery import TOOLS, VERSION, discovery_document
from sandbox.tasks import ContextTasks

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sandbox.world import World

_ENGINES = (
    *("contextConsciousness", "memoryCloude", "cognitiveCoordination", "relationshipEngine"),
    *("learningEngine", "taskDecompositionEngine", "intentPredictor", "contextResolver"),
)
_ENDPOINTS = {
    "api": "/api/*",
    "mcp": "/mcp/*",
    "sse": "/sse",
    "github": "/integrations/github/*",
    "githubActions": "/api/github-actions/*",
    "intelligence": "/intelligence/*",
    "intelligenceDashboard": "/intelligence/dashboard",
    "relationships": "/intelligence/relationships/:chittyId",
    "taskDecompose": "/intelligence/tasks/decompose",
    "learningIngest": "/intelligence/learning/ingest",
    "learningProfile": "/intelligence/learning/profile/:userId",
    "intentPredict": "/intelligence/intent/predict",
    "openapi": "/openapi.json",
    "doctrineSeed": "/api/v1/doctrine/seed",
    "advocateBootstrap": "/api/v1/signal/bootstrap",
    "advocateArticles": "/api/v1/signal/articles",
}
_MANIFEST = {
    "name": "chittyconnect",
    "version": VERSION,
    "description": "ChittyConnect MCP Server",
    "protocol": "mcp",
    "tools": TOOLS,
    "capabilities": ["tools", "resources", "sampling", "session"],
    "endpoints": {
        "tools": "/mcp/tools/list",
        "call": "/mcp/tools/call",
        "resources": "/mcp/resources/list",
        "session": "/mcp/session/persist",
        "sampling": "/mcp/sampling/sample",
    },
}
_UNLIMITED = {"/health", "/mcp/manifest"}
_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class DeployedConnect:
    """What answers under `/connect` where the hub is the deployed one."""

    world: World

    def router(self) -> ASGIApp:
        """Give the system as one application."""
        return Limited(
            Router(
                [
                    Route("/health", self.health),
                    Route("/.well-known/chitty.json", self.discovery),
                    Route("/mcp/manifest", self.manifest),
                    *ContextTasks(self.world).routes(),
                    Route("/api/{unknown:path}", self.unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
                    Route("/{unknown:path}", not_found, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
                ],
                redirect_slashes=False,
            )
        )

    async def health(self, _request: Request) -> Response:
        """Say that the hub is well, and what it has."""
        return JSONResponse(
            {
                "status": "ok",
                "service": "chittyconnect",
                "brand": "itsChitty",
                "tagline": "The spine",
                "version": VERSION,
                "timestamp": timestamp(),
                "intelligence": dict.fromkeys(_ENGINES, True),
                "endpoints": _ENDPOINTS,
            }
        )

    async def discovery(self, _request: Request) -> Response:
        """Give the discovery document."""
        return JSONResponse(discovery_document(self.world))

    async def manifest(self, _request: Request) -> Response:
        """Describe the hub's own MCP server."""
        return JSONResponse(_MANIFEST)

    async def unknown(self, request: Request) -> Response:
        """Answer the rest of the API: authentication comes before routing, so 401 and only then 404."""
        return bearer_refusal(request, self.world.tokens.api_key) or not_found(request)


@dataclass(frozen=True, slots=True)
class Limited:
    """Says on every answer how much may still be asked; the sandbox's bucket is full again at once."""

    honest: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request through."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        limit = 100 if path.startswith("/api/") else 60
        if any(name == b"authorization" for name, _ in scope["headers"]):
            limit = 200

        async def with_limit(message: Message) -> None:
            if message["type"] == "http.response.start" and path not in _UNLIMITED:
                fields = {"limit": limit, "remaining": limit - 1, "reset": int(time.time() * 1000) + _MINUTE}
                headers = [(f"x-ratelimit-{name}".encode(), str(value).encode()) for name, value in fields.items()]
                message = {**message, "headers": [*message["headers"], *headers]}
            await send(message)

        await self.honest(scope, receive, with_limit)
