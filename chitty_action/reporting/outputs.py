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

_EACH_UNHEALTHY = "<name>_unhealthy"
_ELSEWHERE = {
    "discovery": "read the document from ChittyConnect in the step that needs it",
    "findings": "set report-path and read the JSON report",
    _EACH_UNHEALTHY: "read the names from the output unhealthy, or from the JSON report (report-path)",
    "unhealthy": "set report-path and read the JSON report",
    "unproxied": "set report-path and read the JSON report",
}
"""The outputs that can grow without bounds, and where else to find what they hold."""

_GIVEN_UP = (("discovery", "findings"), (_EACH_UNHEALTHY,), ("unhealthy", "unproxied"))
"""In this order; of several, the larger one first."""


class Outputs(Struct, frozen=True):
    """What later steps can read, and a warning for each value that did not fit."""

    values: Mapping[str, str]
    warnings: tuple[Finding, ...] = ()


def outputs(report: Report) -> Outputs:
    """Return the phase's own outputs and those of all phases.

    Where they would be too large together, some are emptied, and if need be all `<name>_unhealthy` are left out.
    """
    values = {
        **report.outputs,
        "verdict": report.verdict,
        "phase": report.phase or "",
        "findings": json.dumps([_plain(finding) for finding in report.findings], separators=(",", ":")),
    }
    warnings: list[Finding] = []
    for together in _GIVEN_UP:
        for name in sorted(together, key=lambda name: -_size(values.get(name, ""))):
            total = sum(_size(key) + _size(value) for key, value in values.items())
            if total > LIMIT and _gave_up(values, name):
                warnings.append(_dropped(name, total, report.subject))
    return Outputs(values, tuple(warnings))


def _gave_up(values: dict[str, str], name: str) -> bool:
    """Empty the output, or leave out those of each unhealthy service; return whether there was anything to give up."""
    if name == _EACH_UNHEALTHY:
        each = [key for key in values if key.endswith(_EACH_UNHEALTHY.removeprefix("<name>"))]
        for key in each:
            del values[key]
        return bool(each)
    held = values.get(name, "") not in {"", "[]"}
    if held:
        values[name] = ""
    return held


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
    what = "there are no outputs <name>_unhealthy" if name == _EACH_UNHEALTHY else f"the output {name} is empty"
    return Finding(
        check="outputs",
        subject=subject,
        level=Level.WARNING,
        message=f"{what}, because all outputs together were {total:,} bytes, not under 1 MiB",
        hint=_ELSEWHERE[name],
    )
