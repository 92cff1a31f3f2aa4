from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration import drip
from integration.drip import DripServer

if TYPE_CHECKING:
    from integration.drip import Play
    from integration.faults import FaultLab
    from tests.phases.program import Ended, Program


HUB, DISCOVERY = "connect-reachable", "discovery-readable"
DEADLINE = 20
MARGIN = 15.0  # seconds beyond the deadline for a machine that has other things to do

# What the faults have in common with others is no cause: these words belong to other faults.
CAUSES = ("the connection was closed", "within 1 s", "cut short", "over 16 MiB", "too large", "parsed", "TLS", "HTML")


def pre(program: Program, connect_url: str) -> Ended:
    """Run `pre` with a second for each request and one retry."""
    running = program.start(
        "pre",
        service_name="chittyrouter",
        connect_url=connect_url,
        timeout="1",
        retries="1",
        deadline=str(DEADLINE),
    )
    return program.finish(running, within=60)


def aborted(ended: Ended, words: str) -> None:
    """Insist on two errors that name this cause and no other, within the deadline."""
    assert (ended.code, ended.outputs["verdict"], ended.outputs["connect-healthy"]) == (1, "failed", "false")
    assert ended.levels() == {HUB: "error", DISCOVERY: "error"}
    assert ended.finding(HUB)["message"].startswith("ChittyConnect is unavailable, deployment aborted: ")
    for check in (HUB, DISCOVERY):
        message = ended.finding(check)["message"]
        assert words in message
        assert not [cause for cause in CAUSES if cause in message and cause not in words]
    assert ended.outputs["registered"] == "true", "the registry is asked directly, and well"
    assert ended.report["elapsed"] < DEADLINE + MARGIN


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("reset", "gave no answer: the connection was closed"),
        ("empty", "gave no answer: the connection was closed"),
        ("silent", "gave no answer: not a whole one within 1 s"),
        ("tarpit", "gave no answer: not a whole one within 1 s"),
    ],
)
def test_a_hub_that_does_not_answer(program: Program, lab: FaultLab, fault: str, words: str) -> None:
    """Reset, hung up, dropped without a word, or held."""
    aborted(pre(program, f"{lab.url(fault)}/connect"), words)


def test_the_drip_server_itself_is_no_fault(program: Program) -> None:
    """An honest answer from it passes, so what the next test sees is the behaviour."""
    with DripServer(drip.whole) as server:
        running = program.start("pre", service_name="chittyrouter", connect_url=server.url, timeout="5")
        ended = program.finish(running, within=60)
    assert (ended.code, ended.findings) == (0, [])


@pytest.mark.parametrize(
    ("play", "words", "tries"),
    [
        (drip.drip_head, "gave no answer: not a whole one within 1 s", 2),
        (drip.drip_body, "broke off its answer: not a whole one within 1 s", 2),
        (drip.truncated, "broke off its answer: the body was cut short", 2),
        (drip.truncated_chunk, "broke off its answer: the body was cut short", 2),
        (drip.truncated_head, "gave no answer: the connection was closed", 2),
        (drip.endless_head, "broke off its answer: message head is too large", 2),
        (drip.endless_interim, "gave no answer: not a whole one within 1 s", 2),
        (drip.huge, "answered 200 with a body over 16 MiB", 1),
        (drip.no_http, "broke off its answer: invalid HTTP version parsed", 2),
        (drip.two_lengths, "broke off its answer: invalid content-length parsed", 2),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_an_answer_that_does_not_arrive_whole(program: Program, play: Play, words: str, tries: int) -> None:
    """However well it began; a time-out counts for the answer as a whole, not for each of its bytes."""
    with DripServer(play) as server:
        ended = pre(program, server.url)
        assert len([line for line in server.asked if line == "GET /health"]) == tries
    aborted(ended, words)


@pytest.mark.parametrize("play", [drip.drip_head, drip.drip_body, drip.endless_interim], ids=lambda play: play.__name__)
def test_the_deadline_ends_a_drip(program: Program, play: Play) -> None:
    """What it left unfinished is skipped and said, and is no outage of the hub."""
    with DripServer(play) as server:
        running = program.start(
            "pre", service_name="chittyrouter", connect_url=server.url, timeout="60", retries="9", deadline="2"
        )
        ended = program.finish(running, within=60)
    assert ended.report["elapsed"] < 2 + MARGIN
    assert ended.code == 1
    assert ended.outputs["connect-healthy"] == "unknown"
    assert "the deadline of 2 s was reached" in ended.everything
    assert "down" not in ended.finding(HUB)["message"]


def test_everything_silent_ends_with_the_deadline(program: Program, lab: FaultLab) -> None:
    """`post` asks eight systems; each of them may hang, and the whole still ends in time."""
    program.write("mcp/manifest.json", {})
    base = lab.url("silent")
    running = program.start(
        "post",
        connect_url=f"{base}/connect",
        registry_url=f"{base}/registry",
        register_url=f"{base}/register",
        api_url=f"{base}/api",
        mcp_url=f"{base}/mcp",
        service_url=f"{base}/services/chittydemo",
        context_sync="always",
        wait_for_health="60",
        wait_for_discovery="60",
        timeout="2",
        retries="3",
        deadline="6",
    )
    ended = program.finish(running, within=60)
    assert ended.report["elapsed"] < 6 + MARGIN
    assert (ended.code, ended.outputs["verdict"], ended.outputs["status"]) == (1, "failed", "unchanged")
    assert "the deadline of 6 s was reached" in ended.everything
