"""The whole ecosystem as one ASGI application: what is recorded, then what is at fault, then the honest answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Mount

from sandbox.answers import not_found
from sandbox.connect import Connect
from sandbox.control import Control
from sandbox.gateways import ApiGateway, McpGateway, Services
from sandbox.register import Register
from sandbox.registry import Registry
from sandbox.switchboard import is_control, target_of
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
        target = target_of(path)
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


def ecosystem(world: World) -> ASGIApp:
    """Build the application over one world."""
    mounts = [
        Mount("/connect", app=Connect(world).router()),
        Mount("/registry", app=Registry(world).router()),
        Mount("/register", app=Register(world).router()),
        Mount("/api", app=ApiGateway(world).router()),
        Mount("/mcp", app=McpGateway(world).router()),
        Mount("/services", app=Services(world).router()),
        Mount("/_sandbox", app=Control(world).router()),
    ]
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
