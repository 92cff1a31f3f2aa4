"""What happens in the middle of a sweep loses nothing: the run tells what it saw, and the next one converges."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from sandbox.faults import Down, Slow, Status, Truncated
from sandbox.github_faults import AfterEffect, Only
from tests.phases.program import variables
from tests.phases.test_reconcile import FIRST, SECOND, UNHEALTHY, break_down, incidents, reconcile, the_issue
from tests.phases.test_signals import until_asked

if TYPE_CHECKING:
    from sandbox import Sandbox
    from tests.phases.program import Program


@pytest.fixture(autouse=True)
def _design(running: Sandbox) -> None:
    running.reset()


def test_the_hub_dies_in_the_middle(running: Sandbox, program: Program) -> None:
    """The services were seen; gateway and refresh are told as they are, and nobody blames the services."""
    running.faults.set(f"service:{FIRST}", Slow(1))
    process = program.start("reconcile", environ=running.github_environment(), timeout="5")
    until_asked(running, f"service:{FIRST}")
    for target in ("connect.health", "connect.discovery", "connect.refresh"):
        running.faults.set(target, Down())
    ended = program.finish(process)
    assert (ended.code, ended.outputs["unhealthy"]) == (0, "[]")
    assert (ended.levels()["discovery-refresh"], ended.outputs["discovery-refreshed"]) == ("warning", "false")
    assert incidents(reconcile(running, program))["hub-unreachable"] == "opened"
    running.faults.clear()
    assert incidents(reconcile(running, program))["hub-unreachable"] == "closed"


def test_github_fails_after_it_has_created_the_issue(running: Sandbox, program: Program) -> None:
    """It is looked for before it is created again, and found."""
    break_down(running, FIRST)
    running.faults.set("github", Only("POST", r"/issues\?", AfterEffect(Status(500)), times=1))
    assert incidents(reconcile(running, program)) == {UNHEALTHY: "opened"}
    assert len(running.issues) == 1
    assert incidents(reconcile(running, program)) == {UNHEALTHY: "unchanged"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_sweep(running: Sandbox, program: Program, number: signal.Signals) -> None:
    """What was seen broken is told in red, because GitHub is not asked any more; the next run opens the incident."""
    break_down(running, FIRST)
    running.faults.set(f"service:{SECOND}", Slow(20))
    process = program.start("reconcile", environ=running.github_environment(), timeout="30")
    until_asked(running, f"service:{SECOND}")
    process.send_signal(number)
    ended = program.finish(process)
    assert ended.code == 1
    assert sum(json.loads(ended.outputs["counts"]).values()) == int(ended.outputs["services"])
    assert running.issues == {}
    running.faults.clear(f"service:{SECOND}")
    assert incidents(reconcile(running, program)) == {UNHEALTHY: "opened"}


def test_the_time_for_looking_is_over(running: Sandbox, program: Program) -> None:
    """Who was not seen is skipped; who was seen broken is told while there is time, and an open incident stays."""
    break_down(running, FIRST, SECOND)
    reconcile(running, program)
    running.faults.set(f"service:{SECOND}", Slow(20))
    ended = reconcile(running, program, deadline="3", timeout="30")
    assert json.loads(ended.outputs["counts"])["skipped"] == 1
    assert the_issue(running)["state"] == "open"
    assert SECOND in the_issue(running)["body"], "nobody says that it recovered"
    assert not any(running.github.comments.values())


def test_the_list_is_cut_short(running: Sandbox, program: Program) -> None:
    """Half a list is no list: the run is red and writes nothing, and nobody recovers by it."""
    break_down(running, FIRST)
    reconcile(running, program)
    before = json.dumps(the_issue(running))
    running.faults.clear()
    running.faults.set("registry", Truncated())
    ended = reconcile(running, program)
    assert (ended.code, ended.levels()["service-list"]) == (1, "error")
    assert json.dumps(the_issue(running)) == before
    running.faults.clear()
    assert incidents(reconcile(running, program)) == {UNHEALTHY: "closed"}


def test_github_lists_half(running: Sandbox, program: Program) -> None:
    """Nothing is guessed from half a list: no second issue, and the red run is the alarm."""
    break_down(running, FIRST)
    reconcile(running, program)
    running.faults.set("github", Only("GET", r"/issues\?", Truncated()))
    ended = reconcile(running, program)
    assert (ended.code, len(running.issues)) == (1, 1)
    running.faults.clear("github")
    assert incidents(reconcile(running, program)) == {UNHEALTHY: "unchanged"}


def test_github_hangs(running: Sandbox, program: Program) -> None:
    """A call that never ends does not outlive the deadline."""
    break_down(running, FIRST)
    running.faults.set("github", Slow(60))
    given: dict[str, str | None] = {**running.github_environment(), **variables({"deadline": "3", "timeout": "60"})}
    ended = program.finish(program.start("reconcile", environ=given), within=15)
    assert (ended.code, incidents(ended)) == (1, {UNHEALTHY: "failed"})
