"""The step summary: the verdict at a glance, then what is wrong and its cure, then everything that was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.model.finding import Level
from chitty_action.model.report import Status, Verdict
from chitty_action.reporting.markdown import prose, size, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chitty_action.model.finding import Finding
    from chitty_action.model.report import Outcome, Report

LIMIT = 999_999
"""UTF-8 bytes; the runner drops a summary of more than 1,048,576 (interface, section 8)."""

_INFORMATION = "\N{INFORMATION SOURCE}\N{VARIATION SELECTOR-16}"
_VERDICT_ICONS = {Verdict.PASSED: "✅", Verdict.WARNED: "⚠️", Verdict.FAILED: "❌"}
_LEVEL_ICONS = {Level.ERROR: "❌", Level.WARNING: "⚠️", Level.NOTICE: _INFORMATION}
_STATUS_ICONS = {
    Status.FAILED: "❌",
    Status.WARNED: "⚠️",
    Status.NOTED: _INFORMATION,
    Status.PASSED: "✅",
    Status.SKIPPED: "⏭️",
}


def summary(report: Report) -> str:
    """Return Markdown of less than 1,000,000 UTF-8 bytes; what does not fit is cut between rows and counted."""
    head = [_heading(report), *_totals(report), *_facts(report)]
    foot = _footer(report)
    room = LIMIT - size([*head, *foot]) - 1_000  # for headings and blank lines
    findings = _findings(report, room // 2)
    outcomes = _outcomes(report, room - size(findings))
    return "\n\n".join([*head, *findings, *outcomes, *foot]) + "\n"


def _heading(report: Report) -> str:
    who = report.phase or "chitty-action"
    parts = [f"{_VERDICT_ICONS[report.verdict]} {who} {report.verdict}", prose(report.subject), report.special_end]
    return "## " + " · ".join(part for part in parts if part)


def _totals(report: Report) -> list[str]:
    counts = ((status, sum(outcome.status is status for outcome in report.outcomes)) for status in _STATUS_ICONS)
    line = " · ".join(f"{count} {status}" for status, count in counts if count)
    return [f"**{line}**"] if line else []


def _facts(report: Report) -> list[str]:
    lines = [f"- {prose(label)}: {prose(value)}" for label, value in report.facts]
    return ["\n".join(lines)] if lines else []


def _findings(report: Report, room: int) -> list[str]:
    if not report.findings:
        return []
    worst = report.findings[0].level
    title = "### Worth knowing" if worst is Level.NOTICE else "### What is wrong"
    rows = [_finding(finding, report.subject) for finding in report.findings]
    return [title, table(["", "Check", "What", "What to do"], rows, room)]


def _finding(finding: Finding, whom: str) -> Sequence[str]:
    about = f" ({prose(finding.subject)})" if finding.subject not in {"", whom} else ""
    return [
        _LEVEL_ICONS[finding.level],
        f"**{prose(finding.check)}**{about}",
        prose(finding.message),
        prose(finding.hint),
    ]


def _outcomes(report: Report, room: int) -> list[str]:
    if not report.outcomes:
        return []
    with_subject = any(outcome.subject != report.subject for outcome in report.outcomes)
    headers = ["", "Check", *(["Subject"] if with_subject else []), "What was seen"]
    rows = [_cells(outcome, with_subject=with_subject) for outcome in report.outcomes]
    return ["### What was looked at", table(headers, rows, room)]


def _cells(outcome: Outcome, *, with_subject: bool) -> Sequence[str]:
    subject = [prose(outcome.subject)] if with_subject else []
    seen = f"skipped: {prose(outcome.seen)}" if outcome.status is Status.SKIPPED else prose(outcome.seen)
    return [_STATUS_ICONS[outcome.status], prose(outcome.id), *subject, seen]


def _footer(report: Report) -> list[str]:
    began = f", started {report.started:%Y-%m-%d %H:%M:%S} UTC" if report.started else ""
    return [f"<sub>Took {report.elapsed:.1f} s{began}</sub>"]
