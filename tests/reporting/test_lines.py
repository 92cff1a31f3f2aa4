from __future__ import annotations

from chitty_action.model.finding import Finding, Level
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.reporting.lines import lines


def test_log_tells_what_was_looked_at_and_what_is_wrong() -> None:
    """Each outcome is followed by its findings and their cures; remote text stays on its line."""
    report = Report(
        None,
        "alpha",
        (
            Outcome(
                "service-healthy",
                "alpha",
                Status.FAILED,
                "down\n::error::x",
                (
                    Finding("service-healthy", "alpha", Level.ERROR, "It is\r\nill.", "Cure it."),
                    Finding("service-healthy", "alpha", Level.NOTICE, "It is slow."),
                ),
            ),
            Outcome("status", "alpha", Status.SKIPPED, "not healthy"),
        ),
        facts=(("Service", "https://alpha.chitty.cc"),),
    )

    assert list(lines(report)) == [
        "chitty-action failed · alpha",
        "Service: https://alpha.chitty.cc",
        "❌ service-healthy — down ::error::x",
        "    error: It is ill.",
        "      → Cure it.",
        "    notice: It is slow.",
        "⏭️ status — skipped: not healthy",
    ]
