"""What a deployment leaves on the data branch, through the whole program."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from sandbox import Down, Garbage, Reset, Slow, Status
from sandbox.github_faults import AfterEffect, Only
from tests.phases.program import COMMIT, SERVICE, written
from tests.phases.remembering import (
    BRANCH,
    OPERATIONS,
    OWN,
    asked_github,
    deployments,
    files,
    memory,
    post,
    remembering,
)

if TYPE_CHECKING:
    from sandbox import Fault, Sandbox
    from tests.phases.program import Program

MOVE = r"/git/refs"


def test_a_deployment_is_one_line(program: Program, sandbox: Sandbox) -> None:
    """Service, version, commit, environment, actor, run, verdict and durations, in the file of its month."""
    began = int(time.time()) - 90
    ended = post(program, started_at=str(began))
    (path,) = files(sandbox)
    assert path == f"deployments/{datetime.now(UTC):%Y-%m}.jsonl"
    (line,) = deployments(sandbox)
    expected = {
        "service": SERVICE,
        "version": "1.4.0",
        "commit": COMMIT,
        "branch": "main",
        "environment": "production",
        "actor": "octocat",
        "run": "4711",
        "repository": OWN,
        "registered": True,
        "health": "healthy",
        "discovered": True,
        "verdict": ended.outputs["verdict"],
    }
    assert {name: line[name] for name in expected} == expected
    assert "url" not in line, "it follows from repository and run"
    assert 0 < line["durations"]["post"] < 60
    assert 90 <= line["durations"]["deployment"] < 150


def test_without_its_beginning_only_the_phase_has_a_duration(program: Program, sandbox: Sandbox) -> None:
    """What is not known is left out."""
    post(program)
    assert set(deployments(sandbox)[0]["durations"]) == {"post"}


def test_each_attempt_is_a_line(program: Program, sandbox: Sandbox) -> None:
    """Of one service in one file, in their order."""
    post(program)
    post(program)
    assert [one.get("attempt", "1") for one in deployments(sandbox)] == ["1", "2"]


@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped"])
def test_a_deployment_that_failed_leaves_a_line_and_nothing_else(
    program: Program, sandbox: Sandbox, result: str
) -> None:
    """The line is our own note; ChittyOS is not written to."""
    ended = post(program, deployment_result=result)
    (line,) = deployments(sandbox)
    assert (ended.code, line["result"], line["verdict"]) == (1, result, "failed")
    assert {target for _, target in written(sandbox)} == {"github"}
    assert list(files(sandbox)) == [f"deployments/{datetime.now(UTC):%Y-%m}.jsonl"]


def test_a_dry_run_leaves_nothing(program: Program, sandbox: Sandbox) -> None:
    """GitHub is not even asked."""
    ended = post(program, dry_run="true")
    assert (ended.code, asked_github(sandbox), files(sandbox)) == (0, [], {})


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
def test_a_forks_pull_request_leaves_nothing(program: Program, sandbox: Sandbox, event: str) -> None:
    """Strangers write no history."""
    program.run("post", environ={**remembering(sandbox), "GITHUB_EVENT_NAME": event})
    assert (asked_github(sandbox), files(sandbox)) == ([], {})


def test_without_a_branch_github_is_not_asked(program: Program, sandbox: Sandbox) -> None:
    """A token alone is no wish to remember."""
    ended = program.run("post", environ=sandbox.github_environment(), service_name=SERVICE)
    assert (ended.code, asked_github(sandbox)) == (0, [])


def test_pre_does_not_ask_github(program: Program, sandbox: Sandbox) -> None:
    """It has nothing to remember."""
    program.run("pre", environ=remembering(sandbox))
    assert asked_github(sandbox) == []


@pytest.mark.parametrize(
    "fault", [Down(), Garbage(), Reset(), Status(401), Status(403), Status(404), Status(500)], ids=str
)
def test_memory_never_makes_a_deployment_red(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """One warning that names the thing, the cause and the cure; the deployment stays good."""
    sandbox.faults.set("github", fault)
    ended = post(program)
    assert (ended.code, ended.outputs["verdict"], ended.outputs["status"]) == (0, "warned", "active")
    assert f"this deployment of {SERVICE} is not recorded: " in memory(ended)["message"]
    assert ended.levels() == {"memory": "warning"}


def test_a_write_that_is_lost_with_the_record_is_named(program: Program, sandbox: Sandbox) -> None:
    """Nobody shall wait for a registration that nothing will deliver."""
    sandbox.faults.set("register", Down())
    sandbox.faults.set("github", Only("POST", "/git/", Status(500)))
    ended = post(program)
    told = memory(ended)["message"]
    assert "is not recorded, and nothing will deliver its registration and status later: " in told


@pytest.mark.parametrize("fault", [Down(), Reset(), AfterEffect(Status(500)), Reset(after_effect=True)], ids=str)
def test_a_fault_before_or_after_the_branch_moved_costs_nothing(
    program: Program, sandbox: Sandbox, fault: Fault
) -> None:
    """The run reads again what became of it: one line, and no warning."""
    sandbox.faults.set("github", Only("POST|PATCH", MOVE, fault, times=1))
    post(program, retries="1")
    sandbox.faults.set("github", Only("POST|PATCH", MOVE, fault, times=1))
    ended = post(program, retries="1")
    assert (ended.code, ended.outputs["verdict"], len(deployments(sandbox))) == (0, "passed", 2)
    assert len(sandbox.github.repositories[OPERATIONS].messages(BRANCH)) == 2


def test_a_github_that_hangs_does_not_outlive_the_deadline(program: Program, sandbox: Sandbox) -> None:
    """The service is registered all the same, and the phase ends in time."""
    sandbox.faults.set("github", Slow(60))
    began = time.monotonic()
    ended = post(program, deadline="4", timeout="60")
    assert time.monotonic() - began < 10
    assert (ended.code, ended.outputs["registered"], ended.outputs["status"]) == (0, "true", "active")
    assert ended.levels() == {"memory": "warning"}
