"""Files of lines of JSON: what can be read of them, and what cannot and stays as it is."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from msgspec import Struct, to_builtins
from msgspec.json import Encoder

from chitty_action.model.document import decoded
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
MOST_UNREAD: Final = 200_000
"""Characters of unreadable lines that a file keeps."""
MOST_TOLD: Final = 10
"""Unreadable lines of a file that are told one by one."""
UNREADABLE: Final = (ValueError, OverflowError)
"""What reading somebody's text raises where it is not what it should be."""
_ENCODER: Final = Encoder(order="deterministic")


class Line(Struct, Generic[T], frozen=True):
    """A line that was read.

    `text` is what stands there: a newer version's members are in it, and stay.
    """

    text: str
    value: T


class Lines(Struct, Generic[T], frozen=True):
    """A file that was read.

    Attributes:
        lines: what could be read.
        unread: lines that could not, as they are; they stay at the end of the file, within bounds.
        damaged: a sentence about each of them.
    """

    lines: tuple[Line[T], ...] = ()
    unread: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


def read(path: str, text: str, reader: Callable[[str], T]) -> Lines[T]:
    """Read a file; the reader raises ValueError for what is no line of it."""
    lines: list[Line[T]] = []
    unread: dict[str, str] = {}
    for number, whole in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = whole.strip()
        try:
            if line:
                lines.append(Line(line, reader(line)))
        except UNREADABLE as error:
            unread.setdefault(line, f"line {number} of {path} cannot be read: {one_line(str(error))}")
    sizes = accumulate(map(len, unread))
    kept = tuple(line for line, size in zip(unread, sizes, strict=True) if size <= MOST_UNREAD)
    return Lines(tuple(lines), kept, tuple(_told(path, tuple(unread.values()), len(kept))))


def _told(path: str, sentences: tuple[str, ...], kept: int) -> Iterable[str]:
    yield from sentences[:MOST_TOLD]
    if len(sentences) > MOST_TOLD:
        yield f"{len(sentences) - MOST_TOLD} more lines of {path} cannot be read"
    if len(sentences) > kept:
        yield f"{len(sentences) - kept} unreadable lines of {path} are too much to keep, and go when it is written"


def joined(lines: Iterable[str], unread: Iterable[str] = ()) -> str | None:
    """Return the text of a file; None where there is nothing to keep."""
    return "".join(f"{line}\n" for line in (*lines, *unread)) or None


def encoded(value: object) -> str:
    """Write a value as JSON on one line: equal values, equal text."""
    try:
        return _ENCODER.encode(value).decode()
    except UnicodeEncodeError:  # half of a surrogate pair, from a name that is not UTF-8
        return _ENCODER.encode(decoded(json.dumps(to_builtins(value)), object)).decode()
