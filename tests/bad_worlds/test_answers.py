"""The other side misbehaves: each run ends in one sentence, in time, with the right exit code."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from sandbox import Body, Drip, Garbage, Huge, Redirect, Reset, Slow, Status, Truncated
from tests.bad_worlds.wire import WireServer, answer
from tests.phases.program import SERVICE

if TYPE_CHECKING:
    from sandbox import Fault, Sandbox
    from tests.phases.program import Program

FAULTS = [
    (Huge(50), "a body over 16 MiB"),
    (Truncated(), "the body was cut short"),
    (Drip(seconds=1), "not a whole one within 0.5 s"),
    (Slow(20), "not a whole one within 0.5 s"),
    (Reset(), "gave no answer: the connection was closed"),
    (Garbage(), "HTML instead of JSON"),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[type(fault).__name__ for fault, _ in FAULTS])
@pytest.mark.parametrize(
    ("target", "check"), [("connect.health", "connect-reachable"), ("connect.discovery", "discovery-readable")]
)
def test_a_bad_hub(  # noqa: PLR0913, PLR0917 - a table of faults and places
    program: Program, sandbox: Sandbox, fault: Fault, words: str, target: str, check: str
) -> None:
    """One error that says what was seen."""
    sandbox.faults.set(target, fault)
    began = time.monotonic()
    ended = program.run("pre", service_name="chittyrouter", timeout="0.5")
    assert time.monotonic() - began < 3
    assert (ended.code, ended.levels()) == (1, {check: "error"})
    assert words in ended.finding(check)["message"]


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[type(fault).__name__ for fault, _ in FAULTS])
def test_a_bad_service(program: Program, sandbox: Sandbox, fault: Fault, words: str) -> None:
    """It is down, and the deployment is not marked active."""
    sandbox.faults.set(f"service:{SERVICE}", fault)
    ended = program.run(timeout="0.5")
    assert (ended.code, ended.outputs["health"], ended.outputs["status"]) == (1, "down", "unchanged")
    assert words in ended.finding("service-healthy")["message"]


@pytest.mark.parametrize("fault", [fault for fault, _ in FAULTS], ids=[type(fault).__name__ for fault, _ in FAULTS])
def test_a_world_that_is_bad_everywhere(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """Nothing works, and every check and change says so in its own sentence."""
    program.write("mcp/manifest.json", {})
    sandbox.faults.set("*", fault)
    began = time.monotonic()
    ended = program.run(
        timeout="0.5", context_sync="always", service_url=f"{sandbox.url}/services/{SERVICE}", fail_on="error"
    )
    assert time.monotonic() - began < 10
    assert ended.code == 1
    assert {finding["check"] for finding in ended.findings} >= {
        *([] if fault == Garbage() else ["registration"]),  # a write is judged by its status alone
        "service-healthy",
        "proxy-reachable",
        "listed-in-discovery",
        "routes-unconflicted",
        "mcp-tools-listed",
        "context-sync",
    }


def test_a_large_discovery_document_is_dropped_from_the_outputs(program: Program, sandbox: Sandbox) -> None:
    """It was read; only the output would not fit, and a warning says where to find it."""
    services = [{"name": f"service-{number}", "url": "https://x.example/" + "y" * 80} for number in range(40_000)]
    sandbox.faults.set("connect.discovery", Body({"services": services}))
    ended = program.run("pre", service_name="chittyrouter")
    assert (ended.code, ended.outputs["verdict"], ended.outputs["discovery"]) == (0, "warned", "")
    assert "output discovery is empty" in ended.finding("outputs")["message"]


def test_a_redirect_to_another_host_is_not_followed(program: Program, sandbox: Sandbox) -> None:
    """Nor is any credential sent there, whoever redirects."""
    with WireServer() as stranger:
        for target in ("*", f"service:{SERVICE}"):
            sandbox.faults.set(target, Redirect(f"http://127.0.0.1:{stranger.port}/"))
        program.write("mcp/manifest.json", {})
        ended = program.run(context_sync="always", service_url=f"{sandbox.url}/services/{SERVICE}")
        assert stranger.connections == 0
    assert (ended.code, ended.outputs["health"]) == (1, "redirected")
    assert str(stranger.port) in ended.finding("service-healthy")["message"]


def test_tokens_that_come_back_are_not_told(program: Program, sandbox: Sandbox) -> None:
    """A debug page that shows the request's headers, everywhere a credential is sent."""
    tokens = [value for name, value in sandbox.environment().items() if name.endswith(("-TOKEN", "-KEY"))]
    program.write("mcp/manifest.json", {})
    for target in ("register", "register.status", "api.tasks", "connect.routes", "mcp"):
        sandbox.faults.set(target, Status(500, body={"headers": {"authorization": [f"Bearer {t}" for t in tokens]}}))
    ended = program.run(context_sync="always", log_level="debug")
    assert ended.code == 0
    assert "***" in ended.finding("registration")["message"]


