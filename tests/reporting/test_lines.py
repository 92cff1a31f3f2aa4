from __future__ import annotations

from chitty_action.model.finding import Finding, Level
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import Phase
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


def test_an_outcome_about_somebody_else_says_whom() -> None:
    """Where it is about the one that the report is about, or about nobody, that would be noise."""
    outcomes = tuple(Outcome("x", subject, Status.PASSED, "fine") for subject in ("alpha", "beta\n", ""))

    assert list(lines(Report(Phase.POST, "alpha", outcomes)))[1:] == [
        "✅ x — fine",
        "✅ x (beta) — fine",
        "✅ x — fine",
    ]


def test_long_texts_are_cut_late() -> None:
    """A log has room for a whole sentence of somebody else, and for no more than 2,000 characters of it."""
    finding = Finding("x", "alpha", Level.ERROR, "m" * 3_000, "h" * 3_000)
    outcomes = (Outcome("x", "alpha", Status.FAILED, "s" * 3_000, (finding,)),)
    long = [
        line for line in lines(Report(Phase.POST, "alpha", outcomes, facts=(("f", "v" * 3_000),))) if len(line) > 99
    ]

    assert [line[-2_000:] for line in long] == [character * 1_999 + "…" for character in "vsmh"]
    assert not [line for line in long if len(line) > 2_050]
