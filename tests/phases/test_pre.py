from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox import Body, Challenge, Down, Flapping, Garbage, Redirect, Reset, Sandbox, Status, Truncated
from tests.phases.program import SERVICE

if TYPE_CHECKING:
    from sandbox import Fault
    from tests.phases.program import Program

HUB, DISCOVERY, REGISTERED = "connect-reachable", "discovery-readable", "service-registered"


def test_a_well_hub_passes(program: Program, sandbox: Sandbox) -> None:
    """Everything answers; the discovery document is handed on, and nothing is written."""
    ended = program.run("pre", service_name="chittyrouter")
    assert (ended.code, ended.outputs["verdict"], ended.findings) == (0, "passed", [])
    assert (ended.outputs["connect-healthy"], ended.outputs["registered"]) == ("true", "true")
    document = json.loads(ended.outputs["discovery"])
    assert "chittyrouter" in [service["name"] for service in document["services"]]
    assert "\n" not in ended.outputs["discovery"]
    assert {request.method for request in sandbox.requests} == {"GET"}
    assert all("authorization" not in request.headers for request in sandbox.requests), "pre sends no credential"


def test_a_new_service_is_a_notice(program: Program) -> None:
    """It will be registered after the deployment."""
    ended = program.run("pre")
    assert (ended.code, ended.outputs["verdict"], ended.outputs["registered"]) == (0, "passed", "false")
    assert ended.levels() == {REGISTERED: "notice"}
    assert "will register it after the deployment" in ended.finding(REGISTERED)["message"]


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Down(), "down"),
        (Reset(), "down"),
        (Truncated(), "down"),
        (Garbage(), "down"),
        (Status(404), "missing"),
        (Status(410), "missing"),
        (Status(405), "degraded"),
        (Status(501), "down"),
        (Status(418), "degraded"),
        (Body({"status": "degraded"}), "degraded"),
        (Body({"data": {"status": "failing"}}), "degraded"),
        (Redirect("https://elsewhere.example/"), "redirected"),
    ],
    ids=str,
)
def test_a_sick_hub_aborts_the_deployment(program: Program, sandbox: Sandbox, fault: Fault, seen: str) -> None:
    """Whatever it is that is not healthy, and never "not offered"."""
    sandbox.faults.set("connect.health", fault)
    ended = program.run("pre", service_name="chittyrouter")
    assert (ended.code, ended.outputs["connect-healthy"]) == (1, "false")
    assert ended.levels() == {HUB: "error"}
    assert ended.finding(HUB)["message"].startswith("ChittyConnect is unavailable, deployment aborted")
    assert f"is {seen} " in ended.finding(HUB)["message"]


@pytest.mark.parametrize(
    "fault",
    [
        Challenge(),
        Status(401),
        Status(403),
        Status(429),
        Redirect("https://team.cloudflareaccess.com/cdn-cgi/access/login"),
    ],
    ids=str,
)
@pytest.mark.parametrize(("level", "code"), [("warning", 0), ("error", 1)])
def test_a_blocked_runner(program: Program, sandbox: Sandbox, fault: Fault, level: str, code: int) -> None:
    """The level is the user's choice, for both gates; the health of the hub is then unknown."""
    sandbox.faults.set("connect.health", fault)
    sandbox.faults.set("connect.discovery", fault)
    ended = program.run("pre", service_name="chittyrouter", on_blocked=level)
    assert (ended.code, ended.outputs["connect-healthy"], ended.outputs["discovery"]) == (code, "unknown", "")
    assert ended.levels() == {HUB: level, DISCOVERY: level}
    assert "ChittyConnect did not let this runner look" in ended.finding(HUB)["message"]
    assert "WAF" in ended.finding(HUB)["hint"]


