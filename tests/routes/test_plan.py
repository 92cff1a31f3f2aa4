from __future__ import annotations

import json

import pytest

from chitty_action.model.route import Claim, ConflictKind, Owner, RouteVerdict, Zone
from chitty_action.routes.inventory import Inventory, custom_domain, route
from chitty_action.routes.verdict import verdict_on
from chitty_action.routes.words import call_told

ZONE = Zone("example.com", "z/1")
API = "https://api.example/v4"


def verdict(*claims: tuple[str, str], owners: dict[str, str] | None = None, gone: str = "") -> RouteVerdict:
    """Judge an account; a pattern without a slash is a custom domain, `owners` are Workers by host."""
    made = [
        (route if "/" in text else custom_domain)(text, worker, ZONE, f"id {number}")
        for number, (text, worker) in enumerate(claims)
    ]
    scripts = {worker for _, worker in claims if worker != gone} | set((owners or {}).values())
    inventory = Inventory("acc", API, (ZONE,), tuple(made), frozenset(scripts))
    registry = [Owner(f"s-{worker}", worker, f"https://{host}/health") for host, worker in (owners or {}).items()]
    return verdict_on(inventory, registry, {})


def test_a_dangling_route_is_removed_and_cannot_come_back() -> None:
    """Cloudflare refuses a route to a Worker that is not there, and the plan says so."""
    (move,) = verdict(("a.example.com/*", "gone"), gone="gone").plan.moves
    assert (move.method, move.url, move.body) == ("DELETE", f"{API}/zones/z%2F1/workers/routes/id%200", "")
    assert "cannot be undone" in move.undo
    assert "10019" in move.undo


def test_a_dangling_custom_domain_is_detached() -> None:
    """At the account."""
    (move,) = verdict(("a.example.com", "gone"), ("b.example.com", "x"), gone="gone").plan.moves
    assert (move.method, move.url) == ("DELETE", f"{API}/accounts/acc/workers/domains/id%200")


def test_a_route_is_given_back_to_the_registrys_worker() -> None:
    """It is repointed, and the way back is the same with the other Worker."""
    (move,) = verdict(("a.example.com/*", "thief"), owners={"a.example.com": "owner"}).plan.moves
    assert (move.method, json.loads(move.body)) == ("PUT", {"pattern": "a.example.com/*", "script": "owner"})
    assert move.undo.endswith("with the script thief")


def test_a_custom_domain_is_given_back_too() -> None:
    """With everything that Cloudflare wants to know."""
    (move,) = verdict(("a.example.com", "thief"), owners={"a.example.com": "owner"}).plan.moves
    assert json.loads(move.body) == {
        "hostname": "a.example.com",
        "service": "owner",
        "zone_id": "z/1",
        "environment": "production",
    }


def test_a_wildcard_is_not_given_away_for_one_host() -> None:
    """The host gets a route of its own, which goes before it."""
    found = verdict(("*.example.com/*", "many"), ("a.example.com", "owner"), owners={"a.example.com": "owner"})
    (move,) = found.plan.moves
    assert [conflict.kind for conflict in found.conflicts] == [ConflictKind.SHADOWED]
    assert (move.method, json.loads(move.body)) == ("POST", {"pattern": "a.example.com/*", "script": "owner"})


def test_a_custom_domain_in_vain_is_given_to_the_owner_and_not_removed() -> None:
    """The host's DNS record goes with a custom domain."""
    found = verdict(("a.example.com/*", "owner"), ("a.example.com", "old"), owners={"a.example.com": "owner"})
    (move,) = found.plan.moves
    assert (move.method, json.loads(move.body)["service"]) == ("PUT", "owner")
    assert move.undo.endswith("with the service old")


def test_a_route_in_vain_is_removed_where_the_owner_answers() -> None:
    """That changes nothing for anybody."""
    found = verdict(("a.example.com/*", "owner"), ("A.example.com/x/*", "old"), ("a.example.com/x*", "owner"))
    assert [conflict.kind for conflict in found.conflicts] == [ConflictKind.SHADOWED]


def test_two_services_of_one_host_are_no_mismatch() -> None:
    """The registry itself does not say whose it is."""
    inventory = Inventory(
        "acc", API, (ZONE,), (route("a.example.com/*", "gw", ZONE, "1"),), frozenset({"gw", "x", "y"})
    )
    owners = [Owner(name, name, f"https://a.example.com/{name}/health") for name in ("x", "y")]
    assert verdict_on(inventory, owners, {}).conflicts == ()


def test_a_port_is_no_part_of_a_claim() -> None:
    """Cloudflare would refuse it."""
    (move,) = verdict(("*.example.com/*", "many"), owners={"a.example.com:8443": "owner"}).plan.moves
    assert json.loads(move.body)["pattern"] == "a.example.com/*"


def test_conflicts_of_one_name_are_told_apart() -> None:
    """Or one would stand for both."""
    claims = (route("*/*", "gone", ZONE, "1"), route("*/*", "gone too", ZONE, "2"))
    found = verdict_on(Inventory("acc", API, (ZONE,), claims, frozenset({"x"})), [], {})
    assert len({conflict.name for conflict in found.conflicts}) == len(found.conflicts) == 2
    assert {move.conflict for move in found.plan.moves} == {conflict.name for conflict in found.conflicts}


@pytest.mark.parametrize(
    ("claims", "owners"),
    [
        ((("a.example.com/*", "one"), ("a.example.com", "two")), {}),  # nobody says whose it is
        ((("*.example.com/*", "one"), ("*.a.example.com/*", "two")), {}),  # nobody knows who answers
    ],
)
def test_where_there_is_doubt_there_is_no_plan(claims: tuple[tuple[str, str], ...], owners: dict[str, str]) -> None:
    """A person has to decide."""
    found = verdict(*claims, owners=owners)
    assert found.conflicts
    assert found.plan.moves == ()


def test_the_digest_is_that_of_the_inventory() -> None:
    """Whatever the order of its claims; another claim makes another one."""
    one, two, three = ("a.example.com/*", "x"), ("b.example.com/*", "x"), ("c.example.com/*", "x")
    inventory = [Inventory("acc", API, (ZONE,), claims, frozenset({"x"})).digest for claims in _orders(one, two, three)]
    assert inventory[0] == inventory[1] != inventory[2]


def _orders(*texts: tuple[str, str]) -> list[tuple[Claim, ...]]:
    one, two, three = (route(text, worker, ZONE, text) for text, worker in texts)
    return [(one, two), (two, one), (one, two, three)]


def test_a_call_is_safe_to_paste() -> None:
    """Whatever a Worker is called; the token is the shell's own variable."""
    (move,) = verdict(("a.example.com/*", "$(id) '; rm -rf /'"), owners={"a.example.com": "o'wner $HOME"}).plan.moves
    call = call_told(move)
    assert "'\"'\"'" in call
    assert call.endswith('--header "Authorization: Bearer $CLOUDFLARE_API_TOKEN"')
