"""The gateways and what stands behind them: the API proxy, the MCP gateway and the services themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from sandbox.answers import bearer_refusal, not_found
from sandbox.faults import Down, Reset, Truncated
from sandbox.tasks import ContextTasks

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from sandbox.world import Deployment, Json, World


@dataclass(frozen=True, slots=True)
class ApiGateway:
    """What answers under `/api`: every service's API by proxy, and the context tasks."""

    world: World

    def router(self) -> Router:
        """Give the system as one application."""
        return Router(
            [*ContextTasks(self.world).routes(), Route("/{name}/api/health", self.proxied_health)],
            redirect_slashes=False,
        )

    async def proxied_health(self, request: Request) -> ASGIApp:
        """Answer what the service's own health answers: 404 for an unknown service, 502 when it is down."""
        name = request.path_params["name"]
        if name not in self.world.deployed and name not in self.world.registry:
            return not_found(request)
        deployment = self.world.deployed.get(name)
        return unreachable(name) if deployment is None else proxied(self.world, deployment)


@dataclass(frozen=True, slots=True)
class McpGateway:
    """What answers under `/mcp`, for the bearer of the API key."""

    world: World

    def router(self) -> Router:
        """Give the system as one application."""
        return Router([Route("/{name}/mcp/tools/list", self.tools)], redirect_slashes=False)

    async def tools(self, request: Request) -> Response:
        """List the MCP tools of a deployed service."""
        if refusal := bearer_refusal(request, self.world.tokens.api_key):
            return refusal
        deployment = self.world.deployed.get(request.path_params["name"])
        if deployment is None:
            return not_found(request)
        return JSONResponse({"tools": tools_of(deployment)})


@dataclass(frozen=True, slots=True)
class Services:
    """What answers under `/services`: the deployed services."""

    world: World

    def router(self) -> Router:
        """Give all services as one application."""
        return Router([Route("/{name}/health", self.health)], redirect_slashes=False)

    async def health(self, request: Request) -> Response:
        """Say that a deployed service is well."""
        name = request.path_params["name"]
        return health_of(self.world.deployed[name]) if name in self.world.deployed else not_found(request)


def tools_of(deployment: Deployment) -> list[Json]:
    """Describe the MCP tools of a service."""
    return [
        {
            "name": f"{deployment.name}_{tool}",
            "description": f"The {tool} of {deployment.name}",
            "inputSchema": {"type": "object", "properties": {}},
        }
        for tool in deployment.tools
    ]


def health_of(deployment: Deployment) -> Response:
    """Give the health document of a service."""
    document = {"status": "ok", "service": deployment.name, "version": deployment.version}
    return JSONResponse({**document, "commit": deployment.commit})


def proxied(world: World, deployment: Deployment) -> ASGIApp:
    """Answer what the service itself would, its troubles included; 502 when nobody could reach it."""
    # A fault of `*` has already had its say on the request itself.
    fault = world.faults.take(f"service:{deployment.name}", or_everywhere=False)
    if isinstance(fault, Down | Reset | Truncated):
        return unreachable(deployment.name)
    health = health_of(deployment)
    return health if fault is None else partial(fault.answer, health)


def unreachable(name: str) -> Response:
    """Give the 502 of a proxy."""
    return JSONResponse({"error": "proxy_failed", "message": f"{name} cannot be reached"}, 502)
