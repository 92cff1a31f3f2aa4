"""Cloudflare's envelope, its refusals in its own words, and which patterns of a route it takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.responses import JSONResponse, Response

from sandbox.answers import json_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from sandbox.cloudflare_state import Json

_PATTERN = re.compile(r"(?:https?://)?(?P<host>[^/\s?#:@]+)(?P<path>/[^\s#]*)?")
_INVALID_PATTERN = 10022
_USUAL_PAGE, _SMALLEST_PAGE, _LARGEST_PAGE = 20, 5, 50
_Model = TypeVar("_Model", bound=BaseModel)


class _Document(BaseModel):
    model_config = ConfigDict(strict=True)


class RouteFields(_Document):
    """What a route is created from or changed to; without a script no Worker runs there."""

    pattern: str
    script: str | None = None


class DomainFields(_Document):
    """What attaches a custom domain."""

    hostname: str
    service: str
    zone_id: str | None = None
    zone_name: str | None = None
    environment: str = "production"
    override_existing_origin: bool = False


class RefusedError(Exception):
    """Carries the answer out of what was asked."""

    def __init__(self, answer: Response) -> None:
        """Remember the answer."""
        super().__init__(answer.status_code)
        self.answer = answer


def given(result: Any, **members: Any) -> Response:  # noqa: ANN401  # JSON
    """Give a result in its envelope."""
    return JSONResponse({"result": result, "success": True, "errors": [], "messages": [], **members})


def done() -> Response:
    """Say that it is done where there is no result."""
    return JSONResponse({"success": True, "errors": [], "messages": []})


def refused(status: int, code: int, message: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:  # noqa: ANN401  # JSON
    """Give a refusal in the envelope; `more` are members of the error."""
    errors = [{"code": code, "message": message, **more}]
    return JSONResponse({"result": None, "success": False, "errors": errors, "messages": []}, status, headers)


def not_authenticated(status: int) -> Response:
    """Refuse as the gateway before the Workers API does: without `result` and `messages`."""
    return JSONResponse({"success": False, "errors": [{"code": 10000, "message": "Authentication error"}]}, status)


def unroutable(path: str) -> Response:
    """Refuse an identifier that is none."""
    return refused(404, 7003, f"Could not route to {path}, perhaps your object identifier is invalid?")


def no_route() -> Response:
    """Refuse a path that there is not."""
    return refused(400, 7000, "No route for that URI")


def no_method(method: str, *, of_workers: bool) -> Response:
    """Refuse a method that a path does not know."""
    if of_workers:
        return refused(405, 10405, "Method not allowed for this authentication scheme")
    return refused(405, 7001, f"Method {method} not available for that URI.")


def not_found() -> Response:
    """Refuse what is not there."""
    return refused(404, 10005, "workers.api.error.not_found")


async def read(request: Request, model: type[_Model]) -> _Model:
    """Read a body, or refuse it."""
    try:
        return model.model_validate(await json_object(request))
    except ValidationError as error:
        raise RefusedError(refused(400, 10026, "workers.api.error.parse_body")) from error


def page_of(rows: list[Json], asked: Mapping[str, str]) -> Response:
    """Give the page that a query asks for, and how many there are."""
    page = _number(asked.get("page"), 1)
    size = min(max(_number(asked.get("per_page"), _USUAL_PAGE), _SMALLEST_PAGE), _LARGEST_PAGE)
    listed = rows[(page - 1) * size : page * size]
    numbers = {"count": len(listed), "total_count": len(rows), "total_pages": -(-len(rows) // size)}
    return given(listed, result_info={"page": page, "per_page": size, **numbers})


def member(zone: Json, name: str) -> Any:  # noqa: ANN401  # JSON
    """Give a member of a zone by the name that a filter has for it."""
    outer, _, inner = name.partition(".")
    return zone[outer][inner] if inner else zone[outer]


def shown(route: Json) -> Json:
    """Give a route as Cloudflare shows it: one without a Worker has no `script`."""
    row = {"id": route["id"], "pattern": route["pattern"]}
    return row if route["script"] is None else {**row, "script": route["script"]}


def normal(pattern: str) -> str:
    """Write a pattern as Cloudflare keeps it: the host in lower case, the path as it is."""
    found = _PATTERN.fullmatch(pattern)
    return pattern if found is None else pattern[: found.end("host")].lower() + pattern[found.end("host") :]


def problem_with(pattern: str, zone: str) -> Response | None:
    """Say what is wrong with the pattern of a route in a zone; None when nothing is."""
    found = _PATTERN.fullmatch(pattern)
    if found is None:
        return _invalid(f"Could not understand route pattern {pattern}, please try a different pattern")
    host, path = found["host"].lower(), found["path"] or "/"
    if "?" in path:
        return _invalid(f"Route pattern should not have query parameters {pattern}")
    if "*" in host[1:] or "*" in path[:-1]:
        return _invalid(
            "Route pattern may only contain wildcards at the beginning of the hostname "
            f"and the end of the path: {pattern}"
        )
    name = host.removeprefix("*")
    if host != "*" and name != zone and not name.endswith(f".{zone}"):
        return _invalid(f"Route pattern must include zone name: {pattern}")
    return None


def _invalid(message: str) -> Response:
    return refused(400, _INVALID_PATTERN, message)


def _number(text: str | None, usual: int) -> int:
    """Read a number from a query; the usual one is taken for what is none."""
    return int(text) if text and re.fullmatch(r"[1-9][0-9]{0,8}", text) else usual
