from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox import Down, Reset

if TYPE_CHECKING:
    import httpx2

    from sandbox import Sandbox

    Bearer = dict[str, dict[str, str]]

pytestmark = pytest.mark.usefixtures("deployed")

SUBMISSION: dict[str, Any] = {
    "name": "chittynew",
    "description": "new here",
    "version": "1.2.3",
    "endpoints": ["/health", "/api/v1/status", "/api/things"],
    "schema": {"version": "1.0.0", "entities": ["thing"]},
    "security": {"authentication": "jwt", "encryption": "https"},
    "metadata": {"maintainer": "somebody", "tier": 5, "odd": [1]},
    "unheard of": True,
}
REGISTER = "/register/api/v1/register"
COMPLIANCE = "/register/api/v1/compliance"


def submit(client: httpx2.Client, **changed: object) -> httpx2.Response:
    """Submit the document with some fields changed; a field changed to `...` is left out."""
    document = {field: value for field, value in {**SUBMISSION, **changed}.items() if value is not ...}
    return client.post(REGISTER, json=document)


def test_a_registration_is_certified(deployed: Sandbox, client: httpx2.Client) -> None:
    """It needs no token, and shows in the registry and in compliance, but not in discovery's static catalogue."""
    deployed.deploy("chittynew", catalogued=False)
    answer = submit(client)
    service = answer.json()["service"]
    assert (answer.status_code, answer.json()["success"], service["status"]) == (201, True, "CERTIFIED")
    compliance = client.get(f"{COMPLIANCE}/chittynew").json()
    assert (compliance["status"], compliance["compliant"]) == ("active", True)
    row = client.get(f"/registry/api/v1/tools/{service['chittyId']}").json()["tool"]
    assert compliance["chitty_id"] == row["chitty_id"] == service["chittyId"]
    assert (row["name"], row["version"], row["metadata"]["maintainer"]) == ("chittynew", "1.2.3", "somebody")
    assert row["certificate_ref"] == compliance["certificate"]["certificate_id"]
    assert row["endpoints"][0] == f"{deployed.url}/services/new/health"
    assert deployed.registry["chittynew"]["status"] == "active"
    listed = client.get("/connect/.well-known/chitty.json").json()["services"]
    assert "chittynew" not in {entry["name"] for entry in listed}


def test_absolute_endpoints_are_as_good(deployed: Sandbox, client: httpx2.Client) -> None:
    """They are kept as they were sent."""
    deployed.deploy("chittynew")
    endpoints = ["https://new.chitty.cc/health", "https://new.chitty.cc/api/v1/status"]
    assert submit(client, endpoints=endpoints).status_code == 201
    rows = client.get("/registry/api/v1/tools").json()["tools"]
    assert [row["endpoints"] for row in rows if row["name"] == "chittynew"] == [endpoints]


def test_nobody_looks_at_a_token(deployed: Sandbox, client: httpx2.Client) -> None:
    """A wrong one is as good as none."""
    deployed.deploy("chittynew")
    answer = client.post(REGISTER, json=SUBMISSION, headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "Chitty"}, "name"),
        ({"name": "chitty--new"}, "name"),
        ({"name": "9chitty"}, "name"),
        ({"description": ""}, "description"),
        ({"version": "v1.2.3"}, "version"),
        ({"version": "1.2.3-rc.1"}, "version"),
        ({"version": "1.2.3\n"}, "version"),
        ({"version": 1}, "version"),
        ({"endpoints": {"health": "/health"}}, "endpoints"),
        ({"endpoints": ["/health"]}, "endpoints"),
        ({"endpoints": ["/health", "/x/api/v1/status"]}, "endpoints"),
        ({"endpoints": ["/health", "/api/v1/status", "things"]}, "endpoints"),
        ({"endpoints": ["/health", "/api/v1/status", "http://["]}, "endpoints"),
        ({"endpoints": ["/health", "/api/v1/status", 7]}, "endpoints.2"),
        ({"schema": {"version": "1.0.0"}}, "schema.entities"),
        ({"security": {"authentication": "basic", "encryption": "tls"}}, "security.authentication"),
        ({"security": {"authentication": "jwt", "encryption": "none"}}, "security.encryption"),
        ({"metadata": {}}, "metadata.maintainer"),
        ({"metadata": {"maintainer": "x", "tier": 6}}, "metadata.tier"),
        ({"entity_type": "X"}, "entity_type"),
        ({"subtype": "agent"}, "subtype"),
    ],
    ids=str,
)
def test_a_wrong_submission_is_refused_by_field(
    deployed: Sandbox, client: httpx2.Client, changed: dict[str, object], field: str
) -> None:
    """400 names the field, and nothing was written."""
    deployed.deploy("chittynew")
    answer = submit(client, **changed)
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert [error.partition(": ")[0] for error in answer.json()["errors"]] == [field]
    assert "chittynew" not in deployed.registry


