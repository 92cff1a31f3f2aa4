from __future__ import annotations

import gzip
import socket
import ssl
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.http import LARGEST_BODY, Http, Right
from chitty_action.adapters.resolve import Resolver, system_look_up
from chitty_action.errors import BugError
from chitty_action.model.exchange import Answer, Failure, Mishap, Request
from chitty_action.model.reading import Credential
from tests.bad_worlds.wire import HEALTHY, WireServer, answer, header, reset

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from pathlib import Path

TOKEN = "very-secret-token"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def opened(  # noqa: PLR0913 - each setting is what one test is about
    *,
    look_up: Callable[[str], list[str]] = system_look_up,
    allow_private: bool = True,
    timeout: float = 2.0,  # noqa: ASYNC109 - the adapter's own setting
    deadline: float = 10.0,
    rights: Mapping[Credential, Right] | None = None,
    secrets: tuple[str, ...] = (),
) -> AsyncIterator[Http]:
    """Open the adapter as `main` does, and close it again."""
    http = Http(
        Deadline(deadline), Resolver(allow_private=allow_private, look_up=look_up), timeout, rights or {}, secrets
    )
    try:
        yield http
    finally:
        await http.close()


async def get(url: str, timeout: float = 2.0) -> Answer | Failure:  # noqa: ASYNC109 - the adapter's own setting
    """Ask for one URL with an adapter of its own."""
    async with opened(timeout=timeout) as http:
        return await http.ask(Request("GET", url))


def failed(exchange: Answer | Failure) -> Failure:
    """Insist on a failure."""
    assert isinstance(exchange, Failure)
    return exchange


def answered(exchange: Answer | Failure) -> Answer:
    """Insist on an answer."""
    assert isinstance(exchange, Answer)
    return exchange


