"""MCP as a client: a whole conversation, from `initialize` to the last page of `tools/list`, told as one exchange.

Source: Model Context Protocol, revision 2025-06-18, pages "Lifecycle", "Transports" and "Pagination".
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from chitty_action.model.document import decoded
from chitty_action.model.exchange import Answer, Failure, Mishap, Request, Retry
from chitty_action.model.text import in_quotes, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chitty_action.model.ports import Remote
    from chitty_action.model.reading import Source

    Headers = tuple[tuple[str, str], ...]

MOST_PAGES = 100
"""Pages of a list that are asked for; the deployed gateway puts 20 tools on one."""

_REVISION = "2025-06-18"
_HELLO = {
    "protocolVersion": _REVISION,
    "capabilities": {},
    "clientInfo": {"name": "chitty-action", "version": "1"},
}
_BOTH_FORMS = ("Accept", "application/json, text/event-stream")
_SESSION, _VERSION = "mcp-session-id", "MCP-Protocol-Version"
_HEADER_VALUE = re.compile(r"[\x21-\x7e]{1,1024}")
_END_OF_LINE = re.compile(r"\r\n|\n|\r")
_EVENT_ENDS = (b"\n\n", b"\r\n\r\n", b"\r\r")
_METHOD_NOT_FOUND = -32601
_SUCCESS = range(200, 300)


async def list_tools(source: Source, remote: Remote, retry: Retry) -> Answer | Failure:
    """Count a server's tools; a 2xx with `{"count": n}`, or whatever came instead of one.

    An answer that is no 2xx is returned as it came, so that it means what it would mean anywhere.
    """
    conversation = _Conversation(source, remote, retry)
    greeting = await conversation.asked("initialize", _HELLO)
    headers: Headers = ()
    if isinstance(greeting, Failure) and greeting.mishap is Mishap.REFUSED and conversation.code == _METHOD_NOT_FOUND:
        pass  # a server that knows no sessions: the list itself will tell
    elif isinstance(greeting, Answer | Failure):
        return greeting
    else:
        headers = conversation.follow(greeting)
        await conversation.notify("notifications/initialized")
    listed = await _all_pages(conversation)
    if any(name == _SESSION for name, _ in headers):
        await remote.ask(Request("DELETE", source.url, None, headers, source.credential, Retry.NEVER))
    return listed


async def _all_pages(conversation: _Conversation) -> Answer | Failure:
    count, cursors, parameters = 0, set[str](), dict[str, object]()
    while len(cursors) < MOST_PAGES:
        result = await conversation.asked("tools/list", parameters)
        if isinstance(result, Answer | Failure):
            return result
        tools, cursor = result.get("tools"), result.get("nextCursor")
        if not isinstance(tools, list):
            return conversation.refused("its result has no list of tools")
        count += len(tools)
        if not isinstance(cursor, str) or not cursor:
            return conversation.done({"count": count})
        if cursor in cursors:
            return conversation.refused("it gives the same page again and again")
        cursors.add(cursor)
        parameters = {"cursor": cursor}
    return conversation.refused(f"its list has more than {MOST_PAGES} pages")


class _Conversation:
    """What has been said so far: the number of the last request, the headers of the session, the time it took."""

    def __init__(self, source: Source, remote: Remote, retry: Retry) -> None:
        self._source, self._remote, self._retry = source, remote, retry
        self._number = 0
        self._headers: Headers = ()
        self._session = ""
        self._elapsed = 0.0
        self._status = 200
        self.code: object = None

    def follow(self, greeting: Mapping[str, Any]) -> Headers:
        """Speak the server's revision from now on, within the session that it opened; return the headers for that."""
        version = greeting.get("protocolVersion")
        spoken = version if isinstance(version, str) and _HEADER_VALUE.fullmatch(version) else _REVISION
        session = ((_SESSION, self._session),) if _HEADER_VALUE.fullmatch(self._session) else ()
        self._headers = ((_VERSION, spoken), *session)
        return self._headers

    async def notify(self, method: str) -> None:
        """Say something that is not answered."""
        await self._post({"jsonrpc": "2.0", "method": method})

    async def asked(self, method: str, parameters: Mapping[str, object]) -> dict[str, Any] | Answer | Failure:
        """Return the result of a request, or the exchange that stands in its place."""
        self._number += 1
        number = self._number
        exchange = await self._post({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}, number)
        if isinstance(exchange, Failure) or exchange.status not in _SUCCESS:
            return exchange
        self._status = exchange.status
        self._session = self._session or exchange.headers.get(_SESSION, "")
        message = _json_object(exchange.body) or _from_stream(exchange.body, number)
        if message is None:
            return exchange  # whoever reads it says what it is instead of JSON
        error, result = message.get("error"), message.get("result")
        if isinstance(result, dict):
            return result
        if not isinstance(error, dict):
            return self.refused("it is no answer to a JSON-RPC request")
        self.code = error.get("code")
        return self.refused(in_quotes(one_line(str(error.get("message") or self.code or "error"), 160)))

    def refused(self, reason: str) -> Failure:
        """End the conversation with what the server said."""
        return Failure(Mishap.REFUSED, f"answered {self._status}, but says: {reason}", self._elapsed, self._status)

    def done(self, document: object) -> Answer:
        """End the conversation with what was learnt."""
        body = json.dumps(document).encode()
        return Answer(self._status, {"content-type": "application/json"}, body, self._elapsed)

    async def _post(self, message: Mapping[str, object], number: int | None = None) -> Answer | Failure:
        def is_answered(body: bytearray) -> bool:
            return body.endswith(_EVENT_ENDS) and _from_stream(bytes(body), number) is not None

        headers = (_BOTH_FORMS, *self._headers)
        request = Request(
            "POST",
            self._source.url,
            json.dumps(message).encode(),
            headers,
            self._source.credential,
            self._retry,
            is_answered if number is not None else None,
        )
        exchange = await self._remote.ask(request)
        self._elapsed += exchange.elapsed
        return exchange


def _from_stream(body: bytes, number: int | None) -> dict[str, Any] | None:
    """Return the answer to a request among the events of a stream (WHATWG HTML, "Server-sent events")."""
    data: list[str] = []
    for line in _END_OF_LINE.split(body.decode("utf-8", "replace")):
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line and data:
            message = _json_object("\n".join(data))
            if message and message.get("id") == number and ("result" in message or "error" in message):
                return message
            data = []
    return None


def _json_object(text: bytes | str) -> dict[str, Any] | None:
    try:
        return decoded(text, dict[str, Any])
    except ValueError:
        return None
