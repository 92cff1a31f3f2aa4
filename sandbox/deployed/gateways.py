"""The deployed API gateway and the services behind it, both by sub-domain label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from sandbox.answers import not_found
from sandbox.clock import timestamp
from sandbox.gateways import health_of, proxied, unreachable
from sandbox.generation import Part

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from sandbox.world import World


@dataclass(frozen=True, slots=True)
class DeployedApiGateway:
    """What answers under `/api` where the gateway is the deployed one: the proxy alone, and no context tasks."""

    world: World

    def router(self) -> Router:
        """Give the system as one application."""
        return Router([Route("/{label}/api/health", self.proxied_health)], redirect_slashes=False)

    async def proxied_health(self, request: Request) -> ASGIApp:
        """Answer what the service's own health answers: 502 when it is down, or when no host has this label."""
        label = request.path_params["label"]
        deployment = self.world.deployment_at(Part.API, label)
        return unreachable(label) if deployment is None else proxied(self.world, deployment)


@dataclass(frozen=True, slots=True)
class DeployedServices:
    """What answers under `/services` where services go by their label: those that are deployed."""

    world: World

    def router(self) -> Router:
        """Give all services as one application."""
        return Router(
            [Route("/{label}/health", self.health), Route("/{label}/api/v1/status", self.status)],
            redirect_slashes=False,
        )

    async def health(self, request: Request) -> Response:
        """Say that a deployed service is well."""
        deployment = self.world.deployment_at(Part.SERVICES, request.path_params["label"])
        return not_found(request) if deployment is None else health_of(deployment)

    async def status(self, request: Request) -> Response:
        """Answer the second endpoint that every registered service has."""
        deployment = self.world.deployment_at(Part.SERVICES, request.path_params["label"])
        if deployment is None:
            return not_found(request)
        document = {"status": "ok", "service": deployment.name, "version": deployment.version}
        return JSONResponse({**document, "timestamp": timestamp()})
