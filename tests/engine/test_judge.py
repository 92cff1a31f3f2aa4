from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from chitty_action.checks.listed_in_discovery import CHECK as LISTED
from chitty_action.checks.mcp_tools_listed import CHECK as TOOLS
from chitty_action.checks.service_healthy import CHECK as HEALTHY
from chitty_action.documents.health import HealthDocument
from chitty_action.ecosystem import discovery, health_at
from chitty_action.engine.judge import applicable, judge, status_of
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Seen, Snapshot, Unfinished, Unreachable
from chitty_action.model.report import Status
from tests.world import ADDRESS, ERROR, HUB, NO_HTTP, NOTICE, SUBJECT, UNUSABLE, WARNING, about, discovered, saw

if TYPE_CHECKING:
    from chitty_action.model.reading import Reading

DISCOVERY: Reading[Any] = discovery(HUB)
HEALTH: Reading[Any] = health_at(ADDRESS.health, None)


@pytest.mark.parametrize(
    ("levels", "status"),
    [
        ((), "passed"),
        ((NOTICE,), "noted"),
        ((WARNING, NOTICE), "warned"),
        ((NOTICE, ERROR, WARNING), "failed"),
    ],
)
def test_the_worst_finding_is_the_status(levels: tuple[Level, ...], status: str) -> None:
    """No finding means fine."""
    assert status_of(Finding("x", "alpha", level, "m") for level in levels) == status


def test_every_check_has_one_outcome_in_order() -> None:
    """The skipped ones included, with their reason."""
    snapshot = Snapshot(
        [(DISCOVERY, Seen(discovered({"services": []}), status=200)), (HEALTH, Seen(HealthDocument(), status=200))]
    )
    outcomes = judge([LISTED, TOOLS, HEALTHY], SUBJECT, snapshot)
    assert [(outcome.id, outcome.status) for outcome in outcomes] == [
        ("listed-in-discovery", Status.WARNED),
        ("mcp-tools-listed", Status.SKIPPED),
        ("service-healthy", Status.PASSED),
    ]
    assert [len(outcome.findings) for outcome in outcomes] == [1, 0, 0]
    assert outcomes[1].seen == "the repository has no mcp/manifest.json"
    assert {outcome.subject for outcome in outcomes} == {"alpha"}


def test_what_was_seen_is_told_with_time_and_looks() -> None:
    """The class first, for a health look."""
    seen = Seen(HealthDocument(given=True, status="ok"), status=200, elapsed=0.1234, looks=3)
    (outcome,) = judge([HEALTHY], SUBJECT, saw(HEALTH, seen))
    assert outcome.seen.startswith("healthy: answered 200, ")
    assert outcome.seen.endswith(" in 123 ms, 3 looks")
    (outcome,) = judge([HEALTHY], SUBJECT, saw(HEALTH, replace(seen, looks=2)))
    assert outcome.seen.endswith(" in 123 ms, 2 looks")
    (outcome,) = judge([HEALTHY], SUBJECT, saw(HEALTH, replace(seen, looks=1)))
    assert outcome.seen.endswith(" in 123 ms")


def test_what_two_readings_showed_is_told_in_their_order() -> None:
    """With a semicolon between them."""
    both = replace(LISTED, readings=lambda _subject: (DISCOVERY, HEALTH))
    snapshot = Snapshot([(DISCOVERY, Unreachable("timed out after 10 s")), (HEALTH, Unreachable("answered 503"))])
    (outcome,) = judge([both], SUBJECT, snapshot)
    assert outcome.seen == "timed out after 10 s; down: answered 503"


def test_a_document_says_what_it_says() -> None:
    """In its own few words."""
    (outcome,) = judge(
        [LISTED], SUBJECT, saw(DISCOVERY, Seen(discovered({"services": [{"name": "alpha"}]}), status=200))
    )
    assert outcome.seen.startswith("lists 1 service:")
    assert outcome.findings == ()


def test_trouble_is_told_as_it_is() -> None:
    """The reason is what was seen."""
    (outcome,) = judge([LISTED], SUBJECT, saw(DISCOVERY, Unreachable("timed out after 10 s")))
    assert (outcome.status, outcome.seen) == (Status.WARNED, "timed out after 10 s")


def test_what_the_deadline_cut_is_skipped() -> None:
    """Unless the check has something to say about it."""
    late = Unfinished("the deadline of 300 s was reached")
    (listed,) = judge([LISTED], SUBJECT, saw(DISCOVERY, late))
    assert (listed.status, listed.seen) == (Status.SKIPPED, late.reason)
    (healthy,) = judge([HEALTHY], SUBJECT, saw(HEALTH, late))
    assert healthy.status is Status.FAILED


def test_a_check_without_readings_is_judged() -> None:
    """An address that cannot be used is a finding, not a skipped look."""
    (outcome,) = judge([HEALTHY], about({"address": UNUSABLE}), Snapshot())
    assert (outcome.status, outcome.seen) == (Status.FAILED, "")


def test_only_what_is_not_skipped_needs_to_be_observed() -> None:
    """Nobody asks a service without HTTP for its health."""
    assert applicable([LISTED, TOOLS, HEALTHY], about({"address": NO_HTTP})) == (LISTED,)
    assert applicable([LISTED, TOOLS, HEALTHY], about({"has_mcp_manifest": True})) == (LISTED, TOOLS, HEALTHY)
