from __future__ import annotations

import json

import pytest

from chitty_action.documents.registration import Registered, knows
from chitty_action.ecosystem import compliance, registered
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


async def _record(document: object) -> Observation[Registered]:
    """Take ChittyRegister's answer through the real projection."""
    answer = Answer(200, {}, json.dumps(document).encode())
    return await interpret(answer, compliance(HUB, "alpha").sources[0], Registered, ports(FakeRemote({})).projector)


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"status": "active"}, "registered"),
        ({"name": "alpha", "chitty_id": "03-1"}, "registered"),
        ({"registeredAt": "2026-01-01"}, "registered"),
        ({"status": "pending_cert", "compliant": False}, "registered, its certificate is pending"),
        ({"chitty_id": "03-1", "compliant": False}, "registered, not compliant"),
        ({"chitty_id": "03-1", "status": "not_found"}, "registered"),
    ],
)
async def test_a_compliance_record_that_shows_a_registration(record: dict[str, object], told: str) -> None:
    """By its status, by the identity that was given, or by when it was."""
    observation = await _record(record)
    assert isinstance(observation, Seen)
    assert knows(observation) is True
    assert observation.value.told() == told


@pytest.mark.parametrize(
    "record",
    [
        {"registered": False},
        {"name": "alpha", "registered": False, "compliant": False, "status": None},
        {"status": "not_registered", "chitty_id": None, "registeredAt": None, "compliant": False},
        {"status": "not_found", "chitty_id": None},
    ],
)
async def test_a_compliance_record_that_says_not_registered(record: dict[str, object]) -> None:
    """In a 200 as in a 404."""
    observation = await _record(record)
    assert isinstance(observation, Seen)
    assert knows(observation) is False
    assert observation.value.told() == "not registered"


@pytest.mark.parametrize(
    "record",
    [
        {"compliant": False},
        {"compliant": False, "status": "unknown", "chitty_id": None, "registeredAt": None},
        {"registered": None},
        {"status": ["active"]},
        {"registered": False, "success": False},
        {"name": "beta", "status": "active"},
        {},
    ],
)
async def test_a_compliance_record_without_evidence_says_nothing(record: dict[str, object]) -> None:
    """To be not compliant is no evidence of a registration."""
    assert knows(await _record(record)) is None


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
