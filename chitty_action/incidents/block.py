"""Which part of a body is ours: from the marker in its first line to the line that ends it. The rest is people's."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.incidents.memory import Memory
    from chitty_action.model.incident import Kind

STANDING = "<!-- chitty-action:memory -->"
"""First line of the issue that remembers what has no incident yet."""
END = "<!-- chitty-action:end -->"
"""Last line of our part."""

_END = re.compile(rf"^{END}", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\r|\n")  # a browser sends the first, whatever we wrote
_COMMENT = re.compile(r"<!-- chitty-action:(?:(?!-->).)*(?:-->)?")
_DIGITS = 8


def marker(kind: Kind) -> str:
    """Return the first line of an incident."""
    return f"<!-- chitty-action:incident={kind} -->"


def first_line(body: str) -> str:
    """Return it without white space around it."""
    return _LINE_END.split(body, maxsplit=1)[0].strip()


def digests_of(lines: Iterable[str]) -> str:
    """Return short digests of those lines that are not blank, so that they are known again as ours."""
    return "".join(_digest(line) for line in lines if line.strip())


def theirs(body: str, memory: Memory | None, ours_now: str) -> str:
    """Return what people wrote: all that is behind our part as it is, and before it the lines that are not ours.

    Ours are the lines that the memory knows, or that stand in `ours_now`, and our comments.
    """
    found = _END.search(body)
    head, tail = (body[: found.start()], body[found.end() :]) if found else (body, "\n")
    remembered = memory.lines if memory else ""
    known = {remembered[start : start + _DIGITS] for start in range(0, len(remembered), _DIGITS)}
    known |= {_digest(line) for line in ours_now.split("\n")}
    kept = [line for line in _LINE_END.split(head) if not _is_ours(line, known)]
    written = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")
    return f"\n\n{written}\n{tail}" if written.strip() else tail


def _is_ours(line: str, known: set[str]) -> bool:
    return bool(line.strip()) and (_digest(line) in known or _COMMENT.fullmatch(line.strip()) is not None)


def _digest(line: str) -> str:
    return sha256(line.strip().encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
