from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox import Body, Challenge, Down, Garbage, Redirect, Status, WrongToken
from tests.phases.program import SERVICE, registered, stays_good

if TYPE_CHECKING:
    from sandbox import Fault, Sandbox
    from tests.phases.program import Program

HEALTHY = "service-healthy"
PROXY = "proxy-reachable"
LISTED = "listed-in-discovery"
ROUTES = "routes-unconflicted"


@pytest.mark.parametrize(
    ("fault", "proxied", "level"),
    [
        (Status(404), "unknown", "notice"),
        (Status(405), "unknown", "notice"),
        (Status(501), "unknown", "notice"),
        (Status(401), "unknown", "notice"),
        (Challenge(), "unknown", "notice"),
        (Down(), "false", "warning"),
        (Body({"status": "degraded"}), "false", "warning"),
        (Redirect("https://elsewhere.example/"), "false", "warning"),
    ],
    ids=str,
)
def test_the_proxy(program: Program, sandbox: Sandbox, fault: Fault, proxied: str, level: str) -> None:
    """Not offered and blocked are notices, anything else that is not healthy is a warning."""
    sandbox.registry[SERVICE] = {"name": SERVICE}
    sandbox.faults.set("api.proxy", fault)
    ended = program.run()
    assert (ended.code, ended.outputs["proxied"]) == (0, proxied)
    assert ended.levels() == {PROXY: level}


def test_discovery_that_does_not_list_the_service_is_a_warning(program: Program, sandbox: Sandbox) -> None:
    """It was registered before, so the cache is no excuse."""
    sandbox.registry[SERVICE] = {"name": SERVICE}
    sandbox.faults.set("connect.discovery", Body({"services": []}))
    ended = program.run()
    stays_good(ended, LISTED)
    assert ended.outputs["discovered"] == "false"


def test_a_newly_registered_service_may_be_missing_in_discovery(program: Program, sandbox: Sandbox) -> None:
    """Its cache lives five minutes: a notice."""
    sandbox.discovery_lag = 60
    ended = program.run()
    assert (ended.code, ended.outputs["verdict"], ended.outputs["discovered"]) == (0, "passed", "false")
    assert ended.levels() == {LISTED: "notice"}


def test_discovery_can_be_waited_for(program: Program, sandbox: Sandbox) -> None:
    """Within `wait-for-discovery`."""
    sandbox.discovery_lag = 0.5
    ended = program.run(wait_for_discovery="10")
    assert (ended.code, ended.outputs["discovered"], ended.findings) == (0, "true", [])


@pytest.mark.parametrize(
    ("fault", "level"), [(Down(), "warning"), (Status(403), "warning"), (Status(404), "notice")], ids=str
)
def test_discovery_that_cannot_be_read(program: Program, sandbox: Sandbox, fault: Fault, level: str) -> None:
    """A warning; not offered is a notice."""
    sandbox.faults.set("connect.discovery", fault)
    ended = program.run()
    assert (ended.code, ended.outputs["discovered"]) == (0, "false")
    assert ended.levels() == {LISTED: level}


def test_a_route_conflict_names_both_claimants(program: Program, sandbox: Sandbox) -> None:
    """One warning each, only for this service, whatever fields the entry has."""
    sandbox.conflicts.extend(
        [
            {"service": SERVICE, "route": "demo.chitty.cc/*", "claimants": [SERVICE, "chittyold"]},
            {"service": SERVICE, "pattern": "x.chitty.cc/*", "conflicts_with": "chittyelse"},
            {"service": "chittyother", "route": "other.chitty.cc/*", "workers": ["a", "b"]},
        ]
    )
    ended = program.run()
    stays_good(ended, ROUTES)
    assert ended.outputs["route-conflicts"] == "2"
    told = " ".join(finding["message"] for finding in ended.findings)
    assert f"the route demo.chitty.cc/* is claimed by {SERVICE} and chittyold" in told
    assert f"the route x.chitty.cc/* is claimed by {SERVICE} and chittyelse" in told
    assert "other.chitty.cc" not in told


@pytest.mark.parametrize(
    ("fault", "level"),
    [(Status(404), "notice"), (WrongToken(), "notice"), (Down(), "warning"), (Body({}), "warning")],
    ids=str,
)
def test_unknown_conflicts_are_never_none(program: Program, sandbox: Sandbox, fault: Fault, level: str) -> None:
    """What could not be read is `unknown`."""
    sandbox.faults.set("connect.routes", fault)
    ended = program.run()
    assert (ended.code, ended.outputs["route-conflicts"]) == (0, "unknown")
    assert ended.levels() == {ROUTES: level}


