from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chitty_action import ecosystem
from chitty_action.documents.health import HealthDocument
from chitty_action.documents.routes import Conflicts
from chitty_action.documents.tools import Tools
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Redirected,
    Rejected,
    Seen,
    Snapshot,
    Unfinished,
    Unprobeable,
    Unreachable,
)
from chitty_action.model.reading import NotFound
from chitty_action.reporting.post_outputs import health_seen, outputs_seen, truth
from tests.world import ADDRESS, NO_HTTP, NOT_NAMED, SUBJECT, UNUSABLE, about, discovered

if TYPE_CHECKING:
    from chitty_action.model.observation import Observation
    from chitty_action.model.reading import Reading
    from chitty_action.model.subject import Subject

CONDITION = ".ready"
WITH_TOOLS = about({"has_mcp_manifest": True}, health_condition=CONDITION)
WELL = Seen(HealthDocument(verdict=True), status=200)
ILL = Seen(HealthDocument(verdict=False), status=200)
UNREACHABLE = Unreachable("timed out after 10 s")
LISTED = Seen(discovered({"services": [{"name": "alpha"}]}), status=200)


def _snapshot(subject: Subject = WITH_TOOLS, /, **seen: Observation[Any]) -> Snapshot:
    """Return a whole snapshot of phase post in which all is well but for what is given."""
    hub, name, condition = subject.hub, subject.service.name, subject.health_condition
    observations: list[tuple[Reading[Any], Observation[Any]]] = [
        (ecosystem.health_at(ADDRESS.health, condition), seen.get("health", WELL)),
        (ecosystem.proxied_health(hub, name, condition), seen.get("proxied", WELL)),
        (ecosystem.discovery(hub), seen.get("discovery", LISTED)),
        (ecosystem.route_conflicts(hub, name), seen.get("routes", Seen(Conflicts(conflicts=()), status=200))),
        (ecosystem.mcp_tools(hub, name), seen.get("tools", Seen(Tools(count=3), status=200))),
    ]
    return Snapshot(observations)


def test_everything_that_was_seen_is_an_output() -> None:
    """Under the names of the interface, each from its own look."""
    assert outputs_seen(WITH_TOOLS, _snapshot()) == {
        "service-url": "https://alpha.example",
        "health": "healthy",
        "proxied": "true",
        "discovered": "true",
        "route-conflicts": "0",
        "mcp-tools": "3",
    }


def test_what_could_not_be_seen_is_unknown_or_empty() -> None:
    """A number that nobody saw is not 0, and a service in no list is not discovered."""
    nothing = dict.fromkeys(("health", "proxied", "discovery", "routes", "tools"), UNREACHABLE)
    assert outputs_seen(WITH_TOOLS, _snapshot(WITH_TOOLS, **nothing)) == {
        "service-url": "https://alpha.example",
        "health": "down",
        "proxied": "false",
        "discovered": "false",
        "route-conflicts": "unknown",
        "mcp-tools": "",
    }


def test_a_repository_without_tools_was_not_asked_for_them() -> None:
    """The output is then empty, whatever the gateway would have said."""
    assert outputs_seen(SUBJECT, _snapshot(SUBJECT))["mcp-tools"] == ""


def test_a_service_that_is_not_in_the_list_is_not_discovered() -> None:
    """That the document could be read is not enough."""
    others = Seen(discovered({"services": [{"name": "beta"}]}), status=200)
    assert outputs_seen(WITH_TOOLS, _snapshot(discovery=others))["discovered"] == "false"


def test_conflicts_are_counted() -> None:
    """The findings say which they are."""
    conflicts = Conflicts(conflicts=({"route": "a"}, {"route": "b"}))
    assert outputs_seen(WITH_TOOLS, _snapshot(routes=Seen(conflicts, status=200)))["route-conflicts"] == "2"


@pytest.mark.parametrize(
    ("observation", "proxied"),
    [
        (ILL, "false"),
        (UNREACHABLE, "false"),
        (Redirected("answered 302, a redirect to /x, which is not followed", status=302), "false"),
        (Rejected("answered 400", status=400), "false"),
        (Absent(NotFound.CAPABILITY, status=404), "unknown"),
        (Blocked("answered 403: forbidden", status=403), "unknown"),
        (Unprobeable("api.example resolves to a private address"), "unknown"),
        (Unfinished("the deadline of 300 s was reached"), "unknown"),
    ],
)
def test_proxied_is_unknown_where_the_proxy_was_not_seen(
    observation: Observation[HealthDocument], proxied: str
) -> None:
    """Only an answer that went through the proxy, or none at all, says something of it."""
    assert outputs_seen(WITH_TOOLS, _snapshot(proxied=observation))["proxied"] == proxied


@pytest.mark.parametrize(
    ("address", "health", "proxied"),
    [(NO_HTTP, "skipped", "unknown"), (NOT_NAMED, "skipped", "true"), (UNUSABLE, "unprobeable", "true")],
)
def test_without_an_address_only_the_proxy_can_be_seen(address: object, health: str, proxied: str) -> None:
    """Which needs the name alone; a service without HTTP is not proxied, and nobody looked."""
    subject = about({"address": address}, health_condition=CONDITION)
    seen = outputs_seen(subject, _snapshot(subject))
    assert (seen["service-url"], seen["health"], seen["proxied"]) == ("", health, proxied)
    assert health_seen(subject, _snapshot(subject)) == health


def test_booleans_are_spelt_as_workflows_compare_them() -> None:
    """In lower case."""
    assert (truth(True), truth(False)) == ("true", "false")  # noqa: FBT003 - it is the value that is spelt
