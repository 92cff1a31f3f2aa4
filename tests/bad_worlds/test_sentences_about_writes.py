from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox import Redirect, Status
from sandbox.faults import Fault, _discard
from tests.phases.program import SERVICE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sandbox import Sandbox
    from tests.phases.program import Program


class LostAnswer(Fault):
    """The work was done, and a gateway answers in the place of the one who did it."""

    kind = "lost-answer"

    def __init__(self, status: int) -> None:
        """Take the status that the gateway answers."""
        self.status = status

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Do the work, then answer badly."""
        await honest(scope, receive, _discard)
        await Status(self.status).answer(honest, scope, receive, send)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_in_between_does_not_know_what_was_done(program: Program, sandbox: Sandbox, status: int) -> None:
    """The service IS registered, so "not registered" is a false claim; 504 says by itself that nobody knows."""
    sandbox.faults.set("register", LostAnswer(status))
    ended = program.run()
    assert SERVICE in sandbox.registry
    assert "not registered" not in ended.finding("registration")["message"]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_task_behind_a_gateway_may_exist(program: Program, sandbox: Sandbox, status: int) -> None:
    """The task WAS created, and the warning must say that it may be there."""
    sandbox.faults.set("api.tasks", LostAnswer(status))
    ended = program.run(context_sync="always")
    assert len(sandbox.tasks) == 1
    assert "it may exist all the same" in ended.finding("context-sync")["message"]


def test_a_creation_that_was_not_retried_does_not_speak_of_retries(program: Program, sandbox: Sandbox) -> None:
    """429 on the task's creation is never retried (interface, section 9), so "after the retries" is false."""
    sandbox.faults.set("api.tasks", Status(429, retry_after=0))
    ended = program.run(context_sync="always", retries="2")
    assert [r.method for r in sandbox.requests if r.target == "api.tasks"] == ["POST"]
    assert "after the retries" not in ended.finding("context-sync")["message"]


def test_a_wait_that_was_not_begun_is_not_called_a_retry(program: Program, sandbox: Sandbox) -> None:
    """Retry-After is beyond the deadline, so there was one try; the sentence should say what was asked for."""
    sandbox.faults.set("connect.health", Status(429, retry_after=3600))
    ended = program.run("pre", service_name="chittyrouter", retries="3")
    assert len([r for r in sandbox.requests if r.target == "connect.health"]) == 1
    assert "after the retries" not in ended.finding("connect-reachable")["message"]


def test_a_redirected_write_says_so(program: Program, sandbox: Sandbox) -> None:
    """Waiting for the host to be well cures nothing: the address is wrong, and the answer says where to."""
    sandbox.faults.set("register", Redirect("https://elsewhere.example/api/register", 308))
    found = program.run().finding("registration")
    assert "elsewhere.example" in found["message"]
    assert "once the host is well" not in found["hint"]
