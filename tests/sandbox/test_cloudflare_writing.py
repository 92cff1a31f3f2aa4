"""The small Cloudflare takes routes and custom domains that Cloudflare takes, from a token that may write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.envelope import API, error_in, result_in

if TYPE_CHECKING:
    import httpx2

    from sandbox import Sandbox

Token = dict[str, str]


@pytest.fixture
def token(sandbox: Sandbox) -> Token:
    """Give the header of a token that may write."""
    sandbox.cloudflare.permissions |= {"Workers Routes Write", "Workers Scripts Write"}
    return {"Authorization": f"Bearer {sandbox.cloudflare.token}"}


@pytest.fixture
def domains(sandbox: Sandbox) -> str:
    """Give the path of the account's custom domains."""
    return f"{API}/accounts/{sandbox.cloudflare.account_id}/workers/domains"


def test_a_route_lives(client: httpx2.Client, token: Token, routes: str) -> None:
    """From its creation, through a change, to its end; the host is kept in lower case, the path as it is."""
    wanted = {"pattern": "Docs.Chitty.CC/Guide/*", "script": "chittyrouter"}
    created = result_in(client.post(routes, headers=token, json=wanted))
    assert (created["pattern"], created["script"]) == ("docs.chitty.cc/Guide/*", "chittyrouter")
    where = f"{routes}/{created['id']}"
    changed = result_in(client.put(where, headers=token, json={"pattern": "docs.chitty.cc/Guide/*"}))
    assert changed == {"id": created["id"], "pattern": "docs.chitty.cc/Guide/*"}
    assert result_in(client.delete(where, headers=token)) == {"id": created["id"]}
    assert error_in(client.delete(where, headers=token)) == (404, 10005, "workers.api.error.not_found")


def test_a_reading_token_writes_nothing(sandbox: Sandbox, client: httpx2.Client, token: Token, routes: str) -> None:
    """It is the token that the sandbox starts with."""
    sandbox.cloudflare.permissions -= {"Workers Routes Write"}
    refused = client.post(routes, headers=token, json={"pattern": "chitty.cc/*"})
    assert error_in(refused) == (403, 10000, "Authentication error")
    assert len(sandbox.cloudflare.routes) == 1


def test_a_writing_token_reads(sandbox: Sandbox, client: httpx2.Client, token: Token, routes: str) -> None:
    """The permission to write includes it."""
    sandbox.cloudflare.permissions.discard("Workers Routes Read")
    assert result_in(client.get(routes, headers=token))


@pytest.mark.parametrize(
    "pattern",
    [
        *("chitty.cc/*", "*chitty.cc/*", "*.chitty.cc/*", "*foo.chitty.cc", "*/*", "chitty.cc"),
        *("https://a.chitty.cc/b*", "http://*.chitty.cc/"),
    ],
)
def test_possible_patterns_are_taken(client: httpx2.Client, token: Token, routes: str, pattern: str) -> None:
    """A wildcard at either end, a scheme or none, a path or none."""
    assert result_in(client.post(routes, headers=token, json={"pattern": pattern}))["pattern"] == pattern


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("example.com/*", "Route pattern must include zone name"),
        ("notchitty.cc/*", "Route pattern must include zone name"),
        ("/w1", "Could not understand route pattern"),
        ("", "Could not understand route pattern"),
        ("ftp://chitty.cc/", "Could not understand route pattern"),
        ("chitty.cc/a?b=*", "Route pattern should not have query parameters"),
        ("a.*.chitty.cc/", "Route pattern may only contain wildcards at"),
        ("chitty.cc/*/b", "Route pattern may only contain wildcards at"),
    ],
)
def test_impossible_patterns_are_refused(
    client: httpx2.Client, token: Token, routes: str, pattern: str, complaint: str
) -> None:
    """In a sentence that quotes them."""
    status, code, message = error_in(client.post(routes, headers=token, json={"pattern": pattern}))
    assert (status, code, message.startswith(complaint), pattern in message) == (400, 10022, True, True)


def test_a_pattern_is_taken_once_a_zone(sandbox: Sandbox, client: httpx2.Client, token: Token, routes: str) -> None:
    """Whatever the case of the host; a route may keep its own."""
    wanted = {"pattern": "*.Agent.chitty.cc/*", "script": "chittyrouter"}
    refused = client.post(routes, headers=token, json=wanted)
    assert error_in(refused) == (409, 10020, "A route with the same pattern already exists")
    (own,) = sandbox.cloudflare.routes
    assert result_in(client.put(f"{routes}/{own}", headers=token, json=wanted))["script"] == "chittyrouter"


def test_a_route_needs_an_existing_worker(client: httpx2.Client, token: Token, routes: str) -> None:
    """Or none at all."""
    status, code, message = error_in(
        client.post(routes, headers=token, json={"pattern": "chitty.cc/*", "script": "nobody"})
    )
    assert (status, code) == (400, 10019)
    assert message.startswith("Cannot configure a route for a Worker which does not exist.")


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"pattern": 5}'])
def test_what_is_no_route_cannot_be_parsed(client: httpx2.Client, token: Token, routes: str, body: bytes) -> None:
    """Cloudflare does not get as far as the pattern."""
    refused = client.post(routes, headers=token, content=body)
    assert error_in(refused) == (400, 10026, "workers.api.error.parse_body")


def test_a_domain_lives(sandbox: Sandbox, client: httpx2.Client, token: Token, domains: str) -> None:
    """Attached to the zone that its name ends with, until it is detached."""
    wanted = {"hostname": "New.chitty.cc", "service": "chittyrouter"}
    created = result_in(client.put(domains, headers=token, json=wanted))
    assert (created["hostname"], created["zone_name"]) == ("new.chitty.cc", "chitty.cc")
    assert result_in(client.put(domains, headers=token, json=wanted)) == created
    gone = client.delete(f"{domains}/{created['id']}", headers=token)
    assert (gone.status_code, gone.json()) == (200, {"success": True, "errors": [], "messages": []})
    assert created["id"] not in sandbox.cloudflare.domains
    assert error_in(client.delete(f"{domains}/{created['id']}", headers=token))[0] == 404


def test_a_domain_changes_hands_only_when_asked_to(client: httpx2.Client, token: Token, domains: str) -> None:
    """Another Worker's hostname is a conflict, unless it shall be overridden."""
    wanted: dict[str, Any] = {"hostname": "track.chitty.cc", "service": "chittyrouter"}
    status, code, message = error_in(client.put(domains, headers=token, json=wanted))
    assert (status, code) == (409, 100116)
    assert message.startswith("Hostname 'track.chitty.cc' already in use by other custom domain.")
    moved = client.put(domains, headers=token, json={**wanted, "override_existing_origin": True})
    assert result_in(moved)["service"] == "chittyrouter"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"hostname": "a.chitty.cc", "service": "nobody"}, 10007),
        ({"hostname": "a.example.com", "service": "chittyrouter"}, 10083),
        ({"hostname": "a.chitty.cc", "service": "chittyrouter", "zone_name": "ch1tty.com"}, 10083),
        ({"hostname": "a.chitty.cc", "service": "chittyrouter", "zone_id": "0" * 32}, 10083),
    ],
    ids=str,
)
def test_a_domain_needs_its_worker_and_its_zone(
    client: httpx2.Client, token: Token, domains: str, wanted: dict[str, str], code: int
) -> None:
    """Both in this account."""
    assert error_in(client.put(domains, headers=token, json=wanted))[:2] == (404, code)
