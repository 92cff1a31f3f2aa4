from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from sandbox import Reset

if TYPE_CHECKING:
    from sandbox import Sandbox

    Bearer = dict[str, dict[str, str]]

WRONG = {"Authorization": "Bearer nonsense"}
DOCUMENT: dict[str, Any] = {
    "name": "chittynew",
    "version": "1.2.3",
    "description": 'says "hello"\n::error::',
    "endpoints": {"health": "https://new.chitty.cc/health", "api": "https://new.chitty.cc/api", "mcp": None},
    "capabilities": ["api", "mcp"],
    "deployment": {
        "commit": "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00",
        "branch": "main",
        "deployed_at": "2026-11-22T21:40:30Z",
        "workflow_run": "4711",
        "environment": "production",
    },
}


def test_health_says_ok(client: httpx2.Client) -> None:
    """The hub's health has the fields of the deployed one."""
    document = client.get("/connect/health").json()
    assert (document["status"], document["service"]) == ("ok", "chittyconnect")
    assert {"version", "timestamp"} < set(document)


def test_discovery_has_the_deployed_shape(sandbox: Sandbox, client: httpx2.Client) -> None:
    """The document's top level and its entries are those of the deployed hub."""
    document = client.get("/connect/.well-known/chitty.json").json()
    assert set(document) == {
        *("version", "ecosystem", "updated_at", "endpoints", "capabilities"),
        *("services", "onboarding", "resource_uri_scheme", "context_sync"),
    }
    entry = next(entry for entry in document["services"] if entry["name"] == "chittyrouter")
    assert set(entry) == {"name", "url", "mcp", "direct_mcp", "api", "direct_api", "health", "status"}
    assert entry["health"] == f"{sandbox.url}/services/chittyrouter/health"


def test_the_active_workers_are_there_from_the_start(sandbox: Sandbox, client: httpx2.Client) -> None:
    """Each of the 29 active workers with a domain is registered, listed and healthy; a package is not."""
    names = [row["name"] for row in client.get("/registry/api/services").json()["services"]]
    assert len(names) == len(sandbox.registry) == 29
    assert "chittycore" not in names
    assert all(client.get(f"/services/{name}/health").json()["status"] == "ok" for name in names)


@pytest.mark.parametrize("path", ["/", "/nope", "/connect/nope", "/services/chittynew/health", "/connect/health/"])
def test_an_unknown_path_is_a_plain_404(client: httpx2.Client, path: str) -> None:
    """Outside the registry an unknown path answers text, as the deployed workers do."""
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (404, "404 Not Found")
    assert answer.headers["content-type"].startswith("text/plain")


def test_the_registry_names_the_paths_it_knows(client: httpx2.Client) -> None:
    """An unknown path of the registry and an unknown service are two different answers."""
    assert set(client.get("/registry/api/nope").json()) == {"error", "availableEndpoints"}
    answer = client.get("/registry/api/services/nope")
    assert (answer.status_code, answer.json()) == (404, {"error": "Service not found"})
    assert client.get("/registry/api/services/chittyrouter").json()["name"] == "chittyrouter"


