from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox import Body, Down, Slow

if TYPE_CHECKING:
    import httpx2

    from sandbox import Sandbox

    Bearer = dict[str, dict[str, str]]

pytestmark = pytest.mark.usefixtures("deployed")


def entries(client: httpx2.Client) -> dict[str, dict[str, str]]:
    """Give the entries of the discovery document by name."""
    return {entry["name"]: entry for entry in client.get("/connect/.well-known/chitty.json").json()["services"]}


def test_the_catalogue_is_what_discovery_lists(deployed: Sandbox, client: httpx2.Client) -> None:
    """Nothing else is: no registration, and a deployment only when it is put there."""
    assert set(entries(client)) == set(deployed.registry)
    deployed.registry["chittyregistered"] = {"name": "chittyregistered"}
    deployed.deploy("chittyhidden", catalogued=False)
    deployed.deploy("chittynew")
    deployed.catalogue.add("chittylater")
    assert set(entries(client)) == {*deployed.registry, "chittynew", "chittylater"} - {"chittyregistered"}


def test_an_entry_goes_by_the_label(deployed: Sandbox, client: httpx2.Client) -> None:
    """That of the known domain, else the name without its leading `chitty`."""
    deployed.deploy("chittydemo")
    url = deployed.url
    assert entries(client)["chittydemo"] == {
        "name": "chittydemo",
        "url": f"{url}/services/demo",
        "mcp": f"{url}/mcp/demo/mcp",
        "direct_mcp": f"{url}/services/demo/mcp",
        "api": f"{url}/api/demo/api",
        "direct_api": f"{url}/services/demo/api",
        "health": f"{url}/services/demo/health",
        "status": "unknown",
    }
    assert entries(client)["chittyconnectfinance"]["url"] == f"{url}/services/finance"
    assert entries(client)["get-chitty"]["url"] == f"{url}/services/get"


def test_every_entry_leads_to_its_service(client: httpx2.Client) -> None:
    """Directly and through the proxy."""
    for name, entry in entries(client).items():
        assert client.get(entry["health"]).json()["service"] == name
        assert client.get(f"{entry['api']}/health").json()["service"] == name


def test_a_name_leads_nowhere(deployed: Sandbox, client: httpx2.Client) -> None:
    """Neither the service nor the proxy knows it: 404 here, and there a host that cannot be reached."""
    deployed.deploy("chittydemo")
    for path in ("health", "api/v1/status"):
        assert client.get(f"/services/chittydemo/{path}").status_code == 404
        assert client.get(f"/services/demo/{path}").json()["service"] == "chittydemo"
    answer = client.get("/api/chittydemo/api/health")
    assert (answer.status_code, answer.json()["error"]) == (502, "proxy_failed")


def test_of_two_services_with_one_label_the_later_answers(deployed: Sandbox, client: httpx2.Client) -> None:
    """As two repositories deploy to one host; the one that is deployed again takes it back."""
    deployed.deploy("chittyfinance")
    assert client.get("/services/finance/health").json()["service"] == "chittyfinance"
    deployed.deploy("chittyconnectfinance")
    assert client.get("/services/finance/health").json()["service"] == "chittyconnectfinance"


def test_tasks_are_at_the_hub_alone(client: httpx2.Client, bearer: Bearer) -> None:
    """The API gateway does not know them."""
    task = {"title": "t"}
    assert client.post("/connect/api/context/tasks", json=task, headers=bearer["key"]).status_code == 200
    assert client.post("/api/api/context/tasks", json=task, headers=bearer["key"]).status_code == 404
    assert client.patch("/api/api/context/tasks/1", json=task, headers=bearer["key"]).status_code == 404


@pytest.mark.parametrize(("method", "path"), [("GET", "routes"), ("POST", "refresh-discovery")])
def test_there_is_no_admin_api(client: httpx2.Client, bearer: Bearer, method: str, path: str) -> None:
    """Without a key it looks as if there were; the admin's token is no key."""
    answers = [client.request(method, f"/connect/api/admin/{path}", headers=bearer[name]) for name in ("key", "admin")]
    assert [answer.status_code for answer in answers] == [404, 401]
    assert client.request(method, f"/connect/api/admin/{path}").json() == {"error": "Missing API key"}


@pytest.mark.parametrize(
    ("path", "name", "limit"),
    [
        ("/.well-known/chitty.json", None, "60"),
        ("/nope", None, "60"),
        ("/api/nope", None, "100"),
        ("/api/nope", "key", "200"),
        ("/health", None, None),
        ("/mcp/manifest", None, None),
    ],
)
def test_the_rate_limit_is_told(
    client: httpx2.Client, bearer: Bearer, path: str, name: str | None, limit: str | None
) -> None:
    """Which one depends on the path and on who asks; a probe of the health is not counted."""
    answer = client.get(f"/connect{path}", headers=bearer[name] if name else {})
    assert answer.headers.get("x-ratelimit-limit") == limit
    assert ("x-ratelimit-reset" in answer.headers) == (limit is not None)


def test_a_service_is_a_target_by_its_name(deployed: Sandbox, client: httpx2.Client) -> None:
    """Its troubles are those of its address, whatever its label, and the proxy shares them."""
    deployed.deploy("chittydemo")
    deployed.faults.set("service:chittydemo", Body({"status": "unhealthy"}))
    for path in ("/services/demo/health", "/api/demo/api/health"):
        assert client.get(path).json() == {"status": "unhealthy"}
    deployed.faults.set("service:chittydemo", Down())
    assert [client.get(path).status_code for path in ("/services/demo/health", "/api/demo/api/health")] == [503, 502]
    assert {request.target for request in deployed.requests} == {"service:chittydemo", "api.proxy"}


def test_a_service_that_is_only_registered_is_a_target_too(deployed: Sandbox, client: httpx2.Client) -> None:
    """Its address answers what it is told to."""
    deployed.registry["chittygone"] = {"name": "chittygone"}
    assert client.get("/services/gone/health").status_code == 404
    deployed.faults.set("service:chittygone", Slow(0))
    assert client.get("/services/gone/health").status_code == 404
    assert deployed.requests[-1].target == "service:chittygone"
