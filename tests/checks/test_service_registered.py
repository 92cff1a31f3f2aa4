from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.checks.service_registered import CHECK
from chitty_action.documents.registration import Registered
from chitty_action.ecosystem import registered
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Redirected,
    Rejected,
    Seen,
    Unfinished,
    Unprobeable,
    Unreachable,
    trouble,
)
from chitty_action.model.reading import NotFound
from tests.world import NOTICE, SUBJECT, WARNING, findings, saw

if TYPE_CHECKING:
    from chitty_action.model.observation import Observation

READING = registered(SUBJECT.hub, "alpha")
COMPLIANCE = "https://register.example/api/v1/compliance/alpha"


def test_a_registered_service_is_fine() -> None:
    """The registry knows the name."""
    assert findings(CHECK, SUBJECT, saw(READING, Seen(Registered(), status=200))) == []


def test_a_service_that_is_not_registered_is_a_notice() -> None:
    """Before its first deployment that is as it should be, and the sentence says what happens next."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Absent(NotFound.SUBJECT, status=404)))
    assert (finding.level, finding.subject) == (NOTICE, "alpha")
    assert "not registered yet; phase post will register it after the deployment" in finding.message


def test_a_registry_without_the_path_does_not_offer_it() -> None:
    """Whether the service is registered is then unknown."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Absent(NotFound.CAPABILITY, status=404)))
    assert finding.level is NOTICE
    assert "not offered by registry.example" in finding.message
    assert "unknown" in finding.message


@pytest.mark.parametrize(
    "observation",
    [
        Blocked("answered 429: too many requests", status=429),
        Redirected("answered 302, a redirect to /x, which is not followed", status=302),
        Rejected("answered 400", status=400),
        Unreachable("timed out after 10 s"),
        Unprobeable("registry.example has no address"),
    ],
)
def test_a_registry_that_cannot_be_asked_is_a_warning(observation: Observation[Registered]) -> None:
    """The deployment may go on; nothing is known of the registration."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, observation))
    assert finding.level is WARNING
    assert "the registry could not be asked whether it knows alpha" in finding.message
    assert finding.hint


@pytest.mark.parametrize(
    "observation",
    [
        Blocked("answered 429: too many requests", url=COMPLIANCE, status=429),
        Redirected("answered 302, a redirect to /x, which is not followed", url=COMPLIANCE, status=302),
        Rejected("answered 400", url=COMPLIANCE, status=400),
        Unreachable("gave no answer: timed out after 10 s", url=COMPLIANCE),
    ],
)
def test_a_gatekeeper_in_trouble_is_not_the_registry(observation: Observation[Registered]) -> None:
    """The host that failed is named, and none else."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, observation))
    assert finding.level is WARNING
    assert finding.message == f"whether alpha is registered could not be asked: {COMPLIANCE} {trouble(observation)}"
    assert "see what register.example answers at that address" in finding.hint
    assert "registry" not in finding.message + finding.hint


@pytest.mark.parametrize(
    "url", ["https://registry.example/api/services/alpha", "https://registry.example/api/v1/tools"]
)
def test_a_registry_in_trouble_is_named(url: str) -> None:
    """Its row and its list are both its own."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Unreachable("answered 503", url=url, status=503)))
    assert finding.message == f"the registry could not be asked whether it knows alpha: {url} answered 503"
    assert "see what the registry answers at that address" in finding.hint


@pytest.mark.parametrize(
    ("url", "host"), [(COMPLIANCE, "register.example"), ("https://registry.example/api/v1/tools", "the registry")]
)
def test_the_host_that_is_protected_is_the_one_to_read(url: str, host: str) -> None:
    """Nobody opens the registry for what ChittyRegister keeps."""
    blocked = Blocked("answered 401: it asks for a valid token", url=url, status=401)
    (finding,) = findings(CHECK, SUBJECT, saw(READING, blocked))
    assert finding.hint == f"let the runner read {host}, if the output registered is to say it"


@pytest.mark.parametrize("status", [401, 403])
def test_a_protected_registry_is_a_notice(status: int) -> None:
    """It is not for this runner to know, which is no fault of the deployment."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Blocked("it asks for a valid token", status=status)))
    assert finding.level is NOTICE
    assert "whether alpha is registered is unknown" in finding.message


def test_a_name_that_is_not_in_the_list_is_not_registered() -> None:
    """The list is an answer as good as a 404."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Seen(Registered(rows=0), status=200)))
    assert (finding.level, "not registered yet" in finding.message) == (NOTICE, True)


def test_two_rows_of_one_name_are_a_warning() -> None:
    """By name nobody can tell which of them counts."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Seen(Registered(rows=2), status=200)))
    assert (finding.level, "2 rows of the name alpha" in finding.message) == (WARNING, True)


def test_a_question_that_the_deadline_cut_says_nothing() -> None:
    """The outcome is then skipped, and the phase says why."""
    assert findings(CHECK, SUBJECT, saw(READING, Unfinished("the deadline of 300 s was reached"))) == []
