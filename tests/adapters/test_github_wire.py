"""The connection to GitHub: TLS, proxies, hostile headers and bodies without end."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest
import trustme

from chitty_action.adapters.github_wire import LARGEST_BODY, Wire
from chitty_action.model.address import web_address
from chitty_action.model.exchange import Answer, Failure, Mishap, Request
from tests.bad_worlds.wire import WireServer, answer, header

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence
    from pathlib import Path

READ = Request("GET", "/user")


def asked(server: WireServer, scheme: str = "http", path: str = "") -> Answer | Failure:
    """Ask once, below a path as GitHub's enterprise servers have it."""
    address = web_address(f"{scheme}://localhost:{server.port}{path}", allow_private=True)
    return Wire(address, "ghs_0123456789", 5.0).ask(READ, None)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Make one certificate authority for all tests."""
    return trustme.CA()


def over_tls(certificate: trustme.LeafCert) -> WireServer:
    """Give a server that speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return WireServer(answer(b"{}"), tls=context)


def test_the_authority_that_the_runner_trusts_is_trusted(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's GitHub has a certificate of the company; SSL_CERT_FILE names its issuer, as for all our requests."""
    authority.cert_pem.write_to_path(tmp_path / "root.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
    with over_tls(authority.issue_cert("localhost")) as server:
        got = asked(server, "https", "/api/v3")
    assert isinstance(got, Answer)
    assert (got.status, server.requests[0].split(b"\r\n")[0]) == (200, b"GET /api/v3/user HTTP/1.1")
    assert header(server.requests[0], "authorization") == "token ghs_0123456789"


def test_a_certificate_of_nobody_is_not_trusted(authority: trustme.CA) -> None:
    """Nothing was sent, the token least of all."""
    with over_tls(authority.issue_cert("localhost")) as server:
        got = asked(server, "https")
    assert isinstance(got, Failure)
    assert (got.mishap, got.reason) == (Mishap.UNCONNECTED, "its certificate is not trusted")
    assert server.requests == []


def test_a_proxy_that_is_not_there_is_told(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    """An https proxy of the environment is used: it sees where to, and not what."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with over_tls(authority.issue_cert("localhost")) as server:
        got = asked(server, "https")
    assert isinstance(got, Failure)
    assert (got.mishap, got.reason) == (Mishap.UNCONNECTED, "the proxy that the environment names makes no connection")


def test_a_name_that_does_not_exist_is_told() -> None:
    """It is the first thing that a mistyped GITHUB_API_URL brings."""
    got = Wire(web_address("https://github.invalid", allow_private=True), "ghs_0123456789", 5.0).ask(READ, None)
    assert isinstance(got, Failure)
    assert (got.mishap, got.reason) == (Mishap.UNCONNECTED, "its name does not resolve")


def test_an_address_with_colons_is_an_address() -> None:
    """It stands in brackets; nobody listens there."""
    got = Wire(web_address("http://[::1]:9", allow_private=True), "ghs_0123456789", 5.0).ask(READ, None)
    assert isinstance(got, Failure)
    assert got.mishap is Mishap.UNCONNECTED


@pytest.mark.parametrize(
    "headers",
    [
        ("X-RateLimit-Remaining: many", "X-RateLimit-Limit: more", "X-RateLimit-Reset: soon"),
        (f"X-RateLimit-Reset: {'9' * 400}",),
        ("X-RateLimit-Reset: inf",),
        ("Location: http://elsewhere.example/",),
        ('Content-Type: text/html; charset="no such thing"',),
        ("Set-Cookie: a=b",),
    ],
    ids=str,
)
def test_hostile_headers_are_not_acted_upon(headers: Sequence[str]) -> None:
    """PyGithub would fall over some of them."""
    with WireServer(answer(b'{"login":"x"}', *headers)) as server:
        got = asked(server)
    assert isinstance(got, Answer)
    assert got.body == b'{"login":"x"}'
    assert got.headers == {}


@pytest.mark.parametrize("said", [b"", b"\x00\xff garbage", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nA" * 70_000])
def test_what_is_no_http_is_no_answer(said: bytes) -> None:
    """And no exception."""
    with WireServer(said) as server:
        got = asked(server)
    assert isinstance(got, Failure)
    assert got.mishap is Mishap.UNANSWERED


def test_a_body_without_end_is_given_up() -> None:
    """Memory is bounded, compressed or not."""
    with WireServer(answer(b"x" * (LARGEST_BODY + 1))) as server:
        got = asked(server)
    assert isinstance(got, Failure)
    assert (got.mishap, got.reason) == (Mishap.OVERSIZE, "answered 200 with a body over 32 MiB")


def test_a_body_that_does_not_unpack_is_broken() -> None:
    """It claims to be compressed."""
    with WireServer(answer(b"plain text", "Content-Encoding: gzip")) as server:
        got = asked(server)
    assert isinstance(got, Failure)
    assert got.mishap is Mishap.BROKEN


def test_the_requests_of_one_wire_share_a_connection() -> None:
    """A handshake for each of them would take longer than they do."""
    kept = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    def twice(connection: socket.socket) -> None:
        connection.sendall(kept)
        connection.recv(65536)
        connection.sendall(kept)

    with WireServer(twice) as server:
        wire = Wire(web_address(f"http://127.0.0.1:{server.port}", allow_private=True), "ghs_0123456789", 5.0)
        answers = [wire.ask(READ, None), wire.ask(READ, None)]
        assert [isinstance(got, Answer) for got in answers] == [True, True]
        assert server.connections == 1
