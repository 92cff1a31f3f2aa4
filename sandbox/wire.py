"""Below ASGI: what a broken network does to a connection, which no response object can express."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from starlette.types import Receive, Scope

_EXTENSION = "sandbox.transport"
_LINGER_ZERO = struct.pack("ii", 1, 0)  # on, for 0 seconds: closing sends RST instead of FIN


class Wire(H11Protocol):
    """uvicorn's HTTP/1.1 protocol, which also hands each request the transport it came over."""

    def connection_made(  # type: ignore[override]  # uvicorn narrows asyncio's argument the same way
        self, transport: asyncio.Transport
    ) -> None:
        """Accept a connection and put its transport into the scope of its requests."""
        super().connection_made(transport)
        served = self.app

        # uvicorn's ASGI types are private, so this closure cannot name them.
        async def with_transport(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
            scope["extensions"] = {_EXTENSION: transport}
            await served(scope, receive, send)

        self.app = with_transport


def is_closed(scope: Scope) -> bool:
    """Say whether the client is gone, so that an endless answer may end."""
    return _transport(scope).is_closing()


async def reset(scope: Scope, receive: Receive) -> None:
    """Close the connection with a TCP reset, whatever was or was not answered."""
    transport = _transport(scope)
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
    await _until_gone(receive)


async def hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection politely after what was already written, even if more was promised."""
    _transport(scope).close()
    await _until_gone(receive)


def _transport(scope: Scope) -> asyncio.Transport:
    return cast("asyncio.Transport", scope["extensions"][_EXTENSION])


async def _until_gone(receive: Receive) -> None:
    # Returning earlier would make uvicorn answer 500 on a connection that is still closing.
    while (await receive())["type"] != "http.disconnect":
        pass
