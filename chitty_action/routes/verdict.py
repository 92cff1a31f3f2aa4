"""Everything that is known of an account's routes: what conflicts, what does not, and what would resolve it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.model.route import (
    Conflict,
    ConflictKind,
    Deliberate,
    Nobody,
    Notice,
    Owner,
    RoutePlan,
    RouteVerdict,
    Unclaimed,
    Won,
)
from chitty_action.routes.conflicts import find
from chitty_action.routes.ownership import are_twins, family_of
from chitty_action.routes.pattern import matches, target_of, zone_of
from chitty_action.routes.plan import move_for, move_for_unclaimed
from chitty_action.routes.silence import Silenced, idle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chitty_action.model.route import Claim, Zone
    from chitty_action.routes.conflicts import Found
    from chitty_action.routes.inventory import Inventory


def verdict_on(inventory: Inventory, owners: Iterable[Owner], silenced: Mapping[str, str]) -> RouteVerdict:
    """Judge an inventory that was read whole; `silenced` are reasons by pattern."""
    silence = Silenced(silenced)
    found = find(inventory, silence)
    registry = _Registry(found, inventory, silence)
    for owner in _undisputed(owners):
        registry.compare(owner)
    conflicts = _told_apart(registry.conflicts)
    moves = [move for conflict in conflicts if (move := move_for(conflict, inventory))]
    moves += [move for one in registry.unclaimed if (move := move_for_unclaimed(one, inventory))]
    return RouteVerdict(
        conflicts,
        (*found.notices, *registry.notices),
        tuple(registry.unclaimed),
        RoutePlan(inventory.digest, tuple(moves)),
        inventory.odd,
        idle(silenced, inventory.claims) if silenced else (),
    )


def _told_apart(conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Give conflicts of one name what tells them apart: zone and id of the claim."""
    listed = list(conflicts)
    names = Counter(conflict.name for conflict in listed)
    return tuple(
        replace(one, distinction=f"{one.claim.zone} {one.claim.id}".strip()) if names[one.name] > 1 else one
        for one in listed
    )


def _undisputed(owners: Iterable[Owner]) -> list[Owner]:
    """Leave out hosts that several services call their own: the registry does not say whose they are."""
    listed = list(owners)
    families: dict[str, set[str]] = {}
    for owner in listed:
        families.setdefault(target_of(owner.url).host, set()).add(family_of(owner.worker))
    return [owner for owner in listed if len(families[target_of(owner.url).host]) == 1]


class _Registry:
    """Compares what the registry says with who answers."""

    def __init__(self, found: Found, inventory: Inventory, silence: Silenced) -> None:
        self.conflicts = list(found.conflicts)
        self.unclaimed: list[Unclaimed] = []
        self.notices: list[Notice] = []
        self._indices = found.indices
        self._zones = inventory.zones
        self._silence = silence
        self._at_host: dict[str, list[int]] = {}
        for place, conflict in enumerate(self.conflicts):
            if not conflict.claim.pattern.any_host:
                self._at_host.setdefault(conflict.claim.pattern.host, []).append(place)

    def compare(self, owner: Owner) -> None:
        """Note whose the host is, and whether that Worker answers; a host of another account is not judged."""
        target = target_of(owner.url)
        zone = zone_of(target.host, self._zones)
        if zone is None:
            return
        told = [
            place
            for place in self._at_host.get(target.host, ())
            if matches(self.conflicts[place].claim.pattern, target)
        ]
        for place in told:
            if self.conflicts[place].owner is None:
                self.conflicts[place] = replace(self.conflicts[place], owner=owner.worker)
        answer = self._indices[zone.name].answer(owner.url)
        if answer == Nobody():
            self.unclaimed.append(Unclaimed(owner, zone))
        elif isinstance(answer, Won) and not any(_tells(self.conflicts[place], owner, answer) for place in told):
            self._mismatch(owner, answer, zone)

    def _mismatch(self, owner: Owner, answer: Won, zone: Zone) -> None:
        claim = answer.claim
        if are_twins(claim.worker or "", owner.worker) or zone.name != claim.zone:
            return
        if reason := self._silence.reason(claim):
            self.notices.append(Notice(Deliberate.IGNORED, claim, claim, reason))
            return
        mismatch = Conflict(
            ConflictKind.MISMATCH, claim, (), owner.url, answer, owner=owner.worker, service=owner.service
        )
        self.conflicts.append(mismatch)


def _tells(conflict: Conflict, owner: Owner, answer: Won) -> bool:
    """Whether a conflict says already that the owner does not answer."""
    if conflict.kind is ConflictKind.DANGLING:
        return conflict.claim == answer.claim
    claims: tuple[Claim, ...] = (conflict.claim, *conflict.rivals)
    return any(are_twins(claim.worker or "", owner.worker) for claim in claims)
