"""A real week, played through the real code: the list, where everybody is, a look at each, and its class."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from chitty_action import ecosystem
from chitty_action.engine.observe import Pace, observe, observe_each
from chitty_action.engine.roster import Listed, class_of, look_of, roster
from chitty_action.engine.survey import hub_of
from chitty_action.model.evidence import Evidence
from chitty_action.model.observation import Seen
from chitty_action.model.reading import Generation
from tests.replay import week
from tests.world import FakeRemote, inputs, json_answer, ports

if TYPE_CHECKING:
    from chitty_action.documents.services import Services
    from chitty_action.model.exchange import Answer

INPUTS = inputs(phase="reconcile")
HUB = hub_of(INPUTS)
DESIGN, DEPLOYED = f"{HUB.registry}/api/services", f"{HUB.registry}/api/v1/tools"
NOT_OFFERED = json_answer({"error": "Endpoint not found", "availableEndpoints": ["GET /api/v1/tools"]}, 404)
PROTECTED = json_answer({"error": "Unauthorized"}, 401)

Played = tuple[Seen["Services"], tuple[Listed, ...], dict[Evidence, set[str]], FakeRemote]


async def _play(design: Answer, deployed: Answer, gate: Answer = week.KEY_MISSING) -> Played:
    """Read the list and the discovery document, then look at everybody, each once."""
    remote = FakeRemote(
        {
            ("GET", DESIGN): design,
            ("GET", DEPLOYED): deployed,
            ("GET", f"{HUB.connect}/.well-known/chitty.json"): json_answer(week.discovery()),
            **{("GET", f"https://{host}/health"): week.health_of(name, gate) for name, host in week.HOSTS.items()},
        }
    )
    first = await observe([ecosystem.services(HUB), ecosystem.discovery(HUB)], ports(remote))
    services, discovery = first[ecosystem.services(HUB)], first[ecosystem.discovery(HUB)]
    assert isinstance(services, Seen)
    assert isinstance(discovery, Seen)
    everybody = roster(services.value, services.generation, discovery.value, INPUTS)
    at = [look for listed in everybody if (look := look_of(listed))]
    looks = await observe_each(at, lambda look: ecosystem.health_at(look, None), ports(remote), Pace())
    classes: dict[Evidence, set[str]] = defaultdict(set)
    for listed in everybody:
        classes[class_of(listed, looks)[0]].add(listed.name)
    return services, everybody, classes, remote


@pytest.mark.parametrize("gate", [week.KEY_MISSING, week.FORBIDDEN], ids=["401", "403"])
async def test_the_week_is_seen_as_it_was(gate: Answer) -> None:
    """Five are down and one is missing, exactly; nothing else is an alarm, and all 49 are accounted for."""
    services, everybody, classes, _ = await _play(
        NOT_OFFERED, json_answer({"success": True, "tools": week.registry(), "count": 49}), gate
    )
    assert services.generation is Generation.DEPLOYED
    assert services.value.told() == "lists 49 services"
    assert classes == {
        Evidence.DOWN: set(week.DOWN),
        Evidence.MISSING: {week.MISSING},
        Evidence.UNPROBEABLE: {"openclaw"},
        Evidence.BLOCKED: {week.GATED, week.BEHIND_ACCESS},
        Evidence.HEALTHY: set(week.HOSTS) - {*week.DOWN, week.MISSING, week.GATED, week.BEHIND_ACCESS},
    }
    assert len(everybody) == 49
    assert sorted(map(len, classes.values())) == [1, 1, 2, 5, 40]


async def test_the_week_s_one_oddity_is_the_loopback_address() -> None:
    """It is named, with the row, and nobody connects to it."""
    _, everybody, _, remote = await _play(NOT_OFFERED, json_answer({"success": True, "tools": week.registry()}))
    assert [oddity for listed in everybody for oddity in listed.oddities] == [
        "row 40, openclaw: its row names a loopback address"
    ]
    assert not [url for url in remote.prepared if "127.0.0.1" in url]


async def test_the_same_rows_from_the_design_s_path_are_seen_alike() -> None:
    """Where a row says where it is, the path of the list does not matter."""
    _, _, deployed, _ = await _play(NOT_OFFERED, json_answer({"success": True, "tools": week.registry()}))
    services, _, design, remote = await _play(json_answer({"services": week.registry()}), PROTECTED)
    assert services.generation is Generation.DESIGN
    assert design == deployed
    assert ("GET", DEPLOYED) not in remote.asked


async def test_behind_a_protected_registry_discovery_names_what_it_can() -> None:
    """The registry's 401 hides 29 services; the twenty of the catalog are seen, and no other host is asked."""
    services, everybody, classes, remote = await _play(PROTECTED, PROTECTED)
    assert services.generation is Generation.DEPLOYED
    assert [listed.name for listed in everybody] == [*week.CATALOG]
    assert [oddity for listed in everybody for oddity in listed.oddities] == []
    alarms = {"chittychain", "chittydispute", week.MISSING}
    assert classes == {
        Evidence.DOWN: {"chittychain", "chittydispute"},
        Evidence.MISSING: {week.MISSING},
        Evidence.HEALTHY: set(week.CATALOG) - alarms,
    }
    hosts = {f"https://{week.HOSTS[name]}/health" for name in week.CATALOG}
    assert {url for _, url in remote.asked if url.endswith("/health")} == hosts


async def test_an_empty_registry_is_an_empty_list() -> None:
    """It answered, so discovery does not speak for it; there is nobody to look at."""
    empty = json_answer({"success": True, "tools": [], "count": 0})
    services, everybody, classes, remote = await _play(NOT_OFFERED, empty)
    assert services.value.told() == "lists no services"
    assert services.url == DEPLOYED
    assert everybody == ()
    assert classes == {}
    assert not [url for _, url in remote.asked if url.endswith("/health")]
