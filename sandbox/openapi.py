"""The design's API as an OpenAPI 3.1 document, served at `/_sandbox/openapi.json` for tools that read such a thing."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from sandbox.register import Registration, StatusChange

if TYPE_CHECKING:
    from sandbox.world import Json

SERVICE = "chittyrouter"
"""A service of the initial state, as the example of a name."""
TASK = "3f0c8f5e-6d0b-4a57-9b0e-0d6a8e3c5a11"
"""The example of a task's id; no task of the initial state has it."""

_REF = "#/components/schemas/{model}"
_NAME: Json = {
    "name": "name",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,62}$"},
    "example": SERVICE,
}
_TASK_ID: Json = {
    "name": "task_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1},
    "example": TASK,
}
_KEY: Json = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "pattern": "^[!-~]+$"}}
_TIME: Json = {"type": "string", "format": "date-time"}


def description(origin: str) -> Json:
    """Describe the API that answers at `origin`."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "ChittyOS, as its design describes it", "version": "1.0.0"},
        "servers": [{"url": origin}],
        "paths": {**_connect(), **_directory(), **_tasks("/connect"), **_gateways(), **_tasks("/api")},
        "components": {
            "securitySchemes": {
                name: {"type": "http", "scheme": "bearer"} for name in ("registerToken", "apiKey", "adminToken")
            },
            "schemas": {
                **_schemas(Registration, StatusChange),
                "Error": _object(error={"type": "string"}),
                "Problems": _object(success={"const": False}, errors=_list({"type": "string"})),
                "Health": _object(status={"type": "string"}, service={"type": "string"}),
                "Service": _object(name={"type": "string"}),
                "NewTask": {
                    "type": "object",
                    "required": ["title"],
                    "properties": {
                        "title": {"type": "string", "minLength": 1},
                        "description": {"type": "string"},
                        "task_type": {"type": "string"},
                        "priority": {"enum": ["low", "normal", "high", "urgent"]},
                        "metadata": {"type": "object"},
                    },
                },
                "TaskChange": {
                    "type": "object",
                    "required": ["status"],
                    "properties": {
                        "status": {"enum": ["pending", "in_progress", "completed", "failed", "cancelled"]},
                        "result": {"type": "object"},
                    },
                },
            },
        },
    }


def _connect() -> Json:
    discovery = _object(updated_at=_TIME, services=_list(_object(name={"type": "string"}, health={"type": "string"})))
    routes = _object(routes=_list({"type": "object"}), conflicts=_list({"type": "object"}))
    refreshed = _object(ok={"const": True}, updated_at=_TIME)
    return {
        "/connect/health": {"get": _operation("connectHealth", {200: _ref("Health")})},
        "/connect/.well-known/chitty.json": {"get": _operation("discovery", {200: discovery})},
        "/connect/api/admin/routes": {
            "get": _operation("adminRoutes", {200: routes, 401: _ref("Error")}, secret="apiKey")  # noqa: S106  # a scheme's name
        },
        "/connect/api/admin/refresh-discovery": {
            "post": _operation("refreshDiscovery", {200: refreshed, 401: _ref("Error")}, secret="adminToken")  # noqa: S106  # a scheme's name
        },
    }


def _directory() -> Json:
    service, error, problems = _ref("Service"), _ref("Error"), _ref("Problems")
    accepted = _object(success={"const": True}, service=service)
    return {
        "/registry/api/services": {"get": _operation("services", {200: _object(services=_list(service))})},
        "/registry/api/services/{name}": {
            "parameters": [_NAME],
            "get": _operation("service", {200: service, 404: error}),
        },
        "/register/api/register": {
            "post": _operation(
                "register",
                {200: accepted, 201: accepted, 400: problems, 401: error, 409: problems, 422: problems},
                secret="registerToken",  # noqa: S106  # a scheme's name
                body="Registration",
                parameters=[_KEY],
            ),
        },
        "/register/api/services/{name}/status": {
            "parameters": [_NAME],
            "patch": _operation(
                "setStatus",
                {200: accepted, 400: problems, 401: error, 404: error, 422: problems},
                secret="registerToken",  # noqa: S106  # a scheme's name
                body="StatusChange",
            ),
        },
    }


def _tasks(prefix: str) -> Json:
    error = _ref("Error")
    created = _object(ok={"const": True}, task_id={"type": "string"}, created_at=_TIME)
    updated = _object(ok={"const": True}, updated_at=_TIME)
    system = prefix.removeprefix("/")
    return {
        f"{prefix}/api/context/tasks": {
            "post": _operation(
                f"{system}CreateTask",
                {200: created, 400: error, 401: error, 500: error},
                secret="apiKey",  # noqa: S106  # a scheme's name
                body="NewTask",
            )
        },
        f"{prefix}/api/context/tasks/{{task_id}}": {
            "parameters": [_TASK_ID],
            "patch": _operation(
                f"{system}UpdateTask",
                {200: updated, 400: error, 401: error, 404: error, 500: error},
                secret="apiKey",  # noqa: S106  # a scheme's name
                body="TaskChange",
            ),
        },
    }


def _gateways() -> Json:
    tools = _object(tools=_list(_object(name={"type": "string"}, inputSchema={"type": "object"})))
    return {
        "/api/{name}/api/health": {
            "parameters": [_NAME],
            "get": _operation("proxiedHealth", {200: _ref("Health"), 404: None, 502: _ref("Error")}),
        },
        "/mcp/{name}/mcp/tools/list": {
            "parameters": [_NAME],
            "get": _operation("mcpTools", {200: tools, 401: _ref("Error"), 404: None}, secret="apiKey"),  # noqa: S106  # a scheme's name
        },
        "/services/{name}/health": {
            "parameters": [_NAME],
            "get": _operation("serviceHealth", {200: _ref("Health"), 404: None}),
        },
    }


def _operation(
    name: str,
    answers: dict[int, Json | None],
    *,
    secret: str | None = None,
    body: str | None = None,
    parameters: list[Json] | None = None,
) -> Json:
    """Describe one operation; an answer of None is plain text."""
    operation: Json = {
        "operationId": name,
        "responses": {str(status): _response(status, schema) for status, schema in answers.items()},
    }
    if secret is not None:
        operation["security"] = [{secret: []}]
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    if parameters is not None:
        operation["parameters"] = parameters
    return operation


def _response(status: int, schema: Json | None) -> Json:
    text = {"text/plain": {"schema": {"type": "string"}}}
    if schema is None:
        return {"description": "plain text", "content": text}
    content = {"application/json": {"schema": schema}}
    # A value that breaks the path (a line feed, a slash) leads to where nothing listens, which says so in plain text.
    return {"description": "JSON", "content": {**content, **text} if status == HTTPStatus.NOT_FOUND else content}


def _schemas(*models: type[Registration | StatusChange]) -> Json:
    """Give the JSON schemas of pydantic models, and of the models inside them, by name."""
    schemas: Json = {}
    for model in models:
        schema = model.model_json_schema(ref_template=_REF)
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    return schemas


def _ref(name: str) -> Json:
    return {"$ref": _REF.format(model=name)}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _object(**properties: Json) -> Json:
    """Describe an object whose named properties are all required; more are allowed."""
    return {"type": "object", "required": list(properties), "properties": properties}
