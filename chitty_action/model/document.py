"""A remote document as a frozen value: JSON text in, attributes out, members that nobody asked for ignored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self, TypeVar

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")
_ESCAPE = re.compile(rb"(?i)\\(?:ud[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}|(ud[89a-f][\da-f]{2})|.)")
"""One escape sequence in JSON text; half of a surrogate pair is the group."""
DEEPEST = 400
"""Levels of nesting; honest documents have fewer than ten, and a deeper one could not be written again."""


class Document(Struct, frozen=True):
    """A JSON object; its attributes are its members."""

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. Raises ValueError, with what is wrong, for anything of another shape."""
        return decoded(text, cls)

    @classmethod
    def complaint(cls, _body: bytes) -> str:
        """Return the words in which an answer without the document says why; empty where their form is not known."""
        return ""

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
    except ValidationError:
        raise
    except DecodeError:
        return decode(_without_halves(text), type=kind)


def _without_halves(text: bytes | str) -> bytes | str:
    """Replace halves of surrogate pairs, which JavaScript writes as they are and msgspec does not read.

    One text that was cut in the middle of an emoji must not make a whole document unreadable.
    """
    raw = text.encode() if isinstance(text, str) else bytes(text)
    return _ESCAPE.sub(lambda escape: rb"\ufffd" if escape[1] else escape[0], raw)
