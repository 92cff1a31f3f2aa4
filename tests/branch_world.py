"""The adapter for the data branch in front of the sandbox's GitHub, and faults that one of its requests meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.github_branch import GitHubBranch
from chitty_action.adapters.github_remote import Access
from chitty_action.adapters.logs import EventLog
from sandbox.github_faults import Only

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chitty_action.model.branch import Head
    from sandbox import Fault, Sandbox
    from sandbox.git_state import Entry
    from sandbox.github_state import GitHubState

BRANCH = "chitty-state"
OLD = {"a.txt": "old\n", "folder/b.txt": "b\n"}


def opened(
    github: GitHubState, branch: str = BRANCH, *, deadline: float = 20.0, timeout: float = 5.0, retries: int = 1
) -> GitHubBranch:
    """Give the adapter with a workflow's token."""
    access = Access(github.api_url, github.repository, github.token)
    log = EventLog("error", lambda _: None, colours=False)
    return GitHubBranch(access, branch, Deadline(deadline), timeout, retries, log)


def pushed(github: GitHubState, files: Mapping[str, str | Entry], branch: str = BRANCH) -> str:
    """Do as somebody else who commits to the branch, and give the commit."""
    repository = github.repositories[github.repository]
    author = next(iter(repository.commits.values())).author
    return repository.commit_files(branch, files, author)


def failing(sandbox: Sandbox, method: str, pattern: str, fault: Fault, times: int | None = None) -> None:
    """Let the requests fail whose method and path fit these patterns, and no others."""
    sandbox.faults.set("github", Only(method, pattern, fault, times))


def asked(sandbox: Sandbox, methods: Iterable[str] = ("POST", "PATCH")) -> list[tuple[str, str]]:
    """Tell what was asked of GitHub by these methods."""
    paths = ((seen.method, seen.path.rpartition("/operations")[2]) for seen in sandbox.requests)
    return [(method, path) for method, path in paths if method in methods]


@pytest.fixture
def github(sandbox: Sandbox) -> GitHubState:
    """Give the sandbox's GitHub, with a data branch that has one commit."""
    pushed(sandbox.github, OLD)
    return sandbox.github


@pytest.fixture
def data(github: GitHubState) -> GitHubBranch:
    """Give the adapter."""
    return opened(github)


@pytest.fixture
async def head(data: GitHubBranch, sandbox: Sandbox) -> Head:
    """Give the tip, with what was asked for it forgotten."""
    read = await data.head()
    sandbox.requests.clear()
    return read
