"""ChittyRegister: the gatekeeper that takes registrations and status changes into the registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from sandbox.answers import bearer_refusal, json_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.world import World

_Text = Annotated[str, StringConstraints(min_length=1)]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
_Seconds = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class _Document(BaseModel):
    model_config = ConfigDict(strict=True)


class _Endpoints(_Document):
    # A service without HTTP has none of them.
    health: AnyHttpUrl | None = None
    api: AnyHttpUrl | None = None
    mcp: AnyHttpUrl | None = None


class _Deployment(_Document):
    # A deployment outside of a workflow has no commit, branch or run to name.
    commit: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{7,64})?$")]
    branch: str
    deployed_at: _Seconds
    workflow_run: str
    environment: _Text


class Registration(_Document):
    """The registration document; version and description may be unknown, further fields are kept as they are."""

    name: _Name
    version: _Text | None = None
    description: str | None = None
    endpoints: _Endpoints | None = None
    capabilities: list[_Text]
    deployment: _Deployment


class StatusChange(_Document):
    """What `PATCH …/status` takes."""

    status: Literal["active", "inactive", "pending", "deprecated"]
    last_deployed: _Seconds


@dataclass(frozen=True, slots=True)
class Register:
    """What answers under `/register`, for the bearer of the register token."""

    world: World

    def router(self) -> Router:
        """Give the system as one application."""
        return Router(
            [
                Route("/api/register", self.register, methods=["POST"]),
                Route("/api/services/{name}/status", self.set_status, methods=["PATCH"]),
            ],
            redirect_slashes=False,
        )

    async def register(self, request: Request) -> Response:
        """Take a registration: 201 for a new name, 200 for a known one; one answer for one idempotency key."""
        if refusal := self._refusal(request):
            return refusal
        body = await request.body()
        key = request.headers.get("idempotency-key")
        if key is not None and (earlier := self.world.answered(key)):
            earlier_body, status, answer = earlier
            if body != earlier_body:
                return _errors(409, "Idempotency-Key: was used for another document")
            return JSONResponse(answer, status, {"idempotent-replayed": "true"})
        document = await json_object(request)
        if document is None:
            return _errors(400, "body: not a JSON object")
        if problems := _problems(Registration, document):
            return _errors(422, *problems)
        is_new, row = self.world.register(document)
        status, answer = 201 if is_new else 200, {"success": True, "created": is_new, "service": row}
        if key is not None:
            self.world.remember(key, body, status, answer)
        return JSONResponse(answer, status)

    async def set_status(self, request: Request) -> Response:
        """Change a row's status: 200, 404 for an unknown service, 422 for an impossible document."""
        if refusal := self._refusal(request):
            return refusal
        document = await json_object(request)
        if document is None:
            return _errors(400, "body: not a JSON object")
        if problems := _problems(StatusChange, document):
            return _errors(422, *problems)
        changed = {name: document[name] for name in StatusChange.model_fields}
        row = self.world.set_status(request.path_params["name"], changed)
        if row is None:
            return JSONResponse({"error": "Service not found"}, 404)
        return JSONResponse({"success": True, "service": row})

    def _refusal(self, request: Request) -> Response | None:
        return bearer_refusal(request, self.world.tokens.register_token, "token")


def _problems(model: type[_Document], document: dict[str, Any]) -> list[str]:
    try:
        model.model_validate(document)
    except ValidationError as error:
        return [f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()]
    return []


def _errors(status: int, *errors: str) -> Response:
    return JSONResponse({"success": False, "errors": list(errors)}, status)
