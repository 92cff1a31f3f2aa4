"""Who is let in to the small GitHub, and how what is asked comes to its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.routing import Route

from sandbox.answers import json_object
from sandbox.github_answers import refused, schema_complaint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from sandbox.github_state import GitHubState, Person

REPOSITORY = "/repos/{owner}/{name}"
AT_AN_APP = "Resource not accessible by integration"
Model = TypeVar("Model", bound=BaseModel)
Way = tuple[str, str, "Callable[[Request], Any]"]
"""Method, path and what answers."""


class RefusedError(Exception):
    """Carries the answer out of what was asked."""

    def __init__(self, answer: Response) -> None:
        """Take the answer."""
        super().__init__(answer.status_code)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Door:
    """Refuses whom GitHub refuses before it looks at what is asked."""

    state: GitHubState

    def routes(self, ways: Iterable[Way]) -> list[Route]:
        """Give the routes of what answers behind it."""
        return [Route(path, self._guarded(answer), methods=[method]) for method, path, answer in ways]

    def asker(self, request: Request) -> Person:
        """Give who asks."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() not in {"bearer", "token"}:
            raise RefusedError(refused(401, "Requires authentication"))
        if token not in self.state.people:
            raise RefusedError(refused(401, "Bad credentials"))
        return self.state.people[token]

    def _guarded(self, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def guarded(request: Request) -> Response:
            try:
                self._admit(request)
                response: Response = await answer(request)
            except RefusedError as error:
                return error.answer
            return response

        return guarded

    def _admit(self, request: Request) -> None:
        asker = self.asker(request)
        if not self.state.spend():
            reset = str(int(self.state.budget_renewed_at.timestamp()))
            headers = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
            raise RefusedError(refused(403, "API rate limit exceeded for installation ID 1.", headers))
        if "owner" in request.path_params and repository_in(request) not in self.state.repositories:
            raise RefusedError(refused(404, "Not Found"))
        if request.method != "GET" and not asker.may_write:
            raise RefusedError(refused(403, AT_AN_APP))


def repository_in(request: Request) -> str:
    """Give the repository that is asked about, in lower case."""
    return f"{request.path_params['owner']}/{request.path_params['name']}".lower()


async def read(request: Request, model: type[Model]) -> Model:
    """Read the body as one of the documents that GitHub takes."""
    document = await json_object(request)
    if document is None:
        raise RefusedError(refused(400, "Problems parsing JSON"))
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise RefusedError(schema_complaint(error)) from error
