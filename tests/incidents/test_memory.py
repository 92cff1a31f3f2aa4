from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from chitty_action.incidents.memory import Known, Memory, digest_of, read, write
from chitty_action.model.incident import Kind
from tests.incidents.github import MONDAY

KIND = Kind.UNHEALTHY_SERVICES
HOSTILE = [
    "-->",
    "--!>",
    "--",
    "->",
    "<!--",
    "`",
    "```",
    "\\",
    '"',
    "\n",
    "\r",
    "\x00",
    "\x7f",
    "\ud800",
    "é",
    "@all",
    "#1",
]

hostile = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=4), max_size=8).map("".join)
anything = st.text() | st.lists(st.sampled_from(["<!-- chitty-action:remembered v1", " ", "9", "-->", "{", "}"])).map(
    " ".join
)


def memory_of(*names: str) -> Memory:
    """Remember these names."""
    return Memory.of(KIND, MONDAY, [Known(name, "down", MONDAY) for name in names])


@settings(deadline=None)
@given(st.lists(hostile, unique=True, max_size=5), hostile)
@example(["-->"], "--!>")
@example(["x" * 10_000], "")
def test_any_name_is_remembered_and_ends_nothing(names: list[str], run: str) -> None:
    """It reads back as it was, as one comment of plain ASCII that no name can end."""
    memory = replace(memory_of(*names), run=run, lines="abc")
    block = write(memory)

    assert read(f"<!-- x -->\r\n\r\n{block}\r\nmore", KIND) == memory
    assert block.isascii()
    assert block.isprintable()
    assert "--" not in block.removeprefix("<!--").removesuffix("-->")
    assert ">" not in block.removesuffix("-->")
    assert not {"`", "@", "#", "&"} & set(block)
    tokens = MarkdownIt("commonmark").parse(f"{block}\n\nplain")
    assert [token.type for token in tokens] == ["html_block", "paragraph_open", "inline", "paragraph_close"]


@given(anything)
def test_other_text_is_no_memory(text: str) -> None:
    """Whatever stands in a body, reading it raises nothing."""
    assert read(text, KIND) is None


@settings(deadline=None)
@given(st.data())
def test_a_memory_that_was_changed_anywhere_is_none(data: st.DataObject) -> None:
    """Truncated or edited: half a memory would be worse than none."""
    block = write(memory_of("alpha", "beta"))
    place = data.draw(st.integers(0, len(block) - 1))
    instead = data.draw(st.sampled_from(["", "x", "7", " ", "\n", '"']).filter(lambda text: text != block[place]))

    assert read(block[:place] + instead + block[place + 1 :], KIND) is None
    assert read(block[:place], KIND) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"kind":"unhealthy-services"}',
        '{"kind":"nothing-of-ours","opened":"2026-11-23T06:00:00Z","digest":"","count":0,"known":[]}',
        '{"kind":"unhealthy-services","opened":"2026-11-23T06:00:00","digest":"","count":0,"known":[]}',
        '{"kind":"unhealthy-services","opened":"2026-11-23T06:00:00Z","digest":"","count":-1,"known":[]}',
        "[" * 5_000,
        "1" * 6_000,
        "[]",
        "not JSON",
    ],
)
def test_a_well_made_block_with_another_content_is_none(text: str) -> None:
    """Of another version of ours, or by somebody who read this code: a time without its zone would break arithmetic."""
    digest = sha256(text.encode()).hexdigest()[:16]

    assert read(f"<!-- chitty-action:remembered v1 {len(text)} {digest} {text} -->", KIND) is None


def test_another_version_is_none() -> None:
    """A later version may mean something else by the same words."""
    assert read(write(memory_of("alpha")).replace(" v1 ", " v2 "), KIND) is None


def test_the_first_valid_one_of_the_kind_counts() -> None:
    """A person pasted an old body below, and another kind's, and broke one."""
    other = replace(memory_of("hub"), kind=Kind.HUB_UNREACHABLE)
    broken = write(memory_of("gamma")).replace("gamma", "delta")
    body = "\n".join([broken, write(other), write(memory_of("alpha")), write(memory_of("beta"))])

    assert read(body, KIND) == memory_of("alpha")
    assert read(body, Kind.HUB_UNREACHABLE) == other


def test_too_many_names_leave_digest_and_number() -> None:
    """More than 20 kB of names would leave no room for people."""
    memory = memory_of(*(f"service-{number:04}" for number in range(1_000)))

    assert read(write(memory), KIND) == replace(memory, known=None)
    assert memory.count == 1_000
    assert len(write(memory)) < 500


def test_the_digest_is_of_a_set() -> None:
    """Order does not matter, every name does."""
    assert digest_of(["a", "b"]) == digest_of(["b", "a"])
    assert digest_of(["a", "b"]) != digest_of(["ab"])
    assert digest_of(["\ud800"]) != digest_of(["\ufffd"])
