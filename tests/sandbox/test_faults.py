from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx2
import pytest

from sandbox import (
    Body,
    Challenge,
    Down,
    Drip,
    Fault,
    Flapping,
    Garbage,
    Huge,
    Redirect,
    Reset,
    Slow,
    Status,
    Truncated,
    WrongToken,
)
from sandbox.faults import KINDS, fault_from
from sandbox.switchboard import Faults, target_of

if TYPE_CHECKING:
    from sandbox import Sandbox

HEALTH = "/connect/health"


def test_down_is_a_503(sandbox: Sandbox, client: httpx2.Client) -> None:
    """A system that is down answers 503, and only that system."""
    sandbox.faults.set("connect.health", Down())
    assert client.get(HEALTH).status_code == 503
    assert client.get("/connect/.well-known/chitty.json").status_code == 200


def test_reset_closes_with_a_tcp_reset(sandbox: Sandbox, client: httpx2.Client) -> None:
    """The client sees ECONNRESET, not a polite end, and no status was answered."""
    sandbox.faults.set("connect.health", Reset())
    with pytest.raises(httpx2.ReadError, match="reset by peer"):
        client.get(HEALTH)
    assert sandbox.requests[-1].status is None


def test_reset_after_effect_loses_only_the_answer(
    sandbox: Sandbox, client: httpx2.Client, bearer: dict[str, dict[str, str]]
) -> None:
    """A created task exists although its creator never heard of it."""
    sandbox.faults.set("api.tasks", Reset(after_effect=True))
    with pytest.raises(httpx2.ReadError):
        client.post("/api/api/context/tasks", json={"title": "t"}, headers=bearer["key"])
    assert len(sandbox.tasks) == 1


def test_slow_answers_honestly_but_late(sandbox: Sandbox, client: httpx2.Client) -> None:
    """The honest answer comes after the given seconds."""
    sandbox.faults.set("connect.health", Slow(0.2))
    began = time.monotonic()
    assert client.get(HEALTH).json()["status"] == "ok"
    assert time.monotonic() - began >= 0.2


def test_flapping_once_recovers_for_good(sandbox: Sandbox, client: httpx2.Client) -> None:
    """After its bad answers a system that flapped once stays good."""
    sandbox.faults.set("connect.health", Flapping(bad=2))
    assert [client.get(HEALTH).status_code for _ in range(5)] == [503, 503, 200, 200, 200]


def test_flapping_repeatedly_falls_again(sandbox: Sandbox, client: httpx2.Client) -> None:
    """With `repeat` the bad answers come back after each good one, in the way that was asked for."""
    sandbox.faults.set("connect.health", Flapping(bad=1, repeat=True, bad_answer=Status(500)))
    assert [client.get(HEALTH).status_code for _ in range(5)] == [500, 200, 500, 200, 500]


def test_garbage_claims_to_be_json(sandbox: Sandbox, client: httpx2.Client) -> None:
    """Status and content type promise JSON, the body is HTML."""
    sandbox.faults.set("connect.health", Garbage())
    answer = client.get(HEALTH)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.text.startswith("<!doctype html>")


def test_status_carries_retry_after_and_body(sandbox: Sandbox, client: httpx2.Client) -> None:
    """Any status can be asked for, with the header that tells when to come back."""
    sandbox.faults.set("connect.health", Status(429, retry_after=7, body={"error": "slow down"}))
    answer = client.get(HEALTH)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json() == {"error": "slow down"}


def test_drip_gives_one_byte_at_a_time(sandbox: Sandbox, client: httpx2.Client) -> None:
    """Bytes arrive singly, spaced by the given seconds."""
    sandbox.faults.set("connect.health", Drip(seconds=0.05))
    began = time.monotonic()
    with client.stream("GET", HEALTH) as answer:
        arriving = answer.iter_raw()
        assert [len(next(arriving)) for _ in range(4)] == [1, 1, 1, 1]
    assert time.monotonic() - began >= 0.15


def test_drip_ends_in_a_whole_document(sandbox: Sandbox, client: httpx2.Client) -> None:
    """Who waits long enough gets valid JSON of the promised size."""
    sandbox.faults.set("connect.health", Drip(seconds=0.001, size=40))
    answer = client.get(HEALTH)
    assert len(answer.content) == 40
    assert answer.json()["status"] == "ok"


def test_truncated_breaks_its_promise(sandbox: Sandbox, client: httpx2.Client) -> None:
    """The connection ends before `Content-Length` bytes have come."""
    sandbox.faults.set("connect.health", Truncated())
    with client.stream("GET", HEALTH) as answer:
        assert answer.headers["content-length"] == "1000"
        with pytest.raises(httpx2.RemoteProtocolError, match="expected 1000"):
            answer.read()


