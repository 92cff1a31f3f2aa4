from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from chitty_action.incidents.decide import decide
from chitty_action.incidents.decision import Decision, Rewrite, Settings, Standing, Why
from chitty_action.incidents.memory import Known, Memory, read
from chitty_action.model.incident import Action, Affected, Issue, Kind, Picture
from chitty_action.model.route import Move
from chitty_action.reporting.incident_words import WORDS, duration_told
from chitty_action.reporting.incidents import Page, body, comment, worded, worded_memory
from tests.incidents.github import LOGIN, MONDAY, RUN_URL, GitHub, run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

KIND = Kind.UNHEALTHY_SERVICES
PAGE = Page(MONDAY, RUN_URL, LOGIN)
GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
GITHUB_ACTS_ON = re.compile(
    r"@\w|#\d|\bgh-\d|\b[0-9a-f]{7,40}\b|:[\w+-]+:|https?:|www\.|[<>\[\]`*_~|\\&$]", re.IGNORECASE
)
ACTIVE = [
    "@octocat", "&#64;octocat", "\\@octocat", "#123", "GH-1", "deadbeef", "https://evil.invalid", "www.evil.invalid",
    ":tada:", "**b**", "`", "``", "|", "\\", "\\|", "<b>", "<!--", "-->", "--!>", "[x](y)", "![x](y)", "\n", "\n\n",
    "---", "<!-- chitty-action:end -->", "\n<!-- chitty-action:end -->\n", "\ud800", "\x00", "\u202e", "plain", "+",
]  # fmt: skip

hostile = st.lists(st.sampled_from(ACTIVE) | st.text(max_size=5), max_size=8).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda glue: glue.join(parts))
)
moves = st.builds(Move, *(hostile for _ in Move.__struct_fields__))
cases = st.tuples(hostile, hostile, hostile, st.none() | moves).map(lambda parts: Affected(*parts))
pictures = st.builds(
    Picture,
    st.sampled_from(Kind),
    st.lists(cases, min_size=1, max_size=4, unique_by=lambda one: one.name).map(tuple),
    suppressed=st.lists(hostile, max_size=4).map(tuple),
)


def opened(picture: Picture) -> Decision:
    """Decide about this picture where there is no issue."""
    return decide([picture], [], LOGIN, Settings(run_id="1"), MONDAY)[0]


def inlines(tokens: Iterable[Token]) -> list[Token]:
    """Return every piece of inline Markdown."""
    return [child for token in tokens for child in token.children or []]


def assert_does_nothing(markdown: str) -> None:
    """Only our own run is linked, our own comments and rule are HTML, and plain text means nothing to GitHub."""
    tokens = GFM.parse(markdown)
    children = inlines(tokens)
    assert {token.content.strip() for token in children if token.type == "html_inline"} <= {"<sub>", "</sub>"}
    assert {token.attrs["href"] for token in children if token.type == "link_open"} <= {RUN_URL}
    kinds = {"text", "code_inline", "strong_open", "strong_close", "link_open", "link_close", "html_inline"}
    assert {token.type for token in children} <= kinds
    for token in children:
        assert token.type != "text" or not GITHUB_ACTS_ON.search(token.content)
    blocks = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert blocks <= {"paragraph", "inline", "table", "thead", "tbody", "tr", "th", "td", "html_block", "hr"}


@settings(deadline=None)
@given(pictures)
@example(Picture(KIND, (Affected("\n<!-- chitty-action:end -->\n", "|", "--!>"),)))
def test_no_text_does_anything_in_a_body(picture: Picture) -> None:
    """A real parser sees one table with a row each, no mention, no link, no other block; the memory reads back."""
    decision = opened(picture)
    text = body(decision, PAGE)
    tokens = GFM.parse(text)

    assert_does_nothing(text)
    assert sum(token.type == "tr_open" for token in tokens) == 1 + len(picture.affected)
    assert sum(token.type == "td_open" for token in tokens) == 4 * len(picture.affected)
    memory = read(text, picture.kind)
    assert memory is not None
    assert {known.name for known in memory.known or ()} == {one.name for one in picture.affected}
    assert sum(line.startswith("<!-- chitty-action:end -->") for line in text.split("\n")) == 1
    text.encode()


@settings(deadline=None)
@given(pictures, st.sampled_from(Why))
def test_no_text_does_anything_in_a_comment(picture: Picture, why: Why) -> None:
    """Neither names of who is new nor of who recovered."""
    decision = opened(picture)
    assert_does_nothing(comment(why, replace(decision, recovered=picture.suppressed), PAGE))


