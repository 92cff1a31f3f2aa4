from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from sandbox import Down, Slow
from tests.phases.program import SERVICE

if TYPE_CHECKING:
    import subprocess

    from sandbox import Sandbox
    from tests.phases.program import Ended, Program

PATIENCE = 10.0


def until_asked(sandbox: Sandbox, target: str, method: str = "GET") -> None:
    """Wait until a request for this part of ChittyOS has arrived."""
    end = time.monotonic() + PATIENCE
    while not [request for request in sandbox.requests if (request.target, request.method) == (target, method)]:
        assert time.monotonic() < end, f"nobody asked {target}"
        time.sleep(0.01)


def ended_by(program: Program, process: subprocess.Popen[str], number: signal.Signals) -> Ended:
    """Send the signal and insist on an end within three seconds, with everything written."""
    process.send_signal(number)
    began = time.monotonic()
    ended = program.finish(process, within=PATIENCE)
    assert time.monotonic() - began < 3
    assert (ended.code, ended.outputs["verdict"], ended.report["interrupted"]) == (1, "failed", True)
    assert number.name in ended.finding("phase")["message"]
    assert "interrupted" in ended.summary
    return ended


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("runner", [True, False])
def test_a_signal_while_waiting_for_health(
    program: Program, sandbox: Sandbox, number: signal.Signals, *, runner: bool
) -> None:
    """What is known so far is told: registered, seen down, nothing marked active."""
    sandbox.faults.set(f"service:{SERVICE}", Down())
    process = program.start(runner=runner, wait_for_health="60", deadline="120")
    until_asked(sandbox, f"service:{SERVICE}")
    time.sleep(0.1)
    ended = ended_by(program, process, number)
    assert (ended.outputs["registered"], ended.outputs["health"], ended.outputs["status"]) == (
        "true",
        "down",
        "unchanged",
    )


def test_a_signal_fails_the_step_whatever_fail_on_says(program: Program, sandbox: Sandbox) -> None:
    """`fail-on: never` is about findings, not about a run that was cut short."""
    sandbox.faults.set(f"service:{SERVICE}", Down())
    process = program.start(wait_for_health="60", fail_on="never")
    until_asked(sandbox, f"service:{SERVICE}")
    ended_by(program, process, signal.SIGTERM)


def test_a_signal_while_a_task_is_completed(program: Program, sandbox: Sandbox) -> None:
    """The task exists, so it is named."""
    sandbox.faults.set("api.tasks", Slow(0.5))
    process = program.start(context_sync="always", timeout="30")
    until_asked(sandbox, "api.tasks", "POST")
    sandbox.faults.set("api.tasks", Slow(20))
    until_asked(sandbox, "api.tasks", "PATCH")
    ended = ended_by(program, process, signal.SIGTERM)
    (task_id,) = sandbox.tasks
    assert ended.outputs["context-task-id"] == task_id
    assert task_id in ended.finding("context-sync")["message"]


def test_a_signal_while_a_task_is_created(program: Program, sandbox: Sandbox) -> None:
    """Its id is not known, so the report says that it may exist, and under which title to look."""
    sandbox.faults.set("api.tasks", Slow(20))
    process = program.start(context_sync="always", timeout="30")
    until_asked(sandbox, "api.tasks", "POST")
    ended = ended_by(program, process, signal.SIGTERM)
    assert "may exist" in ended.finding("context-sync")["message"]


def test_a_signal_while_the_hub_is_slow(program: Program, sandbox: Sandbox) -> None:
    """A request in flight is given up."""
    sandbox.faults.set("connect.health", Slow(20))
    process = program.start("pre", timeout="30", service_name="chittyrouter")
    until_asked(sandbox, "connect.health")
    ended = ended_by(program, process, signal.SIGTERM)
    assert ended.outputs["connect-healthy"] == "unknown"


def test_a_signal_between_retries(program: Program, sandbox: Sandbox) -> None:
    """A pause is given up as well."""
    sandbox.faults.set("connect.health", Down())
    process = program.start("pre", retries="20", deadline="120", service_name="chittyrouter")
    until_asked(sandbox, "connect.health")
    time.sleep(0.3)
    ended_by(program, process, signal.SIGTERM)


def test_the_deadline_says_what_is_unfinished(program: Program, sandbox: Sandbox) -> None:
    """The rest is not awaited, nothing else is written, and the report names the deadline."""
    sandbox.faults.set("register", Slow(20))
    began = time.monotonic()
    ended = program.run(deadline="1", timeout="30", wait_for_health="60")
    assert time.monotonic() - began < 3
    assert (ended.code, ended.outputs["health"], ended.outputs["status"]) == (1, "skipped", "unchanged")
    assert "the deadline of 1 s was reached" in ended.finding("phase")["message"]
    assert ended.finding("registration")["level"] == "warning"
    assert not [request for request in sandbox.requests if request.target == "register.status"]


def test_the_deadline_of_pre(program: Program, sandbox: Sandbox) -> None:
    """A gate that could not be looked at in time is not passed."""
    sandbox.faults.set("*", Slow(20))
    ended = program.run("pre", deadline="1", timeout="30")
    assert (ended.code, ended.outputs["connect-healthy"], ended.outputs["discovery"]) == (1, "unknown", "")
    assert "deadline" in ended.finding("connect-reachable")["message"]


def test_the_deadline_ends_the_wait_for_health(program: Program, sandbox: Sandbox) -> None:
    """The last look is what is told."""
    sandbox.faults.set(f"service:{SERVICE}", Down())
    ended = program.run(deadline="1", wait_for_health="60")
    assert (ended.code, ended.outputs["health"]) == (1, "down")
    assert ended.finding("phase")["level"] == "warning"