def test_the_registry_takes_no_changes(client: httpx2.Client, bearer: Bearer) -> None:
    """A change is refused before routing without a token, and unknown with one."""
    refused = client.patch("/registry/api/services/chittyrouter/status")
    assert (refused.status_code, refused.json()["code"]) == (401, "READ_ONLY")
    assert client.post("/registry/api/services", headers=bearer["register"]).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "secret"),
    [
        ("GET", "/connect/api/admin/routes", "key"),
        ("POST", "/connect/api/admin/refresh-discovery", "admin"),
        ("POST", "/connect/api/context/tasks", "key"),
        ("POST", "/api/api/context/tasks", "key"),
        ("PATCH", "/api/api/context/tasks/1", "key"),
        ("GET", "/mcp/chittyrouter/mcp/tools/list", "key"),
        ("POST", "/register/api/register", "register"),
        ("PATCH", "/register/api/services/chittyrouter/status", "register"),
    ],
)
def test_only_the_right_secret_opens(
    client: httpx2.Client, bearer: Bearer, method: str, path: str, secret: str
) -> None:
    """No secret, a wrong one and another one's are 401, and the first two say which."""
    answers = [client.request(method, path, headers=headers) for headers in ({}, WRONG)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert [answer.json()["error"].split()[0] for answer in answers] == ["Missing", "Invalid"]
    others = [headers for name, headers in bearer.items() if name != secret]
    assert [client.request(method, path, headers=headers).status_code for headers in others] == [401, 401]
    assert client.request(method, path, headers=bearer[secret]).status_code != 401


def test_the_hub_authenticates_before_it_routes(client: httpx2.Client, bearer: Bearer) -> None:
    """An unknown path of the API is 401 without a key, and only then 404."""
    answer = client.get("/connect/api/nope")
    assert (answer.status_code, answer.json()) == (401, {"error": "Missing API key"})
    assert client.get("/connect/api/nope", headers=bearer["key"]).text == "404 Not Found"


def test_conflicts_are_shown(sandbox: Sandbox, client: httpx2.Client, bearer: Bearer) -> None:
    """What a test puts among the conflicts is what the hub shows."""
    conflict = {"service": "chittyrouter", "route": "router.chitty.cc/*", "claimants": ["a", "b"]}
    sandbox.conflicts.append(conflict)
    assert client.get("/connect/api/admin/routes", headers=bearer["key"]).json()["conflicts"] == [conflict]


def register(client: httpx2.Client, headers: dict[str, str], **changed: object) -> httpx2.Response:
    """Send the registration document with some fields changed."""
    return client.post("/register/api/register", json={**DOCUMENT, **changed}, headers=headers)


def test_a_registration_becomes_a_row(sandbox: Sandbox, client: httpx2.Client, bearer: Bearer) -> None:
    """201 the first time, 200 afterwards, and the row holds what was sent."""
    assert register(client, bearer["register"]).status_code == 201
    assert register(client, bearer["register"], version="1.2.4").status_code == 200
    row = sandbox.registry["chittynew"]
    assert (row["version"], row["status"], row["deployment"]) == ("1.2.4", "pending", DOCUMENT["deployment"])
    assert client.get("/registry/api/services/chittynew").json() == row


def test_the_same_key_and_document_are_answered_once(sandbox: Sandbox, client: httpx2.Client, bearer: Bearer) -> None:
    """A repeated registration gets the first answer word for word and adds nothing."""
    headers = {**bearer["register"], "Idempotency-Key": "chittynew-production-4711-1"}
    first = register(client, headers)
    rows = len(sandbox.registry)
    second = register(client, headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert len(sandbox.registry) == rows


def test_the_same_key_for_another_document_is_a_conflict(client: httpx2.Client, bearer: Bearer) -> None:
    """An idempotency key stands for one document."""
    headers = {**bearer["register"], "Idempotency-Key": "k"}
    register(client, headers)
    answer = register(client, headers, version="9.9.9")
    assert (answer.status_code, answer.json()["success"]) == (409, False)


def test_a_lost_answer_can_be_asked_for_again(sandbox: Sandbox, client: httpx2.Client, bearer: Bearer) -> None:
    """After a reset that followed the effect, the keyed retry hears the original 201."""
    headers = {**bearer["register"], "Idempotency-Key": "k"}
    sandbox.faults.set("register", Reset(after_effect=True))
    with pytest.raises(httpx2.ReadError):
        register(client, headers)
    sandbox.faults.clear()
    assert register(client, headers).status_code == 201


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "../admin"}, "name"),
        ({"name": None}, "name"),
        ({"capabilities": "api"}, "capabilities"),
        ({"endpoints": {"health": "not a URL"}}, "endpoints.health"),
        ({"deployment": {**DOCUMENT["deployment"], "commit": "HEAD"}}, "deployment.commit"),
        (
            {"deployment": {**DOCUMENT["deployment"], "deployed_at": "2026-11-22T21:40:30.417Z"}},
            "deployment.deployed_at",
        ),
    ],
)
def test_a_wrong_document_is_refused_by_field(
    sandbox: Sandbox, client: httpx2.Client, bearer: Bearer, changed: dict[str, object], field: str
) -> None:
    """422 names each wrong field, and nothing was written."""
    before = dict(sandbox.registry)
    answer = register(client, bearer["register"], **changed)
    assert (answer.status_code, answer.json()["success"]) == (422, False)
    assert answer.json()["errors"][0].startswith(f"{field}: ")
    assert sandbox.registry == before


def test_a_body_that_is_no_object_is_refused(client: httpx2.Client, bearer: Bearer) -> None:
    """What is not a JSON object at all is a 400."""
    for body in (b"{", b"[]"):
        answer = client.post("/register/api/register", content=body, headers=bearer["register"])
        assert (answer.status_code, answer.json()["success"]) == (400, False)


def test_the_status_of_a_row_changes(sandbox: Sandbox, client: httpx2.Client, bearer: Bearer) -> None:
    """PATCH writes both fields into a known row, and knows no other."""
    change = {"status": "active", "last_deployed": "2026-11-22T21:40:30Z"}
    path = "/register/api/services/{}/status"
    assert client.patch(path.format("chittyrouter"), json=change, headers=bearer["register"]).status_code == 200
    assert sandbox.registry["chittyrouter"].items() >= change.items()
    assert client.patch(path.format("chittynew"), json=change, headers=bearer["register"]).status_code == 404
    wrong = client.patch(path.format("chittyrouter"), json={"status": "great"}, headers=bearer["register"])
    assert wrong.status_code == 422


def names_in_discovery(client: httpx2.Client) -> set[str]:
    """Give the names that the discovery document lists."""
    return {entry["name"] for entry in client.get("/connect/.well-known/chitty.json").json()["services"]}


def test_discovery_lags_behind_the_registry(sandbox: Sandbox, client: httpx2.Client, bearer: Bearer) -> None:
    """A new service is listed only after the lag; the others are listed all along."""
    sandbox.discovery_lag = 0.3
    register(client, bearer["register"])
    assert "chittyrouter" in (names := names_in_discovery(client))
    assert "chittynew" not in names
    time.sleep(0.35)
    assert "chittynew" in names_in_discovery(client)


def test_a_refresh_ends_the_lag(sandbox: Sandbox, client: httpx2.Client, bearer: Bearer) -> None:
    """The admin's refresh lets discovery catch up at once."""
    sandbox.discovery_lag = 300
    register(client, bearer["register"])
    assert "chittynew" not in names_in_discovery(client)
    client.post("/connect/api/admin/refresh-discovery", headers=bearer["admin"])
    assert "chittynew" in names_in_discovery(client)
