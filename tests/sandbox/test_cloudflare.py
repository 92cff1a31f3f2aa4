"""The small Cloudflare shows one account as Cloudflare's API does, and refuses what that refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sandbox import Down
from sandbox.github_faults import Only
from tests.sandbox.envelope import API, ZONES, error_in, result_in

if TYPE_CHECKING:
    import httpx2

    from sandbox import Sandbox

Token = dict[str, str]


@pytest.fixture
def token(sandbox: Sandbox) -> Token:
    """Give the header of the account's token."""
    return {"Authorization": f"Bearer {sandbox.cloudflare.token}"}


@pytest.fixture
def workers(sandbox: Sandbox) -> str:
    """Give the path of the account's Workers."""
    return f"{API}/accounts/{sandbox.cloudflare.account_id}/workers"


def test_the_zones_belong_to_the_account(sandbox: Sandbox, client: httpx2.Client, token: Token) -> None:
    """Each with an id of 32 hexadecimal digits, the numbers of the page beside them."""
    answer = client.get(ZONES, headers=token, params={"account.id": sandbox.cloudflare.account_id})
    first, second = result_in(answer)
    assert (first["name"], second["name"], second["status"]) == ("ch1tty.com", "chitty.cc", "active")
    assert (len(first["id"]), int(first["id"], 16) > 0) == (32, True)
    assert first["account"]["id"] == sandbox.cloudflare.account_id
    assert answer.json()["result_info"] == {"page": 1, "per_page": 20, "count": 2, "total_count": 2, "total_pages": 1}


def test_zones_come_in_pages(sandbox: Sandbox, client: httpx2.Client, token: Token) -> None:
    """At most fifty on one, at least five, and none after the last."""
    for number in range(60):
        sandbox.cloudflare.add_zone(f"zone-{number:02}.example")
    pages = [client.get(ZONES, headers=token, params={"page": page, "per_page": "500"}) for page in (1, 2, 3)]
    assert [len(result_in(page)) for page in pages] == [50, 12, 0]
    info = {"page": 2, "per_page": 50, "count": 12, "total_count": 62, "total_pages": 2}
    assert pages[1].json()["result_info"] == info
    assert len(result_in(client.get(ZONES, headers=token, params={"per_page": "1"}))) == 5


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"name": "chitty.cc"}, ["chitty.cc"]),
        ({"name": "chitty"}, []),
        ({"status": "pending"}, ["new.example"]),
        ({"account.id": "0" * 32}, []),
    ],
    ids=str,
)
def test_zones_can_be_looked_for(
    sandbox: Sandbox, client: httpx2.Client, token: Token, asked: dict[str, str], names: list[str]
) -> None:
    """By name, status or account, and what does not fit is no error."""
    sandbox.cloudflare.add_zone("new.example", status="pending")
    assert [zone["name"] for zone in result_in(client.get(ZONES, headers=token, params=asked))] == names


def test_every_service_has_its_script_and_its_domain(
    sandbox: Sandbox, client: httpx2.Client, token: Token, workers: str
) -> None:
    """The domain is its label in chitty.cc."""
    scripts = {script["id"] for script in result_in(client.get(f"{workers}/scripts", headers=token))}
    domains = {row["hostname"]: row for row in result_in(client.get(f"{workers}/domains", headers=token))}
    assert scripts == set(sandbox.registry)
    assert {row["service"] for row in domains.values()} == scripts
    router = domains["router.chitty.cc"]
    assert (router["service"], router["zone_name"], router["environment"]) == (
        "chittyrouter",
        "chitty.cc",
        "production",
    )
    assert router["zone_id"] == sandbox.cloudflare.zone_id("chitty.cc")


def test_domains_can_be_looked_for(client: httpx2.Client, token: Token, workers: str) -> None:
    """By hostname or by service."""
    asked = {"service": "chittyrouter"}
    (found,) = result_in(client.get(f"{workers}/domains", headers=token, params=asked))
    assert found["hostname"] == "router.chitty.cc"
    assert result_in(client.get(f"{workers}/domains/{found['id']}", headers=token)) == found


