"""The report as plain lines for the runner's log: what was looked at, then what is wrong and its cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.model.report import Status
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.report import Report

_ICONS = {Status.PASSED: "✅", Status.NOTED: "ℹ️", Status.WARNED: "⚠️", Status.FAILED: "❌", Status.SKIPPED: "⏭️"}  # noqa: RUF001
_LIMIT = 2_000


def lines(report: Report) -> Iterator[str]:
    """Yield the verdict, the facts, one line an outcome, and every finding with its hint below."""
    ended = [f"{report.phase or 'chitty-action'} {report.verdict}", one_line(report.subject), report.special_end]
    yield " · ".join(part for part in ended if part)
    for label, value in report.facts:
        yield f"{label}: {one_line(value, _LIMIT)}"
    for outcome in report.outcomes:
        skipped = "skipped: " if outcome.status is Status.SKIPPED else ""
        whom = "" if outcome.subject in {"", report.subject} else f" ({one_line(outcome.subject)})"
        yield f"{_ICONS[outcome.status]} {outcome.id}{whom} — {skipped}{one_line(outcome.seen, _LIMIT)}"
        for finding in outcome.findings:
            yield f"    {finding.level}: {one_line(finding.message, _LIMIT)}"
            if finding.hint:
                yield f"      → {one_line(finding.hint, _LIMIT)}"
