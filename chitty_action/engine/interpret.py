"""From what came over the wire to what was seen: one exchange becomes one observation (interface, section 4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from chitty_action.model.answers import REDIRECTION, absence, blocked_because, is_barred, quoted, redirect_told, told
from chitty_action.model.document import decoded, is_shallow
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
from chitty_action.model.text import in_quotes, one_line

if TYPE_CHECKING:
    from chitty_action.model.document import Document
    from chitty_action.model.ports import Projector
    from chitty_action.model.reading import Projection, Source

D = TypeVar("D", bound="Document")

_TOO_DEEP = "JSON that is nested too deeply"
_BODILESS = {204, 205}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # may be ignored (RFC 8259, section 8.1)
_SUCCESS, _CLIENT_ERROR = range(200, 300), range(400, 500)


async def interpret(
    exchange: Answer | Failure, source: Source, document: type[D], projector: Projector
) -> Observation[D]:
    """Read one exchange as the document, or say what was seen instead."""
    if isinstance(exchange, Failure):
        return _of_failure(exchange, source)
    look = _look(exchange, source)
    if reason := blocked_because(exchange):
        return Blocked(f"{reason}{_complaint(exchange, document)}", is_barred(exchange), **look)
    if what := absence(exchange, source.not_found):
        return Absent(what, **look)
    if exchange.status in _SUCCESS:
        return await _read(exchange, source, document, projector, look)
    return _of_refusal(exchange, document, look)


def _of_refusal(answer: Answer, document: type[Document], look: dict[str, Any]) -> Observation[Any]:
    if answer.status in REDIRECTION:
        return Redirected(redirect_told(answer), **look)
    kind = Rejected if answer.status in _CLIENT_ERROR else Unreachable
    return kind(f"answered {answer.status}{_complaint(answer, document) or quoted(answer.body)}", **look)


def _complaint(answer: Answer, document: type[Document]) -> str:
    """Quote why the other side refuses, where the document knows the form in which it says so."""
    words = document.complaint(answer.body)
    return f" {in_quotes(words)}" if words else ""


def _look(exchange: Answer | Failure, source: Source) -> dict[str, Any]:
    return {
        "url": source.url,
        "status": exchange.status,
        "elapsed": exchange.elapsed,
        "generation": source.generation,
    }


def _of_failure(failure: Failure, source: Source) -> Observation[Any]:
    look = _look(failure, source)
    match failure.mishap:
        case Mishap.UNPROBEABLE:
            return Unprobeable(told(failure), **look)
        case Mishap.UNFINISHED:
            return Unfinished(told(failure), **look)
        case _:
            return Unreachable(told(failure), **look)


async def _read(
    answer: Answer, source: Source, document: type[D], projector: Projector, look: dict[str, Any]
) -> Observation[D]:
    claims_json = "json" in answer.headers.get("content-type", "").lower() and answer.status not in _BODILESS
    body = answer.body.removeprefix(_BYTE_ORDER_MARK)
    if source.projection is None:
        return _whole(body, document, look)
    if flaw := _flaw(body):
        if source.json_only or claims_json:
            return Unreachable(f"answered {answer.status} with {flaw}", **look)
        return Seen(document.read(_without_json(source.projection)), **look)
    try:
        return Seen(document.read(await _project(body, source.projection, projector)), **look)
    except ValueError as error:
        return Unreachable(f"answered {answer.status} with JSON of another shape ({_first_line(error)})", **look)


def _whole(body: bytes, document: type[D], look: dict[str, Any]) -> Observation[D]:
    """Read a body that needs no jq. It may be large: what is wrong with it is found out only where something is."""
    try:
        return Seen(document.read(body), **look)
    except ValueError as error:
        flaw = _flaw(body) or f"JSON of another shape ({_first_line(error)})"
        return Unreachable(f"answered {look['status']} with {flaw}", **look)


def _flaw(body: bytes) -> str | None:
    """Say what the body is instead of JSON that can be read; its numbers may be longer than anything here cares for."""
    try:
        document = json.loads(body.decode(), parse_int=str, parse_float=str, parse_constant=_no_json)
    except ValueError:
        return _instead_of_json(body)
    except RecursionError:
        return _TOO_DEEP
    return None if is_shallow(document) else _TOO_DEEP


def _no_json(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _instead_of_json(body: bytes) -> str:
    beginning = body.lstrip()[:1]
    if not beginning:
        return "an empty body instead of JSON"
    return "HTML instead of JSON" if beginning == b"<" else "a body that is not valid JSON"


def _without_json(projection: Projection | None) -> str:
    """Give the document that stands for a 2xx without JSON; a user's condition cannot hold for that."""
    if projection is not None and projection.foreign:
        return json.dumps({"verdict": False, "note": "the body is not JSON, so health-condition does not hold"})
    return "{}"


async def _project(body: bytes, projection: Projection | None, projector: Projector) -> bytes | str:
    if projection is None:
        return body
    if not projection.foreign:
        return await projector.project(projection, body)
    try:
        verdict = decoded(await projector.project(projection, body), object) is True
    except ValueError as error:
        return json.dumps({"verdict": False, "note": f"health-condition failed: {_first_line(error)}"})
    return json.dumps({"verdict": verdict})


def _first_line(error: ValueError) -> str:
    return one_line(str(error) or "no reason", 120)
