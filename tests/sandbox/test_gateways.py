from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sandbox import Down, Flapping, Slow

if TYPE_CHECKING:
    import httpx2

    from sandbox import Sandbox

    Bearer = dict[str, dict[str, str]]


def test_the_proxy_answers_what_the_service_answers(sandbox: Sandbox, client: httpx2.Client) -> None:
    """Direct and proxied health are one document; a stranger is 404, and a row without a deployment is 502."""
    sandbox.deploy("chittynew", version="2.0.0", commit="c0ffee0")
    proxied = client.get("/api/chittynew/api/health")
    assert proxied.json() == client.get("/services/chittynew/health").json()
    assert (proxied.json()["version"], proxied.json()["commit"]) == ("2.0.0", "c0ffee0")
    assert client.get("/api/stranger/api/health").status_code == 404
    sandbox.registry["chittygone"] = {"name": "chittygone"}
    assert client.get("/api/chittygone/api/health").status_code == 502


def test_the_proxy_shares_its_services_troubles(sandbox: Sandbox, client: httpx2.Client) -> None:
    """A service that is down is a 502 at the gateway, a slow one is slow there too."""
    sandbox.faults.set("service:chittyrouter", Down())
    answer = client.get("/api/chittyrouter/api/health")
    assert (answer.status_code, answer.json()["error"]) == (502, "proxy_failed")
    sandbox.faults.set("service:chittyrouter", Slow(0.1))
    began = time.monotonic()
    assert client.get("/api/chittyrouter/api/health").status_code == 200
    assert time.monotonic() - began >= 0.1


def test_a_fault_of_everything_strikes_the_proxy_once(sandbox: Sandbox, client: httpx2.Client) -> None:
    """The proxied service adds no second helping of what is already wrong everywhere."""
    sandbox.faults.set("*", Flapping(bad=1, repeat=True))
    statuses = [client.get("/api/chittyrouter/api/health").status_code for _ in range(4)]
    assert statuses == [503, 200, 503, 200]


def test_mcp_tools_are_listed(sandbox: Sandbox, client: httpx2.Client, bearer: Bearer) -> None:
    """A deployed service lists the tools it was deployed with, another is 404."""
    sandbox.deploy("chittynew", tools=("ask",))
    tools = client.get("/mcp/chittynew/mcp/tools/list", headers=bearer["key"]).json()["tools"]
    assert [set(tool) for tool in tools] == [{"name", "description", "inputSchema"}]
    assert client.get("/mcp/stranger/mcp/tools/list", headers=bearer["key"]).status_code == 404


@pytest.mark.parametrize("prefix", ["/connect", "/api"])
def test_a_task_is_created_and_completed(sandbox: Sandbox, client: httpx2.Client, bearer: Bearer, prefix: str) -> None:
    """Answers have the recorded shapes (200, not 201), and the task has changed."""
    created = client.post(f"{prefix}/api/context/tasks", json={"title": "t"}, headers=bearer["key"])
    assert (created.status_code, set(created.json())) == (200, {"ok", "task_id", "created_at"})
    change = {"status": "completed", "result": {"integration_test": "passed"}}
    path = f"{prefix}/api/context/tasks/{created.json()['task_id']}"
    updated = client.patch(path, json=change, headers=bearer["key"])
    assert (updated.status_code, set(updated.json())) == (200, {"ok", "updated_at"})
    (task,) = sandbox.tasks.values()
    assert task.items() >= {"title": "t", "task_type": "user_request", **change}.items()


@pytest.mark.parametrize(
    ("body", "status", "document"),
    [
        ({}, 400, {"error": "title required"}),
        ({"title": "t", "priority": "huge"}, 500, {"error": "creation_failed"}),
        ([], 500, {"error": "creation_failed"}),
    ],
)
def test_a_wrong_task_fails_as_recorded(
    client: httpx2.Client, bearer: Bearer, body: object, status: int, document: dict[str, str]
) -> None:
    """Creation refuses in the words of the deployed hub."""
    answer = client.post("/api/api/context/tasks", json=body, headers=bearer["key"])
    assert (answer.status_code, answer.json()["error"]) == (status, document["error"])


@pytest.mark.parametrize(
    ("body", "status", "document"),
    [
        ({}, 400, {"error": "no valid fields to update"}),
        (
            {"status": "done"},
            500,
            {
                "error": "update_failed",
                "message": "D1_ERROR: CHECK constraint failed: status IN ('pending', 'in_progress', 'completed', "
                "'failed', 'cancelled'): SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_CHECK)",
            },
        ),
    ],
)
def test_a_wrong_change_fails_as_recorded(
    client: httpx2.Client, bearer: Bearer, body: object, status: int, document: dict[str, str]
) -> None:
    """A change of a known task refuses in the words of the deployed hub."""
    task_id = client.post("/api/api/context/tasks", json={"title": "t"}, headers=bearer["key"]).json()["task_id"]
    answer = client.patch(f"/api/api/context/tasks/{task_id}", json=body, headers=bearer["key"])
    assert (answer.status_code, answer.json()) == (status, document)


def test_an_unknown_task_is_a_404(client: httpx2.Client, bearer: Bearer) -> None:
    """The id that a missing `task_id` turns into is unknown like any other."""
    answer = client.patch("/api/api/context/tasks/null", json={"status": "completed"}, headers=bearer["key"])
    assert (answer.status_code, answer.json()) == (404, {"error": "task_not_found"})
