from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chitty_action.model.evidence import Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Kind, Told
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import Phase
from chitty_action.model.sweep import Swept
from chitty_action.reporting.summary import summary

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ISSUE = "https://github.com/chittyos/chittyconnect/issues/42"
ACTIVE = {"link_open", "image", "html_inline", "em_open", "s_open"}


def report(*sweep: Swept, told: tuple[Told, ...] = (), findings: tuple[Finding, ...] = ()) -> Report:
    """Report a sweep and the findings about the run."""
    outcomes = (Outcome("service-list", "chittyos", Status.WARNED, "read", findings),)
    return Report(Phase.RECONCILE, "chittyos", outcomes, started=NOW, elapsed=2.5, sweep=sweep, incidents=told)


def down(name: str, since: datetime | None = None) -> Swept:
    """See a service down."""
    return Swept(1, name, Evidence.DOWN, "answered 503", f"https://{name}.example/health", since=since)


def test_a_sweep_is_told_from_the_verdict_to_the_whole_table() -> None:
    """What is wrong and who is broken come before what is only worth knowing, and everybody at the end."""
    found = (
        Finding("service-list", "chittyos", Level.WARNING, "A row has no name.", "Correct it."),
        Finding("incidents", "chittyos", Level.ERROR, "GitHub was not told.", "Grant it."),
    )
    told = (Told(Kind.UNHEALTHY_SERVICES, ISSUE, "opened"), Told(Kind.HUB_UNREACHABLE, "", "unchanged"))
    swept = report(
        Swept(1, "beta", Evidence.HEALTHY, "answered 200", "https://beta.example/health", 0.042, Evidence.HEALTHY),
        down("alpha"),
        down("gamma", NOW - timedelta(days=1)),
        Swept(4, "row 4", Evidence.SKIPPED, "no usable name"),
        told=told,
        findings=found,
    )

    assert summary(swept) == (
        "## ❌ reconcile failed · chittyos\n\n"
        "**4 services: 1 healthy, 2 down, 1 skipped**\n\n"
        "### Incidents\n\n"
        "| Incident | What became of it | Issue |\n"
        "| :-- | :-- | :-- |\n"
        f"| unhealthy-services | **opened** | [#42]({ISSUE}) |\n\n"
        "### What is wrong\n\n"
        "|  | Check | What | What to do |\n"
        "| :-- | :-- | :-- | :-- |\n"
        "| ❌ | **incidents** | GitHub was not told. | Grant it. |\n\n"
        "### What is broken\n\n"
        "|  | Service | Class | Since | What was seen |\n"
        "| :-- | :-- | :-- | :-- | :-- |\n"
        "| ❌ | alpha | down | new | `https://alpha.example/health` answered 503 |\n"
        "| ❌ | gamma | down | 2026-01-01 03:04 UTC | `https://gamma.example/health` answered 503 |\n\n"
        "### New since last time\n\n"
        "|  | Class | How many | Services |\n"
        "| :-- | :-- | :-- | :-- |\n"
        "| ❌ | down | 1 | alpha |\n\n"
        "### Worth knowing\n\n"
        "|  | Check | What | What to do |\n"
        "| :-- | :-- | :-- | :-- |\n"
        "| ⚠️ | **service-list** | A row has no name. | Correct it. |\n\n"
        "### Not judged, and why\n\n"
        "|  | Class | How many | Why | Services |\n"
        "| :-- | :-- | :-- | :-- | :-- |\n"
        "| ⏭️ | skipped | 1 | no usable name | row 4 |\n\n"
        "### All services\n\n"
        "|  | Service | Class | Latency | Proxy |\n"
        "| :-- | :-- | :-- | :-- | :-- |\n"
        "| ❌ | alpha | down |  | not judged |\n"
        "| ✅ | beta | healthy | 42 ms | healthy |\n"
        "| ❌ | gamma | down |  | not judged |\n"
        "| ⏭️ | row 4 | skipped |  | not judged |\n\n"
        "### What was looked at\n\n"
        "|  | Check | What was seen |\n"
        "| :-- | :-- | :-- |\n"
        "| ⚠️ | service-list | read |\n\n"
        "<sub>Took 2.5 s, started 2026-01-02 03:04:05 UTC</sub>\n"
    )


def test_a_healthy_sweep_has_no_empty_sections() -> None:
    """The counts, the table, and what was looked at."""
    text = summary(report(Swept(1, "beta", Evidence.HEALTHY, "answered 200")))

    assert re.findall("^### .*", text, re.MULTILINE) == ["### All services", "### What was looked at"]


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        (None, "All of these services are newly broken."),
        (NOW - timedelta(1), "None of these services is newly broken."),
    ],
)
def test_where_all_or_none_is_new_one_sentence_says_so(since: datetime | None, sentence: str) -> None:
    """The same table twice helps nobody."""
    text = summary(report(down("alpha", since), down("beta", since)))

    assert f"\n\n{sentence}\n\n" in text
    assert "### New" not in text


