from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.github_contract import Contract, Place

if TYPE_CHECKING:
    from sandbox import Sandbox
    from sandbox.github_state import GitHubState


def _place(github: GitHubState, token: str) -> Place:
    asker = github.people[token]

    def propose() -> int:
        number: int = github.add(asker, "a pull request", None, is_pull_request=True)["number"]
        return number

    return Place(github.api_url, github.repository, token, asker.login, propose)


class TestSandboxGitHub(Contract):
    """With a workflow's token."""

    @pytest.fixture
    def place(self, sandbox: Sandbox) -> Place:
        """Give the sandbox's GitHub."""
        github = sandbox.github
        return _place(github, github.token)


class TestSandboxGitHubForAPerson(Contract):
    """With the token of somebody who works here."""

    @pytest.fixture
    def place(self, sandbox: Sandbox) -> Place:
        """Give the sandbox's GitHub."""
        github = sandbox.github
        return _place(github, github.join("marie", "COLLABORATOR"))
