from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import Body, Challenge, Down, Flapping, Redirect, Reset, Status
from tests.phases.program import COMMIT, SERVICE, registered, written

if TYPE_CHECKING:
    from sandbox import Fault, Sandbox
    from tests.phases.program import Program

HEALTHY = "service-healthy"
CONTEXT_AWARE = {"repository": {"name": SERVICE, "topics": ["context-aware"]}}


def test_a_good_deployment(program: Program, sandbox: Sandbox) -> None:
    """Registered, proven and marked active; every output says so."""
    sandbox.registry[SERVICE] = {"name": SERVICE, "status": "pending"}
    program.write("mcp/manifest.json", {})
    ended = program.run(environ=program.event(CONTEXT_AWARE), context_sync="auto")
    assert (ended.code, ended.findings) == (0, [])
    (task_id,) = sandbox.tasks
    assert {name: value for name, value in ended.outputs.items() if name != "findings"} == {
        "verdict": "passed",
        "phase": "post",
        "service-url": f"{sandbox.url}/services/{SERVICE}",
        "registered": "true",
        "health": "healthy",
        "proxied": "true",
        "discovered": "true",
        "context-task-id": task_id,
        "route-conflicts": "0",
        "mcp-tools": "2",
        "status": "active",
    }


def test_what_is_registered(program: Program, sandbox: Sandbox) -> None:
    """The document of interface section 5, with an idempotency key of this run."""
    program.run(capabilities="api, mcp,events")
    (request,) = [request for request in sandbox.requests if request.target == "register"]
    document, url = request.document, f"{sandbox.url}/services/{SERVICE}"
    deployed_at = document["deployment"].pop("deployed_at")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", deployed_at)
    assert document == {
        "name": SERVICE,
        "version": "1.4.0",
        "description": "A demonstration",
        "endpoints": {"health": f"{url}/health", "api": f"{url}/api", "mcp": f"{url}/mcp"},
        "capabilities": ["api", "mcp", "events"],
        "deployment": {"commit": COMMIT, "branch": "main", "workflow_run": "4711", "environment": "production"},
    }
    assert request.headers["idempotency-key"] == f"{SERVICE}-production-4711-1"
    assert registered(sandbox)["status"] == "active"
    assert registered(sandbox)["last_deployed"] == deployed_at


@pytest.mark.parametrize(
    "payload",
    [{"check_run": {"head_sha": "a" * 40}}, {"deployment": {"sha": "a" * 40}}],
    ids=["check_run", "deployment"],
)
def test_the_commit_is_the_events(program: Program, sandbox: Sandbox, payload: dict[str, Any]) -> None:
    """What was deployed, not what the workflow was started on."""
    program.run(environ=program.event({"repository": {"name": SERVICE}, **payload}))
    assert registered(sandbox)["deployment"]["commit"] == "a" * 40


def test_the_order_of_writes_is_fixed(program: Program, sandbox: Sandbox) -> None:
    """Registration, then the context task, then the status."""
    program.run(context_sync="always")
    assert written(sandbox) == [
        ("POST", "register"),
        ("POST", "api.tasks"),
        ("PATCH", "api.tasks"),
        ("PATCH", "register.status"),
    ]


def test_retries_repeat_the_same_registration(program: Program, sandbox: Sandbox) -> None:
    """Body and key are identical, so that the second arrival changes nothing."""
    sandbox.faults.set("register", Flapping(bad=2, bad_answer=Status(503, retry_after=0)))
    ended = program.run(retries="3")
    sent = [request for request in sandbox.requests if request.target == "register"]
    assert (ended.code, ended.outputs["registered"], ended.outputs["status"]) == (0, "true", "active")
    assert len({(request.body, request.headers["idempotency-key"]) for request in sent}) == 1


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Down(), "down"),
        (Reset(), "down"),
        (Status(404), "missing"),
        (Status(418), "degraded"),
        (Body({"status": "starting"}), "degraded"),
        (Redirect("https://elsewhere.example/"), "redirected"),
    ],
    ids=str,
)
def test_an_unhealthy_service_is_an_error(program: Program, sandbox: Sandbox, fault: Fault, seen: str) -> None:
    """It is registered all the same, and its status is left alone."""
    sandbox.faults.set(f"service:{SERVICE}", fault)
    ended = program.run()
    assert (ended.code, ended.outputs["health"], ended.outputs["status"]) == (1, seen, "unchanged")
    assert ended.levels()[HEALTHY] == "error"
    assert registered(sandbox)["status"] == "pending"


