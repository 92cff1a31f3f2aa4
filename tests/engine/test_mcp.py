from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.documents.tools import Tools
from chitty_action.engine.mcp import MOST_PAGES, list_tools
from chitty_action.engine.observe import take
from chitty_action.model.exchange import Answer, Failure, Mishap, Retry
from chitty_action.model.observation import Absent, Blocked, Rejected, Seen, Unreachable
from chitty_action.model.reading import By, Credential, Generation, Reading, Source
from tests.attack.material import bounded
from tests.world import FakeRemote, ports

if TYPE_CHECKING:
    from collections.abc import Callable

    from chitty_action.model.exchange import Request
    from chitty_action.model.observation import Observation

URL = "https://mcp.example/alpha/mcp"
SOURCE = Source(URL, credential=Credential.API_KEY, generation=Generation.DEPLOYED, by=By.MCP)
JSON = {"content-type": "application/json"}
STREAM = {"content-type": "text/event-stream"}


class Server:
    """An MCP server as far as tools go; `said` replaces what it says to a method."""

    def __init__(
        self, pages: list[int], *, session: str = "", stream: bool = False, said: dict[str, object] | None = None
    ) -> None:
        """Take the length of each page of tools, and how to speak."""
        self.pages, self.session, self.stream, self.said = pages, session, stream, said or {}
        self.requests: list[Request] = []

    async def prepare(self, urls: object) -> None:
        """There is nothing to resolve."""

    async def ask(self, request: Request) -> Answer | Failure:
        """Answer one message."""
        self.requests.append(request)
        if request.method == "DELETE":
            return Answer(204)
        message: dict[str, Any] = json.loads(request.body or b"")
        method = message["method"]
        if "id" not in message:
            return Answer(202)
        said = self.said.get(method)
        if isinstance(said, Answer | Failure):
            return said
        result = said if isinstance(said, dict) else self._result(method, message.get("params") or {})
        return self._spoken({"jsonrpc": "2.0", "id": message["id"], **result})

    def _result(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if method == "initialize":
            return {"result": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}}}
        page = int(parameters.get("cursor", "0"))
        after = {"nextCursor": str(page + 1)} if page + 1 < len(self.pages) else {}
        return {"result": {"tools": [{"name": f"t{n}"} for n in range(self.pages[page])], **after}}

    def _spoken(self, message: dict[str, Any]) -> Answer:
        session = {"mcp-session-id": self.session} if self.session else {}
        text = json.dumps(message)
        if not self.stream:
            return Answer(200, {**JSON, **session}, text.encode(), 0.25)
        half = text.index(",") + 1
        notice = 'event: message\r\ndata: {"jsonrpc":"2.0","method":"notifications/message"}\r\n\r\n'
        return Answer(
            200,
            {**STREAM, **session},
            f": hello\r\n{notice}data: {text[:half]}\r\ndata:{text[half:]}\r\n\r\n".encode(),
            0.25,
        )

    def methods(self) -> list[str]:
        """Name what was asked, in order."""
        return [json.loads(request.body)["method"] if request.body else request.method for request in self.requests]


async def _seen(server: Server) -> Observation[Tools]:
    return await take(Reading((SOURCE,), Tools), ports(server))  # type: ignore[arg-type]  # a remote of its own kind


@pytest.mark.parametrize("stream", [False, True])
async def test_a_conversation_is_opened_confirmed_and_paged_to_its_end(*, stream: bool) -> None:
    """Both forms of an answer, with a notification before it and data over several lines in a stream."""
    server = Server([20, 20, 3], stream=stream)
    observation = await _seen(server)
    assert isinstance(observation, Seen)
    assert (observation.value.count, observation.generation) == (43, Generation.DEPLOYED)
    assert server.methods() == ["initialize", "notifications/initialized", *["tools/list"] * 3]
    assert observation.elapsed == 1.0, "the time of all answers"