def unused_port() -> int:
    """Give a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


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
        (b"", Mishap.UNANSWERED, "the connection was closed without an answer"),
        (reset, Mishap.UNANSWERED, "the connection was closed without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", Mishap.UNANSWERED, "the connection was closed without an answer"),
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
    assert (failure.mishap, failure.reason) == (Mishap.UNANSWERED, "the connection was refused")


def _drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b".")
        time.sleep(0.05)


@pytest.mark.parametrize("said", [_drip, lambda _connection: time.sleep(2)], ids=["drip", "silence"])
async def test_the_timeout_is_for_the_whole_answer(said: Callable[[socket.socket], None]) -> None:
    """A byte now and then does not prolong it."""
    began = time.monotonic()
    with WireServer(said) as server:
        failure = failed(await get(f"http://127.0.0.1:{server.port}/", timeout=0.3))
        assert time.monotonic() - began < 1
    assert (failure.mishap, failure.reason) == (Mishap.UNANSWERED, "no whole answer within 0.3 s")


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


# Credentials


def _right(*prefixes: str) -> dict[Credential, Right]:
    return {Credential.API_KEY: Right(TOKEN, prefixes)}


async def test_a_credential_is_sent_under_its_prefix() -> None:
    """As a bearer, at the origin and below the path that it is for."""
    with WireServer() as server:
        base = f"http://127.0.0.1:{server.port}"
        async with opened(rights=_right(f"{base}/api/context")) as http:
            await http.ask(Request("POST", f"{base}/api/context/tasks", b"{}", credential=Credential.API_KEY))
            await http.ask(Request("GET", f"{base}/api/context/tasks"))
    assert header(server.requests[0], "authorization") == f"Bearer {TOKEN}"
    assert header(server.requests[1], "authorization") is None, "a request that asks for no credential has none"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://127.0.0.1:{other}/api/context/tasks",
        "http://localhost:{port}/api/context/tasks",
        "http://127.0.0.1:{port}/api/contexts",
        "http://127.0.0.1:{port}/api/context/../admin",
        "http://127.0.0.1:{port}/api/context/%2e%2e/admin",
        "http://127.0.0.1:{port}/api/context\\..\\..\\admin",
        "http://127.0.0.1:{port}/",
    ],
)
async def test_a_credential_elsewhere_is_a_bug(elsewhere: str) -> None:
    """Another port, host or path is never sent it, however it is spelt; nothing is sent at all."""
    with WireServer() as server, WireServer() as other:
        url = elsewhere.format(port=server.port, other=other.port)
        async with opened(rights=_right(f"http://127.0.0.1:{server.port}/api/context")) as http:
            with pytest.raises(BugError, match="has no right"):
                await http.ask(Request("GET", url, credential=Credential.API_KEY))
        assert (server.connections, other.connections) == (0, 0)


async def test_a_credential_that_was_not_given_is_not_sent() -> None:
    """Without the input the request goes out bare."""
    with WireServer() as server:
        async with opened() as http:
            await http.ask(Request("GET", f"http://127.0.0.1:{server.port}/", credential=Credential.API_KEY))
    assert header(server.requests[0], "authorization") is None


async def test_a_secret_that_comes_back_is_blanked_out() -> None:
    """In the body and in every header, because both may end up in a report."""
    echo = answer(f'{{"got": "{TOKEN}"}}'.encode(), f"Location: /?{TOKEN}", f"X-Token: {TOKEN}", status="302 Found")
    with WireServer(echo) as server:
        async with opened(secrets=(TOKEN,)) as http:
            got = answered(await http.ask(Request("GET", f"http://127.0.0.1:{server.port}/")))
    assert got.body == b'{"got": "***"}'
    assert TOKEN not in str(got.headers)


# Addresses


@pytest.mark.parametrize("host", ["192.0.2.1", "service.example", "10.0.0.1", "127.0.0.1.example"])
@pytest.mark.parametrize("allow_private", [True, False])
async def test_plain_http_stays_on_loopback(host: str, *, allow_private: bool) -> None:
    """Anything else is neither resolved nor connected to."""
    asked: list[str] = []
    async with opened(allow_private=allow_private, look_up=lambda name: asked.append(name) or ["127.0.0.1"]) as http:
        failure = failed(await http.ask(Request("GET", f"http://{host}/")))
    assert (failure.mishap, asked) == (Mishap.UNPROBEABLE, [])


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::ffff:127.0.0.1"])
async def test_a_name_with_a_private_address_is_never_connected_to(address: str) -> None:
    """The listening socket sees nothing, and the reason names both."""
    with WireServer() as server:
        async with opened(allow_private=False, look_up=lambda _name: [address]) as http:
            url = f"https://service.example:{server.port}/"
            await http.prepare([url])
            failure = failed(await http.ask(Request("GET", url)))
        assert server.connections == 0
    assert failure.mishap is Mishap.UNPROBEABLE
    assert failure.reason.startswith(f"service.example resolves to {address}, which is ")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "127.0.0.1.", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
async def test_a_literal_private_address_is_never_connected_to(host: str) -> None:
    """In whatever form it is written."""
    with WireServer() as server:
        async with opened(allow_private=False) as http:
            failure = failed(await http.ask(Request("GET", f"https://{host}:{server.port}/")))
        assert server.connections == 0
    assert failure.mishap is Mishap.UNPROBEABLE


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "127.0.0.1."])
async def test_private_addresses_can_be_allowed(host: str) -> None:
    """For self-hosted networks and trials: every form of the address then works."""
    with WireServer() as server:
        assert answered(await get(f"http://{host}:{server.port}/")).status == 200


@pytest.mark.parametrize("name", ["service.localhost", "SERVICE.localhost", "service.localhost.", "a_b.localhost"])
async def test_the_connection_goes_to_the_checked_address(name: str) -> None:
    """Only 127.0.0.3 listens, so nobody else can have resolved the name; Host stays the name."""
    with WireServer(host="127.0.0.3") as server:
        async with opened(look_up=lambda _name: ["127.0.0.3"]) as http:
            got = answered(await http.ask(Request("GET", f"http://{name}:{server.port}/")))
    assert got.status == 200
    assert header(server.requests[0], "host") == f"{name.lower()}:{server.port}"


async def test_a_name_that_does_not_resolve_has_no_answer() -> None:
    """It may resolve later, so it is not unprobeable."""

    def unknown(name: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, f"nobody knows {name}")

    async with opened(look_up=unknown) as http:
        failure = failed(await http.ask(Request("GET", "https://service.example/")))
    assert failure.mishap is Mishap.UNANSWERED
    assert failure.reason == "the name service.example does not resolve (nobody knows service.example)"


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Make one certificate authority for all tests."""
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """Trust the authority, as a company's runner does."""
    root = tmp_path / "root.pem"
    authority.cert_pem.write_to_path(root)
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    return authority


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def _over_tls(context: ssl.SSLContext) -> tuple[Answer | Failure, WireServer]:
    with WireServer(HEALTHY, tls=context) as server:
        async with opened(look_up=lambda _name: ["127.0.0.1"]) as http:
            return await http.ask(Request("GET", f"https://service.example:{server.port}/")), server


