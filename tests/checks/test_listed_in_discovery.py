from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.checks.listed_in_discovery import CHECK
from chitty_action.ecosystem import discovery
from chitty_action.model.observation import Absent, Blocked, Redirected, Rejected, Seen, Unfinished, Unreachable
from chitty_action.model.reading import NotFound
from tests.world import NOTICE, SUBJECT, WARNING, about, discovered, findings, saw

if TYPE_CHECKING:
    from chitty_action.documents.discovery import Discovery
    from chitty_action.model.observation import Observation

READING = discovery(SUBJECT.hub)
WITHOUT_US = Seen(discovered({"services": [{"name": "beta", "url": "https://beta.example"}]}), status=200)


def test_a_listed_service_is_fine() -> None:
    """An entry with the name is enough."""
    document = discovered({"services": [{"name": "beta"}, {"name": "alpha"}]})
    assert findings(CHECK, SUBJECT, saw(READING, Seen(document, status=200))) == []


def test_a_service_that_is_not_listed_is_a_warning() -> None:
    """Others cannot find it; the hint says how long the cache lives."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, WITHOUT_US))
    assert (finding.level, finding.subject) == (WARNING, "alpha")
    assert finding.message == "alpha is not in the discovery document"
    assert "wait-for-discovery" in finding.hint


def test_a_service_that_is_new_in_this_run_is_a_notice() -> None:
    """The document's cache cannot know yet what was registered a moment ago."""
    (finding,) = findings(CHECK, about(newly_registered=True), saw(READING, WITHOUT_US))
    assert finding.level is NOTICE
    assert finding.message == "alpha is not in the discovery document yet"


def test_a_hub_without_the_document_does_not_offer_it() -> None:
    """After a deployment a 404 is a capability that is not there, and names the host."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Absent(NotFound.CAPABILITY, status=404)))
    assert finding.level is NOTICE
    assert "not offered by connect.example" in finding.message


@pytest.mark.parametrize(
    "observation",
    [
        Blocked("answered 403: forbidden", url="https://connect.example/x", status=403),
        Redirected("answered 302, a redirect to /login, which is not followed", status=302),
        Rejected("answered 400", status=400),
        Unreachable("timed out after 10 s"),
    ],
)
def test_a_document_that_cannot_be_read_leaves_it_unknown(observation: Observation[Discovery]) -> None:
    """A warning says that nothing is known, and never that the service is not listed."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, observation))
    assert finding.level is WARNING
    assert finding.message.startswith("whether alpha is listed is unknown: ")


def test_a_read_that_the_deadline_cut_says_nothing() -> None:
    """The outcome is then skipped, and the phase says why."""
    assert findings(CHECK, SUBJECT, saw(READING, Unfinished("the deadline of 300 s was reached"))) == []
