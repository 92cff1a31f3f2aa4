"""A month of sweeps as lines: the first one is whole, each next one says what changed since the one before it.

Each line carries a check of all classes after it. A line whose predecessor was edited or is gone is known by that, and
not read as something that nobody saw.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from chitty_action.state.layout import sweeps_of
from chitty_action.state.lines import encoded, joined, read
from chitty_action.state.sweep import Sweep, SweepLine, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from chitty_action.state.lines import Lines

_NOTHING: Mapping[str, Any] = {}


def read_sweeps(path: str, text: str) -> Lines[Sweep]:
    """Read a month's file; it needs no other."""
    return read(path, text, _Fold(path).sweep)


def written_sweeps(sweeps: Iterable[Sweep], unread: Iterable[str] = ()) -> str | None:
    """Return a month's file with these sweeps, whatever their order."""
    by_key = {sweep.key: sweep for sweep in sorted(sweeps, key=_order)}
    return joined(_lines(sorted(by_key.values(), key=_order)), unread)


def with_sweep(path: str, text: str, sweep: Sweep) -> str | None:
    """Return a month's file with this sweep in its place; the line after it says what changed since this one."""
    found = read_sweeps(path, text)
    known = [line.value for line in found.lines]
    others = [one for one in known if one.key != sweep.key]
    twins = [one for one in known if one.key == sweep.key]
    new = max((*twins, Sweep.read(encoded(sweep))), key=lambda one: (one.at, encoded(one)))
    return written_sweeps((*others, new), found.unread)


class _Fold:
    """Reads lines in their order; sweeps in which nothing changed share what they hold."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._classes = self._counts = _NOTHING
        self._sum = 0

    def sweep(self, text: str) -> Sweep:
        line = SweepLine.read(text)
        if sweeps_of(line.at) != self._path:
            raise ValueError(f"it belongs into {sweeps_of(line.at)}")
        changed, before = (line.changed, self._classes) if line.classes is None else (line.classes, _NOTHING)
        total = _sum_after(self._sum if line.classes is None else 0, before, changed)
        if line.check != _check(total):
            raise ValueError("a line before it is missing or was edited")
        self._classes, self._sum = _after(before, changed), total
        self._counts = self._counts if self._counts == line.counts else line.counts
        tally = _tally(line) | {"counts": self._counts, "latency": line.latency or _NOTHING}
        return Sweep(**tally, classes=self._classes)


def _lines(sweeps: Iterable[Sweep]) -> Iterator[str]:
    before: Mapping[str, str] | None = None
    total = 0
    for sweep in sweeps:
        changed = _changed(before or _NOTHING, sweep.classes)
        total = _sum_after(total, before or _NOTHING, changed)
        is_first = before is None
        yield encoded(
            SweepLine(
                **_tally(sweep),
                classes=sweep.classes if is_first else None,
                changed=_NOTHING if is_first else changed,
                check=_check(total),
            )
        )
        before = sweep.classes


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> Mapping[str, str | None]:
    """Return what has to be told of the classes after a sweep to those who know the ones before it."""
    if before is after:
        return _NOTHING
    return dict.fromkeys(before.keys() - after.keys()) | dict(after.items() - before.items())


def _after(before: Mapping[str, str], changed: Mapping[str, str | None]) -> Mapping[str, str]:
    if not changed:
        return before
    after = {**before, **{name: seen for name, seen in changed.items() if seen is not None}}
    for name in (name for name, seen in changed.items() if seen is None):
        after.pop(name, None)
    return after


def _tally(one: Tally) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Tally.__struct_fields__}


def _order(sweep: Sweep) -> tuple[object, ...]:
    return sweep.at, sweep.key


def _sum_after(total: int, before: Mapping[str, str], changed: Mapping[str, str | None]) -> int:
    """Return a number for all classes that is cheap to know again; it guards against accidents only."""
    for name, seen in changed.items():
        total -= _weight(name, before[name]) if name in before else 0
        total += _weight(name, seen) if seen is not None else 0
    return total


def _check(total: int) -> str:
    return f"{total % 2**32:08x}"


@lru_cache(maxsize=8_192)
def _weight(name: str, seen: str) -> int:
    return int.from_bytes(sha256(f"{name}\0{seen}".encode()).digest()[:4], "big")
