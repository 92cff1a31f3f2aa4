"""The context task API, offered by ChittyConnect and by the API gateway: shapes and errors as recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.answers import bearer_refusal, json_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.world import World

_STATUSES = ("pending", "in_progress", "completed", "failed", "cancelled")
_PRIORITIES = ("low", "normal", "high", "urgent")
_CHANGEABLE = ("status", "title", "description", "priority", "assigned_service", "result", "error")


@dataclass(frozen=True, slots=True)
class ContextTasks:
    """`POST /api/context/tasks` and `PATCH /api/context/tasks/<id>`, for the bearer of the API key."""

    world: World

    def routes(self) -> list[BaseRoute]:
        """Give the routes, relative to the system that offers them."""
        return [
            Route("/api/context/tasks", self.create, methods=["POST"]),
            Route("/api/context/tasks/{task_id}", self.update, methods=["PATCH"]),
        ]

    async def create(self, request: Request) -> Response:
        """Create a task: 200 with its id, 400 without a title, 500 where the database would refuse."""
        if refusal := bearer_refusal(request, self.world.tokens.api_key):
            return refusal
        document = await json_object(request)
        if document is None:
            return _database_error("creation_failed", "Unexpected token in JSON")
        if not document.get("title"):
            return JSONResponse({"error": "title required"}, 400)
        fields = {
            "title": document["title"],
            "description": document.get("description"),
            "task_type": document.get("task_type", "user_request"),
            "priority": document.get("priority", "normal"),
            "metadata": document.get("metadata", {}),
        }
        if fields["priority"] not in _PRIORITIES:
            return _check_failed("creation_failed", "priority", _PRIORITIES)
        task = self.world.create_task(fields)
        return JSONResponse({"ok": True, "task_id": task["task_id"], "created_at": task["created_at"]})

    async def update(self, request: Request) -> Response:
        """Change a task: 200, 404 for an unknown id, 400 without a field to change, 500 for an impossible status."""
        if refusal := bearer_refusal(request, self.world.tokens.api_key):
            return refusal
        task_id = request.path_params["task_id"]
        if task_id not in self.world.tasks:
            return JSONResponse({"error": "task_not_found"}, 404)
        document = await json_object(request)
        if document is None:
            return _database_error("update_failed", "Unexpected token in JSON")
        changed = {name: document[name] for name in _CHANGEABLE if name in document}
        if not changed:
            return JSONResponse({"error": "no valid fields to update"}, 400)
        if changed.get("status", _STATUSES[0]) not in _STATUSES:
            return _check_failed("update_failed", "status", _STATUSES)
        task = self.world.update_task(task_id, changed)
        return JSONResponse({"ok": True, "updated_at": task["updated_at"]})


def _check_failed(error: str, column: str, allowed: tuple[str, ...]) -> Response:
    names = ", ".join(f"'{name}'" for name in allowed)
    message = f"CHECK constraint failed: {column} IN ({names})"
    return _database_error(error, f"D1_ERROR: {message}: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_CHECK)")


def _database_error(error: str, message: str) -> Response:
    return JSONResponse({"error": error, "message": message}, 500)
