from __future__ import annotations

import json

import pytest

from chitty_action.documents.registration import Registered, knows
from chitty_action.ecosystem import registered
from chitty_action.engine.interpret import interpret
from chitty_action.model.exchange import Answer
from chitty_action.model.observation import Absent, Blocked, Observation, Seen, Unfinished, Unreachable
from chitty_action.model.reading import NotFound
from tests.world import HUB, FakeRemote, ports


async def _read(answer: Answer) -> Observation[Registered]:
    """Take the answer through the real projection."""
    reading = registered(HUB, "alpha")
    return await interpret(answer, reading.sources[0], Registered, ports(FakeRemote({})).projector)


@pytest.mark.parametrize("row", [{}, {"name": "alpha", "status": "pending"}, {"service": {"name": "alpha"}}])
async def test_any_row_means_registered(row: object) -> None:
    """Nothing of the row itself is asked for."""
    observation = await _read(Answer(200, {}, json.dumps(row).encode()))
    assert isinstance(observation, Seen)
    assert knows(observation) is True
    assert observation.value.told() == "registered"


@pytest.mark.parametrize("row", [None, [], "alpha", 3])
async def test_an_answer_that_is_no_row_says_nothing(row: object) -> None:
    """`null` with a 200 is not a registration."""
    assert knows(await _read(Answer(200, {}, json.dumps(row).encode()))) is None


async def test_a_404_about_the_service_means_not_registered() -> None:
    """As the registry answers for a name that it does not know."""
    assert knows(await _read(Answer(404, {}, b'{"error":"Tool not found"}'))) is False


@pytest.mark.parametrize(
    "observation",
    [
        Absent(NotFound.CAPABILITY, status=404),
        Blocked("answered 401", status=401),
        Unreachable("timed out after 10 s"),
        Unfinished("the deadline of 300 s was reached"),
    ],
)
def test_without_an_answer_about_the_service_nothing_is_known(observation: Observation[Registered]) -> None:
    """Not even "not registered"."""
    assert knows(observation) is None
