"""A checkout for the steps of the templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give an empty repository; what a step leaves behind lies beside it."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    return folder
