from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.changes.register_service import RegisterService, registration_document
from chitty_action.model.change import Fate
from chitty_action.model.exchange import Answer, Retry
from chitty_action.model.reading import Credential
from chitty_action.model.subject import Run
from tests.world import NO_HTTP, STARTED, SUBJECT, WARNING, FakeRemote, about, json_answer, no_answer

URL = "https://register.example/api/register"
PLACE = ("POST", URL)


def _body(change: RegisterService) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(change.body)
    return body


def test_the_document_is_that_of_the_interface() -> None:
    """Every field of section 5, from the service and the run."""
    assert _body(RegisterService.of(SUBJECT, STARTED)) == {
        "name": "alpha",
        "version": "1.2.3",
        "description": "The first.",
        "endpoints": {
            "health": "https://alpha.example/health",
            "api": "https://alpha.example/api",
            "mcp": "https://alpha.example/mcp",
        },
        "capabilities": ["api", "mcp"],
        "deployment": {
            "commit": "c0ffee0",
            "branch": "main",
            "deployed_at": "2026-11-22T21:40:30Z",
            "workflow_run": "42",
            "environment": "production",
        },
    }


def test_what_is_not_known_is_left_out() -> None:
    """A missing manifest does not become a version called null."""
    body = _body(RegisterService.of(about({"version": None, "description": None, "address": NO_HTTP}), STARTED))
    assert set(body) == {"name", "endpoints", "capabilities", "deployment"}
    assert body["endpoints"] == {}


def test_a_registration_file_is_sent_as_it_is_but_for_the_deployment() -> None:
    """Its version stays, and `deployment` is this run."""
    own = {"name": "alpha", "version": "9", "tags": ["x"], "deployment": {"commit": "old"}}
    document = registration_document(about({"registration": own}), STARTED)
    assert document.pop("deployment")["commit"] == "c0ffee0"
    assert document == {"name": "alpha", "version": "9", "tags": ["x"]}
    assert own["deployment"] == {"commit": "old"}


async def test_the_request_is_a_keyed_post_with_the_token() -> None:
    """Keyed, so that any transient failure may be retried."""
    remote = FakeRemote({PLACE: json_answer({"ok": True}, 201)})
    receipt = await RegisterService.of(SUBJECT, STARTED).apply(remote)
    (request,) = remote.requests
    assert (request.method, request.url) == PLACE
    assert request.headers == (("Idempotency-Key", "alpha-production-42-2"),)
    assert (request.credential, request.retry) == (Credential.REGISTER_TOKEN, Retry.TRANSIENT)
    assert (receipt.change, receipt.subject, receipt.fate) == ("registration", "alpha", Fate.APPLIED)
    assert receipt.findings == ()


async def test_body_and_key_are_identical_when_it_is_applied_again() -> None:
    """They are made once, from the run and the time of the deployment."""
    remote = FakeRemote({PLACE: [no_answer(), json_answer({})]})
    change = RegisterService.of(SUBJECT, STARTED)
    await change.apply(remote)
    await change.apply(remote)
    first, second = remote.requests
    assert (first.body, first.headers) == (second.body, second.headers)
    assert RegisterService.of(SUBJECT, STARTED) == change


def test_every_attempt_of_a_run_has_its_own_key() -> None:
    """A job that is run again deploys again."""
    again = about(run=Run(run_id="42", run_attempt="3"))
    assert RegisterService.of(again, STARTED).idempotency_key == "alpha-production-42-3"


def test_a_run_outside_of_github_is_keyed_by_its_time() -> None:
    """Two local deployments are two registrations."""
    key = RegisterService.of(about(run=Run()), STARTED).idempotency_key
    assert key == "alpha-production-local-2026-11-22T21:40:30Z-1"


@given(st.text(min_size=1, max_size=255))
def test_the_key_fits_in_a_header_whatever_the_environment_is_called(environment: str) -> None:
    """GitHub's names of environments may hold anything; a header may not."""
    key = RegisterService.of(about({"environment": environment}), STARTED).idempotency_key
    assert key.isascii()
    assert key.isprintable()


@pytest.mark.parametrize("status", [400, 401, 403, 409, 429, 500])
async def test_a_refusal_is_a_warning(status: int) -> None:
    """The deployment stays good, and the finding says what was answered and what to do."""
    receipt = await RegisterService.of(SUBJECT, STARTED).apply(FakeRemote({PLACE: Answer(status)}))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level, finding.check) == (Fate.FAILED, WARNING, "registration")
    known = "its registration is not confirmed" if status == 500 else "not registered"
    assert finding.message.startswith(f"alpha is deployed but {known}: {URL} answered {status}")
    assert finding.hint


async def test_silence_is_a_warning() -> None:
    """Whether it was registered is not known."""
    receipt = await RegisterService.of(SUBJECT, STARTED).apply(FakeRemote({PLACE: no_answer()}))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level) == (Fate.FAILED, WARNING)
    assert "timed out after 10 s" in finding.message


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_host_without_the_path_does_not_offer_it(status: int) -> None:
    """Nothing is told yet: the form that is deployed today comes next."""
    receipt = await RegisterService.of(SUBJECT, STARTED).apply(FakeRemote({PLACE: Answer(status)}))
    assert (receipt.fate, receipt.findings) == (Fate.NOT_OFFERED, ())


async def test_registered_already_is_success() -> None:
    """As the deployed gatekeeper says it, wherever it says it."""
    answer = json_answer({"success": False, "errors": ["Service name already registered"]}, 400)
    receipt = await RegisterService.of(SUBJECT, STARTED).apply(FakeRemote({PLACE: answer}))
    assert (receipt.fate, receipt.findings) == (Fate.APPLIED, ())


async def test_a_rate_limit_in_the_body_is_no_success() -> None:
    """Whatever the status is, and the cure says how long to wait."""
    answer = json_answer({"error": "rate_limit_exceeded", "retry_after_seconds": 90})
    (finding,) = (await RegisterService.of(SUBJECT, STARTED).apply(FakeRemote({PLACE: answer}))).findings
    assert (finding.level, finding.hint) == (
        WARNING,
        "wait 90 s (about 2 min) for the rate limit, then run the job again",
    )


def test_it_says_what_it_would_do() -> None:
    """For a dry run; and one service is registered once in a plan."""
    change = RegisterService.of(SUBJECT, datetime(2026, 1, 1, tzinfo=UTC))
    assert (change.describe(), change.key) == ("register alpha", "registration:alpha")


def test_the_key_spells_the_environment_as_it_is() -> None:
    """Only what a header cannot carry is escaped."""
    subject = about({"environment": "review/pr (1) ü"})

    assert RegisterService.of(subject, STARTED).idempotency_key == "alpha-review/pr (1) %C3%BC-42-2"
