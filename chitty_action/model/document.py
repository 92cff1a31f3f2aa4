"""A remote document as a frozen value: JSON text in, attributes out, members that nobody asked for ignored."""

from __future__ import annotations

from typing import Self, TypeVar

from msgspec import Struct
from msgspec.json import decode

T = TypeVar("T")


class Document(Struct, frozen=True):
    """A JSON object; its attributes are its members."""

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. Raises ValueError, with what is wrong, for anything of another shape."""
        return decoded(text, cls)

    def told(self) -> str:
        """Say in a few words what the document says."""
        raise NotImplementedError


def decoded(text: bytes | str, kind: type[T]) -> T:
    """Read JSON text as a value of this type. Raises ValueError, with what is wrong."""
    try:
        return decode(text, type=kind)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
