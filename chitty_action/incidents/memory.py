"""What is remembered of a kind between two runs: a line of JSON inside an HTML comment in the body of its issue."""

from __future__ import annotations

import json
import re
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, convert, to_builtins
from msgspec.structs import replace

from chitty_action.model.document import Document
from chitty_action.model.incident import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_BYTES = 20_000
"""Of names; more are forgotten, and only their digest and number are kept."""

_BLOCK = re.compile(r"<!-- chitty-action:remembered v1 ([0-9]{1,6}) ([0-9a-f]{16}) ([ -~]*?) -->")
_NOT_PLAIN = re.compile(r'[^A-Za-z0-9 _.:,"\[\]{}\\-]|--')
"""What could mean something to HTML, Markdown or GitHub; in our JSON it stands inside strings only."""

Moment = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class Known(Document, frozen=True, array_like=True):
    """A subject that was broken; `since` is None where that was forgotten."""

    name: str
    state: str
    since: Moment | None


class Memory(Document, frozen=True, omit_defaults=True):
    """What is remembered of one kind.

    Attributes:
        kind: which one.
        opened: when this incident began.
        digest: of the names, which are the set that people were told of.
        count: how many names.
        known: the subjects; None where they were too many.
        failing: consecutive failing runs before the incident.
        clean: consecutive clean ones in it.
        run: the run that wrote this; the same one does not count twice.
        is_settled: people were told that it is over, or it was seen to be over after a person had closed it.
        is_overruled: a person closed it as completed while this set was broken, and it was reopened.
        undone: when the closing happened that is being undone by reopening.
        lines: digests of the lines of our part of the body.
    """

    kind: Kind
    opened: Moment
    digest: str
    count: Count
    known: tuple[Known, ...] | None
    failing: Count = 0
    clean: Count = 0
    run: str = ""
    is_settled: bool = False
    is_overruled: bool = False
    undone: Moment | None = None
    lines: str = ""

    @classmethod
    def of(cls, kind: Kind, opened: datetime, known: Iterable[Known] = ()) -> Memory:
        """Remember these subjects and nothing else yet."""
        subjects = tuple(known)
        return cls(kind, opened, digest_of(subject.name for subject in subjects), len(subjects), subjects)


def digest_of(names: Iterable[str]) -> str:
    """Identify a set of names, whatever their order."""
    return _digest(json.dumps(sorted(set(names))))


def write(memory: Memory) -> str:
    """Return the block: one line of printable ASCII that no name can end."""
    if len(_spelled(to_builtins(memory.known))) > MOST_BYTES:
        memory = without_names(memory)
    text = _spelled(to_builtins(memory))
    return f"<!-- chitty-action:remembered v1 {len(text)} {_digest(text)} {text} -->"


def without_names(memory: Memory) -> Memory:
    """Keep only digest and number of the names."""
    return replace(memory, known=None)


def read(body: str, kind: Kind) -> Memory | None:
    """Return the first valid memory of this kind in a body; None where there is none, whatever else stands there."""
    for length, digest, text in _BLOCK.findall(body):
        if int(length) == len(text) and digest == _digest(text):
            memory = _decoded(text)
            if memory is not None and memory.kind is kind:
                return memory
    return None


def _decoded(text: str) -> Memory | None:
    """Decode with the standard library, because names may contain halves of surrogate pairs."""
    try:
        return convert(json.loads(text), Memory)
    except (ValueError, RecursionError):
        return None


def _spelled(value: object) -> str:
    compact = json.dumps(value, separators=(",", ":"))
    return _NOT_PLAIN.sub(lambda found: "".join(f"\\u{ord(one):04x}" for one in found[0]), compact)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
