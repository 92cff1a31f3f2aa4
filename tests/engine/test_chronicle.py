from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chitty_action.engine.chronicle import Surroundings, deployment_of, duration_of, open_incidents, run_key, sweep_of
from chitty_action.incidents.decision import Decision
from chitty_action.incidents.memory import Memory
from chitty_action.model.evidence import Evidence
from chitty_action.model.incident import Action, Issue, Kind, Told
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import Phase, Run
from chitty_action.model.sweep import Blame, Swept
from chitty_action.state.sweep import Coverage, OpenIncident
from chitty_action.state.sweep_lines import written_sweeps
from tests.world import RUN, STARTED, SUBJECT, about, inputs

KIND = Kind.UNHEALTHY_SERVICES
OPENED = STARTED - timedelta(days=2)
AROUND = Surroundings(Blame.THEM, (), 0, timedelta(seconds=61.4), refreshed=True, coverage=Coverage(2, 3))


def ended(*outcomes: Outcome, **outputs: str) -> Report:
    """Return the report of a deployment."""
    return Report(Phase.POST, "alpha", outcomes, outputs, elapsed=12.3456)


def deployment(report: Report, subject: Any = SUBJECT, **given: str) -> Any:  # noqa: ANN401 - a deployment
    """Return its line."""
    return deployment_of(report, subject, inputs(**given), STARTED, STARTED + timedelta(seconds=30))


def outcome(id_: str, status: Status) -> Outcome:
    """Return how something ended."""
    return Outcome(id_, "alpha", status, "seen")


def test_a_run_outside_of_github_is_known_by_its_time() -> None:
    """Inside it has an id."""
    assert (run_key(RUN, STARTED), run_key(Run(), STARTED)) == ("42", "local-2026-11-22T21:40:30Z")


@pytest.mark.parametrize(
    ("before", "seconds"),
    [(timedelta(seconds=90), 90.0), (timedelta(), 0.0), (timedelta(seconds=-1), None), (timedelta(days=8), None)],
)
def test_a_duration_that_cannot_be_right_is_none(before: timedelta, seconds: float | None) -> None:
    """A beginning in the future, or more than a week ago."""
    assert duration_of(STARTED - before, STARTED) == seconds


def test_without_a_beginning_there_is_no_duration() -> None:
    """Nobody gave it."""
    assert duration_of(None, STARTED) is None


def test_what_was_seen_is_in_the_line() -> None:
    """As the outputs have it."""
    report = ended(
        outcome("registration", Status.PASSED),
        outcome("service-healthy", Status.FAILED),
        outcome("account", Status.FAILED),
        health="down",
        proxied="false",
        discovered="true",
    )
    line = deployment(replace(report, outputs={**report.outputs, "mcp-tools": "3"}), started_at="1795383600")
    assert (line.registered, line.health, line.proxied, line.discovered, line.mcp_tools) == (
        True,
        "down",
        False,
        True,
        3,
    )
    assert (line.failed, line.version, line.commit) == (("service-healthy",), "1.2.3", "c0ffee0")
    assert (line.durations.post, line.at, line.run, line.attempt) == (12.346, STARTED.replace(microsecond=0), "42", "2")


def test_what_was_not_seen_is_unknown() -> None:
    """And not no."""
    line = deployment(ended(proxied="unknown"), about({"version": None}))
    assert (line.registered, line.health, line.proxied, line.discovered) == (None, "skipped", None, None)
    assert (line.mcp_tools, line.version, line.durations.deployment) == (None, None, None)


@pytest.mark.parametrize(
    ("status", "registered"),
    [(Status.PASSED, True), (Status.NOTED, True), (Status.WARNED, False), (Status.SKIPPED, None)],
)
def test_a_registration_that_was_not_sent_is_unknown(status: Status, *, registered: bool | None) -> None:
    """A notice is no trouble."""
    assert deployment(ended(outcome("registration", status))).registered is registered


def test_what_the_environment_says_is_cut_to_one_line() -> None:
    """A line of the file must stay one."""
    run = replace(RUN, branch="a\nb" * 200, actor="o\u2028o", commit="c" * 99)
    line = deployment(ended(), about({"version": "1\n2"}, run=run))
    assert all("\n" not in text for text in (line.branch, line.actor, line.version))
    assert (len(line.branch), len(line.commit), line.version) == (200, 64, "1 2")


