"""A small GitHub for the demo and the tests that have nothing but Python: issues, and what `github_git` has.

`integration/test_github_emulator.py` holds it to the contract that a GitHub emulator of others fulfils.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response
from starlette.routing import Router

from sandbox.git_state import DEFAULT_BRANCH
from sandbox.github_answers import (
    LONGEST_BODY,
    CommentFields,
    IssueFields,
    LabelFields,
    invalid,
    problem_with,
    refused,
)
from sandbox.github_door import AT_AN_APP, REPOSITORY, Door, RefusedError, read, repository_in
from sandbox.github_git import GitHubGit

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.github_door import Way
    from sandbox.github_state import GitHubState, Json

_ISSUE = REPOSITORY + "/issues/{number:int}"
_USUAL_PAGE = 30


@dataclass(frozen=True, slots=True)
class GitHub:
    """What answers under `/github`."""

    state: GitHubState

    def router(self) -> Router:
        """Give the API as one application."""
        about_issues: tuple[Way, ...] = (
            ("GET", REPOSITORY + "/labels", self.labels),
            ("POST", REPOSITORY + "/labels", self.create_label),
            ("GET", REPOSITORY + "/labels/{label:path}", self.label),
            ("GET", REPOSITORY + "/issues", self.issues),
            ("POST", REPOSITORY + "/issues", self.create),
            ("GET", _ISSUE, self.issue),
            ("PATCH", _ISSUE, self.edit),
            ("PUT", _ISSUE + "/lock", self.lock),
            ("GET", _ISSUE + "/comments", self.comments),
            ("POST", _ISSUE + "/comments", self.comment),
        )
        ways: tuple[Way, ...] = (
            ("GET", "/user", self.user),
            ("GET", REPOSITORY, self.repository),
            *((method, path, self._where_issues_are(answer)) for method, path, answer in about_issues),
            *GitHubGit(self.state).ways(),
        )
        return Router(Door(self.state).routes(ways), redirect_slashes=False, default=_nowhere)

    def _where_issues_are(self, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        """Refuse in other repositories, and while they are switched off."""

        async def guarded(request: Request) -> Response:
            if repository_in(request) != self.state.repository.lower():
                return refused(404, "Not Found")
            if self.state.is_disabled and "/issues" in request.url.path:
                return refused(410, "Issues has been disabled in this repository.")
            response: Response = await answer(request)
            return response

        return guarded

    async def user(self, request: Request) -> Response:
        """Show whose token it is; an app has no user to show."""
        asker = Door(self.state).asker(request)
        return refused(403, AT_AN_APP) if asker.is_app else JSONResponse(asker.shown())

    async def repository(self, request: Request) -> Response:
        """Show a repository."""
        name = self.state.repositories[repository_in(request)].name
        has_issues = name == self.state.repository and not self.state.is_disabled
        shown = {"full_name": name, "default_branch": DEFAULT_BRANCH, "has_issues": has_issues, "private": True}
        return JSONResponse(shown)

    async def labels(self, request: Request) -> Response:
        """List the labels."""
        return self._page(request, list(self.state.labels.values()))

    async def label(self, request: Request) -> Response:
        """Show one label, whatever the case of its letters."""
        label = self.state.labels.get(request.path_params["label"].lower())
        return JSONResponse(label) if label else refused(404, "Not Found")

    async def create_label(self, request: Request) -> Response:
        """Create a label; a second one of its name is refused."""
        fields = await read(request, LabelFields)
        if fields.name.lower() in self.state.labels:
            return invalid("Label", "name", "already_exists")
        if len(fields.color) != len("ededed"):
            return invalid("Label", "color", "invalid")
        return JSONResponse(self._new_label(fields), 201)

    async def issues(self, request: Request) -> Response:
        """List issues and pull requests."""
        asked = request.query_params
        state, since = asked.get("state", "open"), asked.get("since", "")
        try:
            earliest = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
        except ValueError:
            return refused(422, "Invalid request.\n\nFor 'since': not a date-time.")
        key = "updated_at" if asked.get("sort") == "updated" else "created_at"
        rows = [
            row
            for row in self.state.issues.values()
            if state in {"all", row["state"]} and datetime.fromisoformat(row["updated_at"]) >= earliest
        ]
        rows.sort(key=lambda row: (row[key], row["number"]), reverse=asked.get("direction") != "asc")
        return self._page(request, rows)

    async def issue(self, request: Request) -> Response:
        """Show one issue."""
        return JSONResponse(self._issue(request))

    async def create(self, request: Request) -> Response:
        """Open an issue; labels that are missing are created, as GitHub does it too."""
        fields = await read(request, IssueFields)
        if problem := problem_with(fields, self.state.assignable, is_new=True):
            return problem
        with self.state.lock:
            issue = self.state.add(Door(self.state).asker(request), str(fields.title), fields.body)
            issue |= self._people_and_labels(fields)
        return JSONResponse(issue, 201)

    async def edit(self, request: Request) -> Response:
        """Change an issue."""
        number = self._issue(request)["number"]
        fields = await read(request, IssueFields)
        if problem := problem_with(fields, self.state.assignable, is_new=False):
            return problem
        given = fields.model_dump(include={"title", "body", "state", "state_reason"}, exclude_unset=True)
        return JSONResponse(self.state.change(number, given | self._people_and_labels(fields)))

    async def lock(self, request: Request) -> Response:
        """Lock the conversation."""
        self.state.change(self._issue(request)["number"], {"locked": True})
        return Response(status_code=204)

    async def comments(self, request: Request) -> Response:
        """List the comments of an issue."""
        return self._page(request, self.state.comments[self._issue(request)["number"]])

    async def comment(self, request: Request) -> Response:
        """Write a comment."""
        number = self._issue(request)["number"]
        fields = await read(request, CommentFields)
        if not 0 < len(fields.body) <= LONGEST_BODY:
            message = f"body is too long (maximum is {LONGEST_BODY} characters)"
            return invalid("IssueComment", "body", "unprocessable", message=message)
        return JSONResponse(self.state.add_comment(number, Door(self.state).asker(request), fields.body), 201)

    def _issue(self, request: Request) -> Json:
        issue = self.state.issues.get(request.path_params["number"])
        if issue is None:
            raise RefusedError(refused(404, "Not Found"))
        return issue

    def _new_label(self, fields: LabelFields) -> Json:
        label = {"id": len(self.state.labels) + 1, **fields.model_dump(), "default": False}
        return self.state.labels.setdefault(fields.name.lower(), label)

    def _people_and_labels(self, fields: IssueFields) -> Json:
        changed: Json = {}
        if fields.labels is not None:
            changed["labels"] = [self._new_label(LabelFields(name=name)) for name in fields.label_names()]
        if fields.assignees is not None:
            changed["assignees"] = [{"login": login, "type": "User"} for login in fields.assignees]
            changed["assignee"] = next(iter(changed["assignees"]), None)
        return changed

    def _page(self, request: Request, rows: list[Json]) -> Response:
        """Give one page, and in `Link` where the next one is."""
        asked = dict(request.query_params)
        size = min(_number(asked.get("per_page"), _USUAL_PAGE), self.state.maximum_page)
        page = _number(asked.get("page"), 1)
        headers = {}
        if page * size < len(rows):
            base = f"{self.state.api_url}{request.scope['path'].removeprefix('/github')}"
            last = -(-len(rows) // size)
            links = (("next", page + 1), ("last", last))
            there = (f'<{base}?{urlencode({**asked, "page": number})}>; rel="{name}"' for name, number in links)
            headers["link"] = ", ".join(there)
        return JSONResponse(rows[(page - 1) * size : page * size], headers=headers)


def _number(text: str | None, usual: int) -> int:
    """Read a number from a query; GitHub takes the usual one for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < len("1000000000") else usual


async def _nowhere(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  # ASGI
    await refused(404, "Not Found")(scope, receive, send)
