from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox import Flapping
from tests.phases.program import SERVICE, written

if TYPE_CHECKING:
    from sandbox import Sandbox
    from tests.phases.program import Program

FORK = {
    "repository": {"name": SERVICE},
    "pull_request": {
        "head": {"repo": {"full_name": f"stranger/{SERVICE}"}},
        "base": {"repo": {"full_name": f"chittyos/{SERVICE}"}},
    },
}


@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped"])
def test_a_deployment_that_did_not_succeed_is_read_only(program: Program, sandbox: Sandbox, result: str) -> None:
    """An error names the result, nothing is written, and nothing fresh is waited for."""
    sandbox.faults.set(f"service:{SERVICE}", Flapping(bad=1))
    ended = program.run(deployment_result=result, context_sync="always", wait_for_health="30")
    assert (ended.code, written(sandbox), ended.outputs["status"]) == (1, [], "unchanged")
    assert ended.finding("deployment-result")["level"] == "error"
    assert result in ended.finding("deployment-result")["message"]


def test_a_dry_run_writes_nothing(program: Program, sandbox: Sandbox) -> None:
    """And says what it would have done."""
    ended = program.run(dry_run="true", context_sync="always")
    assert (ended.code, written(sandbox)) == (0, [])
    assert (ended.outputs["registered"], ended.outputs["health"], ended.outputs["status"]) == (
        "false",
        "healthy",
        "unchanged",
    )
    assert f"would register {SERVICE}" in ended.summary
    assert f"would mark {SERVICE} active" in ended.summary


@pytest.mark.parametrize(
    ("event", "payload", "held"),
    [
        ("pull_request", FORK, True),
        ("pull_request", {"repository": {"name": SERVICE}, "pull_request": {"head": {"repo": None}}}, True),
        ("pull_request", {}, True),
        ("pull_request_target", {"repository": {"name": SERVICE}}, True),
        (
            "pull_request",
            {
                "repository": {"name": SERVICE},
                "pull_request": {"head": {"repo": {"full_name": "o/r"}}, "base": {"repo": {"full_name": "o/r"}}},
            },
            False,
        ),
        ("push", {"repository": {"name": SERVICE}}, False),
    ],
    ids=["fork", "deleted-fork", "unknown", "target", "own-branch", "push"],
)
def test_what_strangers_can_cause_is_a_dry_run(
    program: Program, sandbox: Sandbox, event: str, payload: object, *, held: bool
) -> None:
    """With one notice that says so."""
    sandbox.registry[SERVICE] = {"name": SERVICE}
    ended = program.run(environ={"GITHUB_EVENT_NAME": event, **program.event(payload)}, context_sync="always")
    assert ended.code == 0
    assert (written(sandbox) == []) is held
    assert ended.levels() == ({"dry-run": "notice"} if held else {})
