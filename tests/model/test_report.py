from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.model.finding import Finding, Level
from chitty_action.model.report import Outcome, Report, Status, Verdict
from chitty_action.model.subject import Phase
from tests.world import ERROR, NOTICE, WARNING


def _report(*levels: Level, fail_on: Level | None = ERROR, interrupted: bool = False) -> Report:
    found = tuple(Finding("x", "alpha", level, f"finding {number}") for number, level in enumerate(levels))
    outcomes = (Outcome("x", "alpha", Status.PASSED, "", found),)
    return Report(Phase.POST, "alpha", outcomes, fail_on=fail_on, interrupted=interrupted)


@pytest.mark.parametrize(
    ("fail_on", "worst", "code", "verdict"),
    [
        (ERROR, None, 0, "passed"),
        (ERROR, NOTICE, 0, "passed"),
        (ERROR, WARNING, 0, "warned"),
        (ERROR, ERROR, 1, "failed"),
        (WARNING, None, 0, "passed"),
        (WARNING, NOTICE, 0, "passed"),
        (WARNING, WARNING, 1, "failed"),
        (WARNING, ERROR, 1, "failed"),
        (None, None, 0, "passed"),
        (None, NOTICE, 0, "passed"),
        (None, WARNING, 0, "warned"),
        (None, ERROR, 0, "warned"),
    ],
)
def test_verdict_and_exit_code(fail_on: Level | None, worst: Level | None, code: int, verdict: str) -> None:
    """The lowest level that fails the step against the worst finding: the whole table."""
    report = _report(*([worst] if worst else []), fail_on=fail_on)
    assert (report.exit_code, report.verdict) == (code, verdict)


@pytest.mark.parametrize("code", [2, 3])
def test_bad_inputs_and_bugs_fail_whatever_was_found(code: int) -> None:
    """`fail-on` is about findings only."""
    report = Report(None, "", (), fail_on=None, exit_code_override=code)
    assert (report.exit_code, report.verdict) == (code, Verdict.FAILED)


def test_an_interrupted_run_fails() -> None:
    """A signal leaves the question open, so the answer is not yes."""
    report = _report(fail_on=None, interrupted=True)
    assert (report.exit_code, report.verdict) == (1, Verdict.FAILED)


@given(st.lists(st.sampled_from(Level)), st.sampled_from([WARNING, ERROR, None]))
def test_the_verdict_agrees_with_the_exit_code(levels: list[Level], fail_on: Level | None) -> None:
    """Failed means a red step, and only that; nothing but notices is passed."""
    report = _report(*levels, fail_on=fail_on)
    assert (report.verdict is Verdict.FAILED) == (report.exit_code != 0)
    assert (report.verdict is Verdict.PASSED) == (set(levels) <= {NOTICE})


@given(st.lists(st.sampled_from(Level)))
def test_the_worst_findings_come_first(levels: list[Level]) -> None:
    """Otherwise they keep their order."""
    found = _report(*levels).findings
    keys = [(-finding.level.rank, int(finding.message.split()[1])) for finding in found]
    assert keys == sorted(keys)
    assert len(found) == len(levels)
