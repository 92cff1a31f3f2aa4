from __future__ import annotations

import json

import pytest

from chitty_action.documents.routes import Conflicts, claimants_of, route_of
from chitty_action.ecosystem import route_conflicts
from chitty_action.engine.interpret import interpret
from chitty_action.model.exchange import Answer
from chitty_action.model.observation import Observation, Seen, Unreachable
from tests.world import HUB, FakeRemote, ports


async def _read(document: object, name: str = "alpha") -> Observation[Conflicts]:
    """Take the document through the real projection."""
    answer = Answer(200, {}, json.dumps(document).encode())
    reading = route_conflicts(HUB, name)
    return await interpret(answer, reading.sources[0], Conflicts, ports(FakeRemote({})).projector)


async def test_only_the_entries_of_the_service_are_kept() -> None:
    """Everything else is somebody else's conflict, or no entry at all."""
    ours: object = {"service": "alpha", "route": "a.example/*", "extra": 1}
    observation = await _read({"routes": [], "conflicts": [ours, {"service": "beta"}, {}, None, "alpha", ["alpha"], 3]})
    assert isinstance(observation, Seen)
    assert observation.value.conflicts == (ours,)


async def test_a_name_is_never_a_part_of_the_program() -> None:
    """It goes in as a jq variable."""
    observation = await _read({"conflicts": [{"service": "beta"}]}, 'x" or true or .service == "')
    assert isinstance(observation, Seen)
    assert observation.value.conflicts == ()


@pytest.mark.parametrize("document", [{}, [], None, 3, {"conflicts": None}, {"conflicts": {}}, {"conflicts": 0}])
async def test_without_a_list_of_conflicts_nothing_is_known(document: object) -> None:
    """A document that does not say is not one that says "none"."""
    assert isinstance(await _read(document), Unreachable)


@pytest.mark.parametrize(("count", "words"), [(0, "no conflicts"), (1, "1 conflict"), (2, "2 conflicts")])
def test_it_tells_how_many_there_are(count: int, words: str) -> None:
    """In plain words."""
    conflict: dict[str, object] = {"service": "alpha"}
    assert Conflicts(conflicts=(conflict,) * count).told() == words


@pytest.mark.parametrize(
    ("entry", "route"),
    [
        ({"route": "a.example/*"}, "the route a.example/*"),
        ({"pattern": "a.example/*"}, "the route a.example/*"),
        ({"route": "", "pattern": "b"}, "the route b"),
        ({"route": {"name": "r"}}, "the route r"),
        ({"route": ["x", "y"]}, "the route ['x', 'y']"),
        ({}, "a route that is not named"),
    ],
)
def test_the_route_is_shown_as_far_as_it_is_there(entry: dict[str, object], route: str) -> None:
    """Whichever field holds it."""
    assert route_of(entry) == route


@pytest.mark.parametrize(
    ("entry", "claimants"),
    [
        ({"service": "alpha", "claimants": ["alpha", "beta"]}, ("alpha", "beta")),
        ({"service": "alpha", "claimants": "beta-worker"}, ("alpha", "beta-worker")),
        ({"service": "alpha", "claimants": {"name": "beta"}}, ("alpha", "beta")),
        ({"service": "alpha", "workers": ["beta"]}, ("alpha", "beta")),
        ({"service": "alpha", "workers": [{"worker": "w1"}, {"service": "w2"}, {"id": 7}]}, ("w1", "w2", "{'id': 7}")),
        ({"service": "alpha", "claimants": [], "workers": ["beta", "alpha"]}, ("beta", "alpha")),
        ({"service": "alpha", "conflicts_with": "beta"}, ("alpha", "beta")),
        ({"service": "alpha", "conflicts_with": ["beta", "gamma", "beta"]}, ("alpha", "beta", "gamma")),
        ({"service": "alpha", "conflicts_with": {"service": "beta"}}, ("alpha", "beta")),
        ({"service": "alpha"}, ("alpha",)),
        ({}, ()),
    ],
)
def test_claimants_are_shown_as_far_as_they_are_there(entry: dict[str, object], claimants: tuple[str, ...]) -> None:
    """Text, list or object; each once."""
    assert claimants_of(entry) == claimants


def test_hostile_names_stay_in_their_sentence() -> None:
    """They are on one line and short."""
    entry: dict[str, object] = {"route": "a\n::error::" + "x" * 500, "claimants": ["b\x1b[31m\r\n", "c\u202e"]}
    for text in (route_of(entry), *claimants_of(entry)):
        assert text.isprintable()
        assert len(text) <= 130
