from __future__ import annotations

import pytest

from chitty_action.site.links import commit_url, issue_number, linked, run_number, short_commit

RUN = "https://github.com/chittyos/chittyconnect/actions/runs/1234"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "url", [RUN, "https://example.com", "https://example.com:8443/a?b=c&d=%20#e", "https://a.b-c.example/~x/(y)"]
)
def test_https_becomes_a_link(url: str) -> None:
    """As it is."""
    assert linked(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "http://example.com", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "//example.com", "data:text/html,x",
        "https://user:word@example.com/", "https://github.com@evil.invalid/", 'https://example.com/"onclick=', " https://a.b",
        "https://example.com/ x", "https://example.com/\n", "https://example.com\\@evil.invalid", "https://exämple.com",
        "https://example.com/\u202e", "https://", "https://.example.com", "https://example.com/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_nothing_else_becomes_a_link(url: str) -> None:
    """Other schemes, user information, odd characters, and what is too long."""
    assert linked(url) == ""


@pytest.mark.parametrize(
    ("run", "commit", "url"),
    [
        (RUN, COMMIT, f"https://github.com/chittyos/chittyconnect/commit/{COMMIT}"),
        (f"{RUN}/attempts/2", "0123456", "https://github.com/chittyos/chittyconnect/commit/0123456"),
        (RUN, "main", ""), (RUN, "", ""), (RUN, "012345", ""), ("", COMMIT, ""), ("https://example.com/", COMMIT, ""),
        (RUN.replace("https", "http"), COMMIT, ""),
    ],
)  # fmt: skip
def test_a_commit_is_where_its_run_is(run: str, commit: str, url: str) -> None:
    """Without a run nobody says which server it is on."""
    assert commit_url(run, commit) == url


def test_links_have_short_names() -> None:
    """The number of an issue or run, the beginning of a commit; else a plain word."""
    assert issue_number("https://github.com/o/r/issues/12") == "#12"
    assert issue_number("https://example.com/12") == "issue"
    assert run_number(RUN) == "1234"
    assert run_number("https://example.com/12") == "run"
    assert short_commit(COMMIT) == "0123456"
    assert short_commit("not a commit") == "not a commit"
