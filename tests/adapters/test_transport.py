from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from chitty_action.adapters.resolve import Pinned
from chitty_action.adapters.transport import PinnedTransport, SendError
from chitty_action.model.exchange import Mishap
from tests.bad_worlds.wire import WireServer, answer

if TYPE_CHECKING:
    from chitty_action.adapters.transport import Received


async def sent(transport: PinnedTransport, url: str, *, method: str = "GET", body: bytes | None = None) -> bytes:
    """Send one request and return the whole body."""
    async with transport.send(method, url, {}, body) as received:
        return await whole(received)


async def whole(received: Received) -> bytes:
    """Read a body to its end."""
    return b"".join([part async for part in received.parts(at_once=False)])


async def test_only_admitted_hosts_are_known() -> None:
    """A host that nobody checked has no client at all."""
    transport = PinnedTransport(1.0)
    transport.admit({"service.localhost": Pinned(("127.0.0.1",)), "[::1]": Pinned()})
    assert transport.knows("service.localhost")
    assert transport.knows("[::1]")
    assert not transport.knows("other.localhost")
    with pytest.raises(KeyError):
        await sent(transport, "http://other.localhost/")
    await transport.close()


async def test_every_host_goes_to_its_own_address() -> None:
    """Batches admitted later leave the earlier ones as they are."""
    transport = PinnedTransport(1.0)
    with WireServer(answer(b"two"), host="127.0.0.2") as two, WireServer(answer(b"three"), host="127.0.0.3") as three:
        transport.admit({"two.localhost": Pinned(("127.0.0.2",))})
        transport.admit({"three.localhost": Pinned(("127.0.0.3",))})
        urls = (f"http://two.localhost:{two.port}/", f"http://three.localhost:{three.port}/")
        bodies = [await sent(transport, url) for url in urls]
    await transport.close()
    assert bodies == [b"two", b"three"]


async def test_a_host_is_tried_at_its_next_address() -> None:
    """Where nothing listens at the first; the write is sent once, and later requests go there directly."""
    transport = PinnedTransport(1.0)
    with WireServer(answer(b"second"), host="127.0.0.3") as server:
        transport.admit({"two.localhost": Pinned(("127.0.0.2", "127.0.0.3"))})
        for _ in range(2):
            url = f"http://two.localhost:{server.port}/"
            assert await sent(transport, url, method="POST", body=b"{}") == b"second"
        assert server.connections == 2
    await transport.close()


async def test_a_request_that_was_sent_is_not_sent_to_another_address() -> None:
    """It may have done its work, whatever became of the answer."""
    transport = PinnedTransport(1.0)
    with WireServer(b"", host="127.0.0.2") as first, WireServer(host="127.0.0.3", port=first.port) as second:
        transport.admit({"two.localhost": Pinned(("127.0.0.2", "127.0.0.3"))})
        with pytest.raises(SendError) as raised:
            await sent(transport, f"http://two.localhost:{first.port}/", method="POST")
        assert raised.value.mishap is Mishap.UNANSWERED
        assert (first.connections, second.connections) == (1, 0)
    await transport.close()


async def test_an_address_that_refused_once_gets_another_turn() -> None:
    """A service that comes up at its first address is found, although the second was tried in between."""
    transport = PinnedTransport(1.0)
    transport.admit({"two.localhost": Pinned(("127.0.0.2", "127.0.0.3"))})
    with socket.create_server(("127.0.0.2", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(SendError):
        await sent(transport, f"http://two.localhost:{port}/")
    with WireServer(answer(b"first"), host="127.0.0.2", port=port):
        assert await sent(transport, f"http://two.localhost:{port}/") == b"first"
    await transport.close()


async def test_requests_at_once_all_find_the_address_that_works() -> None:
    """Each tries every address for itself."""
    transport = PinnedTransport(2.0)
    with WireServer(*[answer(b"second")] * 12, host="127.0.0.3") as server:
        transport.admit({"two.localhost": Pinned(("127.0.0.2", "127.0.0.3"))})
        url = f"http://two.localhost:{server.port}/"
        assert await asyncio.gather(*(sent(transport, url) for _ in range(12))) == [b"second"] * 12
    await transport.close()


async def test_hosts_of_one_batch_may_have_different_numbers_of_addresses() -> None:
    """One goes on to its second address; the other stays where it is."""
    transport = PinnedTransport(1.0)
    ways = {"two.localhost": Pinned(("127.0.0.2", "127.0.0.3")), "one.localhost": Pinned(("127.0.0.1",))}
    with WireServer(answer(b"second"), host="127.0.0.3") as second, WireServer(answer(b"only")) as only:
        transport.admit(ways)
        for _ in range(2):
            assert await sent(transport, f"http://two.localhost:{second.port}/") == b"second"
            assert await sent(transport, f"http://one.localhost:{only.port}/") == b"only"
    await transport.close()


@pytest.mark.parametrize("passing", [True, False])
async def test_a_connection_is_kept_unless_the_host_is_asked_in_passing(passing: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Thousands of connections that nobody uses again would fill the memory."""
    closed, over = threading.Event(), threading.Event()

    def stays_open(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        connection.settimeout(0.05)
        while not over.is_set():
            try:
                if not connection.recv(1):
                    closed.set()
                    return
            except TimeoutError:
                continue

    transport = PinnedTransport(1.0)
    transport.admit({"one.localhost": Pinned(("127.0.0.1",))}, {"one.localhost"} if passing else ())
    with WireServer(stays_open) as server:
        assert await sent(transport, f"http://one.localhost:{server.port}/") == b"ok"
        assert await asyncio.to_thread(closed.wait, 5 if passing else 0.3) is passing
        over.set()
    await transport.close()
