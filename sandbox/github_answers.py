"""GitHub's refusals and what it takes for valid, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_BODY = 65_536
LONGEST_TITLE = 256
_LONGEST_LABEL = 50
_STATES = {None, "open", "closed"}
_REASONS = {None, "completed", "not_planned", "duplicate", "reopened"}
_DOCUMENTATION = "https://docs.github.com/rest"


class _Document(BaseModel):
    model_config = ConfigDict(strict=True)


class LabelName(_Document):
    """A label as an object, where a text would do as well."""

    name: str


class IssueFields(_Document):
    """What an issue is created from or changed by."""

    title: str | int | None = None
    body: str | None = None
    labels: list[str | LabelName] | None = None
    assignees: list[str] | None = None
    state: str | None = None
    state_reason: str | None = None

    def label_names(self) -> list[str]:
        """Give the names of the labels."""
        return [label if isinstance(label, str) else label.name for label in self.labels or []]


class LabelFields(_Document):
    """What a label is created from."""

    name: str
    color: str = "ededed"
    description: str | None = None


class CommentFields(_Document):
    """What a comment is created from."""

    body: str


class RefFields(_Document):
    """What a ref is created from."""

    ref: str
    sha: str


class MoveFields(_Document):
    """What a ref is moved by."""

    sha: str
    force: bool = False


class CommitFields(_Document):
    """What a commit is created from."""

    message: str
    tree: str
    parents: list[str] = []


class EntryFields(_Document):
    """One path of a new tree: its text, or the object that it has; no object at all removes it."""

    path: str
    mode: Literal["100644", "100755", "040000", "160000", "120000"]
    type: Literal["blob", "tree", "commit"]
    sha: str | None = None
    content: str | None = None


class TreeFields(_Document):
    """What a tree is created from."""

    tree: list[EntryFields]
    base_tree: str | None = None


class BlobFields(_Document):
    """What a blob is created from."""

    content: str
    encoding: Literal["utf-8", "base64"] = "utf-8"


def refused(status: int, message: str, headers: Mapping[str, str] | None = None, **members: Any) -> Response:  # noqa: ANN401  # JSON
    """Give a refusal as GitHub words it."""
    document = {"message": message, **members, "documentation_url": _DOCUMENTATION, "status": str(status)}
    return JSONResponse(document, status, headers)


def invalid(resource: str, field: str, code: str, **members: Any) -> Response:  # noqa: ANN401  # JSON
    """Give a 422 about one field."""
    error = {"resource": resource, "field": field, "code": code, **members}
    return refused(422, "Validation Failed", errors=[error])


def schema_complaint(error: ValidationError) -> Response:
    """Give a 422 about the shape of a document."""
    first = error.errors()[0]
    where = "/".join(map(str, first["loc"]))
    return refused(422, f"Invalid request.\n\nFor '{where}': {first['msg']}.")


def problem_with(fields: IssueFields, assignable: set[str], *, is_new: bool) -> Response | None:
    """Say what is wrong with an issue that is to be written; None when nothing is."""
    title = None if fields.title is None else str(fields.title)
    body, state, reason = fields.body or "", fields.state, fields.state_reason
    long_title = f"title is too long (maximum is {LONGEST_TITLE} characters)"
    long_body = f"body is too long (maximum is {LONGEST_BODY} characters)"
    bad_label = next((name for name in fields.label_names() if not 0 < len(name) <= _LONGEST_LABEL), None)
    stranger = next((login for login in fields.assignees or [] if login not in assignable), None)
    problems: tuple[tuple[bool, tuple[str, str, str], dict[str, str]], ...] = (
        (is_new and not title, ("Issue", "title", "missing_field"), {}),
        (title == "", ("Issue", "title", "missing_field"), {}),
        (len(title or "") > LONGEST_TITLE, ("Issue", "title", "custom"), {"message": long_title}),
        (len(body) > LONGEST_BODY, ("Issue", "body", "custom"), {"message": long_body}),
        (state not in _STATES, ("Issue", "state", "invalid"), {"value": str(state)}),
        (reason not in _REASONS, ("Issue", "state_reason", "invalid"), {"value": str(reason)}),
        (bad_label is not None, ("Label", "name", "invalid"), {"value": str(bad_label)}),
        (stranger is not None, ("Issue", "assignees", "invalid"), {"value": str(stranger)}),
    )
    return next((invalid(*which, **more) for is_so, which, more in problems if is_so), None)
