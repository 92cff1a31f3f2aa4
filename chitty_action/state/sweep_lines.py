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
        self._before: Sweep | None = None
        self._check = _check({})

    def sweep(self, text: str) -> Sweep:
        line = SweepLine.read(text)
        if sweeps_of(line.at) != self._path:
            raise ValueError(f"it belongs into {sweeps_of(line.at)}")
        classes, check = self._classes(line)
        if check != line.check:
            raise ValueError("a line before it is missing or was edited")
        counts = self._before.counts if self._before and self._before.counts == line.counts else line.counts
        tally = _tally(line) | {"counts": counts, "latency": line.latency or _NOTHING}
        self._before, self._check = Sweep(**tally, classes=classes), check
        return self._before

    def _classes(self, line: SweepLine) -> tuple[Mapping[str, str], str]:
        if line.classes is not None:
            return line.classes, _check(line.classes)
        before = self._before.classes if self._before else _NOTHING
        if not line.changed:
            return before, self._check
        after = {**before, **line.changed}
        classes = {name: seen for name, seen in after.items() if seen is not None}
        return classes, _check(classes)


def _lines(sweeps: Iterable[Sweep]) -> Iterator[str]:
    before: Mapping[str, str] | None = None
    check = ""
    for sweep in sweeps:
        is_same = sweep.classes == before
        check = check if is_same else _check(sweep.classes)
        changed = {} if before is None or is_same else _changed(before, sweep.classes)
        whole = sweep.classes if before is None else None
        yield encoded(SweepLine(**_tally(sweep), classes=whole, changed=changed, check=check))
        before = sweep.classes


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str | None]:
    gone = dict.fromkeys(before.keys() - after.keys())
    return gone | {name: seen for name, seen in after.items() if before.get(name) != seen}


def _tally(one: Tally) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Tally.__struct_fields__}


def _order(sweep: Sweep) -> tuple[object, ...]:
    return sweep.at, sweep.key


def _check(classes: Mapping[str, str]) -> str:
    """Return a number for a set of classes that is cheap to know again; it guards against accidents only."""
    return f"{sum(map(_weight, classes.items())) % 2**32:08x}"


@lru_cache(maxsize=8_192)
def _weight(item: tuple[str, str]) -> int:
    return int.from_bytes(sha256("\0".join(item).encode()).digest()[:4], "big")
