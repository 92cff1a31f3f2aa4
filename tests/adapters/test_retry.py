from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.http import Http
from chitty_action.adapters.logs import EventLog
from chitty_action.adapters.resolve import Resolver
from chitty_action.adapters.retry import TRANSIENT, RetryingHttp, is_transient, retry_after
from chitty_action.model.exchange import Answer, Failure, Mishap, Request, Retry
from tests.bad_worlds.wire import HEALTHY, WireServer, answer, reset

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

BUSY = answer(b"{}", "Retry-After: 0", status="503 Busy")
BUSY_LIMIT = answer(b"", "Retry-After: 0", status="429 Slow")
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


async def asked(  # noqa: PLR0913 - each setting is what one test is about
    server: WireServer,
    *,
    retries: int = 3,
    deadline: float = 20.0,
    retry: Retry = Retry.TRANSIENT,
    method: str = "GET",
    lines: list[str] | None = None,
) -> Answer | Failure:
    """Ask the server once through the real adapters."""
    clock = Deadline(deadline)
    log = EventLog("info", (lines if lines is not None else []).append, colours=False)
    http = Http(clock, Resolver(allow_private=True), 1.0, {}, log)
    try:
        request = Request(method, f"http://127.0.0.1:{server.port}/", retry=retry)
        return await RetryingHttp(http, clock, retries, log).ask(request)
    finally:
        await http.close()


@pytest.mark.parametrize("status", sorted(TRANSIENT))
async def test_transient_statuses_are_tried_again(status: int) -> None:
    """The good answer after a bad one is the one that counts."""
    with WireServer(answer(b"", "Retry-After: 0", status=f"{status} Bad"), HEALTHY) as server:
        got = await asked(server)
    assert isinstance(got, Answer)
    assert (got.status, server.connections) == (200, 2)


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 405, 409, 410, 422, 501, 505])
async def test_other_statuses_stand(status: int) -> None:
    """Asking again would only bring the same answer."""
    with WireServer(answer(b"", "Retry-After: 0", status=f"{status} So"), HEALTHY) as server:
        got = await asked(server)
    assert isinstance(got, Answer)
    assert (got.status, server.connections) == (status, 1)


async def test_a_challenge_is_not_tried_again() -> None:
    """A bot challenge stays one, whatever its status."""
    challenge = answer(b"", "cf-mitigated: challenge", "Retry-After: 0", status="503 Wait")
    with WireServer(challenge, HEALTHY) as server:
        await asked(server)
    assert server.connections == 1


