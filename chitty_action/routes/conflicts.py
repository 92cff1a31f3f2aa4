"""All conflicts and deliberate arrangements among an account's claims; they are as many as the claims, not as pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.route import ClaimKind, Conflict, ConflictKind, Deliberate, Nobody, Notice, Undetermined, Won
from chitty_action.routes.index import KEPT, Index, owner_of
from chitty_action.routes.meeting import meeting
from chitty_action.routes.pattern import SCHEMES
from chitty_action.routes.witness import witnesses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chitty_action.model.route import Answer, Claim, Zone
    from chitty_action.routes.index import Met
    from chitty_action.routes.inventory import Inventory
    from chitty_action.routes.silence import Silenced

_SHOWN = 5
"""Rivals that are named of many."""
_WORST_FIRST = (ConflictKind.DANGLING, ConflictKind.IDENTICAL, ConflictKind.SHADOWED, ConflictKind.OVERLAP)


class Found(Struct, frozen=True):
    """What meets in an account, and the index of each zone by its name."""

    conflicts: tuple[Conflict, ...]
    notices: tuple[Notice, ...]
    indices: dict[str, Index]


def find(inventory: Inventory, silenced: Silenced) -> Found:
    """Find everything, zone by zone: a request is answered by the zone of its host."""
    conflicts: list[Conflict] = []
    notices: list[Notice] = []
    indices = {}
    for zone in inventory.zones:
        claims = inventory.in_zone(zone)
        index = indices[zone.name] = Index(claims)
        sweep = _Sweep(silenced)
        living = [claim for claim in claims if claim.worker is None or claim.worker in inventory.scripts]
        are_living = set(map(id, living))
        for claim in claims:
            if id(claim) not in are_living:
                sweep.note_conflict(ConflictKind.DANGLING, claim, [claim])
        sweep.look_at(living, index if len(living) == len(claims) else Index(living))
        conflicts += _shown(sweep.groups.values(), index, zone, inventory.zones)
        notices += sweep.notices
    return Found(tuple(conflicts), tuple(notices), indices)


class _Group:
    """What is wrong with one claim; its first few rivals, how many more, and the schemes in which they cover it."""

    def __init__(self, kind: ConflictKind, claim: Claim) -> None:
        self.kind = kind
        self.claim = claim
        self.rivals: list[Claim] = []
        self.more = 0
        self.schemes: set[str] = set()

    def add(self, kind: ConflictKind, rivals: Iterable[Claim], more: int) -> None:
        if _WORST_FIRST.index(kind) < _WORST_FIRST.index(self.kind):
            self.kind = kind
            self.rivals = [*rivals, *self.rivals]
        else:
            self.rivals += rivals
        self.more += more + len(self.rivals[KEPT:])
        self.rivals = self.rivals[:KEPT]


class _Sweep:
    """One zone: claim by claim, who meets it."""

    def __init__(self, silenced: Silenced) -> None:
        self._silenced = silenced
        self.groups: dict[int, _Group] = {}
        self.notices: list[Notice] = []

    def look_at(self, claims: Iterable[Claim], index: Index) -> None:
        """Sort everything in that meets among claims whose Workers are there."""
        for equal in index.equals():
            self._identical(equal)
        for claim in claims:
            for met in index.met_by(claim):
                self._meet(claim, met)

    def note_conflict(
        self, kind: ConflictKind, claim: Claim, rivals: list[Claim], more: int = 0, covered: str | None = None
    ) -> bool:
        """Sort one in, or make a notice of it where a person has said that it is meant to be so; then it is False."""
        for one in (claim, *rivals):
            if reason := self._silenced.reason(one):
                self.notices.append(Notice(Deliberate.IGNORED, claim, rivals[0], reason))
                return False
        group = self.groups.setdefault(id(claim), _Group(kind, claim))
        group.add(kind, rivals, more)
        if covered:
            group.schemes.add(covered)
        return True

    def _meet(self, claim: Claim, met: Met) -> None:
        """Sort in those that meet a claim in one way; of many deliberate ones the first is enough."""
        meetings = [found for rival in met.claims if (found := meeting(claim, rival))]
        noted = set[Deliberate]()
        more = met.more
        for found in meetings:
            if not isinstance(found.what, Deliberate):
                if self.note_conflict(found.what, found.claim, [found.rival], more, found.covered):
                    more = 0
            elif found.what not in noted:
                noted.add(found.what)
                self.notices.append(Notice(found.what, found.claim, found.rival))

    def _identical(self, claims: list[Claim]) -> None:
        """Sort in one pattern that several claims have; Cloudflare refuses two such routes today (error 10020)."""
        null = next((claim for claim in claims if claim.worker is None), None)
        with_worker = [claim for claim in claims if claim.worker is not None]
        about = min(with_worker, key=lambda claim: claim.kind is not ClaimKind.DOMAIN, default=None)
        if about is None:
            return
        by_owner = {owner_of(claim): claim for claim in reversed(with_worker)}
        rivals = [claim for owner, claim in by_owner.items() if owner != owner_of(about)]
        other = next((claim for claim in with_worker if claim is not about), None)
        if rivals:
            self.note_conflict(ConflictKind.IDENTICAL, about, rivals)
        elif null is not None:
            self.notices.append(Notice(Deliberate.SWITCHED_OFF, about, null))
        elif other is not None:
            reason = Deliberate.SAME_WORKER if other.worker == about.worker else Deliberate.TWINS
            self.notices.append(Notice(reason, about, other))


def _shown(groups: Iterable[_Group], index: Index, zone: Zone, zones: tuple[Zone, ...]) -> Iterator[Conflict]:
    """Yield the conflicts that a URL proves; what others win wherever it could be seen is none."""
    for group in groups:
        is_whole = group.kind is ConflictKind.OVERLAP and group.schemes == set(SCHEMES)
        kind = ConflictKind.SHADOWED if is_whole else group.kind
        witness, answer = _proof(group, index, zone, zones)
        if kind is ConflictKind.DANGLING or _is_lost(answer, group):
            rivals = tuple(rival for rival in group.rivals if rival is not group.claim)
            more = group.more + len(rivals[_SHOWN:])
            yield Conflict(kind, group.claim, rivals[:_SHOWN], witness, answer, more)


def _proof(group: _Group, index: Index, zone: Zone, zones: tuple[Zone, ...]) -> tuple[str, Answer]:
    """Return the first URL at which the claim loses, else the plainest one; and who answers there."""
    first: tuple[str, Answer] | None = None
    for rival in group.rivals:
        for url in witnesses(group.claim.pattern, rival.pattern, zone, zones):
            found = url, index.answer(url)
            if _is_lost(found[1], group):
                return found
            first = first or found
    return first or ("", Nobody())


def _is_lost(answer: Answer, group: _Group) -> bool:
    """Whether a rival's Worker answers where the claim matches, or may do so; of those not kept nobody knows."""
    match answer:
        case Won(claim=other):
            owners = {owner_of(other)}
        case Undetermined(claims=claims):
            owners = set(map(owner_of, claims))
        case Nobody():
            return False
    others = owners - {owner_of(group.claim), ""}
    return bool(others if group.more else others & set(map(owner_of, group.rivals)))
