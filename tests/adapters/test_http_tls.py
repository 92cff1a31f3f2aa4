from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme

from chitty_action.model.exchange import Answer, Failure, Mishap, Request
from tests.bad_worlds.asking import answered, failed, get, opened
from tests.bad_worlds.wire import HEALTHY, WireServer, header

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Make one certificate authority for all tests."""
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
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
    assert (failure.mishap, server.requests) == (Mishap.UNCONNECTED, [])
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
