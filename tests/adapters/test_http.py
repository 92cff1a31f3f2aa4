from __future__ import annotations

import gzip
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from chitty_action.adapters.http import LARGEST_BODY
from chitty_action.model.exchange import Mishap, Request
from tests.bad_worlds.asking import answered, failed, get, opened, unused_port
from tests.bad_worlds.wire import WireServer, answer, header, reset

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


async def test_an_answer_comes_whole() -> None:
    """Status, lower-case headers, body and the seconds that it took."""
    with WireServer(answer(b"{}", "X-Kind: Good", status="201 Created")) as server:
        got = answered(await get(f"http://127.0.0.1:{server.port}/a"))
    assert (got.status, got.body, got.headers["x-kind"]) == (201, b"{}", "Good")
    assert 0 < got.elapsed < 2
    assert server.requests[0].startswith(b"GET /a HTTP/1.1\r\n")


async def test_a_body_is_sent_as_json() -> None:
    """A write carries its body, its type and the headers of the request."""
    with WireServer() as server:
        async with opened() as http:
            url = f"http://127.0.0.1:{server.port}/"
            await http.ask(Request("POST", url, b'{"a": 1}', (("Idempotency-Key", "k-1"),)))
    assert server.requests[0].endswith(b'\r\n\r\n{"a": 1}')
    assert header(server.requests[0], "content-type") == "application/json"
    assert header(server.requests[0], "idempotency-key") == "k-1"


async def test_an_oversize_body_is_read_no_further() -> None:
    """Past 16 MiB nothing more is taken off the wire, and it is a failure of its own kind."""
    sent = []

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(400):
            connection.sendall(b"." * 1024 * 1024)
            sent.append(1)

    with WireServer(endless) as server:
        failure = failed(await get(f"http://127.0.0.1:{server.port}/", timeout=5))
    assert (failure.mishap, failure.status) == (Mishap.OVERSIZE, 200)
    assert failure.reason == "answered 200 with a body over 16 MiB"
    assert len(sent) < 40


async def test_the_largest_body_is_taken() -> None:
    """The bound itself is still allowed."""
    with WireServer(answer(b"." * LARGEST_BODY)) as server:
        assert len(answered(await get(f"http://127.0.0.1:{server.port}/", timeout=5)).body) == LARGEST_BODY


async def test_gzip_is_read() -> None:
    """What was asked for compressed arrives as text."""
    packed = answer(gzip.compress(b'{"status":"ok"}'), "Content-Encoding: gzip")
    with WireServer(packed) as server:
        assert answered(await get(f"http://127.0.0.1:{server.port}/")).body == b'{"status":"ok"}'


async def test_a_gzip_bomb_is_bounded() -> None:
    """The bound holds for what comes out, not for the few bytes on the wire."""
    bomb = answer(gzip.compress(b"\0" * 200_000_000, 6), "Content-Encoding: gzip")
    with WireServer(bomb) as server:
        assert failed(await get(f"http://127.0.0.1:{server.port}/", timeout=5)).mishap is Mishap.OVERSIZE


@pytest.mark.parametrize(
    ("said", "mishap", "reason"),
    [
        (b"", Mishap.UNANSWERED, "the connection was closed"),
        (reset, Mishap.UNANSWERED, "the connection was closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", Mishap.UNANSWERED, "the connection was closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", Mishap.BROKEN, "the body was cut short"),
        (b"HTTP/1.1 2x0 OK\r\n\r\n", Mishap.BROKEN, "invalid HTTP"),
        (b"220 smtp.example ESMTP\r\n\r\n", Mishap.BROKEN, "invalid HTTP"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Mishap.BROKEN, "chunk"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain text", Mishap.BROKEN, "gzip"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n", Mishap.BROKEN, "too large"),
    ],
    ids=["empty", "reset", "half-head", "cut-short", "garbage-status", "not-http", "bad-chunk", "not-gzip", "big-head"],
)
async def test_a_broken_answer_is_a_value(
    said: bytes | Callable[[socket.socket], None], mishap: Mishap, reason: str
) -> None:
    """Whatever the other side does comes back as a failure with a reason, never as an exception."""
    with WireServer(said) as server:
        failure = failed(await get(f"http://127.0.0.1:{server.port}/"))
    assert failure.mishap is mishap
    assert reason in failure.reason


