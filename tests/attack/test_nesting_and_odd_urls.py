from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chitty_action import ecosystem
from chitty_action.adapters.projection import Projector
from chitty_action.documents.discovery import Discovery
from chitty_action.engine.interpret import interpret
from chitty_action.engine.survey import resolve_address
from chitty_action.model.document import DEEPEST
from chitty_action.model.exchange import Answer
from chitty_action.model.observation import Seen
from chitty_action.model.repository import Repository
from chitty_action.model.subject import Address
from sandbox import Body
from tests.bad_worlds.wire import WireServer, answer
from tests.phases.program import SERVICE
from tests.world import HUB, inputs

if TYPE_CHECKING:
    from chitty_action.model.reading import Reading
    from sandbox import Sandbox
    from tests.phases.program import Program


@pytest.mark.parametrize("health", ["https://[/health", "https://[::1/x", "https://a]b/health", "http://[v1.]/"])
def test_a_discovery_entry_with_a_broken_health_url_is_no_bug(program: Program, sandbox: Sandbox, health: str) -> None:
    """A remote document never ends the run with a bug report."""
    sandbox.faults.set("connect.discovery", Body({"services": [{"name": SERVICE, "health": health}]}))
    ended = program.run(environ={"INPUT_SERVICE-URL-TEMPLATE": None})
    assert ended.code != 3


DEPTHS = (*range(DEEPEST - 3, DEEPEST + 3), 900, 960, 990, 5000)
WRAPS: dict[str, tuple[Reading[Any], str]] = {
    "health": (ecosystem.hub_health(HUB, None), '{"status":%s}'),
    "data": (ecosystem.hub_health(HUB, None), '{"data":{"status":%s}}'),
    "discovery": (ecosystem.discovery(HUB), '{"services":%s}'),
    "registered": (ecosystem.registered(HUB, "alpha"), '{"name":%s}'),
    "routes": (ecosystem.route_conflicts(HUB, "alpha"), '{"conflicts":[{"service":"alpha","x":%s}]}'),
    "tools": (ecosystem.mcp_tools(HUB, "alpha"), '{"tools":[%s]}'),
}


@pytest.mark.parametrize("wrap", WRAPS)
async def test_no_depth_of_a_document_is_a_bug(wrap: str) -> None:
    """At the depth that a parser just takes, a writer may give up."""
    reading, frame = WRAPS[wrap]
    async with Projector() as projector:
        for depth in (*range(10, 900, 80), *range(900, 1010)):
            for opened, middle, closed in (("[", "", "]"), ('{"a":', "1", "}")):
                body = frame % (opened * depth + middle + closed * depth)
                got = Answer(200, {"content-type": "application/json"}, body.encode())
                seen = await interpret(got, reading.sources[0], reading.document, projector)
                if isinstance(seen, Seen):
                    seen.value.told()
                    if isinstance(seen.value, Discovery):
                        seen.value.compact()


def test_no_depth_of_a_discovery_document_breaks_pre(program: Program) -> None:
    """Through the whole program."""
    for depth in DEPTHS:
        body = b'{"services":[],"x":' + b"[" * depth + b"]" * depth + b"}"
        with WireServer(answer(body, "Content-Type: application/json")) as server:
            ended = program.run("pre", connect_url=f"http://127.0.0.1:{server.port}")
        assert ended.code in {0, 1}, depth


def test_no_depth_of_a_registration_is_a_bug(program: Program) -> None:
    """What was accepted as an input can be sent."""
    for depth in DEPTHS:
        program.write("r.json", f'{{"name": "{SERVICE}", "x": {"[" * depth}{"]" * depth}}}')
        ended = program.run(registration_file="r.json", dry_run="true", service_url="none")
        assert ended.code in {0, 2}, depth


@pytest.mark.parametrize("endpoint", ["/health?next=https://a.example/", "health?u=x://y"])
def test_a_path_with_a_url_in_its_query_is_a_path(endpoint: str) -> None:
    """`monitoring.health.endpoint` is "a path, or a whole URL": this begins with no scheme."""
    address = resolve_address(
        inputs(service_url="https://a.example"), "alpha", Repository(health_endpoint=endpoint), None
    )
    assert isinstance(address, Address)
    assert address.health == f"https://a.example/{endpoint.lstrip('/')}"
