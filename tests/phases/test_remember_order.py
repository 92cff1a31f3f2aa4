"""A write of an older deployment never lands after that of a newer one, and runs at once lose nothing."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox import Drip, Slow, Status
from sandbox.github_faults import Only
from tests.phases.program import SERVICE, Program, registered
from tests.phases.remembering import (
    OPERATIONS,
    WAITING,
    WAITING_STATUS,
    claimed,
    deployments,
    fail,
    memory,
    outbox,
    outbox_told,
    post,
    reconcile,
    remembering,
    sent,
)
from tests.phases.test_signals import PATIENCE, until_asked

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox import Sandbox


def runs_of(sandbox: Sandbox) -> list[str]:
    """Name the runs whose registrations arrived, in order."""
    return [one.document["deployment"]["workflow_run"] for one in sent(sandbox, "register")]


def asked(sandbox: Sandbox, target: str) -> int:
    """Count what was asked of a part of ChittyOS."""
    return sum(one.target == target for one in sandbox.requests)


def until_asked_again(sandbox: Sandbox, target: str, before: int) -> None:
    """Wait until there is another request than those before."""
    end = time.monotonic() + PATIENCE
    while asked(sandbox, target) <= before:
        assert time.monotonic() < end, f"nobody asked {target} again"
        time.sleep(0.01)


def test_a_deployment_waits_while_an_older_one_is_being_delivered(
    program: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Reconcile has claimed and is sending: the newer registration goes out after the older one, and stays."""
    fail(program, sandbox)
    (tmp_path / "sweep").mkdir()
    sweeping = Program(tmp_path / "sweep", sandbox)
    sandbox.requests.clear()
    sandbox.faults.set("register", Only("POST", ".", Slow(2), times=1))
    environ = {**remembering(sandbox, "4800"), "GITHUB_REPOSITORY": OPERATIONS}
    process = sweeping.start("reconcile", environ=environ, deadline="60", timeout="20")
    until_asked(sandbox, "register", "POST")
    ended = post(program, "4710", deadline="60")
    swept = sweeping.finish(process)
    assert (ended.code, swept.code) == (0, 0)
    assert runs_of(sandbox) == ["4700", "4710"]
    assert (registered(sandbox)["deployment"]["workflow_run"], outbox(sandbox)) == ("4710", {})


def test_a_claim_that_does_not_end_leaves_the_registration_to_a_later_run(program: Program, sandbox: Sandbox) -> None:
    """The run says so instead of waiting until its deadline, and instead of being overtaken; nothing is lost."""
    fail(program, sandbox)
    claimed(sandbox, WAITING, "4801/1")
    ended = post(program, "4710", deadline="5")
    assert (ended.code, ended.outputs["health"], ended.outputs["registered"]) == (0, "healthy", "false")
    assert "run 4801/1 is still delivering the registration of an older deployment" in memory(ended)["message"]
    assert runs_of(sandbox) == ["4700"]
    kept = outbox(sandbox)
    assert (kept[WAITING]["run"], kept[WAITING_STATUS]["run"]) == ("4710", "4710")
    reconcile(program, "4802")
    assert runs_of(sandbox) == ["4700", "4710"]
    assert (registered(sandbox)["status"], outbox(sandbox)) == ("active", {})


def test_a_claim_that_is_over_holds_nobody_up(program: Program, sandbox: Sandbox) -> None:
    """Its run has ended, whatever became of it."""
    fail(program, sandbox)
    claimed(sandbox, WAITING, "4801/1", timedelta(seconds=-1))
    assert post(program, "4710").outputs["registered"] == "true"
    assert outbox(sandbox) == {}


def test_what_another_run_delivers_is_left_to_it(program: Program, sandbox: Sandbox) -> None:
    """A second reconcile skips the entry and says who has it."""
    fail(program, sandbox)
    claimed(sandbox, WAITING, "4801/1")
    ended = reconcile(program, "4802")
    assert runs_of(sandbox) == ["4700"]
    assert "not delivered: run 4801/1 is delivering it" in [one["seen"] for one in outbox_told(ended)]


def test_a_deployment_takes_the_place_of_what_waits_before_it_registers(program: Program, sandbox: Sandbox) -> None:
    """So nobody delivers the older one while the newer one is under way; if that fails, it is what waits."""
    fail(program, sandbox)
    sandbox.faults.set("register", Only("POST", ".", Drip()))
    process = program.start("post", environ=remembering(sandbox, "4710"), deadline="60", timeout="40")
    until_asked_again(sandbox, "register", 1)
    entry = outbox(sandbox)[WAITING]
    by = f"4710/2 of {SERVICE} (production)"
    assert (entry["run"], entry["claimed_by"]) == ("4710", by)
    assert outbox(sandbox)[WAITING_STATUS]["claimed_by"] == by
    process.kill()
    process.communicate()


def test_a_run_that_is_killed_after_it_registered(program: Program, sandbox: Sandbox) -> None:
    """The older registration is gone, and the newer one is delivered again, with its key, once its claim is over.

    The older status stays: the run that was to supersede it has proven nothing.
    """
    fail(program, sandbox)
    sandbox.faults.set(f"service:{SERVICE}", Slow(30))
    before = asked(sandbox, f"service:{SERVICE}")
    process = program.start("post", environ=remembering(sandbox, "4710"), deadline="60", timeout="40")
    until_asked_again(sandbox, f"service:{SERVICE}", before)
    process.kill()
    process.communicate()
    sandbox.faults.clear()
    assert outbox(sandbox)[WAITING]["run"] == "4710"
    assert reconcile(program, "4800").code == 0
    assert runs_of(sandbox) == ["4700", "4710"], "its run may still live"
    claimed(sandbox, WAITING, f"4710/2 of {SERVICE} (production)", timedelta(seconds=-1))
    reconcile(program, "4801")
    assert runs_of(sandbox) == ["4700", "4710", "4710"]
    first, second = sent(sandbox, "register")[1:]
    assert (first.body, first.headers["idempotency-key"]) == (second.body, second.headers["idempotency-key"])
    assert registered(sandbox)["deployment"]["workflow_run"] == "4710"
    assert {path: entry["run"] for path, entry in outbox(sandbox).items()} == {WAITING_STATUS: "4700"}


def test_a_branch_that_cannot_be_read_does_not_stop_a_deployment(program: Program, sandbox: Sandbox) -> None:
    """What waits is unknown then, and told."""
    fail(program, sandbox)
    sandbox.faults.set("github", Only("GET", "/git/blobs/", Status(500), times=1))
    ended = post(program, "4710")
    assert (ended.code, ended.outputs["registered"]) == (0, "true")
    assert f"what waits for {SERVICE} is unknown: " in memory(ended)["message"]
    assert (len(deployments(sandbox)), outbox(sandbox)) == (2, {})
