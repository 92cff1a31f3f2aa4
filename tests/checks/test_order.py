from __future__ import annotations

import pytest

from chitty_action.checks import checks_of
from chitty_action.model.subject import Phase


@pytest.mark.parametrize(
    ("phase", "ids"),
    [
        (Phase.PRE, ["connect-reachable", "discovery-readable", "service-registered", "routes-claimable"]),
        (
            Phase.POST,
            [
                "service-healthy",
                "proxy-reachable",
                "listed-in-discovery",
                "routes-unconflicted",
                "mcp-tools-listed",
                "addresses-agree",
            ],
        ),
        (
            Phase.RECONCILE,
            [
                "connect-reachable",
                "service-healthy",
                "discovery-readable",
                "proxy-reachable",
                "routes-unconflicted",
                "account-routes-unconflicted",
            ],
        ),
    ],
)
def test_a_phase_runs_its_checks_in_the_order_of_the_report(phase: Phase, ids: list[str]) -> None:
    """What decides comes first; a check of another phase does not run."""
    assert [check.id for check in checks_of(phase)] == ids
