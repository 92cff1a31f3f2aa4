from __future__ import annotations

import json
from typing import Any

import pytest

from chitty_action.engine.submit import submit
from chitty_action.model.change import Fate, Receipt, Undone
from chitty_action.model.evidence import Evidence
from chitty_action.model.exchange import Answer, Failure, Mishap
from chitty_action.model.reading import Generation
from chitty_action.model.repository import Oddity, OwnRegistration
from chitty_action.model.subject import Run, Subject
from tests.world import FakeRemote, about, json_answer, no_answer, ports

RECORD = ("GET", "https://register.example/api/v1/compliance/alpha")
SUBMIT = ("POST", "https://register.example/api/v1/register")
KNOWN = json_answer({"name": "alpha", "chitty_id": "03-1-USA-0001-T-2608-1-11", "status": "active", "compliant": True})
UNKNOWN = json_answer({"error": "Service not found"}, 404)
ACCEPTED = json_answer({"success": True, "service": {"name": "alpha", "status": "CERTIFIED"}}, 201)
REPOSITORY = Run(repository="chittyos/alpha")


async def _submit(
    script: dict[tuple[str, str], Any],
    subject: Subject | None = None,
    *,
    known_before: bool | None = False,
    health: Evidence = Evidence.HEALTHY,
) -> tuple[Receipt, FakeRemote]:
    remote = FakeRemote(script)
    subject = subject or about(run=REPOSITORY)
    return await submit(subject, health, ports(remote), known_before=known_before), remote


async def test_a_registered_service_is_not_submitted_again() -> None:
    """It could not be updated, and would use up a submission that somebody else needs."""
    receipt, remote = await _submit({RECORD: KNOWN})
    assert (receipt.fate, receipt.generation) == (Fate.APPLIED, Generation.DEPLOYED)
    assert receipt.detail == "registered already, so nothing was sent"
    assert remote.asked == [RECORD]


@pytest.mark.parametrize("record", [UNKNOWN, Answer(404, {}, b"404 Not Found"), Answer(401), Answer(400)])
async def test_what_the_gatekeeper_does_not_have_is_submitted_once(record: Answer) -> None:
    """Also where it has no records, or shows them to nobody."""
    receipt, remote = await _submit({RECORD: record, SUBMIT: ACCEPTED})
    assert receipt.fate is Fate.APPLIED
    assert remote.asked == [RECORD, SUBMIT]
    document = json.loads(remote.requests[1].body or b"")
    assert (document["name"], document["version"]) == ("alpha", "1.2.3")
    assert document["metadata"]["maintainer"] == "chittyos", "the repository's owner, where no author is named"
    assert document["endpoints"][:2] == ["/health", "/api/v1/status"]


@pytest.mark.parametrize("record", [Answer(404, {}, b"404 Not Found"), Answer(403)])
async def test_without_a_record_the_registry_is_believed(record: Answer) -> None:
    """It said at the beginning that it knows the service."""
    receipt, remote = await _submit({RECORD: record}, known_before=True)
    assert receipt.fate is Fate.APPLIED
    assert remote.asked == [RECORD]


async def test_the_gatekeeper_knows_better_than_the_registry() -> None:
    """Rows of the registry were seeded past the gatekeeper, and those services are not registered."""
    _, remote = await _submit({RECORD: UNKNOWN, SUBMIT: ACCEPTED}, known_before=True)
    assert remote.asked == [RECORD, SUBMIT]


@pytest.mark.parametrize("record", [Answer(500), no_answer(), Answer(302, {"location": "/x"}), Answer(200, {}, b"<p>")])
async def test_a_gatekeeper_that_cannot_be_asked_is_sent_nothing(record: Answer | Failure) -> None:
    """A blind submission could be the second one."""
    receipt, remote = await _submit({RECORD: record})
    (finding,) = receipt.findings
    assert receipt.fate is Fate.FAILED
    assert "alpha was not submitted for registration" in finding.message
    assert remote.asked == [RECORD]


@pytest.mark.parametrize("health", [Evidence.DOWN, Evidence.DEGRADED, Evidence.MISSING, Evidence.UNPROBEABLE])
async def test_a_service_that_is_not_well_waits(health: Evidence) -> None:
    """ChittyRegister wants to see it live, and a refusal costs a submission."""
    receipt, remote = await _submit({RECORD: UNKNOWN}, health=health)
    assert receipt.fate is Fate.HELD
    assert receipt.detail == f"not submitted, because alpha was not found healthy ({health})"
    assert remote.asked == [RECORD]


@pytest.mark.parametrize("health", [Evidence.HEALTHY, Evidence.BLOCKED, Evidence.SKIPPED])
async def test_a_service_that_this_runner_may_not_see_is_submitted(health: Evidence) -> None:
    """Blocked is not down; and a service without HTTP has nothing to look at."""
    receipt, _ = await _submit({RECORD: UNKNOWN, SUBMIT: ACCEPTED}, health=health)
    assert receipt.fate is Fate.APPLIED


