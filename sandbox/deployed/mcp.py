"""The deployed MCP gateway: JSON-RPC over streamable HTTP, as the specification of 2025-06-18 has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, Router

from sandbox.answers import bearer_refusal, json_object
from sandbox.clock import timestamp
from sandbox.deployed.rpc import INVALID_REQUEST, Refusal, initialized, rpc_error, rpc_result, tools_page
from sandbox.deployed.stream import events
from sandbox.generation import Part
from sandbox.initial import label_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.deployed.sessions import Session
    from sandbox.world import Deployment, Json, World

_JSON, _STREAM = "application/json", "text/event-stream"
_UNAUTHORIZED = -32001
_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class DeployedMcpGateway:
    """What answers under `/mcp` where the gateway is the deployed one."""

    world: World

    def router(self) -> Router:
        """Give the system as one application."""
        return Router(
            [
                Route("/health", self.health),
                Route("/v0.1/servers", self.servers),
                Route("/{label}/mcp", self.exchange, methods=_ANY),
                Route("/{label}/mcp/{path:path}", self.elsewhere, methods=_ANY),
                Route("/{path:path}", _not_found, methods=_ANY),
            ],
            redirect_slashes=False,
        )

    async def health(self, _request: Request) -> Response:
        """Say that the gateway is well, and whom it serves."""
        labels = self._labels()
        document = {"status": "ok", "service": "chittymcp", "version": "1.0.0", "timestamp": timestamp()}
        return JSONResponse({**document, "services": labels, "count": len(labels)})

    async def servers(self, _request: Request) -> Response:
        """List the servers that the gateway leads to."""
        servers = [
            {"server": {"name": f"cc.chitty/{label}", "version": "1.0.0", "remotes": [self._remote(label)]}}
            for label in self._labels()
        ]
        return JSONResponse({"servers": servers, "metadata": {"count": len(servers)}})

    async def elsewhere(self, request: Request) -> Response:
        """Answer below an endpoint: authentication comes before routing, so 401 and only then 404."""
        if self._deployment(request) is None:
            return _not_found(request)
        return self._unauthorized(request) or _not_found(request)

    async def exchange(self, request: Request) -> Response:
        """Take one message, or end a session."""
        deployment = self._deployment(request)
        if deployment is None:
            return _not_found(request)
        if refusal := self._unauthorized(request):
            return refusal
        match request.method:
            case "POST":
                return await self._take(request, deployment)
            case "DELETE":
                return self._end(request)
            case _:  # a GET would open a stream of the server's own, which this one does not offer
                return Response(status_code=405, headers={"allow": "POST, DELETE"})

    async def _take(self, request: Request, deployment: Deployment) -> Response:
        accepted = {part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "").split(",")}
        if not {_JSON, _STREAM} <= accepted:
            return _refused(406, f"Not Acceptable: Client must accept both {_JSON} and {_STREAM}")
        message = await json_object(request)
        if message is None or message.get("jsonrpc") != "2.0":
            return _refused(400, "Parse error: not one JSON-RPC message")
        if message.get("method") == "initialize":
            result = initialized(message, deployment)
            session_id = self.world.mcp.begin(request.path_params["label"], result["protocolVersion"])
            return self._answer(request, rpc_result(message, result), {"mcp-session-id": session_id})
        session = self._session(request)
        if isinstance(session, Response):
            return session
        if "id" not in message:
            session.is_ready = session.is_ready or message.get("method") == "notifications/initialized"
            return Response(status_code=202)
        return self._answer(request, _reply(message, session, deployment), {})

    def _session(self, request: Request) -> Session | Response:
        """Find the session of a request: 400 without its id or with another protocol, 404 when it is unknown."""
        session_id = request.headers.get("mcp-session-id")
        if session_id is None:
            return _refused(400, "Bad Request: Mcp-Session-Id header is required")
        session = self.world.mcp.open.get(session_id)
        if session is None or session.label != request.path_params["label"]:
            return _refused(404, "Session not found")
        if request.method != "DELETE" and request.headers.get("mcp-protocol-version") != session.protocol:
            return _refused(400, f"Bad Request: MCP-Protocol-Version must be {session.protocol}, as negotiated")
        return session

    def _end(self, request: Request) -> Response:
        session = self._session(request)
        if isinstance(session, Response):
            return session
        del self.world.mcp.open[request.headers["mcp-session-id"]]
        return Response(status_code=204)

    def _answer(self, request: Request, response: Json, headers: dict[str, str]) -> Response:
        """Answer as one document, or as an event stream with the response in it."""
        sessions = self.world.mcp
        if not sessions.streams:
            return JSONResponse(response, headers=headers)
        stream = events(request.scope, response, stays_open=sessions.keeps_streams_open)
        return StreamingResponse(stream, headers={**headers, "cache-control": "no-cache"}, media_type=_STREAM)

    def _unauthorized(self, request: Request) -> Response | None:
        if bearer_refusal(request, self.world.tokens.api_key) is None:
            return None
        metadata = f"{self.world.origin}/mcp/.well-known/oauth-protected-resource"
        challenge = {"www-authenticate": f'Bearer realm="mcp", resource_metadata="{metadata}"'}
        return JSONResponse(rpc_error(None, Refusal(_UNAUTHORIZED, "unauthorized")), 401, challenge)

    def _deployment(self, request: Request) -> Deployment | None:
        return self.world.deployment_at(Part.MCP, request.path_params["label"])

    def _labels(self) -> list[str]:
        return sorted({label_of(name) for name in tuple(self.world.deployed)})

    def _remote(self, label: str) -> Json:
        return {"transportType": "streamable-http", "url": f"{self.world.origin}/mcp/{label}/mcp"}


def _reply(message: Json, session: Session, deployment: Deployment) -> Json:
    match message.get("method"):
        case "ping":
            return rpc_result(message, {})
        case "tools/list" if not session.is_ready:
            return rpc_error(
                message["id"], Refusal(INVALID_REQUEST, "Received request before initialization was complete")
            )
        case "tools/list":
            page = tools_page(message, deployment)
            return rpc_error(message["id"], page) if isinstance(page, Refusal) else rpc_result(message, page)
        case _:
            return rpc_error(message["id"], Refusal(-32601, "Method not found"))


def _refused(status: int, message: str) -> Response:
    return JSONResponse(rpc_error(None, Refusal(INVALID_REQUEST, message)), status)


def _not_found(_request: Request) -> Response:
    return PlainTextResponse("Not Found", 404)
