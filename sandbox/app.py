"""The whole ecosystem as one ASGI application: what is recorded, then what is at fault, then the honest answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Mount

from sandbox.answers import not_found
from sandbox.cloudflare import Cloudflare
from sandbox.connect import Connect
from sandbox.control import Control
from sandbox.deployed.connect import DeployedConnect
from sandbox.deployed.gateways import DeployedApiGateway, DeployedServices
from sandbox.deployed.mcp import DeployedMcpGateway
from sandbox.deployed.register import DeployedRegister
from sandbox.deployed.registry import DeployedRegistry
from sandbox.gateways import ApiGateway, McpGateway, Services
from sandbox.generation import Generation, Part
from sandbox.github import GitHub
from sandbox.register import Register
from sandbox.registry import Registry
from sandbox.switchboard import is_control, service_in, target_of
from sandbox.world import Recorded

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sandbox.world import World


@dataclass(frozen=True, slots=True)
class Front:
    """Records every request of the ecosystem and lets the faults that are on answer in its place."""

    world: World
    honest: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request through."""
        request = Request(scope, receive)
        path: str = scope["path"]
        if is_control(path):
            await self.honest(scope, receive, send)
            return
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        segment = service_in(path)
        target = target_of(path) if segment is None else f"service:{self.world.service_named(segment)}"
        as_sent = scope["raw_path"].decode("ascii", "replace")
        recorded = Recorded(request.method, as_sent, request.url.query, dict(request.headers), body, target)
        self.world.requests.append(recorded)

        async def noting_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                recorded.status = message["status"]
            await send(message)

        fault = self.world.faults.take(target)
        replayed = _replay(body, receive)
        if fault is None:
            await self.honest(scope, replayed, noting_status)
        else:
            await fault.answer(self.honest, scope, replayed, noting_status)


@dataclass(frozen=True, slots=True)
class System:
    """One part of the hub in both generations; the one that is in force at the time of a request answers it."""

    world: World
    part: Part
    design: ASGIApp
    deployed: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request through."""
        is_deployed = self.world.spoken_by(self.part) is Generation.DEPLOYED
        await (self.deployed if is_deployed else self.design)(scope, receive, send)


def ecosystem(world: World) -> ASGIApp:
    """Build the application over one world."""
    systems = [
        System(world, Part.CONNECT, Connect(world).router(), DeployedConnect(world).router()),
        System(world, Part.REGISTRY, Registry(world).router(), DeployedRegistry(world).router()),
        System(world, Part.REGISTER, Register(world).router(), DeployedRegister(world).router()),
        System(world, Part.API, ApiGateway(world).router(), DeployedApiGateway(world).router()),
        System(world, Part.MCP, McpGateway(world).router(), DeployedMcpGateway(world).router()),
        System(world, Part.SERVICES, Services(world).router(), DeployedServices(world).router()),
    ]
    mounts = [Mount(f"/{system.part}", app=system) for system in systems]
    mounts.append(Mount("/github", app=GitHub(world.github).router()))
    mounts.append(Mount("/cloudflare", app=Cloudflare(world.cloudflare).router()))
    mounts.append(Mount("/_sandbox", app=Control(world).router()))
    app = Starlette(routes=mounts, exception_handlers={HTTPException: not_found})
    app.router.redirect_slashes = False
    return Front(world, app)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body, which was already read, once more; then whatever the connection says."""
    unread = [body]

    async def replayed() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return replayed
