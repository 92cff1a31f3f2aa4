from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chitty_action import ecosystem
from chitty_action.model.reading import Credential, Generation, NotFound
from tests.world import HUB

if TYPE_CHECKING:
    from chitty_action.model.reading import Reading, Source


def _only(reading: Reading[Any]) -> Source:
    (source,) = reading.sources
    return source


@pytest.mark.parametrize(
    ("reading", "url"),
    [
        (ecosystem.hub_health(HUB, None), "https://connect.example/health"),
        (ecosystem.discovery(HUB), "https://connect.example/.well-known/chitty.json"),
        (ecosystem.health_at("https://alpha.example/up", None), "https://alpha.example/up"),
        (ecosystem.proxied_health(HUB, "alpha", None), "https://api.example/alpha/api/health"),
        (ecosystem.route_conflicts(HUB, "alpha"), "https://connect.example/api/admin/routes"),
    ],
)
def test_readings_are_taken_where_the_interface_says(reading: Reading[Any], url: str) -> None:
    """Section 4, row by row."""
    assert _only(reading).url == url


@pytest.mark.parametrize(
    ("reading", "urls"),
    [
        (
            ecosystem.services(HUB),
            [
                "https://registry.example/api/services",
                "https://registry.example/api/v1/tools",
                "https://connect.example/.well-known/chitty.json",
            ],
        ),
        (
            ecosystem.registered(HUB, "chittyalpha"),
            [
                "https://registry.example/api/services/chittyalpha",
                "https://register.example/api/v1/compliance/chittyalpha",
                "https://registry.example/api/v1/tools",
            ],
        ),
        (
            ecosystem.mcp_tools(HUB, "chittyalpha", "alpha"),
            ["https://mcp.example/chittyalpha/mcp/tools/list", "https://mcp.example/alpha/mcp"],
        ),
    ],
)
def test_the_design_is_asked_before_the_deployed_api(reading: Reading[Any], urls: list[str]) -> None:
    """Ordered sources, and each says to which generation it belongs."""
    assert [source.url for source in reading.sources] == urls
    generations = [source.generation for source in reading.sources]
    assert generations == [Generation.DESIGN, *[Generation.DEPLOYED] * (len(urls) - 1)]


def test_the_list_speaks_for_a_gatekeeper_in_trouble_and_nothing_else_does() -> None:
    """And a gatekeeper that is asked alone is in trouble."""
    sources = ecosystem.registered(HUB, "alpha").sources
    assert [source.yields_in_trouble for source in sources] == [False, True, False]
    for reading in (ecosystem.compliance(HUB, "alpha"), ecosystem.services(HUB), ecosystem.mcp_tools(HUB, "alpha")):
        assert not any(source.yields_in_trouble for source in reading.sources)


def test_a_proxy_is_asked_by_the_label_that_discovery_gives_then_by_name() -> None:
    """The deployed gateway knows the sub-domain only, and takes a name for a host that is down."""
    reading = ecosystem.proxied_health(HUB, "chittyalpha", None, "alpha")
    urls = [source.url for source in reading.sources]
    assert urls == ["https://api.example/alpha/api/health", "https://api.example/chittyalpha/api/health"]
    assert ecosystem.proxied_health(HUB, "alpha", None, "alpha") == ecosystem.proxied_health(HUB, "alpha", None)


def test_writes_go_where_the_interface_says() -> None:
    """Sections 4 and 5."""
    assert ecosystem.registration_url(HUB) == "https://register.example/api/register"
    assert ecosystem.status_url(HUB, "alpha") == "https://register.example/api/services/alpha/status"
    assert ecosystem.submission_url(HUB) == "https://register.example/api/v1/register"
    assert ecosystem.tasks_urls(HUB) == (
        "https://api.example/api/context/tasks",
        "https://connect.example/api/context/tasks",
    )


@pytest.mark.parametrize(
    ("reading", "what"),
    [
        (ecosystem.hub_health(HUB, None), NotFound.ADDRESS),
        (ecosystem.health_at("https://alpha.example/up", None), NotFound.ADDRESS),
        (ecosystem.proxied_health(HUB, "alpha", None), NotFound.CAPABILITY),
        (ecosystem.discovery(HUB), NotFound.CAPABILITY),
        (ecosystem.compliance(HUB, "alpha"), NotFound.SUBJECT),
        (ecosystem.route_conflicts(HUB, "alpha"), NotFound.CAPABILITY),
    ],
)
def test_each_source_declares_what_its_404_means(reading: Reading[Any], what: NotFound) -> None:
    """Nothing at the address, not registered, or not offered."""
    assert _only(reading).not_found is what


def test_only_the_api_key_is_sent_and_only_to_its_two_places() -> None:
    """Health looks, proxies and discovery go without any credential."""
    assert _only(ecosystem.route_conflicts(HUB, "alpha")).credential is Credential.API_KEY
    assert {source.credential for source in ecosystem.mcp_tools(HUB, "alpha").sources} == {Credential.API_KEY}
    for reading in (
        ecosystem.hub_health(HUB, None),
        ecosystem.health_at("https://alpha.example/up", None),
        ecosystem.proxied_health(HUB, "alpha", None),
        ecosystem.discovery(HUB),
        ecosystem.registered(HUB, "alpha"),
        ecosystem.services(HUB),
    ):
        assert {source.credential for source in reading.sources} == {None}


def test_a_condition_of_the_user_is_foreign_and_part_of_the_key() -> None:
    """It runs apart from us, and a look by another rule is another reading."""
    own, users = ecosystem.hub_health(HUB, None), ecosystem.hub_health(HUB, ".ready")
    assert own != users
    ours, theirs = _only(own).projection, _only(users).projection
    assert ours is not None
    assert theirs is not None
    assert (ours.foreign, theirs.foreign, theirs.program) == (False, True, ".ready")


def test_only_a_health_look_may_do_without_json() -> None:
    """A 204 is healthy; it is no document."""
    assert not _only(ecosystem.health_at("https://alpha.example/up", None)).json_only
    assert _only(ecosystem.discovery(HUB)).json_only
