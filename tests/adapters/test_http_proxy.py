from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.adapters.http import Right
from chitty_action.model.exchange import Mishap, Request
from chitty_action.model.reading import Credential
from tests.bad_worlds.asking import answered, failed, noting, opened
from tests.bad_worlds.wire import WireServer

if TYPE_CHECKING:
    import pytest

TOKEN = "very-secret-token"


async def test_a_proxy_resolves_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy we ask no name server; the proxy is handed the whole URL."""
    asked: list[str] = []
    with WireServer() as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        async with opened(look_up=noting(asked)) as http:
            got = answered(await http.ask(Request("GET", "http://service.localhost:8080/health")))
    assert (got.status, asked) == (200, [])
    assert proxy.requests[0].startswith(b"GET http://service.localhost:8080/health HTTP/1.1\r\n")


async def test_https_goes_through_a_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy is asked to CONNECT to the name, and sees nothing of the request."""
    asked: list[str] = []
    with WireServer(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        async with opened(
            look_up=noting(asked), rights={Credential.API_KEY: Right(TOKEN, ("https://service.example",))}
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
