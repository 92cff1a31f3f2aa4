"""What GitHub answers, read as values: hostile like all remote text, any member may be missing or of any type."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta, Struct, ValidationError, convert

from chitty_action.model.document import Document, decoded
from chitty_action.model.incident import Issue
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="?next\b')
_NOBODY = "ghost"
"""Whom GitHub shows in place of a deleted user."""


class _User(Struct, frozen=True):
    login: str = _NOBODY


class _Label(Struct, frozen=True):
    name: str = ""


class _Issue(Struct, frozen=True):
    number: Annotated[int, Meta(ge=1, lt=2**53)]
    created_at: datetime
    state: str
    title: str | None = None
    body: str | None = None
    user: _User | None = None
    author_association: str | None = None
    closed_at: datetime | None = None
    state_reason: str | None = None
    html_url: str | None = None
    labels: tuple[_Label | str, ...] = ()
    assignees: tuple[_User, ...] | None = None


class Created(Struct, frozen=True):
    """A new issue, and what it bears in fact: names in lower case."""

    issue: Issue
    labels: frozenset[str]
    assignees: frozenset[str]


class Login(Document, frozen=True):
    """Who a token belongs to."""

    login: Annotated[str, Meta(min_length=1)]


class Complaint(Struct, frozen=True):
    """The body of a refusal: a `message` and, after a 422, `errors`."""

    message: Any = None
    errors: Any = None

    def told(self) -> str:
        """Say on one line what GitHub said; empty when it said nothing."""
        words = (self.message, *(word for problem in self._problems() for word in _words(problem)))
        return one_line("; ".join(word for word in words if isinstance(word, str)))

    def has(self, code: str) -> bool:
        """Whether one of the problems has this code."""
        return any(isinstance(problem, dict) and problem.get("code") == code for problem in self._problems())

    def _problems(self) -> list[Any]:
        return self.errors[:5] if isinstance(self.errors, list) else [self.errors]


def _words(problem: object) -> tuple[object, ...]:
    if not isinstance(problem, dict):
        return (problem,)
    if problem.get("message"):
        return (problem["message"],)
    named = (problem.get("field"), problem.get("code"), problem.get("value"))
    return (" ".join(str(part) for part in named if isinstance(part, str | int)),)


def complaint_in(body: bytes) -> Complaint:
    """Read the body of a refusal; one of another shape says nothing."""
    try:
        return decoded(body, Complaint)
    except ValueError:
        return Complaint()


def issues_in(body: bytes) -> tuple[Issue, ...]:
    """Read a page of issues without its pull requests. Raises ValueError, with what is wrong."""
    elements = decoded(body, list[Any])
    return tuple(_issue(_converted(element)) for element in elements if not _is_pull_request(element))


def created_in(body: bytes) -> Created:
    """Read an issue that was just made. Raises ValueError, with what is wrong."""
    read = _converted(decoded(body, Any))
    labels = (label if isinstance(label, str) else label.name for label in read.labels)
    return Created(_issue(read), _lowered(labels), _lowered(user.login for user in read.assignees or ()))


def query_of_next_page(link: str) -> str | None:
    """Return the query of the next page from a Link header; None at the last one.

    Only the query: where it is asked of is ours to say.
    """
    found = _NEXT.search(link)
    return urlsplit(found[1]).query if found else None


def _lowered(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _is_pull_request(element: object) -> bool:
    return isinstance(element, dict) and element.get("pull_request") is not None


def _converted(element: object) -> _Issue:
    return convert(element, _Issue)


def _issue(read: _Issue) -> Issue:
    if read.state not in {"open", "closed"}:
        raise ValidationError(f"an issue is “{one_line(read.state, 40)}”, not open or closed")
    url = read.html_url or ""
    return Issue(
        number=read.number,
        title=read.title or "",
        body=read.body or "",
        is_open=read.state == "open",
        author=read.user.login if read.user else _NOBODY,
        association=read.author_association or "NONE",
        created=_utc(read.created_at),
        closed=_utc(read.closed_at) if read.closed_at else None,
        reason=read.state_reason,
        url=url if url.startswith(("https://", "http://")) and url.isprintable() else "",
    )


def _utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time is out of the calendar") from None
