from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sandbox import demo

if TYPE_CHECKING:
    import pytest

LAZY = "import os, pathlib; pathlib.Path(os.environ['GITHUB_STEP_SUMMARY']).write_text('## All is well')"


def test_the_demo_is_not_fooled(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that always claims success is found out by its exit codes and by the registry."""
    surprises = demo.play((sys.executable, "-c", LAZY))
    assert surprises == [
        "story 1: version 1.4.0 did not reach the registry",
        "story 1: chittydemo is not active in the registry",
        "story 1: 0 context tasks were completed instead of one",
        "Story 2, the hub is down: exit code 0 instead of 1",
        "Story 3, an unhealthy service: exit code 0 instead of 1",
        "story 4: chittydemo is not registered with the deployed gatekeeper",
        "story 4: 0 context tasks were completed instead of one",
    ]
    assert capsys.readouterr().out.count("## All is well") == 5


def test_the_demo_goes_as_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With the real program the stories end as they should, and the last sentence says where to read on."""
    assert demo.main() == 0
    assert "docs/lifecycle.md" in capsys.readouterr().out.splitlines()[-1]
