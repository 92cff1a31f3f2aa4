from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox import Body, Down, Flapping, Reset, Status, WrongToken
from tests.phases.program import COMMIT, SERVICE, registered, stays_good, written

if TYPE_CHECKING:
    from sandbox import Fault, Sandbox
    from tests.phases.program import Program


@pytest.mark.parametrize("fault", [Down(), Reset(), Status(422), Status(500), Status(429), WrongToken()], ids=str)
def test_a_failed_registration_is_a_warning(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """The deployment stays good, and the rest of the phase runs."""
    sandbox.faults.set("register", fault)
    ended = program.run()
    stays_good(ended, "registration")
    assert ended.outputs["registered"] == "false"
    assert SERVICE not in sandbox.registry
    unknown = isinstance(fault, Down | Reset) or fault == Status(500)
    known = "its registration is not confirmed" if unknown else "not registered"
    assert f"is deployed but {known}" in ended.finding("registration")["message"]


def test_without_a_token_the_registration_is_sent_bare(program: Program, sandbox: Sandbox) -> None:
    """The registry says 401, and the hint names the input."""
    ended = program.run(register_token="")
    stays_good(ended, "registration")
    (request,) = [request for request in sandbox.requests if request.target == "register"]
    assert "authorization" not in request.headers
    assert "register-token" in ended.finding("registration")["hint"]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_registration_that_is_not_offered_is_a_notice(program: Program, sandbox: Sandbox, status: int) -> None:
    """A host without that path is no outage."""
    sandbox.faults.set("register", Status(status))
    ended = program.run()
    assert (ended.code, ended.outputs["registered"]) == (0, "false")
    assert ended.levels()["registration"] == "notice"
    assert "not offered by 127.0.0.1" in ended.finding("registration")["message"]


def test_a_registration_file_is_sent(program: Program, sandbox: Sandbox) -> None:
    """As it is, but with this run's deployment."""
    document = {"name": SERVICE, "version": "9.9.9", "capabilities": ["api"], "owner": "team", "deployment": {"old": 1}}
    program.write("register.json", document)
    ended = program.run(registration_file="register.json")
    row = registered(sandbox)
    assert (ended.code, row["version"], row["owner"]) == (0, "9.9.9", "team")
    assert row["deployment"]["commit"] == COMMIT
    assert "old" not in row["deployment"]


def test_another_services_registration_file_is_a_bad_input(program: Program, sandbox: Sandbox) -> None:
    """Nothing is asked of anybody."""
    program.write("register.json", {"name": "chittyother"})
    ended = program.run(registration_file="register.json")
    assert (ended.code, sandbox.requests) == (2, [])
    assert "registers 'chittyother'" in ended.findings[0]["message"]


@pytest.mark.parametrize(
    ("asked", "topics", "tasks"),
    [
        ("auto", ["context-aware"], 1),
        ("auto", ["other"], 0),
        ("auto", None, 0),
        ("always", [], 1),
        ("never", ["context-aware"], 0),
    ],
)
def test_when_context_is_exercised(
    program: Program, sandbox: Sandbox, asked: str, topics: list[str] | None, tasks: int
) -> None:
    """By the input, and for `auto` by the topic that the event names."""
    payload = {"repository": {"name": SERVICE, **({} if topics is None else {"topics": topics})}}
    ended = program.run(environ=program.event(payload), context_sync=asked)
    assert (ended.code, len(sandbox.tasks)) == (0, tasks)
    assert bool(ended.outputs["context-task-id"]) is bool(tasks)


def test_the_task_is_created_and_completed(program: Program, sandbox: Sandbox) -> None:
    """With what a person needs to recognise it."""
    program.run(context_sync="always")
    (task,) = sandbox.tasks.values()
    assert (task["title"], task["task_type"]) == (f"Deployment test: {SERVICE}", "background_job")
    assert task["metadata"] == {"service": SERVICE, "commit": COMMIT, "workflow_run": "4711"}
    assert (task["status"], task["result"]) == ("completed", {"integration_test": "passed"})


def test_context_without_a_key_is_skipped(program: Program, sandbox: Sandbox) -> None:
    """Asked for and impossible: a notice that names the input."""
    ended = program.run(context_sync="always", api_key="")
    assert (ended.code, sandbox.tasks, ended.outputs["context-task-id"]) == (0, {}, "")
    assert ended.finding("context-sync")["level"] == "notice"
    assert "api-key" in ended.finding("context-sync")["hint"]


@pytest.mark.parametrize("fault", [Down(), WrongToken(), Body({"ok": True}), Body([])], ids=str)
def test_a_task_that_cannot_be_created_is_a_warning(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """And the status is set all the same."""
    sandbox.faults.set("api.tasks", fault)
    ended = program.run(context_sync="always")
    stays_good(ended, "context-sync")
    assert (ended.outputs["context-task-id"], ended.outputs["status"]) == ("", "active")


def test_a_task_is_not_created_twice(program: Program, sandbox: Sandbox) -> None:
    """An answer that was bad may have had its effect: only silence is tried again."""
    sandbox.faults.set("api.tasks", Status(500))
    program.run(context_sync="always", retries="3")
    assert written(sandbox).count(("POST", "api.tasks")) == 1


def test_a_task_that_cannot_be_completed_is_named(program: Program, sandbox: Sandbox) -> None:
    """So that a person can complete it."""
    sandbox.faults.set("api.tasks", Flapping(bad=1, bad_answer=Body({"ok": True, "task_id": "task-that-is-lost"})))
    ended = program.run(context_sync="always")
    stays_good(ended, "context-sync")
    assert ended.outputs["context-task-id"] == "task-that-is-lost"
    assert "task-that-is-lost" in ended.finding("context-sync")["message"]
    assert "task-that-is-lost" in ended.finding("context-sync")["hint"]


def test_a_hostile_task_id_cannot_lead_elsewhere(program: Program, sandbox: Sandbox) -> None:
    """It would become a part of an address that the key is sent to."""
    sandbox.faults.set("api.tasks", Body({"ok": True, "task_id": "../../admin/routes?x="}))
    ended = program.run(context_sync="always")
    stays_good(ended, "context-sync")
    assert written(sandbox).count(("PATCH", "api.tasks")) == 0
    assert ended.outputs["context-task-id"] == ""


@pytest.mark.parametrize("fault", [Down(), WrongToken(), Status(422)], ids=str)
def test_a_status_that_cannot_be_set_is_a_warning(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """The service is well and registered."""
    sandbox.faults.set("register.status", fault)
    ended = program.run()
    stays_good(ended, "status")
    assert ended.outputs["status"] == "unchanged"


def test_a_status_without_a_registration_is_a_warning(program: Program, sandbox: Sandbox) -> None:
    """The 404 names the service, so it is not "not offered"."""
    sandbox.faults.set("register", Down())
    ended = program.run()
    assert ended.levels()["status"] == "warning"
    assert f"{SERVICE} is not registered" in ended.finding("status")["message"]


def test_a_status_that_is_not_offered_is_a_notice(program: Program, sandbox: Sandbox) -> None:
    """The path itself is unknown to the host."""
    sandbox.faults.set("register.status", Status(404, body={"error": "Endpoint not found"}))
    ended = program.run()
    assert (ended.code, ended.outputs["status"]) == (0, "unchanged")
    assert ended.levels() == {"status": "notice"}
