from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.metrics.percentiles import percentile
from chitty_action.metrics.rates import NO_DEPLOYMENT
from chitty_action.state.deployment import Deployment, Durations
from chitty_action.state.history import History
from tests.metrics.facts import ago, deployment, the

RATES = ["registration-success-rate", "integration-pass-rate", "deployment-time-mean", "deployment-time-p95"]


def rate(which: str, *deployments: Deployment) -> tuple[object, str]:
    """Give the value and the note of a number."""
    number = the(which, History(deployments=deployments))
    return number.value, number.note


@pytest.mark.parametrize("which", RATES)
def test_nothing_remembered_is_no_rate(which: str) -> None:
    """No deployment is neither 0 % nor 100 %."""
    assert rate(which) == (None, NO_DEPLOYMENT)


@pytest.mark.parametrize("which", RATES)
def test_thirty_days_count(which: str) -> None:
    """An older deployment is outside of the window."""
    assert rate(which, deployment(ago(30))) == (None, NO_DEPLOYMENT)
    assert rate(which, deployment(ago(30, seconds=-1)))[0] is not None


@pytest.mark.parametrize("which", RATES)
def test_deployments_of_the_future_are_told(which: str) -> None:
    """A clock was wrong; the note says how many there are."""
    value, note = rate(which, deployment(ago(1)), deployment(ago(-1)), deployment(ago(-2)))
    assert value == rate(which, deployment(ago(1)))[0]
    assert note == "2 deployments claim to be of the future and are not counted."


@pytest.mark.parametrize("which", RATES)
@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped"])
def test_a_deployment_that_did_not_succeed_does_not_count(which: str, result: str) -> None:
    """Nothing was to be registered or verified; the note says how many there were."""
    failed = deployment(ago(2), result=result, registered=False, failed=("service-healthy",), verdict="failed")
    value, note = rate(which, failed, deployment(ago(1)))
    assert value == rate(which, deployment(ago(1)))[0]
    assert note == "1 deployment did not end with success and is not counted."


@pytest.mark.parametrize("which", RATES)
def test_of_the_attempts_of_a_run_the_last_counts(which: str) -> None:
    """Whoever repeats a run until it passes has deployed once."""
    first, second = (
        deployment(
            ago(1, hours=-hour), run="7", attempt=str(hour), registered=hour > 1, failed=() if hour > 1 else ("x",)
        )
        for hour in (1, 2)
    )
    value, note = rate(which, first, second)
    assert value == rate(which, second)[0]
    assert note == "1 earlier attempt is not counted."


def test_one_run_can_deploy_several_services() -> None:
    """Attempts are those of one service in one environment."""
    deployments = [deployment(ago(1), run="7", service=name, registered=name == "a") for name in ("a", "b")]
    staging = deployment(ago(1), run="7", service="a", environment="staging")
    assert rate("registration-success-rate", *deployments, staging) == (pytest.approx(2 / 3), "")


def test_registrations_that_nothing_is_known_of_are_left_out() -> None:
    """A dry run sends none; that is no failure."""
    known = [deployment(ago(1), "a"), deployment(ago(1), "b", registered=False)]
    unknown = [deployment(ago(1), run, registered=None) for run in "cd"]
    assert rate("registration-success-rate", *known, *unknown) == (
        0.5,
        "Of 2 deployments it is not known whether the registration was accepted; they are not counted.",
    )


def test_a_deployment_with_a_failed_check_of_integration_is_no_pass() -> None:
    """One that warned is listed among the failed, whatever the verdict says."""
    passed = [deployment(ago(1), run) for run in "abc"]
    assert rate("integration-pass-rate", *passed, deployment(ago(1), failed=("proxy-reachable",))) == (0.75, "")


def test_what_nobody_looked_at_did_not_pass() -> None:
    """A deployment without a failure and without anything seen says nothing of integration."""
    unseen = deployment(ago(1), registered=None, health="skipped")
    assert rate("integration-pass-rate", unseen, deployment(ago(2))) == (
        1.0,
        "Of 1 deployment nothing was looked at; it is not counted.",
    )


@pytest.mark.parametrize(
    "seen", [{"registered": False}, {"proxied": True}, {"discovered": False}, {"mcp_tools": 0}, {"failed": ("x",)}]
)
def test_anything_seen_is_verified(seen: dict[str, object]) -> None:
    """One look is enough to count."""
    unseen: dict[str, object] = {"registered": None, "health": "skipped"}
    facts = {**unseen, **seen}
    assert rate("integration-pass-rate", deployment(ago(1), "7", **facts))[0] is not None


def test_deployments_take_their_time() -> None:
    """Mean and 95th percentile, of those that said when they started."""
    seconds = [float(second) for second in range(1, 21)]
    timed = [deployment(ago(1), str(each), durations=Durations(post=1, deployment=each)) for each in seconds]
    untimed = deployment(ago(1), durations=Durations(post=1000))
    note = (
        "1 deployment did not say credibly when it started "
        "(input started-at: not given, in the future, or more than 7 days back) and is not counted."
    )
    assert rate("deployment-time-mean", *timed, untimed) == (10.5, note)
    assert rate("deployment-time-p95", *timed, untimed) == (19.0, note)


def test_a_rate_names_its_files_and_its_newest_fact() -> None:
    """Those of the deployments that were counted, and no others."""
    number = the(
        "registration-success-rate",
        History(deployments=(deployment(ago(28)), deployment(ago(5)), deployment(ago(1), registered=None))),
    )
    assert number.sources == ("deployments/2026-10.jsonl", "deployments/2026-11.jsonl")
    assert number.at == ago(5)


@given(values=st.lists(st.integers(0, 50), min_size=1), percent=st.integers(1, 100))
def test_a_percentile_is_a_value_that_was_seen(values: list[int], percent: int) -> None:
    """At least so many percent do not exceed it, and no smaller value can say that."""

    def covered(bound: float) -> float:
        return 100 * sum(value <= bound for value in values) / len(values)

    found = percentile(values, percent)
    assert found in values
    assert found is not None
    assert covered(found) >= percent
    assert all(covered(value) < percent for value in values if value < found)


def test_nothing_has_no_percentile() -> None:
    """Nor has it a zero."""
    assert percentile((), 95) is None