async def test_a_session_is_kept_and_ended() -> None:
    """Every message after the first carries session and revision; the key goes with all of them."""
    server = Server([1], session="s-1")
    await _seen(server)
    assert server.methods()[-1] == "DELETE"
    first, *others = server.requests
    assert "mcp-session-id" not in dict(first.headers)
    for request in others:
        assert dict(request.headers)["mcp-session-id"] == "s-1"
        assert dict(request.headers)["MCP-Protocol-Version"] == "2025-06-18"
    for request in server.requests:
        assert request.credential is Credential.API_KEY
        if request.method == "POST":
            assert dict(request.headers)["Accept"] == "application/json, text/event-stream"


@pytest.mark.parametrize("session", ["a b", "a\nb", "ä", "x" * 2_000])
async def test_a_session_id_that_is_no_header_value_is_not_sent(session: str) -> None:
    """It is hostile text like everything else."""
    server = Server([1], session=session)
    await _seen(server)
    assert all("mcp-session-id" not in dict(request.headers) for request in server.requests)


async def test_a_server_without_sessions_is_asked_for_its_list_at_once() -> None:
    """The deployed gateway may know `tools/list` only."""
    server = Server([2], said={"initialize": {"error": {"code": -32601, "message": "Method not found"}}})
    observation = await _seen(server)
    assert isinstance(observation, Seen)
    assert observation.value.count == 2


@pytest.mark.parametrize("method", ["initialize", "tools/list"])
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(401, JSON, b'{"error":{"code":-32001,"message":"unauthorized"}}'), Blocked),
        (Answer(302, {"location": "https://team.cloudflareaccess.com/cdn-cgi/access/login"}), Blocked),
        (Answer(404, {}, b"Not Found"), Absent),
        (Answer(405), Absent),
        (Answer(400), Rejected),
        (Answer(502), Unreachable),
        (Failure(Mishap.UNANSWERED, "timed out"), Unreachable),
        (Answer(200, {"content-type": "text/html"}, b"<html>"), Unreachable),
        (Answer(200, STREAM, b"data: {}\n\n"), Unreachable),
        (Answer(200, STREAM, b""), Unreachable),
    ],
)
async def test_what_is_no_answer_means_what_it_means_anywhere(
    method: str, answer: Answer | Failure, kind: type
) -> None:
    """Protected, not offered or in trouble, whichever message of the conversation it is."""
    assert isinstance(await _seen(Server([1], said={method: answer})), kind)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"error": {"code": -32001, "message": "unauthorized"}}, "answered 200, but says: “unauthorized”"),
        ({"error": {"code": -32001}}, "but says: “-32001”"),
        ({"error": "no"}, "but says: it is no answer to a JSON-RPC request"),
        ({"result": {"tools": 7}}, "but says: its result has no list of tools"),
        ({"result": {}}, "but says: its result has no list of tools"),
        ({"result": {"tools": [], "nextCursor": "0"}}, "but says: it gives the same page again and again"),
    ],
)
async def test_an_error_in_a_whole_answer_is_told(said: dict[str, object], words: str) -> None:
    """JSON-RPC says in a 200 what HTTP would say in a status."""
    observation = await _seen(Server([1], said={"tools/list": said}))
    assert isinstance(observation, Unreachable)
    assert words in observation.reason


async def test_a_list_without_end_is_given_up() -> None:
    """Bounded, whatever the server does."""
    server = Server([1] * (MOST_PAGES + 5))
    observation = await _seen(server)
    assert isinstance(observation, Unreachable)
    assert f"more than {MOST_PAGES} pages" in observation.reason
    assert len(server.requests) == MOST_PAGES + 2


async def test_a_stream_that_stays_open_is_read_to_the_answer_only() -> None:
    """The request says when enough has arrived."""
    server = Server([1], stream=True)
    await _seen(server)
    asked = server.requests[-1]
    assert asked.until is not None
    event = b'data: {"jsonrpc":"2.0","id":2,"result":{}}\n'
    assert not asked.until(bytearray(b'data: {"jsonrpc":"2.0","method":"ping"}\n\n'))
    assert not asked.until(bytearray(event))
    assert asked.until(bytearray(event + b"\n"))


