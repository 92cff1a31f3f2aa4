"""Conflicts as one would first write them: every claim is held against every other one."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from chitty_action.model.route import ClaimKind, ConflictKind, Deliberate
from chitty_action.routes.index import owner_of
from chitty_action.routes.meeting import meeting
from chitty_action.routes.pattern import meet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.model.route import Claim

Rivals = dict[int, dict[ConflictKind, list["Claim"]]]


def pairwise(claims: Iterable[Claim]) -> Rivals:
    """Return the rivals of each claim that may lose, by its `id` and by what is wrong; no proof is asked."""
    rivals: Rivals = {}
    equals: dict[object, list[Claim]] = {}
    ordered = list(claims)
    for claim in ordered:
        equals.setdefault(claim.pattern, []).append(claim)
    for one, other in combinations(ordered, 2):
        if one.pattern == other.pattern or not meet(one.pattern, other.pattern):
            continue
        met = meeting(*((one, other) if _is_narrower(one, other) else (other, one)))
        if met and not isinstance(met.what, Deliberate):
            rivals.setdefault(id(met.claim), {}).setdefault(met.what, []).append(met.rival)
    for group in equals.values():
        with_worker = [claim for claim in group if claim.worker]
        if len({owner_of(claim) for claim in with_worker}) > 1:
            about = next((claim for claim in with_worker if claim.kind is ClaimKind.DOMAIN), with_worker[0])
            others = {owner_of(claim): claim for claim in with_worker if owner_of(claim) != owner_of(about)}
            rivals.setdefault(id(about), {})[ConflictKind.IDENTICAL] = list(others.values())
    return rivals


def _is_narrower(one: Claim, other: Claim) -> bool:
    """Whether one's host is narrower, or of the same host its path; what came later of those that are alike."""
    mine, theirs = one.pattern, other.pattern
    hosts = (not mine.any_host, len(mine.host)), (not theirs.any_host, len(theirs.host))
    if hosts[0] != hosts[1]:
        return hosts[0] > hosts[1]
    paths = (len(mine.path), not mine.any_path), (len(theirs.path), not theirs.any_path)
    return paths[0] > paths[1]
