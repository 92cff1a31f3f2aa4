from __future__ import annotations

from datetime import UTC, datetime

from chitty_action.model.evidence import Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Kind, Told
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import Phase
from chitty_action.model.sweep import Swept
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


def test_a_sweep_is_counted_and_only_what_is_not_well_has_a_line() -> None:
    """Healthy services are in the counts; the outcomes of each service are not repeated; every line stays a line."""
    report = Report(
        Phase.RECONCILE,
        "chittyos",
        (
            Outcome("service-healthy", "alpha", Status.PASSED, "healthy"),
            Outcome("routes", "hub", Status.PASSED, "none"),
        ),
        started=datetime(2026, 1, 2, tzinfo=UTC),
        sweep=(
            Swept(1, "alpha", Evidence.HEALTHY, "answered 200", proxy=Evidence.DOWN, proxy_reason="answered 502"),
            Swept(2, "be\n::error::ta", Evidence.DOWN, "answered\n503", "https://beta.example/health"),
            Swept(3, "gamma", Evidence.DEGRADED, "ill", since=datetime(2026, 1, 1, tzinfo=UTC)),
            *(Swept(n, f"s{n}", Evidence.BLOCKED, "answered 403") for n in range(4, 16)),
        ),
        incidents=(
            Told(Kind.UNHEALTHY_SERVICES, "https://github.com/a/b/issues/1", "opened"),
            Told(Kind.ROUTE_CONFLICTS, "", "failed"),
            Told(Kind.HUB_UNREACHABLE, "", "unchanged"),
        ),
    )

    assert list(lines(report)) == [
        "reconcile passed · chittyos",
        "15 services: 1 healthy, 1 degraded, 1 down, 12 blocked",
        "incident unhealthy-services: opened https://github.com/a/b/issues/1",
        "incident route-conflicts: failed",
        "❌ be ::error::ta — down (new): https://beta.example/health answered 503",
        "⚠️ gamma — degraded (since 2026-01-01 00:00 UTC): ill",
        "❌ alpha — proxy down: answered 502",
        "ℹ️ 12 blocked: answered 403 (s4, s5, s6, s7, s8, s9, s10, s11, s12, s13 and 2 more)",  # noqa: RUF001 - our icon
        "✅ routes (hub) — none",
    ]
