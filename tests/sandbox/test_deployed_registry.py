from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from sandbox import Down

if TYPE_CHECKING:
    import httpx2

    from sandbox import Sandbox

    Bearer = dict[str, dict[str, str]]

pytestmark = pytest.mark.usefixtures("deployed")

TOOLS = "/registry/api/v1/tools"
SEEDED = {
    *("id", "did", "name", "description", "version", "hostname", "url", "endpoints", "category"),
    *("security", "status", "health", "registered_at"),
}


def rows(client: httpx2.Client) -> dict[str, dict[str, Any]]:
    """Give the rows by name."""
    return {row["name"]: row for row in client.get(TOOLS).json()["tools"]}


def test_two_forms_of_row_live_together(deployed: Sandbox, client: httpx2.Client) -> None:
    """Some rows were written by the worker, some seeded in bulk; together they are the services of the design."""
    listed = client.get(TOOLS).json()
    assert listed["count"] == len(listed["tools"]) == len(deployed.registry) == 29
    seeded = [row for row in listed["tools"] if "chitty_id" not in row]
    assert len(seeded) == 7
    assert all(set(row) == SEEDED for row in seeded)
    assert rows(client)["chittyscore"]["id"] == "did:chitty:foundation:chittyscore"


def test_the_endpoints_of_a_written_row_answer(client: httpx2.Client) -> None:
    """They are absolute, and lead to the service under its sub-domain label."""
    row = rows(client)["chittybeacon"]
    assert (row["metadata"]["domain"], row["health"], row["status"]) == ("beacon.cloudeto.com", "unknown", "active")
    assert [client.get(endpoint).json()["service"] for endpoint in row["endpoints"]] == ["chittybeacon"] * 2
    assert row["endpoints"][0].endswith("/services/beacon/health")


def test_the_endpoints_of_a_seeded_row_are_relative(client: httpx2.Client) -> None:
    """Only together with the row's own address do they lead anywhere."""
    row = rows(client)["chittyscore"]
    assert (row["hostname"], row["status"], row["health"]) == ("score.chitty.cc", None, None)
    assert client.get(row["url"] + row["endpoints"]["health"]).json()["service"] == "chittyscore"


def test_a_row_is_found_by_its_id_alone(client: httpx2.Client) -> None:
    """Of either form; a name is the id of nothing."""
    for row in (rows(client)["chittyrouter"], rows(client)["chittyscore"]):
        wanted = row.get("chitty_id") or row["id"]
        assert client.get(f"{TOOLS}/{quote(wanted)}").json() == {"success": True, "tool": row}
        assert client.get(f"{TOOLS}/{row['name']}").json() == {"error": "Tool not found"}


def test_what_a_test_plants_is_listed(deployed: Sandbox, client: httpx2.Client) -> None:
    """A row by name is put into the deployed form; one among the tools stays as it is, a duplicate included."""
    deployed.registry["chittyplanted"] = {"name": "chittyplanted"}
    deployed.tools.append({"name": "chittyrouter"})
    names = [row["name"] for row in client.get(TOOLS).json()["tools"]]
    assert (names.count("chittyrouter"), names[-1]) == (2, "chittyrouter")
    planted = rows(client)["chittyplanted"]
    assert (planted["entity_type"], planted["version"]) == ("T", "0.0.0")
    assert client.get("/registry/api/v1/manifest").json()["manifest"]["count"] == 31


@pytest.mark.parametrize("path", ["/api/services", "/api/services/chittyrouter", "/api/v1/nope", "/"])
def test_the_paths_of_the_design_are_unknown(client: httpx2.Client, path: str) -> None:
    """They are 404, with what there is instead."""
    answer = client.get(f"/registry{path}")
    assert (answer.status_code, len(answer.json()["availableEndpoints"])) == (404, 14)


@pytest.mark.parametrize("path", ["/api/v1/tools", "/api/v1/health-check", "/api/services/chittyrouter/status"])
def test_a_change_without_a_token_is_refused_before_routing(client: httpx2.Client, path: str) -> None:
    """So an unknown path looks protected."""
    answer = client.post(f"/registry{path}")
    assert (answer.status_code, answer.json()["code"]) == (401, "READ_ONLY")


def test_with_a_token_a_change_is_unknown(client: httpx2.Client, bearer: Bearer) -> None:
    """The token opens the way to a path that is not there."""
    for method, path in [("PATCH", "/api/services/chittyrouter/status"), ("POST", "/api/v1/tools")]:
        assert client.request(method, f"/registry{path}", headers=bearer["register"]).status_code == 404


def test_the_manifest_changes_with_the_rows(deployed: Sandbox, client: httpx2.Client) -> None:
    """Its digest stands for the entries."""
    digests = []
    for _ in range(2):
        digests.append(client.get("/registry/api/v1/manifest").json()["manifest"]["content_hash"])
        deployed.registry.pop("chittyrouter", None)
    assert digests[0] != digests[1]


def test_the_mcp_catalogue_has_pages(client: httpx2.Client) -> None:
    """The cursors lead through all of it, once; what is no number is ignored."""
    seen, cursor = [], "0"
    while cursor:
        page = client.get("/registry/v0.1/servers", params={"limit": "5", "cursor": cursor}).json()
        seen += [entry["server"]["name"] for entry in page["servers"]]
        cursor = page["metadata"].get("nextCursor", "")
    assert len(seen) == len(set(seen)) == page["metadata"]["count"] == 13
    odd = client.get("/registry/v0.1/servers", params={"limit": "²", "cursor": "9" * 5000})
    assert len(odd.json()["servers"]) == 13


def test_a_sweep_says_what_it_left_out(deployed: Sandbox, client: httpx2.Client, bearer: Bearer) -> None:
    """Every row is either looked at or skipped with its reason."""
    deployed.registry["chittygone"] = {"name": "chittygone"}
    deployed.tools.append({"name": "odd", "endpoints": ["http://127.0.0.1:18789/health"]})
    deployed.tools.append({"name": "odder", "endpoints": ["http://[/health", 7]})
    answer = client.post("/registry/api/v1/health-check", headers=bearer["register"])
    summary = answer.json()["summary"]
    assert summary["count"] + summary["skipped_count"] == summary["total"] == 32
    # Seven seeded rows and the one that was rewritten have relative paths only.
    reasons = {"no_resolvable_health_url": 8, "self_origin": 1, "loopback_or_private_host": 1}
    assert summary["skipped_by_reason"] == reasons
    unreachable = [result for result in summary["results"] if result["health"] == "unreachable"]
    assert len(unreachable) == 2


def test_a_fault_of_the_registry_strikes_the_deployed_paths(deployed: Sandbox, client: httpx2.Client) -> None:
    """The target's name stays that of the design."""
    deployed.faults.set("registry", Down())
    assert client.get(TOOLS).status_code == 503