@pytest.mark.parametrize(("level", "code"), [("warning", 0), ("error", 1)])
def test_a_blocked_look(program: Program, sandbox: Sandbox, level: str, code: int) -> None:
    """The level is the user's choice; without having seen it healthy the status is left alone."""
    sandbox.faults.set(f"service:{SERVICE}", Challenge())
    ended = program.run(on_blocked=level, wait_for_health="30")
    assert (ended.code, ended.outputs["health"], ended.outputs["status"]) == (code, "blocked", "unchanged")
    assert ended.levels()[HEALTHY] == level


def test_a_private_address_from_a_file_is_unprobeable(program: Program, sandbox: Sandbox) -> None:
    """Nothing is connected to: an error about the address, named with its source."""
    program.write(".chittyconnect.yml", "service:\n  domains:\n    production: http://127.0.0.1:1\n")
    public = {f"INPUT_{name}-URL": "https://hub.invalid" for name in ("CONNECT", "REGISTRY", "REGISTER", "API", "MCP")}
    environ = {**public, "INPUT_ALLOW-PRIVATE-HOSTS": "false", "INPUT_SERVICE-URL-TEMPLATE": "https://{name}.invalid"}
    ended = program.run(environ=environ, deadline="5")
    assert (ended.code, ended.outputs["health"], ended.outputs["service-url"]) == (1, "unprobeable", "")
    assert ".chittyconnect.yml" in ended.finding(HEALTHY)["message"]
    assert sandbox.requests == []


def test_a_service_that_comes_up_late_is_waited_for(program: Program, sandbox: Sandbox) -> None:
    """Within `wait-for-health`."""
    sandbox.faults.set(f"service:{SERVICE}", Flapping(bad=1))
    ended = program.run(wait_for_health="10")
    assert (ended.code, ended.outputs["health"], ended.outputs["status"]) == (0, "healthy", "active")


def test_a_service_that_stays_down_is_not_waited_for_longer(program: Program, sandbox: Sandbox) -> None:
    """The report says how often was looked."""
    sandbox.faults.set(f"service:{SERVICE}", Down())
    ended = program.run(wait_for_health="1")
    assert (ended.code, ended.outputs["health"]) == (1, "down")
    assert re.search(r"after \d looks", ended.finding(HEALTHY)["message"])


def test_a_health_condition_is_heeded(program: Program, sandbox: Sandbox) -> None:
    """For the service and through the proxy."""
    sandbox.faults.set(f"service:{SERVICE}", Body({"status": "weird", "up": 1}))
    ended = program.run(health_condition=".up == 1")
    assert (ended.code, ended.outputs["health"], ended.outputs["proxied"]) == (0, "healthy", "true")


def test_every_token_goes_where_it_may(program: Program, sandbox: Sandbox) -> None:
    """Looking at every request that arrived: interface, section 8."""
    program.write("mcp/manifest.json", {})
    ended = program.run(environ=program.event(CONTEXT_AWARE), fail_on="never")
    tokens = {value: name for name, value in sandbox.environment().items() if name.endswith(("-TOKEN", "-KEY"))}
    allowed = {
        "register": "INPUT_REGISTER-TOKEN",
        "register.status": "INPUT_REGISTER-TOKEN",
        "api.tasks": "INPUT_API-KEY",
        "connect.routes": "INPUT_API-KEY",
        "mcp": "INPUT_API-KEY",
    }
    assert ended.outputs["status"] == "active"
    seen = {request.target: request.headers.get("authorization") for request in sandbox.requests}
    for request in sandbox.requests:
        sent = request.headers.get("authorization")
        expected = allowed.get(request.target or "")
        assert (tokens[sent.removeprefix("Bearer ")] if sent else None) == expected, request.target
    assert set(allowed) <= set(seen)
