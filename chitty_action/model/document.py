"""A remote document as a frozen value: JSON text in, attributes out, members that nobody asked for ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from msgspec import Struct
from msgspec.json import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")
DEEPEST = 400
"""Levels of nesting; honest documents have fewer than ten, and a deeper one could not be written again."""


class Document(Struct, frozen=True):
    """A JSON object; its attributes are its members."""

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. Raises ValueError, with what is wrong, for anything of another shape."""
        return decoded(text, cls)

    def told(self) -> str:
        """Say in a few words what the document says."""
        raise NotImplementedError


def is_shallow(value: object) -> bool:
    """Whether a JSON value has at most DEEPEST levels."""
    level = [value]
    for _ in range(DEEPEST):
        level = [child for item in level for child in _children(item)]
        if not level:
            return True
    return False


def _children(value: object) -> Iterable[object]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
        case _:
            return ()


def decoded(text: bytes | str, kind: type[T]) -> T:
    """Read JSON text as a value of this type. Raises ValueError, with what is wrong."""
    try:
        return decode(text, type=kind)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
