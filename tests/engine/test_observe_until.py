from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.documents.health import evidence
from chitty_action.ecosystem import health_at
from chitty_action.engine.observe import observe_until
from chitty_action.model.evidence import Evidence
from chitty_action.model.exchange import Answer, Failure, Mishap, Retry
from chitty_action.model.observation import Unfinished, Unreachable
from tests.world import FakeClock, FakeLog, FakeRemote, json_answer, ports

if TYPE_CHECKING:
    from chitty_action.documents.health import HealthDocument
    from chitty_action.model.observation import Observation

URL = "https://alpha.example/health"
READING = health_at(URL, None)
DOWN, WELL = Answer(503), json_answer({"status": "ok"})
LATE = Failure(Mishap.UNFINISHED, "the deadline of 300 s was reached")


def _well(observation: Observation[HealthDocument]) -> bool:
    return evidence(observation) is Evidence.HEALTHY


async def _wait(
    *answers: Answer | Failure, budget: float, clock: FakeClock | None = None
) -> tuple[Observation[HealthDocument], FakeRemote, FakeClock]:
    remote, clock = FakeRemote({("GET", URL): answers}), clock or FakeClock()
    return await observe_until(READING, _well, budget, ports(remote, clock)), remote, clock


async def test_a_service_that_is_well_at_once_is_not_waited_for() -> None:
    """One look, no pause."""
    observation, _, clock = await _wait(WELL, budget=60)
    assert (evidence(observation), observation.looks, clock.pauses) == (Evidence.HEALTHY, 1, [])


async def test_pauses_grow_to_five_seconds() -> None:
    """A fresh deployment is asked often at first."""
    observation, remote, clock = await _wait(*[DOWN] * 7, WELL, budget=60)
    assert clock.pauses == [1, 2, 4, 5, 5, 5, 5]
    assert (evidence(observation), observation.looks, len(remote.requests)) == (Evidence.HEALTHY, 8, 8)


async def test_it_stops_when_the_budget_is_over() -> None:
    """The last pause is cut to what is left, so that the last look is at the end of the budget."""
    observation, _, clock = await _wait(DOWN, budget=10)
    assert clock.pauses == [1, 2, 4, 3]
    assert isinstance(observation, Unreachable)
    assert observation.looks == 5


async def test_it_stops_at_what_is_done_whatever_that_is() -> None:
    """The caller says which classes end the wait."""
    remote = FakeRemote({("GET", URL): [DOWN, Answer(403), WELL]})
    observation = await observe_until(
        READING, lambda seen: evidence(seen) in {Evidence.HEALTHY, Evidence.BLOCKED}, 60, ports(remote)
    )
    assert (evidence(observation), observation.looks) == (Evidence.BLOCKED, 2)


async def test_looks_are_not_retried_by_themselves() -> None:
    """The wait is the retry."""
    _, remote, _ = await _wait(DOWN, DOWN, WELL, budget=60)
    assert {request.retry for request in remote.requests} == {Retry.NEVER}


@pytest.mark.parametrize("budget", [0, -1])
async def test_without_a_budget_there_is_one_look_retried_as_any_other(budget: float) -> None:
    """Nobody waits, so a hiccup must not decide."""
    observation, remote, clock = await _wait(DOWN, budget=budget)
    assert [request.retry for request in remote.requests] == [Retry.TRANSIENT]
    assert (observation.looks, clock.pauses) == (1, [])


async def test_it_stops_at_the_deadline_of_the_phase() -> None:
    """Whatever the budget says."""
    observation, _, clock = await _wait(DOWN, budget=60, clock=FakeClock(deadline=2.5))
    assert clock.passed == 2.5
    assert isinstance(observation, Unreachable)


async def test_what_was_seen_before_the_deadline_is_kept() -> None:
    """A look that was cut short knows less than the one before it."""
    observation, _, _ = await _wait(DOWN, LATE, budget=60)
    assert isinstance(observation, Unreachable)
    assert observation.looks == 1


async def test_when_nothing_was_seen_the_deadline_is_what_is_told() -> None:
    """There is no earlier look to fall back on."""
    observation, _, _ = await _wait(LATE, budget=60, clock=FakeClock(deadline=0))
    assert isinstance(observation, Unfinished)


async def test_the_shortest_wait_looks_again_at_its_end() -> None:
    """However little the budget is, it is one."""
    observation, _, clock = await _wait(DOWN, WELL, budget=0.5)
    assert (evidence(observation), observation.looks, clock.pauses) == (Evidence.HEALTHY, 2, [0.5])


async def test_the_budget_counts_from_the_first_look() -> None:
    """And not from the beginning of the phase, which may have waited for others."""
    _, _, clock = await _wait(DOWN, budget=10, clock=FakeClock(passed=100))
    assert clock.passed == 110


async def test_the_wait_says_what_it_waits_for() -> None:
    """A run that takes long explains itself in its log."""
    log = FakeLog()
    remote = FakeRemote({("GET", URL): [DOWN, DOWN, WELL]})
    await observe_until(READING, _well, 10.16, ports(remote, log=log))
    assert [values for event, values in log.events if event == "reading.awaited"] == [
        {"url": URL, "look": 1, "seconds_left": 10.2},
        {"url": URL, "look": 2, "seconds_left": 9.2},
    ]
