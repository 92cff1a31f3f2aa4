"""A workspace with something secret beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the workspace; what lies beside it must never be read or written."""
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "package.json").write_text("{}")
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return workspace
