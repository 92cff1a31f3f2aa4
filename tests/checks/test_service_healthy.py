from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.checks.service_healthy import CHECK
from chitty_action.documents.health import HealthDocument
from chitty_action.ecosystem import health_at
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Redirected,
    Rejected,
    Seen,
    Snapshot,
    Unfinished,
    Unprobeable,
    Unreachable,
)
from chitty_action.model.reading import NotFound
from tests.world import ADDRESS, ERROR, NO_HTTP, NOT_NAMED, SUBJECT, UNUSABLE, WARNING, about, findings, saw

if TYPE_CHECKING:
    from chitty_action.model.finding import Level
    from chitty_action.model.observation import Observation
    from chitty_action.model.subject import Nowhere

READING = health_at(ADDRESS.health, None)


def test_a_healthy_service_is_fine() -> None:
    """It answers and says that it is well."""
    assert findings(CHECK, SUBJECT, saw(READING, Seen(HealthDocument(given=True, status="ok"), status=200))) == []


@pytest.mark.parametrize(
    ("observation", "word", "cure"),
    [
        (Seen(HealthDocument(given=True, status="warming"), status=200), "degraded", "log"),
        (Rejected("answered 400", status=400), "degraded", "log"),
        (Absent(NotFound.ADDRESS, status=404), "missing", "service-url"),
        (Absent(NotFound.ADDRESS, status=410), "missing", "service-url"),
        (Redirected("answered 302, a redirect to /x, which is not followed", status=302), "redirected", "service-url"),
        (Unreachable("timed out after 10 s"), "down", "wait-for-health"),
        (Unprobeable("alpha.example has no address"), "unprobeable", "allow-private-hosts"),
        (Unfinished("the deadline of 300 s was reached"), "skipped", "deadline"),
    ],
)
def test_anything_but_healthy_is_an_error(observation: Observation[HealthDocument], word: str, cure: str) -> None:
    """The finding names the evidence class, the address and a cure that fits the class."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, observation))
    assert (finding.level, finding.subject) == (ERROR, "alpha")
    assert f"alpha was not seen healthy ({word}): https://alpha.example/health " in finding.message
    assert cure in finding.hint


@pytest.mark.parametrize("level", [WARNING, ERROR])
def test_a_blocked_look_has_the_level_that_the_user_chose(level: Level) -> None:
    """A runner that may not look does not know how the service is."""
    blocked = saw(READING, Blocked("answered 403 with a bot challenge (cf-mitigated)", status=403))
    (finding,) = findings(CHECK, about(on_blocked=level), blocked)
    assert finding.level is level
    assert "blocked" in finding.message
    assert "WAF" in finding.hint


def test_the_number_of_looks_is_told() -> None:
    """A service that was waited for and one that was looked at once are different stories."""
    down = saw(READING, Unreachable("answered 503", status=503, looks=14))
    (finding,) = findings(CHECK, SUBJECT, down)
    assert finding.message.endswith("answered 503, after 14 looks")
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Unreachable("answered 503", status=503, looks=2)))
    assert finding.message.endswith("answered 503, after 2 looks")
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Unreachable("answered 503", status=503, looks=1)))
    assert finding.message.endswith("answered 503")


def test_a_service_without_http_is_skipped() -> None:
    """`service-url: none` says that there is nothing to look at."""
    assert CHECK.applies(about({"address": NO_HTTP})) == NO_HTTP.reason


@pytest.mark.parametrize(("address", "level"), [(NOT_NAMED, WARNING), (UNUSABLE, ERROR)])
def test_without_an_address_the_input_is_asked_for(address: Nowhere, level: Level) -> None:
    """Nothing named is a warning; something named that cannot be looked at is an error."""
    subject = about({"address": address})
    assert CHECK.applies(subject) is None
    assert CHECK.readings(subject) == ()
    (finding,) = findings(CHECK, subject, Snapshot())
    assert finding.level is level
    assert address.reason in finding.message
    assert "service-url" in finding.hint