def test_mcp_tools_are_only_asked_for_with_a_manifest(program: Program, sandbox: Sandbox) -> None:
    """Without `mcp/manifest.json` the check is skipped and the output empty."""
    ended = program.run()
    assert ended.outputs["mcp-tools"] == ""
    assert "mcp" not in [request.target for request in sandbox.requests]


@pytest.mark.parametrize("fault", [Down(), Status(404), WrongToken(), Body({"tools": []}), Body({})], ids=str)
def test_no_mcp_tools_is_a_warning(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """Unreadable or empty."""
    program.write("mcp/manifest.json", {})
    sandbox.faults.set("mcp", fault)
    ended = program.run()
    stays_good(ended, "mcp-tools-listed")
    assert ended.outputs["mcp-tools"] == ("0" if fault == Body({"tools": []}) else "")


def test_staging_leaves_the_status_alone(program: Program, sandbox: Sandbox) -> None:
    """It belongs to production; a notice says so."""
    ended = program.run(environment="staging", service_url=f"{sandbox.url}/services/{SERVICE}")
    assert (ended.code, ended.outputs["health"], ended.outputs["status"]) == (0, "healthy", "unchanged")
    assert ended.levels() == {"status": "notice"}
    assert registered(sandbox)["deployment"]["environment"] == "staging"


def test_staging_without_an_address_is_skipped(program: Program, sandbox: Sandbox) -> None:
    """Production's address must not stand in for it: a warning asks for `service-url`."""
    ended = program.run(environment="staging", environ={"INPUT_SERVICE-URL-TEMPLATE": None})
    assert (ended.code, ended.outputs["health"], ended.outputs["service-url"]) == (0, "skipped", "")
    assert ended.levels()[HEALTHY] == "warning"
    assert "service-url" in ended.finding(HEALTHY)["hint"]
    assert not [request for request in sandbox.requests if request.target == f"service:{SERVICE}"]


def test_a_service_without_http(program: Program, sandbox: Sandbox) -> None:
    """Its looks are skipped, and it is registered without endpoints."""
    ended = program.run(service_url="none")
    assert (ended.code, ended.outputs["health"], ended.outputs["proxied"]) == (0, "skipped", "unknown")
    assert (ended.outputs["service-url"], ended.outputs["status"], ended.outputs["registered"]) == (
        "",
        "unchanged",
        "true",
    )
    assert registered(sandbox)["endpoints"] == {}


def test_a_monorepo(program: Program, sandbox: Sandbox) -> None:
    """Everything is read in the service's own folder."""
    sandbox.deploy("chittyother")
    program.write("services/demo/package.json", {"version": "7.0.0", "description": "Below"})
    program.write(
        "services/demo/.chittyconnect.yml",
        f"service:\n  domains:\n    production: {sandbox.url}/services/chittyother\n"
        "monitoring:\n  health:\n    endpoint: /health\n",
    )
    program.write("services/demo/mcp/manifest.json", {})
    ended = program.run(working_directory="services/demo")
    assert (ended.code, registered(sandbox)["version"], ended.outputs["mcp-tools"]) == (0, "7.0.0", "2")
    assert ended.outputs["service-url"] == f"{sandbox.url}/services/chittyother"


def test_a_broken_manifest_is_a_warning(program: Program, sandbox: Sandbox) -> None:
    """Registration goes on with what is known."""
    program.write("package.json", "{")
    ended = program.run()
    assert (ended.code, ended.outputs["registered"]) == (0, "true")
    assert ended.levels() == {"workspace": "warning"}
    assert "version" not in json.loads(
        next(request.body for request in sandbox.requests if request.target == "register")
    )


def test_a_sick_service_is_no_fault_of_the_proxy(program: Program, sandbox: Sandbox) -> None:
    """Where the gateway hands on what the service says, the cure is at the service; where it cannot, at the gateway."""
    sandbox.faults.set(f"service:{SERVICE}", Garbage())
    handed_on = program.run().finding("proxy-reachable")["hint"]
    sandbox.faults.set("api.proxy", Down())
    broken = program.run().finding("proxy-reachable")["hint"]

    assert handed_on == "the proxy works: see what the service itself says"
    assert broken.startswith("have the gateway route /chittydemo/api/*")
