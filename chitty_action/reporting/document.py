"""The whole report as JSON, for `report-path`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec import to_builtins

if TYPE_CHECKING:
    from chitty_action.model.report import Report


def document(report: Report) -> str:
    """Return pretty JSON in ASCII (so that no text in it can break an encoder), ending in a newline.

    `started` is UTC to the second or null, `elapsed` is in seconds.
    """
    content = {
        "phase": report.phase,
        "subject": report.subject,
        "verdict": report.verdict,
        "exit_code": report.exit_code,
        "interrupted": report.interrupted,
        "started": f"{report.started:%Y-%m-%dT%H:%M:%SZ}" if report.started else None,
        "elapsed": round(report.elapsed, 3),
        "facts": [{"label": label, "value": value} for label, value in report.facts],
        "sweep": to_builtins(report.sweep),
        "incidents": to_builtins(report.incidents),
        "routes": to_builtins(report.routes),
        "outcomes": to_builtins(report.outcomes),
        "outputs": dict(report.outputs),
    }
    return json.dumps(content, indent=2) + "\n"
