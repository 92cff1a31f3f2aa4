from __future__ import annotations

import pytest

from chitty_action.changes.refresh_discovery import RefreshDiscovery, without_token
from chitty_action.model.change import Fate
from chitty_action.model.exchange import Answer
from chitty_action.model.reading import Credential, Generation
from tests.world import HUB, NOTICE, WARNING, FakeRemote, json_answer, no_answer

PLACE = ("POST", "https://connect.example/api/admin/refresh-discovery")
CHANGE = RefreshDiscovery.of(HUB)


async def test_the_request_is_a_post_with_the_admin_token() -> None:
    """The token goes nowhere else."""
    remote = FakeRemote({PLACE: json_answer({"ok": True})})
    receipt = await CHANGE.apply(remote)
    assert [request.credential for request in remote.requests] == [Credential.ADMIN_TOKEN]
    assert (receipt.fate, receipt.findings, receipt.generation) == (Fate.APPLIED, (), Generation.DESIGN)


@pytest.mark.parametrize("answer", [Answer(404, {}, b"404 Not Found"), Answer(405), Answer(501)])
async def test_a_hub_without_the_path_does_not_offer_it(answer: Answer) -> None:
    """A notice that names the host."""
    receipt = await CHANGE.apply(FakeRemote({PLACE: answer}))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level) == (Fate.NOT_OFFERED, NOTICE)
    assert finding.message == "not offered by connect.example: a refresh of the discovery document"


async def test_the_deployed_hub_protects_what_it_does_not_have() -> None:
    """It asks for its own key before it looks whether there is such a path: 401 proves nothing."""
    (finding,) = (await CHANGE.apply(FakeRemote({PLACE: json_answer({"error": "Invalid API key"}, 401)}))).findings
    assert finding.level is NOTICE
    assert "or does not offer it" in finding.message


@pytest.mark.parametrize("status", [400, 403, 429])
async def test_a_refusal_is_a_warning(status: int) -> None:
    """It was not refreshed, and the cure is named."""
    (finding,) = (await CHANGE.apply(FakeRemote({PLACE: Answer(status)}))).findings
    assert (finding.level, "was not refreshed" in finding.message) == (WARNING, True)
    assert finding.hint


async def test_a_lost_answer_leaves_it_open() -> None:
    """Nobody claims what was not seen."""
    for exchange in (Answer(500), no_answer()):
        (finding,) = (await CHANGE.apply(FakeRemote({PLACE: exchange}))).findings
        assert "may not have been refreshed" in finding.message


def test_without_a_token_it_is_skipped_with_a_notice() -> None:
    """And it says what it would do, for a dry run."""
    assert without_token().level is NOTICE
    assert (CHANGE.describe(), CHANGE.key) == ("refresh the discovery document", "discovery-refresh")
