from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.phases.program import SERVICE

if TYPE_CHECKING:
    from integration.faults import FaultLab
    from sandbox import Sandbox
    from tests.phases.program import Ended, Program


HUB, DISCOVERY = "connect-reachable", "discovery-readable"
MARGIN = 15.0  # seconds beyond the deadline for a machine that has other things to do


def pre(program: Program, lab: FaultLab, fault: str, retries: int = 2, deadline: int = 20) -> Ended:
    """Run `pre` with a fault between it and ChittyConnect, and insist that its deadline ends it."""
    running = program.start(
        "pre",
        service_name="chittyrouter",
        connect_url=f"{lab.url(fault)}/connect",
        timeout="5",
        retries=str(retries),
        deadline=str(deadline),
    )
    ended = program.finish(running, within=60)
    assert ended.report["elapsed"] < deadline + MARGIN
    return ended


def test_the_lab_itself_is_no_fault(program: Program, lab: FaultLab) -> None:
    """Through haproxy alone everything passes, so what the other tests see is the fault."""
    ended = pre(program, lab, "honest")
    assert (ended.code, ended.findings, ended.outputs["connect-healthy"]) == (0, [], "true")


def test_latency_is_no_fault(program: Program, lab: FaultLab) -> None:
    """A slow hub is a well hub as long as it answers in time."""
    ended = pre(program, lab, "latency")
    assert (ended.code, ended.outputs["verdict"], ended.findings) == (0, "passed", [])
    assert ended.report["elapsed"] >= 0.7


@pytest.mark.parametrize(
    ("fault", "words", "asked"),
    [
        ("unavailable", "answered 503 “busy”", 3),
        ("unavailable-until-a-date", "answered 503 “busy”", 3),
        ("lost-answer", "answered 503 “lost”", 0),
        ("no-server", "answered 503", 3),
        ("bad-gzip", "broke off its answer: Invalid gzip header", 3),
    ],
)
def test_a_hub_that_answers_badly_aborts_the_deployment(
    program: Program, lab: FaultLab, fault: str, words: str, asked: int
) -> None:
    """Both gates say what was seen, after as many tries as the input allows."""
    ended = pre(program, lab, fault)
    assert (ended.code, ended.outputs["verdict"], ended.outputs["connect-healthy"]) == (1, "failed", "false")
    assert ended.levels() == {HUB: "error", DISCOVERY: "error"}
    assert words in ended.finding(HUB)["message"]
    assert words in ended.finding(DISCOVERY)["message"]
    assert len([line for line in lab.asked(fault, 2 * asked) if "/health " in line]) == asked


def test_retry_after_is_waited_for(program: Program, lab: FaultLab) -> None:
    """With a second before each try, no more tries fit into the deadline than it has seconds."""
    ended = pre(program, lab, "unavailable", retries=20, deadline=4)
    tries = [line for line in lab.asked("unavailable", 4) if line.startswith("GET /connect/health ")]
    assert ended.code == 1
    assert 2 <= len(tries) <= 4
    assert "answered 503" in ended.finding(HUB)["message"]


def test_retry_after_nothing_is_at_once(program: Program, lab: FaultLab, sandbox: Sandbox) -> None:
    """Eight pauses of our own choice would not fit into the deadline; those that were asked for take no time."""
    ended = pre(program, lab, "lost-answer", retries=8, deadline=10)
    assert ended.code == 1
    assert len([request for request in sandbox.requests if request.target == "connect.health"]) == 9


@pytest.mark.parametrize(
    ("fault", "code", "healthy", "words"),
    [
        ("unavailable-for-an-hour", 1, "false", "is down (answered 503 “busy”)"),
        ("too-many-for-an-hour", 0, "unknown", "answered 429: too many requests"),
    ],
)
def test_a_wait_beyond_the_deadline_is_not_begun(  # noqa: PLR0913, PLR0917 - a table of faults
    program: Program, lab: FaultLab, fault: str, code: int, healthy: str, words: str
) -> None:
    """An hour does not fit, so the answer counts as it is, at once."""
    ended = pre(program, lab, fault, retries=5)
    assert (ended.code, ended.outputs["connect-healthy"]) == (code, healthy)
    assert words in ended.finding(HUB)["message"]
    assert sorted(lab.asked(fault, 2)) == [
        f"GET /connect/.well-known/chitty.json {429 if 'many' in fault else 503}",
        f"GET /connect/health {429 if 'many' in fault else 503}",
    ]


