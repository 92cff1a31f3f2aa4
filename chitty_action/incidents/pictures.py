"""What a sweep says of every kind of incident: who is affected, or why the run cannot say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.documents.routes import claimants_of, route_of
from chitty_action.model.evidence import BROKEN, PROBED, Evidence
from chitty_action.model.incident import Affected, Kind, Picture
from chitty_action.model.observation import Absent, Blocked, Observation, Seen, Unfinished, trouble
from chitty_action.model.route import RouteVerdict, Unread
from chitty_action.model.sweep import Blame
from chitty_action.routes.words import conflict_told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chitty_action.documents.discovery import Discovery
    from chitty_action.documents.routes import Conflicts
    from chitty_action.model.sweep import Swept

UNPROXIED = frozenset({Evidence.DEGRADED, Evidence.DOWN, Evidence.REDIRECTED})
"""The classes of a proxy that does not lead to its service; 404 is "not offered", and blocked is not down."""
_UNSEEN_PROXY = frozenset({Evidence.BLOCKED, Evidence.SKIPPED, Evidence.UNPROBEABLE})
_NAMELESS = "rows without a usable name"
_IN_DOUBT = "more than half of the services are down at once, so it is probably this runner or the hub"


class Facts(Struct, frozen=True):
    """What the run saw.

    Attributes:
        sweep: every row of the list.
        blame: where the trouble is.
        control: class of the look at ChittyConnect's own health, and what it showed.
        discovery: the look at the discovery document; an outline of it is enough.
        conflicts: the verdict on the account's routes, or why there is none; without an account ChittyConnect's list.
        oddities: what is wrong with the registry's rows, by service or row; None where the registry was not read.
        unseen: services of which this run saw nothing.
        gateway: host of the API gateway.
        gateway_answers: whether any service answered through it.
    """

    sweep: tuple[Swept, ...]
    blame: Blame
    control: tuple[Evidence, str]
    discovery: Observation[Discovery]
    conflicts: Observation[Conflicts] | RouteVerdict | Unread
    oddities: Mapping[str, str] | None
    unseen: frozenset[str]
    gateway: str
    gateway_answers: bool

    @property
    def saw_anybody(self) -> bool:
        """Whether any look showed how a service is."""
        return any(row.evidence in PROBED for row in self.sweep)


def pictures_of(facts: Facts) -> tuple[Picture, ...]:
    """Return the picture of every kind."""
    return (
        _services(facts),
        _proxies(facts),
        _hub(facts),
        _routes(facts),
        _drift(facts),
        _discovery(facts),
    )


def _services(facts: Facts) -> Picture:
    if facts.blame is Blame.US:
        return Picture(Kind.UNHEALTHY_SERVICES, unjudged=_IN_DOUBT)
    broken = (Affected(row.name, row.evidence, _seen(row)) for row in facts.sweep if row.evidence in BROKEN)
    may_close = facts.blame is Blame.THEM and facts.oddities is not None  # discovery knows fewer services
    return Picture(Kind.UNHEALTHY_SERVICES, tuple(broken), may_close=may_close, unseen=facts.unseen)


def _seen(row: Swept) -> str:
    return f"{row.url} {row.reason}".strip()


def _proxies(facts: Facts) -> Picture:
    """A proxy of a service that is broken itself says nothing of the proxy."""
    if facts.blame is not Blame.THEM:
        return Picture(Kind.PROXY_FAILURES, unjudged="the hub is in doubt, so its proxies are not judged")
    asked = [row for row in facts.sweep if row.proxy is not None]
    failing = [row for row in asked if row.proxy in UNPROXIED and row.evidence not in BROKEN]
    if not facts.gateway_answers and failing:
        most = Counter(row.proxy_reason for row in failing).most_common(1)[0][0]
        gateway = Affected(facts.gateway, "down", f"no service answered through it: {most}")
        return Picture(Kind.PROXY_FAILURES, (gateway,), suppressed=tuple(row.name for row in failing))
    affected = (Affected(row.name, row.proxy or "", row.proxy_reason) for row in failing)
    unseen = {row.name for row in asked if row.proxy in _UNSEEN_PROXY or row.evidence in BROKEN}
    if not facts.gateway_answers:
        unseen.add(facts.gateway)
    may_close = facts.oddities is not None
    return Picture(Kind.PROXY_FAILURES, tuple(affected), may_close=may_close, unseen=frozenset(unseen))


def _hub(facts: Facts) -> Picture:
    seen, detail = facts.control
    down = tuple(row.name for row in facts.sweep if row.evidence is Evidence.DOWN)
    match facts.blame:
        case Blame.US:
            here = Affected("this runner or the hub", "unreachable", f"{len(down)} services are down at once")
            return Picture(Kind.HUB_UNREACHABLE, (here,), suppressed=down)
        case Blame.HUB:
            return Picture(Kind.HUB_UNREACHABLE, (Affected("ChittyConnect", seen, detail),))
        case Blame.THEM if seen in {Evidence.BLOCKED, Evidence.SKIPPED}:
            return Picture(Kind.HUB_UNREACHABLE, unjudged=f"ChittyConnect {detail}")
        case Blame.THEM if not facts.saw_anybody:
            return Picture(Kind.HUB_UNREACHABLE, unjudged="no service was seen, so nobody knows whose fault that is")
        case Blame.THEM:
            return Picture(Kind.HUB_UNREACHABLE)


def count_of(conflicts: Observation[Conflicts] | RouteVerdict | Unread) -> str:
    """Return the number of conflicts; `unknown`, never 0, where they were not seen."""
    match conflicts:
        case RouteVerdict(conflicts=found):
            return str(len(found))
        case Seen(value=listed):
            return str(len(listed.conflicts))
        case _:
            return "unknown"


def _routes(facts: Facts) -> Picture:
    conflicts = facts.conflicts
    match conflicts:
        case RouteVerdict():
            # Without the registry nobody knows whose hosts are whose, so a mismatch may be there all the same.
            return _judged_routes(conflicts, may_close=facts.oddities is not None)
        case Unread(why=why):
            return Picture(Kind.ROUTE_CONFLICTS, unjudged=f"the account's routes are not known: {why}")
        case Seen(value=listed):
            return _listed_routes(listed)
        case _:
            return Picture(Kind.ROUTE_CONFLICTS, unjudged=f"the list of conflicts {trouble(conflicts)}")


def _judged_routes(verdict: RouteVerdict, *, may_close: bool) -> Picture:
    moves = {move.conflict: move for move in verdict.plan.moves}
    by_name = {
        one.name: Affected(one.name, one.kind, conflict_told(one), moves.get(one.name)) for one in verdict.conflicts
    }
    return Picture(Kind.ROUTE_CONFLICTS, tuple(by_name.values()), may_close=may_close)


def _listed_routes(listed: Conflicts) -> Picture:
    by_route: dict[str, list[str]] = {}
    for conflict in listed.conflicts:
        claimants = " and ".join(claimants_of(conflict))
        by_route.setdefault(route_of(conflict), []).append(f"claimed by {claimants}")
    affected = (Affected(route, "conflict", "; ".join(dict.fromkeys(said))) for route, said in by_route.items())
    return Picture(Kind.ROUTE_CONFLICTS, tuple(affected))


def _drift(facts: Facts) -> Picture:
    if facts.oddities is None:
        return Picture(Kind.REGISTRY_DRIFT, unjudged="the registry was not read")
    affected = (Affected(name, "drift", detail) for name, detail in facts.oddities.items())
    return Picture(Kind.REGISTRY_DRIFT, tuple(affected))


def _discovery(facts: Facts) -> Picture:
    kind, document = Kind.DISCOVERY_ERRORS, "discovery document"
    if facts.blame is not Blame.THEM:
        return Picture(kind, unjudged="the hub is in doubt")
    match facts.discovery:
        case Seen(value=discovery) if discovery.known or not facts.sweep:
            return Picture(kind)
        case Seen():
            return Picture(kind, (Affected(document, "empty", f"the registry lists {len(facts.sweep)} services"),))
        case Blocked() | Unfinished() | Absent():
            return Picture(kind, unjudged=f"the discovery document {trouble(facts.discovery)}")
        case _:
            return Picture(kind, (Affected(document, "unreadable", trouble(facts.discovery)),))


def oddities_by_name(rows: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    """Gather what is wrong with the rows by service, so that a row that moves is still the same subject."""
    found: dict[str, list[str]] = {}
    for name, oddities in rows:
        if oddities:
            found.setdefault(_NAMELESS if " " in name else name, []).extend(oddities)
    return {name: "; ".join(oddities) for name, oddities in found.items()}
