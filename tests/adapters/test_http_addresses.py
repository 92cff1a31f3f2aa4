from __future__ import annotations

import socket

import pytest

from chitty_action.model.address import web_address
from chitty_action.model.exchange import Mishap, Request
from tests.bad_worlds.asking import answered, failed, get, noting, opened
from tests.bad_worlds.wire import WireServer, header


@pytest.mark.parametrize("host", ["192.0.2.1", "service.example", "10.0.0.1", "127.0.0.1.example"])
@pytest.mark.parametrize("allow_private", [True, False])
async def test_plain_http_stays_on_loopback(host: str, *, allow_private: bool) -> None:
    """Anything else is neither resolved nor connected to."""
    asked: list[str] = []
    async with opened(allow_private=allow_private, look_up=noting(asked)) as http:
        failure = failed(await http.ask(Request("GET", f"http://{host}/")))
    assert (failure.mishap, asked) == (Mishap.UNPROBEABLE, [])


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::ffff:127.0.0.1"]
)
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
        address = web_address(f"http://{host}:{server.port}", allow_private=True)
        assert answered(await get(address.url)).status == 200


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
    assert failure.mishap is Mishap.UNCONNECTED
    assert failure.reason == "the name service.example does not resolve (nobody knows service.example)"
