"""A health look from the bytes to its evidence class: cases that were once judged wrongly."""

from __future__ import annotations

import json

import pytest

from chitty_action.adapters.projection import Projector
from chitty_action.documents.health import HealthDocument, describe, evidence
from chitty_action.ecosystem import health_at
from chitty_action.engine.interpret import interpret
from chitty_action.model.evidence import Evidence
from chitty_action.model.exchange import Answer
from chitty_action.model.observation import Observation

Look = Observation[HealthDocument]


async def looked(body: bytes, condition: str | None = None, status: int = 200) -> Look:
    """Look at a service that answers this JSON."""
    source = health_at("https://a.example/health", condition).sources[0]
    answer = Answer(status, {"content-type": "application/json"}, body)
    async with Projector() as projector:
        return await interpret(answer, source, HealthDocument, projector)


@pytest.mark.parametrize("output", ["0", "0.0", "-0", '""', "[]"])
async def test_what_jq_calls_truthy_is_healthy(output: str) -> None:
    """Only null and false are falsy in jq; Python thinks otherwise."""
    assert evidence(await looked(b"{}", output)) is Evidence.HEALTHY


async def test_an_empty_body_is_not_json() -> None:
    """A 200 that claims JSON and has no body is down; a 204 cannot have one."""
    assert evidence(await looked(b"")) is Evidence.DOWN
    assert evidence(await looked(b"", status=204)) is Evidence.HEALTHY


@pytest.mark.parametrize("status", [True, 200, 299.0])
async def test_a_status_that_is_no_word_is_told_as_no_status_field(status: object) -> None:
    """As the interface says it."""
    assert describe(await looked(json.dumps({"status": status}).encode())) == "answered 200, no status field"


async def test_a_byte_order_mark_is_no_outage() -> None:
    """RFC 8259 lets a parser ignore it."""
    assert evidence(await looked(b'\xef\xbb\xbf{"status":"ok"}')) is Evidence.HEALTHY


@pytest.mark.parametrize("body", [b'{"status":' + b"[" * 150 + b"]" * 150 + b"}", b'{"status": 1e999}'])
async def test_a_strange_status_is_degraded(body: bytes) -> None:
    """It is JSON, and none of the words."""
    assert evidence(await looked(body)) is Evidence.DEGRADED
