from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chitty_action.model.finding import Finding, Level
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import Phase
from chitty_action.reporting.summary import summary

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HARMLESS_BLOCKS = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "bullet_list_open", "bullet_list_close",
    "list_item_open", "list_item_close", "table_open", "table_close", "thead_open", "thead_close", "tbody_open",
    "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close", "inline",
}  # fmt: skip
HARMLESS_INLINES = {"text", "code_inline", "strong_open", "strong_close", "hardbreak", "softbreak", "html_inline"}


def finding(
    level: Level = Level.WARNING, message: str = "It is ill.", hint: str = "", subject: str = "alpha"
) -> Finding:
    """Find something about the service."""
    return Finding("service-healthy", subject, level, message, hint)


def outcome(status: Status, seen: str, *findings: Finding, subject: str = "alpha") -> Outcome:
    """Say how the check ended."""
    return Outcome("service-healthy", subject, status, seen, findings)


def test_a_good_run_is_told_in_a_few_lines() -> None:
    """Verdict, facts, what was looked at, duration; no section that is empty."""
    report = Report(
        Phase.PRE,
        "alpha",
        (outcome(Status.PASSED, "healthy"), outcome(Status.SKIPPED, "no HTTP")),
        facts=(("Hub", "https://connect.chitty.cc"),),
        started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        elapsed=1.26,
    )

    assert summary(report) == (
        "## ✅ pre passed · alpha\n\n"
        "**1 passed · 1 skipped**\n\n"
        "- Hub: `https://connect.chitty.cc`\n\n"
        "### What was looked at\n\n"
        "|  | Check | What was seen |\n"
        "| :-- | :-- | :-- |\n"
        "| ✅ | service-healthy | healthy |\n"
        "| ⏭️ | service-healthy | skipped: no HTTP |\n\n"
        "<sub>Took 1.3 s, started 2026-01-02 03:04:05 UTC</sub>\n"
    )


def test_a_run_that_did_nothing_has_no_empty_parts() -> None:
    """Bad inputs are known before anything was looked at, and before any clock runs."""
    assert summary(Report(None, "", (), exit_code_override=2)) == (
        "## ❌ chitty-action failed · bad inputs\n\n<sub>Took 0.0 s</sub>\n"
    )


def test_facts_are_a_list() -> None:
    """One line each."""
    report = Report(Phase.PRE, "alpha", (), facts=(("Hub", "ours"), ("Service", "theirs")))

    assert "\n\n- Hub: ours\n- Service: theirs\n\n" in summary(report)


def test_findings_come_worst_first_with_their_cure() -> None:
    """Under a heading of their own, before the table; the subject only where it is another one."""
    report = Report(
        Phase.POST,
        "alpha",
        (
            outcome(Status.WARNED, "odd", finding(hint="Look at its log.")),
            outcome(Status.FAILED, "down", finding(Level.ERROR, subject="beta"), finding(Level.NOTICE, subject="")),
        ),
    )

    assert (
        "### What is wrong\n\n"
        "|  | Check | What | What to do |\n"
        "| :-- | :-- | :-- | :-- |\n"
        "| ❌ | **service-healthy** (beta) | It is ill. |  |\n"
        "| ⚠️ | **service-healthy** | It is ill. | Look at its log. |\n"
        "| ℹ️ | **service-healthy** | It is ill. |  |\n\n"  # noqa: RUF001 - the icon of a notice
    ) in summary(report)


def test_notices_alone_are_not_called_wrong() -> None:
    """A run with nothing but notices passed."""
    text = summary(Report(Phase.PRE, "alpha", (outcome(Status.NOTED, "new", finding(Level.NOTICE)),)))

    assert text.startswith("## ✅ pre passed")
    assert "\n\n### Worth knowing\n\n" in text


def test_subjects_have_a_column_where_they_differ() -> None:
    """A report about several services says which row is about whom."""
    text = summary(Report(Phase.RECONCILE, "", (outcome(Status.PASSED, "healthy", subject="beta"),)))

    assert "|  | Check | Subject | What was seen |" in text
    assert "| ✅ | service-healthy | beta | healthy |" in text


def test_heading_says_why_a_run_ended_otherwise() -> None:
    """Bad inputs, bugs and interruptions are named, also where the phase is not known."""
    assert summary(Report(None, "", (), exit_code_override=2)).startswith("## ❌ chitty-action failed · bad inputs\n")
    assert summary(Report(Phase.PRE, "a", (), exit_code_override=3)).startswith(
        "## ❌ pre failed · a · a bug in chitty-action\n"
    )
    assert summary(Report(Phase.PRE, "a", (), interrupted=True)).startswith("## ❌ pre failed · a · interrupted\n")


def test_summary_stays_under_its_limit() -> None:
    """Thousands of long findings and rows are cut between rows, and both sections say how many are missing."""
    row = outcome(Status.WARNED, "😀" * 300, finding(message="ø" * 900, hint="`" * 900))
    text = summary(Report(Phase.RECONCILE, "", (row,) * 500))

    assert 900_000 < len(text.encode()) < 1_000_000
    wrong, looked_at = text.split("### What was looked at")
    items = re.findall(r"^\| ⚠️ .* \|$", wrong, re.MULTILINE)
    rows = re.findall(r"^\| ⚠️ .* \|$", looked_at, re.MULTILINE)
    assert f"\n| +{500 - len(items)} more | | | |\n\n" in wrong
    assert f"\n| +{500 - len(rows)} more | | | |\n\n<sub>" in looked_at


def test_many_facts_leave_less_room_for_the_tables() -> None:
    """The limit is that of the whole page."""
    row = outcome(Status.WARNED, "😀" * 999, finding(message="😀" * 999))
    text = summary(Report(Phase.RECONCILE, "", (row,) * 150, facts=(("Service", "😀" * 999),) * 100))

    assert 900_000 < len(text.encode()) < 1_000_000


@settings(deadline=None)
@given(st.text(max_size=60) | st.sampled_from(["```\n<b>@a|", "\n\n# x\n<!--", "</sub>\n|-|\n| |", "1. ![a](b)"]))
def test_hostile_text_adds_nothing_to_the_page(text: str) -> None:
    """Wherever remote text stands, the page has the same blocks as with harmless text, and only our own HTML."""
    page, reference = (
        GFM.parse(
            summary(
                Report(
                    Phase.POST,
                    f"a{content}",
                    (
                        outcome(
                            Status.WARNED, f"a{content}", finding(message=content, hint=f"a{content}", subject=content)
                        ),
                    ),
                    facts=((f"a{content}", content),),
                )
            )
        )
        for content in (text, "harmless")
    )

    assert [block.type for block in page if block.type != "inline"] == [
        block.type for block in reference if block.type != "inline"
    ]
    assert {block.type for block in page} <= HARMLESS_BLOCKS
    inlines = [child for block in page for child in block.children or []]
    assert {inline.type for inline in inlines} <= HARMLESS_INLINES
    assert [inline.content for inline in inlines if inline.type == "html_inline"] == ["<sub>", "</sub>"]
