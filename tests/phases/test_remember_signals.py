"""A run that is cut short: what it still remembers, and what it says it does not."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from sandbox import Down, Drip, Slow
from tests.phases.program import SERVICE
from tests.phases.remembering import OPERATIONS, fail, files, memory, outbox, remembering
from tests.phases.test_signals import until_asked

if TYPE_CHECKING:
    from sandbox import Sandbox
    from tests.phases.program import Program


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_deployment_that_is_stopped_says_that_it_is_not_recorded(
    program: Program, sandbox: Sandbox, number: signal.Signals
) -> None:
    """GitHub is not asked any more; the report has what was seen."""
    sandbox.faults.set("register", Down())
    sandbox.faults.set(f"service:{SERVICE}", Slow(20))
    process = program.start("post", environ=remembering(sandbox), timeout="30", deadline="60")
    until_asked(sandbox, f"service:{SERVICE}")
    process.send_signal(number)
    ended = program.finish(process)
    assert (ended.code, files(sandbox)) == (1, {})
    told = memory(ended)["message"]
    assert "is not recorded, and nothing will deliver its registration later: " in told
    assert f"it was stopped by {number.name}" in told


def test_a_sweep_that_is_stopped_leaves_the_outbox_to_the_next_one(program: Program, sandbox: Sandbox) -> None:
    """What was claimed is not lost: the claim ends by itself."""
    fail(program, sandbox)
    sandbox.requests.clear()
    sandbox.faults.set("register", Drip())
    environ = {**remembering(sandbox, "4800"), "GITHUB_REPOSITORY": OPERATIONS}
    process = program.start("reconcile", environ=environ, timeout="30", deadline="60")
    until_asked(sandbox, "register", "POST")
    sandbox.faults.clear()
    process.send_signal(signal.SIGTERM)
    ended = program.finish(process)
    told = [one["message"] for one in ended.findings if one["check"] == "outbox"]
    assert any("was not recorded, so it may be delivered once more" in one for one in told)
    assert all(entry["claimed_by"].startswith("4800/") for entry in outbox(sandbox).values())
    assert len(outbox(sandbox)) == 2