@pytest.mark.parametrize(
    "fault",
    [
        Down(),
        Status(404),
        Status(405),
        Status(501),
        Garbage(),
        Truncated(),
        Body([]),
        Body("text"),
        Body({"services": {}}),
        Redirect("https://elsewhere.example/"),
    ],
    ids=str,
)
def test_an_unreadable_discovery_document_is_an_error(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """A gate is never "not offered"."""
    sandbox.faults.set("connect.discovery", fault)
    ended = program.run("pre", service_name="chittyrouter")
    assert (ended.code, ended.outputs["discovery"], ended.outputs["connect-healthy"]) == (1, "", "true")
    assert ended.levels() == {DISCOVERY: "error"}


@pytest.mark.parametrize("fault", [Challenge(), Status(401), Status(403)], ids=str)
def test_a_protected_registry_is_a_notice(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """No source answers, so it is unknown; nobody is paged for what this runner is not meant to see."""
    sandbox.faults.set("registry", fault)
    ended = program.run("pre", service_name="chittyrouter")
    assert (ended.code, ended.outputs["verdict"], ended.outputs["registered"]) == (0, "passed", "unknown")
    assert ended.levels() == {REGISTERED: "notice"}


@pytest.mark.parametrize("fault", [Down(), Reset(), Garbage(), Status(429), Body([])], ids=str)
def test_a_registry_that_cannot_be_asked_is_a_warning(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """The deployment goes on, and nobody claims that the service is or is not registered."""
    sandbox.faults.set("registry", fault)
    ended = program.run("pre", service_name="chittyrouter")
    assert (ended.code, ended.outputs["verdict"], ended.outputs["registered"]) == (0, "warned", "unknown")
    assert ended.levels() == {REGISTERED: "warning"}


@pytest.mark.parametrize(
    "fault",
    [Status(404, body={"error": "Endpoint not found", "availableEndpoints": []}), Status(405), Status(501)],
    ids=str,
)
def test_a_registry_without_that_path_is_a_notice(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """The body says that the path is unknown, not the service."""
    sandbox.faults.set("registry", fault)
    ended = program.run("pre", service_name="chittyrouter")
    assert (ended.code, ended.outputs["verdict"], ended.outputs["registered"]) == (0, "passed", "unknown")
    assert "not offered by 127.0.0.1" in ended.finding(REGISTERED)["message"]


def test_a_short_outage_is_survived(program: Program, sandbox: Sandbox) -> None:
    """Transient failures are tried again."""
    for target in ("connect.health", "connect.discovery", "registry"):
        sandbox.faults.set(target, Flapping(bad=2, bad_answer=Status(503, retry_after=0)))
    ended = program.run("pre", service_name="chittyrouter", retries="2")
    assert (ended.code, ended.findings) == (0, [])


@pytest.mark.parametrize(
    ("condition", "code"),
    [('.status == "weird"', 0), (".status", 0), (".missing", 1), ("false", 1), ('error("no")', 1), ("empty", 1)],
)
def test_a_health_condition_replaces_the_words(program: Program, sandbox: Sandbox, condition: str, code: int) -> None:
    """Truthy is healthy; falsy, an error and no output are degraded."""
    sandbox.faults.set("connect.health", Body({"status": "weird"}))
    ended = program.run("pre", service_name="chittyrouter", health_condition=condition)
    assert ended.code == code
    assert ended.outputs["connect-healthy"] == ("false" if code else "true")


def test_a_health_condition_leaves_the_classes_alone(program: Program, sandbox: Sandbox) -> None:
    """A 503 is down whatever its body says."""
    sandbox.faults.set("connect.health", Status(503, body={"status": "ok"}))
    ended = program.run("pre", service_name="chittyrouter", health_condition="true")
    assert "is down " in ended.finding(HUB)["message"]


@pytest.mark.parametrize(
    ("fail_on", "code", "verdict"), [("error", 1, "failed"), ("warning", 1, "failed"), ("never", 0, "warned")]
)
def test_fail_on_decides_about_an_error(
    program: Program, sandbox: Sandbox, fail_on: str, code: int, verdict: str
) -> None:
    """An error that is let pass is still told."""
    sandbox.faults.set("connect.health", Down())
    ended = program.run("pre", service_name="chittyrouter", fail_on=fail_on)
    assert (ended.code, ended.outputs["verdict"]) == (code, verdict)
    assert ended.levels() == {HUB: "error"}


@pytest.mark.parametrize(
    ("fail_on", "code", "verdict"), [("error", 0, "warned"), ("warning", 1, "failed"), ("never", 0, "warned")]
)
def test_fail_on_decides_about_a_warning(
    program: Program, sandbox: Sandbox, fail_on: str, code: int, verdict: str
) -> None:
    """A warning fails only who asks for that."""
    sandbox.faults.set("registry", Down())
    ended = program.run("pre", service_name="chittyrouter", fail_on=fail_on)
    assert (ended.code, ended.outputs["verdict"]) == (code, verdict)


@pytest.mark.parametrize(
    ("repository", "payload", "name"),
    [
        ("chittyos/chittydemo", None, SERVICE),
        ("chittyos/other", {"repository": {"name": "Chitty_Demo"}}, "chitty-demo"),
        ("chittyos/Chitty.Demo", {"repository": {}}, "chitty-demo"),
    ],
)
def test_the_name_comes_from_the_event(
    program: Program, sandbox: Sandbox, repository: str, payload: object, name: str
) -> None:
    """The payload goes before the variable; dots and underscores become hyphens."""
    environ = {"GITHUB_REPOSITORY": repository, **(program.event(payload) if payload else {})}
    program.run("pre", environ=environ)
    assert f"/registry/api/services/{name}" in [request.path for request in sandbox.requests]


@pytest.mark.parametrize(
    ("row", "registered"),
    [
        ({"name": "chittyrouter"}, "true"),
        ({"id": 7}, "true"),
        ({"success": False, "error": "no"}, "unknown"),
        ({"name": "another"}, "unknown"),
        ([], "unknown"),
    ],
    ids=str,
)
def test_a_row_of_the_registry_is_the_services_own(
    program: Program, sandbox: Sandbox, row: object, registered: str
) -> None:
    """Whatever else answers 200 proves nothing."""
    sandbox.faults.set("registry", Body(row))
    ended = program.run("pre", service_name="chittyrouter")

    assert (ended.code, ended.outputs["registered"]) == (0, registered)
    assert ("service-registered" in ended.levels()) is (registered == "unknown")
