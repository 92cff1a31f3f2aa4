"""What a deployment would change: who answers now, and who would answer with what the repository claims."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chitty_action.model.route import Claim, ClaimKind, ConflictKind, Deliberate, Undetermined, Won
from chitty_action.routes.index import Index
from chitty_action.routes.meeting import by_law
from chitty_action.routes.ownership import are_twins, environment_of
from chitty_action.routes.pattern import meet
from chitty_action.routes.witness import witnesses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chitty_action.model.route import Answer, Zone
    from chitty_action.routes.inventory import Inventory


class Change(StrEnum):
    """What a claim of the repository would do to one of another Worker."""

    TAKEOVER = "takeover"
    UNCLEAR = "unclear"
    NEVER = "never matched"
    CARVED = "carved out"
    RENAMED = "renamed"
    REVIVED = "revived"


class Effect(Struct, frozen=True):
    """What a claim would change.

    Attributes:
        change: what it would do.
        claim: the repository's.
        loser: the first claim of another Worker that it would do that to.
        witness: a URL at which it would show.
        more: further claims of the same Worker.
        now: who answers there now.
    """

    change: Change
    claim: Claim
    loser: Claim
    witness: str
    now: Answer
    more: int = 0


def effects(ours: Iterable[Claim], inventory: Inventory) -> tuple[Effect, ...]:
    """Return what a deployment with these claims would change for other Workers; for each claim the worst first."""
    claims = tuple(ours)
    found: list[Effect] = []
    for zone in inventory.zones:
        there = inventory.in_zone(zone)
        mine = [claim for claim in claims if claim.zone == zone.name]
        if mine:
            found += _Zone(zone, inventory, there, mine).effects()
    return tuple(found)


class _Zone:
    """One zone, before and after the deployment."""

    def __init__(self, zone: Zone, inventory: Inventory, there: list[Claim], mine: list[Claim]) -> None:
        self._zone, self._zones, self._scripts = zone, inventory.zones, inventory.scripts
        self._there, self._mine = there, list(dict.fromkeys(mine))
        self._before = Index(there)
        taken = set(map(_territory, mine))
        self._after = Index([*mine, *(claim for claim in there if _territory(claim) not in taken)])

    def effects(self) -> Iterator[Effect]:
        """Yield the effects of every claim that is not there already."""
        held = {(_territory(claim), claim.worker) for claim in self._there}
        for claim in self._mine:
            if (_territory(claim), claim.worker) not in held:
                yield from self._of(claim)

    def _of(self, claim: Claim) -> Iterator[Effect]:
        grouped: dict[tuple[Change, str | None], Effect] = {}
        for rival in self._there:
            is_other = rival.worker is not None and rival.worker != claim.worker
            if is_other and meet(claim.pattern, rival.pattern) and (effect := self._on(claim, rival)):
                key = effect.change, rival.worker
                first = grouped.setdefault(key, effect)
                if first is not effect:
                    grouped[key] = replace(first, more=first.more + 1)
        yield from sorted(grouped.values(), key=lambda effect: list(Change).index(effect.change))

    def _on(self, claim: Claim, rival: Claim) -> Effect | None:
        """Say what a claim does to one of another Worker; what Cloudflare keeps once changes hands in any case."""
        if _territory(claim) == _territory(rival):
            url = next(witnesses(claim.pattern, rival.pattern, self._zone, self._zones), "")
            return Effect(self._kind(claim, rival), claim, rival, url, self._before.answer(url)) if url else None
        shown = [
            (url, now, then)
            for url in witnesses(claim.pattern, rival.pattern, self._zone, self._zones)
            if (now := self._before.answer(url)) != (then := self._after.answer(url)) and _answers(rival, now)
        ]
        for url, now, then in shown:
            if isinstance(then, Won) and then.claim.worker == claim.worker:
                return Effect(self._kind(claim, rival), claim, rival, url, now)
            if isinstance(then, Undetermined) and claim in then.claims:
                return Effect(Change.UNCLEAR, claim, rival, url, now)
        return self._never(claim, rival)

    def _never(self, claim: Claim, rival: Claim) -> Effect | None:
        """Tell a claim that a rival keeps from ever being matched."""
        is_under_route = claim.kind is ClaimKind.DOMAIN and claim.pattern == rival.pattern
        met = None if claim.pattern == rival.pattern else by_law(claim, rival)
        is_shadowed = met is not None and met.what is ConflictKind.SHADOWED and met.claim is claim
        if not is_shadowed and not is_under_route:
            return None
        url = next(witnesses(claim.pattern, rival.pattern, self._zone, self._zones), None)
        if url is None or not _answers(rival, now := self._after.answer(url)):
            return None
        return Effect(Change.NEVER, claim, rival, url, now)

    def _kind(self, claim: Claim, rival: Claim) -> Change:
        """Tell a takeover from what people do on purpose, and from what costs nobody anything."""
        one, other = claim.worker or "", rival.worker or ""
        if other not in self._scripts:
            return Change.REVIVED
        if are_twins(one, other) and environment_of(one) == environment_of(other):
            return Change.RENAMED
        if claim.pattern == rival.pattern:
            return Change.TAKEOVER
        met = by_law(claim, rival)
        is_carved = met is not None and met.what in {Deliberate.CARVED, Deliberate.EXACT_HOST}
        return Change.CARVED if is_carved else Change.TAKEOVER


def _answers(claim: Claim, answer: Answer) -> bool:
    """Whether the claim's Worker answers."""
    return isinstance(answer, Won) and answer.claim.worker == claim.worker


def _territory(claim: Claim) -> tuple[bool, str]:
    """Identify what Cloudflare keeps once: a pattern among the routes of a zone, a host among the custom domains."""
    return claim.kind is ClaimKind.DOMAIN, str(claim.pattern)
