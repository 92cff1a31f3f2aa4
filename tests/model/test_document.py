from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.model.document import DEEPEST, decoded, is_shallow

if TYPE_CHECKING:
    from collections.abc import Callable


def _nested(levels: int, wrapped: Callable[[object], object]) -> object:
    """Return an empty list in so many levels of something, itself the last."""
    value: object = []
    for _ in range(levels - 1):
        value = wrapped(value)
    return value


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda value: [value],
        lambda value: {"a": value},
        lambda value: [1, {}, value],
        lambda value: {"a": 1, "b": value},
    ],
)
def test_depth_is_bounded_whatever_makes_it(wrapped: Callable[[object], object]) -> None:
    """Lists and objects count alike, and it is the deepest of them that counts."""
    assert is_shallow(_nested(DEEPEST, wrapped))
    assert not is_shallow(_nested(DEEPEST + 1, wrapped))


@pytest.mark.parametrize("value", [None, True, 1, "text", [], {}])
def test_a_value_without_parts_is_shallow(value: object) -> None:
    """It is its own only level."""
    assert is_shallow(value)


def test_text_that_would_exhaust_the_reader_is_refused() -> None:
    """As any other document that cannot be used."""
    with pytest.raises(ValueError, match=r"^it is nested too deeply$"):
        decoded(b"[" * 100_000 + b"]" * 100_000, object)
