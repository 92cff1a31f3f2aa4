from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.documents.refusal import Refusal


def _of(document: object) -> Refusal:
    return Refusal.of(json.dumps(document).encode())


@pytest.mark.parametrize(
    "document",
    [
        {"success": False, "errors": ["Service name already registered"]},
        {"success": False, "error": "Service name already registered"},
        {"errors": [" service name ALREADY registered "]},
    ],
)
def test_a_known_service_is_told_by_the_words_of_the_gatekeeper(document: object) -> None:
    """Its status is that of any other refusal."""
    assert _of(document).is_known_already


@pytest.mark.parametrize(
    "document",
    [{"errors": ["name: already registered elsewhere"]}, {"errors": [["Service name already registered"]]}, []],
)
def test_other_words_are_not_success(document: object) -> None:
    """A success that was not said is not claimed."""
    assert not _of(document).is_known_already


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [(1800, 1800), (0, 0), (2.5, 2), (-1, None), ("60", 60), ("soon", None), (True, None), (10**30, None)],
)
def test_a_used_up_budget_is_told_in_the_body(wait: object, seconds: int | None) -> None:
    """Whatever the HTTP status; how long to wait counts only when it is a number of seconds."""
    refusal = _of({"error": "rate_limit_exceeded", "retry_after_seconds": wait})
    assert refusal.is_rate_limit
    assert refusal.retry_after == seconds


@given(
    st.binary()
    | st.recursive(st.none() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_any_body_can_be_read(body: Any) -> None:  # noqa: ANN401  # anything at all
    """What is not a refusal says nothing."""
    refusal = Refusal.of(body) if isinstance(body, bytes) else Refusal.of(json.dumps(body).encode())
    assert not refusal.is_known_already
