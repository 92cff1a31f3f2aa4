"""A server that says exactly the bytes it is told to, for worlds that no honest server can play."""

from __future__ import annotations

import socket
import struct
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from types import TracebackType

    Said = bytes | Callable[[socket.socket], None]

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\nConnection: close\r\n\r\n"
HEALTHY = OK + b'{"status":"ok"}'
_PATIENCE = 5.0


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Give a whole response that ends with the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def reset(connection: socket.socket) -> None:
    """Have the connection end in a TCP reset: closing with no time to linger sends RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class WireServer:
    """Listens on loopback; the nth connection is answered with the nth thing said, the last one again and again."""

    def __init__(self, *said: Said, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        """Bind a port; `said` is bytes, or a function that is given the connection after the request arrived."""
        self._said = said or (HEALTHY,)
        self._tls = tls
        self._socket = socket.create_server((host, port))
        self._socket.settimeout(0.05)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port: int = self._socket.getsockname()[1]
        self.connections = 0
        self.requests: list[bytes] = []
        self.names: list[str | None] = []
        if tls is not None:
            tls.sni_callback = lambda _connection, name, _context: self.names.append(name)

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening; what is being answered ends by itself."""
        self._closing.set()
        self._thread.join(_PATIENCE)
        self._socket.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            said = self._said[min(self.connections, len(self._said) - 1)]
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection, said), daemon=True).start()

    def _answer(self, connection: socket.socket, said: Said) -> None:
        try:
            connection.settimeout(_PATIENCE)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self.requests.append(self._request(connection))
                if isinstance(said, bytes):
                    connection.sendall(said)
                else:
                    said(connection)
        except OSError:
            connection.close()  # the other side went away, or did not trust us

    @staticmethod
    def _request(connection: socket.socket) -> bytes:
        """Read one request: its head, and as much of a body as it announces."""
        received = b""
        while b"\r\n\r\n" not in received:
            part = connection.recv(65536)
            if not part:
                return received
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body


def header(request: bytes, name: str) -> str | None:
    """Give the value of a request's header, None when it was not sent."""
    for line in request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name.lower():
            return value.strip()
    return None