def test_a_document_nobody_expected(program: Program, sandbox: Sandbox) -> None:
    """Other types where texts are expected: no check trips over them."""
    odd = {"services": [None, 7, {"name": 7}, {"name": SERVICE, "url": 7, "health": []}], "updated_at": {}}
    sandbox.faults.set("connect.discovery", Body(odd))
    sandbox.conflicts.extend([{"service": SERVICE}, {"service": SERVICE, "claimants": {"a": [1]}, "route": []}])
    ended = program.run()
    assert (ended.code, ended.outputs["discovered"], ended.outputs["route-conflicts"]) == (0, "true", "2")


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"a":' * 100_000, "{" + '"a":1,' * 100_000, '"' + "\\u0000" * 1000 + '"']
)
def test_json_made_to_break_parsers(program: Program, body: str) -> None:
    """Nesting and repetition end in the same sentence as any other broken document."""
    said = answer(body.encode(), "Content-Type: application/json")
    with WireServer(said) as server:
        ended = program.run("pre", service_name="chittyrouter", connect_url=f"http://127.0.0.1:{server.port}")
    assert ended.code == 1
    assert ended.finding("discovery-readable")["level"] == "error"


def test_a_health_condition_that_never_ends(program: Program) -> None:
    """Each look is cut off, and the run goes on."""
    ended = program.run("pre", service_name="chittyrouter", health_condition="def f: f; f")
    assert ended.code == 1
    assert "health-condition failed: it took more than 3 s" in ended.finding("connect-reachable")["message"]


def test_private_names_are_not_connected_to(program: Program, sandbox: Sandbox) -> None:
    """`localhost` resolves to this machine: the hub's own address is refused as an input, a file's is unprobeable."""
    url = sandbox.url.replace("127.0.0.1", "localhost").replace("http:", "https:")
    public = {f"INPUT_{name}-URL": "https://hub.invalid" for name in ("CONNECT", "REGISTRY", "REGISTER", "API", "MCP")}
    environ = {**public, "INPUT_ALLOW-PRIVATE-HOSTS": None, "INPUT_SERVICE-URL-TEMPLATE": None}
    program.write("wrangler.json", {"routes": [{"pattern": url, "custom_domain": True}]})
    ended = program.run(environ=environ, timeout="0.5", deadline="10")
    assert (ended.code, ended.outputs["health"], sandbox.requests) == (1, "unprobeable", [])

    ended = program.run(environ={**environ, "INPUT_SERVICE-URL": url})
    assert (ended.code, sandbox.requests) == (2, [])
    assert "allow-private-hosts" in json.dumps(ended.findings)


def test_a_header_outside_of_ascii_is_no_outage(program: Program) -> None:
    """A service may name itself as it likes; only what we read of the headers matters."""
    named = answer(b'{"status": "ok"}', "X-Served-By: café", "Content-Type: application/json")
    with WireServer(named) as server:
        ended = program.run(service_url=f"http://127.0.0.1:{server.port}")

    assert ended.outputs["health"] == "healthy"


def test_a_redirect_outside_of_ascii_is_a_redirect(program: Program) -> None:
    """Where to cannot be read, and is not needed."""
    with WireServer(answer(b"", "Location: /café", status="302 Found")) as server:
        ended = program.run(service_url=f"http://127.0.0.1:{server.port}")

    assert ended.outputs["health"] == "redirected"


def test_a_token_that_comes_back_in_json_is_blanked_out(program: Program) -> None:
    """PHP and others escape slashes."""
    refusal = answer(b'{"error":"bad token abc\\/def+ghi=0123"}', status="500 Bad")
    with WireServer(refusal) as server:
        token, url = "abc/def+ghi=0123", f"http://127.0.0.1:{server.port}"
        ended = program.run(register_token=token, register_url=url, runner=False, retries="0")

    assert "def+ghi=0123" not in ended.everything


def test_a_discovery_document_with_an_impossible_number_is_not_handed_on(program: Program) -> None:
    """What cannot be written as JSON again is no output."""
    with WireServer(answer(b'{"services":[],"n":1e999}', "Content-Type: application/json")) as server:
        ended = program.run("pre", connect_url=f"http://127.0.0.1:{server.port}")

    assert ended.outputs["discovery"] == ""
    assert "Number out of range" in ended.finding("discovery-readable")["message"]


def test_lost_certificates_of_the_host_are_no_outage(program: Program) -> None:
    """A job's SSL_CERT_FILE is a path of the host, which the container does not have."""
    lost = {"SSL_CERT_FILE": "/not/in/the/container.pem"}
    process = program.start("pre", environ=lost, service_name="chittyrouter")
    told, _ = process.communicate(timeout=20)

    assert process.returncode == 0
    assert "SSL_CERT_FILE names /not/in/the/container.pem, which is not there" in told