def test_huge_streams_valid_json(sandbox: Sandbox, client: httpx2.Client) -> None:
    """The body is a document that a careless client would take for healthy."""
    sandbox.faults.set("connect.health", Huge(2))
    answer = client.get(HEALTH)
    assert len(answer.content) > 2 * 1024 * 1024
    assert "content-length" not in answer.headers
    assert answer.json()["status"] == "ok"


def test_redirect_points_where_it_was_told(sandbox: Sandbox, client: httpx2.Client) -> None:
    """The location is given as it is."""
    sandbox.faults.set("connect.health", Redirect("https://elsewhere.example/", status=307))
    answer = client.get(HEALTH)
    assert (answer.status_code, answer.headers["location"]) == (307, "https://elsewhere.example/")


def test_challenge_looks_like_the_edge(sandbox: Sandbox, client: httpx2.Client) -> None:
    """A bot challenge is a 403 page with the header that names it."""
    sandbox.faults.set("connect.health", Challenge())
    answer = client.get(HEALTH)
    assert (answer.status_code, answer.headers["cf-mitigated"]) == (403, "challenge")
    assert "Just a moment..." in answer.text


def test_wrong_token_refuses_the_right_one(
    sandbox: Sandbox, client: httpx2.Client, bearer: dict[str, dict[str, str]]
) -> None:
    """401 whatever was sent."""
    sandbox.faults.set("connect.routes", WrongToken())
    assert client.get("/connect/api/admin/routes", headers=bearer["key"]).status_code == 401


def test_body_replaces_the_document(sandbox: Sandbox, client: httpx2.Client) -> None:
    """A given document takes the honest one's place."""
    sandbox.faults.set("registry", Body({"services": [{"name": None}]}))
    assert client.get("/registry/api/services").json() == {"services": [{"name": None}]}


def test_everywhere_yields_to_the_targets_own_fault(sandbox: Sandbox, client: httpx2.Client) -> None:
    """`*` reaches everything that has no fault of its own."""
    sandbox.faults.set("*", Down())
    sandbox.faults.set("connect.health", Status(500))
    assert client.get(HEALTH).status_code == 500
    assert client.get("/registry/api/services").status_code == 503


def test_a_cleared_fault_is_gone(sandbox: Sandbox, client: httpx2.Client) -> None:
    """Clearing one target leaves the others at fault."""
    sandbox.faults.set("connect.health", Down())
    sandbox.faults.set("registry", Down())
    sandbox.faults.clear("connect.health")
    assert client.get(HEALTH).status_code == 200
    assert client.get("/registry/api/services").status_code == 503


def test_an_unknown_target_is_refused() -> None:
    """A misspelt target would silently test nothing."""
    with pytest.raises(ValueError, match=r"'conect\.health'.*connect\.health"):
        Faults().set("conect.health", Down())


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/connect/health", "connect.health"),
        ("/connect/.well-known/chitty.json", "connect.discovery"),
        ("/connect/api/admin/routes", "connect.routes"),
        ("/connect/api/admin/refresh-discovery", "connect.refresh"),
        ("/connect/api/context/tasks/1", "connect.tasks"),
        ("/registry/api/services", "registry"),
        ("/register/api/register", "register"),
        ("/register/api/services/chittyx/status", "register.status"),
        ("/api/api/context/tasks", "api.tasks"),
        ("/api/chittyx/api/health", "api.proxy"),
        ("/mcp/chittyx/mcp/tools/list", "mcp"),
        ("/services/chittyx/health", "service:chittyx"),
        ("/elsewhere", None),
    ],
)
def test_every_part_of_the_ecosystem_has_a_target(path: str, target: str | None) -> None:
    """A path belongs to the target that its system and purpose name."""
    assert target_of(path) == target


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"fault": "down"}, Down()),
        ({"fault": "slow", "seconds": 3}, Slow(3)),
        ({"fault": "reset", "after_effect": True}, Reset(after_effect=True)),
        ({"fault": "body", "document": {"a": 1}}, Body({"a": 1})),
        ({"fault": "flapping", "bad_answer": {"fault": "status", "status": 500}}, Flapping(bad_answer=Status(500))),
    ],
)
def test_a_fault_can_be_written_as_json(document: dict[str, object], fault: Fault) -> None:
    """The HTTP switch knows every kind with its settings."""
    assert fault_from(document) == fault


@pytest.mark.parametrize(
    "document", [{}, {"fault": "tired"}, {"fault": "slow"}, {"fault": "slow", "seconds": 1, "minutes": 2}]
)
def test_a_fault_that_does_not_parse_is_refused(document: dict[str, object]) -> None:
    """An unknown kind, a missing and a superfluous setting are errors."""
    with pytest.raises(ValueError, match=r"unknown fault|validation error"):
        fault_from(document)


def test_every_kind_of_fault_is_known_by_its_name() -> None:
    """The kinds are those of the sandbox's description."""
    assert set(KINDS) == {
        *("body", "challenge", "down", "drip", "flapping", "garbage", "huge"),
        *("redirect", "reset", "slow", "status", "truncated", "wrong-token"),
    }
