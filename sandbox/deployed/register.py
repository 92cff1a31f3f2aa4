"""The deployed ChittyRegister: registrations against proof of control, and what became of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from sandbox.answers import json_object
from sandbox.clock import timestamp
from sandbox.deployed.submission import problems_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.world import World

_NOT_FOUND = {"error": "Endpoint not found"}
_CERTIFIED_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DeployedRegister:
    """What answers under `/register` where the register is the deployed one; it asks nobody for a token."""

    world: World

    def router(self) -> Router:
        """Give the system as one application."""
        return Router(
            [
                Route("/health", self.health),
                Route("/api/v1/status", self.health),
                Route("/api/v1/register", self.register, methods=["POST"]),
                Route("/api/v1/compliance/{name}", self.compliance),
                Route("/api/services/{name}/status", self.set_status, methods=["PATCH"]),
                Route("/{path:path}", self.unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
            ],
            redirect_slashes=False,
        )

    async def health(self, _request: Request) -> Response:
        """Say that the register is well."""
        return JSONResponse(
            {"status": "ok", "service": "chittyregister", "version": "2.0.0", "timestamp": timestamp()},
        )

    async def register(self, request: Request) -> Response:
        """Take a registration: 201; 400 with every problem, 412 when the service does not answer yet, 429."""
        if seconds := self.world.ledger.seconds_to_wait():
            return JSONResponse({"error": "rate_limit_exceeded", "retry_after_seconds": seconds}, 429)
        document = await json_object(request)
        if document is None:
            return _refused("body: not a JSON object")
        if problems := problems_of(document):
            return _refused(*problems)
        name = document["name"]
        if name in self.world.ledger.compliance:
            return _refused("Service name already registered")
        if name not in self.world.deployed:
            return _unproven(name)
        certified = self.world.certify(document)
        valid_until = datetime.now(UTC) + _CERTIFIED_FOR
        service = {
            "name": name,
            "canonicalUri": f"chittycanon://core/services/{name}",
            "chittyId": certified["chitty_id"],
            "certificate": {"issuer": "ChittyCert", "validUntil": valid_until.isoformat(timespec="seconds")},
            "registeredWith": "chittycanon://core/services/chitty-register",
            "status": "CERTIFIED",
            "bindings": {"chronicle": "active", "discovery": "pending", "connect": "pending"},
        }
        return JSONResponse({"success": True, "service": service}, 201)

    async def compliance(self, request: Request) -> Response:
        """Say what the register knows of a name."""
        known = self.world.ledger.compliance.get(request.path_params["name"])
        return JSONResponse({"error": "Service not found"}, 404) if known is None else JSONResponse(known)

    async def set_status(self, request: Request) -> Response:
        """Refuse what is not offered: without a token that looks as if one were missing."""
        if "authorization" in request.headers:
            return await self.unknown(request)
        return JSONResponse({"error": "Missing token"}, 401)

    async def unknown(self, _request: Request) -> Response:
        """Answer a path that the register does not know."""
        return JSONResponse(_NOT_FOUND, 404)


def _refused(*errors: str) -> Response:
    return JSONResponse({"success": False, "errors": list(errors)}, 400)


def _unproven(name: str) -> Response:
    path = f"/.well-known/chitty-register-challenge/{secrets.token_hex(16)}"
    message = f"{name} does not answer, so it cannot prove control: deploy it first, and serve the token at {path}"
    return JSONResponse({"success": False, "error": "proof_of_control_failed", "message": message}, 412)