async def _until(number: int = 2) -> Callable[[bytearray], bool]:
    """Return how the request of that number knows that it is answered."""
    server = Server([1])
    await _seen(server)
    untils = [
        request.until for request in server.requests if request.body and json.loads(request.body).get("id") == number
    ]
    assert untils[0] is not None
    return untils[0]


ANSWER = b'data: {"jsonrpc":"2.0","id":2,"result":{}}\n\n'


@pytest.mark.parametrize("after", [b": ping\n", b"\n", b"event: x\ndata: {", b"data: {}\n\n", b"\xff", b"\r"])
@pytest.mark.parametrize("before", [b"", b": hi\r\n\r\n", b"data: {}\n\n", b"\xef\xbb\xbf", b"\r\r\r"])
async def test_an_answer_is_recognised_whatever_stands_around_it(before: bytes, after: bytes) -> None:
    """One part may hold more than the answer; a byte order mark may come first."""
    until = await _until()
    assert until(bytearray(before + ANSWER + after))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
async def test_an_answer_is_recognised_once_its_event_is_finished(end: bytes) -> None:
    """However it is cut into parts, and by any of the three ends of a line."""
    until = await _until()
    stream = b"\xef\xbb\xbf: hi" + end * 2 + (b"event: message" + end + ANSWER.replace(b"\n", end)) + b": ping" + end
    body, recognised = bytearray(), []
    for byte in stream:
        body.append(byte)
        recognised.append(until(body))
    finished = len(stream) - len(b": ping" + end)
    first = recognised.index(True)
    assert finished - len(end) < first + 1 <= finished


async def test_another_try_is_listened_to_from_its_beginning() -> None:
    """What the first one said does not count for it."""
    until = await _until()
    assert not until(bytearray(b": a long beginning" * 9 + b"\n\n"))
    assert until(bytearray(ANSWER))


async def test_a_stream_that_begins_with_a_byte_order_mark_is_read() -> None:
    """As a whole body too."""
    answer = Answer(200, STREAM, b'\xef\xbb\xbfdata: {"id":2,"result":{"tools":[1,2]}}\n\n')
    observation = await _seen(Server([1], said={"tools/list": answer}))
    assert isinstance(observation, Seen)
    assert observation.value.count == 2


@pytest.mark.parametrize("unit", [b": p\n\n", b"data: {}\n\n", b"data: x\n", b"x", b"\n", b"\r", b"\r\n"])
async def test_a_hostile_stream_of_tiny_parts_takes_one_pass(unit: bytes) -> None:
    """Every byte is looked at once or twice, not once for every part that follows it."""
    until = await _until()
    body = bytearray()
    with bounded():
        for _ in range(60_000):
            body += unit
            assert not until(body)


@pytest.mark.parametrize("said", ["notifications/initialized", "DELETE"])
async def test_nobody_waits_for_an_answer_to_what_is_not_answered(said: str) -> None:
    """Whatever arrives is enough, and a loss is not made good."""
    server = Server([1], session="s-1")
    await _seen(server)
    request = server.requests[server.methods().index(said)]
    assert request.retry is Retry.NEVER
    assert request.until is not None
    assert request.until(bytearray(b":"))


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(said=_ANY, wrap=st.sampled_from(["result", "error", ""]))
def test_no_answer_breaks_the_conversation(said: object, wrap: str) -> None:
    """Any JSON in any place ends in one exchange, after a bounded number of messages."""
    body = json.dumps({"id": 1, wrap: said} if wrap else said).encode()
    remote = FakeRemote({("POST", URL): [Answer(200, JSON, body)], ("DELETE", URL): Answer(204)})
    ended = asyncio.run(list_tools(SOURCE, remote, Retry.NEVER))
    assert isinstance(ended, Answer | Failure)
    assert len(remote.requests) <= MOST_PAGES + 2
