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
    from collections.abc import Callable, Mapping

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
_END_OF_EVENT = re.compile(rb"(?>\r\n|\n|\r){2,}")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
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
        await remote.ask(Request("DELETE", source.url, None, headers, source.credential, Retry.NEVER, _anything))
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
        await self._post({"jsonrpc": "2.0", "method": method}, Retry.NEVER, _anything)

    async def asked(self, method: str, parameters: Mapping[str, object]) -> dict[str, Any] | Answer | Failure:
        """Return the result of a request, or the exchange that stands in its place."""
        self._number += 1
        number = self._number
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
        exchange = await self._post(message, self._retry, _Listener(number).hears)
        if isinstance(exchange, Failure) or exchange.status not in _SUCCESS:
            return exchange
        self._status = exchange.status
        self._session = self._session or exchange.headers.get(_SESSION, "")
        answer = _json_object(exchange.body) or _from_stream(exchange.body, number)
        if answer is None:
            return exchange  # whoever reads it says what it is instead of JSON
        error, result = answer.get("error"), answer.get("result")
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

    async def _post(
        self, message: Mapping[str, object], retry: Retry, until: Callable[[bytearray], bool]
    ) -> Answer | Failure:
        body, headers = json.dumps(message).encode(), (_BOTH_FORMS, *self._headers)
        request = Request("POST", self._source.url, body, headers, self._source.credential, retry, until)
        exchange = await self._remote.ask(request)
        self._elapsed += exchange.elapsed
        return exchange


def _anything(_body: bytearray) -> bool:
    """Wait for no end of a stream on which nothing is expected."""
    return True


class _Listener:
    """Waits for the answer to one request among the events of a stream (WHATWG HTML, "Server-sent events").

    It goes on where it stopped, so that a stream of tiny parts costs no more than one of large ones.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._body = bytearray()
        self._begins = self._searched = 0
        self.answer: dict[str, Any] | None = None

    def hears(self, body: bytearray) -> bool:
        """Whether the answer is there; `body` is all that has arrived, and another object for another try."""
        if body is not self._body:
            self._body, self._begins, self._searched = body, 0, 0
        while self.answer is None and (end := _END_OF_EVENT.search(body, self._searched)):
            event = body[self._begins : end.start()]
            self.answer = self._answer(event if self._begins else event.removeprefix(_BYTE_ORDER_MARK))
            self._begins = self._searched = end.end()
        self._searched = max(self._begins, len(body) - 2)  # an end of line may be there, and half of the next
        return self.answer is not None

    def _answer(self, event: bytearray) -> dict[str, Any] | None:
        if b"data:" not in event:
            return None
        lines = _END_OF_LINE.split(event.decode("utf-8", "replace"))
        told = [line.removeprefix("data:").removeprefix(" ") for line in lines if line.startswith("data:")]
        message = _json_object("\n".join(told))
        is_answer = message and message.get("id") == self._number and ("result" in message or "error" in message)
        return message if is_answer else None


def _from_stream(body: bytes, number: int) -> dict[str, Any] | None:
    """Return the answer to a request in a stream that has ended; that ends its last event too."""
    listener = _Listener(number)
    listener.hears(bytearray(body + b"\n\n"))
    return listener.answer


def _json_object(text: bytes | str) -> dict[str, Any] | None:
    try:
        return decoded(text, dict[str, Any])
    except ValueError:
        return None
