"""The adapter for GitHub in front of the sandbox's, and what a test wants to know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.github import GitHubIssues
from chitty_action.adapters.github_remote import Access
from chitty_action.adapters.logs import EventLog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox import Sandbox
    from sandbox.github_state import GitHubState


def adapter(
    github: GitHubState,
    *,
    deadline: float = 20.0,
    timeout: float = 5.0,
    retries: int = 3,
    access: Mapping[str, str] | None = None,
) -> GitHubIssues:
    """Give the adapter, pointed at the sandbox's GitHub unless told otherwise."""
    usual = {"api_url": github.api_url, "repository": github.repository, "token": github.token}
    log = EventLog("error", lambda _: None, colours=False)
    return GitHubIssues(Access(**(usual | dict(access or {}))), Deadline(deadline), timeout, retries, log)


def open_issues(github: GitHubState, count: int) -> None:
    """Write issues of a stranger."""
    for number in range(count):
        github.add(github.people[github.token], f"issue {number}", "body")


def writes(sandbox: Sandbox) -> Sequence[tuple[str, str]]:
    """Tell what was asked of GitHub beyond reading."""
    paths = ((seen.method, seen.path.rpartition("/operations")[2]) for seen in sandbox.requests)
    return [(method, path) for method, path in paths if method != "GET"]
