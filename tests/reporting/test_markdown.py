from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chitty_action.model.text import one_line
from chitty_action.reporting.markdown import cut, prose, size, table

if TYPE_CHECKING:
    from markdown_it.token import Token

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

ACTIVE = [
    "@octocat", "&#64;octocat", "\\@octocat", "#123", "GH-1", "gh-22", "owner/repo#1", "deadbeef", "0123456789abcdef",
    "https://evil.invalid/?a=b", "www.evil.invalid", "www.1", "evil.invalid", "me@evil.invalid", ":tada:", "a:b:c",
    "**b**", "_i_",
    "~~s~~", "`", "``", "```", "a``", "|", "\\", "\\|", "\\\\|", "||", "<b>", "<!--", "-->", "</sub>", "&amp;", "$x$",
    "[x](javascript:a)", "![x](y)", "[^1]", "- [ ]", "1.", "2)", "-", "+", "*", "#", ">", "===", "---", "|--|", "    ",
    "\r\n", "\n\n", "\t", "\x00", "\x1b[31m", "\u202e", "\u200b", "\ud800", "plain", "words.", "(so)", "colon:", "é",
    "“", "”",
]  # fmt: skip

hostile = st.lists(st.sampled_from(ACTIVE) | st.text(max_size=5), max_size=12).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda glue: glue.join(parts))
)

# What GitHub acts on in text outside of code; deliberately not the rule of the implementation.
GITHUB_ACTS_ON = re.compile(
    r"@\w|#\d|\bgh-\d|\b[0-9a-f]{7,40}\b|:[\w+-]+:|https?:|ftp:|www\.|\w\.[a-z]{2}|[<>\[\]`*_~|\\&$]", re.IGNORECASE
)


def read_back(markdown: str) -> tuple[str, str]:
    """Return the text of one paragraph of text and code spans, and the part of it that is not code."""
    if not markdown:
        return "", ""
    blocks = GFM.parse(markdown)
    assert [block.type for block in blocks] == ["paragraph_open", "inline", "paragraph_close"]
    return _inline(blocks[1].children or [])


def _inline(children: list[Token]) -> tuple[str, str]:
    assert {child.type for child in children} <= {"text", "code_inline"}
    whole = "".join(child.content for child in children)
    plain = "\n".join(child.content for child in children if child.type == "text")
    return whole, plain


@settings(deadline=None)
@given(hostile)
@example("1. list")
@example("- list")
@example("=== ---")
@example("``` fence")
def test_prose_reads_back_as_the_text_and_does_nothing(text: str) -> None:
    """Whatever the text, its Markdown is that text, folded, without an active element."""
    whole, plain = read_back(prose(text))

    assert whole == one_line(text, 1000)
    assert not GITHUB_ACTS_ON.search(plain)


@pytest.mark.parametrize("word", ACTIVE)
def test_every_active_word_is_disarmed(word: str) -> None:
    """At the beginning, in the middle of a sentence and inside a word."""
    for text in (f"{word} follows", f"before {word} after", f"before({word})after"):
        whole, plain = read_back(prose(text))

        assert whole == one_line(text, 1000)
        assert not GITHUB_ACTS_ON.search(plain)


@settings(deadline=None)
@given(st.lists(st.tuples(hostile, hostile), min_size=1, max_size=4))
def test_table_cells_read_back_as_the_texts(rows: list[tuple[str, str]]) -> None:
    """No text breaks out of its cell; only a backslash before a pipe gains a space, as documented."""
    blocks = GFM.parse(table(["a", "b"], [[prose(cell) for cell in row] for row in rows], 1_000_000))
    seen = [
        _inline(blocks[number + 1].children or [])[0] for number, block in enumerate(blocks) if block.type == "td_open"
    ]

    assert seen == [one_line(cell, 1000).replace("\\|", "\\ |") for row in rows for cell in row]
    assert blocks[-1].type == "table_close"


@pytest.mark.parametrize(
    "text",
    [
        "ChittyRegister did not take the registration: it answered 503 four times.",
        "took 12.5 s (3 tries), 50% more than version 1.4.2-rc.1",
        "the service isn't registered; will it be?",
        "größer — naïve → 你好",
    ],
)
def test_sentences_stay_as_they_are(text: str) -> None:
    """An ordinary sentence has no code spans."""
    assert prose(text) == text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("asked https://a.invalid/x, then stopped", "asked `https://a.invalid/x`, then stopped"),
        ("by @a and #1 and @b @c.", "by `@a` and `#1` and `@b @c`."),
        ("... well", "`...` well"),
        ("a ` b", "a `` ` `` b"),
        ("answered 422 “no such thing @all”, once", "answered 422 `“no such thing @all”`, once"),
    ],
)
def test_risky_words_go_into_code_spans(text: str, markdown: str) -> None:
    """Neighbours share a span, and closing punctuation stays outside."""
    assert prose(text) == markdown


def test_cut_keeps_what_fits_and_counts_the_others() -> None:
    """The line that counts is part of the room."""
    kept = cut(["é" * 10] * 10, 100, "+{} more")

    assert kept == [*["é" * 10] * 4, "+6 more"]
    assert size(kept) <= 100


def test_cut_uses_its_room_to_the_last_byte() -> None:
    """Room is kept for the longest number that may have to be told."""
    assert cut(["ab"] * 100, 19, "+{} more") == [*["ab"] * 3, "+97 more"]
    assert cut(["ab"] * 100, 18, "+{} more") == [*["ab"] * 2, "+98 more"]


def test_cut_leaves_alone_what_fits() -> None:
    """Nothing is counted where nothing is cut."""
    assert cut(["a", "b"], 4, "+{} more") == ["a", "b"]


def test_table_is_cut_between_rows() -> None:
    """What does not fit is one last row of the same table."""
    text = table(["", "b"], [["x", "y"]] * 1000, 500)

    assert len(text.encode()) <= 500
    assert text.splitlines()[:3] == ["|  | b |", "| :-- | :-- |", "| x | y |"]
    assert re.fullmatch(r"\| \+\d{3} more \| \|", text.splitlines()[-1])
