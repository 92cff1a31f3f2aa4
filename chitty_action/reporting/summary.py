"""The step summary: the verdict at a glance, then what is wrong and its cure, then everything that was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.model.finding import Level
from chitty_action.model.report import Status, Verdict
from chitty_action.reporting.markdown import prose, size, table
from chitty_action.reporting.routes import routes
from chitty_action.reporting.sweep import about_the_run, counted, findings_about_the_run
from chitty_action.reporting.sweep_sections import everybody, incidents, new, not_judged, what_is_broken

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


def summary(report: Report, server: str = "https://github.com") -> str:
    """Return Markdown of less than 1,000,000 UTF-8 bytes; what does not fit is cut between rows and counted.

    Incidents are links where they are issues on `server`.
    """
    head = [_heading(report), *_totals(report), *_facts(report)]
    foot = _footer(report)
    room = LIMIT - size([*head, *foot]) - 1_000  # for headings and blank lines
    sections = _of_the_sweep(report, server, room) if report.sweep else _of_the_run(report, server, room)
    return "\n\n".join([*head, *sections, *foot]) + "\n"


def _of_the_run(report: Report, server: str, room: int) -> list[str]:
    told = incidents(report.incidents, server, room // 10)
    notices_only = all(finding.level is Level.NOTICE for finding in report.findings)
    title = "### Worth knowing" if notices_only else "### What is wrong"
    findings = _findings(title, report.findings, report.subject, room // 2)
    return [*told, *findings, *_outcomes(report, room - size([*told, *findings]))]


def _of_the_sweep(report: Report, server: str, room: int) -> list[str]:
    """Put what is wrong before who is broken, and both before what is only worth knowing; a tenth of the room each.

    Who is broken and what conflicts may take four tenths together, and the last table what is left.
    """
    share = room // 10
    of_routes = routes(report, 2 * share)
    found = findings_about_the_run(report)
    errors = [finding for finding in found if finding.level is Level.ERROR]
    sections = [
        *incidents(report.incidents, server, share),
        *_findings("### What is wrong", errors, report.subject, share),
        *what_is_broken(report, 4 * share - size(of_routes)),
        *new(report, share),
        *of_routes,
        *_findings("### Worth knowing", found[len(errors) :], report.subject, share),
        *not_judged(report.sweep, share),
    ]
    looked_at = _outcomes(report, share)
    return [*sections, *everybody(report.sweep, room - size([*sections, *looked_at])), *looked_at]


def _heading(report: Report) -> str:
    who = report.phase or "chitty-action"
    parts = [f"{_VERDICT_ICONS[report.verdict]} {who} {report.verdict}", prose(report.subject), report.special_end]
    return "## " + " · ".join(part for part in parts if part)


def _totals(report: Report) -> list[str]:
    if report.sweep:
        return [f"**{counted(report.sweep)}**"]
    counts = ((status, sum(outcome.status is status for outcome in report.outcomes)) for status in _STATUS_ICONS)
    line = " · ".join(f"{count} {status}" for status, count in counts if count)
    return [f"**{line}**"] if line else []


def _facts(report: Report) -> list[str]:
    lines = [f"- {prose(label)}: {prose(value)}" for label, value in report.facts]
    return ["\n".join(lines)] if lines else []


def _findings(title: str, findings: Sequence[Finding], whom: str, room: int) -> list[str]:
    if not findings:
        return []
    rows = [_finding(finding, whom) for finding in findings]
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
    outcomes = about_the_run(report)
    if not outcomes:
        return []
    with_subject = any(outcome.subject != report.subject for outcome in outcomes)
    headers = ["", "Check", *(["Subject"] if with_subject else []), "What was seen"]
    rows = [_cells(outcome, with_subject=with_subject) for outcome in outcomes]
    return ["### What was looked at", table(headers, rows, room)]


def _cells(outcome: Outcome, *, with_subject: bool) -> Sequence[str]:
    subject = [prose(outcome.subject)] if with_subject else []
    seen = f"skipped: {prose(outcome.seen)}" if outcome.status is Status.SKIPPED else prose(outcome.seen)
    return [_STATUS_ICONS[outcome.status], prose(outcome.id), *subject, seen]


def _footer(report: Report) -> list[str]:
    began = f", started {report.started:%Y-%m-%d %H:%M:%S} UTC" if report.started else ""
    return [f"<sub>Took {report.elapsed:.1f} s{began}</sub>"]
