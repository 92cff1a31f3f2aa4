"""The sandbox's GitHub, and the adapter in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.github_world import adapter

if TYPE_CHECKING:
    from chitty_action.adapters.github import GitHubIssues
    from sandbox import Sandbox
    from sandbox.github_state import GitHubState


@pytest.fixture
def github(sandbox: Sandbox) -> GitHubState:
    """Give the sandbox's GitHub."""
    return sandbox.github


@pytest.fixture
def issues(github: GitHubState) -> GitHubIssues:
    """Give the adapter with a workflow's token."""
    return adapter(github)
