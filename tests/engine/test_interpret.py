from __future__ import annotations

import json
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.adapters.projection import Projector
from chitty_action.documents.discovery import Discovery
from chitty_action.documents.health import HealthDocument, evidence
from chitty_action.documents.tools import Tools
from chitty_action.ecosystem import discovery, health_at, mcp_tools, registered
from chitty_action.engine.interpret import interpret
from chitty_action.model.answers import absence
from chitty_action.model.document import Document
from chitty_action.model.evidence import Evidence
from chitty_action.model.exchange import Answer, Failure, Mishap
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Observation,
    Redirected,
    Rejected,
    Seen,
    Unfinished,
    Unprobeable,
    Unreachable,
)
from chitty_action.model.reading import NotFound, Source
from tests.world import HUB, json_answer

HEALTH = health_at("https://alpha.example/health", None).sources[0]
DISCOVERY = discovery(HUB).sources[0]
TOOLS = mcp_tools(HUB, "alpha").sources[0]
JSON = {"content-type": "application/json; charset=utf-8"}


async def _health(exchange: Answer | Failure) -> Observation[HealthDocument]:
    return await interpret(exchange, HEALTH, HealthDocument, Projector())


async def _discovery(exchange: Answer | Failure) -> Observation[Discovery]:
    return await interpret(exchange, DISCOVERY, Discovery, Projector())


async def test_what_keeps_the_runner_out_is_told_from_what_asks_for_a_token() -> None:
    """The cures are different ones."""
    login = {"location": "/cdn-cgi/access/login/x"}
    answers = (Answer(503, {"cf-mitigated": "challenge"}), Answer(302, login), Answer(401), Answer(403), Answer(429))
    seen = [await _discovery(answer) for answer in answers]
    assert [isinstance(each, Blocked) and each.barred for each in seen] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("exchange", "kind", "word"),
    [
        (Answer(200), Seen, "healthy"),
        (Answer(204), Seen, "healthy"),
        (Answer(299), Seen, "healthy"),
        (json_answer({"status": "ok"}, 201), Seen, "healthy"),
        (json_answer({"status": "warming"}), Seen, "degraded"),
        (Answer(301, {"location": "https://www.alpha.example/"}), Redirected, "redirected"),
        (Answer(304), Redirected, "redirected"),
        (Answer(302, {"location": "https://t.cloudflareaccess.com/x"}), Blocked, "blocked"),
        (Answer(400), Rejected, "degraded"),
        (Answer(405), Rejected, "degraded"),
        (Answer(418), Rejected, "degraded"),
        (Answer(401), Blocked, "blocked"),
        (Answer(403), Blocked, "blocked"),
        (Answer(429), Blocked, "blocked"),
        (Answer(503, {"cf-mitigated": "challenge"}), Blocked, "blocked"),
        (Answer(404, {"cf-mitigated": "challenge"}), Blocked, "blocked"),
        (Answer(404), Absent, "missing"),
        (Answer(410), Absent, "missing"),
        (Answer(500), Unreachable, "down"),
        (Answer(501), Unreachable, "down"),
        (Answer(530), Unreachable, "down"),
        (Answer(101), Unreachable, "down"),
        (Failure(Mishap.UNANSWERED, "timed out after 10 s"), Unreachable, "down"),
        (Failure(Mishap.BROKEN, "the body was cut short", status=200), Unreachable, "down"),
        (Failure(Mishap.OVERSIZE, "body over 10 MiB", status=200), Unreachable, "down"),
        (Failure(Mishap.UNPROBEABLE, "it resolves to 10.0.0.1 (not globally routable)"), Unprobeable, "unprobeable"),
        (Failure(Mishap.UNFINISHED, "the deadline of 300 s was reached"), Unfinished, "skipped"),
    ],
)
async def test_every_exchange_has_its_observation_and_class(exchange: Answer | Failure, kind: type, word: str) -> None:
    """The evidence classes of the interface, from what comes over the wire."""
    observation = await _health(exchange)
    assert isinstance(observation, kind)
    assert evidence(observation) == word
    assert (observation.url, observation.status) == (HEALTH.url, exchange.status)


@given(st.integers(100, 599), st.binary(), st.sampled_from(["", "text/html", "application/json", "application/a+json"]))
async def test_any_answer_is_one_observation(status: int, body: bytes, content_type: str) -> None:
    """No status and no body makes the look fail."""
    observation = await _health(Answer(status, {"content-type": content_type}, body))
    assert evidence(observation) in Evidence
    reason = getattr(observation, "reason", "")
    assert reason.splitlines() in ([], [reason])


