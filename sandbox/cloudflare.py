"""A small Cloudflare: the routes, custom domains and scripts of one account, as its API v4 shows them."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.routing import Route, Router

from sandbox.cloudflare_answers import (
    DomainFields,
    RefusedError,
    RouteFields,
    done,
    given,
    member,
    no_method,
    no_route,
    normal,
    not_authenticated,
    not_found,
    page_of,
    problem_with,
    read,
    refused,
    shown,
    unroutable,
)
from sandbox.cloudflare_state import ROUTES_READ, ROUTES_WRITE, SCRIPTS_READ, SCRIPTS_WRITE, WINDOW, ZONE_READ

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from sandbox.cloudflare_state import CloudflareState, Json

_ZONES = "/client/v4/zones"
_ROUTES = _ZONES + "/{zone_id}/workers/routes"
_WORKERS = "/client/v4/accounts/{account_id}/workers"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_ID = re.compile(r"[0-9a-f]{32}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,}")


@dataclass(frozen=True, slots=True)
class Cloudflare:
    """What answers under `/cloudflare`."""

    state: CloudflareState

    def router(self) -> Router:
        """Give the API as one application."""
        may_read_scripts = (SCRIPTS_READ, SCRIPTS_WRITE, "Workers Tail Read")
        routes: list[tuple[str, str, Callable[[Request], Any], tuple[str, ...]]] = [
            ("GET", _ZONES, self.zones, ()),
            ("GET", _ROUTES, self.routes, (ROUTES_READ, ROUTES_WRITE)),
            ("POST", _ROUTES, self.create_route, (ROUTES_WRITE,)),
            ("GET", _ROUTES + "/{route_id}", self.route, (ROUTES_READ, ROUTES_WRITE)),
            ("PUT", _ROUTES + "/{route_id}", self.change_route, (ROUTES_WRITE,)),
            ("DELETE", _ROUTES + "/{route_id}", self.delete_route, (ROUTES_WRITE,)),
            ("GET", _WORKERS + "/scripts", self.scripts, may_read_scripts),
            ("GET", _WORKERS + "/domains", self.domains, (SCRIPTS_READ, SCRIPTS_WRITE)),
            ("PUT", _WORKERS + "/domains", self.attach_domain, (SCRIPTS_WRITE,)),
            ("GET", _WORKERS + "/domains/{domain_id}", self.domain, (SCRIPTS_READ, SCRIPTS_WRITE)),
            ("DELETE", _WORKERS + "/domains/{domain_id}", self.detach_domain, (SCRIPTS_WRITE,)),
        ]
        known = [
            Route(path, self._guarded(answer, accepted), methods=[method]) for method, path, answer, accepted in routes
        ]
        others = [Route(path, self._guarded(_no_method), methods=_METHODS) for path in {row[1] for row in routes}]
        nowhere = Route("/{path:path}", self._guarded(_nowhere), methods=_METHODS)
        return Router([*known, *others, nowhere], redirect_slashes=False)

    def _guarded(self, answer: Callable[[Request], Any], accepted: tuple[str, ...] = ()) -> Callable[[Request], Any]:
        async def guarded(request: Request) -> Response:
            headers: dict[str, str] = {}
            try:
                self._identify(request)
                self._spend(headers)
                self._admit(request, accepted)
                response: Response = await answer(request)
            except RefusedError as error:
                response = error.answer
            response.headers.update(headers)
            return response

        return guarded

    def _identify(self, request: Request) -> None:
        """Refuse a token that is none or that nobody knows."""
        header = request.headers.get("authorization")
        if header is None:
            message = "Missing X-Auth-Key, X-Auth-Email or Authorization headers"
            raise RefusedError(refused(400, 9106, message))
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token):
            chain = [{"code": 6111, "message": "Invalid format for Authorization header"}]
            raise RefusedError(refused(400, 6003, "Invalid request headers", error_chain=chain))
        if not secrets.compare_digest(token, self.state.token):
            is_gateway = "/workers/" in request.url.path
            raise RefusedError(not_authenticated(401) if is_gateway else refused(403, 9109, "Invalid access token"))

    def _spend(self, headers: dict[str, str]) -> None:
        """Refuse what exceeds the budget, and say in headers what is left of it."""
        left, seconds = self.state.spend()
        headers["ratelimit"] = f'"default";r={max(left, 0)};t={seconds}'
        headers["ratelimit-policy"] = f'"default";q={self.state.budget};w={WINDOW.seconds}'
        if left < 0:
            headers["retry-after"] = str(seconds)
            raise RefusedError(refused(429, 971, "Please wait and consider throttling your request speed"))

    def _admit(self, request: Request, accepted: tuple[str, ...]) -> None:
        """Refuse an identifier that is none, and what the token was not given."""
        zone_id, account_id = (request.path_params.get(name) for name in ("zone_id", "account_id"))
        if account_id not in {None, self.state.account_id} or (zone_id and not _ID.fullmatch(zone_id)):
            raise RefusedError(unroutable(request.url.path.removeprefix("/cloudflare")))
        is_strange = zone_id is not None and (zone_id not in self.state.zones or zone_id in self.state.hidden)
        if is_strange or (accepted and not self.state.may(*accepted)):
            raise RefusedError(not_authenticated(403))

    async def zones(self, request: Request) -> Response:
        """List the zones that the token may read; those that it may not are left out without a word."""
        asked = request.query_params
        rows = [
            zone
            for zone in sorted(self.state.zones.values(), key=lambda zone: zone["name"])
            if self.state.may(ZONE_READ) and zone["id"] not in self.state.hidden
        ]
        for name in ("name", "status", "account.id", "account.name"):
            if name in asked:
                rows = [zone for zone in rows if member(zone, name) == asked[name]]
        return page_of(rows, asked)

    async def routes(self, request: Request) -> Response:
        """List all routes of a zone, on one page."""
        return given([shown(route) for route in self._routes_of(request)])

    async def route(self, request: Request) -> Response:
        """Show one route."""
        return given(shown(self._route(request)))

    async def create_route(self, request: Request) -> Response:
        """Create a route."""
        fields = await self._route_fields(request)
        route_id = self.state.add_route(fields.pattern, fields.script, request.path_params["zone_id"])
        return given(shown(self.state.routes[route_id]))

    async def change_route(self, request: Request) -> Response:
        """Change a route's pattern and script."""
        route = self._route(request)
        fields = await self._route_fields(request, but=route["id"])
        changed = {**route, "pattern": fields.pattern, "script": fields.script}
        self.state.routes[route["id"]] = changed
        return given(shown(changed))

    async def delete_route(self, request: Request) -> Response:
        """Delete a route."""
        route_id = self._route(request)["id"]
        del self.state.routes[route_id]
        return given({"id": route_id})

    async def scripts(self, _request: Request) -> Response:
        """List all Workers of the account, on one page."""
        return given(list(self.state.scripts.values()))

    async def domains(self, request: Request) -> Response:
        """List all custom domains of the account, on one page."""
        rows = list(self.state.domains.values())
        for name in ("hostname", "service", "zone_id", "zone_name", "environment"):
            if name in request.query_params:
                rows = [row for row in rows if row[name] == request.query_params[name]]
        return given(rows)

    async def domain(self, request: Request) -> Response:
        """Show one custom domain."""
        found = self.state.domains.get(request.path_params["domain_id"])
        return given(found) if found else not_found()

    async def attach_domain(self, request: Request) -> Response:
        """Attach a hostname to a Worker; one that another Worker has only when asked to override."""
        fields = await read(request, DomainFields)
        hostname = fields.hostname.lower()
        if fields.service not in self.state.scripts:
            return refused(404, 10007, "This Worker does not exist on your account.")
        zone_id = fields.zone_id or self.state.zone_above(fields.zone_name or hostname)
        zone = self.state.zones.get(zone_id or "")
        if zone is None or not f".{hostname}".endswith(f".{zone['name']}"):
            return refused(404, 10083, f'workers.api.error.zone_not_found for "{hostname}"')
        earlier = next((row for row in tuple(self.state.domains.values()) if row["hostname"] == hostname), None)
        if earlier and earlier["service"] != fields.service and not fields.override_existing_origin:
            message = (
                f"Hostname '{hostname}' already in use by other custom domain. Either delete it, try a different "
                "hostname, or use the option 'override_existing_origin' to override."
            )
            return refused(409, 100116, message)
        domain_id = earlier["id"] if earlier else self.state.add_domain(hostname, fields.service, zone["id"])
        changed = {"service": fields.service, "environment": fields.environment}
        self.state.domains[domain_id] = {**self.state.domains[domain_id], **changed}
        return given(self.state.domains[domain_id])

    async def detach_domain(self, request: Request) -> Response:
        """Detach a hostname from its Worker."""
        if self.state.domains.pop(request.path_params["domain_id"], None) is None:
            return not_found()
        return done()

    def _routes_of(self, request: Request) -> list[Json]:
        zone_id = request.path_params["zone_id"]
        return [route for route in tuple(self.state.routes.values()) if route["zone_id"] == zone_id]

    def _route(self, request: Request) -> Json:
        route_id = request.path_params["route_id"]
        found = next((route for route in self._routes_of(request) if route["id"] == route_id), None)
        if found is None:
            raise RefusedError(not_found())
        return found

    async def _route_fields(self, request: Request, but: str | None = None) -> RouteFields:
        """Read what a route shall be; `but` is the route that may have its pattern already."""
        fields = await read(request, RouteFields)
        if problem := problem_with(fields.pattern, self.state.zones[request.path_params["zone_id"]]["name"]):
            raise RefusedError(problem)
        fields.pattern, fields.script = normal(fields.pattern), fields.script or None
        if fields.script and fields.script not in self.state.scripts:
            message = (
                "Cannot configure a route for a Worker which does not exist. "
                "Please ensure this Worker exists and try again."
            )
            raise RefusedError(refused(400, 10019, message))
        others = (route for route in self._routes_of(request) if route["id"] != but)
        if any(route["pattern"] == fields.pattern for route in others):
            raise RefusedError(refused(409, 10020, "A route with the same pattern already exists"))
        return fields


async def _no_method(request: Request) -> Response:
    return no_method(request.method, of_workers="/workers/" in request.url.path)


async def _nowhere(_request: Request) -> Response:
    return no_route()
