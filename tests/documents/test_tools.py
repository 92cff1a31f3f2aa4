from __future__ import annotations

import json

import pytest

from chitty_action.documents.tools import Tools
from chitty_action.ecosystem import mcp_tools
from chitty_action.engine.interpret import interpret
from chitty_action.model.exchange import Answer
from chitty_action.model.observation import Observation, Seen, Unreachable
from tests.world import HUB, FakeRemote, ports


async def _read(document: object) -> Observation[Tools]:
    """Take the document through the real projection."""
    answer = Answer(200, {}, json.dumps(document).encode())
    reading = mcp_tools(HUB, "alpha")
    return await interpret(answer, reading.sources[0], Tools, ports(FakeRemote({})).projector)


@pytest.mark.parametrize("tools", [[], [{"name": "a"}], [1, None, "x"]])
async def test_tools_are_counted(tools: list[object]) -> None:
    """What they are does not matter."""
    observation = await _read({"tools": tools})
    assert isinstance(observation, Seen)
    assert observation.value.count == len(tools)


@pytest.mark.parametrize(
    "document", [{}, [], None, {"tools": None}, {"tools": 3}, {"tools": {"a": 1}}, {"tools": "ab"}]
)
async def test_without_a_list_there_is_no_count(document: object) -> None:
    """Three of something that is no list are not three tools."""
    assert isinstance(await _read(document), Unreachable)


@pytest.mark.parametrize(("count", "words"), [(0, "no tools"), (1, "1 tool"), (2, "2 tools")])
def test_it_tells_how_many_there_are(count: int, words: str) -> None:
    """In plain words."""
    assert Tools(count=count).told() == words
