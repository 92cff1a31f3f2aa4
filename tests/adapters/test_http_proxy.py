from __future__ import annotations

import pytest

from chitty_action.adapters.http import Right
from chitty_action.model.exchange import Mishap, Request
from chitty_action.model.reading import Credential
from tests.bad_worlds.asking import answered, failed, noting, opened, unused_port
from tests.bad_worlds.wire import WireServer

TOKEN = "very-secret-token"


async def test_plain_http_goes_past_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is spoken to loopback hosts only, and a proxy would read the token."""
    with WireServer() as proxy, WireServer() as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        async with opened(look_up=lambda _name: ["127.0.0.1"]) as http:
            answered(await http.ask(Request("GET", f"http://service.localhost:{server.port}/")))
        assert (proxy.connections, server.connections) == (0, 1)


async def test_https_goes_through_a_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy is asked to CONNECT to the name, and sees nothing of the request."""
    asked: list[str] = []
    with WireServer(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        async with opened(
            look_up=noting(asked), rights={Credential.API_KEY: Right(TOKEN, ("https://service.example",))}
        ) as http:
            exchange = await http.ask(Request("GET", "https://service.example/a", credential=Credential.API_KEY))
    assert failed(exchange).mishap is Mishap.UNCONNECTED
    assert asked == []
    assert proxy.requests[0].startswith(b"CONNECT service.example:443 HTTP/1.1\r\n")
    assert TOKEN.encode() not in proxy.requests[0]


async def test_no_proxy_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that the proxy is not for is resolved by us."""
    asked: list[str] = []
    with WireServer() as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "service.example")
        async with opened(look_up=noting(asked)) as http:
            failed(await http.ask(Request("GET", f"https://service.example:{unused_port()}/")))
        assert (proxy.connections, asked) == (0, ["service.example"])


@pytest.mark.parametrize("proxy", ["socks9://proxy.example", "http://[bad", "ftp://proxy.example"])
async def test_a_proxy_that_cannot_be_used_is_no_direct_connection(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    """Nothing is connected to without a check."""
    monkeypatch.setenv("https_proxy", proxy)
    async with opened(look_up=lambda _name: ["127.0.0.1"]) as http:
        failure = failed(await http.ask(Request("GET", "https://service.example/")))
    assert failure.reason == "the proxy that the environment names is not an http or https URL"


async def test_the_use_of_a_proxy_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Because the addresses behind it are not checked."""
    lines: list[str] = []
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{unused_port()}")
    async with opened(lines=lines) as http:
        for name in ("one.example", "two.example"):
            await http.ask(Request("GET", f"https://{name}/"))
    assert len([line for line in lines if "proxy.used" in line]) == 1
