from __future__ import annotations

import pytest

from chitty_action.engine.conclude import conclude, odd_files, outcome_of, remarked
from chitty_action.model.change import Fate, Receipt
from chitty_action.model.finding import Finding, Level
from chitty_action.model.report import Report, Status, Verdict
from chitty_action.model.repository import Oddity
from chitty_action.model.subject import Phase
from tests.world import ERROR, NOTICE, STARTED, WARNING, FakeClock

WARNED = Finding("registration", "alpha", WARNING, "alpha is deployed but not registered", "give a valid token")
REPORT = Report(Phase.POST, "alpha", remarked("registration", "alpha", [WARNED]), {"status": "unchanged"})


@pytest.mark.parametrize(
    ("fate", "found", "status"),
    [
        (Fate.APPLIED, (), "passed"),
        (Fate.FAILED, (WARNED,), "warned"),
        (Fate.NOT_OFFERED, (Finding("x", "alpha", NOTICE, "not offered by x"),), "noted"),
        (Fate.HELD, (), "skipped"),
    ],
)
def test_a_receipt_becomes_an_outcome(fate: Fate, found: tuple[Finding, ...], status: str) -> None:
    """Beside those of the checks, with the same words."""
    outcome = outcome_of(Receipt("registration", "alpha", fate, "answered 200", found))
    assert (outcome.id, outcome.subject, outcome.status) == ("registration", "alpha", status)
    assert (outcome.seen, outcome.findings) == ("answered 200", found)


def test_remarks_are_one_outcome_or_none() -> None:
    """What belongs to no check still has a place in the report."""
    assert remarked("inputs", "alpha", []) == ()
    (outcome,) = remarked("inputs", "alpha", [WARNED, WARNED])
    assert (outcome.id, outcome.subject) == ("inputs", "alpha")
    assert (outcome.status, outcome.findings) == (Status.WARNED, (WARNED, WARNED))
    assert outcome.seen == "see the findings"


def test_files_that_could_not_be_used_are_warnings() -> None:
    """Registration goes on with what is known."""
    assert odd_files([Oddity("package.json", "package.json is not JSON", "mend it")]) == (
        Finding("workspace", "package.json", Level.WARNING, "package.json is not JSON", "mend it"),
    )


@pytest.mark.parametrize(
    ("fail_on", "threshold", "verdict"),
    [("error", ERROR, "warned"), ("warning", WARNING, "failed"), ("never", None, "warned")],
)
def test_the_report_knows_its_threshold_and_times(fail_on: str, threshold: Level | None, verdict: str) -> None:
    """What was found stays as it is."""
    report = conclude(REPORT, fail_on, FakeClock(passed=2.5))
    assert (report.fail_on, report.verdict) == (threshold, verdict)
    assert (report.started, report.elapsed, report.interrupted) == (STARTED, 2.5, False)
    assert (report.outcomes, report.outputs) == (REPORT.outcomes, REPORT.outputs)


def test_a_deadline_is_a_warning() -> None:
    """What is unfinished is reported as such; what was found decides."""
    report = conclude(REPORT, "error", FakeClock(deadline=300, passed=300))
    assert report.outcomes[:-1] == REPORT.outcomes
    cut_short = report.outcomes[-1]
    assert (cut_short.id, cut_short.subject, cut_short.status) == ("phase", "alpha", "warned")
    assert cut_short.seen == "the deadline of 300 s was reached"
    (finding,) = cut_short.findings
    assert (finding.level, finding.check, finding.subject) == (WARNING, "phase", "alpha")
    assert finding.message == "phase post did not finish: the deadline of 300 s was reached"
    assert "deadline" in finding.hint
    assert (report.interrupted, report.exit_code) == (False, 0)


@pytest.mark.parametrize("fail_on", ["error", "warning", "never"])
def test_a_signal_fails_the_run(fail_on: str) -> None:
    """With what is known so far, and exit code 1 whatever `fail-on` says."""
    report = conclude(REPORT, fail_on, FakeClock(signal="SIGTERM was received"))
    assert report.findings[0].level is ERROR
    assert report.findings[0].message == "phase post did not finish: SIGTERM was received"
    assert report.findings[0].hint == "run the job again"
    assert (report.interrupted, report.exit_code, report.verdict) == (True, 1, Verdict.FAILED)