def test_too_many_requests_is_a_block_and_no_outage(program: Program, lab: FaultLab) -> None:
    """After the retries; the level is `on-blocked`, and nobody says that the hub is down."""
    ended = pre(program, lab, "too-many")
    assert (ended.code, ended.outputs["verdict"], ended.outputs["connect-healthy"]) == (0, "warned", "unknown")
    assert ended.levels() == {HUB: "warning", DISCOVERY: "warning"}
    assert "ChittyConnect did not let this runner look" in ended.finding(HUB)["message"]
    assert "answered 429: too many requests" in ended.finding(HUB)["message"]
    assert "down" not in ended.finding(HUB)["message"]
    assert len(lab.asked("too-many", 6)) == 6


def test_flapping_is_survived(program: Program, lab: FaultLab) -> None:
    """503, 503, 200: the third try counts, and nobody hears of the first two."""
    ended = pre(program, lab, "flapping")
    assert (ended.code, ended.outputs["verdict"], ended.findings) == (0, "passed", [])
    assert [line.rpartition(" ")[2] for line in lab.asked("flapping", 6) if "/health " in line] == ["503", "503", "200"]


def test_flapping_longer_than_the_retries_is_a_failure(program: Program, lab: FaultLab) -> None:
    """One retry is one retry."""
    ended = pre(program, lab, "flapping", retries=1)
    assert (ended.code, ended.levels()) == (1, {HUB: "error", DISCOVERY: "error"})
    assert len(lab.asked("flapping", 4)) == 4


def test_a_redirect_loop_is_looked_at_once(program: Program, lab: FaultLab) -> None:
    """No redirect is followed, so there is no loop to fall into."""
    ended = pre(program, lab, "redirect-loop")
    message = ended.finding(HUB)["message"]
    assert (ended.code, ended.levels()) == (1, {HUB: "error", DISCOVERY: "error"})
    assert f"is redirected (answered 302, a redirect to “{lab.url('redirect-loop')}/connect/health”" in message
    assert len(lab.asked("redirect-loop", 2)) == 2


def test_a_fresh_deployment_may_flap(program: Program, lab: FaultLab) -> None:
    """`post` keeps asking while `wait-for-health` lasts, and the service ends active."""
    running = program.start(
        "post", service_url=f"{lab.url('flapping')}/services/{SERVICE}", wait_for_health="30", deadline="60"
    )
    ended = program.finish(running, within=90)
    assert (ended.code, ended.outputs["health"], ended.outputs["status"]) == (0, "healthy", "active")
    assert [line.rpartition(" ")[2] for line in lab.asked("flapping", 3)] == ["503", "503", "200"]


@pytest.mark.parametrize(
    ("fault", "health", "words"),
    [
        ("unavailable-for-an-hour", "down", "answered 503 “busy”"),
        ("redirect-loop", "redirected", "answered 302"),
        ("too-many", "blocked", "answered 429"),
        ("bad-gzip", "down", "Invalid gzip header"),
    ],
)
def test_a_service_that_answers_badly_is_not_marked_active(
    program: Program, lab: FaultLab, fault: str, health: str, words: str
) -> None:
    """It is registered all the same: the deployment did happen."""
    url = f"{lab.url(fault)}/services/{SERVICE}"
    ended = program.finish(program.start("post", service_url=url, wait_for_health="2"), within=60)
    assert (ended.outputs["health"], ended.outputs["status"]) == (health, "unchanged")
    assert ended.outputs["registered"] == "true"
    assert (ended.code == 0) is (health == "blocked")
    assert words in ended.finding("service-healthy")["message"]
