from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.checks.connect_reachable import CHECK
from chitty_action.documents.health import HealthDocument
from chitty_action.ecosystem import hub_health
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
from tests.world import ERROR, SUBJECT, WARNING, about, findings, saw

if TYPE_CHECKING:
    from chitty_action.model.observation import Observation

READING = hub_health(SUBJECT.hub, None)


@pytest.mark.parametrize("document", [HealthDocument(given=True, status="ok"), HealthDocument()])
def test_a_healthy_hub_is_fine(document: HealthDocument) -> None:
    """A status word of ours, or none at all, lets the deployment go on."""
    assert findings(CHECK, SUBJECT, saw(READING, Seen(document, status=200))) == []


@pytest.mark.parametrize(
    ("observation", "word"),
    [
        (Seen(HealthDocument(given=True, status="degraded"), status=200), "degraded"),
        (Absent(NotFound.ADDRESS, status=404), "missing"),
        (Redirected("answered 302, a redirect to https://other.example", status=302), "redirected"),
        (Rejected("answered 400", status=400), "degraded"),
        (Unreachable("answered 503", status=503), "down"),
        (Unprobeable("connect.example resolves to a private address"), "unprobeable"),
        (Unfinished("the deadline of 300 s was reached"), "skipped"),
    ],
)
def test_anything_else_aborts_the_deployment(observation: Observation[HealthDocument], word: str) -> None:
    """A gate is never "not offered": every bad answer is an error that names the class, the address and the cure."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, observation))
    assert finding.level is ERROR
    assert "ChittyConnect is unavailable, deployment aborted" in finding.message
    assert f"https://connect.example/health is {word} (" in finding.message
    assert "connect-url" in finding.hint


@pytest.mark.parametrize("level", [WARNING, ERROR])
def test_a_blocked_look_has_the_level_that_the_user_chose(level: str) -> None:
    """A runner that may not look does not know whether the hub is down, so `on-blocked` decides."""
    blocked = saw(READING, Blocked("answered 403 with a bot challenge (cf-mitigated)", status=403))
    (finding,) = findings(CHECK, about(on_blocked=level), blocked)
    assert finding.level == level
    assert "ChittyConnect did not let this runner look" in finding.message
    assert "cf-mitigated" in finding.message
    assert "WAF" in finding.hint


def test_the_users_condition_is_part_of_the_reading() -> None:
    """`health-condition` replaces the word rule at the gate, too."""
    subject = about(health_condition=".ready")
    verdict = saw(hub_health(subject.hub, ".ready"), Seen(HealthDocument(verdict=False), status=200))
    (finding,) = findings(CHECK, subject, verdict)
    assert "health-condition does not hold" in finding.message
