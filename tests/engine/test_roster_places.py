"""Where the services on the list are: the order of the sources, and what is never looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chitty_action.model.reading import Generation
from chitty_action.model.subject import Lack, Nowhere
from tests.engine.listing import DEPLOYED, DESIGN, at, one, reason_of, roster_of

RECORDINGS = Path(__file__).parents[1] / "recordings"
RULE = "naming rule service-url-template"
LOOPBACK = "its row names a loopback address"
MUST_BE = "the address that its row names must be "
FORM = "a URL that begins with https://, such as https://name.chitty.cc"
PUBLIC = "a public address (allow-private-hosts: true permits private ones)"


@pytest.mark.parametrize(
    ("endpoints", "url", "health"),
    [
        (["https://a.example/api", "https://b.example/health"], "https://b.example", "https://b.example/health"),
        (["https://a.example/x/health", "https://b.example/health"], "https://b.example", "https://b.example/health"),
        (["https://a.example/x", "https://b.example/x/health"], "https://b.example/x", "https://b.example/x/health"),
        (["https://a.example:8443/x/y?z", "/x"], "https://a.example:8443", "https://a.example:8443/health"),
        (["https://a.example/x/health", "https://b.example/health/"], "https://b.example", "https://b.example/health/"),
        (["https://a.example/x", "/api/health"], "https://a.example", "https://a.example/api/health"),
        (["https://a.example/#/docs"], "https://a.example", "https://a.example/health"),
        (["/x", 3, None, "https://a.example/health?deep=1"], "https://a.example", "https://a.example/health?deep=1"),
        ({"api": "https://a.example/health", "health": "https://b.example/ok"}, "https://b.example", None),
        ({"api": "https://a.example/api", "health": "/ok"}, "https://a.example", "https://a.example/ok"),
    ],
)
def test_whole_urls_of_a_row_say_where_it_is(endpoints: object, url: str, health: str | None) -> None:
    """What it calls health, else the path `/health`, else one that ends so, else the first one's origin."""
    elsewhere = {"url": "https://no.example", "hostname": "no.example"}
    where = at(one({"endpoints": endpoints, **elsewhere}))
    assert where == (url, health or "https://b.example/ok", "list of services")


def test_discovery_stands_before_the_site_that_a_row_names() -> None:
    """Rows of the bulk seed have never been looked at."""
    row = {"hostname": "a.example", "endpoints": {"health": "/healthz"}}
    entry = {"name": "alpha", "url": "https://a.example"}
    assert at(one(row, entries=[{**entry, "health": "https://a.example/ok"}])) == (
        *("https://a.example", "https://a.example/ok", "discovery document"),
    )
    assert at(one(row, entries=[entry])) == (*("https://a.example", "https://a.example/healthz", "discovery document"),)


@pytest.mark.parametrize("entries", [[], [{"name": "beta", "url": "https://b.example"}], [{"name": "alpha"}], None])
def test_without_a_usable_entry_the_row_s_site_counts(entries: list[Any] | None) -> None:
    """With the health path that the row names."""
    row = {"hostname": "a.example", "endpoints": {"health": "healthz"}}
    assert at(one(row, entries=entries)) == ("https://a.example", "https://a.example/healthz", "list of services")


@pytest.mark.parametrize(
    ("row", "health"),
    [
        ({"url": "https://a.example/base/"}, "https://a.example/base/health"),
        ({"hostname": "a.example:8443"}, "https://a.example:8443/health"),
        ({"hostname": "a.example", "endpoints": ["/x", "/api/v1/health"]}, "https://a.example/api/v1/health"),
        ({"hostname": "a.example", "endpoints": {"ping": "/x/health"}}, "https://a.example/x/health"),
        ({"hostname": "a.example", "endpoints": ["//evil.example/health"]}, "https://a.example/evil.example/health"),
        ({"hostname": "a.example", "endpoints": {"health": "@evil.example"}}, "https://a.example/@evil.example"),
        ({"hostname": "a.example", "endpoints": ["health", "status"]}, "https://a.example/health"),
        ({"hostname": "a.example", "health": "unknown"}, "https://a.example/health"),
        ({"metadata": {"domain": "a.example"}}, "https://a.example/health"),
    ],
)
def test_a_site_is_joined_with_the_row_s_health_path(row: dict[str, Any], health: str) -> None:
    """A path never leads to another host."""
    assert at(one(row))[1] == health


def test_the_recorded_row_without_a_host_is_found_through_discovery() -> None:
    """As `chittyid` is in the recordings; and their finance and registry rows agree with it."""
    recorded = {
        name: json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))["body"]
        for name in ("registry_tools", "connect_discovery_chitty_json")
    }
    rows, entries = recorded["registry_tools"]["tools"], recorded["connect_discovery_chitty_json"]["services"]
    finance, openclaw, registry, chittyid = roster_of(*rows, entries=entries)
    assert at(finance) == ("https://finance.chitty.cc", "https://finance.chitty.cc/health", "list of services")
    assert reason_of(openclaw) == LOOPBACK
    assert at(registry)[1] == "https://registry.chitty.cc/health"
    assert at(chittyid) == ("https://id.chitty.cc", "https://id.chitty.cc/health", "discovery document")
    assert [listed.oddities for listed in (finance, registry, chittyid)] == [(), (), ()]
    assert reason_of(roster_of(*rows)[3]) == "its row names no address"