async def test_tls_speaks_for_the_name(trusting: trustme.CA) -> None:
    """The connection goes to the checked address; SNI, Host and the certificate are about the name."""
    exchange, server = await _over_tls(_context(trusting.issue_cert("service.example")))
    assert answered(exchange).status == 200
    assert server.names == ["service.example"]
    assert header(server.requests[0], "host") == f"service.example:{server.port}"


async def test_an_untrusted_certificate(authority: trustme.CA) -> None:
    """The issuer is nobody whom this machine knows."""
    exchange, server = await _over_tls(_context(authority.issue_cert("service.example")))
    failure = failed(exchange)
    assert (failure.mishap, server.requests) == (Mishap.UNANSWERED, [])
    assert failure.reason == "TLS failure: the certificate's issuer is not trusted"


async def test_a_certificate_for_another_name(trusting: trustme.CA) -> None:
    """The certificate is good, and somebody else's."""
    exchange, _ = await _over_tls(_context(trusting.issue_cert("other.example")))
    assert failed(exchange).reason == "TLS failure: the certificate is for another name"


async def test_an_expired_certificate(trusting: trustme.CA) -> None:
    """It was good until yesterday."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    exchange, _ = await _over_tls(_context(trusting.issue_cert("service.example", not_after=yesterday)))
    assert failed(exchange).reason == "TLS failure: the certificate has expired"


async def test_https_to_a_server_without_tls() -> None:
    """A plain answer to a TLS greeting is a TLS failure or a closed connection, in words."""
    with WireServer(b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        failure = failed(await get(f"https://127.0.0.1:{server.port}/"))
    assert failure.mishap is Mishap.UNANSWERED


# Proxies


async def test_a_proxy_resolves_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy we ask no name server; the proxy is handed the whole URL."""
    asked: list[str] = []
    with WireServer() as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        async with opened(look_up=lambda name: asked.append(name) or []) as http:
            got = answered(await http.ask(Request("GET", "http://service.localhost:8080/health")))
    assert (got.status, asked) == (200, [])
    assert proxy.requests[0].startswith(b"GET http://service.localhost:8080/health HTTP/1.1\r\n")


async def test_https_goes_through_a_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy is asked to CONNECT to the name, and sees nothing of the request."""
    asked: list[str] = []
    with WireServer(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        async with opened(
            look_up=lambda name: asked.append(name) or [], rights=_right("https://service.example")
        ) as http:
            exchange = await http.ask(Request("GET", "https://service.example/a", credential=Credential.API_KEY))
    assert failed(exchange).mishap is Mishap.UNANSWERED
    assert asked == []
    assert proxy.requests[0].startswith(b"CONNECT service.example:443 HTTP/1.1\r\n")
    assert TOKEN.encode() not in proxy.requests[0]


async def test_no_proxy_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that the proxy is not for is resolved and connected to by us."""
    with WireServer() as proxy, WireServer() as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "service.localhost")
        async with opened(look_up=lambda _name: ["127.0.0.1"]) as http:
            await http.ask(Request("GET", f"http://service.localhost:{server.port}/"))
        assert (proxy.connections, server.connections) == (0, 1)