@pytest.mark.parametrize("lost", [Answer(500), Answer(503), no_answer(), no_answer(Mishap.BROKEN)])
async def test_a_lost_answer_is_looked_up_and_never_sent_again(lost: Answer | Failure) -> None:
    """The record then says whether it was carried out."""
    receipt, remote = await _submit({RECORD: [UNKNOWN, KNOWN], SUBMIT: lost})
    assert (receipt.fate, receipt.findings) == (Fate.APPLIED, ())
    assert receipt.detail.startswith("registered, as its compliance record shows: ")
    assert remote.asked == [RECORD, SUBMIT, RECORD]


@pytest.mark.parametrize("record", [UNKNOWN, Answer(500), Answer(401)])
async def test_a_lost_answer_without_a_record_is_a_failure(record: Answer) -> None:
    """Nobody claims what was not seen."""
    receipt, remote = await _submit({RECORD: [UNKNOWN, record], SUBMIT: no_answer()})
    (finding,) = receipt.findings
    assert receipt.fate is Fate.FAILED
    assert "its registration is not confirmed" in finding.message
    assert [place for place in remote.asked if place == SUBMIT] == [SUBMIT]


async def test_what_would_be_refused_is_not_sent() -> None:
    """Each field is named with its cure, and no submission is used up."""
    receipt, remote = await _submit({RECORD: UNKNOWN}, about({"version": "1.2.3-rc.1", "description": None}))
    assert receipt.fate is Fate.FAILED
    assert remote.asked == [RECORD]
    told = " ".join(finding.message for finding in receipt.findings)
    assert "version" in told
    assert "description" in told


async def test_the_repositorys_own_document_is_submitted() -> None:
    """It says more than a manifest does."""
    own = OwnRegistration("registration.json", {"name": "alpha", "version": "3.2.1", "description": "Its own words."})
    _, remote = await _submit({RECORD: UNKNOWN, SUBMIT: ACCEPTED}, about({"own_registration": own}, run=REPOSITORY))
    document = json.loads(remote.requests[1].body or b"")
    assert (document["version"], document["description"]) == ("3.2.1", "Its own words.")


async def test_the_document_of_the_input_goes_before_the_one_that_was_found() -> None:
    """A person named it."""
    own = OwnRegistration("registration.json", refusal=Oddity("registration.json", "it is broken"))
    service = {"own_registration": own, "registration": {"name": "alpha", "version": "9.9.9", "description": "Given."}}
    receipt, remote = await _submit({RECORD: UNKNOWN, SUBMIT: ACCEPTED}, about(service, run=REPOSITORY))
    assert json.loads(remote.requests[1].body or b"")["version"] == "9.9.9"
    assert receipt.findings == ()


async def test_a_document_that_cannot_be_used_is_not_replaced() -> None:
    """What is registered cannot be updated, so nothing else is registered in its place."""
    own = OwnRegistration("registration.json", refusal=Oddity("registration.json", "it is broken", "mend it"))
    receipt, remote = await _submit({RECORD: UNKNOWN}, about({"own_registration": own}))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.message, finding.hint) == (Fate.FAILED, "it is broken", "mend it")
    assert remote.asked == [RECORD]


async def test_documents_that_were_passed_over_are_told_with_the_submission() -> None:
    """Never silent about what was skipped."""
    own = OwnRegistration(passed_over=(Oddity("register.json", "register.json registers 'beta'"),))
    receipt, _ = await _submit({RECORD: UNKNOWN, SUBMIT: ACCEPTED}, about({"own_registration": own}, run=REPOSITORY))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.message) == (Fate.APPLIED, "register.json registers 'beta'")


LATER = Undone(Generation.DESIGN, b"{}", "key")


@pytest.mark.parametrize(
    ("record", "environment", "health", "is_kept"),
    [
        (Answer(503), "production", Evidence.HEALTHY, True),
        (no_answer(), "production", Evidence.BLOCKED, True),
        (Answer(503), "staging", Evidence.HEALTHY, False),
        (Answer(503), "production", Evidence.DOWN, False),
    ],
)
async def test_what_would_have_been_submitted_is_kept(
    record: Answer | Failure, environment: str, health: Evidence, *, is_kept: bool
) -> None:
    """Where the gatekeeper cannot even say what it has; not what would not have been submitted anyway."""
    subject = about({"environment": environment}, run=REPOSITORY)
    receipt = await submit(subject, health, ports(FakeRemote({RECORD: record})), known_before=False, later=LATER)
    assert (receipt.undone is LATER, receipt.fate is Fate.HELD) == (is_kept, not is_kept)


async def test_a_document_that_would_be_refused_is_not_kept() -> None:
    """Only a person can mend it."""
    subject = about({"version": "newest"}, run=REPOSITORY)
    receipt = await submit(
        subject, Evidence.HEALTHY, ports(FakeRemote({RECORD: UNKNOWN})), known_before=False, later=LATER
    )
    assert (receipt.fate, receipt.undone) == (Fate.FAILED, None)
