"""The input health-condition: the user's own jq program decides, in a child process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from chitty_action.adapters.projection import Projector
from chitty_action.documents.health import HealthDocument, describe, evidence
from chitty_action.ecosystem import health_at
from chitty_action.engine.interpret import interpret
from chitty_action.model.exchange import Answer

if TYPE_CHECKING:
    from chitty_action.model.observation import Observation


async def _look(condition: str, answer: Answer) -> Observation[HealthDocument]:
    source = health_at("https://alpha.example/health", condition).sources[0]
    async with Projector() as projector:
        return await interpret(answer, source, HealthDocument, projector)


def _answer(document: object, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(document).encode())


@pytest.mark.parametrize("output", ["true", '"no"', '""', "{}", "[]", "1", "false, true"])
async def test_a_truthy_last_output_is_healthy(output: str) -> None:
    """As jq counts it: everything but `false` and `null`, and only the last output."""
    observation = await _look(output, _answer({"status": "down"}))
    assert (evidence(observation), describe(observation)) == ("healthy", "answered 200, health-condition holds")


@pytest.mark.parametrize("output", ["false", "null", "true, false", ".missing"])
async def test_a_falsy_last_output_is_degraded(output: str) -> None:
    """Whatever the built-in rule would say."""
    observation = await _look(output, _answer({"status": "ok"}))
    assert evidence(observation) == "degraded"
    assert describe(observation) == "answered 200, health-condition does not hold"


@pytest.mark.parametrize("program", ['error("sick")', "empty", ".status.deep"])
async def test_an_error_is_degraded(program: str) -> None:
    """And so is no output at all; the reason is told."""
    observation = await _look(program, _answer({"status": "ok"}))
    assert evidence(observation) == "degraded"
    assert "health-condition failed: " in describe(observation)


async def test_the_words_of_an_error_are_told_and_cut() -> None:
    """The program chooses them, from what the service says."""
    assert describe(await _look('error("sick")', _answer({}))) == "answered 200, health-condition failed: sick"
    long = describe(await _look("error(.status)", _answer({"status": "s" * 300})))
    assert long == f"answered 200, health-condition failed: {'s' * 119}…"


async def test_a_body_that_is_no_json_cannot_hold() -> None:
    """There is nothing that the program could be asked about."""
    observation = await _look("true", Answer(200, {}, b"fine"))
    assert evidence(observation) == "degraded"
    assert describe(observation) == "answered 200, the body is not JSON, so health-condition does not hold"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (_answer({}, 404), "missing"),
        (_answer({}, 503), "down"),
        (_answer({}, 403), "blocked"),
        (_answer({}, 400), "degraded"),
        (Answer(200, {"content-type": "application/json"}, b"{"), "down"),
    ],
)
async def test_the_classes_of_http_stay(answer: Answer, word: str) -> None:
    """The condition replaces the word rule only."""
    assert evidence(await _look("true", answer)) == word
