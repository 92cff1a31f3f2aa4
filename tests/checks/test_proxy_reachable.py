from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.checks.proxy_reachable import CHECK
from chitty_action.documents.health import HealthDocument
from chitty_action.ecosystem import proxied_health
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
from tests.world import NO_HTTP, NOT_NAMED, NOTICE, SUBJECT, UNUSABLE, WARNING, about, findings, saw

if TYPE_CHECKING:
    from chitty_action.model.observation import Observation
    from chitty_action.model.subject import Nowhere

READING = proxied_health(SUBJECT.hub, "alpha", None)


def test_a_service_without_http_is_skipped() -> None:
    """There is nothing that the gateway could hand a request to."""
    assert CHECK.applies(about({"address": NO_HTTP})) == NO_HTTP.reason


@pytest.mark.parametrize("address", [NOT_NAMED, UNUSABLE])
def test_the_proxy_is_looked_at_even_without_an_address(address: Nowhere) -> None:
    """The gateway's path needs the name only."""
    subject = about({"address": address})
    assert CHECK.applies(subject) is None
    assert CHECK.readings(subject) == (READING,)


def test_the_users_condition_is_part_of_the_reading() -> None:
    """`health-condition` replaces the word rule here, too."""
    assert CHECK.readings(about(health_condition=".ready")) == (proxied_health(SUBJECT.hub, "alpha", ".ready"),)


def test_no_credential_is_sent() -> None:
    """The gateway hands every header on to the service."""
    (reading,) = CHECK.readings(about(has_api_key=True))
    assert [source.credential for source in reading.sources] == [None]


def test_a_healthy_answer_is_fine() -> None:
    """The same rule as for a direct look."""
    assert findings(CHECK, SUBJECT, saw(READING, Seen(HealthDocument(given=True, status="live"), status=200))) == []


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_gateway_without_the_path_does_not_offer_it(status: int) -> None:
    """A notice that names the host: new services are often not configured there."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Absent(NotFound.CAPABILITY, status=status)))
    assert finding.level is NOTICE
    assert finding.message == f"not offered by api.example: a proxy for alpha (answered {status})"


def test_a_blocked_look_is_a_notice() -> None:
    """Whatever `on-blocked` says: it is about gates and health looks."""
    blocked = saw(READING, Blocked("answered 403: forbidden", status=403))
    (finding,) = findings(CHECK, about(on_blocked="error"), blocked)
    assert finding.level is NOTICE
    assert "api.example did not let this runner look at alpha" in finding.message
    assert finding.hint


@pytest.mark.parametrize(
    ("observation", "word"),
    [
        (Seen(HealthDocument(given=True, status="down"), status=200), "degraded"),
        (Redirected("answered 302, a redirect to /x, which is not followed", status=302), "redirected"),
        (Rejected("answered 400", status=400), "degraded"),
        (Unreachable("answered 502", status=502), "down"),
        (Unprobeable("api.example resolves to a private address"), "unprobeable"),
    ],
)
def test_anything_else_is_a_warning(observation: Observation[HealthDocument], word: str) -> None:
    """The deployment is good, and is not reached through the gateway."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, observation))
    assert finding.level is WARNING
    assert finding.message.startswith(f"alpha is {word} through the proxy: ")
    assert finding.hint


@pytest.mark.parametrize(
    ("observation", "cure"),
    [
        (Seen(HealthDocument(given=True, status="down"), status=200), "see what the service itself says"),
        (Unprobeable("api.example resolves to a private address"), "allow-private-hosts"),
        (Unreachable("answered 502", status=502), "/alpha/api/*"),
        (Unreachable("timed out after 10 s"), "/alpha/api/*"),
        (Redirected("answered 302, a redirect to /x, which is not followed", status=302), "/alpha/api/*"),
        (Rejected("answered 400", status=400), "/alpha/api/*"),
    ],
)
def test_the_cure_is_for_the_one_in_trouble(observation: Observation[HealthDocument], cure: str) -> None:
    """The service where the proxy works, our own inputs where nobody was asked, otherwise the gateway."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, observation))
    assert cure in finding.hint


def test_a_look_that_the_deadline_cut_says_nothing() -> None:
    """The outcome is then skipped, and the phase says why."""
    assert findings(CHECK, SUBJECT, saw(READING, Unfinished("the deadline of 300 s was reached"))) == []
