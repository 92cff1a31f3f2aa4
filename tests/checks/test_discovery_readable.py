from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.checks.discovery_readable import CHECK
from chitty_action.ecosystem import discovery
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Redirected,
    Rejected,
    Seen,
    Unfinished,
    Unprobeable,
    Unreachable,
)
from chitty_action.model.reading import NotFound
from tests.world import ERROR, SUBJECT, WARNING, about, discovered, findings, saw

if TYPE_CHECKING:
    from chitty_action.documents.discovery import Discovery
    from chitty_action.model.observation import Observation

READING = discovery(SUBJECT.hub)


def test_a_document_that_was_read_is_fine() -> None:
    """What it says is not this check's business; an empty one is a document."""
    assert findings(CHECK, SUBJECT, saw(READING, Seen(discovered({}), status=200))) == []


@pytest.mark.parametrize(
    "observation",
    [
        Absent(NotFound.CAPABILITY, status=404),
        Absent(NotFound.CAPABILITY, status=501),
        Redirected("answered 301, a redirect to https://other.example", status=301),
        Rejected("answered 400", status=400),
        Unreachable("answered 200 with HTML instead of JSON", status=200),
        Unprobeable("connect.example has no address"),
        Unfinished("the deadline of 300 s was reached"),
    ],
)
def test_anything_else_is_an_error(observation: Observation[Discovery]) -> None:
    """A gate is never "not offered": 404 is an error like any other bad answer."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, observation))
    assert finding.level is ERROR
    assert "the discovery document cannot be read: https://connect.example/.well-known/chitty.json" in finding.message
    assert finding.hint


@pytest.mark.parametrize("level", [WARNING, ERROR])
def test_a_blocked_read_has_the_level_that_the_user_chose(level: str) -> None:
    """`on-blocked` decides whether a runner that may not look stops the deployment."""
    blocked = saw(READING, Blocked("answered 401: it asks for a valid token", status=401))
    (finding,) = findings(CHECK, about(on_blocked=level), blocked)
    assert finding.level == level
    assert "did not let this runner read the discovery document" in finding.message
    assert "answered 401" in finding.message
    assert "WAF" in finding.hint