@pytest.mark.parametrize("mark", [{"chitty_id": "03-1"}, {"entity_type": "T"}, {"did": "did:chitty:x"}])
@pytest.mark.parametrize("generation", [*Generation, None])
def test_a_row_of_the_deployed_form_is_never_guessed_at(mark: dict[str, str], generation: Generation | None) -> None:
    """The naming rule is wrong for every host that is deployed today."""
    listed = one({**mark, "endpoints": {"health": "/health"}}, generation)
    assert reason_of(listed) == "its row names no address"
    assert listed.oddities == ()


def test_a_name_alone_is_guessed_at_in_the_design_s_list_only() -> None:
    """There a row is no more than that."""
    assert reason_of(one({}, DEPLOYED)) == "its row names no address"
    assert at(one({}, DESIGN)) == ("https://alpha.chitty.cc", "https://alpha.chitty.cc/health", RULE)
    assert at(one({"endpoints": {"health": "/ok"}}, DESIGN))[1] == "https://alpha.chitty.cc/ok"
    assert at(one({}, None, service_url_template="https://{name}.x.example"))[0] == "https://alpha.x.example"


def test_discovery_stands_before_the_naming_rule() -> None:
    """It knows that `chittytask` is `tasks`."""
    assert at(one({}, DESIGN, entries=[{"name": "alpha", "url": "https://a.example"}]))[0] == "https://a.example"


def test_in_another_environment_discovery_and_the_naming_rule_do_not_speak() -> None:
    """They describe production."""
    entries = [{"name": "alpha", "url": "https://a.example"}]
    listed = one({}, DESIGN, entries=entries, environment="staging")
    assert listed.where == Nowhere(Lack.NOT_NAMED, "nothing names the address of alpha in environment staging")
    assert at(one({"hostname": "b.example"}, entries=entries, environment="staging"))[0] == "https://b.example"


def test_the_address_of_one_repository_is_not_everybody_s() -> None:
    """The input service-url is about the service that was deployed."""
    assert at(one({}, DESIGN, service_url="https://mine.example"))[0] == "https://alpha.chitty.cc"


LOOPBACKS = [
    "http://127.0.0.1:18789/health",
    "https://localhost/health",
    "https://x.localhost./health",
    "http://2130706433/health",
    "http://0x7f.1/health",
    "http://0177.0.0.1/health",
    "https://127.0.0.1./health",
    "https://[::1]/health",
    "https://[::ffff:127.0.0.1]/health",
    "https://[64:ff9b::7f00:1]/health",
    "https://0.0.0.0/health",
    "https://[::]/health",
]


@pytest.mark.parametrize("allow", ["true", "false"])
@pytest.mark.parametrize("health", LOOPBACKS)
def test_a_loopback_address_in_a_row_is_never_looked_at(health: str, allow: str) -> None:
    """However it is written: it means the registrant's machine, and would be this runner's."""
    listed = one({"endpoints": [health]}, allow_private_hosts=allow)
    assert reason_of(listed) == LOOPBACK
    assert listed.oddities == (f"row 1, alpha: {LOOPBACK}",)


@pytest.mark.parametrize("row", [{"hostname": "127.0.0.1"}, {"url": "http://localhost:8080"}, {"endpoints": LOOPBACKS}])
def test_it_does_not_matter_which_member_names_loopback(row: dict[str, Any]) -> None:
    """A site is one, and so is the origin of an endpoint."""
    assert reason_of(one(row, allow_private_hosts="true")) == LOOPBACK


PASSED_OVER = "row 1, alpha: its row names a loopback address, which is passed over"


@pytest.mark.parametrize("allow", ["true", "false"])
@pytest.mark.parametrize(
    ("endpoints", "health"),
    [
        ([*LOOPBACKS, "https://a.example/health"], "https://a.example/health"),
        (["http://127.0.0.1:18789/health", "https://a.example/api"], "https://a.example/health"),
        (["https://a.example/api", "http://127.0.0.1:18789/health"], "https://a.example/health"),
        ({"health": "http://localhost:1/up", "api": "https://a.example/x/health"}, "https://a.example/x/health"),
    ],
)
def test_an_endpoint_beside_a_loopback_one_counts(endpoints: object, health: str, allow: str) -> None:
    """Whichever comes first; the loopback one is odd all the same."""
    listed = one({"endpoints": endpoints}, allow_private_hosts=allow)
    assert at(listed)[1] == health
    assert listed.oddities == (PASSED_OVER,)


