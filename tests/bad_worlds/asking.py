"""Ask through the real HTTP adapter, and insist on what came of it."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.http import Http, Right
from chitty_action.adapters.logs import EventLog
from chitty_action.adapters.resolve import Resolver, system_look_up
from chitty_action.model.exchange import Answer, Failure, Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from chitty_action.model.reading import Credential


@asynccontextmanager
async def opened(  # noqa: PLR0913 - each setting is what one test is about
    *,
    look_up: Callable[[str], list[str]] = system_look_up,
    allow_private: bool = True,
    timeout: float = 2.0,  # noqa: ASYNC109 - the adapter's own setting
    deadline: float = 10.0,
    rights: Mapping[Credential, Right] | None = None,
    lines: list[str] | None = None,
) -> AsyncIterator[Http]:
    """Open the adapter as `main` does, and close it again."""
    log = EventLog("info", (lines if lines is not None else []).append, colours=False)
    resolver = Resolver(allow_private=allow_private, look_up=look_up)
    http = Http(Deadline(deadline), resolver, timeout, rights or {}, log)
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


def noting(asked: list[str]) -> Callable[[str], list[str]]:
    """Make a name server that notes what it is asked."""

    def look_up(name: str) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"]

    return look_up
