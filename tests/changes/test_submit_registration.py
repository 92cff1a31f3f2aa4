from __future__ import annotations

import json

import pytest

from chitty_action.changes.submit_registration import SubmitRegistration
from chitty_action.documents.submission import Submission
from chitty_action.model.change import Fate
from chitty_action.model.exchange import Answer, Mishap, Retry
from chitty_action.model.reading import Credential, Generation
from tests.world import NOTICE, SUBJECT, WARNING, FakeRemote, json_answer, no_answer

PLACE = ("POST", "https://register.example/api/v1/register")
DOCUMENT = {"name": "alpha", "version": "1.2.3", "endpoints": ["/health", "/api/v1/status"]}
CHANGE = SubmitRegistration.of(SUBJECT, Submission(DOCUMENT, ("endpoints /health added",)), "the manifest")


async def test_the_document_is_posted_once_with_the_token() -> None:
    """Only a request that was never sent may be sent again."""
    remote = FakeRemote({PLACE: json_answer({"success": True, "service": {"name": "alpha"}}, 201)})
    receipt = await CHANGE.apply(remote)
    (request,) = remote.requests
    assert json.loads(request.body or b"") == DOCUMENT
    assert (request.credential, request.retry) == (Credential.REGISTER_TOKEN, Retry.UNSENT)
    assert (receipt.change, receipt.fate, receipt.generation) == ("registration", Fate.APPLIED, Generation.DEPLOYED)
    assert receipt.detail == "registered 1.2.3 by the manifest: answered 201; endpoints /health added"


@pytest.mark.parametrize("status", [200, 400, 409])
@pytest.mark.parametrize(
    "said",
    [
        {"errors": ["Service name already registered"]},
        {"errors": [{"message": "Service name already registered"}]},
        {"errors": "Service name already registered"},
        {"message": "Service name already registered"},
    ],
)
async def test_registered_already_is_success(said: dict[str, object], status: int) -> None:
    """A registration is never updated, so nothing was filled in either."""
    answer = json_answer({"success": False, **said}, status)
    receipt = await CHANGE.apply(FakeRemote({PLACE: answer}))
    assert (receipt.fate, receipt.findings) == (Fate.APPLIED, ())
    assert receipt.detail.startswith("registered already: ")
    assert "added" not in receipt.detail


async def test_every_refused_field_is_told_with_its_cure() -> None:
    """One finding a field; there are too few submissions to find them one by one."""
    errors = ["version: must match x.y.z", {"path": ["security", "authentication"], "message": "Required"}]
    receipt = await CHANGE.apply(FakeRemote({PLACE: json_answer({"success": False, "errors": errors}, 400)}))
    assert receipt.fate is Fate.FAILED
    version, security = receipt.findings
    assert {finding.level for finding in receipt.findings} == {WARNING}
    assert "refused version: " in version.message
    assert "1.2.3" in version.hint
    assert "refused security.authentication: " in security.message
    assert "jwt" in security.hint


async def test_a_failed_proof_of_control_says_where_to_put_it() -> None:
    """The token's path on the service's own host, and who gives the token."""
    (finding,) = (await CHANGE.apply(FakeRemote({PLACE: json_answer({"success": False}, 412)}))).findings
    assert "control of its host was not proven" in finding.message
    assert "https://register.example/api/v1/challenge" in finding.hint
    assert "https://alpha.example/.well-known/chitty-register-challenge/<token>" in finding.hint


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (json_answer({"error": "rate_limit_exceeded", "retry_after_seconds": 1700}), "wait 1700 s (about 29 min)"),
        (json_answer({"error": "rate_limit_exceeded", "retry_after_seconds": 60}, 500), "wait 60 s (about 1 min)"),
        (json_answer({"error": "rate_limit_exceeded"}, 400), "wait up to an hour"),
        (Answer(429, {"retry-after": "90"}), "wait 90 s (about 2 min)"),
        (Answer(429), "wait up to an hour"),
    ],
)
async def test_a_used_up_budget_says_how_long_to_wait(answer: Answer, wait: str) -> None:
    """In the body or in the status, and never retried: others wait for the same budget."""
    receipt = await CHANGE.apply(FakeRemote({PLACE: answer}))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level) == (Fate.FAILED, WARNING)
    assert finding.hint.startswith(wait)
    assert finding.message.endswith("the budget of submissions is used up")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500),
        Answer(503),
        no_answer(),
        no_answer(Mishap.BROKEN),
        no_answer(Mishap.OVERSIZE),
        Answer(200, {"content-type": "text/html"}, b"<html>Hello</html>"),
        Answer(201, {"content-type": "application/json"}, b'{"success": tr'),
    ],
)
async def test_a_lost_answer_leaves_the_change_in_doubt(answer: Answer) -> None:
    """It may have been carried out; whoever asked for it looks."""
    receipt = await CHANGE.apply(FakeRemote({PLACE: answer}))
    (finding,) = receipt.findings
    assert receipt.fate is Fate.DOUBTED
    assert "its registration is not confirmed" in finding.message


@pytest.mark.parametrize("status", [400, 401, 403, 422])
async def test_any_other_refusal_is_a_warning_with_a_cure(status: int) -> None:
    """The token is optional, and can be wrong all the same."""
    receipt = await CHANGE.apply(FakeRemote({PLACE: Answer(status)}))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level) == (Fate.FAILED, WARNING)
    assert finding.message.startswith(f"alpha is deployed but not registered: {PLACE[1]} answered {status}")
    assert finding.hint


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_host_without_this_form_either_does_not_offer_registration(status: int) -> None:
    """A notice: no generation of the API is there."""
    receipt = await CHANGE.apply(FakeRemote({PLACE: Answer(status)}))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level, receipt.generation) == (Fate.NOT_OFFERED, NOTICE, None)
    assert finding.message == "not offered by register.example: registration, so alpha was not registered"


def test_it_says_what_it_would_do() -> None:
    """For a plan, in which a service is registered once."""
    assert (CHANGE.describe(), CHANGE.key) == ("register alpha", "registration:alpha")