def test_a_route_without_a_worker_has_no_script(
    sandbox: Sandbox, client: httpx2.Client, token: Token, routes: str
) -> None:
    """And a planted pattern stays as it is, even one that Cloudflare would refuse today."""
    route_id = sandbox.cloudflare.add_route("Docs.chitty.cc/*", None)
    shown = {"id": route_id, "pattern": "Docs.chitty.cc/*"}
    first, second = result_in(client.get(routes, headers=token))
    assert (first["pattern"], first["script"], second) == ("*.agent.chitty.cc/*", "chittyagent", shown)
    assert result_in(client.get(f"{routes}/{route_id}", headers=token)) == shown


def test_only_zones_come_in_pages(sandbox: Sandbox, client: httpx2.Client, token: Token, routes: str) -> None:
    """A thousand routes are one answer."""
    for number in range(1000):
        sandbox.cloudflare.add_route(f"chitty.cc/{number}", "chittyrouter")
    answer = client.get(routes, headers=token, params={"page": "2", "per_page": "5"})
    assert (len(result_in(answer)), "result_info" in answer.json()) == (1001, False)


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({}, (400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")),
        ({"Authorization": "Bearer short"}, (400, 6003, "Invalid request headers")),
        ({"Authorization": "Basic " + "x" * 40}, (400, 6003, "Invalid request headers")),
        ({"Authorization": "Bearer " + "x" * 40}, (403, 9109, "Invalid access token")),
    ],
    ids=str,
)
def test_a_wrong_token_is_no_credential(client: httpx2.Client, headers: Token, refusal: tuple[int, int, str]) -> None:
    """What has not even the form of one is a bad request."""
    assert error_in(client.get(ZONES, headers=headers)) == refusal


def test_the_workers_api_has_a_gateway(client: httpx2.Client, routes: str) -> None:
    """It refuses a wrong token in its own way: without `result` and `messages`."""
    refused = client.get(routes, headers={"Authorization": "Bearer " + "x" * 40})
    assert error_in(refused) == (401, 10000, "Authentication error")
    assert set(refused.json()) == {"success", "errors"}


@pytest.mark.parametrize(
    ("permission", "path"),
    [
        ("Workers Routes Read", "/zones/{zone}/workers/routes"),
        ("Workers Scripts Read", "/accounts/{account}/workers/scripts"),
        ("Workers Scripts Read", "/accounts/{account}/workers/domains"),
    ],
)
def test_a_missing_permission_is_an_authentication_error(
    sandbox: Sandbox, client: httpx2.Client, token: Token, permission: str, path: str
) -> None:
    """As often seen with tokens of an account that were not given the zone's routes."""
    cloudflare = sandbox.cloudflare
    where = API + path.format(zone=cloudflare.zone_id("chitty.cc"), account=cloudflare.account_id)
    assert client.get(where, headers=token).status_code == 200
    cloudflare.permissions.discard(permission)
    assert error_in(client.get(where, headers=token)) == (403, 10000, "Authentication error")


def test_zones_that_may_not_be_read_are_left_out(sandbox: Sandbox, client: httpx2.Client, token: Token) -> None:
    """Without a word: an empty list is no proof that there are none."""
    sandbox.cloudflare.permissions.discard("Zone Read")
    assert result_in(client.get(ZONES, headers=token)) == []


def test_a_zone_can_be_hidden(sandbox: Sandbox, client: httpx2.Client, token: Token, routes: str, workers: str) -> None:
    """Its routes are refused; the account's custom domains in it are shown as before."""
    sandbox.cloudflare.hide_zone("chitty.cc")
    assert [zone["name"] for zone in result_in(client.get(ZONES, headers=token))] == ["ch1tty.com"]
    assert error_in(client.get(routes, headers=token)) == (403, 10000, "Authentication error")
    assert result_in(client.get(f"{workers}/domains", headers=token))


