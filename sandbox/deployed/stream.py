"""Server-sent events as an MCP server may send them: with everything that the format allows."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from sandbox import wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Scope

_COMMENT = b": still here\r\n\r\n"
_EVERY = 0.1  # seconds between two comments on a stream that stays open
_NOTIFICATION = {
    "jsonrpc": "2.0",
    "method": "notifications/message",
    "params": {"level": "info", "data": "a notification comes before the response"},
}


async def events(scope: Scope, response: dict[str, Any], *, stays_open: bool) -> AsyncIterator[bytes]:
    """Give a notification, then the response; then end, or go on without a word until the client is gone."""
    yield _COMMENT + _event("0", _NOTIFICATION) + _event("1", response)
    while stays_open and not wire.is_closed(scope):
        await asyncio.sleep(_EVERY)
        yield _COMMENT


def _event(event_id: str, message: dict[str, Any]) -> bytes:
    """Write one event: CRLF, an id, and a line of JSON in each of several data lines, which a reader joins again."""
    lines = [f"data: {line}" for line in json.dumps(message, indent=1).split("\n")]
    return "\r\n".join([f"id: {event_id}", "event: message", *lines, "", ""]).encode()
