from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chitty_action.model.text import one_line
from chitty_action.site.page import embedded
from tests.site.hostile import TEXTS, filled
from tests.site.reading import Element, read

_PIECES = [
    "<",
    ">",
    '"',
    "'",
    "&",
    "&#x3c;",
    "</",
    "<!--",
    "]]>",
    "{{",
    "}}",
    "{%",
    "=",
    "/",
    "`",
    "\x00",
    "\u202e",
    "x",
]
hostile_text = st.lists(st.sampled_from(_PIECES) | st.text(max_size=6), max_size=10).map("".join)


def shape(elements: list[Element]) -> list[tuple[str, frozenset[str]]]:
    """Return what a page is made of, without its texts; only a text's own element may differ, by its title."""
    return [
        (element.tag, frozenset(element.attributes))
        for element in elements
        if element.tag not in {"bdi", "title"} and not element.attributes.keys() & {"datetime"}
    ]


@settings(deadline=None, max_examples=60)
@given(hostile_text)
@example("</script><script>alert(1)</script>")
@example('" onload="alert(1)')
@example("</title></svg><img src=x>")
def test_no_text_changes_what_the_page_is_made_of(text: str) -> None:
    """With any text in every place there are the same elements with the same attributes as with a plain one."""
    assert shape(read(filled("~" + text)).elements) == shape(read(filled("~plain")).elements)


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_texts_are_no_elements(text: str) -> None:
    """The parser finds them again as text."""
    found = read(filled("~" + text))
    assert shape(found.elements) == shape(read(filled("~plain")).elements)
    assert one_line("~" + text, 63) in found.section("health").all("th", scope="row")[0].text


def test_a_long_text_is_clipped_and_whole_in_its_title() -> None:
    """So that it cannot push the rest away, and can still be read."""
    found = read(filled("x" * 500))
    name = found.section("health").all("bdi")[0]
    assert name.text == "x" * 62 + "…"
    assert name.attributes["title"] == "x" * 500


def test_very_long_texts_are_not_repeated_without_end() -> None:
    """Ten kilobytes in every place do not make a megabyte of page; `status.json` has all of them."""
    assert len(read(filled("y" * 10_000)).page) < 300_000


@given(st.text() | st.sampled_from(TEXTS))
def test_embedded_data_cannot_end_its_element(text: str) -> None:
    """Nothing in it looks like HTML, and it reads back as it was."""
    written = embedded({"text": text})
    assert json.loads(written) == {"text": text}
    assert not set(written) & set("<>&\u2028\u2029")
