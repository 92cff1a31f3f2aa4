from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Flapping, Sandbox, Slow
from sandbox.openapi import description

if TYPE_CHECKING:
    Bearer = dict[str, dict[str, str]]

ROOT = Path(__file__).parents[2]


def test_every_request_is_recorded_with_its_answer(sandbox: Sandbox, client: httpx2.Client) -> None:
    """Tests can assert what was sent where: also a credential on the proxy, where none belongs."""
    client.get("/api/chittyrouter/api/health?x=1", headers={"Authorization": "Bearer leaked"})
    client.post("/register/api/register", json={"a": 1})
    proxied, refused = sandbox.requests
    assert (proxied.method, proxied.path, proxied.query, proxied.target, proxied.status) == (
        *("GET", "/api/chittyrouter/api/health", "x=1", "api.proxy"),
        200,
    )
    assert proxied.headers["authorization"] == "Bearer leaked"
    assert (refused.document, refused.status) == ({"a": 1}, 401)
    assert refused.at >= proxied.at


def test_reset_starts_over_at_the_same_address(sandbox: Sandbox, client: httpx2.Client) -> None:
    """State and faults are gone, address and tokens stay."""
    environment, services = sandbox.environment(), set(sandbox.registry)
    sandbox.deploy("chittynew")
    sandbox.registry["chittynew"] = {"name": "chittynew"}
    sandbox.conflicts.append({"service": "chittynew"})
    sandbox.discovery_lag = 5
    sandbox.faults.set("*", Slow(30))
    sandbox.reset()
    assert client.get("/services/chittynew/health").status_code == 404
    assert (set(sandbox.registry), sandbox.conflicts, sandbox.discovery_lag) == (services, [], 0)
    assert sandbox.environment() == environment


def test_several_run_at_once() -> None:
    """Each sandbox has an address, tokens and state of its own, and is up in well under a second."""
    began = time.monotonic()
    with Sandbox() as one, Sandbox() as other:
        assert time.monotonic() - began < 1
        one.deploy("chittynew")
        path = "/services/chittynew/health"
        assert httpx2.get(one.url + path, trust_env=False).status_code == 200
        assert httpx2.get(other.url + path, trust_env=False).status_code == 404
        assert not set(one.environment().values()) & set(other.environment().values()) - {"true"}


def test_stopping_waits_for_no_slow_answer() -> None:
    """An answer that is still under way is given up when the sandbox stops, and the port is free again."""
    with Sandbox() as sandbox:
        sandbox.faults.set("connect.health", Slow(30))
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.get(f"{sandbox.url}/connect/health", timeout=0.1, trust_env=False)
        began = time.monotonic()
    assert time.monotonic() - began < 2
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(sandbox.url, trust_env=False)


def test_a_taken_port_is_an_error() -> None:
    """Two sandboxes cannot share a port."""
    with Sandbox() as sandbox, pytest.raises(OSError, match="in use"):
        Sandbox(int(sandbox.url.rpartition(":")[2]))


def test_the_switches_work_over_http(sandbox: Sandbox, client: httpx2.Client) -> None:
    """Whoever runs the sandbox as a process can deploy, break, mend and reset it; none of it is recorded."""
    assert client.post("/_sandbox/deploy", json={"name": "chittynew", "version": "3.0.0"}).status_code == 200
    assert client.get("/services/chittynew/health").json()["version"] == "3.0.0"
    fault = {"target": "*", "fault": "status", "status": 418}
    assert client.post("/_sandbox/faults", json=fault).status_code == 200
    assert client.get("/connect/health").status_code == 418
    assert client.delete("/_sandbox/faults", params={"target": "*"}).status_code == 200
    assert client.get("/connect/health").status_code == 200
    assert len(sandbox.requests) == 3
    assert client.post("/_sandbox/reset").status_code == 200
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_sandbox/deploy", {}),
        ("/_sandbox/faults", []),
        ("/_sandbox/faults", {"target": "nowhere", "fault": "down"}),
        ("/_sandbox/faults", {"target": "*", "fault": "tired"}),
    ],
)
def test_a_wrong_switch_says_so(client: httpx2.Client, path: str, body: object) -> None:
    """A switch that cannot be turned is a 400 with a sentence."""
    answer = client.post(path, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


@given(bad=st.integers(1, 4), repeat=st.booleans(), asked=st.integers(1, 20))
def test_flapping_counts(*, bad: int, repeat: bool, asked: int) -> None:
    """Bad answers come first and together; with `repeat` one good one comes between two runs of them."""
    answers = [Flapping(bad=bad, repeat=repeat).is_bad(earlier) for earlier in range(asked)]
    cycle = [True] * bad + [False]
    expected = cycle * asked if repeat else cycle + [False] * asked
    assert answers == expected[:asked]


def test_the_description_covers_the_api(sandbox: Sandbox, client: httpx2.Client) -> None:
    """Every described path answers something other than the 404 of an unknown path."""
    document = client.get("/_sandbox/openapi.json").json()
    assert document == description(sandbox.url)
    for path, item in document["paths"].items():
        for method in set(item) - {"parameters"}:
            answer = client.request(method, path.format(name="chittyrouter", task_id="1"))
            assert answer.text != "404 Not Found", path
            assert str(answer.status_code) in item[method]["responses"], path


def test_it_runs_in_the_foreground() -> None:
    """`python -m sandbox` prints exports that a shell can take, serves, and ends well on SIGTERM."""
    command = [sys.executable, "-m", "sandbox", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own program, no shell
        assert process.stdout is not None
        exported: dict[str, str] = {}
        for line in process.stdout:
            if found := re.fullmatch(r"export (INPUT_[A-Z_]+)='?([^' ]+)'?\n", line):
                exported[found[1]] = found[2]
            if line.startswith("# curl -X DELETE"):
                break
        assert httpx2.get(f"{exported['INPUT_CONNECT_URL']}/health", trust_env=False).status_code == 200
        assert exported["INPUT_SERVICE_URL_TEMPLATE"].endswith("/services/{name}")
        assert exported["INPUT_CLOUDFLARE_API_URL"].endswith("/cloudflare/client/v4")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_taken_port_ends_in_a_sentence() -> None:
    """In the foreground a taken port is one line and exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "sandbox", "--port", port]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603  # same
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"port {port} of 127.0.0.1 cannot be used")