@pytest.mark.parametrize("odd", ["wss://a.example/socket", "chittycanon://core/services/a", "ftp://a.example/health"])
def test_an_endpoint_of_another_scheme_is_not_looked_at(odd: str) -> None:
    """And is nothing odd: it was not meant for a browser."""
    listed = one({"endpoints": [odd, "https://a.example/api"]})
    assert at(listed)[1] == "https://a.example/health"
    assert listed.oddities == ()
    assert at(one({"endpoints": [odd], "hostname": "a.example"}))[1] == "https://a.example/health"
    assert reason_of(one({"endpoints": [odd]})) == "its row names no address"


def test_a_registry_on_loopback_may_name_its_own_machine() -> None:
    """A local trial is a whole ecosystem on one."""
    registry = "http://127.0.0.1:4000/registry"
    row = {"endpoints": ["http://127.0.0.1:4000/services/alpha/health"]}
    listed = one(row, registry_url=registry, allow_private_hosts="true")
    assert at(listed)[:2] == (*("http://127.0.0.1:4000/services/alpha", "http://127.0.0.1:4000/services/alpha/health"),)
    assert listed.oddities == ()
    row["endpoints"].append("https://a.example/x/health")
    assert one(row, registry_url=registry, allow_private_hosts="true") == listed


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"endpoints": ["https://u:p@a.example/health"]}, "a URL without user name and password"),
        ({"endpoints": ["https://u:p@a.example/api"]}, "a URL without user name and password"),
        ({"url": "https://u@a.example"}, "a URL without user name and password"),
        ({"hostname": "u:p@a.example"}, "a URL without user name and password"),
        ({"endpoints": ["https://["]}, FORM),
        ({"endpoints": ["https:///health"]}, FORM),
        ({"url": "/relative"}, FORM),
        ({"hostname": "a b"}, FORM),
        ({"hostname": "a\\b"}, FORM),
        ({"endpoints": ["https://a.example./health"]}, "a URL whose host has no trailing dot"),
        ({"hostname": "a.example."}, "a URL whose host has no trailing dot"),
        ({"endpoints": ["https://10.0.0.1/health"]}, PUBLIC),
        ({"endpoints": ["https://167772161/health"]}, PUBLIC),
        ({"hostname": "[fd00::1]"}, PUBLIC),
        ({"url": "https://a.example/?x=1"}, "a URL without query and fragment"),
        ({"hostname": "a.example", "endpoints": {"health": "/health#x"}}, "a URL without fragment"),
    ],
)
def test_a_malformed_address_is_unprobeable_and_odd(row: dict[str, Any], rule: str) -> None:
    """The rule that it breaks is the reason."""
    listed = one(row)
    assert reason_of(listed) == MUST_BE + rule
    assert listed.oddities == (f"row 1, alpha: {MUST_BE}{rule}",)


def test_plain_http_is_for_loopback_only() -> None:
    """As everywhere."""
    assert reason_of(one({"url": "http://a.example"})).startswith(f"{MUST_BE}https (")


def test_other_private_hosts_follow_the_input() -> None:
    """allow-private-hosts is for networks of one's own."""
    listed = one({"hostname": "10.0.0.1"}, allow_private_hosts="true")
    assert at(listed)[1] == "https://10.0.0.1/health"


def test_a_malformed_entry_is_not_the_registry_s_fault() -> None:
    """The service cannot be looked at, and its row is not odd."""
    listed = one({}, entries=[{"name": "alpha", "url": "ftp://a.example"}])
    assert reason_of(listed) == f"the address that discovery document names must be {FORM}"
    assert listed.oddities == ()


@pytest.mark.parametrize(
    "row",
    [
        {"endpoints": ["https://a.example/health"]},
        {"endpoints": {"health": "https://a.example/ok"}},
        {"hostname": "A.example"},
    ],
)
def test_a_row_and_an_entry_that_disagree_are_odd(row: dict[str, Any]) -> None:
    """Both hosts are named, whichever of them is used."""
    listed = one(row, entries=[{"name": "alpha", "url": "https://b.example"}])
    assert listed.oddities == (
        "row 1, alpha: it is at a.example, and at b.example according to the discovery document",
    )


@pytest.mark.parametrize("url", ["https://A.example", "https://a.example./", "https://a.example:8443/x"])
def test_one_host_in_two_spellings_is_no_disagreement(url: str) -> None:
    """Nor is another path of it."""
    row = {"endpoints": ["https://a.example/health"]}
    assert one(row, entries=[{"name": "alpha", "url": url}]).oddities == ()


def test_the_first_of_two_entries_counts() -> None:
    """As everywhere; entries of another shape are passed over."""
    entries = [3, None, {"name": 3}, {"name": "alpha", "url": "https://a.example"}, {"name": "alpha", "url": "x"}]
    assert at(one({}, entries=entries))[0] == "https://a.example"
