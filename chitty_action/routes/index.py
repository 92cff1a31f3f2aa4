"""The claims of one zone by host and path, so that whoever meets a claim is found without looking at all the others.

Of two patterns that meet, one host is the end of the other, and one path is the beginning of the other. So a claim is
met by those in its own host's shelf and in the shelves of wildcards that its host ends in: one look for each length
that occurs. A pair is found from the side of the narrower host, or within one shelf from that of the narrower path.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.routes.law import decided
from chitty_action.routes.ownership import family_of
from chitty_action.routes.pattern import matches, meet, target_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chitty_action.model.route import Answer, Claim

KEPT = 16
"""Claims that are kept of many that meet one; all are counted."""
_AFTER_ALL = "\x7f"
"""Sorts after every character of a path."""


def owner_of(claim: Claim) -> str:
    """Return to whom a claim belongs, the environments of a Worker as one; empty for a null route."""
    return family_of(claim.worker) if claim.worker else ""


class Met(Struct, frozen=True):
    """Claims that meet one, all in the same way: the first few, and how many more."""

    claims: tuple[Claim, ...]
    more: int = 0


class Index:
    """All claims of one zone."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        """Sort them in."""
        self._answers: dict[str, Answer] = {}
        self._shelves: dict[tuple[bool, str], _Shelf] = {}
        for claim in claims:
            host = claim.pattern.any_host, claim.pattern.host
            self._shelves.setdefault(host, _Shelf()).put(claim)
        self._ends = sorted({len(host) for any_host, host in self._shelves if any_host})
        for shelf in self._shelves.values():
            shelf.close()

    def answer(self, url: str) -> Answer:
        """Say who answers a URL. Raises ValueError where it is none."""
        if url not in self._answers:
            self._answers[url] = self._decided(url)
        return self._answers[url]

    def _decided(self, url: str) -> Answer:
        target = target_of(url)
        shelves = [*self._wildcards(target.host), *self._own(target.host)]
        found = (claim for shelf in shelves for claim in shelf.beginnings(target.path, with_exact=True))
        return decided(claim for claim in found if matches(claim.pattern, target))

    def equals(self) -> Iterator[list[Claim]]:
        """Yield the claims that have one and the same pattern, where there are several."""
        for shelf in self._shelves.values():
            yield from shelf.equals()

    def met_by(self, claim: Claim) -> Iterator[Met]:
        """Yield who meets a claim of those that are not narrower and not its equals; each pair once, from one side."""
        pattern = claim.pattern
        own = self._shelves[pattern.any_host, pattern.host]
        for other in own.beginnings(pattern.path, with_exact=not pattern.any_path):
            if _is_another(other, claim) and own.is_first(other, claim):
                yield Met((other,))
        for shelf in self._wildcards(pattern.host, shorter_only=pattern.any_host):
            for other in shelf.beginnings(pattern.path, with_exact=True):
                if _is_another(other, claim):
                    yield Met((other,))
            if pattern.any_path:
                yield from shelf.behind(claim)

    def _own(self, host: str) -> Iterator[_Shelf]:
        if shelf := self._shelves.get((False, host)):
            yield shelf

    def _wildcards(self, host: str, *, shorter_only: bool = False) -> Iterator[_Shelf]:
        for length in self._ends:
            if length > len(host) or (shorter_only and length == len(host)):
                return
            if shelf := self._shelves.get((True, host[len(host) - length :])):
                yield shelf


def _is_another(other: Claim, claim: Claim) -> bool:
    """Whether a claim that was found is not the claim itself, has another pattern, and meets it."""
    return other is not claim and other.pattern != claim.pattern and meet(other.pattern, claim.pattern)


class _Shelf:
    """The claims of one host, or of one wildcard."""

    def __init__(self) -> None:
        self._open: dict[str, list[Claim]] = {}
        self._exact: dict[str, list[Claim]] = {}
        self._places: dict[int, int] = {}

    def put(self, claim: Claim) -> None:
        cells = self._open if claim.pattern.any_path else self._exact
        cells.setdefault(claim.pattern.path, []).append(claim)
        self._places[id(claim)] = len(self._places)

    def close(self) -> None:
        """Sort, once all are there."""
        self._lengths = sorted({len(path) for path in self._open})
        alike: dict[tuple[str | None, bool], list[Claim]] = {}
        for cell in (*self._open.values(), *self._exact.values()):
            for claim in cell:
                alike.setdefault((claim.pattern.scheme, claim.worker is None), []).append(claim)
        self._rows = {key: _Row(claims) for key, claims in alike.items()}

    def is_first(self, other: Claim, claim: Claim) -> bool:
        """Whether a pair is to be told from the side of `claim`: it is narrower, or as narrow and came later."""
        one, two = other.pattern, claim.pattern
        is_as_narrow = one.path == two.path and one.any_path == two.any_path
        return not is_as_narrow or self._places[id(other)] < self._places[id(claim)]

    def equals(self) -> Iterator[list[Claim]]:
        for cell in (*self._open.values(), *self._exact.values()):
            if len(cell) > 1:
                by_scheme: dict[str | None, list[Claim]] = {}
                for claim in cell:
                    by_scheme.setdefault(claim.pattern.scheme, []).append(claim)
                yield from (claims for claims in by_scheme.values() if len(claims) > 1)

    def beginnings(self, path: str, *, with_exact: bool) -> Iterator[Claim]:
        """Yield the claims to all that begins with a beginning of a path, and those to exactly this one."""
        for length in self._lengths:
            if length > len(path):
                break
            yield from self._open.get(path[:length], ())
        if with_exact:
            yield from self._exact.get(path, ())

    def behind(self, claim: Claim) -> Iterator[Met]:
        """Yield the claims of others to longer paths that begin with that of a claim, those of one row at once."""
        scheme = claim.pattern.scheme
        for (other, _), row in self._rows.items():
            if (None in {scheme, other} or scheme == other) and (met := row.behind(claim)):
                yield met


class _Row:
    """Claims of one shelf that stand alike to any claim before them: of one scheme, with a Worker or without."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._claims = sorted(claims, key=lambda claim: claim.pattern.path)
        self._paths = [claim.pattern.path for claim in self._claims]
        self._owners = [owner_of(claim) for claim in self._claims]
        self._next = _next_of_another(self._owners)
        self._by_owner: dict[str, list[str]] = {}
        for path, owner in zip(self._paths, self._owners, strict=True):
            self._by_owner.setdefault(owner, []).append(path)

    def behind(self, claim: Claim) -> Met | None:
        """Return those of others behind a claim: the first few, and how many more."""
        owner, path = owner_of(claim), claim.pattern.path
        begin, end = _span(self._paths, path)
        own_begin, own_end = _span(self._by_owner.get(owner, []), path)
        count = (end - begin) - (own_end - own_begin)
        if not count:
            return None
        found: list[Claim] = []
        place = begin
        while len(found) < min(KEPT, count):
            if self._owners[place] == owner:
                place = self._next[place]  # past all of the same owner at once
            else:
                found.append(self._claims[place])
                place += 1
        return Met(tuple(found), count - len(found))


def _span(paths: list[str], beginning: str) -> tuple[int, int]:
    """Return where the longer paths are that begin so."""
    return bisect_right(paths, beginning), bisect_left(paths, beginning + _AFTER_ALL)


def _next_of_another(owners: list[str]) -> list[int]:
    """Return for each place the next one whose owner is another."""
    following = [len(owners)] * len(owners)
    for place in range(len(owners) - 2, -1, -1):
        is_same = owners[place] == owners[place + 1]
        following[place] = following[place + 1] if is_same else place + 1
    return following
