"""Which writes that were not done can be delivered later, and that they are the same bytes then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from chitty_action.changes.register_service import RegisterService
from chitty_action.changes.set_status import SetStatus
from chitty_action.changes.submit_registration import SubmitRegistration
from chitty_action.documents.submission import Submission
from chitty_action.model.document import decoded
from chitty_action.model.exchange import Answer, Mishap
from chitty_action.model.reading import Generation
from chitty_action.state.lines import encoded
from tests.world import STARTED, SUBJECT, FakeRemote, json_answer, no_answer

if TYPE_CHECKING:
    from chitty_action.model.change import Change
    from chitty_action.model.exchange import Failure

AWKWARD = {"z": "½ 🚨 \u2028", "a": [1.0, -0.5, 1e22, 12345678901234567890, None, True], "name": "alpha", "n": {}}
WITH_FILE = replace(SUBJECT, service=replace(SUBJECT.service, registration=AWKWARD))
CHANGES: tuple[Change, ...] = (
    RegisterService.of(WITH_FILE, STARTED),
    SetStatus.active(SUBJECT, STARTED),
    SubmitRegistration.of(SUBJECT, Submission({"version": "1.2.3", **AWKWARD}), "the manifest"),
)
LIMITED = json_answer({"error": "rate_limit_exceeded", "retry_after_seconds": 90}, 400)
each_change = pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)


def remote(answer: Answer | Failure) -> FakeRemote:
    """Answer every write like this."""
    places = ("/api/register", "/api/v1/register", "/api/services/alpha/status")
    return FakeRemote(
        {(method, f"https://register.example{path}"): answer for method in ("POST", "PATCH") for path in places}
    )


@each_change
@pytest.mark.parametrize("mishap", list(Mishap))
async def test_silence_may_end(change: Change, mishap: Mishap) -> None:
    """Whatever the reason."""
    assert (await change.apply(remote(no_answer(mishap)))).undone is not None


@each_change
@pytest.mark.parametrize("answer", [*map(Answer, (302, 401, 403, 408, 425, 429, 500, 502, 503, 504)), LIMITED], ids=str)
async def test_trouble_may_end(change: Change, answer: Answer) -> None:
    """A token may be corrected, a host may recover, a rate limit passes."""
    assert (await change.apply(remote(answer))).undone is not None


@each_change
@pytest.mark.parametrize("status", [200, 201, 400, 405, 409, 413, 422, 501])
async def test_what_is_done_or_wrong_in_itself_is_over(change: Change, status: int) -> None:
    """It would be refused again, or is not offered."""
    assert (await change.apply(remote(json_answer({}, status)))).undone is None


@pytest.mark.parametrize(("by_design", "is_kept"), [(True, True), (False, False)])
@pytest.mark.parametrize("status", [401, 404])
async def test_a_status_waits_for_its_registration(status: int, *, by_design: bool, is_kept: bool) -> None:
    """Not where the host has no status to set."""
    change = SetStatus.active(SUBJECT, STARTED, by_design=by_design)
    receipt = await change.apply(remote(json_answer({"error": "Service not found"}, status)))
    assert (receipt.undone is not None) is is_kept


@each_change
async def test_what_is_read_back_is_the_same_bytes(change: Change) -> None:
    """Through the text of the outbox, which sorts members by itself."""
    sent = remote(Answer(503))
    undone = (await change.apply(sent)).undone
    assert undone is not None
    kept = decoded(encoded(decoded(undone.body, dict[str, object])), dict[str, object])
    assert json.dumps(kept, sort_keys=True).encode() == sent.requests[0].body == undone.body


async def test_a_registration_keeps_its_key_and_form() -> None:
    """The design's has a key; the deployed one has none."""
    design, _, deployed = [(await change.apply(remote(Answer(503)))).undone for change in CHANGES]
    assert design is not None
    assert deployed is not None
    assert (design.form, design.idempotency_key) == (Generation.DESIGN, "alpha-production-42-2")
    assert (deployed.form, deployed.idempotency_key) == (Generation.DEPLOYED, "")
