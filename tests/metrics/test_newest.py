from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from chitty_action.metrics.newest import IDS, NO_SWEEP
from chitty_action.state.history import History
from chitty_action.state.sweep import Coverage, OpenIncident
from tests.metrics.facts import ago, scheduled, sweep, the

THIS = sweep(ago(seconds=90), chittyledger="healthy", chittyproof="down", chittyauth="down")


def told(which: str, **facts: Any) -> tuple[float | None, str]:  # noqa: ANN401 - whatever a sweep can hold
    """Give value and note of a number of this run, which saw these facts."""
    number = the(which, this=replace(THIS, **facts))
    return number.value, number.note


@pytest.mark.parametrize("which", IDS)
def test_without_a_sweep_nothing_is_known(which: str) -> None:
    """A data branch that was never written to says nothing."""
    number = the(which)
    assert (number.value, number.note, number.sources, number.at) == (None, NO_SWEEP, (), None)


def test_every_class_has_its_number() -> None:
    """Rows are counted as the sweep counted them; nobody in a class is zero."""
    counts = {which: told(f"services-{which}") for which in ("healthy", "down", "missing")}
    assert counts == {"healthy": (1.0, ""), "down": (2.0, ""), "missing": (0.0, "")}


def test_conflicts_that_nobody_could_see_are_unknown() -> None:
    """Whatever an earlier sweep saw: that may be over."""
    earlier = History(sweeps=(replace(sweep(ago(1)), conflicts=3),))
    assert told("route-conflicts", conflicts=0) == (0.0, "")
    assert the("route-conflicts", earlier, THIS).value is None
    assert told("route-conflicts") == (None, "No list of routes could be read.")


def test_the_age_of_discovery_is_that_of_the_sweep() -> None:
    """It does not grow afterwards, because discovery may have been refreshed."""
    assert told("discovery-age", discovery_age=300) == (300.0, "")
    assert told("discovery-age") == (None, "The age of the discovery document was not seen.")


def test_latency_is_told_in_seconds() -> None:
    """Median and 95th percentile of those that have one."""
    latency = {"chittyledger": 40, "chittyauth": 60}
    note = "1 service has no latency in this sweep and is not counted."
    assert told("latency-median", latency=latency) == (0.04, note)
    assert told("latency-p95", latency=latency) == (0.06, note)
    assert told("latency-p95") == (None, "No service has a latency in this sweep.")


def test_the_registered_share_is_of_those_with_a_public_host() -> None:
    """With its two numbers in the note; nothing of nothing is unknown."""
    assert told("registered-share", coverage=Coverage(3, 4)) == (0.75, "3 of 4 services.")
    assert told("registered-share", coverage=Coverage(0, 0)) == (None, "Nothing names a service with a public host.")
    assert told("registered-share") == (None, "Neither the discovery document nor an account was read.")


def test_the_oldest_incident_says_how_old_the_trouble_is() -> None:
    """Those without a known beginning are open, but have no age."""
    incidents = (OpenIncident("a", since=ago(1)), OpenIncident("b", since=ago(3)), OpenIncident("c"))
    assert told("incidents-open", incidents=incidents) == (3.0, "")
    assert told("incident-age", incidents=incidents) == (
        3 * 86_400,
        "Of 1 incident the beginning is not known; it is not counted.",
    )


def test_no_incident_has_no_age() -> None:
    """That is known; where GitHub did not say so nothing is."""
    assert told("incidents-open", incidents=()) == (0.0, "")
    assert told("incident-age", incidents=()) == (None, "No incident is open.")
    assert told("incidents-open") == told("incident-age") == (None, "GitHub did not say which incidents are open.")


def test_the_sweep_of_this_run_comes_before_any_that_is_remembered() -> None:
    """Even where another run was faster; its source is this run."""
    number = the("services-down", History(sweeps=(sweep(ago(seconds=10)),)), THIS)
    assert (number.value, number.sources, number.at) == (2.0, ("this run",), THIS.at)


def test_a_run_without_a_sweep_tells_of_the_newest_one() -> None:
    """With its file and its time."""
    number = the("services-healthy", History(sweeps=(sweep(ago(40)), scheduled(ago(35)))))
    assert (number.value, number.sources, number.at) == (1.0, ("sweeps/2026-10.jsonl",), ago(35))
