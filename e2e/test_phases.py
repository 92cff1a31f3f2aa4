from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import pytest

from e2e.runner import WORKFLOW_TOKEN
from sandbox import Body, Down
from tests.phases.program import SERVICE, registered, written

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from e2e.runner import Step
    from sandbox import Sandbox

    Stop = Callable[[Step, subprocess.Popen[str]], None]

PATIENCE = 30.0


def test_pre_with_a_well_hub(step: Step, sandbox: Sandbox) -> None:
    """The step passes, and the next one gets the discovery document."""
    ended = step.run("pre", service_name="chittyrouter")
    assert (ended.code, ended.stderr, ended.outputs["verdict"], ended.findings) == (0, "", "passed", [])
    assert (ended.outputs["connect-healthy"], ended.outputs["registered"]) == ("true", "true")
    services = json.loads(ended.outputs["discovery"])["services"]
    assert "chittyrouter" in [service["name"] for service in services]
    assert "passed" in ended.summary
    assert written(sandbox) == []


def test_pre_with_the_hub_down(step: Step, sandbox: Sandbox) -> None:
    """The step fails, so that nothing is deployed."""
    sandbox.faults.set("connect.health", Down())
    ended = step.run("pre", service_name="chittyrouter")
    assert (ended.code, ended.outputs["verdict"], ended.outputs["connect-healthy"]) == (1, "failed", "false")
    assert "ChittyConnect is unavailable" in ended.finding("connect-reachable")["message"]
    assert [line for line in ended.commands("error") if "ChittyConnect is unavailable" in line]


def test_post_with_a_well_service(step: Step, sandbox: Sandbox) -> None:
    """It ends registered, with the manifest's version, and active."""
    ended = step.run("post")
    assert (ended.code, ended.stderr, ended.outputs["verdict"]) == (0, "", "passed")
    assert (ended.outputs["registered"], ended.outputs["health"], ended.outputs["status"]) == (
        "true",
        "healthy",
        "active",
    )
    row = registered(sandbox)
    assert (row["version"], row["status"]) == ("1.4.0", "active")


def test_post_with_a_sick_service(step: Step, sandbox: Sandbox) -> None:
    """The step fails, and nobody marks the service active."""
    sandbox.faults.set(f"service:{SERVICE}", Body({"status": "unhealthy"}))
    ended = step.run("post")
    assert (ended.code, ended.outputs["health"], ended.outputs["status"]) == (1, "degraded", "unchanged")
    assert registered(sandbox)["status"] != "active"


def test_bad_inputs(step: Step, sandbox: Sandbox) -> None:
    """All of them are named at once, with exit code 2 and without a request."""
    ended = step.run("pre", service_name="No Such Name", timeout="soon")
    assert (ended.code, ended.outputs["verdict"]) == (2, "failed")
    service_name, timeout = ended.commands("error")
    assert "input service-name is 'No Such Name'" in service_name
    assert "input timeout is 'soon'" in timeout
    assert sandbox.requests == []


def test_no_secret_is_readable(step: Step, sandbox: Sandbox) -> None:
    """Nothing but the mask commands has a token in it, in log, outputs and summary."""
    ended = step.run("post", context_sync="always", log_level="debug")
    masks = ended.commands("add-mask")
    readable = ended.everything
    for mask in masks:
        readable = readable.replace(json.dumps(mask)[1:-1], "").replace(mask, "")
    tokens = [value for name, value in sandbox.environment().items() if name.endswith(("-TOKEN", "-KEY"))]
    for token in (*tokens, WORKFLOW_TOKEN, "made-up-runtime-token"):
        assert any(token in mask for mask in masks)
        assert token not in readable


def _by_docker_stop(step: Step, _client: subprocess.Popen[str]) -> None:
    step.image.engine.docker("stop", "--time", "45", step.name)


def _by_the_runner(_step: Step, client: subprocess.Popen[str]) -> None:
    client.send_signal(signal.SIGINT)  # a cancelled job: the runner signals its docker client, which passes it on


@pytest.mark.parametrize("stopped", [_by_docker_stop, _by_the_runner])
def test_stopped_while_waiting_for_health(step: Step, sandbox: Sandbox, stopped: Stop) -> None:
    """What is known is written, and no kill is needed."""
    sandbox.faults.set(f"service:{SERVICE}", Down())
    client = step.start("post", wait_for_health="120", deadline="200")
    _until_asked(sandbox, f"service:{SERVICE}")
    stopped(step, client)
    ended = step.finish(client)
    assert (ended.code, ended.outputs["verdict"]) == (1, "failed"), "137 would be a kill"
    assert (ended.outputs["registered"], ended.outputs["health"]) == ("true", "down")
    assert "interrupted" in ended.summary


def _until_asked(sandbox: Sandbox, target: str) -> None:
    end = time.monotonic() + PATIENCE
    while target not in [request.target for request in sandbox.requests]:
        assert time.monotonic() < end, f"nobody asked {target}"
        time.sleep(0.05)
