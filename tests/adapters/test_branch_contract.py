from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.branch_contract import BranchContract, Store

if TYPE_CHECKING:
    from sandbox import Sandbox


class TestSandboxGitHub(BranchContract):
    """With a workflow's token."""

    @pytest.fixture
    def store(self, sandbox: Sandbox) -> Store:
        """Give the sandbox's GitHub."""
        github = sandbox.github
        github.create_repository("chittyos/chittydemo")
        stranger = github.join("eve", may_write=False)
        return Store(github.api_url, (github.repository, "chittyos/chittydemo"), github.token, stranger)