def test_an_identifier_that_is_none_is_not_routed(client: httpx2.Client, token: Token) -> None:
    """Nor is another account's; a zone that nobody knows is one that the token was not given."""
    complaint = "Could not route to /client/v4/{}, perhaps your object identifier is invalid?"
    for path in ("zones/chitty.cc/workers/routes", f"accounts/{'0' * 32}/workers/scripts"):
        assert error_in(client.get(f"{API}/{path}", headers=token)) == (404, 7003, complaint.format(path))
    unknown = client.get(f"{ZONES}/{'0' * 32}/workers/routes", headers=token)
    assert error_in(unknown) == (403, 10000, "Authentication error")


def test_what_is_not_played_is_no_route(client: httpx2.Client, token: Token, workers: str) -> None:
    """And a method that a path does not know is not allowed."""
    assert error_in(client.get(f"{API}/nowhere", headers=token)) == (400, 7000, "No route for that URI")
    assert error_in(client.put(ZONES, headers=token))[:2] == (405, 7001)
    assert error_in(client.post(f"{workers}/domains", headers=token))[:2] == (405, 10405)


def test_who_exceeds_the_budget_waits(sandbox: Sandbox, client: httpx2.Client, token: Token) -> None:
    """For five minutes from then on, by the clock of the sandbox."""
    sandbox.cloudflare.budget = 2
    left = [client.get(ZONES, headers=token).headers["ratelimit"].partition(";t=")[0] for _ in range(2)]
    assert left == ['"default";r=1', '"default";r=0']
    sandbox.cloudflare.ahead += timedelta(minutes=4)
    refused = client.get(ZONES, headers=token)
    assert error_in(refused) == (429, 971, "Please wait and consider throttling your request speed")
    assert refused.headers["retry-after"] == "300"
    sandbox.cloudflare.ahead += timedelta(minutes=4)
    assert 0 < int(client.get(ZONES, headers=token).headers["retry-after"]) <= 60
    sandbox.cloudflare.ahead += timedelta(minutes=2)
    assert client.get(ZONES, headers=token).status_code == 200


def test_faults_reach_it(sandbox: Sandbox, client: httpx2.Client, token: Token, routes: str) -> None:
    """All of it, or some of its requests."""
    sandbox.faults.set("cloudflare", Only("GET", "/workers/routes", Down()))
    assert client.get(ZONES, headers=token).status_code == 200
    assert client.get(routes, headers=token).status_code == 503


def test_a_reset_forgets_what_was_planted(sandbox: Sandbox) -> None:
    """Address, account and token stay; the initial state is the same each time."""
    cloudflare, before = sandbox.cloudflare, sandbox.cloudflare_environment()
    cloudflare.add_route("chitty.cc/*", None, cloudflare.add_zone("new.example"))
    cloudflare.remove_script("chittyrouter")
    cloudflare.permissions.clear()
    sandbox.reset()
    assert sandbox.cloudflare_environment() == before
    assert before["INPUT_CLOUDFLARE-API-URL"] == f"{sandbox.url}{API}"
    assert (len(cloudflare.zones), len(cloudflare.routes), "chittyrouter" in cloudflare.scripts) == (2, 1, True)
    assert len(cloudflare.permissions) == 3


def test_nothing_is_planted_in_a_zone_that_there_is_not(sandbox: Sandbox) -> None:
    """A test that misspells a zone learns of it."""
    with pytest.raises(ValueError, match=r"no zone 'chitty\.example'"):
        sandbox.cloudflare.add_route("chitty.example/*", None, "chitty.example")
    with pytest.raises(ValueError, match=r"no zone 'a\.chitty\.example'"):
        sandbox.cloudflare.add_domain("a.chitty.example", "chittyrouter")
