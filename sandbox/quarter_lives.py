"""How each service of the simulated quarter was at any time, and how fast it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chitty_action.model.evidence import Evidence
from sandbox.initial import initial_services, known_services
from sandbox.troubles import TROUBLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from random import Random

DAYS = 90
HUB = "chittyconnect"
GONE = ""
"""The class of a service that has no row in the registry."""
_COMES_AND_GOES = "chittycleaner"
_FLAPS = "chittyswarm"
_BAD_DAY = 52.4
"""Days before the end on which several services broke at once."""
_TROUBLES_EACH = ((0, 1, 2, 3), (6, 6, 3, 1))
_KINDS = ((Evidence.DOWN, Evidence.DEGRADED, Evidence.BLOCKED), (65, 30, 5))


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a service was in another class than usual."""

    since: datetime
    until: datetime
    seen: str


@dataclass(frozen=True, slots=True)
class Life:
    """One service.

    Attributes:
        name: the service's.
        usual: its class while nothing is the matter.
        pace: milliseconds that it usually takes to answer.
        spells: of two that meet the first one counts.
    """

    name: str
    usual: str
    pace: float
    spells: tuple[Spell, ...] = ()

    def at(self, moment: datetime) -> str:
        """Give its class at a time."""
        return next((spell.seen for spell in self.spells if spell.since <= moment < spell.until), self.usual)

    def latency(self, seen: str, chance: Random) -> int | None:
        """Give the milliseconds that a look at it took; None where nothing came."""
        if seen in {Evidence.SKIPPED, Evidence.UNPROBEABLE} or (seen == Evidence.DOWN and happens(chance, 0.5)):
            return None
        slow = 4.5 if seen == Evidence.DEGRADED else 6.0 if happens(chance, 0.015) else 1.0
        return max(3, round(self.pace * slow * chance.lognormvariate(0, 0.16)))


def happens(chance: Random, share: float) -> bool:
    """Say whether something happens that does in a share of all cases."""
    return chance.random() < share


def lives(end: datetime, chance: Random) -> tuple[Life, ...]:
    """Give everybody who was ever listed: the Workers, what is no service and is listed all the same, and a guest."""
    workers = [service["name"] for service in initial_services()]
    others = [service["name"] for service in known_services() if service["name"] not in workers]
    guest = Life(_COMES_AND_GOES, Evidence.HEALTHY, 95.0, tuple(_absences(end)))
    return (
        *(_worker(name, end, chance) for name in workers),
        *(Life(name, Evidence.SKIPPED, 0.0) for name in others),
        guest,
    )


def _worker(name: str, end: datetime, chance: Random) -> Life:
    pace = min(420.0, chance.lognormvariate(4.5, 0.5))
    trouble = TROUBLES.get(name)
    now = [Spell(end - trouble.lasts, end + timedelta(days=1), trouble.seen)] if trouble else []
    earlier = () if name == HUB else _troubles(name, end, chance)
    return Life(name, Evidence.HEALTHY, pace, (*now, *earlier))


def _troubles(name: str, end: datetime, chance: Random) -> Iterator[Spell]:
    """Yield what was the matter before: mostly nothing, mostly for some hours."""
    if name == _FLAPS:
        yield from _flapping(end - timedelta(days=24), chance)
    if happens(chance, 0.25):
        since = end - timedelta(days=_BAD_DAY)
        yield Spell(since, since + timedelta(hours=14), Evidence.DOWN)
    for _ in range(chance.choices(*_TROUBLES_EACH)[0]):
        since = end - timedelta(days=chance.uniform(2, DAYS))
        hours = min(80.0, chance.lognormvariate(2.2, 0.8))
        yield Spell(since, since + timedelta(hours=hours), chance.choices(*_KINDS)[0])


def _flapping(since: datetime, chance: Random) -> Iterator[Spell]:
    for _ in range(9):
        until = since + timedelta(hours=chance.uniform(3, 9))
        yield Spell(since, until, Evidence.DOWN)
        since = until + timedelta(hours=chance.uniform(4, 12))


def _absences(end: datetime) -> Iterator[Spell]:
    """Yield when the row of the guest was not there."""
    for first, last in ((DAYS + 1, 61), (40, 19), (7, -1)):
        yield Spell(end - timedelta(days=first), end - timedelta(days=last), GONE)
