"""The report as plain lines for the runner's log: what was looked at, then what is wrong and its cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.model.report import Status
from chitty_action.model.text import one_line
from chitty_action.reporting.sweep import ICONS, about_the_run, counted, troubles, unjudged, worth_telling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.report import Report

_ICONS = {Status.PASSED: "✅", Status.NOTED: "ℹ️", Status.WARNED: "⚠️", Status.FAILED: "❌", Status.SKIPPED: "⏭️"}  # noqa: RUF001
_LIMIT = 2_000
_MOST_NAMES = 10


def lines(report: Report) -> Iterator[str]:
    """Yield the verdict, the facts, one line an outcome, and every finding with its hint below.

    A sweep is told by its counts, one line an incident, one line for each that is broken, and one for each reason why
    others were not judged; what is healthy is counted only.
    """
    ended = [f"{report.phase or 'chitty-action'} {report.verdict}", one_line(report.subject), report.special_end]
    yield " · ".join(part for part in ended if part)
    for label, value in report.facts:
        yield f"{label}: {one_line(value, _LIMIT)}"
    yield from _of_the_sweep(report)
    for outcome in about_the_run(report):
        skipped = "skipped: " if outcome.status is Status.SKIPPED else ""
        whom = "" if outcome.subject in {"", report.subject} else f" ({one_line(outcome.subject)})"
        yield f"{_ICONS[outcome.status]} {outcome.id}{whom} — {skipped}{one_line(outcome.seen, _LIMIT)}"
        for finding in outcome.findings:
            yield f"    {finding.level}: {one_line(finding.message, _LIMIT)}"
            if finding.hint:
                yield f"      → {one_line(finding.hint, _LIMIT)}"


def _of_the_sweep(report: Report) -> Iterator[str]:
    if report.sweep:
        yield counted(report.sweep)
    for told in worth_telling(report.incidents):
        yield f"incident {told.kind}: {' '.join(filter(None, (one_line(told.action), one_line(told.url, _LIMIT))))}"
    for one in troubles(report):
        since = {"": "", "new": " (new)"}.get(one.since, f" (since {one.since})")
        yield f"{ICONS[one.evidence]} {one_line(one.name)} — {one.what}{since}: {one_line(one.seen, _LIMIT)}"
    for group in unjudged(report.sweep):
        left = len(group.names) - _MOST_NAMES
        names = ", ".join(map(one_line, group.names[:_MOST_NAMES])) + (f" and {left:,} more" if left > 0 else "")
        yield f"{group.icon} {len(group.names):,} {group.what}: {one_line(group.reason, _LIMIT)} ({names})"