def test_incidents_are_told_without_a_sweep_too() -> None:
    """A run that could not read the list may still know of one."""
    text = summary(report(told=(Told(Kind.HUB_UNREACHABLE, ISSUE, "unchanged"),)))

    assert f"| hub-unreachable | **unchanged** | [#42]({ISSUE}) |" in text


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://evil.example/chittyos/chittyconnect/issues/42", "https://github.com"),
        ("https://github.com.evil.example/a/b/issues/42", "https://github.com"),
        ("https://github.com/a/b/issues/42)[x](https://evil.example", "https://github.com"),
        ("https://github.com/a/b/issues/42\n", "https://github.com"),
        ("https://github.com/a/b/pull/42", "https://github.com"),
        ("http://ghe.example/a/b/issues/42", "http://ghe.example"),
        (ISSUE, "https://ghe.example"),
        ("https://githubXcom/a/b/issues/42", "https://github.com"),
    ],
)
def test_only_an_issue_on_githubs_own_server_is_a_link(url: str, server: str) -> None:
    """Anything else is text."""
    page = GFM.parse(summary(report(told=(Told(Kind.PROXY_FAILURES, url, "opened"),)), server))

    assert not {child.type for block in page for child in block.children or []} & {"link_open", "image"}


def test_an_issue_on_another_server_is_a_link_there() -> None:
    """GitHub Enterprise has addresses of its own."""
    url = "https://ghe.example/a_b/c.d/issues/7"

    assert f"[#7]({url})" in summary(report(told=(Told(Kind.PROXY_FAILURES, url, "opened"),)), "https://ghe.example")


def test_a_group_names_the_first_and_counts_the_rest() -> None:
    """A thousand names in one cell cannot be read; the table of all services has them."""
    text = summary(report(*(Swept(n, f"s{n}", Evidence.BLOCKED, "answered 403") for n in range(1_023))))

    assert re.search(
        r"^\| \S+ \| blocked \| 1,023 \| answered 403 \| s0, .*, s19 and 1,003 more \|$", text, re.MULTILINE
    )


def test_a_huge_sweep_stays_under_the_limit() -> None:
    """Every section is cut between rows and counts what is missing; the errors and the foot are there."""
    hostile = "😀`|" * 300
    swept = [
        Swept(n, f"{n}{hostile}", evidence, f"{n}{hostile}", hostile, 0.1, Evidence.DOWN, hostile)
        for n in range(250)
        for evidence in Evidence
    ]
    found = tuple(Finding("a", "b", level, hostile, hostile) for level in Level for _ in range(400))
    text = summary(report(*swept, findings=found, told=(Told(Kind.PROXY_FAILURES, hostile, "failed"),)))

    assert 900_000 < len(text.encode()) < 1_000_000
    sections = re.split("^### (.*)", text, flags=re.MULTILINE)
    titles, bodies = sections[1::2], sections[2::2]
    assert titles == [
        "Incidents", "What is wrong", "What is broken", "Worth knowing", "Not judged, and why", "All services",
        "What was looked at",
    ]  # fmt: skip
    for body in bodies[1:-1]:
        assert re.search(r"^\| \+\d+ more \|", body, re.MULTILINE)
    assert text.endswith("UTC</sub>\n")


@settings(deadline=None)
@given(
    st.text(max_size=60) | st.sampled_from(["```\n<b>@a|", "\n\n# x\n<!--", "</sub>\n|-|\n| |", "1. ![a](b)", "#1 a#2"])
)
def test_hostile_names_add_nothing_to_the_page(text: str) -> None:
    """Wherever text of others stands, the page has the same blocks as with a harmless name, and nothing active."""
    page, reference = (
        GFM.parse(
            summary(
                report(
                    *(
                        Swept(n, content, evidence, content, f"https://{content}", 0.1, proxy, f"a{content}", since)
                        for n, evidence in enumerate(Evidence)
                        for proxy in (None, Evidence.DOWN, Evidence.BLOCKED)
                        for since in (None, NOW - timedelta(days=1))
                    ),
                    told=(Told(Kind.PROXY_FAILURES, f"https://github.com/{content}", f"x{content}"),),
                )
            )
        )
        for content in (text, "harmless")
    )

    blocks, expected = ([block.type for block in parsed if block.type != "inline"] for parsed in (page, reference))
    assert blocks == expected
    inlines = [child for block in page for child in block.children or []]
    assert [child.content for child in inlines if child.type in ACTIVE] == ["<sub>", "</sub>"]
