"""GitHub's answers as hostile text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.adapters.github_answers import complaint_in, created_in, issues_in, query_of_next_page
from chitty_action.model.text import one_line

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = (
    *("number", "title", "body", "state", "user", "author_association", "created_at", "closed_at"),
    *("state_reason", "html_url", "labels", "assignees", "pull_request"),
)
HONEST = {"number": 7, "title": "t", "body": None, "state": "open", "created_at": "2026-03-01T00:00:00Z", "user": None}
SPOILT = st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=4).map(lambda spoilt: HONEST | spoilt)


def page(*issues: object) -> bytes:
    """Write a page as GitHub does."""
    return json.dumps(issues).encode()


@given(SPOILT | JSON)
def test_a_page_is_read_or_refused(element: object) -> None:
    """Whatever stands in it; a number is there or the page is none."""
    try:
        issues = issues_in(page(HONEST, element))
    except ValueError:
        return
    assert all(issue.number >= 1 and issue.created.tzinfo == UTC for issue in issues)


@given(st.binary(max_size=40) | SPOILT.map(lambda issue: json.dumps(issue).encode()))
def test_a_new_issue_is_read_or_refused(body: bytes) -> None:
    """Nothing but a ValueError comes of it."""
    try:
        created = created_in(body)
    except ValueError:
        return
    assert created.issue.number >= 1


@given(st.binary(max_size=40) | JSON.map(lambda value: json.dumps({"message": value, "errors": value}).encode()))
def test_a_refusal_of_any_shape_is_one_line(body: bytes) -> None:
    """It stands in the middle of our sentence."""
    complaint = complaint_in(body)
    assert complaint.told() == one_line(complaint.told())
    assert complaint.has("already_exists") in {True, False}


@pytest.mark.parametrize(
    "member",
    [
        {"number": None},
        {"number": 0},
        {"number": True},
        {"number": 2**60},
        {"state": "ajar"},
        {"created_at": "0001-01-01T00:00:00+23:59"},
        {"created_at": "yesterday"},
        {"user": "a text"},
    ],
    ids=str,
)
def test_what_cannot_be_an_issue_spoils_the_page(member: dict[str, object]) -> None:
    """Half a list would close what is not over."""
    with pytest.raises(ValueError, match=r"."):
        issues_in(page(HONEST | member))


def test_a_pull_request_spoils_nothing() -> None:
    """Whatever else it says."""
    assert issues_in(page(HONEST, {"pull_request": {}, "number": "none"}))[0].number == 7


def test_a_deleted_author_is_nobody() -> None:
    """And never us."""
    assert [issue.author for issue in issues_in(page(HONEST, HONEST | {"user": {}}))] == ["ghost", "ghost"]


def test_times_are_utc() -> None:
    """Wherever GitHub may stand."""
    closed = HONEST | {"closed_at": "2026-03-01T02:00:00+02:00", "state": "closed"}
    assert issues_in(page(closed))[0].closed == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x/\n", "", None])
def test_an_address_that_is_none_is_left_out(url: str | None) -> None:
    """It would become a link."""
    assert issues_in(page(HONEST | {"html_url": url}))[0].url == ""


@pytest.mark.parametrize(
    ("link", "query"),
    [
        ("", None),
        ('<https://api.github.com/repositories/1/issues?page=1>; rel="prev"', None),
        ('<https://h/x?a=b&page=2>; rel="next", <https://h/x?page=9>; rel="last"', "a=b&page=2"),
        ('<https://h/x?page=1>; rel="prev", <https://h/x?after=Y3%3D&page=3>; rel="next"', "after=Y3%3D&page=3"),
        ("<https://evil.example/steal?page=2>; rel=next", "page=2"),
        ("<<<>>>; rel=", None),
    ],
)
def test_of_the_next_page_only_the_query_is_taken(link: str, query: str | None) -> None:
    """Where it is asked of is ours to say."""
    assert query_of_next_page(link) == query