def test_every_wrong_field_is_listed(deployed: Sandbox, client: httpx2.Client) -> None:
    """A bare name, as the design would send it, is refused with six sentences."""
    deployed.deploy("chittynew")
    errors = client.post(REGISTER, json={"name": "chittynew"}).json()["errors"]
    fields = ["description", "version", "endpoints", "schema", "security", "metadata"]
    assert errors == [f"{field}: Field required" for field in fields]


def test_a_known_name_is_refused_in_known_words(deployed: Sandbox, client: httpx2.Client) -> None:
    """Registering again is no update; a seeded row that the register never saw can still be registered."""
    answer = submit(client, name="chittyrouter")
    assert (answer.status_code, answer.json()["errors"]) == (400, ["Service name already registered"])
    assert client.get(f"{COMPLIANCE}/chittyscore").status_code == 404
    assert submit(client, name="chittyscore").status_code == 201
    rows = client.get("/registry/api/v1/tools").json()["tools"]
    assert [row.get("entity_type") for row in rows if row["name"] == "chittyscore"] == ["T"]
    assert len(rows) == len(deployed.registry)


def test_a_service_that_is_not_there_proves_nothing(client: httpx2.Client) -> None:
    """412 says where the token had to be served."""
    answer = submit(client)
    assert (answer.status_code, answer.json()["error"]) == (412, "proof_of_control_failed")
    assert "/.well-known/chitty-register-challenge/" in answer.json()["message"]


def test_the_budget_is_spent_by_every_submission(deployed: Sandbox, client: httpx2.Client) -> None:
    """Ten an hour; then every one is refused with the time to wait, and only reading still works."""
    assert deployed.register_budget == 10
    deployed.register_budget = 2
    statuses = [client.post(REGISTER, content=b"").status_code for _ in range(4)]
    assert statuses == [400, 400, 429, 429]
    refused = submit(client).json()
    assert refused["error"] == "rate_limit_exceeded"
    assert 3500 < refused["retry_after_seconds"] <= 3600
    assert client.get(f"{COMPLIANCE}/chittyrouter").status_code == 200


def test_the_register_and_the_registry_disagree(deployed: Sandbox, client: httpx2.Client) -> None:
    """Rows seeded in bulk are unknown to the register, but for one that waits for its certificate."""
    known = {name: client.get(f"{COMPLIANCE}/{name}") for name in deployed.registry}
    assert {name for name, answer in known.items() if answer.status_code == 404} == {
        *("chittyscore", "chittyintel", "chittyledger", "chittyforce", "chittyentry", "chittyreception")
    }
    waiting = known["chittychronicle"].json()
    assert (waiting["status"], waiting["compliant"]) == ("pending_cert", False)
    del deployed.compliance["chittyrouter"]
    assert client.get(f"{COMPLIANCE}/chittyrouter").json() == {"error": "Service not found"}


def test_what_the_design_offers_is_unknown(client: httpx2.Client, bearer: Bearer) -> None:
    """Its registration is 404; its status change looks protected until a token is shown, whichever."""
    for headers in ({}, bearer["register"]):
        assert client.post("/register/api/register", json={}, headers=headers).json() == {"error": "Endpoint not found"}
    path = "/register/api/services/chittyrouter/status"
    assert client.patch(path, json={}).status_code == 401
    for headers in (bearer["register"], {"Authorization": "Bearer nonsense"}):
        assert client.patch(path, json={}, headers=headers).status_code == 404


def test_the_faults_reach_both_paths(deployed: Sandbox, client: httpx2.Client) -> None:
    """`register` is the submission, `register.compliance` the reading; a lost answer took effect."""
    deployed.deploy("chittynew")
    deployed.faults.set("register", Reset(after_effect=True))
    deployed.faults.set("register.compliance", Down())
    with pytest.raises(Exception, match="reset"):
        submit(client)
    assert client.get(f"{COMPLIANCE}/chittynew").status_code == 503
    deployed.faults.clear()
    assert client.get(f"{COMPLIANCE}/chittynew").status_code == 200
