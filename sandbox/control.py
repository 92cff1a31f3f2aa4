"""`/_sandbox`: the switches over HTTP, for whoever runs the sandbox as a process of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from sandbox.answers import json_object
from sandbox.faults import fault_from
from sandbox.generation import Generation
from sandbox.openapi import description

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.world import World

_GENERATIONS = [generation.value for generation in Generation]
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True)
class Control:
    """What answers under `/_sandbox`; none of it is recorded, and no fault reaches it."""

    world: World

    def router(self) -> Router:
        """Give the switches as one application."""
        return Router(
            [
                Route("/deploy", self.deploy, methods=["POST"]),
                Route("/reset", self.reset, methods=["POST"]),
                Route("/faults", self.set_fault, methods=["POST"]),
                Route("/faults", self.clear_faults, methods=["DELETE"]),
                Route("/openapi.json", self.openapi),
            ],
            redirect_slashes=False,
        )

    async def deploy(self, request: Request) -> Response:
        """Let a service appear: `{"name", "version", "commit"}`, of which only the name is needed."""
        document = await json_object(request) or {}
        if not isinstance(name := document.get("name"), str) or not _NAME.fullmatch(name):
            return JSONResponse({"error": "name required: lower-case letters, digits and hyphens, at most 63"}, 400)
        self.world.deploy(name, str(document.get("version", "1.0.0")), str(document.get("commit", "")))
        return JSONResponse({"ok": True, "url": self.world.service_url(name)})

    async def reset(self, request: Request) -> Response:
        """Start over with the initial services; `{"generation": "deployed"}` does so in another generation."""
        named = (await json_object(request) or {}).get("generation")
        if named is not None and named not in _GENERATIONS:
            return JSONResponse({"error": f"unknown generation; known are {', '.join(_GENERATIONS)}"}, 400)
        self.world.reset(None if named is None else Generation(named))
        return JSONResponse({"ok": True})

    async def set_fault(self, request: Request) -> Response:
        """Switch a fault on: `{"target": "connect.health", "fault": "slow", "seconds": 3}`."""
        document = await json_object(request)
        if document is None:
            return JSONResponse({"error": "send a JSON object"}, 400)
        try:
            self.world.faults.set(str(document.pop("target", "")), fault_from(document))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"ok": True})

    async def clear_faults(self, request: Request) -> Response:
        """Switch the fault of `?target=` off, or all of them."""
        self.world.faults.clear(request.query_params.get("target"))
        return JSONResponse({"ok": True})

    async def openapi(self, _request: Request) -> Response:
        """Describe the API of the design."""
        return JSONResponse(description(self.world.origin))
