"""A small asyncio server for what no proxy does: answers that come drop by drop, cut short, or never end."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    Play = Callable[[asyncio.StreamWriter], Awaitable[None]]

_HOST = "127.0.0.1"
_PATIENCE = 10.0
_PAUSE = 0.2  # seconds between two drops; a time-out for each read alone would never be reached
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_BODY = b'{"status":"ok","services":[],"conflicts":[],"tools":[1]}'
_MEBIBYTE = b"." * 1_048_576


async def _drip(writer: asyncio.StreamWriter, text: bytes) -> None:
    for position in range(len(text)):
        writer.write(text[position : position + 1])
        await writer.drain()
        await asyncio.sleep(_PAUSE)


async def whole(writer: asyncio.StreamWriter) -> None:
    """Answer honestly, to prove that the server can."""
    writer.write(_HEAD + b"Content-Length: %d\r\n\r\n" % len(_BODY) + _BODY)


async def drip_head(writer: asyncio.StreamWriter) -> None:
    """Send the head drop by drop, for minutes."""
    await _drip(writer, _HEAD + b"X-Padding: " + b"." * 1000 + b"\r\nContent-Length: 2\r\n\r\n{}")


async def drip_body(writer: asyncio.StreamWriter) -> None:
    """Send the head at once and the body drop by drop, for minutes."""
    writer.write(_HEAD + b"Content-Length: 1000\r\n\r\n")
    await _drip(writer, b'{"status":"ok","padding":"' + b"." * 972 + b'"}')


async def truncated(writer: asyncio.StreamWriter) -> None:
    """Promise more than comes; what comes is whole JSON, so that only the length tells."""
    writer.write(_HEAD + b"Content-Length: 9999\r\n\r\n" + _BODY)


async def truncated_chunk(writer: asyncio.StreamWriter) -> None:
    """Begin a chunked body and never end it; what comes is whole JSON."""
    writer.write(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(_BODY) + _BODY + b"\r\n")


async def truncated_head(writer: asyncio.StreamWriter) -> None:
    """Hang up in the middle of the head."""
    writer.write(_HEAD)


async def endless_head(writer: asyncio.StreamWriter) -> None:
    """Send one header after the other, without end."""
    writer.write(_HEAD)
    while True:
        writer.write(b"X-Padding: " + b"." * 1000 + b"\r\n")
        await writer.drain()


async def endless_interim(writer: asyncio.StreamWriter) -> None:
    """Announce an answer again and again (103), and never give it."""
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def huge(writer: asyncio.StreamWriter) -> None:
    """Send a gibibyte, or as much of it as is taken."""
    writer.write(_HEAD + b"Content-Length: %d\r\n\r\n" % (1024 * len(_MEBIBYTE)))
    for _ in range(1024):
        writer.write(_MEBIBYTE)
        await writer.drain()


async def no_http(writer: asyncio.StreamWriter) -> None:
    """Speak another protocol."""
    writer.write(b"220 mail.example ESMTP\r\n")


async def two_lengths(writer: asyncio.StreamWriter) -> None:
    """Contradict itself about where the body ends, as a smuggled answer does."""
    writer.write(_HEAD + b"Content-Length: 2\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY)


class DripServer:
    """Plays one behaviour to every request; used as a context manager, it counts what it was asked."""

    def __init__(self, play: Play) -> None:
        """Take the behaviour: a function of the stream that is to be answered on."""
        self.asked: list[str] = []
        self.port = 0
        self._play = play
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="drip", daemon=True)

    def __enter__(self) -> Self:
        """Start serving; raises RuntimeError when the server does not come up."""
        self._thread.start()
        if not self._ready.wait(_PATIENCE):
            raise RuntimeError("the drip server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving, whatever is still under way."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_PATIENCE)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{_HOST}:{self.port}"

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, _HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):  # the client may leave whenever it likes
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.asked.append(head.partition(" HTTP/")[0])
                await self._play(writer)
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()  # nothing more to do after a polite end