@pytest.mark.parametrize(
    "said", [b"", reset, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"], ids=["empty", "reset", "cut-short"]
)
async def test_lost_answers_are_asked_for_again(said: bytes | Callable[[socket.socket], None]) -> None:
    """A connection that broke may hold the next time."""
    with WireServer(said, HEALTHY) as server:
        got = await asked(server)
    assert isinstance(got, Answer)
    assert server.connections == 2


@pytest.mark.parametrize("policy", [Retry.TRANSIENT, Retry.UNANSWERED, Retry.NEVER])
@pytest.mark.parametrize("mishap", Mishap)
def test_which_failures_are_tried_again(policy: Retry, mishap: Mishap) -> None:
    """A write that is not keyed only where no response arrived at all; an impossible address and the deadline never."""
    again = {
        Retry.TRANSIENT: {Mishap.UNCONNECTED, Mishap.UNANSWERED, Mishap.BROKEN},
        Retry.UNANSWERED: {Mishap.UNCONNECTED, Mishap.UNANSWERED},
        Retry.NEVER: set[Mishap](),
    }[policy]
    assert is_transient(Request("POST", "https://a.example/", retry=policy), Failure(mishap, "so")) is (mishap in again)


@pytest.mark.parametrize(("policy", "tries"), [(Retry.TRANSIENT, 4), (Retry.UNANSWERED, 1), (Retry.NEVER, 1)])
async def test_how_often_an_answer_is_refused(policy: Retry, tries: int) -> None:
    """`retries` further tries for what may be repeated; one for a write that would happen twice."""
    with WireServer(BUSY) as server:
        got = await asked(server, retries=3, retry=policy, method="POST")
    assert isinstance(got, Answer)
    assert (got.status, server.connections) == (503, tries)


async def test_a_write_without_any_answer_is_sent_again() -> None:
    """The policy for tasks: nothing came back, so nothing is known to have happened."""
    with WireServer(b"", HEALTHY) as server:
        got = await asked(server, retry=Retry.UNANSWERED, method="POST")
    assert isinstance(got, Answer)
    assert server.connections == 2


async def test_without_retries_there_is_one_try() -> None:
    """`retries: 0` means that."""
    with WireServer(BUSY) as server:
        await asked(server, retries=0)
    assert server.connections == 1


async def test_the_last_failure_is_what_is_told() -> None:
    """Exhausted retries are no exception, and each is logged with its reason."""
    lines: list[str] = []
    with WireServer(reset) as server:
        got = await asked(server, retries=1, lines=lines)
    assert isinstance(got, Failure)
    assert got.mishap is Mishap.UNANSWERED
    assert len(lines) == 1
    assert "request.retried" in lines[0]
    assert "the connection was closed" in lines[0]


async def test_retry_after_is_waited_for() -> None:
    """No sooner than asked."""
    with WireServer(answer(b"", "Retry-After: 1", status="429 Slow"), HEALTHY) as server:
        began = time.monotonic()
        await asked(server)
    assert 1 <= time.monotonic() - began < 3
    assert server.connections == 2


async def test_a_retry_after_past_the_deadline_is_not_waited_for() -> None:
    """There would be no time left for the answer, so the last one is reported at once."""
    with WireServer(answer(b"", "Retry-After: 30", status="429 Slow")) as server:
        began = time.monotonic()
        got = await asked(server, deadline=5)
    assert isinstance(got, Answer)
    assert (got.status, server.connections) == (429, 1)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        ("Sun, 01 Mar 2026 13:00:00 +0100", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Mon, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_what_retry_after_asks_for(value: str, seconds: float | None) -> None:
    """Seconds or a date; anything else asks for nothing."""
    assert retry_after(Answer(503, {"retry-after": value}), NOW) == seconds


def test_a_failure_asks_for_nothing() -> None:
    """Without an answer there is no header."""
    assert retry_after(Failure(Mishap.UNANSWERED, "so"), NOW) is None


def _head_and_silence(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
    time.sleep(2)


async def test_a_write_whose_answer_has_begun_is_not_sent_again() -> None:
    """A response did arrive, if not whole: what it was about has happened."""
    with WireServer(_head_and_silence) as server:
        got = await asked(server, retry=Retry.UNANSWERED, method="POST")
    assert isinstance(got, Failure)
    assert (got.mishap, got.status, server.connections) == (Mishap.BROKEN, 200, 1)


@pytest.mark.parametrize(
    ("first", "doubted"),
    [(b"", True), (answer(b"", "Retry-After: 0", status="502 Bad"), True), (BUSY_LIMIT, False)],
    ids=["lost", "502", "429"],
)
async def test_an_earlier_try_that_may_have_worked_is_not_forgotten(*, first: bytes, doubted: bool) -> None:
    """The last answer alone does not tell what became of a write."""
    with WireServer(first, answer(b"{}", status="409 Conflict")) as server:
        got = await asked(server, method="POST")
    assert isinstance(got, Answer)
    assert (got.status, got.doubted, server.connections) == (409, doubted, 2)


@pytest.mark.parametrize("said", [b"", reset, answer(b"", "Retry-After: 0", status="503 Busy")])
async def test_a_write_that_must_not_be_done_twice_is_not_sent_again(
    said: bytes | Callable[[socket.socket], None],
) -> None:
    """Whatever reached the other side may have been carried out."""
    with WireServer(said, HEALTHY) as server:
        await asked(server, retry=Retry.UNSENT, method="POST")
    assert server.connections == 1


@pytest.mark.parametrize(
    ("mishap", "again"), [(Mishap.UNCONNECTED, True), (Mishap.UNANSWERED, False), (Mishap.BROKEN, False)]
)
def test_such_a_write_is_tried_again_only_where_nothing_was_sent(mishap: Mishap, *, again: bool) -> None:
    """No connection, no harm."""
    request = Request("POST", "http://127.0.0.1/", retry=Retry.UNSENT)
    assert is_transient(request, Failure(mishap, "no")) is again
