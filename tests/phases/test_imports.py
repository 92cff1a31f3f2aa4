from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.phases.program import ROOT

if TYPE_CHECKING:
    from tests.phases.program import Program

UNWANTED = {"github", "jinja2", "requests", "rich", "structlog", "tenacity", "tomllib"}
OF_MEMORY = re.compile(r"chitty_action\.(?:state|metrics|site|incidents)\b|chitty_action\.engine\.rec")


@pytest.mark.parametrize("phase", ["pre", "post"])
def test_a_good_run_imports_only_what_it_needs(program: Program, phase: str) -> None:
    """Every deployment waits for every import: issues, pages, terminals and retries are others' business."""
    step = program.environment({"phase": phase}, {}, runner=True)
    command = [sys.executable, "-I", "-X", "importtime", str(ROOT / "entrypoint.py")]
    run = subprocess.run(command, env=step, cwd=program.folder, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    imported = {found[1] for found in re.finditer(r"^import time:.*\| +([\w.]+)", run.stderr, re.MULTILINE)}
    assert "chitty_action" in imported
    assert {name.partition(".")[0] for name in imported} & UNWANTED == set()
    assert [name for name in imported if OF_MEMORY.match(name)] == [], "there is no state-branch"
