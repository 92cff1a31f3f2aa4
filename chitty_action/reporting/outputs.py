"""The step's outputs, within the size that the runner takes (interface, section 7)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.finding import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chitty_action.model.report import Report

LIMIT = 1_048_575
"""Bytes of all names and values in UTF-16, which is how the runner counts them: under 1 MiB."""

_ELSEWHERE = {
    "discovery": "read the document from ChittyConnect in the step that needs it",
    "findings": "set report-path and read the JSON report",
}
"""The outputs that can grow without bounds, and where else to find what they hold."""


class Outputs(Struct, frozen=True):
    """What later steps can read, and a warning for each value that did not fit."""

    values: Mapping[str, str]
    warnings: tuple[Finding, ...] = ()


def outputs(report: Report) -> Outputs:
    """Return the phase's own outputs and those of all phases.

    Where they would be too large together, `discovery` and `findings` are emptied, the larger one first.
    """
    values = {
        **report.outputs,
        "verdict": report.verdict,
        "phase": report.phase or "",
        "findings": json.dumps([_plain(finding) for finding in report.findings], separators=(",", ":")),
    }
    warnings: list[Finding] = []
    for name in sorted(_ELSEWHERE, key=lambda name: -_size(values.get(name, ""))):
        total = sum(_size(key) + _size(value) for key, value in values.items())
        if total > LIMIT and values.get(name):
            values[name] = ""
            warnings.append(_dropped(name, total, report.subject))
    return Outputs(values, tuple(warnings))


def _plain(finding: Finding) -> dict[str, str]:
    return {
        "check": finding.check,
        "subject": finding.subject,
        "level": finding.level,
        "message": finding.message,
        "hint": finding.hint,
    }


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass"))


def _dropped(name: str, total: int, subject: str) -> Finding:
    return Finding(
        check="outputs",
        subject=subject,
        level=Level.WARNING,
        message=f"the output {name} is empty, because all outputs together were {total:,} bytes, not under 1 MiB",
        hint=_ELSEWHERE[name],
    )