def swept(name: str, evidence: Evidence = Evidence.HEALTHY, elapsed: float | None = 0.0614) -> Swept:
    """Return one row."""
    return Swept(1, name, evidence, "seen", elapsed=elapsed)


def test_a_sweep_counts_rows_and_remembers_names() -> None:
    """Of two rows of one name the first one is remembered; both count."""
    rows = (swept("alpha"), swept("alpha", Evidence.DOWN, None), swept("beta", Evidence.DOWN, None))
    seen = sweep_of(rows, AROUND, RUN, STARTED, 7.5)
    assert seen.counts == {"healthy": 1, "down": 2}
    assert (seen.classes, seen.latency) == ({"alpha": "healthy", "beta": "down"}, {"alpha": 61})
    assert (seen.discovery_age, seen.refreshed, seen.conflicts, seen.coverage) == (61, True, 0, Coverage(2, 3))
    assert (seen.late, seen.every, seen.elapsed, seen.blame) == (None, None, 7.5, "them")


def test_what_is_usual_is_left_out_of_the_line() -> None:
    """Thousands of lines say nothing by it."""
    line = written_sweeps([sweep_of((swept("alpha"),), AROUND, RUN, STARTED, 7.5)]) or ""
    assert "blame" not in json.loads(line)


def test_a_sweep_of_a_schedule_says_how_late_it_is() -> None:
    """Half an hour after twenty past."""
    seen = sweep_of((), AROUND, replace(RUN, schedule="10 */6 * * *"), STARTED, 1.0)
    assert (seen.late, seen.every) == (12630, 21600)


def test_a_sweep_of_what_is_no_schedule() -> None:
    """Nothing is known of its punctuality."""
    assert sweep_of((), AROUND, replace(RUN, schedule="daily"), STARTED, 1.0).every is None


@pytest.mark.parametrize(("age", "seconds"), [(None, None), (timedelta(seconds=-5), 0)])
def test_an_odd_age_of_discovery(age: timedelta | None, seconds: int | None) -> None:
    """Unknown, or of a clock that is ahead of ours."""
    around = replace(AROUND, discovery_age=age)
    assert sweep_of((), around, RUN, STARTED, 1.0).discovery_age == seconds


def issue(*, is_open: bool) -> Issue:
    """Return an issue of ours."""
    return Issue(7, "t", "b", is_open, "bot", "NONE", OPENED + timedelta(hours=1), url="https://github.com/x/issues/7")


@pytest.mark.parametrize(
    ("action", "was_open", "is_open"),
    [
        ("opened", None, True),
        ("reopened", False, True),
        ("updated", True, True),
        ("commented", True, True),
        ("unchanged", True, True),
        ("failed", True, True),
        ("failed", None, False),
        ("failed", False, False),
        ("closed", True, False),
        ("would-opened", None, False),
    ],
)
def test_which_incidents_are_open(action: str, *, was_open: bool | None, is_open: bool) -> None:
    """Those that this run opened, and those that it left open."""
    decision = Decision(KIND, Action.UPDATED, None if was_open is None else issue(is_open=was_open))
    found = open_incidents([decision], [Told(KIND, "https://github.com/x/issues/7", action)])
    assert len(found) == is_open


def test_an_incident_began_when_it_is_remembered_to_have_begun() -> None:
    """Else when its issue was created; of a new one nothing is known yet."""
    told = [Told(KIND, "u", "updated")]
    memory = Memory(KIND, opened=OPENED, digest="", count=0, known=None)
    cases = ((issue(is_open=True), memory, OPENED), (issue(is_open=True), None, OPENED + timedelta(hours=1)))
    for one, remembered, since in cases:
        decision = Decision(KIND, Action.UPDATED, one, memory=remembered)
        assert open_incidents([decision], told) == (OpenIncident(KIND, "u", since),)
    assert open_incidents([Decision(KIND, Action.OPENED)], [Told(KIND, "u", "opened")])[0].since is None


def test_a_kind_that_nobody_told_of_is_not_open() -> None:
    """There is nothing to tell."""
    assert open_incidents([Decision(KIND, None)], []) == ()
