from __future__ import annotations

import pytest

from chitty_action.inputs.github_names import branch_name, repository_name

BRANCHES = ["chitty-state", "a", "data/chitty.state", "a/b/c", "état", "a/-b", "a@b", "x" * 255, "headless"]
NO_BRANCHES = [
    *("", "@", "HEAD", "-state", "refs/heads/state", "/state", "state/", "a//b", "state.", ".state", "a/.b", "a..b"),
    *("a.lock", "a.lock/b", "a b", "a~b", "a^b", "a:b", "a?b", "a*b", "a[b", "a\\b", "a@{b", "a\tb", "a\nb", "a\x7fb"),
    *("a\u2028b", "a\u200bb", "x" * 256, "é" * 128, "0123456789" * 4, "ABCDEF01" * 8, "\ud800"),
]
REPOSITORIES = ["chittyos/chitty-action", "a/b", "A-1/.github", "marie_acme/x_y.z", "o" * 39 + "/" + "n" * 100]
NO_REPOSITORIES = [
    *("", "/", "chittyos", "chittyos/", "/chitty-action", "a/b/c", "a/.", "a/..", "a b/c", "a/b c", "-a/b", ".a/b"),
    *("a/b.git", "https://github.com/a/b", "a/b\n", "a\n/b", "ä/b", "a/ü", "a/b?c", "a/b#c", "a/%2e"),
    *("o" * 40 + "/n", "o/" + "n" * 101),
]


@pytest.mark.parametrize("text", BRANCHES)
def test_a_branch_is_taken_as_it_is(text: str) -> None:
    """Slashes belong to its name."""
    assert branch_name(text) == text


@pytest.mark.parametrize("text", NO_BRANCHES)
def test_what_git_takes_for_no_branch_is_refused(text: str) -> None:
    """The rules are those of git-check-ref-format, and GitHub's own."""
    with pytest.raises(ValueError, match="the name of a branch without refs/heads/"):
        branch_name(text)


@pytest.mark.parametrize("text", REPOSITORIES)
def test_a_repository_is_taken_as_it_is(text: str) -> None:
    """With one slash."""
    assert repository_name(text) == text


@pytest.mark.parametrize("text", NO_REPOSITORIES)
def test_anything_else_is_no_repository(text: str) -> None:
    """It becomes a part of a URL's path."""
    with pytest.raises(ValueError, match="an owner and a name, such as chittyos/chitty-action"):
        repository_name(text)