@pytest.mark.parametrize(
    ("mishap", "told"),
    [
        (Mishap.UNPROBEABLE, "was not connected to: it hung"),
        (Mishap.UNCONNECTED, "gave no answer: it hung"),
        (Mishap.UNANSWERED, "gave no answer: it hung"),
        (Mishap.BROKEN, "broke off its answer: it hung"),
        (Mishap.OVERSIZE, "it hung"),
        (Mishap.UNFINISHED, "was not asked to the end: it hung"),
    ],
)
async def test_what_came_instead_of_an_answer_is_told(mishap: Mishap, told: str) -> None:
    """With how far it got, and its own reason."""
    observation = await _health(Failure(mishap, "it hung"))
    assert isinstance(observation, Unreachable | Unprobeable | Unfinished)
    assert observation.reason == told


async def test_what_was_seen_says_where_and_how_long() -> None:
    """For the report."""
    observation = await _health(Answer(200, elapsed=0.25))
    assert (observation.url, observation.elapsed, observation.looks) == ("https://alpha.example/health", 0.25, 1)
    late = await _health(Failure(Mishap.UNANSWERED, "timed out after 10 s", elapsed=10.0))
    assert late.elapsed == 10.0


async def test_a_blocked_look_says_why() -> None:
    """In the words of the rule that it fell under."""
    observation = await _health(Answer(403))
    assert isinstance(observation, Blocked)
    assert observation.reason == "answered 403: forbidden"


async def test_a_byte_order_mark_is_ignored() -> None:
    """RFC 8259 lets a reader do so."""
    observation = await _discovery(Answer(200, JSON, b'\xef\xbb\xbf{"services": []}'))
    assert isinstance(observation, Seen)
    assert observation.value.told() == "lists no services"


@pytest.mark.parametrize("number", ["9" * 5_000, "1e9999", "0." + "1" * 5_000])
async def test_a_number_that_nobody_asked_for_may_have_any_size(number: str) -> None:
    """It is JSON all the same, and the rest of the document is read."""
    observation = await _health(Answer(200, JSON, f'{{"status": "ok", "uptime": {number}}}'.encode()))
    assert isinstance(observation, Seen)
    assert evidence(observation) is Evidence.HEALTHY


async def test_a_redirect_says_where_to() -> None:
    """On one line; nobody goes there."""
    observation = await _health(Answer(302, {"location": "https://x.example/\x1b[31m" + "y" * 300}))
    assert isinstance(observation, Redirected)
    assert observation.reason.startswith("answered 302, a redirect to ")
    assert "https://x.example/" in observation.reason
    assert observation.reason.endswith("which is not followed")
    assert observation.reason.isprintable()
    assert f"“https://x.example/\ufffd[31m{'y' * 96}…”" in observation.reason
    nowhere = await _health(Answer(304))
    assert isinstance(nowhere, Redirected)
    assert nowhere.reason == "answered 304, a redirect to “nowhere”, which is not followed"


@pytest.mark.parametrize("status", [400, 500])
async def test_an_error_is_quoted(status: int) -> None:
    """The other side mostly says what is wrong."""
    observation = await _health(json_answer({"error": "title required"}, status))
    assert isinstance(observation, Rejected | Unreachable)
    assert observation.reason == f'answered {status} “{{"error": "title required"}}”'


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"404 Not Found", NotFound.CAPABILITY),
        (b'{"error":"Endpoint not found","availableEndpoints":["GET /health"]}', NotFound.CAPABILITY),
        (b'{"error":"Tool not found"}', NotFound.SUBJECT),
    ],
)
async def test_a_404_of_the_registry_is_read_by_its_body(body: bytes, what: NotFound) -> None:
    """The deployed registry does not know the path; an older one does not know the service."""
    reading = registered(HUB, "alpha")
    observation = await interpret(Answer(404, {}, body), reading.sources[0], reading.document, Projector())
    source = reading.sources[0]
    assert observation == Absent(what, url=source.url, status=404, elapsed=0.0, generation=source.generation)


@pytest.mark.parametrize("body", [b'{"status": "ok"', b"not json", b"<html></html>", b'{"a": NaN}', b"\xff"])
async def test_a_health_answer_that_claims_to_be_json_and_is_not_is_down(body: bytes) -> None:
    """Something between the service and us is broken."""
    observation = await _health(Answer(200, JSON, body))
    assert evidence(observation) is Evidence.DOWN