@settings(deadline=None, max_examples=5)
@given(st.integers(1, 600), st.integers(0, 600), st.sampled_from(["", "x" * 150, "é@" * 120]), st.integers(0, 50_000))
@example(1_000, 1_000, "", 0)
@example(1, 0, "x" * 10_000, 55_000)
def test_bodies_and_comments_are_cut_by_whole_rows(count: int, children: int, filler: str, below: int) -> None:
    """However many and long: under the limit with people's words whole, and the rest counted."""
    affected = tuple(Affected(f"{number}{filler}", "down", filler) for number in range(count))
    suppressed = tuple(f"{number}{filler}" for number in range(children))
    first = opened(Picture(KIND, affected, suppressed=suppressed))
    theirs = "\n" + "n" * below
    issue = Issue(1, "", body(first, PAGE).rstrip("\n") + theirs, True, LOGIN, "NONE", MONDAY)  # noqa: FBT003 - it is open
    decision = replace(first, issue=issue, steps=(Rewrite(),), recovered=suppressed)
    text = body(decision, PAGE)

    assert len(text.encode()) < 60_000
    assert text.endswith(theirs)
    assert read(text, KIND) is not None
    rows = [line for line in text.split("\n") if line.startswith("| ")][2:]
    more = re.fullmatch(r"\| \+(\d+) more \| \| \| \|", rows[-1])
    assert len(rows) - 1 + int(more[1]) == count if more else len(rows) == count
    assert len(comment(Why.CHANGED, decision, PAGE).encode()) < 60_000


def test_a_body_as_people_read_it() -> None:
    """The verdict first, then who, what to do, when and by which run, and where to write."""
    picture = Picture(
        KIND, (Affected("alpha", "down", "https://alpha.example/health answered 503"),), suppressed=("kid",)
    )

    assert body(opened(picture), PAGE).split("\n<!-- chitty-action:remembered")[0] == (
        "<!-- chitty-action:incident=unhealthy-services -->\n"
        "\n"
        "**1 service is unhealthy.**\n"
        "\n"
        "| Service | State | Since | What was seen |\n"
        "| :-- | :-- | :-- | :-- |\n"
        "| alpha | down | 2026-11-23 06:00 UTC | `https://alpha.example/health` answered 503 |\n"
        "\n"
        "Probably because of this, and not told on their own (1):\n"
        "\n"
        "kid\n"
        "\n"
        "**What to do.** Look at the service's own health address and logs first; then at its last deployment. "
        "A service that is meant to be down belongs into the input `ignore`, with the reason and a date.\n"
        "\n"
        f"Last looked at 2026-11-23 06:00 UTC by [this run]({RUN_URL}).\n"
        "\n"
        "<sub>Managed by chitty-action: write below the line, what stands above it is replaced by every run.</sub>\n"
    )


def test_what_is_ours_is_replaced_without_leaving_a_line() -> None:
    """The whole body is known again as ours, whatever the next run says, and after a browser saved it."""
    github = GitHub()
    run(github, [Picture(KIND, (Affected("alpha", "down", "x"),))], Settings(run_id="1"))
    github.person(1, body=github.issues[1].body.replace("\n", "\r\n"))
    run(github, [Picture(KIND)], Settings(run_id="2"))

    assert "alpha" not in github.issues[1].body
    assert github.issues[1].body.endswith("\n---\n\n<!-- chitty-action:end -->\r\n")


def test_the_title_that_the_design_gives() -> None:
    """And one of that kind for each of the others."""
    assert WORDS[KIND].title == "🚨 Ecosystem Reconciliation: Unhealthy Services Detected"
    assert {words.title.split(":")[0] for words in WORDS.values()} == {"🚨 Ecosystem Reconciliation"}
    assert len({words.title for words in WORDS.values()}) == len(Kind)


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "https://x.example/a) [b](c", "https://x.example/a b"])
def test_only_a_plain_address_is_linked(url: str) -> None:
    """The run's address comes from the environment."""
    text = body(opened(Picture(KIND, (Affected("a", "down"),))), replace(PAGE, run_url=url))

    assert "by a run outside of GitHub." in text


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=25, minutes=2), "1 day and 1 hour"),
        (timedelta(days=2, minutes=5), "2 days and 5 minutes"),
        (-timedelta(days=1), "less than a minute"),
    ],
)
def test_how_long_something_lasted(span: timedelta, told: str) -> None:
    """In the two largest units; clocks may disagree."""
    assert duration_told(MONDAY, MONDAY + span) == told


def test_the_standing_issue_holds_the_memory_of_all_kinds() -> None:
    """Each of them reads back, and too many names do not make it too large."""
    memories = tuple(
        Memory.of(kind, MONDAY, [Known(f"{number}{'x' * 90}", "down", MONDAY) for number in range(130)])
        for kind in Kind
    )
    change = worded_memory(
        Standing(None, memories, is_rewritten=True), replace(PAGE, labels=("loud",), assignees=("me",))
    )
    create, *_ = change.writes
    text = getattr(create, "body", "")

    assert len(text.encode()) < 60_000
    assert change.labels == change.assignees == (), "it is no alarm"
    assert [read(text, kind) for kind in Kind] == [replace(memory, known=None) for memory in memories]


def test_a_decision_without_an_issue_changes_none() -> None:
    """That would be a bug, and is said so."""
    with pytest.raises(ValueError, match="there is no issue"):
        worded(Decision(KIND, Action.UPDATED, steps=(Rewrite(),)), PAGE)
    with pytest.raises(ValueError, match="nothing to remember"):
        body(Decision(KIND, Action.UPDATED), PAGE)
