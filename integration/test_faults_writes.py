from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration import drip
from integration.drip import DripServer
from sandbox import Reset
from tests.phases.program import SERVICE, variables

if TYPE_CHECKING:
    from integration.drip import Play
    from integration.faults import FaultLab
    from sandbox import Sandbox
    from tests.phases.program import Ended, Program


CREATION = "POST /api/api/context/tasks"
REGISTRATION = "POST /register/api/register"


def post(program: Program, **hub: str) -> Ended:
    """Run `post` with a part of the hub elsewhere; a write that fails leaves the deployment good."""
    limits = {"timeout": "1", "retries": "2", "deadline": "60", "context-sync": "always"}
    elsewhere = {f"{part}-url": url for part, url in hub.items()}
    running = program.start("post", environ=variables({**limits, **elsewhere}))
    ended = program.finish(running, within=90)
    assert (ended.code, ended.outputs["health"]) == (0, "healthy")
    return ended


def posted(sandbox: Sandbox, target: str) -> list[tuple[bytes, str | None]]:
    """Give body and idempotency key of each POST that reached a part of the sandbox."""
    return [
        (request.body, request.headers.get("idempotency-key"))
        for request in sandbox.requests
        if (request.method, request.target) == ("POST", target)
    ]


# Creating a task has no key: an answer of any kind means that it may have been done


@pytest.mark.parametrize("fault", ["unavailable", "flapping", "too-many", "redirect-loop", "bad-gzip", "no-server"])
def test_a_task_is_not_created_twice_after_an_answer(program: Program, lab: FaultLab, fault: str) -> None:
    """Whatever it says; not even "try again in a second" is an invitation here."""
    ended = post(program, api=f"{lab.url(fault)}/api")
    assert len([line for line in lab.asked(fault, 2) if line.startswith(CREATION)]) == 1
    assert ended.finding("context-sync")["level"] == "warning"
    assert ended.outputs["context-task-id"] == ""


def test_a_task_whose_answer_was_lost_is_not_created_twice(program: Program, lab: FaultLab, sandbox: Sandbox) -> None:
    """The task was made, and a gateway answered 503 in its place."""
    ended = post(program, api=f"{lab.url('lost-answer')}/api")
    assert len(posted(sandbox, "api.tasks")) == len(sandbox.tasks) == 1
    assert "answered 503 “lost”" in ended.finding("context-sync")["message"]
    assert "it may exist all the same" in ended.finding("context-sync")["message"]


@pytest.mark.parametrize("play", [drip.drip_body, drip.truncated, drip.huge, drip.no_http], ids=lambda p: p.__name__)
def test_a_task_is_not_created_twice_after_half_an_answer(program: Program, play: Play) -> None:
    """A response did arrive, and the warning says that the task may be there."""
    with DripServer(play) as server:
        ended = post(program, api=server.url)
        assert len([line for line in server.asked if line.startswith("POST ")]) == 1
        assert not [line for line in server.asked if line.startswith("PATCH ")]
    assert "it may exist all the same" in ended.finding("context-sync")["message"]


@pytest.mark.parametrize("fault", ["silent", "empty"])
def test_a_task_is_tried_again_when_nothing_came_back(program: Program, lab: FaultLab, fault: str) -> None:
    """As often as the input allows; the warning says that one may be there."""
    ended = post(program, api=f"{lab.url(fault)}/api")
    assert [line for line in lab.asked(fault, 6) if line.startswith(CREATION)] == [f"{CREATION} -1"] * 3
    assert "it may exist all the same" in ended.finding("context-sync")["message"]


# The registration has a key: it is the same request over and over


def test_a_registration_survives_flapping(program: Program, lab: FaultLab, sandbox: Sandbox) -> None:
    """503, 503, 201; so does the status that follows."""
    ended = post(program, register=f"{lab.url('flapping')}/register")
    assert (ended.outputs["verdict"], ended.outputs["registered"], ended.outputs["status"]) == (
        "passed",
        "true",
        "active",
    )
    assert [line for line in lab.asked("flapping", 6) if line.startswith(REGISTRATION)] == [
        f"{REGISTRATION} 503",
        f"{REGISTRATION} 503",
        f"{REGISTRATION} 201",
    ]
    assert len(posted(sandbox, "register")) == 1


@pytest.mark.parametrize("by", ["haproxy", "reset"])
def test_a_registration_whose_answer_was_lost_is_one_registration(
    program: Program, lab: FaultLab, sandbox: Sandbox, by: str
) -> None:
    """Body and key are the same each time, so the register can tell."""
    if by == "reset":
        sandbox.faults.set("register", Reset(after_effect=True))
    url = lab.url("lost-answer" if by == "haproxy" else "honest")
    ended = post(program, register=f"{url}/register")
    sent = posted(sandbox, "register")
    assert len(sent) == 3
    assert len(set(sent)) == 1
    assert sent[0][1] == f"{SERVICE}-production-4711-1"
    assert ended.finding("registration")["level"] == "warning"
    assert "its registration is not confirmed" in ended.finding("registration")["message"]


@pytest.mark.parametrize(
    ("fault", "words", "tries"),
    [
        ("unavailable", "answered 503 “busy”", 3),
        ("too-many", "answered 429: too many requests", 3),
        ("unavailable-for-an-hour", "answered 503 “busy”", 1),
        ("redirect-loop", "answered 302", 1),
        ("silent", "gave no answer: not a whole one within 1 s", 3),
        ("empty", "gave no answer: the connection was closed", 3),
    ],
)
def test_a_registration_that_cannot_be_made_is_a_warning(
    program: Program, lab: FaultLab, fault: str, words: str, tries: int
) -> None:
    """With the cause, and the deployment stays good."""
    ended = post(program, register=f"{lab.url(fault)}/register")
    assert (ended.outputs["verdict"], ended.outputs["registered"], ended.outputs["status"]) == (
        "warned",
        "false",
        "unchanged",
    )
    assert words in ended.finding("registration")["message"]
    assert words in ended.finding("status")["message"]
    assert len([line for line in lab.asked(fault, 2 * tries) if line.startswith(REGISTRATION)]) == tries


def test_nothing_is_sent_after_the_deadline(program: Program, lab: FaultLab, sandbox: Sandbox) -> None:
    """The registration eats the time, so no status is set behind everybody's back."""
    silent = f"{lab.url('silent')}/register"
    # The registry knows this service, so ChittyRegister is not asked for its record before.
    running = program.start("post", service_name="chittyrouter", register_url=silent, timeout="30", deadline="2")
    ended = program.finish(running, within=60)
    assert (ended.code, ended.outputs["status"]) == (1, "unchanged")
    assert "the deadline of 2 s was reached" in ended.finding("registration")["message"]
    assert [request.method for request in sandbox.requests if request.method != "GET"] == []
    assert len(lab.asked("silent", 1)) == 1
