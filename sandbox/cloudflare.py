"""A small Cloudflare: zones, routes, custom domains and Workers of one account, in the API's own envelope.

Codes and messages are those that Cloudflare's API was seen to answer in public issue threads; 10019 and 10020 are the
refusals of a route to a Worker that is not there, and of a pattern that the zone has already.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from sandbox.answers import json_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from sandbox.cloudflare_state import CloudflareState, Json

_ROUTES = "/client/v4/zones/{zone}/workers/routes"
_ACCOUNT = "/client/v4/accounts/{account}/workers"
_LEAST_PAGE, _USUAL_PAGE, _LARGEST_PAGE = 5, 20, 50
_NO_WORKER = "Cannot configure a route for a Worker which does not exist."
_SAME_PATTERN = "A route with the same pattern already exists."


def _answered(result: Any, **more: Any) -> Response:  # noqa: ANN401 - any JSON
    return JSONResponse({"result": result, "success": True, "errors": [], "messages": [], **more})


def _refused(status: int, code: int, message: str, **headers: str) -> Response:
    envelope = {"result": None, "success": False, "errors": [{"code": code, "message": message}], "messages": []}
    return JSONResponse(envelope, status, headers)


def _unauthenticated() -> Response:
    return _refused(403, 10000, "Authentication error")


def _nowhere(path: str) -> Response:
    return _refused(404, 7003, f"Could not route to {path}, perhaps your object identifier is invalid?")


@dataclass(frozen=True, slots=True)
class Cloudflare:
    """What answers under `/cloudflare`."""

    state: CloudflareState

    def router(self) -> Router:
        """Give the API as one application."""
        routes: list[tuple[str, str, str, Callable[[Request], Any]]] = [
            ("GET", "/client/v4/zones", "Zone Read", self.zones),
            ("GET", _ROUTES, "Workers Routes Read", self.routes),
            ("POST", _ROUTES, "Workers Routes Write", self.create_route),
            ("PUT", _ROUTES + "/{route}", "Workers Routes Write", self.update_route),
            ("DELETE", _ROUTES + "/{route}", "Workers Routes Write", self.delete_route),
            ("GET", _ACCOUNT + "/scripts", "Workers Scripts Read", self.scripts),
            ("GET", _ACCOUNT + "/domains", "Workers Scripts Read", self.domains),
            ("PUT", _ACCOUNT + "/domains", "Workers Scripts Write", self.attach_domain),
            ("DELETE", _ACCOUNT + "/domains/{domain}", "Workers Scripts Write", self.detach_domain),
        ]

        paths = [
            Route(path, self._guarded(answer, permission), methods=[method])
            for method, path, permission, answer in routes
        ]
        return Router(paths, redirect_slashes=False, default=_unknown)

    def _guarded(self, answer: Callable[[Request], Any], permission: str) -> Callable[[Request], Any]:
        """Let through who has the token, the budget and the permission, to an account and a zone that are there."""

        async def guarded(request: Request) -> Response:
            if request.headers.get("authorization", "") != f"Bearer {self.state.token}":
                return _unauthenticated()
            if (wait := self.state.take()) is not None:
                told = "Rate limited. Please wait and consider throttling your request speed"
                return _refused(429, 10429, told, **{"Retry-After": str(ceil(wait))})
            zone, account = request.path_params.get("zone"), request.path_params.get("account")
            if (zone and zone not in self.state.zones) or (account and account != self.state.account):
                return _nowhere(request.url.path)
            if not self.state.may(permission, zone):
                return _unauthenticated()
            with self.state.lock:
                response: Response = await answer(request)
                return response

        return guarded

    async def zones(self, request: Request) -> Response:
        """List the account's zones, page by page."""
        asked = request.query_params
        rows = [
            zone
            for zone in self.state.zones.values()
            if asked.get("account.id") in {None, zone["account"]["id"]} and asked.get("name") in {None, zone["name"]}
        ]
        page, size = _number(asked.get("page"), 1), _number(asked.get("per_page"), _USUAL_PAGE)
        size = min(_LARGEST_PAGE, max(_LEAST_PAGE, size))
        shown = rows[(page - 1) * size : page * size]
        info = {
            "page": page,
            "per_page": size,
            "count": len(shown),
            "total_count": len(rows),
            "total_pages": ceil(len(rows) / size),
        }
        return _answered(shown, result_info=info)

    async def routes(self, request: Request) -> Response:
        """List the routes of a zone; one without a Worker has no `script`."""
        zone = request.path_params["zone"]
        return _answered([_shown(route) for route in self.state.routes.values() if route["zone_id"] == zone])

    async def create_route(self, request: Request) -> Response:
        """Add a route."""
        document = await json_object(request) or {}
        zone = request.path_params["zone"]
        if refusal := self._route_refusal(document, zone, None):
            return refusal
        route_id = self.state.add_route(document["pattern"], document.get("script"), self.state.zones[zone]["name"])
        return _answered(_shown(self.state.routes[route_id]))

    async def update_route(self, request: Request) -> Response:
        """Give a route another pattern or Worker."""
        document = await json_object(request) or {}
        zone, route_id = request.path_params["zone"], request.path_params["route"]
        if route_id not in self.state.routes:
            return _refused(404, 10021, "route not found")
        if refusal := self._route_refusal(document, zone, route_id):
            return refusal
        changed = {"pattern": document["pattern"], "script": document.get("script")}
        self.state.routes[route_id] = {**self.state.routes[route_id], **changed}
        return _answered(_shown(self.state.routes[route_id]))

    async def delete_route(self, request: Request) -> Response:
        """Remove a route."""
        route = self.state.routes.pop(request.path_params["route"], None)
        return _answered({"id": route["id"]}) if route else _refused(404, 10021, "route not found")

    async def scripts(self, _request: Request) -> Response:
        """List the Workers."""
        return _answered(list(self.state.scripts.values()))

    async def domains(self, _request: Request) -> Response:
        """List the custom domains."""
        return _answered(list(self.state.domains.values()))

    async def attach_domain(self, request: Request) -> Response:
        """Attach a custom domain, or give it to another Worker."""
        document = await json_object(request) or {}
        hostname, service = document.get("hostname"), document.get("service")
        zone = self.state.zones.get(document.get("zone_id", ""))
        if not isinstance(hostname, str) or service not in self.state.scripts or zone is None:
            return _refused(400, 100115, "hostname, service and zone_id must name what is there")
        return _answered(self.state.domains[self.state.add_domain(hostname, service, zone["name"])])

    async def detach_domain(self, request: Request) -> Response:
        """Remove a custom domain."""
        domain = self.state.domains.pop(request.path_params["domain"], None)
        return _answered(None) if domain else _refused(404, 100114, "domain not found")

    def _route_refusal(self, document: Json, zone: str, route_id: str | None) -> Response | None:
        pattern, script = document.get("pattern"), document.get("script")
        if not isinstance(pattern, str) or not pattern:
            return _refused(400, 10022, "invalid route pattern")
        if script is not None and script not in self.state.scripts:
            return _refused(400, 10019, _NO_WORKER)
        others = (one for one in self.state.routes.values() if one["zone_id"] == zone and one["id"] != route_id)
        if any(one["pattern"] == pattern for one in others):
            return _refused(409, 10020, _SAME_PATTERN)
        return None


async def _unknown(scope: Scope, receive: Receive, send: Send) -> None:
    await _nowhere(scope["path"])(scope, receive, send)


def _shown(route: Json) -> Json:
    shown = {"id": route["id"], "pattern": route["pattern"]}
    return shown if route["script"] is None else {**shown, "script": route["script"]}


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) > 0 else usual