@pytest.mark.parametrize("content_type", ["text/html", "text/plain", ""])
async def test_a_health_answer_that_does_not_claim_to_be_json_has_no_status(content_type: str) -> None:
    """A page that answers 200 is healthy, and the report says by which rule."""
    observation = await _health(Answer(200, {"content-type": content_type}, b"<html>fine</html>"))
    assert isinstance(observation, Seen)
    assert observation.value.told() == "no status field"


async def test_a_status_counts_whatever_the_content_type_says() -> None:
    """The body is JSON, so it is read."""
    observation = await _health(Answer(200, {"content-type": "text/plain"}, b'{"status": "down"}'))
    assert evidence(observation) is Evidence.DEGRADED


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "an empty body instead of JSON"),
        (b" \n", "an empty body instead of JSON"),
        (b"<!doctype html><title>Sign in</title>", "HTML instead of JSON"),
        (b"  <html>", "HTML instead of JSON"),
        (b'{"services": [', "a body that is not valid JSON"),
        (b"\xff\xfe", "a body that is not valid JSON"),
    ],
)
async def test_a_document_must_be_json(body: bytes, words: str) -> None:
    """And the reason says what came instead."""
    observation = await _discovery(Answer(200, {}, body))
    assert isinstance(observation, Unreachable)
    assert observation.reason == f"answered 200 with {words}"
    assert (observation.url, observation.status) == (DISCOVERY.url, 200)


@pytest.mark.parametrize("document", [[], "x", 3, None, {"services": {}}])
async def test_json_of_another_shape_is_no_document(document: object) -> None:
    """The reason is one line, without the traces of the library that read it."""
    observation = await _discovery(json_answer(document))
    assert isinstance(observation, Unreachable)
    assert observation.reason.startswith("answered 200 with JSON of another shape (")
    assert "[type=" not in observation.reason
    assert "validation error" not in observation.reason
    assert observation.reason.splitlines() == [observation.reason]


@pytest.mark.parametrize(
    ("document", "reason"),
    [({"services": {}}, "services is not a list"), ([], "Expected `object`, got `array`")],
)
async def test_another_shape_is_told(document: object, reason: str) -> None:
    """In the words of the document, or of the library that reads it."""
    observation = await _discovery(json_answer(document))
    assert isinstance(observation, Unreachable)
    assert observation.reason == f"answered 200 with JSON of another shape ({reason})"
    assert (observation.url, observation.status) == (DISCOVERY.url, 200)


async def test_a_projection_that_fails_is_another_shape() -> None:
    """Jq's own sentence is the reason."""
    observation = await interpret(json_answer({"tools": 3}), TOOLS, Tools, Projector())
    assert isinstance(observation, Unreachable)
    assert "there is no list of tools" in observation.reason


async def test_an_error_without_words_still_has_a_reason() -> None:
    """Nothing stands between empty brackets."""

    class Mute(Document, frozen=True):
        """A document that refuses everything without a word."""

        def told(self) -> str:
            """Say nothing."""
            return ""

        @classmethod
        def read(cls, _text: bytes | str) -> Self:
            """Refuse."""
            raise ValueError

    observation = await interpret(json_answer({}), Source("https://x.example"), Mute, Projector())
    assert isinstance(observation, Unreachable)
    assert observation.reason.endswith("(no reason)")


@pytest.mark.parametrize("depth", [401, 1000, 100_000])
async def test_a_bottomless_document_is_no_json(depth: int) -> None:
    """It is refused before it can exhaust anything."""
    observation = await _discovery(Answer(200, JSON, b"[" * depth + b"]" * depth))
    assert isinstance(observation, Unreachable)
    assert observation.reason == "answered 200 with JSON that is nested too deeply"


async def test_a_big_document_is_read() -> None:
    """As the deployed hub's would be."""
    document = {"services": [{"name": f"s{number}"} for number in range(2000)]}
    observation = await _discovery(json_answer(document))
    assert isinstance(observation, Seen)
    assert json.loads(observation.value.compact()) == document


@pytest.mark.parametrize("name", ["url-shortener", "chitty-route", "path-finder"])
def test_a_service_whose_name_sounds_like_a_path_is_not_registered(name: str) -> None:
    """Not "not offered"."""
    assert absence(json_answer({"error": f"Service {name} not found"}, 404), NotFound.SUBJECT) is NotFound.SUBJECT
