from __future__ import annotations

import json

import pytest

from chitty_action.changes.set_status import SetStatus
from chitty_action.model.change import Fate
from chitty_action.model.exchange import Answer, Retry
from chitty_action.model.reading import Credential
from tests.world import NOTICE, STARTED, SUBJECT, WARNING, FakeRemote, json_answer, no_answer

PLACE = ("PATCH", "https://register.example/api/services/alpha/status")
CHANGE = SetStatus.active(SUBJECT, STARTED)


async def test_the_request_is_a_patch_with_the_token() -> None:
    """Setting a status twice is setting it once, so any transient failure may be retried."""
    remote = FakeRemote({PLACE: json_answer({"ok": True})})
    receipt = await CHANGE.apply(remote)
    (request,) = remote.requests
    assert json.loads(request.body or b"") == {"status": "active", "last_deployed": "2026-11-22T21:40:30Z"}
    assert (request.credential, request.retry) == (Credential.REGISTER_TOKEN, Retry.TRANSIENT)
    assert (receipt.change, receipt.fate, receipt.findings) == ("status", Fate.APPLIED, ())
    assert receipt.detail == "active: answered 200"


async def test_a_service_that_is_not_registered_cannot_be_active() -> None:
    """A 404 on a path that names the service is about the service."""
    (finding,) = (await CHANGE.apply(FakeRemote({PLACE: json_answer({"error": "Service not found"}, 404)}))).findings
    assert finding.level is WARNING
    assert finding.message == "alpha is not registered, so it was not marked active"
    assert finding.hint


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, {}, b"404 Not Found"),
        json_answer({"error": "Endpoint not found", "availableEndpoints": ["GET /health"]}, 404),
        Answer(405),
        Answer(501),
    ],
)
async def test_a_host_without_the_path_does_not_offer_it(answer: Answer) -> None:
    """A notice that names the host; nobody says that the service were not registered."""
    receipt = await CHANGE.apply(FakeRemote({PLACE: answer}))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level) == (Fate.NOT_OFFERED, NOTICE)
    assert finding.message == "not offered by register.example: a status, so that of alpha is unchanged"


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
async def test_a_refusal_is_a_warning(status: int) -> None:
    """It names the address, the answer and the cure."""
    receipt = await CHANGE.apply(FakeRemote({PLACE: Answer(status)}))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level) == (Fate.FAILED, WARNING)
    known = "is not confirmed to be marked active" if status >= 500 else "was not marked active"
    assert finding.message.startswith(f"alpha {known}: {PLACE[1]} answered {status}")
    assert finding.hint


@pytest.mark.parametrize("answer", [Answer(401), Answer(404), json_answer({"error": "Service not found"}, 404)])
async def test_a_deployed_host_has_no_status(answer: Answer) -> None:
    """It says 401 without a token and 404 with one: a notice, and nobody is told that a token were wrong."""
    change = SetStatus.active(SUBJECT, STARTED, by_design=False)
    (finding,) = (await change.apply(FakeRemote({PLACE: answer}))).findings
    assert (finding.level, finding.hint) == (NOTICE, "")
    assert finding.message.startswith("not offered by register.example, or protected: a status, so that of alpha")


async def test_silence_is_a_warning() -> None:
    """Nothing is known of the status then."""
    (finding,) = (await CHANGE.apply(FakeRemote({PLACE: no_answer()}))).findings
    assert finding.level is WARNING


def test_it_says_what_it_would_do() -> None:
    """For a dry run; and a service's status is set once in a plan."""
    assert (CHANGE.describe(), CHANGE.key) == ("mark alpha active", "status:alpha")
