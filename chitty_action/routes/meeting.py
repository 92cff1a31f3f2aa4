"""What two claims do to each other at the URLs that both match: a conflict, a deliberate arrangement, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.route import ClaimKind, ConflictKind, Deliberate
from chitty_action.routes.law import SilenceError, goes_before
from chitty_action.routes.ownership import are_twins
from chitty_action.routes.pattern import covers, covers_but_for_scheme

if TYPE_CHECKING:
    from chitty_action.model.route import Claim, Pattern

_EVERYTHING = "/"


class Meeting(Struct, frozen=True):
    """Two claims that meet; `claim` is the one that loses, or the narrower one where nobody knows who does."""

    what: ConflictKind | Deliberate
    claim: Claim
    rival: Claim
    covered: str | None = None
    """The scheme in which `claim` is never matched, where `rival` covers all of its hosts and paths in one of them."""


def meeting(narrow: Claim, wide: Claim) -> Meeting | None:
    """Say what two claims of different patterns do to each other; `narrow` is the one whose host or path is."""
    if is_own := _among_themselves(narrow, wide):
        return is_own if isinstance(is_own, Meeting) else None
    return by_law(narrow, wide)


def by_law(narrow: Claim, wide: Claim) -> Meeting | None:
    """Say what they do to each other if they belong to different Workers, whoever they belong to."""
    if ClaimKind.NULL_ROUTE in {narrow.kind, wide.kind}:
        return _switched_off(narrow, wide)
    if ClaimKind.DOMAIN in {narrow.kind, wide.kind}:
        domain, route = (narrow, wide) if narrow.kind is ClaimKind.DOMAIN else (wide, narrow)
        return _over_domain(domain, route)
    try:
        loser, winner = (wide, narrow) if goes_before(narrow.pattern, wide.pattern) else (narrow, wide)
    except SilenceError:
        return Meeting(ConflictKind.OVERLAP, narrow, wide)
    if covers(winner.pattern, loser.pattern):
        return Meeting(ConflictKind.SHADOWED, loser, winner)
    return Meeting(_deliberate(winner.pattern, loser.pattern) or ConflictKind.OVERLAP, loser, winner)


def _among_themselves(narrow: Claim, wide: Claim) -> Meeting | bool:
    """Whether both belong to one Worker; a meeting where that is worth a line."""
    if narrow.worker is None or wide.worker is None:
        return narrow.worker is wide.worker
    if narrow.worker == wide.worker:
        differ = narrow.kind is not wide.kind
        return Meeting(Deliberate.SAME_WORKER, narrow, wide) if differ else True
    return Meeting(Deliberate.TWINS, narrow, wide) if are_twins(narrow.worker, wide.worker) else False


def _switched_off(narrow: Claim, wide: Claim) -> Meeting | None:
    """A null route switches less specific ones off; what goes before it is none of its business."""
    null, other = (narrow, wide) if narrow.kind is ClaimKind.NULL_ROUTE else (wide, narrow)
    try:
        is_idle = other.kind is ClaimKind.ROUTE and goes_before(other.pattern, null.pattern)
    except SilenceError:
        is_idle = False
    return None if is_idle else Meeting(Deliberate.SWITCHED_OFF, other, null)


def _over_domain(domain: Claim, route: Claim) -> Meeting:
    """Any route that matches goes before a custom domain."""
    if covers(route.pattern, domain.pattern):
        return Meeting(ConflictKind.SHADOWED, domain, route)
    if covers_but_for_scheme(route.pattern, domain.pattern):
        return Meeting(ConflictKind.OVERLAP, domain, route, covered=route.pattern.scheme)
    is_carved = not route.pattern.any_host
    return Meeting(Deliberate.CARVED if is_carved else ConflictKind.OVERLAP, domain, route)


def _deliberate(winner: Pattern, loser: Pattern) -> Deliberate | None:
    """Recognise what people do on purpose: the more specific pattern goes before one that takes everything else."""
    if loser.any_host and not winner.any_host:
        return Deliberate.EXACT_HOST
    takes_everything = loser.any_path and loser.path == _EVERYTHING
    return Deliberate.CARVED if takes_everything else None
