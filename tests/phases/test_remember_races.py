"""Runs at once lose nothing: real processes, one branch, and a branch that moves under each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox import Down, Reset, Status
from sandbox.github_faults import AfterEffect, Only
from tests.phases.program import Program
from tests.phases.remembering import OPERATIONS, OWN, deployments, remembering, sweeps

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox import Fault, Sandbox


@pytest.mark.parametrize("shared", [True, False], ids=["one-branch", "a-branch-each"])
@pytest.mark.parametrize("fault", [None, Status(500), AfterEffect(Down()), Reset(after_effect=True)], ids=str)
def test_runs_at_once_lose_nothing(sandbox: Sandbox, tmp_path: Path, fault: Fault | None, *, shared: bool) -> None:
    """Two deployments and a sweep, as processes: every line is there, and every file can be read."""
    sandbox.github.create_repository(OWN)
    if fault is not None:
        sandbox.faults.set("github", Only("POST|PATCH", "/git/refs", fault, times=2))
    where = OPERATIONS if shared else OWN
    started = []
    for run, phase, environ in (
        ("4711", "post", {"state_repository": where, "environment": "staging"}),
        ("4712", "post", {"state_repository": where}),
        ("4713", "reconcile", {}),
    ):
        folder = tmp_path / run
        folder.mkdir()
        one = Program(folder, sandbox)
        variables = remembering(sandbox, run, **environ)
        started.append((one, one.start(phase, environ=variables, retries="2", timeout="20", deadline="60")))
    ended = [one.finish(process, within=60) for one, process in started]
    assert [one.code for one in ended] == [0, 0, 0]
    assert sorted(one["run"] for one in deployments(sandbox, where)) == ["4711", "4712"]
    assert [one["run"] for one in sweeps(sandbox)] == ["4713"]
    assert ["memory" in one.levels() for one in ended] == [False, False, False]
