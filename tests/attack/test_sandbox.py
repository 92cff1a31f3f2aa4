from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

if TYPE_CHECKING:
    from sandbox import Sandbox

HALF_A_PAIR = "\ud800"
DEEP = b'{"a":' * 100_000
LISTINGS = ("/registry/api/services", "/connect/.well-known/chitty.json", "/connect/health")
DEPLOYMENT = {
    "commit": "",
    "branch": "",
    "deployed_at": "2026-01-01T00:00:00Z",
    "workflow_run": "",
    "environment": "production",
}


def send(sandbox: Sandbox, method: str, path: str, document: object) -> httpx2.Response:
    """Send a document, or bytes as they are, with the right secret."""
    environment = sandbox.environment()
    secret = environment["INPUT_REGISTER-TOKEN" if path.startswith("/register") else "INPUT_API-KEY"]
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return httpx2.request(
        method, sandbox.url + path, content=body, headers={"Authorization": f"Bearer {secret}"}, timeout=10
    )


def still_well(sandbox: Sandbox) -> None:
    """Insist that nothing that was sent before breaks an answer now."""
    for path in LISTINGS:
        assert httpx2.get(sandbox.url + path, timeout=10).status_code == 200


@pytest.mark.parametrize(
    "extra",
    [
        {"description": HALF_A_PAIR},
        {HALF_A_PAIR: 1},
        {"note": float("nan")},
        {"note": float("inf")},
        {"endpoints": {"api": f"https://a.example/{HALF_A_PAIR}"}},
    ],
    ids=repr,
)
def test_a_registration_that_cannot_be_listed_is_refused(sandbox: Sandbox, extra: dict[str, Any]) -> None:
    """Python reads it and cannot write it: taken into the registry, it would break every listing from then on."""
    document = {"name": "poison", "capabilities": [], "deployment": DEPLOYMENT, **extra}
    assert send(sandbox, "POST", "/register/api/register", document).status_code in {400, 422}
    still_well(sandbox)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/register/api/register", 400),
        ("PATCH", "/register/api/services/chittyrouter/status", 400),
        ("POST", "/api/api/context/tasks", 500),  # as the deployed worker answers what it cannot read
        ("POST", "/_sandbox/deploy", 400),
        ("POST", "/_sandbox/faults", 400),
    ],
)
@pytest.mark.parametrize("body", [DEEP, b"\xff", b"", b"[]", b'"\\ud800"', b'{"a": NaN}', b"9" * 5000], ids=range(7))
def test_a_body_that_is_no_object_is_refused_in_words(
    sandbox: Sandbox, method: str, path: str, status: int, body: bytes
) -> None:
    """However it is broken; the answer is the documented one, never uvicorn's own."""
    answer = send(sandbox, method, path, body)
    assert answer.status_code == status
    assert isinstance(answer.json(), dict)
    still_well(sandbox)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": []},
        {"fault": {}},
        {"fault": "status", "status": 99_999},
        {"fault": "status", "status": -1},
        {"fault": "status", "status": 500, "retry_after": "a\r\nX-Planted: b"},
        {"fault": "status", "status": 500, "retry_after": "€"},
        {"fault": "redirect", "location": "/a\r\nX-Planted: b"},
        {"fault": "redirect", "location": "€"},
        {"fault": "slow", "seconds": -1},
        {"fault": "slow", "seconds": "NaN"},
        {"fault": "drip", "size": -1},
        {"fault": "huge", "megabytes": -1},
        {"fault": "flapping", "bad": -1, "repeat": True},
        {"fault": "flapping", "bad_answer": {"fault": "flapping"}},
        {"fault": "truncated", "promised": 0},
    ],
    ids=repr,
)
def test_a_fault_that_would_break_the_server_is_refused(sandbox: Sandbox, fault: dict[str, Any]) -> None:
    """A switch is for breaking what the client sees."""
    answer = send(sandbox, "POST", "/_sandbox/faults", {"target": "*", **fault})
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    still_well(sandbox)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_without_a_body_is_answered_without_one(sandbox: Sandbox, status: int) -> None:
    """A body after such a head would be no HTTP."""
    assert send(sandbox, "POST", "/_sandbox/faults", {"target": "*", "fault": "status", "status": status}).is_success
    answer = httpx2.get(f"{sandbox.url}/connect/health", timeout=10)
    assert (answer.status_code, answer.content) == (status, b"")


@pytest.mark.parametrize("name", ["", "a/b", "a?b", "A", "a\n", HALF_A_PAIR, "x" * 64, None, 7])
def test_a_service_without_a_usable_name_is_not_deployed(sandbox: Sandbox, name: object) -> None:
    """Its address would lead nowhere, or elsewhere."""
    assert send(sandbox, "POST", "/_sandbox/deploy", {"name": name}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/api/%0A/api/health", "/connect/health%0A", "/services/%00/health", "/registry/api/services/%ed%a0%80"]
)
def test_an_odd_path_is_not_found(sandbox: Sandbox, path: str) -> None:
    """Control characters and broken UTF-8 included."""
    assert httpx2.get(sandbox.url + path, timeout=10).status_code == 404
