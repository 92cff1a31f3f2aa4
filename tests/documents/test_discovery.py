from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.documents.discovery import Discovery, Entry

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _listed(*entries: object) -> Discovery:
    return Discovery.read(json.dumps({"services": entries}))


def test_an_entry_is_found_by_its_name() -> None:
    """With where it is and where its health is."""
    document = _listed({"name": "beta"}, {"name": "alpha", "url": " https://a.example ", "health": "/healthz"})
    assert document.entry("alpha") == Entry("alpha", "https://a.example", "/healthz")
    assert document.entry("beta") == Entry("beta", None, None)
    assert document.entry("gamma") is None


def test_the_first_of_two_entries_counts() -> None:
    """A duplicate does not move a service."""
    document = _listed({"name": "alpha", "url": "https://one.example"}, {"name": "alpha", "url": "https://two.example"})
    assert document.entry("alpha") == Entry("alpha", "https://one.example", None)


@pytest.mark.parametrize(
    "stranger", [None, 3, "alpha", ["alpha"], {}, {"name": 3}, {"name": None}, {"name": ["alpha"]}]
)
def test_entries_of_another_shape_are_passed_over(stranger: object) -> None:
    """One broken row does not hide the rest of the document."""
    assert _listed(stranger, {"name": "alpha"}).entry("alpha") == Entry("alpha", None, None)
    assert _listed(stranger).entry("alpha") is None


@pytest.mark.parametrize("value", [None, 3, True, [], {}, "", "  "])
def test_an_address_that_is_no_text_is_not_known(value: object) -> None:
    """Only a text can be an address."""
    assert _listed({"name": "alpha", "url": value, "health": value}).entry("alpha") == Entry("alpha", None, None)


@pytest.mark.parametrize("services", [3, "x", {}, {"alpha": {}}])
def test_services_of_another_shape_make_the_document_unreadable(services: object) -> None:
    """Better no document than one in which nothing is ever listed."""
    with pytest.raises(ValueError, match="services is not a list"):
        Discovery.read(json.dumps({"services": services}))


def test_a_number_beyond_all_bounds_makes_the_document_unreadable() -> None:
    """It could not be written as JSON again."""
    with pytest.raises(ValueError, match="Number out of range"):
        Discovery.read('{"services": [], "load": 1e999}')


@pytest.mark.parametrize("text", ["[]", "3", "null", '"x"', "", "{", '{"a": NaN'])
def test_a_document_that_is_no_object_is_unreadable(text: str) -> None:
    """The output promises an object."""
    with pytest.raises(ValueError, match=r"Expected `object`|JSON is malformed|truncated"):
        Discovery.read(text)


def test_a_document_without_services_is_read() -> None:
    """The deployed hub may list its services elsewhere."""
    document = Discovery.read('{"name": "ChittyOS"}')
    assert document.entry("alpha") is None
    assert document.told() == "lists no services"
    assert _listed({"name": "alpha"}, {}).told() == "lists 2 services"


@given(st.dictionaries(st.text().filter(lambda key: key != "services"), JSON))
def test_the_compact_form_is_one_line_of_ascii_that_says_the_same(document: dict[str, Any]) -> None:
    """It becomes an output, whatever a remote system put into it."""
    compact = Discovery.read(json.dumps(document)).compact()
    assert compact.isascii()
    assert compact.splitlines() == [compact]
    assert json.loads(compact) == document


@given(st.lists(JSON))
def test_no_list_of_services_makes_a_question_fail(services: list[Any]) -> None:
    """Hostile rows are data."""
    entry = _listed(*services).entry("alpha")
    assert entry is None or entry.name == "alpha"