async def test_nobody_there() -> None:
    """A refused connection says so."""
    failure = failed(await get(f"http://127.0.0.1:{unused_port()}/"))
    assert (failure.mishap, failure.reason) == (Mishap.UNCONNECTED, "the connection was refused")


def _drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b".")
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("said", "mishap"),
    [(_drip, Mishap.BROKEN), (lambda _connection: time.sleep(2), Mishap.UNANSWERED)],
    ids=["drip", "silence"],
)
async def test_the_timeout_is_for_the_whole_answer(said: Callable[[socket.socket], None], mishap: Mishap) -> None:
    """A byte now and then does not prolong it; once its head is there, a response has arrived."""
    began = time.monotonic()
    with WireServer(said) as server:
        failure = failed(await get(f"http://127.0.0.1:{server.port}/", timeout=0.3))
        assert time.monotonic() - began < 1
    assert (failure.mishap, failure.reason) == (mishap, "not a whole one within 0.3 s")


async def test_the_deadline_ends_a_request() -> None:
    """What the deadline cut off is unfinished, not down."""
    with WireServer(_drip) as server:
        async with opened(deadline=0.2) as http:
            failure = failed(await http.ask(Request("GET", f"http://127.0.0.1:{server.port}/")))
    assert (failure.mishap, failure.reason) == (Mishap.UNFINISHED, "the deadline of 0.2 s was reached")


async def test_no_redirect_is_followed() -> None:
    """The answer is the redirect itself, and nobody asks where it leads."""
    with WireServer() as target:
        moved = answer(b"", f"Location: http://127.0.0.1:{target.port}/", status="302 Found")
        with WireServer(moved) as server:
            got = answered(await get(f"http://127.0.0.1:{server.port}/"))
    assert (got.status, target.connections) == (302, 0)


async def test_nothing_is_sent_once_time_is_up() -> None:
    """However fast the other side would have been."""
    with WireServer() as server:
        async with opened(deadline=0.0) as http:
            failure = failed(await http.ask(Request("POST", f"http://127.0.0.1:{server.port}/")))
        assert (failure.mishap, server.connections) == (Mishap.UNFINISHED, 0)


async def test_a_stream_that_stays_open_is_left_once_enough_has_arrived() -> None:
    """An event stream need not end; what the request waits for has come long before its time-out."""

    def stream(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        connection.sendall(b"data: 2\n\n")
        connection.settimeout(10)
        while connection.recv(65_536):  # until the other side leaves
            pass

    with WireServer(stream) as server:
        async with opened(timeout=5) as http:
            request = Request("POST", f"http://127.0.0.1:{server.port}/", b"{}", until=lambda body: b"2\n\n" in body)
            got = answered(await http.ask(request))
    assert got.body == b"data: 1\n\ndata: 2\n\n"
    assert got.elapsed < 4


async def test_a_stream_that_drips_for_ever_ends_with_the_time_out() -> None:
    """Its small parts arrive at any moment, also at that of the time-out."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        with suppress(OSError):  # until the other side leaves
            while True:
                connection.sendall(b":\n")
                time.sleep(0.001)

    for wait in (0.20, 0.21, 0.22, 0.23, 0.24):
        with WireServer(drip) as server:
            async with opened(timeout=wait) as http:
                request = Request("POST", f"http://127.0.0.1:{server.port}/", b"{}", until=lambda _body: False)
                failure = failed(await http.ask(request))
        assert failure.mishap is Mishap.BROKEN
        assert failure.elapsed < wait + 2
